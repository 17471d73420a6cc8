package worker

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"backlot/domain"
)

// enough is how many events are done before the checkpoint is moved while more
// wait.
const enough = 512

// sideBySide follows the log from the checkpoint and acts on each event by
// itself, until something fails.
func (w *Worker) sideBySide(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	u := &underWay{changed: make(chan struct{}, 1), room: make(chan struct{}, w.Window)}
	from := w.at.position
	group.Go(func() error {
		return w.Log.Follow(ctx, from, w.Prefixes, func(page domain.Page) error {
			if w.passive && len(page.Events) > 0 {
				// Nothing is under way yet, so the checkpoint is this goroutine's.
				if err := w.standBy(ctx, page); err != nil {
					return err
				}
				from = w.at.position
				w.note(func(s *Progress) { s.Position = from })
			}
			for _, r := range page.Events {
				if r.Position <= from {
					continue
				}
				select {
				case u.room <- struct{}{}:
				case <-ctx.Done():
					return ctx.Err()
				}
				e := u.begin(r)
				group.Go(func() error {
					if err := w.Each(ctx, r); err != nil {
						return err
					}
					u.done(e)
					return nil
				})
			}
			return nil
		})
	})
	beats := make(chan struct{})
	group.Go(func() error {
		for {
			// Thrice while somebody who stands by is patient.
			if err := w.Wait(ctx, w.Patience/3); err != nil {
				return err
			}
			select {
			case beats <- struct{}{}:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	})
	group.Go(func() error { return w.keep(ctx, u, beats) })
	return group.Wait()
}

// keep moves the checkpoint over what is done. While something is under way it
// also moves from time to time to where it stands: whoever stands by sees that
// somebody is at work.
func (w *Worker) keep(ctx context.Context, u *underWay, beats <-chan struct{}) error {
	var last domain.Recorded // that is done
	for pending := 0; ; {
		beat := false
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-u.changed:
		case <-beats:
			beat = true
		}
		to, settled, left, since := u.settle()
		for range settled {
			<-u.room
		}
		if settled > 0 {
			last = to
			pending += settled
		}
		w.note(func(s *Progress) { s.Waiting = since })
		var err error
		switch {
		case pending > 0 && (left == 0 || pending >= enough || beat):
			err, pending = w.save(ctx, last), 0
		case beat && left > 0:
			err = w.beat(ctx)
		default:
			continue
		}
		if err != nil {
			return err
		}
		w.note(func(s *Progress) { s.Position, s.Failure = w.at.position, "" })
	}
}

// underWay are the events that were begun and are not settled yet: those before
// which nothing is left to do.
type underWay struct {
	changed chan struct{} // something is done
	room    chan struct{} // as many as may be under way

	mu    sync.Mutex
	queue []*begun
}

type begun struct {
	domain.Recorded
	done bool
}

func (u *underWay) begin(r domain.Recorded) *begun {
	e := &begun{Recorded: r}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.queue = append(u.queue, e)
	return e
}

func (u *underWay) done(e *begun) {
	u.mu.Lock()
	e.done = true
	u.mu.Unlock()
	select {
	case u.changed <- struct{}{}:
	default:
	}
}

// settle lets go of what is done at the front: the last of it, how much it was,
// how much is left, and since when the first of that waits.
func (u *underWay) settle() (to domain.Recorded, settled, left int, since time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for settled < len(u.queue) && u.queue[settled].done {
		to, u.queue[settled] = u.queue[settled].Recorded, nil
		settled++
	}
	u.queue = u.queue[settled:]
	if left = len(u.queue); left > 0 {
		since = u.queue[0].Metadata.OccurredAt
	}
	return to, settled, left, since
}
