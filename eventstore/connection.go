package eventstore

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"sync"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"google.golang.org/grpc/metadata"
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
//
// What the client leaks stays: a call that is caught in the moment of the
// outage, at most one for each caller, hangs until some node is back, without
// its caller, and the client forgets the gRPC connection that it had before. So
// an outage costs at most a few goroutines, whatever it takes.
type connection struct {
	patience time.Duration // outagePatience; tests have less
	log      *slog.Logger
	ctx      context.Context // ends with close
	cancel   context.CancelFunc

	mu         sync.Mutex
	config     esdb.Configuration
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
func (c *connection) suspect(l *lease, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client != l {
		return
	}
	if isNotLeader(err) {
		c.lookForLeader()
	}
	c.log.Warn("event store lost, reconnecting", "error", err)
	c.replace(nil)
	c.downSince = time.Now()
	if c.ctx.Err() == nil {
		c.reconnect()
	}
}

// lookForLeader changes how the node is found once a node has said that
// another one leads: it is one of several then, which know each other. (The
// client follows such a hint too, but closes the connection under its other
// calls and does not come back from a leader that is gone.) It must be called
// with the lock held.
func (c *connection) lookForLeader() {
	c.config.NodePreference = esdb.NodePreferenceLeader
	if c.config.DnsDiscover || len(c.config.GossipSeeds) > 0 {
		return
	}
	if seed, err := esdb.ParseEndPoint(c.config.Address); err == nil {
		c.config.GossipSeeds = []*esdb.EndPoint{seed}
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
	reported := false
	for c.ctx.Err() == nil {
		client, err := c.open(1)
		if err == nil {
			_ = client.Close()
			if client, err = c.open(math.MaxInt32); err == nil {
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

// open returns a client that has a node. It is asked for with one attempt
// first, because nothing can end a client's attempts.
func (c *connection) open(attempts int) (*esdb.Client, error) {
	c.mu.Lock()
	config := c.config
	c.mu.Unlock()
	config.MaxDiscoverAttempts = attempts
	client, err := esdb.NewClient(&config)
	if err != nil {
		return nil, err
	}
	if _, err := client.GetServerVersion(); err != nil {
		return nil, err // the client has closed itself
	}
	if config.NodePreference != esdb.NodePreferenceLeader {
		return client, nil
	}
	if err := c.requireLeader(client, time.Duration(config.GossipTimeout)*time.Second); err != nil {
		_ = client.Close()
		c.pause(time.Duration(config.DiscoveryInterval) * time.Millisecond)
		return nil, err
	}
	return client, nil
}

// requireLeader has the client's node say that it leads. During an election
// the client takes any node.
func (c *connection) requireLeader(client *esdb.Client, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(requiringLeader(c.ctx), timeout)
	defer cancel()
	o := esdb.ReadAllOptions{Direction: esdb.Backwards, From: esdb.End{}}
	err := receive(func() (*esdb.ReadStream, error) { return client.ReadAll(ctx, o, 1) },
		func(*esdb.RecordedEvent) error { return errEnough })
	if isLost(ctx, err) || isUndecided(err) {
		if isNotLeader(err) {
			c.mu.Lock()
			c.lookForLeader()
			c.mu.Unlock()
		}
		return err
	}
	return nil // whatever else is wrong, the caller will hear of it
}

// requiringLeader makes a follower refuse a call instead of answering from what
// it has so far. The client means to ask for that, but never sends it.
func requiringLeader(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "requires-leader", "true")
}

// pause passes a time, or less when the connection is closed.
func (c *connection) pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.ctx.Done():
	}
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
