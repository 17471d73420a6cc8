package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// tick is the unit of Record.Created.
const tick = 100 * time.Nanosecond

// Options of an Engine. Only Dir has no default.
type Options struct {
	Dir    string
	FS     vfs.FS
	Logger *slog.Logger
	Now    func() time.Time

	// TailEvents and TailBytes bound the tail in memory.
	TailEvents int
	TailBytes  int
	// Streams bounds the number of streams whose state is kept in memory.
	Streams int
	// RecentIDs bounds the number of event ids remembered for idempotency.
	RecentIDs int
	// MemTableSize is in bytes; write-ahead files grow to about as much.
	MemTableSize int
	// MinFree is how many bytes have to be left on the disk for a write to be
	// accepted; negative for any number.
	MinFree int64
	// FullDiskRetry is how often a write that found the disk full is tried
	// again.
	FullDiskRetry time.Duration
	// ReadOnly opens a store that is there without changing a byte of it; what
	// would is refused with ErrReadOnly.
	ReadOnly bool

	// For tests, which search the files.
	uncompressed bool
}

// Smaller than what one group of requests can touch, a cache would forget
// streams that are not yet written.
const minStreams = 4 * maxGroupRequests

func (o *Options) setDefaults() {
	if o.FS == nil {
		o.FS = vfs.Default
	}
	if o.ReadOnly {
		o.FS = readingFS{o.FS}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	setDefault(&o.TailEvents, 16<<10)
	setDefault(&o.TailBytes, 32<<20)
	setDefault(&o.Streams, 64<<10)
	setDefault(&o.RecentIDs, 64<<10)
	setDefault(&o.MemTableSize, 16<<20)
	if o.MinFree == 0 {
		o.MinFree = 64 << 20
	}
	if o.FullDiskRetry <= 0 {
		o.FullDiskRetry = 500 * time.Millisecond
	}
	o.Streams = max(o.Streams, minStreams)
}

func setDefault(v *int, value int) {
	if *v <= 0 {
		*v = value
	}
}

// Engine is an open store. Its methods may be called concurrently.
type Engine struct {
	db   *pebble.DB
	lock *pebble.Lock
	log  *slog.Logger
	now  func() time.Time

	requests chan *request
	commits  chan *group
	closing  chan struct{}
	stopped  chan struct{} // closed when every decided request is answered
	close    sync.Once
	closeErr error

	room    *room
	reuse   *reuse
	fs      vfs.FS
	dir     string
	reading bool // and nothing else
	streams int  // whose state may be kept in memory
	durable atomic.Uint64
	failed  atomic.Pointer[failedError]
	tail    *tail

	scavenging chan struct{} // holds one while a scavenge runs
	erasures   atomic.Uint64 // counts removals, each before it can be seen
}

// Open opens or creates the store in o.Dir. It fails with ErrLocked when the
// directory is open already, in this process or another, and with a
// DamagedFileError when a file is damaged.
func Open(o Options) (*Engine, error) {
	o.setDefaults()
	if !o.ReadOnly {
		if err := o.FS.MkdirAll(o.Dir, 0o700); err != nil {
			return nil, fmt.Errorf("engine: create directory: %w", err)
		}
	}
	lock, err := pebble.LockDirectory(o.Dir, o.FS)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrLocked, o.Dir, err)
	}
	if err := refuseDamage(o); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	room, reuse := newRoom(o), new(reuse)
	db, err := openDB(o, lock, room, reuse)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	e := &Engine{
		db:       db,
		lock:     lock,
		log:      o.Logger,
		now:      o.Now,
		room:     room,
		reuse:    reuse,
		fs:       o.FS,
		dir:      o.Dir,
		reading:  o.ReadOnly,
		streams:  o.Streams,
		requests: make(chan *request, maxGroupRequests),
		commits:  make(chan *group, 16),
		closing:  make(chan struct{}),
		stopped:  make(chan struct{}),

		scavenging: make(chan struct{}, 1),
	}
	d, err := newDecider(e, o)
	if err != nil {
		return nil, errors.Join(err, db.Close(), lock.Close())
	}
	e.durable.Store(d.lastPosition)
	room.wait()
	e.tail = newTail(o.TailEvents, o.TailBytes, d.lastPosition)
	go d.run()
	go e.commit()
	return e, nil
}

// Close answers what was decided, refuses the rest, writes everything out of
// the write-ahead log and closes the store. Readers must have ended. On a full
// disk it closes without writing and returns ErrDiskFull: nothing that was
// acknowledged is lost, but the process has to end for its memory to come back.
func (e *Engine) Close() error {
	e.close.Do(func() {
		close(e.closing)
		ended := make(chan error, 1)
		go func() { ended <- e.end() }()
		var err error
		select {
		case err = <-ended:
		case <-e.room.filled():
			e.room.abandon()
			err = errors.Join(ErrDiskFull, e.lock.Close()) // Pebble's share of it
		}
		e.closeErr = errors.Join(err, e.lock.Close())
	})
	return e.closeErr
}

func (e *Engine) end() error {
	<-e.stopped
	e.scavenging <- struct{}{}
	var err error
	if e.failed.Load() == nil && !e.reading {
		err = e.db.Flush()
	}
	if err := errors.Join(err, e.db.Close()); err != nil || e.failed.Load() != nil || e.reading {
		return err
	}
	if err := writeListing(e.fs, e.dir); err != nil {
		// The store is whole; only damage to it may go unseen.
		e.log.Warn("event store: cannot list its files", "error", err)
	}
	return nil
}

// Durable is the position of the last event that is on disk, 0 for none.
func (e *Engine) Durable() uint64 { return e.durable.Load() }

// Tail reads what is in memory after a position into buf.
func (e *Engine) Tail(after uint64, buf []Record) TailRead { return e.tail.read(after, buf) }

// Result is what a write led to.
type Result struct {
	// Revision of the stream's last event that the write made or had made
	// before; -1 for no stream.
	Revision int64
	// Position of that event; 0 when nothing was to be written.
	Position uint64
}

// Append writes events to a stream, all or none, when it is as expected. It
// returns when they are on disk. Events that stand there already are not
// written again.
func (e *Engine) Append(ctx context.Context, stream string, expected Expected, events []Event) (Result, error) {
	p, err := e.BeginAppend(ctx, stream, expected, events)
	if err != nil {
		return Result{}, err
	}
	return p.Wait(ctx)
}

// BeginAppend queues an append: what one goroutine begins is decided in that
// order.
func (e *Engine) BeginAppend(ctx context.Context, stream string, expected Expected, events []Event) (*Pending, error) {
	records := make([][]byte, len(events))
	for i, event := range events {
		records[i] = encodeRecord(stream, event)
	}
	return e.begin(ctx, &request{kind: appendEvents, stream: stream, expected: expected, records: records})
}

// Delete hides a stream's events by its metadata; the stream can be continued.
// The result is the metadata event's.
func (e *Engine) Delete(ctx context.Context, stream string, expected Expected) (Result, error) {
	return e.submit(ctx, &request{kind: deleteStream, stream: stream, expected: expected})
}

// Tombstone ends a stream for good.
func (e *Engine) Tombstone(ctx context.Context, stream string, expected Expected) (Result, error) {
	return e.submit(ctx, &request{kind: tombstoneStream, stream: stream, expected: expected})
}

func (e *Engine) submit(ctx context.Context, r *request) (Result, error) {
	p, err := e.begin(ctx, r)
	if err != nil {
		return Result{}, err
	}
	return p.Wait(ctx)
}

func (e *Engine) begin(ctx context.Context, r *request) (*Pending, error) {
	if e.reading {
		return nil, ErrReadOnly
	}
	if err := e.room.check(); err != nil {
		return nil, err
	}
	r.done = make(chan outcome, 1)
	select {
	case e.requests <- r:
		return &Pending{r.done, e.room, e.stopped}, nil
	case <-e.room.filled():
		return nil, ErrDiskFull
	case <-e.closing:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Pending is a write under way.
type Pending struct {
	done    <-chan outcome
	room    *room
	stopped <-chan struct{}
}

// Wait returns the write's result when it is on disk. When ctx ends first, or
// the disk is full, the write may still happen.
func (p *Pending) Wait(ctx context.Context) (Result, error) {
	select {
	case o := <-p.done:
		return o.result, o.err
	case <-ctx.Done():
		return Result{}, ctx.Err()
	case <-p.room.filled():
		return Result{}, ErrDiskFull
	case <-p.stopped:
	}
	select {
	case o := <-p.done:
		return o.result, o.err
	default:
		return Result{}, ErrClosed
	}
}
