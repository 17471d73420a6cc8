package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"backlot/domain"
	"backlot/domain/job"
	"backlot/domain/sourcerequest"
	"backlot/internal/demo"
)

// playDemo brings the demo's catalogue in, once for a data folder.
func (s *server) playDemo(policy sourcerequest.Policy) error {
	_, there, err := s.store.LastEvent(s.ctx, sourcerequest.StreamOf(demo.FirstRequest))
	if err == nil && !there {
		err = s.bringInCatalogue(s.ctx, domain.DateOf(time.Now(), policy.Zone))
	}
	s.catalogueDone.Store(err == nil)
	return s.untilClosed(err)
}

func (s *server) bringInCatalogue(ctx context.Context, today domain.Date) error {
	file := demo.Catalogue(today)
	operator, err := s.awaitDemoOperator(ctx)
	if err != nil {
		return err
	}
	i := domain.Instruction{By: operator, Key: "demo/" + uuid.NewString()}
	started, err := s.jobs.StartImport(ctx, "demo catalogue", int64(len(file)), bytes.NewReader(file), i)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	progress, err := s.jobs.Watch(ctx, started.ID)
	if err != nil {
		return err
	}
	var last job.Job
	for last = range progress {
	}
	if last.Phase != job.Finished || last.Refused > 0 {
		return fmt.Errorf("demo: the catalogue did not come in: %s", last.Summary())
	}
	return demo.Play(ctx, s.requests, s.files, today)
}

// awaitDemoOperator returns the demo's operator once its account is there.
func (s *server) awaitDemoOperator(ctx context.Context) (domain.Principal, error) {
	identities := demo.Identities()
	n := slices.IndexFunc(identities, func(i demo.Identity) bool { return i.Principal.Role == domain.RoleOperator })
	for {
		moved := s.people.Moved()
		if p, ok := s.people.Principal(identities[n].Principal.Account); ok {
			return p, nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return domain.Principal{}, ctx.Err()
		}
	}
}
