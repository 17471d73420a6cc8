package readapi

import (
	"net"
	"net/http"
	"strings"
	"time"

	"backlot/domain"
	"backlot/domain/account"
	"backlot/domain/organisation"
)

const sessionCookie = "backlot_session"

// authenticate returns who the bearer token or the session cookie belongs to.
func (s *server) authenticate(x *exchange) (domain.Principal, error) {
	secret, err := secretOf(x.r)
	if err != nil {
		return domain.Principal{}, err
	}
	if secret == "" {
		return domain.Principal{}, domain.Errorf(domain.CodeUnauthenticated, "Sign in, or send an API token in the header Authorization: Bearer <token>.")
	}
	return s.Accounts.Authenticate(x.r.Context(), secret)
}

// secretOf returns the token or the session's secret of a request, "" for none.
func secretOf(r *http.Request) (string, error) {
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
	return cookie.Value, nil
}

type sessionAnswer struct {
	SignedIn       bool                 `json:"signed_in"`
	Account        *string              `json:"account"`
	Name           *string              `json:"name"`
	Role           *domain.Role         `json:"role"`
	Organisation   *partnerAnswer       `json:"organisation"`
	Administrator  bool                 `json:"administrator"`
	Scope          *scopeAnswer         `json:"scope"`
	Zone           string               `json:"zone"`
	OIDC           *oidcAnswer          `json:"oidc"` // null where there is no single sign-on
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
		s.setSession(x, account.Admission{})
	}
	return x.answer(http.StatusOK, s.session(nil))
}

type signInBody struct {
	Login    string `json:"login"`
	Password string `json:"password"`
	Token    string `json:"token"`
}

func (s *server) signIn(x *exchange) error {
	var body signInBody
	if _, err := s.readBody(x, &body, false); err != nil {
		return err
	}
	byToken := strings.TrimSpace(body.Token) != ""
	switch {
	case byToken && (body.Login != "" || body.Password != ""):
		return domain.Invalid("token", "give a login and a password, or a token: one of the two")
	case byToken:
		in, err := s.Accounts.SignInWithToken(x.r.Context(), body.Token, s.addressOf(x.r))
		return s.admit(x, in, err)
	case strings.TrimSpace(body.Login) == "":
		return domain.Invalid("login", "login is required")
	case body.Password == "":
		return domain.Invalid("password", "password is required")
	}
	in, err := s.Accounts.SignIn(x.r.Context(), body.Login, body.Password, s.addressOf(x.r))
	return s.admit(x, in, err)
}

type invitationBody struct {
	Secret   string `json:"secret"`
	Name     string `json:"name"`
	Password string `json:"password"`
}

func (s *server) acceptInvitation(x *exchange) error {
	var body invitationBody
	if _, err := s.readBody(x, &body, false); err != nil {
		return err
	}
	in, err := s.Accounts.AcceptInvitation(x.r.Context(), body.Secret, body.Name, body.Password, s.addressOf(x.r))
	return s.admit(x, in, err)
}

type resetRequestBody struct {
	Login string `json:"login"`
}

func (s *server) requestPasswordReset(x *exchange) error {
	var body resetRequestBody
	if _, err := s.readBody(x, &body, false); err != nil {
		return err
	}
	if strings.TrimSpace(body.Login) == "" {
		return domain.Invalid("login", "login is required")
	}
	if err := s.Accounts.RequestReset(x.r.Context(), body.Login, s.addressOf(x.r)); err != nil {
		return err
	}
	return x.answer(http.StatusAccepted, map[string]bool{"accepted": true})
}

type resetBody struct {
	Secret   string `json:"secret"`
	Password string `json:"password"`
}

func (s *server) resetPassword(x *exchange) error {
	var body resetBody
	if _, err := s.readBody(x, &body, false); err != nil {
		return err
	}
	in, err := s.Accounts.ResetPassword(x.r.Context(), body.Secret, body.Password, s.addressOf(x.r))
	return s.admit(x, in, err)
}

func (s *server) signOut(x *exchange) error {
	if cookie, err := x.r.Cookie(sessionCookie); err == nil {
		if err := s.Accounts.SignOut(x.r.Context(), cookie.Value); err != nil {
			return err
		}
	}
	s.setSession(x, account.Admission{})
	x.WriteHeader(http.StatusNoContent)
	return nil
}

// admit gives the browser the session that began.
func (s *server) admit(x *exchange, in account.Admission, err error) error {
	if err != nil {
		return err
	}
	x.by = in.Principal
	s.setSession(x, in)
	return x.answer(http.StatusOK, s.session(&in.Principal))
}

// setSession sets the cookie, or takes it away where there is no secret.
func (s *server) setSession(x *exchange, in account.Admission) {
	cookie := &http.Cookie{
		Name: sessionCookie, Value: in.Secret, Path: "/", MaxAge: int(in.ExpiresAt.Sub(s.Now()) / time.Second),
		HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: encrypted(x.r),
	}
	if in.Secret == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(x, cookie)
}

// addressOf returns the network address of whoever asks, without the port.
func (s *server) addressOf(r *http.Request) string {
	if s.TrustProxy {
		hops := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
		if last := strings.TrimSpace(hops[len(hops)-1]); last != "" {
			return last
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func (s *server) session(by *domain.Principal) sessionAnswer {
	a := sessionAnswer{SignedIn: by != nil, Zone: s.Policy.Zone.String(), Demo: len(s.Demo) > 0}
	if by != nil {
		e, _ := s.People.Get(by.Account)
		name := e.Name()
		a.Account, a.Name, a.Role, a.Organisation, a.Scope = &by.Account, &name, &by.Role, s.partner(by.Organisation), s.scope(*by)
		a.Administrator = e.State.Administrator
	}
	if s.SingleSignOn != nil {
		a.OIDC = &oidcAnswer{Name: s.SingleSignOn.Name()}
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
