package worker

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"backlot/domain"
)

// Log is what a worker needs of an event store.
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

// Config is what a Worker needs. Fields with a default may be left out.
type Config struct {
	Log      Log
	Name     string   // of the checkpoint
	Account  string   // whose events the checkpoints are
	Prefixes []string // of the streams that it acts on; none whose events may vanish, as checkpoints name them
	// Act acts on consecutive events, each of which it may see again. With an
	// error it is called again with the same events and perhaps more of them.
	Act func(ctx context.Context, events []domain.Recorded) error
	// Each, instead of Act, acts on one event, for as long as it takes: later
	// events are begun meanwhile, and the checkpoint stands before the first that
	// is not done. With an error, all that were not done are begun anew. It ends
	// soon after ctx does.
	Each   func(ctx context.Context, r domain.Recorded) error
	Window int // events from the first that is not done to the last that was begun, at most; default 10,000

	Patience time.Duration    // how long a worker that stands by waits while another one does not move; default 5 s
	Now      func() time.Time // default time.Now
	Logger   *slog.Logger     // default slog.Default()
	// Wait returns nil after d, or an error as soon as ctx ends; default a timer.
	Wait func(ctx context.Context, d time.Duration) error
}

func (c *Config) setDefaults() {
	if c.Window == 0 {
		c.Window = 10_000
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
		c.Wait = Wait
	}
}

func (c *Config) validate() error {
	err := func() error {
		switch {
		case c.Log == nil || (c.Act == nil) == (c.Each == nil):
			return errors.New("Config.Log is missing, or not one of Config.Act and Config.Each is there")
		case c.Name == "" || c.Account == "":
			return errors.New("Config.Name or Config.Account is missing")
		case len(c.Prefixes) == 0:
			return errors.New("Config.Prefixes is empty")
		case c.Patience < 0 || c.Window < 0:
			return errors.New("Config.Patience or Config.Window is negative")
		}
		return nil
	}()
	if err != nil {
		return &domain.Error{Code: domain.CodeInternal, Message: "the worker " + c.Name + " is not wired", Err: err}
	}
	return nil
}

// Wait returns nil after d, or the error of ctx as soon as it ends.
func Wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// BackOff is the time before another try: 50 ms, doubled with each failure, up
// to about 3 s.
func BackOff(failures int) time.Duration { return 50 * time.Millisecond << min(failures-1, 6) }
