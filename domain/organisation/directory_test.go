package organisation_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	. "backlot/domain/organisation"
	"backlot/domain/sourcerequest"
)

// log cuts pages: one for each call, positions of 10 each.
type log struct{ at domain.Position }

func (l *log) page(id string, events ...Event) domain.Page {
	p := domain.Page{From: l.at, To: l.at + 10}
	l.at = p.To
	for _, e := range events {
		p.Events = append(p.Events, domain.Recorded{Stream: StreamPrefix + id, Event: e, Position: p.To})
	}
	return p
}

func TestTheDirectoryFindsNames(t *testing.T) {
	var l log
	d := NewDirectory()
	_, ok := d.Find("Harbour Post")
	assert.False(t, ok)
	assert.Equal(t, "harbour-post", d.Name("harbour-post"), "an unknown one is called by its id")
	_, ok = d.Get("harbour-post")
	assert.False(t, ok)

	d.Apply(l.page("harbour-post", registered()))
	d.Apply(l.page("harbour-post", KindAdded{Kind: ContentPartner}, Renamed{Name: "Οδος Media"}))
	d.Apply(l.page("studio", Registered{Name: "Studio", Kinds: []Kind{ContentPartner}}))
	for _, name := range []string{"Harbour Post", " harbour POST ", "hp", "ΟΔΟΣ media", "οδοσ Media"} {
		id, ok := d.Find(name)
		assert.True(t, ok, name)
		assert.Equal(t, "harbour-post", id, name)
	}
	for _, name := range []string{"", "Harbour", "Harbour-Post", "harbour-post"} {
		_, ok := d.Find(name)
		assert.False(t, ok, name)
	}
	assert.Equal(t, "Οδος Media", d.Name("harbour-post"))
	s, ok := d.Get("harbour-post")
	assert.True(t, ok)
	assert.Equal(t, State{Name: "Οδος Media", Kinds: []Kind{FulfillmentPartner, ContentPartner}, Aliases: []string{"HP", "Harbour Post"}}, s)

	all := d.All()
	assert.Len(t, all, 2)
	delete(all, "studio")
	assert.Len(t, d.All(), 2, "All is a copy")
}

func TestTheDirectoryIgnoresOtherAggregates(t *testing.T) {
	d := NewDirectory()
	d.Apply(domain.Page{To: 5, Events: []domain.Recorded{
		{Stream: "sourceRequest-1", Event: sourcerequest.Opened{Title: "x"}}, {Stream: StreamPrefix + "a", Type: "from.the.future"},
	}})
	assert.Empty(t, d.All())
	require.NoError(t, d.WaitFor(t.Context(), 5))
}

func TestWhoBearsANameComesBeforeWhoBoreIt(t *testing.T) {
	find := func(d *Directory, name string) string { id, _ := d.Find(name); return id }
	var l log
	d := NewDirectory()
	d.Apply(l.page("a", Registered{Name: "Acme"}, Renamed{Name: "Apex"}))
	assert.Equal(t, "a", find(d, "acme"))
	d.Apply(l.page("b", Registered{Name: "ACME"}))
	assert.Equal(t, "b", find(d, "acme"))
	d.Apply(l.page("a", KindAdded{Kind: ContentPartner}))
	assert.Equal(t, "b", find(d, "acme"), "a former name is not taken back")
	d.Apply(l.page("c", Registered{Name: "Cut", Aliases: []string{"Acme", "Apex", "Slash"}}))
	assert.Equal(t, []string{"b", "a", "c"}, []string{find(d, "acme"), find(d, "apex"), find(d, "slash")}, "an alias takes no name that somebody has")
	d.Apply(l.page("e", Registered{Name: "Acme"}))
	d.Apply(l.page("e", KindAdded{Kind: ContentPartner}))
	assert.Equal(t, "b", find(d, "acme"), "the first of two that bear a name keeps it")
}

// Find and the decider's question whether a name is the organisation's agree.
func TestNamesMatchAsInTheDecider(t *testing.T) {
	letters := []rune("aAßẞſsSKKkσςΣéÉİiıI ")
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) string {
			return "x" + rapid.StringOfN(rapid.SampledFrom(letters), 1, 4, -1).Draw(t, label) + "x"
		}
		one, other := draw("one"), draw("other")
		var l log
		d := NewDirectory()
		d.Apply(l.page("id", Registered{Name: one, Kinds: []Kind{ContentPartner}}))
		_, found := d.Find(other)
		_, err := Decide(state(Registered{Name: one, Kinds: []Kind{ContentPartner}}), Ensure{Name: other, Kind: ContentPartner})
		assert.Equal(t, strings.EqualFold(one, other), found)
		assert.Equal(t, found, err == nil)
	})
}

func TestReadyOnceTheWholeLogWasSeen(t *testing.T) {
	var l log
	d := NewDirectory()
	assert.False(t, d.Ready())
	d.Apply(l.page("a", registered()))
	assert.False(t, d.Ready())
	last := l.page("b", registered())
	last.CaughtUp = true
	d.Apply(last)
	assert.True(t, d.Ready())
	d.Apply(l.page("c", registered()))
	assert.True(t, d.Ready(), "falling behind again does not make it forget")
}

func TestWaitFor(t *testing.T) {
	var l log
	d := NewDirectory()
	require.NoError(t, d.WaitFor(t.Context(), 0), "before the first event there is nothing to wait for")
	waited := make(chan error)
	go func() { waited <- d.WaitFor(t.Context(), 20) }()
	d.Apply(l.page("a", registered()))
	select {
	case <-waited:
		t.Fatal("the position is not reached yet")
	default:
	}
	d.Apply(domain.Page{From: 10, To: 25}) // an empty page moves it too
	require.NoError(t, <-waited)

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	err := d.WaitFor(ended, 26)
	assert.Equal(t, domain.CodeTimeout, domain.ErrorCode(err))
	assert.ErrorIs(t, err, context.Canceled)
	d.Apply(domain.Page{From: 0, To: 3})
	require.NoError(t, d.WaitFor(t.Context(), 25), "an older page does not take the position back")
}

func TestTheDirectoryIsSafeForConcurrentUse(t *testing.T) {
	const n = 200
	d := NewDirectory()
	var readers sync.WaitGroup
	for r := range 4 {
		readers.Go(func() {
			for i := range n {
				name := fmt.Sprintf("Name %d", i)
				if err := d.WaitFor(t.Context(), domain.Position(10*(i+1))); err != nil {
					t.Error(err)
					return
				}
				id, ok := d.Find(name)
				if !ok || d.Name(id) != name {
					t.Errorf("reader %d does not find %s", r, name)
				}
				d.Ready()
				d.All()[id] = State{}
			}
		})
	}
	var l log
	for i := range n {
		d.Apply(l.page(fmt.Sprintf("id-%d", i), Registered{Name: fmt.Sprintf("Name %d", i)}))
	}
	readers.Wait()
	assert.Len(t, d.All(), n)
}
