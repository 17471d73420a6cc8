package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// TestModel does the same things to the engine and to a model that is simple
// enough to be believed.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &machine{fs: vfs.NewMem(), now: time.Unix(1_700_000_000, 0)}
		m.open(t)
		defer func() { _ = m.engine.Close() }()
		t.Repeat(map[string]func(*rapid.T){
			"append":      m.append,
			"repeat":      m.repeat,
			"metadata":    m.metadata,
			"delete":      m.delete,
			"tombstone":   m.tombstone,
			"read stream": m.readStream,
			"read all":    m.readAll,
			"scavenge":    m.scavenge,
			"reopen":      m.reopen,
			"wait":        func(*rapid.T) { m.now = m.now.Add(10 * time.Second) },
		})
		m.compareAll(t)
	})
}

type machine struct {
	fs     *vfs.MemFS
	now    time.Time
	engine *Engine
	model  model
}

func (m *machine) open(t *rapid.T) {
	var err error
	m.engine, err = Open(Options{FS: m.fs, Now: func() time.Time { return m.now }, TailEvents: 4})
	if err != nil {
		t.Fatal(err)
	}
}

func (m *machine) reopen(t *rapid.T) {
	if err := m.engine.Close(); err != nil {
		t.Fatal(err)
	}
	for i := range m.model.log {
		m.model.log[i].forgotten = m.model.log[i].gone
	}
	m.open(t)
}

// scavenge changes nothing but what can be read of the log.
func (m *machine) scavenge(t *rapid.T) {
	want := m.model.scavenge(m.now)
	report, err := m.engine.Scavenge(context.Background())
	if err != nil || report.Events != want {
		t.Fatalf("%d events removed (%v), want %d", report.Events, err, want)
	}
	m.compareAll(t)
}

func drawStream(t *rapid.T) string { return rapid.SampledFrom([]string{"a", "b"}).Draw(t, "stream") }

func (m *machine) drawExpected(t *rapid.T, stream string) Expected {
	if rapid.Bool().Draw(t, "current") {
		return Expected(m.model.last(stream))
	}
	return Expected(rapid.SampledFrom([]int64{int64(Any), int64(NoStream), int64(StreamExists), 0, 1, 2, 5, TombstoneRevision}).Draw(t, "expected"))
}

func (m *machine) append(t *rapid.T) {
	stream := drawStream(t)
	events := make([]Event, rapid.IntRange(0, 4).Draw(t, "events"))
	for i := range events {
		events[i] = Event{ID: uuid.New(), Type: "new", Data: []byte{byte(i)}}
	}
	m.doAppend(t, stream, m.drawExpected(t, stream), events)
}

// repeat appends what is in a stream already, and perhaps more.
func (m *machine) repeat(t *rapid.T) {
	stream := drawStream(t)
	standing := m.model.events(stream)
	if len(standing) == 0 || m.model.tombstoned(stream) {
		t.Skip("nothing to repeat")
	}
	from := rapid.IntRange(0, len(standing)-1).Draw(t, "from")
	to := rapid.IntRange(from+1, len(standing)).Draw(t, "to")
	var events []Event
	for _, e := range standing[from:to] {
		events = append(events, Event{ID: e.id, Type: e.typ, Data: e.data})
	}
	if rapid.Bool().Draw(t, "and more") {
		events = append(events, Event{ID: uuid.New(), Type: "more"})
	}
	expected := Expected(from - 1)
	if rapid.Bool().Draw(t, "another expectation") {
		expected = m.drawExpected(t, stream)
	}
	m.doAppend(t, stream, expected, events)
}

func (m *machine) metadata(t *rapid.T) {
	data := rapid.SampledFrom([]string{
		`{}`, `{"$maxCount":1}`, `{"$maxCount":3,"x":1}`, `{"$tb":2}`, `{"$tb":2,"$maxCount":2}`, `{"$maxAge":25}`,
		`{"$tb":9223372036854775807,"y":2}`, `{"$maxCount":0}`, `nonsense`,
	}).Draw(t, "metadata")
	isJSON := rapid.IntRange(0, 9).Draw(t, "json") > 0
	stream := MetastreamOf(drawStream(t))
	m.doAppend(t, stream, Any, []Event{{ID: uuid.New(), Type: TypeMetadata, JSON: isJSON, Data: []byte(data)}})
}

func (m *machine) doAppend(t *rapid.T, stream string, expected Expected, events []Event) {
	got, err := m.engine.Append(context.Background(), stream, expected, events)
	want, wantErr := m.model.append(stream, expected, events, m.now)
	compare(t, got, want, err, wantErr)
}

func (m *machine) delete(t *rapid.T) {
	stream := drawStream(t)
	expected := m.drawExpected(t, stream)
	got, err := m.engine.Delete(context.Background(), stream, expected)
	want, wantErr := m.model.delete(stream, expected, m.now)
	compare(t, got, want, err, wantErr)
}

func (m *machine) tombstone(t *rapid.T) {
	if rapid.IntRange(0, 9).Draw(t, "really") > 0 {
		t.Skip("rarely: nothing comes after it")
	}
	stream := drawStream(t)
	expected := m.drawExpected(t, stream)
	got, err := m.engine.Tombstone(context.Background(), stream, expected)
	want, wantErr := m.model.tombstone(stream, expected, m.now)
	compare(t, got, want, err, wantErr)
}

func compare(t *rapid.T, got, want Result, err, wantErr error) {
	if fmt.Sprint(err) != fmt.Sprint(wantErr) {
		t.Fatalf("error %v, want %v", err, wantErr)
	}
	if err == nil && got != want {
		t.Fatalf("result %+v, want %+v", got, want)
	}
}

func (m *machine) readStream(t *rapid.T) {
	stream := drawStream(t)
	if rapid.Bool().Draw(t, "metastream") {
		stream = MetastreamOf(stream)
	}
	back := rapid.Bool().Draw(t, "back")
	from := rapid.SampledFrom([]uint64{0, 1, 3, 7, RevisionEnd}).Draw(t, "from")
	limit := rapid.IntRange(1, 5).Draw(t, "limit")

	want, wantErr := m.model.read(stream, from, back, m.now)
	s, err := m.engine.OpenStream(stream)
	if fmt.Sprint(err) != fmt.Sprint(wantErr) {
		t.Fatalf("error %v, want %v", err, wantErr)
	}
	if err != nil {
		return
	}
	if back {
		s.Backwards(from)
	} else {
		s.Forwards(from)
	}
	compareEvents(t, s, limit, want)
}

func (m *machine) readAll(t *rapid.T) {
	position := uint64(rapid.IntRange(0, len(m.model.log)+1).Draw(t, "position"))
	limit := rapid.IntRange(1, 7).Draw(t, "limit")
	var forwards, after, before []modelEvent
	for _, e := range m.model.left() {
		if e.position >= position {
			forwards = append(forwards, e)
		}
		if e.position > position {
			after = append(after, e)
		}
		if e.position < position {
			before = append(before, e)
		}
	}
	slices.Reverse(before)
	compareEvents(t, m.engine.ReadForwards(position), limit, forwards)
	compareEvents(t, m.engine.ReadAfter(position), limit, after)
	compareEvents(t, m.engine.ReadBackwards(position), limit, before)
	if tail := m.engine.Tail(position, make([]Record, limit)); tail.Covered {
		for i, r := range tail.Records {
			compareEvent(t, r, after[i])
		}
		if len(tail.Records) != min(limit, len(after)) || tail.AtEnd != (len(after) <= limit) {
			t.Fatalf("tail has %d events (end: %v), want of %d", len(tail.Records), tail.AtEnd, len(after))
		}
	}
}

func (m *machine) compareAll(t *rapid.T) {
	compareEvents(t, m.engine.ReadForwards(0), 3, m.model.left())
	backwards := m.model.left()
	slices.Reverse(backwards)
	compareEvents(t, m.engine.ReadBackwards(End), 3, backwards)
	for _, stream := range []string{"a", "b"} {
		want, wantErr := m.model.read(stream, 0, false, m.now)
		s, err := m.engine.OpenStream(stream)
		if fmt.Sprint(err) != fmt.Sprint(wantErr) {
			t.Fatalf("error %v, want %v", err, wantErr)
		}
		if err == nil {
			s.Forwards(0)
			compareEvents(t, s, 2, want)
		}
	}
}

func compareEvents(t *rapid.T, p pager, limit int, want []modelEvent) {
	got, err := collect(p, limit)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Fatalf("%d events, want %d", len(got), len(want))
	}
	for i := range got {
		compareEvent(t, got[i], want[i])
	}
}

func compareEvent(t *rapid.T, got Record, want modelEvent) {
	same := got.Position == want.position && string(got.Stream) == want.stream && got.Revision == uint64(want.revision) &&
		string(got.Type) == want.typ && got.JSON == want.json && got.Created == want.created.UnixNano()/100
	if want.id != uuid.Nil { // the store's own events have ids of its making
		same = same && got.ID == want.id
	}
	if got.JSON {
		var a, b any
		_, _ = json.Unmarshal(got.Data, &a), json.Unmarshal(want.data, &b)
		same = same && fmt.Sprint(a) == fmt.Sprint(b)
	} else {
		same = same && string(got.Data) == string(want.data)
	}
	if !same {
		t.Fatalf("got %+v (%s), want %+v (%s)", got, got.Data, want, want.data)
	}
}

// model is the store as a list.
type model struct{ log []modelEvent }

type modelEvent struct {
	position uint64
	stream   string
	revision int64
	id       uuid.UUID
	typ      string
	json     bool
	data     []byte
	created  time.Time

	gone      bool // scavenged
	forgotten bool // and the engine opened since
}

// left is what was not scavenged.
func (m *model) left() (events []modelEvent) {
	for _, e := range m.log {
		if !e.gone {
			events = append(events, e)
		}
	}
	return events
}

func (m *model) scavenge(now time.Time) (removed int64) {
	for i := range m.log {
		e := &m.log[i]
		hidden := e.revision != TombstoneRevision && (m.tombstoned(e.stream) || m.hidden(*e, now))
		if hidden && !e.gone {
			e.gone = true
			removed++
		}
	}
	return removed
}

func (m *model) events(stream string) (events []modelEvent) {
	for _, e := range m.log {
		if e.stream == stream {
			events = append(events, e)
		}
	}
	return events
}

func (m *model) last(stream string) int64 {
	if events := m.events(stream); len(events) > 0 {
		return events[len(events)-1].revision
	}
	return -1
}

func (m *model) tombstoned(stream string) bool {
	if original, ok := OriginalOf(stream); ok {
		stream = original
	}
	return m.last(stream) == TombstoneRevision
}

func (m *model) props(stream string) map[string]any {
	if _, ok := OriginalOf(stream); ok {
		return map[string]any{"$maxCount": 1.0}
	}
	props := map[string]any{}
	if events := m.events(MetastreamOf(stream)); len(events) > 0 && events[len(events)-1].json {
		_ = json.Unmarshal(events[len(events)-1].data, &props)
	}
	if props["$maxCount"] == 0.0 {
		return map[string]any{}
	}
	return props
}

func (m *model) softDeleted(stream string) bool {
	return m.props(stream)["$tb"] == float64(math.MaxInt64)
}

// hit says what a write finds: nothing of it, all of it, or a reason not to.
func (m *model) hit(stream string, expected Expected, ids []uuid.UUID) (all bool, at modelEvent, err error) {
	wrong := &WrongRevisionError{Stream: stream, Expected: expected, Current: m.last(stream)}
	events := m.events(stream)
	switch {
	case m.tombstoned(stream):
		return false, at, &StreamDeletedError{stream}
	case expected == StreamExists && m.softDeleted(stream):
		return false, at, &StreamDeletedError{stream}
	case expected == StreamExists && len(events) == 0 && len(m.events(MetastreamOf(stream))) == 0:
		return false, at, wrong
	case expected == Any || expected == StreamExists:
		for i, id := range ids {
			found := false
			for _, e := range events {
				if e.id == id && !e.forgotten {
					found, at = true, e
				}
			}
			if !found && i == 0 {
				return false, at, nil
			}
			if !found {
				return false, at, wrong
			}
		}
		return len(ids) > 0, at, nil
	case int64(expected) == m.last(stream):
		return false, at, nil
	case int64(expected) > m.last(stream) || len(ids) == 0:
		return false, at, wrong
	}
	for i, id := range ids {
		k := int(expected) + 1 + i
		if k < len(events) && events[k].id == id && known(events, k) {
			at = events[k]
			continue
		}
		if i == 0 && expected == NoStream && m.softDeleted(stream) {
			return false, at, nil
		}
		return false, at, wrong
	}
	return true, at, nil
}

func (m *model) append(stream string, expected Expected, events []Event, now time.Time) (Result, error) {
	var ids []uuid.UUID
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	all, at, err := m.hit(stream, expected, ids)
	if err != nil {
		return Result{}, err
	}
	if all {
		return Result{at.revision, at.position}, nil
	}
	if len(events) == 0 {
		return Result{Revision: m.last(stream)}, nil
	}
	before := m.last(stream)
	original, isMeta := OriginalOf(stream)
	revive := m.softDeleted(stream)
	reviveOriginal := isMeta && m.softDeleted(original)
	raw := m.raw(stream)
	var result Result
	for _, e := range events {
		result = m.write(stream, m.last(stream)+1, e, now)
	}
	if revive {
		m.rewrite(MetastreamOf(stream), raw, before+1, now)
	}
	if reviveOriginal {
		m.rewrite(stream, events[len(events)-1].Data, m.last(original)+1, now)
	}
	return result, nil
}

// raw is the data of a stream's metadata.
func (m *model) raw(stream string) []byte {
	if events := m.events(MetastreamOf(stream)); len(events) > 0 {
		return events[len(events)-1].data
	}
	return nil
}

func (m *model) rewrite(metastream string, raw []byte, truncateBefore int64, now time.Time) {
	props := map[string]any{}
	if json.Unmarshal(raw, &props) != nil {
		props = map[string]any{}
	}
	props["$tb"] = truncateBefore
	data, _ := json.Marshal(props)
	m.write(metastream, m.last(metastream)+1, Event{Type: TypeMetadata, JSON: true, Data: data}, now)
}

func (m *model) write(stream string, revision int64, e Event, now time.Time) Result {
	position := uint64(len(m.log) + 1)
	m.log = append(m.log, modelEvent{
		position: position, stream: stream, revision: revision, id: e.ID, typ: e.Type, json: e.JSON, data: e.Data, created: now,
	})
	return Result{revision, position}
}

func (m *model) delete(stream string, expected Expected, now time.Time) (Result, error) {
	if _, _, err := m.hit(stream, expected, []uuid.UUID{uuid.New()}); err != nil {
		return Result{}, err
	}
	metastream := MetastreamOf(stream)
	return m.write(metastream, m.last(metastream)+1, Event{Type: TypeMetadata, JSON: true, Data: []byte(`{"$tb":9223372036854775807}`)}, now), nil
}

func (m *model) tombstone(stream string, expected Expected, now time.Time) (Result, error) {
	if _, _, err := m.hit(stream, expected, []uuid.UUID{uuid.New()}); err != nil {
		return Result{}, err
	}
	return m.write(stream, TombstoneRevision, Event{Type: TypeTombstone}, now), nil
}

func (m *model) read(stream string, from uint64, back bool, now time.Time) ([]modelEvent, error) {
	if m.tombstoned(stream) {
		return nil, &StreamDeletedError{stream}
	}
	if m.last(stream) == -1 || m.softDeleted(stream) {
		return nil, ErrStreamNotFound
	}
	var visible []modelEvent
	for _, e := range m.events(stream) {
		hidden := e.gone || m.hidden(e, now)
		outside := !back && uint64(e.revision) < from || back && uint64(e.revision) > from
		if !hidden && !outside {
			visible = append(visible, e)
		}
	}
	if back {
		slices.Reverse(visible)
	}
	return visible, nil
}

// known says whether the engine still knows the id of one of a stream's events:
// from the store, or as the last place of a recent id.
func known(events []modelEvent, k int) bool {
	e := events[k]
	return !e.gone || !e.forgotten && !slices.ContainsFunc(events[k+1:], func(later modelEvent) bool { return later.id == e.id })
}

// hidden says whether a stream's metadata hides an event.
func (m *model) hidden(e modelEvent, now time.Time) bool {
	if m.softDeleted(e.stream) {
		return true
	}
	props := m.props(e.stream)
	number := func(key string) int64 { n, _ := props[key].(float64); return int64(n) }
	return e.revision < number("$tb") ||
		number("$maxCount") > 0 && e.revision <= m.last(e.stream)-number("$maxCount") ||
		number("$maxAge") > 0 && now.Sub(e.created) > time.Duration(number("$maxAge"))*time.Second
}
