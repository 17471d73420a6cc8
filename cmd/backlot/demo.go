package main

import (
	"bytes"
	"context"
	"fmt"
	"time"

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
	started, err := s.imports.Start(ctx, bootstrapOperator, "demo catalogue", int64(len(file)), bytes.NewReader(file))
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	progress, err := s.imports.Watch(ctx, started.ID)
	if err != nil {
		return err
	}
	var last job.Job
	for last = range progress {
	}
	if last.Phase != job.Finished || last.Refused > 0 {
		return fmt.Errorf("demo: the catalogue did not come in: %s", last.Summary())
	}
	return demo.Play(ctx, s.requests, today)
}
