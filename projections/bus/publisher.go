package bus

import (
	"context"
	"errors"
	"hash/fnv"
	"sync"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"golang.org/x/sync/errgroup"

	"backlot/domain"
	"backlot/domain/checkpoint"
	"backlot/domain/sourcerequest"
)

// Publisher follows the log and publishes what happens to source requests.
// Several may run, in several processes: one publishes and the others stand by.
type Publisher struct {
	Config
	stream string // of the checkpoint
	writer writer

	// Of Run alone.
	at      place
	passive bool // another instance publishes

	mu       sync.Mutex
	progress Progress

	connecting sync.Mutex
	open       message.Publisher // nil while not connected
}

// Progress is where a publisher stands.
type Progress struct {
	Active    bool            // it publishes; otherwise it stands by
	Position  domain.Position // of the checkpoint, as far as it is known here
	Published uint64          // messages, since the start
	Waiting   time.Time       // when the first event happened that is not published yet; zero if none is known
	Failure   string          // why nothing is published at the moment; "" after a success
}

// New checks the configuration; the error is CodeInternal and names what is
// missing.
func New(c Config) (*Publisher, error) {
	c.setDefaults()
	if err := c.validate(); err != nil {
		return nil, err
	}
	return &Publisher{
		Config: c, stream: checkpoint.StreamOf(c.Target.name()),
		writer: writer{source: c.Source, schemas: c.Document + "#/components/schemas/"},
	}, nil
}

// Progress returns where the publisher stands.
func (p *Publisher) Progress() Progress {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.progress
}

func (p *Publisher) note(change func(*Progress)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.progress)
}

// Run publishes until ctx ends, whose error it returns. Whatever else goes
// wrong is logged, told by Progress and tried again.
func (p *Publisher) Run(ctx context.Context) error {
	defer p.close()
	for failures := 0; ; {
		before := p.at.version
		err := p.session(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if p.at.version != before {
			failures = 0
		}
		if errors.Is(err, errFenced) {
			p.passive = true
			p.note(func(s *Progress) { s.Active = false })
			p.Logger.Info("another instance publishes to the event bus; this one stands by")
			continue
		}
		p.failed(err)
		failures++
		if err := p.Wait(ctx, backOff(failures)); err != nil {
			return err
		}
	}
}

// backOff is the time before another try: 50 ms, doubled with each failure, up
// to about 3 s.
func backOff(failures int) time.Duration { return 50 * time.Millisecond << min(failures-1, 6) }

// failed tells of a failure, once while it stays the same.
func (p *Publisher) failed(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.progress.Failure != err.Error() {
		p.progress.Failure = err.Error()
		p.Logger.Error("events cannot be published at the moment", "bus", p.Target.Kind, "error", err)
	}
}

// session follows the log from the checkpoint until something fails.
func (p *Publisher) session(ctx context.Context) error {
	at, err := p.load(ctx, p.at)
	if err != nil {
		return err
	}
	p.at = at
	p.note(func(s *Progress) { s.Active, s.Position = !p.passive, at.position })
	return p.Log.Follow(ctx, at.position, []string{sourcerequest.StreamPrefix}, func(page domain.Page) error { return p.apply(ctx, page) })
}

// apply publishes a page and then moves the checkpoint.
func (p *Publisher) apply(ctx context.Context, page domain.Page) error {
	if p.passive && len(page.Events) > 0 {
		if err := p.standBy(ctx, page); err != nil {
			return err
		}
	}
	due := page.Events
	for len(due) > 0 && due[0].Position <= p.at.position {
		due = due[1:]
	}
	if len(due) > 0 {
		p.note(func(s *Progress) { s.Waiting = due[0].Metadata.OccurredAt })
		if err := p.publish(ctx, due); err != nil {
			return err
		}
		if err := p.save(ctx, due[len(due)-1]); err != nil {
			return err
		}
	}
	// If more waits, the next page says so at once.
	p.note(func(s *Progress) { s.Position, s.Waiting, s.Failure = p.at.position, time.Time{}, "" })
	return nil
}

// looks is how often a publisher that stands by looks at the checkpoint before
// its patience ends.
const looks = 10

// standBy returns once another instance has published a page, or has not moved
// for so long that this one takes over.
func (p *Publisher) standBy(ctx context.Context, page domain.Page) error {
	to := page.Events[len(page.Events)-1]
	for still := 0; p.at.position < to.Position; {
		if still == looks {
			p.passive = false
			p.note(func(s *Progress) { s.Active = true })
			p.Logger.Info("the other instance does not publish any more; this one does now", "position", p.at.position)
			return nil
		}
		p.note(func(s *Progress) { s.Waiting = page.Events[0].Metadata.OccurredAt })
		if err := p.Wait(ctx, p.Patience/looks); err != nil {
			return err
		}
		now, err := p.load(ctx, p.at)
		if err != nil {
			return err
		}
		if still++; now.version != p.at.version {
			p.at, still = now, 0
		}
	}
	return nil
}

// publish sends events and returns when all have arrived. Those of one request
// follow one another; requests go side by side.
func (p *Publisher) publish(ctx context.Context, events []domain.Recorded) error {
	lanes := make([][]*message.Message, p.Lanes)
	for _, r := range events {
		m, ok, err := p.writer.message(r)
		if err != nil {
			return err
		}
		if ok {
			lane := laneOf(r.Stream, p.Lanes)
			lanes[lane] = append(lanes[lane], m)
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, lane := range lanes {
		group.Go(func() error {
			for _, m := range lane {
				if err := p.send(ctx, m); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

func laneOf(stream string, lanes int) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(stream))
	return int(h.Sum32() % uint32(lanes))
}

// send publishes one message, and tries again until it works or ctx ends: what
// was published before it in the page need not be repeated.
func (p *Publisher) send(ctx context.Context, m *message.Message) error {
	m.SetContext(ctx)
	for failures := 1; ; failures++ {
		to, err := p.connected()
		if err == nil {
			err = to.Publish(p.Target.Topic, m)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			p.note(func(s *Progress) { s.Published++ })
			return nil
		}
		p.failed(err)
		if err := p.Wait(ctx, backOff(failures)); err != nil {
			return err
		}
	}
}

// connected returns the connection, and opens it if there is none.
func (p *Publisher) connected() (message.Publisher, error) {
	p.connecting.Lock()
	defer p.connecting.Unlock()
	if p.open == nil {
		open, err := p.Target.Open()
		if err != nil {
			return nil, err
		}
		p.open = open
	}
	return p.open, nil
}

func (p *Publisher) close() {
	p.connecting.Lock()
	defer p.connecting.Unlock()
	if p.open != nil {
		if err := p.open.Close(); err != nil {
			p.Logger.Warn("the connection to the event bus was not closed", "error", err)
		}
		p.open = nil
	}
}
