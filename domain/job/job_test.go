package job_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	. "backlot/domain/job"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

var june = domain.Principal{Account: "june", Organisation: "juniper-post", Role: domain.RoleFulfillmentPartner}

func state(events ...Event) State {
	var s State
	for n, e := range events {
		s = Evolve(s, e, domain.Occurrence{At: noon.Add(time.Duration(n) * time.Minute), By: june, Revision: uint64(n)})
	}
	return s
}

func with(events []Event, more ...Event) []Event {
	return append(append([]Event(nil), events...), more...)
}

func items(ids ...string) []Item {
	out := make([]Item, len(ids))
	for n, id := range ids {
		out[n].ID = id
	}
	return out
}

func TestDecide(t *testing.T) {
	parameters := json.RawMessage(`{"text":"hello"}`)
	began := []Event{Began{Kind: Bulk, Action: ActionComment, Parameters: parameters, Query: "status=Open"}}
	listed := with(began, Listed{items("a", "b")}, Listed{items("c")})
	running := with(listed, Accepted{Total: 3, Position: 7})
	half := with(running, Progressed{Chunk: 0, Changed: 2, Position: 9})
	stopping := with(half, StopRequested{})
	importing := []Event{Began{Kind: Import, File: &File{Name: "x.csv", Size: 70, SHA256: "ab"}}, Accepted{}}
	ended := with(half, Progressed{Chunk: 1, Unchanged: 1}, Ended{Phase: Finished})
	for name, c := range map[string]struct {
		given []Event
		when  Command
		then  []Event
		code  domain.Code
	}{
		"begins":                            {nil, Begin{Kind: Bulk, Action: ActionComment, Parameters: parameters}, []Event{Began{Kind: Bulk, Action: ActionComment, Parameters: parameters}}, ""},
		"begins anew while listing":         {listed, Begin{Kind: Bulk, Action: ActionCancel}, []Event{Began{Kind: Bulk, Action: ActionCancel}}, ""},
		"begins twice":                      {running, Begin{Kind: Bulk, Action: ActionCancel}, nil, domain.CodeConflict},
		"begins nothing":                    {nil, Begin{Kind: Bulk}, nil, domain.CodeInvalid},
		"begins an import of nothing":       {nil, Begin{Kind: Import}, nil, domain.CodeInvalid},
		"begins something else":             {nil, Begin{Kind: "dinner"}, nil, domain.CodeInvalid},
		"lists":                             {began, List{items("a")}, []Event{Listed{items("a")}}, ""},
		"lists nothing":                     {began, List{}, nil, ""},
		"lists too much at once":            {began, List{make([]Item, MaxChunk+1)}, nil, domain.CodeInvalid},
		"lists too late":                    {running, List{items("d")}, nil, domain.CodeConflict},
		"lists too early":                   {nil, List{items("d")}, nil, domain.CodeConflict},
		"lists for an import":               {importing[:1], List{items("d")}, nil, domain.CodeInvalid},
		"is accepted":                       {listed, Accept{Position: 7}, []Event{Accepted{Total: 3, Position: 7}}, ""},
		"is accepted with nothing to do":    {began, Accept{}, []Event{Accepted{}}, ""},
		"is accepted twice":                 {running, Accept{}, nil, domain.CodeConflict},
		"is no job yet":                     {listed, Stop{}, nil, domain.CodeNotFound},
		"never was":                         {nil, Stop{}, nil, domain.CodeNotFound},
		"moves on":                          {running, Progress{Chunk: 0, Changed: 1, Unchanged: 1}, []Event{Progressed{Chunk: 0, Changed: 1, Unchanged: 1}}, ""},
		"moves on twice":                    {half, Progress{Chunk: 0, Changed: 2}, nil, domain.CodeConflict},
		"leaps":                             {running, Progress{Chunk: 1, Changed: 1}, nil, domain.CodeConflict},
		"forgets one":                       {running, Progress{Chunk: 0, Changed: 1}, nil, domain.CodeInvalid},
		"counts one too many":               {running, Progress{Chunk: 0, Changed: 3}, nil, domain.CodeInvalid},
		"counts backwards":                  {running, Progress{Chunk: 0, Changed: 3, Unchanged: -1}, nil, domain.CodeInvalid},
		"lists more than it refuses":        {running, Progress{Chunk: 0, Changed: 2, Refusals: make([]Refusal, 1)}, nil, domain.CodeInvalid},
		"moves on behind the end":           {with(half, Progressed{Chunk: 1, Changed: 1}), Progress{Chunk: 2}, nil, domain.CodeInvalid},
		"leaves some because it stops":      {with(running, StopRequested{}), Progress{Chunk: 0, Changed: 1}, []Event{Progressed{Chunk: 0, Changed: 1}}, ""},
		"imports a chunk":                   {importing, Progress{Chunk: 0, Opened: 1_000, Offset: 60, Line: 1_001}, []Event{Progressed{Chunk: 0, Opened: 1_000, Offset: 60, Line: 1_001}}, ""},
		"imports too much at once":          {importing, Progress{Chunk: 0, Opened: 1_001}, nil, domain.CodeInvalid},
		"is to stop":                        {running, Stop{Reason: "enough"}, []Event{StopRequested{Reason: "enough"}}, ""},
		"is to stop for no readable reason": {running, Stop{Reason: "\xff"}, nil, domain.CodeInvalid},
		"is to stop already":                {stopping, Stop{}, nil, ""},
		"has ended":                         {ended, Stop{}, nil, domain.CodeRefused},
		"moves on after the end":            {ended, Progress{Chunk: 2}, nil, domain.CodeRefused},
		"finishes":                          {ended[:len(ended)-1], End{Phase: Finished}, []Event{Ended{Phase: Finished}}, ""},
		"finishes too early":                {half, End{Phase: Finished}, nil, domain.CodeInvalid},
		"finishes an import":                {importing, End{Phase: Finished}, []Event{Ended{Phase: Finished}}, ""},
		"stops":                             {stopping, End{Phase: Stopped}, []Event{Ended{Phase: Stopped}}, ""},
		"stops unasked":                     {half, End{Phase: Stopped}, nil, domain.CodeInvalid},
		"fails":                             {half, End{Phase: Failed, Code: domain.CodeForbidden, Reason: "r"}, []Event{Ended{Phase: Failed, Code: domain.CodeForbidden, Reason: "r"}}, ""},
		"fails for no reason":               {half, End{Phase: Failed}, nil, domain.CodeInvalid},
		"ends in no way":                    {half, End{Phase: Running}, nil, domain.CodeInvalid},
		"does not know the command":         {half, alien{}, nil, domain.CodeInternal},
	} {
		t.Run(name, func(t *testing.T) {
			events, err := Decide(state(c.given...), c.when)
			require.Equal(t, c.code, domain.ErrorCode(err), "%v", err)
			require.Equal(t, c.then, events)
		})
	}
}

type alien struct{ Command }

func TestAStoppedJobSaysWhatItLeft(t *testing.T) {
	s := state(Began{Kind: Bulk, Action: ActionCancel, Query: "q"}, Listed{items("a", "b")}, Listed{items("c", "d")}, Accepted{Total: 4, Position: 7},
		Progressed{Chunk: 0, Changed: 1, Refused: 1, Refusals: []Refusal{{ID: "b"}}, Position: 9}, StopRequested{}, Progressed{Chunk: 1, Unchanged: 1}, Ended{Phase: Stopped})
	assert.Equal(t, Stopped, s.Phase)
	assert.Equal(t, june, s.By)
	assert.Equal(t, []int{4, 3, 1, 1}, []int{s.Total, s.Done(), s.NotDone(), s.Recorded})
	assert.Equal(t, "3 requests: 0 opened, 1 changed, 1 unchanged, 1 refused, 1 not done", s.Summary())
	assert.Equal(t, []time.Time{noon.Add(3 * time.Minute), noon.Add(7 * time.Minute), noon.Add(7 * time.Minute)}, []time.Time{s.StartedAt, s.EndedAt, s.UpdatedAt})
	assert.Equal(t, []domain.Position{7, 9}, []domain.Position{s.ChosenAt, s.Position})
}

func TestBeginningAnewForgetsTheList(t *testing.T) {
	s := state(Began{Kind: Bulk, Action: ActionCancel}, Listed{items("a", "b")}, Began{Kind: Bulk, Action: ActionCancel}, Listed{items("c")}, Accepted{})
	assert.Equal(t, [][]Item{items("c")}, s.Chunks)
	assert.Equal(t, 1, s.Total)
}

// Whatever is wanted in whatever order: what was tried adds up, a finished job
// has tried everything, and after the end nothing happens.
func TestJobsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s State
		kind := rapid.SampledFrom([]Kind{Bulk, Bulk, Bulk, Import}).Draw(t, "kind")
		next := 0
		for revision := range rapid.IntRange(1, 25).Draw(t, "commands") {
			var c Command
			switch rapid.SampledFrom([]int{0, 0, 1, 1, 1, 2, 3, 3, 3, 3, 4, 5}).Draw(t, "command") {
			case 0:
				c = Begin{Kind: kind, Action: ActionCancel, File: &File{}}
			case 1:
				var list []Item
				for range rapid.IntRange(0, 3).Draw(t, "items") {
					list = append(list, Item{ID: fmt.Sprint(next)})
					next++
				}
				c = List{list}
			case 2:
				c = Accept{Position: domain.Position(revision)}
			case 3:
				n := rapid.SliceOfN(rapid.IntRange(0, 3), 4, 4).Draw(t, "counts")
				chunk := s.Next + rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(t, "leap")
				p := Progress{Chunk: chunk, Opened: n[0], Changed: n[1], Unchanged: n[2], Refused: n[3], Offset: int64(revision)}
				if kind == Bulk && chunk < len(s.Chunks) && rapid.Bool().Draw(t, "all of it") {
					p.Opened, p.Unchanged, p.Refused, p.Changed = 0, 0, 0, len(s.Chunks[chunk])
				}
				c = p
			case 4:
				c = Stop{}
			case 5:
				c = End{Phase: rapid.SampledFrom([]Phase{Finished, Stopped, Failed}).Draw(t, "phase"), Reason: "r"}
			}
			events, err := Decide(s, c)
			require.NotEqual(t, domain.CodeInternal, domain.ErrorCode(err))
			if s.Ended() {
				require.Error(t, err)
			}
			for _, e := range events {
				s = Evolve(s, e, domain.Occurrence{At: noon, By: june})
			}
			listed := 0
			for _, chunk := range s.Chunks {
				require.NotEmpty(t, chunk)
				listed += len(chunk)
			}
			require.Equal(t, listed, s.Total)
			require.Equal(t, s.Done(), s.Opened+s.Changed+s.Unchanged+s.Refused)
			require.GreaterOrEqual(t, s.NotDone(), 0)
			if kind == Bulk {
				require.LessOrEqual(t, s.Done(), s.Total)
				require.LessOrEqual(t, s.Next, len(s.Chunks))
				require.True(t, s.Phase != Finished || s.Done() == s.Total)
			}
			require.True(t, s.Phase != Stopped || s.Stopping)
		}
	})
}

// log cuts pages: one for each call.
type log struct {
	at       domain.Position
	revision map[string]uint64
}

func (l *log) page(id string, events ...Event) domain.Page {
	p := domain.Page{From: l.at, CaughtUp: true}
	for _, e := range events {
		l.at++
		p.Events = append(p.Events, domain.Recorded{
			Stream: StreamOf(id), Event: e, Position: l.at, Revision: l.revision[id],
			Metadata: domain.Metadata{Actor: june, OccurredAt: noon, CorrelationID: uuid.NameSpaceURL},
		})
		l.revision[id]++
	}
	p.To = l.at
	return p
}

func TestTheDirectoryKnowsJobsOnceTheyAreAccepted(t *testing.T) {
	l := log{revision: map[string]uint64{}}
	d := NewDirectory()
	d.Apply(l.page("a", Began{Kind: Bulk, Action: ActionComment, Parameters: json.RawMessage(`{}`)}, Listed{items("x", "y")}))
	_, ok := d.Get("a")
	assert.False(t, ok)
	assert.Empty(t, d.Running())
	d.Apply(l.page("b", Began{Kind: Import, File: &File{Name: "f"}}, Accepted{}))
	d.Apply(l.page("a", Accepted{Total: 2}))
	a, ok := d.Get("a")
	require.True(t, ok)
	assert.Equal(t, 2, a.Total)
	assert.Equal(t, uuid.NameSpaceURL, a.Correlation)
	assert.Nil(t, a.Chunks, "the directory is small")
	assert.Nil(t, a.Parameters)
	assert.Equal(t, []string{"b", "a"}, idsOf(d.Running()))
	d.Apply(l.page("b", Ended{Phase: Finished}))
	assert.Equal(t, []string{"a"}, idsOf(d.Running()))
	d.Apply(domain.Page{From: l.at, To: l.at, Events: []domain.Recorded{{Stream: "sourceRequest-a", Position: l.at}}})
}

func idsOf(jobs []Job) []string {
	ids := make([]string, len(jobs))
	for n, j := range jobs {
		ids[n] = j.ID
	}
	return ids
}

func TestJobsAreListedNewestFirstInPages(t *testing.T) {
	l := log{revision: map[string]uint64{}}
	d := NewDirectory()
	var want []string
	for n := range 7 {
		id := fmt.Sprint("j", n)
		d.Apply(l.page(id, Began{Kind: Bulk, Action: ActionCancel}, Accepted{Total: n}))
		if n%2 == 0 {
			want = append([]string{id}, want...)
		}
	}
	even := func(s State) bool { return s.Action == ActionCancel && s.Phase == Running }
	odd := map[string]bool{"j1": true, "j3": true, "j5": true}
	for id := range odd {
		d.Apply(l.page(id, Ended{Phase: Failed, Reason: "r"}))
	}
	for limit := 1; limit < 6; limit++ {
		var got []string
		for before := domain.Position(0); ; {
			jobs, next := d.List(even, before, limit)
			require.LessOrEqual(t, len(jobs), limit)
			got = append(got, idsOf(jobs)...)
			if before = next; next == 0 {
				break
			}
		}
		require.Equal(t, want, got, "pages of %d", limit)
	}
}

func TestWatchingSeesTheLatestAndTheEnd(t *testing.T) {
	l := log{revision: map[string]uint64{}}
	d := NewDirectory()
	progress := d.Watch(t.Context(), "a") // before anybody knows it
	d.Apply(l.page("a", Began{Kind: Bulk, Action: ActionCancel}, Listed{items("x")}, Listed{items("y")}, Accepted{Total: 2}))
	assert.Equal(t, 0, (<-progress).Done())
	d.Apply(l.page("a", Progressed{Chunk: 0, Changed: 1}))
	assert.Equal(t, 1, (<-progress).Done())
	d.Apply(l.page("a", Progressed{Chunk: 1, Changed: 1}))
	d.Apply(l.page("a", Ended{Phase: Finished}))
	var last Job
	for last = range progress {
	}
	assert.Equal(t, Finished, last.Phase)
	again, open := <-d.Watch(t.Context(), "a")
	require.True(t, open)
	assert.Equal(t, 2, again.Done())
}
