package domain

import (
	"errors"
	"fmt"
	"time"
)

// Code names a kind of failure. It is stable: clients decide by it, and the
// HTTP layer maps it to a status in one table.
type Code string

// The codes of the error vocabulary.
const (
	CodeInvalid              Code = "invalid"                // the input itself is wrong
	CodeUnauthenticated      Code = "unauthenticated"        // no or unknown credentials
	CodeForbidden            Code = "forbidden"              // visible to the caller, but not theirs to do
	CodeNotFound             Code = "not_found"              // does not exist in the caller's scope
	CodeRefused              Code = "refused"                // the present state does not allow it
	CodeConflict             Code = "conflict"               // somebody else was quicker, or it exists already
	CodePreconditionFailed   Code = "precondition_failed"    // If-Match names an older state
	CodePreconditionRequired Code = "precondition_required"  // If-Match or Idempotency-Key is missing
	CodeKeyReused            Code = "idempotency_key_reused" // known key, another body
	CodeNotKept              Code = "not_kept"               // asked about a past that is not kept; Allowed has the earliest moment
	CodeTooLarge             Code = "too_large"              // more than the limit that the message names
	CodeThrottled            Code = "throttled"              // too often; RetryAfter says when to try again
	CodeTimeout              Code = "timeout"                // not reached within the time allowed; try again
	CodeUnavailable          Code = "unavailable"            // a part is not ready; try again
	CodeInternal             Code = "internal"               // our fault; details are in the log only
)

// Codes lists the whole vocabulary, for tables that must be complete.
func Codes() []Code {
	return []Code{
		CodeInvalid, CodeUnauthenticated, CodeForbidden, CodeNotFound, CodeRefused, CodeConflict,
		CodePreconditionFailed, CodePreconditionRequired, CodeKeyReused, CodeNotKept, CodeTooLarge, CodeThrottled,
		CodeTimeout, CodeUnavailable, CodeInternal,
	}
}

// Error is the one error value that crosses package borders on purpose.
type Error struct {
	Code    Code
	Message string   // a sentence for the person who caused it: what was wrong and what would be right
	Field   string   // the input field, modifier or column that is wrong, if there is one
	Allowed []string // what would be accepted, if it can be listed
	Err     error    // the cause, for the log; never shown

	RetryAfter time.Duration // when trying again makes sense; 0 where nothing is known
}

// Error implements error.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %s: %v", e.Code, e.Message, e.Err)
	}
	return string(e.Code) + ": " + e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error with a formatted message.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Invalid makes the error for a wrong input field; allowed may be empty.
func Invalid(field, message string, allowed ...string) *Error {
	return &Error{Code: CodeInvalid, Field: field, Message: message, Allowed: allowed}
}

// Refused makes the error for a command that the present state does not
// accept; allowed lists the commands or values that it would.
func Refused(message string, allowed ...string) *Error {
	return &Error{Code: CodeRefused, Message: message, Allowed: allowed}
}

// ErrorCode returns the code of the first Error in err's chain, CodeInternal
// for any other error, and "" for nil.
func ErrorCode(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}
