package readapi

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readapi/words"
)

// exportAudit writes what searchAudit would find, oldest first. What fails
// after the answer began cuts it off, so that no part passes for the whole.
func (s *server) exportAudit(x *exchange) error {
	format, err := x.auditFormat()
	if err != nil {
		return err
	}
	q, err := s.auditQuery(x, time.Time{})
	if err != nil {
		return err
	}
	ctx := x.r.Context()
	end, err := s.Log.End(ctx)
	if err != nil {
		return err
	}
	w, err := newAuditWriter(x, format)
	if err != nil {
		return err
	}
	if x.r.Method == http.MethodHead {
		w.begin()
		return nil
	}
	f := &auditFold{server: s, query: q, texts: s.newTexts(), writer: w}
	err = s.eachOfAudit(ctx, q, end, func(r domain.Recorded) error {
		if id, ok := sourcerequest.IDOf(r.Stream); ok && q.selects(id) {
			if err := f.gather(ctx, r); err != nil {
				return err
			}
		}
		return w.tick()
	})
	if err == nil {
		err = f.tellGathered(ctx)
	}
	if err == nil {
		err = w.flush()
	}
	_ = w.connection.SetWriteDeadline(time.Time{}) // the next request on it has all the time again
	if err == nil || !w.begun {
		return err
	}
	s.Logger.LogAttrs(ctx, slog.LevelWarn, "an audit export was cut off", slog.String("request", x.id.String()), slog.Any("error", err))
	panic(http.ErrAbortHandler)
}

// eachOfAudit calls each with every event up to the end that may be wanted,
// oldest first: from the streams of the requests, if they are few, else from
// the log.
func (s *server) eachOfAudit(ctx context.Context, q *auditQuery, end domain.Position, each func(domain.Recorded) error) error {
	if ids, few := q.few(); few {
		var all []domain.Recorded
		for _, id := range ids {
			events, err := s.events(ctx, id)
			if err != nil {
				return err
			}
			all = append(all, events...)
		}
		slices.SortFunc(all, func(a, b domain.Recorded) int { return cmp.Compare(a.Position, b.Position) })
		for _, r := range all {
			if r.Position > end {
				break
			}
			if err := each(r); err != nil {
				return err
			}
		}
		return nil
	}
	start, err := s.startOfAudit(ctx, q)
	if err != nil {
		return err
	}
	err = s.Log.ReadForwards(ctx, start, func(r domain.Recorded, _ time.Time) error {
		if r.Position > end {
			return errEnough
		}
		return each(r)
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// startOfAudit returns a position before which nothing is wanted: where the
// period begins, if that is not long ago, and else the beginning of the log.
func (s *server) startOfAudit(ctx context.Context, q *auditQuery) (start domain.Position, err error) {
	if q.from.IsZero() {
		return 0, nil
	}
	scanned := 0
	err = s.Log.ReadBackwards(ctx, 0, func(r domain.Recorded, recorded time.Time) error {
		switch scanned++; {
		case recorded.Before(q.from.Add(-clockTolerance)):
			start = r.Position
			return errEnough
		case scanned >= s.AuditScan:
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return start, err
}

// auditFold folds requests along the log, so that a stream is read only where
// the log was joined in its middle, or where what may be told depends on what
// came later.
type auditFold struct {
	*server
	query    *auditQuery
	texts    *texts
	writer   *auditWriter
	gathered []domain.Recorded // events that are told together
	requests map[string]*auditedRequest
	folded   int // events in requests: they are what its memory grows with
}

// gather tells events of requests in groups, so that the texts of comments can
// be read at once.
func (f *auditFold) gather(ctx context.Context, r domain.Recorded) error {
	f.gathered = append(f.gathered, r)
	if len(f.gathered) < 2*textsAhead && time.Since(f.writer.flushed) < flushEvery {
		return nil
	}
	return f.tellGathered(ctx)
}

func (f *auditFold) tellGathered(ctx context.Context) error {
	for i, r := range f.gathered {
		if f.query.wants(r) {
			if err := f.texts.ahead(ctx, slices.Values(f.gathered[i:])); err != nil {
				return err
			}
		}
		id, _ := sourcerequest.IDOf(r.Stream)
		e, ok, err := f.take(ctx, id, r)
		if err != nil {
			return err
		}
		if ok {
			if err := f.writer.write(e, r); err != nil {
				return err
			}
		}
	}
	f.gathered = f.gathered[:0]
	return nil
}

// auditedRequest is a request while the log is read.
type auditedRequest struct {
	state   sourcerequest.State  // after the events so far
	present *sourcerequest.State // after all of them, nil while unknown
	folded  int                  // events in both
}

// take folds the next event of a request and tells it; ok is false if it is
// not wanted, or is nothing that the asker may know of.
func (f *auditFold) take(ctx context.Context, id string, r domain.Recorded) (e auditEntryAnswer, ok bool, err error) {
	wanted := f.query.wants(r)
	request := f.requests[id]
	if request == nil {
		if !wanted && r.Revision > 0 {
			return e, false, nil
		}
		request = &auditedRequest{}
		if r.Revision > 0 {
			if err := f.read(ctx, id, request, r.Revision); err != nil {
				return e, false, err
			}
		}
		f.keep(id, request)
	}
	f.count(id, request, 1)
	p := step{Recorded: r, before: request.state}
	request.state = sourcerequest.Fold(request.state, r)
	if p.after = request.state; !wanted {
		return e, false, nil
	}
	v := view{server: f.server, by: f.query.by, id: id, state: p.after, words: words.English, texts: f.texts, ids: true}
	if !v.by.SeesAll() || !p.after.Exists() {
		// Scope is decided by what the request is at present.
		if request.present == nil {
			if err := f.read(ctx, id, request, r.Revision+1); err != nil {
				return e, false, err
			}
		}
		if v.state = *request.present; !v.state.Exists() || !sourcerequest.Visible(v.by, v.state) {
			return e, false, nil
		}
	}
	return v.tell(ctx, p)
}

// read reads a request's stream: its state before a revision, and at present.
func (f *auditFold) read(ctx context.Context, id string, request *auditedRequest, before uint64) error {
	events, err := f.events(ctx, id)
	if err != nil {
		return err
	}
	n := 0
	for n < len(events) && events[n].Revision < before {
		n++
	}
	request.state = sourcerequest.Fold(sourcerequest.State{}, events[:n]...)
	present := sourcerequest.Fold(request.state, events[n:]...)
	request.present = &present
	f.count(id, request, len(events))
	return nil
}

func (f *auditFold) keep(id string, request *auditedRequest) {
	if f.requests == nil {
		f.requests = map[string]*auditedRequest{}
	}
	f.requests[id] = request
}

// count notes events that were folded into a request. When there are too many
// in all, every other request is forgotten: its stream is read if it comes again.
func (f *auditFold) count(id string, request *auditedRequest, events int) {
	request.folded += events
	if f.folded += events; f.folded > f.AuditKept {
		f.requests, f.folded = map[string]*auditedRequest{id: request}, request.folded
	}
}
