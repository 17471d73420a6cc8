package readapi

import (
	"context"
	"net/http"

	"backlot/domain"
)

// ReadModels can be built anew beside the ones that answer.
type ReadModels interface {
	// Rebuild returns when the new read models are live. CodeConflict while
	// another rebuild runs; an interrupted one leaves the live ones as they were.
	Rebuild(ctx context.Context) error
}

func (s *server) rebuildReadModels(x *exchange) error {
	if _, err := idempotencyKey(x.r); err != nil {
		return err
	}
	if x.by.Role != domain.RoleOperator {
		return domain.Errorf(domain.CodeForbidden, "Only operators rebuild the read models.")
	}
	if err := s.ReadModels.Rebuild(x.r.Context()); err != nil {
		return err
	}
	s.Logger.Info("read models rebuilt", "account", x.by.Account)
	return x.answer(http.StatusOK, map[string]any{"rebuilt": true})
}
