package eventstore

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"backlot/domain"
)

// gRPC's clock may be the first to say that the time is up, in a status that
// the client did not translate.
func TestADeadlineOfGRPCsIsTheCallersOrOurs(t *testing.T) {
	s, over := &Store{}, status.Error(codes.DeadlineExceeded, "context deadline exceeded")

	ours, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	require.Equal(t, domain.CodeUnavailable, domain.ErrorCode(s.translate(t.Context(), ours, "read", over)))

	callers, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	bounded, cancel := context.WithTimeout(callers, time.Hour)
	defer cancel()
	require.Equal(t, domain.CodeTimeout, domain.ErrorCode(s.translate(callers, bounded, "read", over)))
}
