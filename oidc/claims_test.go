package oidc

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/account"
)

func TestWhatClaimsMean(t *testing.T) {
	roles, err := ParseRoles("backlot-ops=operator, post=house=fulfillment_partner,books=auditor")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		roleClaim, claims string
		roles             []RoleOf
		role              domain.Role
		given             bool
		values            []string
	}{
		"a role's own name":             {"role", `{"role":"auditor"}`, nil, domain.RoleAuditor, true, []string{"auditor"}},
		"not the portal itself":         {"role", `{"role":"system"}`, nil, "", true, []string{"system"}},
		"no claim":                      {"role", `{}`, nil, "", false, nil},
		"null":                          {"role", `{"role":null}`, nil, "", false, nil},
		"an empty list":                 {"role", `{"role":[]}`, nil, "", true, nil},
		"a number":                      {"role", `{"role":7}`, nil, "", true, nil},
		"a list":                        {"groups", `{"groups":["staff","books",7]}`, roles, domain.RoleAuditor, true, []string{"staff", "books"}},
		"the first of the map":          {"groups", `{"groups":["books","backlot-ops"]}`, roles, domain.RoleOperator, true, []string{"books", "backlot-ops"}},
		"a value with an equals sign":   {"groups", `{"groups":["post=house"]}`, roles, domain.RoleFulfillmentPartner, true, []string{"post=house"}},
		"a map leaves no other names":   {"groups", `{"groups":["operator"]}`, roles, "", true, []string{"operator"}},
		"nested":                        {"realm_access.roles", `{"realm_access":{"roles":["books"]}}`, roles, domain.RoleAuditor, true, []string{"books"}},
		"nested in what is no object":   {"realm_access.roles", `{"realm_access":"books"}`, roles, "", false, nil},
		"nested deeper":                 {"a.b.c", `{"a":{"b":{"c":"books"}}}`, roles, domain.RoleAuditor, true, []string{"books"}},
		"a URL for a name":              {"https://x.example/role", `{"https://x.example/role":"books"}`, roles, domain.RoleAuditor, true, []string{"books"}},
		"a URL for a name in an object": {"a.https://x.example/role", `{"a":{"https://x.example/role":"books"}}`, roles, domain.RoleAuditor, true, []string{"books"}},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := New(Config{Issuer: "https://id.example", ClientID: "b", RedirectURL: callback, RoleClaim: c.roleClaim, OrganisationClaim: c.roleClaim, Roles: c.roles})
			require.NoError(t, err)
			var claims map[string]any
			require.NoError(t, json.Unmarshal([]byte(c.claims), &claims))
			got := p.read(account.Identity{}, claims)
			assert.Equal(t, c.role, got.Role)
			want := account.Claim{Name: c.roleClaim, Given: c.given, Values: c.values}
			assert.Equal(t, []account.Claim{want, want}, []account.Claim{got.RoleClaim, got.Organisation})
		})
	}
}

func TestWhoTheClaimsAreAbout(t *testing.T) {
	p, err := New(Config{Issuer: "https://id.example", ClientID: "b", RedirectURL: callback})
	require.NoError(t, err)
	for _, c := range []struct {
		claims, name, email string
		verified            bool
	}{
		{`{"name":" Kim ","preferred_username":"kim","email":"k@x.example","email_verified":true}`, "Kim", "k@x.example", true},
		{`{"preferred_username":"kim","email":"k@x.example","email_verified":"true"}`, "kim", "k@x.example", true},
		{`{"email":"k@x.example","email_verified":"false"}`, "k@x.example", "k@x.example", false},
		{`{"email":"k@x.example","email_verified":1}`, "k@x.example", "k@x.example", false},
		{`{"email":["k@x.example"],"email_verified":true}`, "", "", true},
	} {
		var claims map[string]any
		require.NoError(t, json.Unmarshal([]byte(c.claims), &claims))
		got := p.read(account.Identity{}, claims)
		assert.Equal(t, []any{c.name, c.email, c.verified}, []any{got.Name, got.Email, got.EmailVerified}, c.claims)
	}
}

func TestWrongConfigurations(t *testing.T) {
	good := Config{Issuer: "https://id.example/realms/studio", ClientID: "backlot", RedirectURL: callback}
	_, err := New(good)
	require.NoError(t, err)
	for message, change := range map[string]func(*Config){
		"is no issuer":              func(c *Config) { c.Issuer = "id.example" },
		"is no issuer; write its":   func(c *Config) { c.Issuer = "ldap://id.example" },
		"is not reached over TLS":   func(c *Config) { c.Issuer = "http://id.example" },
		"needs the client id":       func(c *Config) { c.ClientID = "" },
		"sends people back to":      func(c *Config) { c.RedirectURL = "" },
		"like https://id.example.c": func(c *Config) { c.Issuer = "https://id.example/?x=y" },
	} {
		c := good
		change(&c)
		_, err := New(c)
		assert.ErrorContains(t, err, message)
	}
	for text, message := range map[string]string{
		"ops": "is no pair", "=operator": "is no pair", "ops=boss": "is no role; what is: operator, content_partner", "a=operator,a=auditor": "has two roles", "a=system": "is no role", ",": "is no pair",
	} {
		_, err := ParseRoles(text)
		assert.ErrorContains(t, err, message, text)
	}
	none, err := ParseRoles(" ")
	require.NoError(t, err)
	assert.Empty(t, none)
}
