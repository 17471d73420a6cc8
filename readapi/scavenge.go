package readapi

import (
	"context"
	"net/http"

	"backlot/domain"
)

// Scavenger gets rid of what was deleted or truncated.
type Scavenger interface {
	// ScavengeStore removes the event store's hidden events; when it returns
	// without an error, no file of the store holds them.
	ScavengeStore(ctx context.Context) (Scavenged, error)
}

// Scavenged says how many events a scavenge removed, and the sizes in bytes of
// the store's files together, before and after.
type Scavenged struct {
	Events      int64 `json:"events"`
	BytesBefore int64 `json:"bytes_before"`
	BytesAfter  int64 `json:"bytes_after"`
}

func (s *server) scavengeStore(x *exchange) error {
	if _, err := idempotencyKey(x.r); err != nil {
		return err
	}
	if x.by.Role != domain.RoleOperator {
		return domain.Errorf(domain.CodeForbidden, "Only operators scavenge the event store.")
	}
	if s.Scavenger == nil {
		return domain.Errorf(domain.CodeRefused, "The event store is not the embedded one: start a scavenge with its own tools.")
	}
	report, err := s.Scavenger.ScavengeStore(x.r.Context())
	if err != nil {
		return err
	}
	s.Logger.Info("event store scavenged for an operator", "account", x.by.Account, "events", report.Events)
	return x.answer(http.StatusOK, report)
}
