package readapi

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"

	"backlot/domain"
)

// Codes that only HTTP knows.
const (
	codeMethodNotAllowed     domain.Code = "method_not_allowed"
	codeUnsupportedMediaType domain.Code = "unsupported_media_type"
	codeRange                domain.Code = "range_not_satisfiable"
)

// kinds maps every code to what HTTP says of it.
var kinds = map[domain.Code]struct {
	status int
	title  string
}{
	domain.CodeInvalid:              {http.StatusBadRequest, "Something in the request is wrong"},
	domain.CodeUnauthenticated:      {http.StatusUnauthorized, "Not signed in"},
	domain.CodeForbidden:            {http.StatusForbidden, "Not allowed"},
	domain.CodeNotFound:             {http.StatusNotFound, "Not found"},
	domain.CodeRefused:              {http.StatusConflict, "The present state does not allow it"},
	domain.CodeConflict:             {http.StatusConflict, "It conflicts with what is there"},
	domain.CodePreconditionFailed:   {http.StatusPreconditionFailed, "It was changed meanwhile"},
	domain.CodePreconditionRequired: {http.StatusPreconditionRequired, "A header is missing"},
	domain.CodeKeyReused:            {http.StatusUnprocessableEntity, "The key was used for another command"},
	domain.CodeNotKept:              {http.StatusUnprocessableEntity, "The past is not kept so far back"},
	domain.CodeTooLarge:             {http.StatusRequestEntityTooLarge, "Too large"},
	domain.CodeThrottled:            {http.StatusTooManyRequests, "Too often"},
	domain.CodeTimeout:              {http.StatusGatewayTimeout, "Not reached in time"},
	domain.CodeUnavailable:          {http.StatusServiceUnavailable, "Not ready"},
	domain.CodeInternal:             {http.StatusInternalServerError, "A fault of the server"},
	codeRange:                       {http.StatusRequestedRangeNotSatisfiable, "Not a part of the file"},
	codeMethodNotAllowed:            {http.StatusMethodNotAllowed, "Not a method of this path"},
	codeUnsupportedMediaType:        {http.StatusUnsupportedMediaType, "Not a type of body that is taken here"},
}

// retryAfter is the pause, in seconds, that answers ask for when trying again
// makes sense.
const retryAfter = 1

// problem is an RFC 9457 problem document.
type problem struct {
	Type    string         `json:"type"`
	Title   string         `json:"title"`
	Status  int            `json:"status"`
	Detail  string         `json:"detail"`
	Code    domain.Code    `json:"code"`
	Field   string         `json:"field,omitempty"`
	Allowed []string       `json:"allowed,omitempty"`
	Current *requestAnswer `json:"current,omitempty"`
	Request string         `json:"request,omitempty"`

	retryAfter int // seconds, 0 for never
}

// problemOf returns what a client may know of an error: the cause stays here.
func problemOf(err error) problem {
	var e *domain.Error
	if !errors.As(err, &e) || e.Code == domain.CodeInternal {
		e = domain.Errorf(domain.CodeInternal, "Something went wrong on the server; the log of the server says what.")
	}
	kind, ok := kinds[e.Code]
	if !ok {
		return problemOf(domain.Errorf(domain.CodeInternal, "no status for %s", e.Code))
	}
	p := problem{
		Type: "urn:backlot:problem:" + string(e.Code), Title: kind.title, Status: kind.status,
		Detail: e.Message, Code: e.Code, Field: e.Field, Allowed: e.Allowed,
		retryAfter: int(math.Ceil(e.RetryAfter.Seconds())),
	}
	if p.retryAfter == 0 && (e.Code == domain.CodeTimeout || e.Code == domain.CodeUnavailable) {
		p.retryAfter = retryAfter
	}
	return p
}

func (p problem) write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	if p.Code == domain.CodeUnauthenticated {
		h.Set("WWW-Authenticate", `Bearer realm="backlot"`)
	}
	body, err := json.Marshal(p)
	if err != nil { // it holds nothing that could fail
		panic(err)
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(body, '\n'))
}

// currentError is a failed precondition and the state that stands in its way.
type currentError struct {
	error
	current *requestAnswer
}

func (e *currentError) Unwrap() error { return e.error }
