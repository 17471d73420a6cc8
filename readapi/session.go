package readapi

import (
	"encoding/base64"
	"net/http"
	"strings"

	"backlot/domain"
	"backlot/domain/organisation"
)

const (
	sessionCookie = "backlot_session"
	sessionAge    = 7 * 24 * 60 * 60 // seconds
)

// authenticate returns who the bearer token or the session cookie belongs to.
// The cookie holds the token itself: it needs no store, works on every
// process, and ends when the token does.
func (s *server) authenticate(x *exchange) (domain.Principal, error) {
	token, err := tokenOf(x.r)
	if err != nil {
		return domain.Principal{}, err
	}
	if token == "" {
		return domain.Principal{}, domain.Errorf(domain.CodeUnauthenticated, "Sign in, or send an API token in the header Authorization: Bearer <token>.")
	}
	return s.Authenticator.Authenticate(x.r.Context(), token)
}

// tokenOf returns the token that a request carries, "" for none.
func tokenOf(r *http.Request) (string, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, token, _ := strings.Cut(header, " ")
		if token = strings.TrimSpace(token); !strings.EqualFold(scheme, "Bearer") || token == "" {
			return "", domain.Errorf(domain.CodeUnauthenticated, "The header Authorization is not Bearer and a token.")
		}
		return token, nil
	}
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return "", nil // there is none
	}
	token, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return "", domain.Errorf(domain.CodeUnauthenticated, "The session is not one of this server; sign in again.")
	}
	return string(token), nil
}

type sessionAnswer struct {
	SignedIn       bool                 `json:"signed_in"`
	Account        *string              `json:"account"`
	Role           *domain.Role         `json:"role"`
	Organisation   *partnerAnswer       `json:"organisation"`
	Scope          *scopeAnswer         `json:"scope"`
	Zone           string               `json:"zone"`
	Demo           bool                 `json:"demo"`
	DemoIdentities []demoIdentityAnswer `json:"demo_identities,omitempty"`
}

// scopeAnswer is what every search is restricted to, as the modifier that
// would say so: the grey pill of the search bar.
type scopeAnswer struct {
	Modifier string `json:"modifier"`
	Label    string `json:"label"`
	Value    string `json:"value"`
}

type demoIdentityAnswer struct {
	Name         string         `json:"name"`
	Role         domain.Role    `json:"role"`
	Organisation *partnerAnswer `json:"organisation"`
	Token        string         `json:"token"`
}

func (s *server) getSession(x *exchange) error {
	by, err := s.authenticate(x)
	switch {
	case err == nil:
		x.by = by
		return x.answer(http.StatusOK, s.session(&by))
	case domain.ErrorCode(err) != domain.CodeUnauthenticated || x.r.Header.Get("Authorization") != "":
		return err
	}
	if _, err := x.r.Cookie(sessionCookie); err == nil {
		s.setSession(x, "")
	}
	return x.answer(http.StatusOK, s.session(nil))
}

type signInBody struct {
	Token string `json:"token"`
}

func (s *server) signIn(x *exchange) error {
	var body signInBody
	if _, err := s.readBody(x, &body, false); err != nil {
		return err
	}
	if strings.TrimSpace(body.Token) == "" {
		return domain.Invalid("token", "token is required")
	}
	by, err := s.Authenticator.Authenticate(x.r.Context(), strings.TrimSpace(body.Token))
	if err != nil {
		return err
	}
	x.by = by
	s.setSession(x, strings.TrimSpace(body.Token))
	return x.answer(http.StatusOK, s.session(&by))
}

func (s *server) signOut(x *exchange) error {
	s.setSession(x, "")
	x.WriteHeader(http.StatusNoContent)
	return nil
}

// setSession sets the cookie, or takes it away where the token is "".
func (s *server) setSession(x *exchange, token string) {
	cookie := &http.Cookie{
		Name: sessionCookie, Value: base64.RawURLEncoding.EncodeToString([]byte(token)), Path: "/", MaxAge: sessionAge,
		HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: x.r.TLS != nil || x.r.Header.Get("X-Forwarded-Proto") == "https",
	}
	if token == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(x, cookie)
}

func (s *server) session(by *domain.Principal) sessionAnswer {
	a := sessionAnswer{SignedIn: by != nil, Zone: s.Policy.Zone.String(), Demo: len(s.Demo) > 0}
	if by != nil {
		a.Account, a.Role, a.Organisation, a.Scope = &by.Account, &by.Role, s.partner(by.Organisation), s.scope(*by)
	}
	for _, d := range s.Demo {
		a.DemoIdentities = append(a.DemoIdentities, demoIdentityAnswer{
			Name: d.Label, Role: d.Principal.Role, Organisation: s.partner(d.Principal.Organisation), Token: d.Token,
		})
	}
	return a
}

func (s *server) scope(by domain.Principal) *scopeAnswer {
	switch by.Role {
	case domain.RoleContentPartner:
		return &scopeAnswer{Modifier: string(organisation.ContentPartner), Label: "Content Partner", Value: s.Organisations.Name(by.Organisation)}
	case domain.RoleFulfillmentPartner:
		return &scopeAnswer{Modifier: string(organisation.FulfillmentPartner), Label: "Fulfillment Partner", Value: s.Organisations.Name(by.Organisation)}
	}
	return nil
}

// partner returns an organisation by its id, nil for "".
func (s *server) partner(id string) *partnerAnswer {
	if id == "" {
		return nil
	}
	return &partnerAnswer{ID: id, Name: s.Organisations.Name(id)}
}
