package facets

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// drawPast opens requests and changes them before, at and after a moment. It
// returns them as they were then, as they are now, and the snapshot as of then.
func drawPast(t *rapid.T, requests []request, seed uint64, at time.Time, policy sourcerequest.Policy) (then []request, now map[string]request, s *Snapshot) {
	h := newPast(seed, policy)
	opened := 0
	for _, step := range rapid.SliceOfN(rapid.IntRange(0, 3), 0, 8).Draw(t, "steps") {
		h.move(at, []time.Duration{0, 1, time.Minute, 30 * time.Hour}[step])
		n := min(len(requests), opened+1+h.r.IntN(len(requests)/2+1))
		h.write(t, append(h.changed(), requests[opened:n]...))
		opened = n
	}
	s, err := h.b.snapshot().AsOf(at)
	require.NoError(t, err)
	return h.at(at), h.now, s
}

// past is requests that change as time goes by, and what they were.
type past struct {
	r     *rand.Rand
	b     *builder
	w     *writer
	clock time.Time
	order []string
	now   map[string]request
	was   map[string][]wasSince
}

type wasSince struct {
	since time.Time
	request
}

func newPast(seed uint64, policy sourcerequest.Policy) *past {
	return &past{
		r: rand.New(rand.NewPCG(seed, 7)), b: newBuilder("g", &Config{Policy: policy, Names: testNames, Accounts: testPeople}), w: newWriter("g", policy),
		clock: testNow.Add(-40 * 24 * time.Hour), now: map[string]request{}, was: map[string][]wasSince{},
	}
}

// move moves the clock on: to a moment, or past it.
func (h *past) move(at time.Time, by time.Duration) {
	switch {
	case h.clock.Before(at.Add(-time.Hour)) && h.r.IntN(2) == 0:
		h.clock = h.clock.Add(at.Sub(h.clock) / 2)
	case h.clock.Before(at):
		h.clock = at.Add(time.Duration(h.r.IntN(3)-1) * time.Millisecond)
	}
	h.clock = h.clock.Add(by).Truncate(time.Millisecond)
}

// changed are some of the requests, otherwise; some only have another revision.
func (h *past) changed() []request {
	var out []request
	for _, id := range h.order {
		r := h.now[id]
		switch h.r.IntN(4) {
		case 0:
			r = randomRequest(h.r, id, testNow)
		case 1:
			r.state.FulfillmentPartner = pick(h.r, fulfillmentIDs)
		case 2:
			r.revision++
		default:
			continue
		}
		out = append(out, r)
	}
	return out
}

func (h *past) write(t require.TestingT, requests []request) {
	h.w.at = h.clock.UnixMilli()
	require.NoError(t, h.b.apply(h.w.change(h.w.position+1, requests...)))
	for _, r := range requests {
		if _, known := h.now[r.id]; !known {
			h.order = append(h.order, r.id)
		}
		h.now[r.id] = r
		h.was[r.id] = append(h.was[r.id], wasSince{h.clock, r})
	}
	if h.r.IntN(2) == 0 {
		h.b.snapshot() // as if somebody read it: the next change copies
	}
}

// at replays the requests to a moment.
func (h *past) at(moment time.Time) []request {
	var out []request
	for _, id := range h.order {
		var r *request
		for i := range h.was[id] {
			if v := &h.was[id][i]; !v.since.After(moment) {
				r = &v.request
			}
		}
		if r == nil {
			continue
		}
		then := *r
		// An ended version has no revision; the one that stands has the last one.
		then.revision = 0
		if h.w.rows[id].Since <= moment.UnixMilli() {
			then.revision = h.now[id].revision
		}
		out = append(out, then)
	}
	return out
}

func TestThePastThatIsNotKeptIsRefused(t *testing.T) {
	h := newPast(1, sourcerequest.DefaultPolicy())
	requests := randomRequests(1, 40, testNow)
	h.write(t, requests)
	from := testNow.Add(-24 * time.Hour)
	h.b.ForgetPast(from.UnixMilli())
	h.b.ForgetPast(from.Add(-time.Hour).UnixMilli()) // nothing comes back
	s := h.b.snapshot()
	_, err := s.AsOf(from)
	require.NoError(t, err)
	_, err = s.AsOf(from.Add(-time.Millisecond))
	var e *domain.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, domain.CodeNotKept, e.Code)
	require.Equal(t, []string{"2026-11-22T12:00:00Z"}, e.Allowed)
	require.Contains(t, e.Message, "2026-11-22T12:00:00Z")
}

func TestChunksOfThePastAreForgotten(t *testing.T) {
	h := newPast(1, sourcerequest.DefaultPolicy())
	requests := randomRequests(1, 400, testNow)
	for range 10 {
		h.clock = h.clock.Add(time.Hour)
		h.write(t, requests)
		for i := range requests {
			requests[i].state.Language = pick(h.r, testLanguages) + "!"
			requests[i].state.DueDate++
		}
	}
	require.Greater(t, len(h.b.past.chunks), 2)
	before := h.b.snapshot()
	moment := h.clock.Add(-90 * time.Minute)
	want, err := before.AsOf(moment)
	require.NoError(t, err)
	require.Equal(t, 400, want.Len())
	h.b.ForgetPast(moment.UnixMilli())
	after := h.b.snapshot()
	require.Less(t, len(after.past), len(before.past))
	got, err := after.AsOf(moment)
	require.NoError(t, err)
	q := RowQuery{Principal: domain.Principal{Role: domain.RoleOperator}, Now: moment}
	all, err := want.Rows(q)
	require.NoError(t, err)
	same, err := got.Rows(q)
	require.NoError(t, err)
	require.Equal(t, all, same)
}
