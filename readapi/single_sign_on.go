package readapi

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"backlot/domain"
	"backlot/domain/account"
)

// SingleSignOn is an OpenID provider where people sign in.
type SingleSignOn interface {
	// Name is what people know the provider as.
	Name() string
	// Begin returns the URL at the provider where a sign-in goes on, and what
	// the browser has to remember meanwhile. The error is an account.NotLetIn.
	Begin(ctx context.Context) (url string, a account.Attempt, err error)
	// Finish redeems the code that the provider sent the browser back with. The
	// error is an account.NotLetIn.
	Finish(ctx context.Context, a account.Attempt, code string) (account.Claims, error)
}

// SingleSignOnCallback is the path that the provider sends people back to.
const SingleSignOnCallback = singleSignOn + "/callback"

const (
	singleSignOn  = base + "/session/oidc"
	attemptCookie = "backlot_oidc"
	attemptAge    = 10 * 60 // seconds
	maxReturn     = 2000    // bytes; the cookie holds it, and browsers keep 4096 of one
)

// attempt is what the browser remembers of a sign-in under way.
type attempt struct {
	account.Attempt
	Return string
}

type oidcAnswer struct {
	Name string `json:"name"`
}

var errNoSingleSignOn = domain.Errorf(domain.CodeNotFound, "This portal has no single sign-on.")

func (s *server) beginSingleSignOn(x *exchange) error {
	if s.SingleSignOn == nil {
		return errNoSingleSignOn
	}
	back, err := localPath(x.query.Get("return"))
	if err != nil {
		return err
	}
	to, a, err := s.SingleSignOn.Begin(x.r.Context())
	if err != nil {
		s.Logger.Warn("a sign-in at the OpenID provider cannot begin", slog.Any("error", err))
		return redirectProblem(x, problemIn(err))
	}
	s.setAttempt(x, &attempt{a, back})
	return redirect(x, to)
}

func (s *server) finishSingleSignOn(x *exchange) error {
	if s.SingleSignOn == nil {
		return errNoSingleSignOn
	}
	a, ok := attemptOf(x.r)
	if !ok || subtle.ConstantTimeCompare([]byte(a.State), []byte(x.query.Get("state"))) != 1 {
		return redirectProblem(x, account.ProblemAttempt)
	}
	s.setAttempt(x, nil)
	if refusal := x.query.Get("error"); refusal != "" || x.query.Get("code") == "" {
		s.Logger.Warn("the OpenID provider let nobody in", slog.String("error", refusal))
		return redirectProblem(x, problemBy(refusal))
	}
	in, err := s.Accounts.SignInWithIdentity(x.r.Context(), func(ctx context.Context) (account.Claims, error) {
		return s.SingleSignOn.Finish(ctx, a.Attempt, x.query.Get("code"))
	}, s.addressOf(x.r))
	if err != nil {
		return redirectProblem(x, problemIn(err))
	}
	x.by = in.Principal
	s.setSession(x, in)
	// The page that this leads to needs no session; what it then asks for is
	// same-site again, so the session's strict cookie goes along.
	return redirect(x, a.Return)
}

// problemBy maps the provider's error codes: RFC 6749, 4.1.2.1, and OpenID
// Connect Core, 3.1.2.6.
func problemBy(refusal string) account.Problem {
	switch refusal {
	case "access_denied", "login_required", "interaction_required", "consent_required", "account_selection_required":
		return account.ProblemDenied
	case "temporarily_unavailable", "server_error":
		return account.ProblemUnavailable
	}
	return account.ProblemProvider
}

// setAttempt gives the browser what to remember, or lets it forget.
//
// The cookie is Lax, as a strict one would not come back from the provider's
// page. It needs no signature: it holds nothing that the browser's owner may
// not choose, and its state is what nobody else knows. So another site can
// neither finish an attempt that this browser has not begun (it would have to
// set the cookie) nor one that it has (it would have to know the state). What
// could set cookies here, like a site on a sibling domain, could set the
// session's own just as well.
func (s *server) setAttempt(x *exchange, a *attempt) {
	cookie := &http.Cookie{Name: attemptCookie, Path: singleSignOn, MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: encrypted(x.r)}
	if a != nil {
		value, err := json.Marshal(a)
		if err != nil { // it holds nothing that could fail
			panic(err)
		}
		cookie.Value, cookie.MaxAge = base64.RawURLEncoding.EncodeToString(value), attemptAge
	}
	http.SetCookie(x, cookie)
}

// attemptOf returns the attempt that a browser remembers.
func attemptOf(r *http.Request) (a attempt, ok bool) {
	cookie, err := r.Cookie(attemptCookie)
	if err != nil {
		return attempt{}, false
	}
	value, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil || json.Unmarshal(value, &a) != nil || a.State == "" || a.Nonce == "" || a.Verifier == "" {
		return attempt{}, false
	}
	if a.Return, err = localPath(a.Return); err != nil {
		return attempt{}, false
	}
	return a, true
}

// localPath returns where on this page a sign-in leads to. Anything that a
// browser could take for another site is refused, and the API's own paths are:
// a browser that comes from the provider would show them to nobody signed in.
func localPath(path string) (string, error) {
	if path == "" || len(path) > maxReturn {
		return "/", nil
	}
	u, err := url.Parse(path)
	// Browsers take backslashes for slashes and leave out control characters.
	odd := strings.ContainsRune(path, '\\') || strings.ContainsFunc(path, unicode.IsControl)
	if err != nil || odd || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || ownPath(u.Path) {
		return "", domain.Invalid("return", "return is a path of this portal's page, like /requests?status=Open")
	}
	return ascii(u.String()), nil
}

// ascii returns a URL with everything escaped that a header does not carry.
func ascii(u string) string {
	var b strings.Builder
	for _, c := range []byte(u) {
		if c > ' ' && c < 0x7f {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// problemIn returns what an error is to the person.
func problemIn(err error) account.Problem {
	var e *account.NotLetIn
	if errors.As(err, &e) {
		return e.Problem
	}
	return account.ProblemUnavailable
}

// redirectProblem leads to the page, which says what went wrong. Its URL holds
// no more than the code: URLs are kept in many places.
func redirectProblem(x *exchange, p account.Problem) error {
	return redirect(x, "/?sign_in_problem="+string(p))
}

func redirect(x *exchange, to string) error {
	x.Header().Set("Location", to)
	x.WriteHeader(http.StatusFound)
	return nil
}

// encrypted reports whether the browser's connection is.
func encrypted(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}
