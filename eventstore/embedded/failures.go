package embedded

import (
	"context"
	"errors"
	"net/url"
	"strconv"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"backlot/eventstore/embedded/internal/engine"
)

// Trailers by which EventStoreDB's clients tell one error from another.
const (
	trailerException       = "exception"
	trailerStreamName      = "stream-name"
	trailerExpectedVersion = "expected-version"
	trailerActualVersion   = "actual-version"
	trailerMaxAppendSize   = "maximum-append-size"
	trailerRequiredKeys    = "required-metadata-properties"

	exceptionStreamDeleted        = "stream-deleted"
	exceptionWrongExpectedVersion = "wrong-expected-version"
	exceptionMaxAppendSize        = "maximum-append-size-exceeded"
	exceptionMissingMetadata      = "missing-required-metadata-property"
)

// failure is a gRPC status with the trailers that go with it.
type failure struct {
	status   *status.Status
	trailers metadata.MD
}

func (f *failure) Error() string { return f.status.String() }

// GRPCStatus makes the failure a gRPC error.
func (f *failure) GRPCStatus() *status.Status { return f.status }

func fail(code codes.Code, message string, trailers ...string) *failure {
	return &failure{status.New(code, message), metadata.Pairs(trailers...)}
}

func badRequest(message string) *failure { return fail(codes.InvalidArgument, message) }

// errNoRoom is not Unavailable, at which clients look for another node.
var errNoRoom = fail(codes.ResourceExhausted, "The event store's disk is full. It accepts events again as soon as there is room.")

var errShuttingDown = fail(codes.Unavailable, "The event store is shutting down.")

// toFailure translates what the engine says.
func toFailure(err error) *failure {
	var f *failure
	var deleted *engine.StreamDeletedError
	var wrong *engine.WrongRevisionError
	var large *tooLargeError
	var damaged *DamagedFileError
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &deleted):
		return fail(codes.FailedPrecondition, "Event stream '"+deleted.Stream+"' is deleted.",
			trailerException, exceptionStreamDeleted,
			trailerStreamName, inTrailer(deleted.Stream))
	case errors.As(err, &wrong):
		expected, actual := strconv.FormatInt(int64(wrong.Expected), 10), strconv.FormatInt(wrong.Current, 10)
		return fail(codes.FailedPrecondition,
			"Append failed due to WrongExpectedVersion. Stream: "+wrong.Stream+", Expected version: "+expected+", Actual version: "+actual,
			trailerException, exceptionWrongExpectedVersion,
			trailerStreamName, inTrailer(wrong.Stream),
			trailerExpectedVersion, expected,
			trailerActualVersion, actual)
	case errors.As(err, &large):
		return fail(codes.InvalidArgument, large.Error(),
			trailerException, exceptionMaxAppendSize,
			trailerMaxAppendSize, strconv.Itoa(large.limit))
	case errors.As(err, &damaged):
		return fail(codes.DataLoss, damaged.Error())
	case errors.Is(err, engine.ErrDiskFull):
		return errNoRoom
	case errors.Is(err, engine.ErrReadOnly):
		return fail(codes.PermissionDenied, "The event store is open for reading only.")
	case errors.Is(err, engine.ErrClosed):
		return errShuttingDown
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &failure{status: status.FromContextError(err)}
	default:
		return fail(codes.Internal, err.Error())
	}
}

// inTrailer escapes what a trailer cannot carry: gRPC would drop all of them, and
// with them the reason by which clients tell errors apart.
func inTrailer(name string) string {
	for i := range len(name) {
		if name[i] < ' ' || name[i] > '~' {
			return url.PathEscape(name)
		}
	}
	return name
}

// tooLargeError refuses an append above the limit, in bytes.
type tooLargeError struct{ limit int }

func (e *tooLargeError) Error() string {
	return "Maximum Append Size of " + strconv.Itoa(e.limit) + " Exceeded."
}

func missingMetadata(key string) *failure {
	return fail(codes.InvalidArgument, "Required Metadata Property '"+key+"' is missing.",
		trailerException, exceptionMissingMetadata, trailerRequiredKeys, metadataType+","+metadataContentType)
}

type trailerSetter interface{ SetTrailer(metadata.MD) }

// answer sets a failure's trailers on the stream that is to carry it.
func answer(stream trailerSetter, err error) error {
	if err == nil {
		return nil
	}
	// What gRPC itself reports, such as a client that went away, passes as is.
	if _, ok := status.FromError(err); ok && !isFailure(err) {
		return err
	}
	f := toFailure(err)
	stream.SetTrailer(f.trailers)
	return f
}

func isFailure(err error) bool {
	var f *failure
	return errors.As(err, &f)
}
