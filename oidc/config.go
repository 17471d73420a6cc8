package oidc

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"backlot/domain"
)

// Config is one provider, and this portal as its client.
type Config struct {
	Issuer            string // URL, exactly as the provider's own discovery document has it
	ClientID          string
	ClientSecret      string // "" for a public client
	RedirectURL       string // of this portal, as registered at the provider
	Name              string // what the button says; default "single sign-on"
	Scopes            []string
	RoleClaim         string           // default role; dots lead into objects
	OrganisationClaim string           // default organisation; likewise
	Roles             []RoleOf         // default: values are the roles' own names
	Now               func() time.Time // default time.Now
	Client            *http.Client     // default one that gives up after 10 s
}

// RoleOf is the role that a value of the role claim stands for.
type RoleOf struct {
	Value string
	Role  domain.Role
}

// ParseRoles reads a role map like "backlot-ops=operator,post=fulfillment_partner".
// Whoever has several of the values gets the first one's role. "" has none.
func ParseRoles(text string) ([]RoleOf, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var roles []RoleOf
	for pair := range strings.SplitSeq(text, ",") {
		at := strings.LastIndex(pair, "=")
		if at < 0 || strings.TrimSpace(pair[:at]) == "" {
			return nil, fmt.Errorf("%q is no pair; write VALUE=ROLE,VALUE=ROLE", pair)
		}
		r := RoleOf{Value: strings.TrimSpace(pair[:at]), Role: domain.Role(strings.TrimSpace(pair[at+1:]))}
		if !slices.Contains(domain.Roles(), r.Role) {
			return nil, fmt.Errorf("%q is no role; what is: %s", r.Role, roleNames())
		}
		if slices.ContainsFunc(roles, func(o RoleOf) bool { return o.Value == r.Value }) {
			return nil, fmt.Errorf("%q has two roles", r.Value)
		}
		roles = append(roles, r)
	}
	return roles, nil
}

func roleNames() string {
	var names []string
	for _, r := range domain.Roles() {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

const patience = 10 * time.Second

func (c *Config) setDefaults() error {
	u, err := url.Parse(c.Issuer)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("%q is no issuer; write its URL, like https://id.example.com/realms/studio", c.Issuer)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return fmt.Errorf("the issuer %s is not reached over TLS: whoever is in between could sign in as anybody; write https://", c.Issuer)
	case c.ClientID == "":
		return fmt.Errorf("the issuer needs the client id that the portal has there")
	case c.RedirectURL == "":
		return fmt.Errorf("the URL that the provider sends people back to is missing")
	}
	c.Name = cmp.Or(c.Name, "single sign-on")
	c.RoleClaim = cmp.Or(c.RoleClaim, "role")
	c.OrganisationClaim = cmp.Or(c.OrganisationClaim, "organisation")
	if !slices.Contains(c.Scopes, "openid") {
		c.Scopes = append([]string{"openid"}, c.Scopes...)
	}
	if len(c.Roles) == 0 {
		for _, r := range domain.Roles() {
			c.Roles = append(c.Roles, RoleOf{Value: string(r), Role: r})
		}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Client == nil {
		c.Client = &http.Client{Timeout: patience}
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
