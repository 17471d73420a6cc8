package bus

import (
	"context"
	"hash/fnv"
	"sync"
	"sync/atomic"

	"github.com/ThreeDotsLabs/watermill/message"
	"golang.org/x/sync/errgroup"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/projections/worker"
)

// Publisher follows the log and publishes what happens to source requests.
// Several may run, in several processes: one publishes and the others stand by.
type Publisher struct {
	Config
	worker *worker.Worker
	writer writer

	published atomic.Uint64

	connecting sync.Mutex
	open       message.Publisher // nil while not connected
}

// Progress is where a publisher stands.
type Progress struct {
	worker.Progress
	Published uint64 // messages, since the start
}

// New checks the configuration; the error is CodeInternal and names what is
// missing.
func New(c Config) (*Publisher, error) {
	c.setDefaults()
	if err := c.validate(); err != nil {
		return nil, err
	}
	p := &Publisher{Config: c, writer: writer{source: c.Source, schemas: c.Document + "#/components/schemas/"}}
	var err error
	p.worker, err = worker.New(worker.Config{
		Log: c.Log, Name: c.Target.name(), Account: "bus", Prefixes: []string{sourcerequest.StreamPrefix}, Act: p.publish,
		Patience: c.Patience, Now: c.Now, Logger: c.Logger, Wait: c.Wait,
	})
	return p, err
}

// Progress returns where the publisher stands.
func (p *Publisher) Progress() Progress {
	return Progress{Progress: p.worker.Progress(), Published: p.published.Load()}
}

// Run publishes until ctx ends, whose error it returns. Whatever else goes
// wrong is logged, told by Progress and tried again.
func (p *Publisher) Run(ctx context.Context) error {
	defer p.close()
	return p.worker.Run(ctx)
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
			p.published.Add(1)
			return nil
		}
		p.worker.Failed(err)
		if err := p.Wait(ctx, worker.BackOff(failures)); err != nil {
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
