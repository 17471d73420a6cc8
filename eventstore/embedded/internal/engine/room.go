package engine

import (
	"errors"
	"log/slog"
	"sync"
	"syscall"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// ErrDiskFull refuses writes while there is no room for them. One that was
// under way when the disk filled up may still happen when there is room again.
var ErrDiskFull = errors.New("engine: the disk is full")

// room knows whether the disk has room for writes. What Pebble writes waits
// in it until there is: a write-ahead log or manifest that cannot be written
// would end the process.
type room struct {
	fs    vfs.FS
	dir   string
	floor uint64        // bytes that are left to flushes and compactions
	retry time.Duration // between two tries of a write that found no room
	log   *slog.Logger

	running sync.RWMutex // held for reading while an operation runs

	mu        sync.Mutex
	waiting   int           // file system operations
	full      chan struct{} // closed while one waits
	low       bool          // less is left than the floor
	open      bool          // from here on operations wait
	abandoned chan struct{} // closed when nothing may be written any more
}

func newRoom(o Options) *room {
	return &room{
		fs: o.FS, dir: o.Dir, floor: uint64(max(o.MinFree, 0)), retry: o.FullDiskRetry, log: o.Logger,
		full: make(chan struct{}), abandoned: make(chan struct{}),
	}
}

// check fails with ErrDiskFull when a write is not to be begun.
func (r *room) check() error {
	select {
	case <-r.filled():
		return ErrDiskFull
	default:
	}
	if r.floor == 0 {
		return nil
	}
	usage, err := r.fs.GetDiskUsage(r.dir)
	low := err == nil && usage.AvailBytes < r.floor // not every file system can tell
	r.mu.Lock()
	defer r.mu.Unlock()
	if low != r.low {
		r.low = low
		if low {
			r.log.Error("event store refuses writes: too little room on the disk", "directory", r.dir, "left", usage.AvailBytes, "needed", r.floor)
		} else {
			r.log.Info("event store accepts writes again", "directory", r.dir)
		}
	}
	if low {
		return ErrDiskFull
	}
	return nil
}

// filled is closed as long as an operation waits for room.
func (r *room) filled() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.full
}

// wait begins to make operations wait; before, they fail.
func (r *room) wait() {
	r.mu.Lock()
	r.open = true
	r.mu.Unlock()
}

// abandon makes every write wait for ever, so that what is left of this
// engine cannot touch a directory that somebody else has opened.
func (r *room) abandon() {
	r.running.Lock()
	close(r.abandoned)
	r.running.Unlock()
}

// run runs an operation, or never returns.
func (r *room) run(operation func() error) error {
	r.running.RLock()
	defer r.running.RUnlock()
	select {
	case <-r.abandoned:
		r.running.RUnlock()
		select {}
	default:
		return operation()
	}
}

// until repeats an operation until it does not fail for want of room.
func (r *room) until(operation func() error) error {
	err := r.run(operation)
	if !errors.Is(err, syscall.ENOSPC) || !r.begin() {
		return err
	}
	defer r.end()
	tick := time.NewTicker(r.retry)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-r.abandoned:
			select {}
		}
		if err = r.run(operation); !errors.Is(err, syscall.ENOSPC) {
			return err
		}
	}
}

func (r *room) begin() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.open {
		return false
	}
	if r.waiting++; r.waiting == 1 {
		close(r.full)
		r.log.Error("event store refuses writes: the disk is full", "directory", r.dir)
	}
	return true
}

func (r *room) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.waiting--; r.waiting == 0 {
		r.full = make(chan struct{})
		r.log.Info("event store goes on: the disk has room again", "directory", r.dir)
	}
}
