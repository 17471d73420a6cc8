package oidc

import (
	"slices"
	"strings"

	"backlot/domain"
	"backlot/domain/account"
)

// read returns what the claims mean here.
func (p *Provider) read(i account.Identity, claims map[string]any) account.Claims {
	c := account.Claims{
		Identity: i, Email: text(claims, "email"), EmailVerified: isTrue(claims["email_verified"]),
		RoleClaim: claim(claims, p.RoleClaim), Organisation: claim(claims, p.OrganisationClaim),
	}
	for _, name := range []string{"name", "preferred_username", "email"} {
		if c.Name == "" {
			c.Name = text(claims, name)
		}
	}
	c.Role = p.roleOf(c.RoleClaim.Values)
	return c
}

// roleOf returns the first role of the map that one of the values stands for.
func (p *Provider) roleOf(values []string) domain.Role {
	for _, r := range p.Roles {
		if slices.Contains(values, r.Value) {
			return r.Role
		}
	}
	return ""
}

// claim reads a text or a list of texts.
func claim(claims map[string]any, name string) account.Claim {
	c := account.Claim{Name: name}
	value, there := find(claims, name)
	switch v := value.(type) {
	case nil:
		return c
	case string:
		c.Values = []string{v}
	case []any:
		for _, item := range v {
			if s, ok := item.(string); ok {
				c.Values = append(c.Values, s)
			}
		}
	}
	c.Given = there
	return c
}

// find looks for a claim of this whole name first: some providers have URLs for
// names. Then its dots lead into objects.
func find(claims map[string]any, name string) (any, bool) {
	if value, there := claims[name]; there {
		return value, value != nil
	}
	first, rest, nested := strings.Cut(name, ".")
	if !nested {
		return nil, false
	}
	inner, ok := claims[first].(map[string]any)
	if !ok {
		return nil, false
	}
	return find(inner, rest)
}

func text(claims map[string]any, name string) string {
	s, _ := claims[name].(string)
	return strings.TrimSpace(s)
}

// isTrue takes true as a text as well, as some providers send it.
func isTrue(v any) bool { return v == true || v == "true" }
