package projections

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill/message"

	"backlot/domain"
	"backlot/readmodel"
)

// line is one subscription and the generation that it feeds: the one that
// readers use, or the one that a rebuild makes beside it.
type line struct {
	*Config
	folder
	rebuilds bool            // ends when its own generation is live
	aheadOf  int             // events of a page that the next one may be folded beside; see apply
	sweeps   sync.WaitGroup  // removals of old generations in the background
	ctx      context.Context // of run, for the sweeps

	mu       sync.Mutex
	build    *build  // nil: to be loaded
	flight   *flight // a page on its way to Redis; nil for none
	begun    readmodel.Generation
	failures int             // recent ones; each success takes one off
	lost     bool            // the last failure was that the checkpoint is another one
	seen     domain.Position // if lost: where it stood when it was last looked at
	swept    bool
	stop     context.CancelFunc // ends the running session

	fatal    atomic.Pointer[domain.Error] // ends the line
	progress atomic.Pointer[Progress]
}

func newLine(c *Config, m *projection, rebuilds bool) *line {
	l := &line{
		Config: c, rebuilds: rebuilds, aheadOf: largePage, ctx: context.Background(), stop: func() {},
		folder: folder{projection: m, redis: c.Redis, readStream: c.ReadStream, logger: c.Logger, horizon: func() int64 { return c.Now().Add(-c.KeepPast).UnixMilli() }},
	}
	l.folder.settle = l.settle
	l.progress.Store(&Progress{})
	return l
}

// run keeps the generation until ctx ends or, with an error, an event cannot
// be read. A rebuild also ends when its generation is live.
func (l *line) run(ctx context.Context) error {
	l.ctx = ctx
	defer l.sweeps.Wait()
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.forget()
	}()
	for ctx.Err() == nil {
		err := l.session(ctx)
		if fatal := l.fatal.Load(); fatal != nil {
			return fatal
		}
		if l.finished() {
			return nil
		}
		if err != nil {
			l.failed(err)
		}
	}
	return nil
}

func (l *line) finished() bool {
	p := l.progress.Load()
	return l.rebuilds && p.Live && p.CaughtUp
}

// session subscribes once and handles pages until the subscription ends.
func (l *line) session(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l.mu.Lock()
	l.stop = cancel
	l.mu.Unlock()

	if _, err := l.from(ctx); err != nil { // back off before subscribing, too
		return nil
	}
	subscriber, err := l.Subscribe(l.from)
	if err != nil {
		return fmt.Errorf("projections: cannot subscribe: %w", err)
	}
	router, err := message.NewRouter(message.RouterConfig{}, watermill.NopLogger{})
	if err != nil {
		return err
	}
	router.AddConsumerHandler(l.projection.String(), "$all", subscriber, l.handle)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		l.watch(ctx)
		cancel()
	}()
	err = router.Run(ctx)
	ended := ctx.Err() == nil
	cancel()
	<-watched
	if err == nil && ended {
		err = errors.New("projections: the subscription ended by itself")
	}
	return err
}

// from implements From for the line's subscribers. It loads the generation if
// memory has none, and waits as long as that does not work.
func (l *line) from(ctx context.Context) (domain.Position, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.settle(); err != nil {
		l.drop(err)
	}
	for l.build == nil {
		if err := l.backOff(ctx); err != nil {
			return 0, err
		}
		if l.rivalIsActive(ctx) {
			continue
		}
		b, err := l.open(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return 0, ctx.Err()
			}
			l.drop(err)
			continue
		}
		l.build, l.begun = b, b.generation
		l.Logger.Info("the projector continues", "generation", b.generation, "live", b.live, "position", b.position, "rows", len(b.numbers))
	}
	return l.build.position, nil
}

// rivalIsActive reports whether another projector goes on moving the
// checkpoint. Then this one stands by: loading would be in vain.
func (l *line) rivalIsActive(ctx context.Context) bool {
	if !l.lost {
		return false
	}
	now, err := readCheckpoint(ctx, l.Redis, l.begun)
	if err != nil || now <= l.seen {
		l.lost = false
		return false
	}
	l.seen = now
	l.failures++
	return true
}

// Waiting after failures: 10 ms, doubled with each one, up to 2 s; half of it
// at random, so that two projectors do not meet again.
const (
	firstWait = 10 * time.Millisecond
	maxWait   = 2 * time.Second
)

func (l *line) backOff(ctx context.Context) error {
	if l.failures == 0 {
		return ctx.Err()
	}
	d := maxWait
	if l.failures < 8 {
		d = firstWait << (l.failures - 1)
	}
	return l.Wait(ctx, d/2+rand.N(d/2))
}

// failed notes a failure of the session itself.
func (l *line) failed(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop(err)
}

// drop forgets the copy in memory; l.mu is held.
func (l *line) drop(err error) {
	position := domain.Position(0)
	if l.build != nil {
		position = l.build.position
	}
	l.forget()
	l.failures++
	p := *l.progress.Load()
	p.CaughtUp, p.Failure = false, err.Error()
	l.progress.Store(&p)
	if l.lost = errors.Is(err, errLost); l.lost {
		l.seen = max(l.seen, position)
		l.Logger.Info("the read model in Redis is not as it was left; starting over from what it holds", "position", position)
		return
	}
	l.Logger.Warn("the projector starts over", "position", position, "failures", l.failures, "error", err)
}

// handle applies the page of a message. An error leads to a Nack, after which
// the subscriber asks from.
func (l *line) handle(msg *message.Message) (err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("projections: panic: %v\n%s", p, debug.Stack())
			l.end("the projector met a bug of its own", err)
		}
	}()
	page, err := l.PageOf(msg)
	if err != nil {
		l.end("an event cannot be read; projections never skip one", err)
		return err
	}
	if l.build == nil {
		return errLost
	}
	ctx := msg.Context()
	if err := l.apply(ctx, page); err != nil {
		if ctx.Err() == nil {
			l.drop(err)
		} else {
			l.forget() // whether Redis has the page is unknown
		}
		return err
	}
	if l.failures > 0 {
		l.failures--
	}
	return nil
}

// forget gives up the copy in memory, and waits for what is on its way to
// Redis, which may or may not come to be there; l.mu is held.
func (l *line) forget() {
	_ = l.settle()
	l.build = nil
}

// end stops the line for good; l.mu is held.
func (l *line) end(message string, err error) {
	l.forget()
	l.fatal.CompareAndSwap(nil, &domain.Error{Code: domain.CodeInternal, Message: message, Err: err})
	l.Logger.Error(message, "error", err)
	l.stop()
}

// apply brings a page to memory and Redis; l.mu is held.
//
// A line that is behind folds a large page while the one before it is on its
// way to Redis: then memory is ahead of Redis, by one page. The page that says
// that it has caught up, or the next look at Redis, shows what came of it.
func (l *line) apply(ctx context.Context, page domain.Page) error {
	b := l.build
	if page.From > b.position {
		return fmt.Errorf("projections: a page continues from %s, but the read model stands at %s", page.From, b.position)
	}
	if page.To > b.position {
		c, err := l.fold(ctx, b, page)
		if err != nil {
			return err
		}
		t, err := b.transaction(c)
		if err != nil {
			return err
		}
		if err := l.settle(); err != nil {
			return err
		}
		b.position = c.to
		l.flight = l.send(l.ctx, t)
		if l.progress.Load().CaughtUp || page.CaughtUp || len(page.Events) < l.aheadOf {
			if err := l.settle(); err != nil {
				return err
			}
		}
	}
	p := *l.progress.Load()
	if page.CaughtUp && !b.live {
		if err := l.promote(ctx, b); err != nil {
			return err
		}
		l.swept = false
	}
	p.Generation, p.Live, p.Rows = b.generation, b.live, len(b.numbers)
	if l.flight == nil {
		p.Position = b.position
	}
	p.CaughtUp, p.Failure = p.CaughtUp || page.CaughtUp, ""
	l.progress.Store(&p)
	if page.CaughtUp && !l.swept {
		l.sweep(l.ctx)
	}
	if l.finished() {
		l.stop()
	}
	return nil
}

// sweep removes other generations in the background. What it leaves when the
// line ends, the next one removes.
func (l *line) sweep(ctx context.Context) {
	l.swept = true
	l.sweeps.Go(func() {
		n, err := sweep(ctx, l.Redis, l.projection.Model)
		if err != nil && ctx.Err() == nil {
			l.Logger.Warn("old generations of the read model are left over", "removed", n, "error", err)
		} else if n > 0 {
			l.Logger.Info("old generations of the read model removed", "keys", n)
		}
	})
}

// watch looks from time to time whether Redis still holds the generation, for
// the case that no page comes that would show it. It returns when the session
// has to begin again.
func (l *line) watch(ctx context.Context) {
	for l.Wait(ctx, l.CheckEvery) == nil {
		if !l.mu.TryLock() {
			continue // a page is being applied, which checks more
		}
		err := l.check(ctx)
		if err != nil {
			l.drop(err)
		}
		l.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// check compares Redis with memory; l.mu is held. A checkpoint that another
// projector moved on is no reason to do anything, nor is a Redis that does not
// answer.
func (l *line) check(ctx context.Context) error {
	if err := l.settle(); err != nil {
		return err
	}
	b := l.build
	if b == nil {
		return nil
	}
	now, err := readCheckpoint(ctx, l.Redis, b.generation)
	var gone unusable
	if errors.As(err, &gone) || err == nil && now < b.position {
		return errLost
	}
	if err != nil || !b.live {
		return nil
	}
	live, err := l.read(ctx, l.projection.LiveKey())
	switch {
	case err != nil || live == b.generation:
		return nil
	case live == "":
		return l.swap(ctx, l.projection.LiveKey(), "", b.generation)
	}
	return errLost
}
