package eventstore

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// outagePatience is how long into an outage calls wait for its end. Later ones
// are told at once, so that they do not pile up.
const outagePatience = 2 * time.Second

var (
	errClosed      = errors.New("the store is closed")
	errUnreachable = errors.New("the event store cannot be reached")
)

// connection hands out one working client and replaces it after an outage. The
// client library discovers its node within a call, ignoring the call's
// context, and closing a client panics while a call of it hangs there. So a
// client is handed out only once it has a node, is not used again after the
// first sign of an outage, and is closed when its last user has left.
type connection struct {
	config   esdb.Configuration
	patience time.Duration // outagePatience; tests have less
	log      *slog.Logger
	ctx      context.Context // ends with close
	cancel   context.CancelFunc

	mu         sync.Mutex
	client     *lease        // nil during an outage
	changed    chan struct{} // closed and replaced when client changes
	downSince  time.Time
	connecting bool
	background sync.WaitGroup // users and the connecting goroutine
}

// lease is a client and the number of calls that are using it.
type lease struct {
	*esdb.Client
	users   int
	retired bool
}

func newConnection(config esdb.Configuration, log *slog.Logger) *connection {
	ctx, cancel := context.WithCancel(context.Background())
	c := &connection{
		config: config, patience: outagePatience, log: log, ctx: ctx, cancel: cancel,
		changed: make(chan struct{}), downSince: time.Now(),
	}
	c.mu.Lock()
	c.reconnect()
	c.mu.Unlock()
	return c
}

// acquire returns a client, which has to be released.
func (c *connection) acquire(ctx context.Context) (*lease, error) {
	for {
		c.mu.Lock()
		if c.ctx.Err() != nil {
			c.mu.Unlock()
			return nil, errClosed
		}
		if l := c.client; l != nil {
			l.users++
			c.background.Add(1)
			c.mu.Unlock()
			return l, nil
		}
		changed, patience := c.changed, time.Until(c.downSince.Add(c.patience))
		c.mu.Unlock()
		if patience <= 0 {
			return nil, errUnreachable
		}
		timer := time.NewTimer(patience)
		select {
		case <-changed:
		case <-timer.C:
		case <-c.ctx.Done():
		case <-ctx.Done():
			timer.Stop()
			return nil, ctx.Err()
		}
		timer.Stop()
	}
}

func (c *connection) release(l *lease) {
	c.mu.Lock()
	l.users--
	c.closeUnused(l)
	c.mu.Unlock()
	c.background.Done()
}

// suspect takes a client out of use after an error that says that its node is
// gone, and looks for a new one.
func (c *connection) suspect(l *lease) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client != l {
		return
	}
	c.log.Warn("event store lost, reconnecting")
	c.replace(nil)
	c.downSince = time.Now()
	if c.ctx.Err() == nil {
		c.reconnect()
	}
}

// replace must be called with the lock held.
func (c *connection) replace(l *lease) {
	if old := c.client; old != nil {
		old.retired = true
		c.closeUnused(old)
	}
	c.client = l
	close(c.changed)
	c.changed = make(chan struct{})
}

func (c *connection) closeUnused(l *lease) {
	if l.retired && l.users == 0 {
		_ = l.Close() // never fails
	}
}

// reconnect must be called with the lock held.
func (c *connection) reconnect() {
	if c.connecting {
		return
	}
	c.connecting = true
	c.background.Go(func() {
		client, err := c.dial()
		c.mu.Lock()
		defer c.mu.Unlock()
		c.connecting = false
		switch {
		case c.ctx.Err() != nil && client != nil:
			_ = client.Close()
		case err != nil:
			return // closed meanwhile
		default:
			c.log.Info("event store connected", "after", time.Since(c.downSince).Round(time.Millisecond))
			c.replace(&lease{Client: client})
		}
	})
}

// dial tries until there is a node or the connection is closed.
func (c *connection) dial() (*esdb.Client, error) {
	// One attempt each, because nothing else can end a client's attempts.
	probe := c.config
	probe.MaxDiscoverAttempts = 1
	reported := false
	for c.ctx.Err() == nil {
		client, err := open(probe)
		if err == nil {
			_ = client.Close()
			if client, err = open(c.config); err == nil {
				return client, nil
			}
		}
		if !reported {
			reported = true
			c.log.Warn("event store cannot be reached, trying again", "error", err)
		}
	}
	return nil, errClosed
}

func open(config esdb.Configuration) (*esdb.Client, error) {
	client, err := esdb.NewClient(&config)
	if err != nil {
		return nil, err
	}
	if _, err := client.GetServerVersion(); err != nil {
		return nil, err // the client has closed itself
	}
	return client, nil
}

// close ends every call and waits, but not for ever, until they have left.
func (c *connection) close(wait time.Duration) {
	c.mu.Lock()
	c.cancel()
	c.replace(nil)
	c.mu.Unlock()
	left := make(chan struct{})
	go func() {
		c.background.Wait()
		close(left)
	}()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-left:
	case <-timer.C:
		c.log.Warn("event store client still has calls under way")
	}
}
