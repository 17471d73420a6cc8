package bus

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"backlot/domain"
)

// Log is what the publisher needs of an event store.
type Log interface {
	// Follow applies the log's pages from a position on, of the streams whose
	// names begin with one of prefixes, until ctx ends or apply fails, whose
	// error it returns as it is.
	Follow(ctx context.Context, from domain.Position, prefixes []string, apply func(domain.Page) error) error
	// ReadStream calls each with every event of a stream in order, and returns
	// the error of each as it is.
	ReadStream(ctx context.Context, stream string, each func(domain.Recorded) error) error
	// LastEvent returns a stream's last event; ok is false if there is none.
	LastEvent(ctx context.Context, stream string) (last domain.Recorded, ok bool, err error)
	// SetMaxCount limits a stream to its last n events.
	SetMaxCount(ctx context.Context, stream string, n int) error
	// Append records drafts after exactly the expected version; CodeConflict
	// when the stream stands elsewhere.
	Append(ctx context.Context, stream string, expected domain.Version, drafts []domain.Draft) (domain.Version, domain.Position, error)
}

// Config is what a Publisher needs. Fields with a default may be left out.
type Config struct {
	Log    Log
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
		c.Wait = wait
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

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
