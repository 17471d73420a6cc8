package bus

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"backlot/domain"
	"backlot/projections/worker"
)

// Config is what a Publisher needs. Fields with a default may be left out.
type Config struct {
	Log    worker.Log
	Target Target

	Source   string           // CloudEvents source, a URI reference; default /backlot
	Document string           // where Document is served, an absolute URI: dataschema points into it; default urn:backlot:asyncapi
	Lanes    int              // messages under way at a time, each of another request; default 8
	Patience time.Duration    // how long a publisher that stands by waits while another one does not move; default 5 s
	Now      func() time.Time // default time.Now
	Logger   *slog.Logger     // default slog.Default()
	// Wait returns nil after d, or an error as soon as ctx ends; default a timer.
	Wait func(ctx context.Context, d time.Duration) error
}

func (c *Config) setDefaults() {
	if c.Source == "" {
		c.Source = "/backlot"
	}
	if c.Document == "" {
		c.Document = "urn:backlot:asyncapi"
	}
	if c.Lanes == 0 {
		c.Lanes = 8
	}
	if c.Patience == 0 {
		c.Patience = 5 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Wait == nil {
		c.Wait = worker.Wait
	}
}

func (c *Config) validate() error {
	err := func() error {
		switch {
		case c.Log == nil:
			return errors.New("Config.Log is missing")
		case c.Target.Open == nil || c.Target.Topic == "":
			return errors.New("Config.Target is missing")
		case c.Lanes < 1 || c.Patience < 0:
			return errors.New("Config.Lanes or Config.Patience is not positive")
		}
		return nil
	}()
	if err != nil {
		return &domain.Error{Code: domain.CodeInternal, Message: "the publisher of the event bus is not wired", Err: err}
	}
	return nil
}
