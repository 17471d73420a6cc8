package main

import "backlot/eventstore/audit"

// seal starts what seals the log.
func (s *server) seal(c *serveCommand) error {
	sealer, err := audit.NewSealer(audit.SealerConfig{Log: s.store, Every: c.SealEvery, Logger: s.logger})
	if err != nil {
		return err
	}
	s.integrity = audit.NewIntegrity(s.store, sealer)
	s.group.Go(func() error { return s.untilClosed(sealer.Run(s.ctx)) })
	return nil
}
