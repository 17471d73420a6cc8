package projections

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/redis/go-redis/v9"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// From tells a subscriber the position after which it begins. It is asked at
// subscribe and after each Nack, waits while Redis is away, and fails only
// when its context ends.
type From func(context.Context) (domain.Position, error)

// Config is what a Projector needs. Fields with a default may be left out.
type Config struct {
	Redis redis.UniversalClient
	// Subscribe makes a subscriber of the whole log, one message a page, the
	// next one after the Ack. Each is used for one subscription and closed; a
	// rebuild and the live generation have one each.
	Subscribe func(From) (message.Subscriber, error)
	PageOf    func(*message.Message) (domain.Page, error) // an error stops the projector
	// ReadStream calls each with every event of a stream in order, and returns
	// the error of each as it is. It serves requests whose document in Redis
	// is not at the right revision.
	ReadStream func(ctx context.Context, stream string, each func(domain.Recorded) error) error
	Policy     sourcerequest.Policy

	Logger        *slog.Logger                // default slog.Default()
	NewGeneration func() readmodel.Generation // default 16 random hex digits
	States        int                         // folded requests kept in memory; default 200,000
	KeepPast      time.Duration               // how long the ended versions of rows are kept; default: not at all
	CheckEvery    time.Duration               // how often an idle projector looks whether Redis still holds its generation; default 1 s
	Now           func() time.Time            // default time.Now
	// Wait returns nil after d, or an error as soon as ctx ends; default a timer.
	Wait func(ctx context.Context, d time.Duration) error
}

func (c *Config) setDefaults() {
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.NewGeneration == nil {
		c.NewGeneration = randomGeneration
	}
	if c.States == 0 {
		c.States = 200_000
	}
	if c.CheckEvery == 0 {
		c.CheckEvery = time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Wait == nil {
		c.Wait = wait
	}
}

func (c *Config) validate() error {
	var missing error
	for _, field := range []struct {
		name string
		set  bool
	}{
		{"Redis", c.Redis != nil}, {"Subscribe", c.Subscribe != nil}, {"PageOf", c.PageOf != nil},
		{"ReadStream", c.ReadStream != nil}, {"Policy.Zone", c.Policy.Zone != nil},
	} {
		if !field.set {
			missing = errors.Join(missing, errors.New("Config."+field.name+" is missing"))
		}
	}
	if missing != nil {
		return &domain.Error{Code: domain.CodeInternal, Message: "the projector is not wired", Err: missing}
	}
	return nil
}

func randomGeneration() readmodel.Generation {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return readmodel.Generation(hex.EncodeToString(b[:]))
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
