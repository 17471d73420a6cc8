package engine

import (
	"errors"
	"fmt"
)

var (
	// ErrClosed answers what reaches an engine that is closing or closed.
	ErrClosed = errors.New("engine: closed")
	// ErrStreamNotFound answers a read of a stream that never was or that was
	// soft deleted.
	ErrStreamNotFound = errors.New("engine: stream not found")
	// ErrLocked answers Open when somebody has the directory open already.
	ErrLocked = errors.New("engine: directory is already open")
)

// WrongRevisionError refuses a write whose expectation the stream does not
// meet.
type WrongRevisionError struct {
	Stream   string
	Expected Expected
	Current  int64 // -1 for no stream
}

// Error implements error.
func (e *WrongRevisionError) Error() string {
	return fmt.Sprintf("engine: stream %q: expected %v, stands at %d", e.Stream, e.Expected, e.Current)
}

// StreamDeletedError answers any use of a tombstoned stream.
type StreamDeletedError struct {
	Stream string
}

// Error implements error.
func (e *StreamDeletedError) Error() string {
	return fmt.Sprintf("engine: stream %q is deleted", e.Stream)
}

// failedError wraps the write failure after which nothing more is accepted:
// what the disk then holds is unknown until the store is opened again.
type failedError struct{ cause error }

func (e *failedError) Error() string {
	return fmt.Sprintf("engine: stopped by a failed write: %v", e.cause)
}

func (e *failedError) Unwrap() error { return e.cause }
