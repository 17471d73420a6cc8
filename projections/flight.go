package projections

import "context"

// largePage is from how many events on a page is folded beside the writing of
// the one before it.
const largePage = 512

// flight is a page on its way to Redis.
type flight struct {
	*transaction
	landed chan error
}

func (f *folder) send(ctx context.Context, t *transaction) *flight {
	out := &flight{t, make(chan error, 1)}
	go func() { out.landed <- f.write(ctx, t) }()
	return out
}

// settle waits until nothing is on its way any more; l.mu is held. The error
// says that Redis does not have what memory has.
func (l *line) settle() error {
	f := l.flight
	if f == nil {
		return nil
	}
	l.flight = nil
	if err := <-f.landed; err != nil {
		return err
	}
	p := *l.progress.Load()
	p.Pages++
	p.Events += uint64(f.changes.events)
	p.Unknown += uint64(f.changes.unknown)
	p.Position = f.changes.to
	l.progress.Store(&p)
	return nil
}
