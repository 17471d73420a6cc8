package readapi

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"backlot/domain"
)

// tusAnswer passes on what tusd answers, but for refusals: those are problem
// documents here.
type tusAnswer struct {
	*exchange
	status int    // of a refusal, 0 for none
	said   []byte // by tusd
}

// WriteHeader implements http.ResponseWriter.
func (a *tusAnswer) WriteHeader(status int) {
	h := a.Header()
	if status >= 400 {
		a.status = status
		for _, name := range []string{"Content-Length", "Content-Type"} {
			h.Del(name)
		}
		return
	}
	if h.Get("Tus-Extension") != "" {
		h.Set("Tus-Extension", tusExtensions)
	}
	// Behind a proxy, nobody but the client knows the portal's own name.
	if u, err := url.Parse(h.Get("Location")); err == nil && u.Path != "" {
		h.Set("Location", u.Path)
	}
	a.exchange.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (a *tusAnswer) Write(b []byte) (int, error) {
	if a.status != 0 {
		a.said = append(a.said, b...)
		return len(b), nil
	}
	return a.exchange.Write(b)
}

// tusCodes say what tusd's statuses are in the vocabulary of problems.
var tusCodes = map[int]domain.Code{
	http.StatusBadRequest: domain.CodeInvalid, http.StatusNotImplemented: domain.CodeInvalid, http.StatusForbidden: domain.CodeForbidden,
	http.StatusNotFound: domain.CodeNotFound, http.StatusConflict: domain.CodeConflict, http.StatusLocked: domain.CodeUnavailable,
	http.StatusPreconditionFailed: domain.CodePreconditionFailed, http.StatusRequestEntityTooLarge: domain.CodeTooLarge,
	http.StatusServiceUnavailable: domain.CodeUnavailable,
}

// refusal returns the error that an answer tells, nil for none.
func (a *tusAnswer) refusal() error {
	if a.status == 0 {
		return nil
	}
	if a.refused != nil {
		return a.refused
	}
	code, message, _ := strings.Cut(strings.TrimSpace(string(a.said)), ": ")
	switch code {
	case "ERR_INTERNAL_SERVER_ERROR":
		return errors.New("uploads: " + message)
	case "ERR_READ_TIMEOUT", "ERR_CONNECTION_RESET", "ERR_LOCK_TIMEOUT":
		return domain.Errorf(domain.CodeUnavailable, "%s; look how far the upload came and go on", sentence(message))
	}
	kind, known := tusCodes[a.status]
	if !known {
		return errors.New("uploads: " + string(a.said))
	}
	return &domain.Error{Code: kind, Message: sentence(message)}
}

// sentence begins with a capital letter. An answer to HEAD says nothing.
func sentence(s string) string {
	if s == "" {
		return "The upload cannot be looked at."
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
