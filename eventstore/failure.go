package eventstore

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"backlot/domain"
)

var errNoAnswer = errors.New("the event store did not answer in time")

// clientCode returns the client's code for an error. esdb.FromError would not
// look below the first error.
func clientCode(err error) (esdb.ErrorCode, bool) {
	var e *esdb.Error
	if errors.As(err, &e) {
		return e.Code(), true
	}
	return 0, false
}

func hasCode(err error, code esdb.ErrorCode) bool {
	c, ok := clientCode(err)
	return ok && c == code
}

// isLost reports whether the client's node is gone. A dropped subscription
// carries gRPC's own error.
func isLost(err error) bool {
	return hasCode(err, esdb.ErrorUnavailable) || hasCode(err, esdb.ErrorCodeConnectionClosed) ||
		status.Code(err) == codes.Unavailable
}

// isRetryable reports whether the same call may succeed on another connection.
// An append that the server cut off surfaces as EOF, whether it was rejected
// or the connection broke; repeating it is harmless.
func isRetryable(err error) bool {
	return isLost(err) || hasCode(err, esdb.ErrorCodeNotLeader) || errors.Is(err, io.EOF)
}

// translate makes the error that leaves the package.
func (s *Store) translate(caller, bounded context.Context, what string, err error) error {
	var known *domain.Error
	if errors.As(err, &known) {
		return err
	}
	var bad *UndecodableError
	switch {
	case errors.As(err, &bad):
		return &domain.Error{Code: domain.CodeInternal, Message: "an event cannot be read", Err: err}
	case caller.Err() != nil:
		return &domain.Error{Code: domain.CodeTimeout, Message: "the event store was not waited for", Err: fmt.Errorf("%s: %w", what, context.Cause(caller))}
	case bounded.Err() != nil:
		return unavailable(what, context.Cause(bounded))
	case isLost(err), errors.Is(err, errUnreachable), errors.Is(err, errClosed), errors.Is(err, errNoAnswer),
		hasCode(err, esdb.ErrorCodeNotLeader), hasCode(err, esdb.ErrorCodeDeadlineExceeded):
		return unavailable(what, err)
	case status.Code(err) == codes.ResourceExhausted:
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the event store accepts nothing at the moment, because its disk is full; try again when there is room", Err: fmt.Errorf("%s: %w", what, err)}
	case hasCode(err, esdb.ErrorCodeWrongExpectedVersion):
		return &domain.Error{Code: domain.CodeConflict, Message: "somebody else changed this in the meantime", Err: fmt.Errorf("%s: %w", what, err)}
	case hasCode(err, esdb.ErrorCodeStreamDeleted):
		return &domain.Error{Code: domain.CodeRefused, Message: "this was deleted for good", Err: fmt.Errorf("%s: %w", what, err)}
	}
	return &domain.Error{Code: domain.CodeInternal, Message: "the event store failed", Err: fmt.Errorf("%s: %w", what, err)}
}

func unavailable(what string, err error) error {
	return &domain.Error{Code: domain.CodeUnavailable, Message: "the event store is not available; try again", Err: fmt.Errorf("%s: %w", what, err)}
}
