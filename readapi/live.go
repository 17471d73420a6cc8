package readapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readapi/words"
)

// watchParameters are those that say what is watched.
var watchParameters = []string{"request", "group", "groups_sort", "groups_q", "groups_limit", "groups_offset", "bucket", "rows", "columns"}

// maxWatches is how much one stream can watch at once: the tabs of a browser.
const maxWatches = 32

// liveWrite is how long a reader may take to take an event in.
const liveWrite = 30 * time.Second

// liveEvent is an event without what the stream adds to it.
type liveEvent struct {
	name string
	data []byte // a JSON object
}

func newLiveEvent(name string, answer any) (liveEvent, error) {
	data, err := encodeJSON(answer)
	return liveEvent{name, data}, err
}

// liveStream is one reader.
type liveStream struct {
	*exchange
	hub     *liveHub
	secret  string
	watches []streamWatch
	since   uint64 // the tick that the reader stands at
	id      string // its name
	failed  bool   // something watched cannot be evaluated any more
	refused []toldOf
	out     bytes.Buffer
}

// toldOf is an event of one of several things watched.
type toldOf struct {
	liveEvent
	watch []byte
}

// streamWatch is one thing that a stream watches.
type streamWatch struct {
	*liveEntry
	name         []byte // JSON; nil for a stream that watches one thing
	whole, again bool   // what is told next is all there is; to somebody who knew something
}

// watchLive sends what happens to one or several searches or requests, as
// server-sent events, until somebody ends it.
func (s *server) watchLive(x *exchange) error {
	snapshot, err := s.snapshot(x)
	if err != nil {
		return err
	}
	select {
	case <-s.Closing.Done():
		return domain.Errorf(domain.CodeUnavailable, "The server is stopping. Try again.")
	default:
	}
	leave, err := s.live.enter(x.by.Account)
	if err != nil {
		return err
	}
	defer leave()
	st := &liveStream{exchange: x, hub: s.live}
	if st.secret, err = secretOf(x.r); err != nil {
		return err
	}
	defer func() {
		for _, w := range st.watches {
			s.live.leave(w.liveEntry)
		}
	}()
	if err := s.watchAll(st); err != nil {
		return err
	}
	if _, given, _ := x.after(); given {
		ctx, cancel := context.WithTimeout(x.r.Context(), s.AfterTimeout)
		defer cancel()
		if err := s.live.reach(ctx, snapshot.Position()); err != nil {
			return err
		}
	}
	st.resume()
	h := x.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store, no-transform") // a proxy that compresses would hold events back
	h.Set("X-Accel-Buffering", "no")                 // and so would one that buffers
	x.WriteHeader(http.StatusOK)
	if x.r.Method == http.MethodHead {
		return nil
	}
	return s.send(st)
}

// watchAll joins what the query names.
func (s *server) watchAll(st *liveStream) error {
	names := st.query["watch"]
	if len(names) == 0 {
		return s.watchOne(st, st.exchange, nil)
	}
	for name := range st.query {
		if name != "watch" && name != "resume" && name != "after" {
			return domain.Invalid(name, name+" belongs into one of the watch parameters where there are any")
		}
	}
	if len(names) > maxWatches {
		return domain.Invalid("watch", fmt.Sprintf("%d things to watch are too many for one stream; at most %d", len(names), maxWatches))
	}
	op := operation{parameters: watchParameters, modifiers: true, groups: true}
	var wrong error
	for _, name := range names {
		quoted, err := json.Marshal(name)
		if err != nil {
			return err
		}
		q, err := url.ParseQuery(name)
		if err == nil {
			err = op.checkParameters(q)
		}
		if err == nil {
			err = s.watchOne(st, &exchange{r: st.r, by: st.by, query: q}, quoted)
		}
		if err == nil {
			continue
		}
		if wrong = inWatch(name, err); domain.ErrorCode(wrong) != domain.CodeInvalid {
			return wrong
		}
		// One tab's mistake does not take the stream from the others.
		e, err := newLiveEvent("refused", problemOf(wrong, words.English))
		if err != nil {
			return err
		}
		st.refused = append(st.refused, toldOf{e, quoted})
	}
	if len(st.watches) == 0 {
		return wrong
	}
	return nil
}

// inWatch says in which of several things a fault is.
func inWatch(name string, err error) error {
	var e *domain.Error
	if !errors.As(err, &e) {
		return domain.Invalid("watch", fmt.Sprintf("%q is not a query string: percent-encode special characters", name))
	}
	if e.Code != domain.CodeInvalid {
		return err
	}
	return &domain.Error{Code: e.Code, Field: "watch", Allowed: e.Allowed, Message: fmt.Sprintf("in %q: %s", name, e.Message)}
}

// watchOne joins what one query describes: a request, or a search.
func (s *server) watchOne(st *liveStream, x *exchange, name []byte) error {
	id, given := x.parameter("request")
	if !given {
		l, key, err := x.searchOf()
		if err != nil {
			return err
		}
		return st.join(name, key, func() (watched, error) { return l, nil })
	}
	for other := range x.query {
		if other != "request" && other != "resume" && other != "after" {
			return domain.Invalid(other, other+" is about searches; request does not go with it")
		}
	}
	r := &liveRequest{server: s, by: x.by, id: id}
	if sourcerequest.ValidateID(id) == nil {
		if err := r.look(x.r.Context(), instant(s.Now())); err != nil {
			return err
		}
	} else {
		r.seen.answer = liveRequestAnswer{RequestID: id, Now: instant(s.Now()), Gone: true, Buckets: []string{}}
	}
	if name == nil && r.seen.answer.Gone {
		return sourcerequest.ErrNotFound
	}
	by := x.by
	return st.join(name, "request?"+url.Values{"by": {string(by.Role), by.Organisation, by.Account}, "id": {id}}.Encode(), func() (watched, error) { return r, nil })
}

func (st *liveStream) join(name []byte, key string, begin func() (watched, error)) error {
	e, err := st.hub.join(key, st.by, begin)
	if err == nil {
		st.watches = append(st.watches, streamWatch{liveEntry: e, name: name, whole: true})
	}
	return err
}

// resume finds out what the reader knows already.
func (st *liveStream) resume() {
	id, given := st.parameter("resume")
	if last := st.r.Header.Get("Last-Event-ID"); last != "" {
		id, given = last, true
	}
	if !given {
		return
	}
	st.hub.gate.RLock()
	seq, known := st.hub.known(id, st.hub.at.seq)
	st.hub.gate.RUnlock()
	st.since = seq
	for i := range st.watches {
		w := &st.watches[i]
		w.whole = !known || seq < w.born
		w.again = w.whole
	}
}

// send writes events until somebody ends the stream, and then says why.
func (s *server) send(st *liveStream) error {
	connection := http.NewResponseController(st)
	defer func() { _ = connection.SetWriteDeadline(time.Time{}) }()
	look := time.NewTicker(s.LiveEvery)
	defer look.Stop()
	st.out.WriteString("retry: 2000\n\n")
	spoke := time.Now()
	for {
		moved := s.live.Moved()
		if err := st.collect(); err != nil {
			return err
		}
		// Rights are looked at just before anything is told.
		why := s.ended(st)
		if why != "" {
			st.out.Reset()
			fmt.Fprintf(&st.out, "event: end\ndata: {\"reason\":%q}\n\n", why)
		} else if st.out.Len() == 0 && time.Since(spoke) >= s.LiveBeat {
			// An id without data moves Last-Event-ID on.
			fmt.Fprintf(&st.out, ": \nid: %s\n\n", st.id)
		}
		if st.out.Len() > 0 {
			_ = connection.SetWriteDeadline(time.Now().Add(liveWrite))
			_, err := st.Write(st.out.Bytes())
			if err == nil {
				err = connection.Flush()
			}
			if err != nil || why != "" {
				return nil // nobody is there any more, or should be
			}
			spoke = time.Now()
			st.out.Reset()
		}
		select {
		case <-moved:
		case <-look.C:
		case <-s.Closing.Done():
		case <-st.r.Context().Done():
			return nil
		}
	}
}

// ended returns why a stream has to end, "" for a reason to go on.
func (s *server) ended(st *liveStream) string {
	select {
	case <-s.Closing.Done():
		return "stopping"
	default:
	}
	by, err := s.Accounts.Authenticate(st.r.Context(), st.secret)
	switch {
	case domain.ErrorCode(err) == domain.CodeUnauthenticated:
		return "signed_out"
	case err == nil && by != st.by:
		return "rights_changed"
	}
	if st.failed {
		return "failed"
	}
	return ""
}

// collect writes what has happened since the last time, as of one tick. The
// last event alone has an id: who comes back after half of them gets all again.
func (st *liveStream) collect() error {
	st.hub.gate.RLock()
	defer st.hub.gate.RUnlock()
	at := &st.hub.at
	all := st.refused
	st.refused = nil
	for i := range st.watches {
		w := &st.watches[i]
		if w.failed != nil {
			st.failed = true
			continue
		}
		if !w.whole && st.since == at.seq {
			continue
		}
		events, err := w.events(at, st.since, w.whole, w.again)
		if err != nil {
			return err
		}
		w.whole, w.again = false, false
		for _, e := range events {
			all = append(all, toldOf{e, w.name})
		}
	}
	st.since, st.id = at.seq, st.hub.idOf(at)
	for i, e := range all {
		if i == len(all)-1 {
			st.out.WriteString("id: " + st.id + "\n")
		}
		st.event(e.liveEvent, e.watch)
	}
	return nil
}

// event writes an event, with the name of what it is about put in.
func (st *liveStream) event(e liveEvent, watch []byte) {
	st.out.WriteString("event: " + e.name + "\ndata: ")
	if watch == nil {
		st.out.Write(e.data)
	} else {
		st.out.WriteString(`{"watch":`)
		st.out.Write(watch)
		st.out.WriteByte(',')
		st.out.Write(e.data[1:])
	}
	st.out.WriteString("\n\n")
	st.hub.metrics.liveEvents.WithLabelValues(e.name).Inc()
}
