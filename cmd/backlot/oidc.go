package main

import (
	"errors"
	"fmt"

	"backlot/oidc"
	"backlot/readapi"
)

// oidcFlags say where people sign in but here.
type oidcFlags struct {
	Issuer            string   `help:"OpenID provider where people can sign in: the issuer's URL, as its discovery document has it." placeholder:"URL"`
	ClientID          string   `name:"client-id" help:"The portal's client id there. Register PUBLIC-URL/api/v1/session/oidc/callback as its redirect URI."`
	ClientSecret      string   `help:"The client's secret; none for a public client. Better given as BACKLOT_OIDC_CLIENT_SECRET."`
	Name              string   `help:"What the sign-in page calls the provider." default:"single sign-on"`
	Scopes            []string `help:"Scopes to ask for, beside openid." default:"profile,email"`
	RoleClaim         string   `help:"Claim that holds the role or a list of them; dots lead into objects, as in realm_access.roles." default:"role"`
	OrganisationClaim string   `help:"Claim that holds the id or name of a partner's organisation, or a list of them." default:"organisation"`
	RoleMap           string   `help:"What values of the role claim stand for, the first that somebody has counting: backlot-ops=operator,post=fulfillment_partner. By default values are the roles' names." placeholder:"VALUE=ROLE,…"`
}

// singleSignOn returns the provider, nil where there is none.
func (c *serveCommand) singleSignOn() (readapi.SingleSignOn, error) {
	f := c.OIDC
	if f.Issuer == "" {
		if f.ClientID != "" || f.ClientSecret != "" || f.RoleMap != "" {
			return nil, errors.New("--oidc-issuer is missing: the other flags of single sign-on do nothing without it")
		}
		return nil, nil
	}
	roles, err := oidc.ParseRoles(f.RoleMap)
	if err != nil {
		return nil, fmt.Errorf("--oidc-role-map: %w", err)
	}
	return oidc.New(oidc.Config{
		Issuer: f.Issuer, ClientID: f.ClientID, ClientSecret: f.ClientSecret, RedirectURL: c.publicURL() + readapi.SingleSignOnCallback, Name: f.Name,
		Scopes: f.Scopes, RoleClaim: f.RoleClaim, OrganisationClaim: f.OrganisationClaim, Roles: roles,
	})
}
