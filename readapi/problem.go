package readapi

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"

	"backlot/domain"
	"backlot/readapi/words"
)

// Codes that only HTTP knows.
const (
	codeMethodNotAllowed     domain.Code = "method_not_allowed"
	codeUnsupportedMediaType domain.Code = "unsupported_media_type"
	codeRange                domain.Code = "range_not_satisfiable"
)

// statuses maps every code to what HTTP says of it; words has their titles.
var statuses = map[domain.Code]int{
	domain.CodeInvalid:              http.StatusBadRequest,
	domain.CodeUnauthenticated:      http.StatusUnauthorized,
	domain.CodeForbidden:            http.StatusForbidden,
	domain.CodeNotFound:             http.StatusNotFound,
	domain.CodeRefused:              http.StatusConflict,
	domain.CodeConflict:             http.StatusConflict,
	domain.CodePreconditionFailed:   http.StatusPreconditionFailed,
	domain.CodePreconditionRequired: http.StatusPreconditionRequired,
	domain.CodeKeyReused:            http.StatusUnprocessableEntity,
	domain.CodeNotKept:              http.StatusUnprocessableEntity,
	domain.CodeTooLarge:             http.StatusRequestEntityTooLarge,
	domain.CodeThrottled:            http.StatusTooManyRequests,
	domain.CodeTimeout:              http.StatusGatewayTimeout,
	domain.CodeUnavailable:          http.StatusServiceUnavailable,
	domain.CodeInternal:             http.StatusInternalServerError,
	codeRange:                       http.StatusRequestedRangeNotSatisfiable,
	codeMethodNotAllowed:            http.StatusMethodNotAllowed,
	codeUnsupportedMediaType:        http.StatusUnsupportedMediaType,
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
// Its title is in a language, its detail as the error has it.
func problemOf(err error, w *words.Words) problem {
	var e *domain.Error
	if !errors.As(err, &e) || e.Code == domain.CodeInternal {
		e = domain.Errorf(domain.CodeInternal, "Something went wrong on the server; the log of the server says what.")
	}
	status, ok := statuses[e.Code]
	if !ok {
		return problemOf(domain.Errorf(domain.CodeInternal, "no status for %s", e.Code), w)
	}
	p := problem{
		Type: "urn:backlot:problem:" + string(e.Code), Title: w.Problem(string(e.Code)), Status: status,
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
