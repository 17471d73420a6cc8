package eventstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

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
	var local interface{ ClientCode() esdb.ErrorCode }
	if errors.As(err, &local) {
		return local.ClientCode(), true
	}
	return 0, false
}

func hasCode(err error, code esdb.ErrorCode) bool {
	c, ok := clientCode(err)
	return ok && c == code
}

// isLost reports whether the client's node is gone, or leads no more. A dropped
// subscription carries gRPC's own error.
func isLost(ctx context.Context, err error) bool {
	switch status.Code(err) {
	case codes.Unavailable:
		return true
	case codes.Canceled:
		// Who did not end the call himself was cut off by the client: told by
		// one call that the leader has moved, it closes the connection under
		// all the others.
		return ctx.Err() == nil
	}
	// A node that refuses an append before it has read all of it, perhaps
	// because it leads no more, surfaces as EOF without a reason.
	return hasCode(err, esdb.ErrorCodeConnectionClosed) || isNotLeader(err) || errors.Is(err, io.EOF)
}

// noLeader is how a node says, with no code of its own, that it does not lead
// and does not know who does.
const noLeader = "No leader info available"

func isNotLeader(err error) bool {
	if hasCode(err, esdb.ErrorCodeNotLeader) {
		return true
	}
	s, ok := status.FromError(err)
	return ok && s.Code() == codes.Unknown && strings.Contains(s.Message(), noLeader)
}

// isUndecided reports whether the server gave up on a call that it may have
// carried out: while a cluster elects its leader, writes time out.
func isUndecided(err error) bool { return status.Code(err) == codes.Aborted }

// isRetryable reports whether the same call may succeed if it is repeated,
// which is harmless.
func isRetryable(ctx context.Context, err error) bool {
	return isLost(ctx, err) || isUndecided(err)
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
		return notWaited(what, context.Cause(caller))
	case bounded.Err() != nil:
		return unavailable(what, context.Cause(bounded))
	case isDeadline(err) && isDeadlineOf(caller, bounded):
		// gRPC's clock or the server's ran a little faster.
		return notWaited(what, context.DeadlineExceeded)
	case isLost(bounded, err), isUndecided(err), errors.Is(err, errUnreachable), errors.Is(err, errClosed),
		errors.Is(err, errNoAnswer), isDeadline(err):
		return unavailable(what, err)
	case status.Code(err) == codes.DataLoss:
		if d, ok := damaged(err.Error()); ok {
			return &domain.Error{Code: domain.CodeInternal, Message: "a file of the event store is damaged: " + d.File, Err: fmt.Errorf("%s: %w", what, d)}
		}
		return &domain.Error{Code: domain.CodeInternal, Message: "the event store has lost data", Err: fmt.Errorf("%s: %w", what, err)}
	case status.Code(err) == codes.ResourceExhausted:
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the event store accepts nothing at the moment, because its disk is full; try again when there is room", Err: fmt.Errorf("%s: %w", what, err)}
	case hasCode(err, esdb.ErrorCodeStreamDeleted):
		return &domain.Error{Code: domain.CodeRefused, Message: "this was deleted for good", Err: fmt.Errorf("%s: %w", what, err)}
	case hasCode(err, esdb.ErrorCodeWrongExpectedVersion), status.Code(err) == codes.FailedPrecondition:
		// A delete is refused without a code of the client's.
		return &domain.Error{Code: domain.CodeConflict, Message: "somebody else changed this in the meantime", Err: fmt.Errorf("%s: %w", what, err)}
	}
	return &domain.Error{Code: domain.CodeInternal, Message: "the event store failed", Err: fmt.Errorf("%s: %w", what, err)}
}

// isDeadline reports whether the call's time was up. Where a stream ends before
// its first message, the client leaves the status as gRPC made it.
func isDeadline(err error) bool {
	return hasCode(err, esdb.ErrorCodeDeadlineExceeded) || status.Code(err) == codes.DeadlineExceeded
}

// isDeadlineOf reports whether bounded ends when the caller's context does.
func isDeadlineOf(caller, bounded context.Context) bool {
	callers, ok := caller.Deadline()
	if !ok {
		return false
	}
	deadline, _ := bounded.Deadline()
	return callers.Equal(deadline)
}

func notWaited(what string, err error) error {
	return &domain.Error{Code: domain.CodeTimeout, Message: "the event store was not waited for", Err: fmt.Errorf("%s: %w", what, err)}
}

func unavailable(what string, err error) error {
	return &domain.Error{Code: domain.CodeUnavailable, Message: "the event store is not available; try again", Err: fmt.Errorf("%s: %w", what, err)}
}
