package template_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	"backlot/domain/account"
	"backlot/domain/organisation"
	. "backlot/domain/template"
)

// log cuts pages: one for each call, positions of 10 each.
type log struct{ at domain.Position }

func (l *log) page(account string, events ...Event) domain.Page {
	p := domain.Page{From: l.at, To: l.at + 10}
	l.at = p.To
	for _, e := range events {
		p.Events = append(p.Events, domain.Recorded{Stream: StreamOf(account), Event: e, Position: p.To, Metadata: domain.Metadata{OccurredAt: dawn}})
	}
	return p
}

func idsOf(owned []Owned) []string {
	var ids []string
	for _, o := range owned {
		ids = append(ids, o.Owner+"/"+o.ID)
	}
	return ids
}

func TestTheDirectoryKnowsWhoseAndWhoShares(t *testing.T) {
	var l log
	d := NewDirectory()
	assert.Empty(t, d.ByAccount("june"))
	assert.False(t, d.Ready())
	d.Apply(l.page("june", korean(), dutch(), DefaultChosen{ID: "k"}, Shared{ID: "k", Organisation: "juniper"}))
	d.Apply(l.page("olga", Saved{ID: "o", Name: "All"}, Shared{ID: "o"}))
	d.Apply(domain.Page{To: 25, CaughtUp: true, Events: []domain.Recorded{{Stream: "organisation-x", Event: organisation.Registered{Name: "x"}}, {Stream: StreamOf("june"), Type: "from.the.future"}}})
	assert.True(t, d.Ready())
	require.NoError(t, d.WaitFor(t.Context(), 25))

	assert.Equal(t, state(korean(), dutch()).Templates[1].Name, d.ByAccount("june").Templates[1].Name)
	assert.Equal(t, "k", d.ByAccount("june").Default)
	assert.Equal(t, []string{"june/k"}, idsOf(d.SharedWith(jack)))
	assert.Equal(t, []string{"olga/o"}, idsOf(d.SharedWith(quinn)))
	for _, p := range []domain.Principal{june, olga, lars, stray, {}} {
		assert.Empty(t, d.SharedWith(p), p.Account)
	}
	found, ok := d.FindShared("k", jack)
	assert.True(t, ok)
	assert.Equal(t, Owned{Owner: "june", Template: Template{ID: "k", Name: "Korean dubs", Query: "language=Korean", Groups: []string{"country"}, Shared: true, Organisation: "juniper", UpdatedAt: dawn}}, found)
	for _, c := range []struct {
		id string
		by domain.Principal
	}{{"k", june}, {"k", lars}, {"k", olga}, {"d", jack}, {"o", jack}, {"o", stray}, {"x", jack}, {"", jack}} {
		_, ok := d.FindShared(c.id, c.by)
		assert.False(t, ok, "%s for %s", c.id, c.by.Account)
	}

	d.Apply(l.page("june", Shared{ID: "k", Organisation: "lantern"}, Shared{ID: "d", Organisation: "lantern"}))
	assert.Empty(t, d.SharedWith(jack), "the owner shares it elsewhere now")
	assert.ElementsMatch(t, []string{"june/k", "june/d"}, idsOf(d.SharedWith(lars)))
	d.Apply(l.page("june", Unshared{ID: "k"}, Deleted{ID: "d"}))
	assert.Empty(t, d.SharedWith(lars))
	_, ok = d.FindShared("d", lars)
	assert.False(t, ok)
}

// The directory agrees with folding each account's stream by itself.
func TestTheDirectoryIsTheFoldOfEveryStream(t *testing.T) {
	owners := []domain.Principal{olga, quinn, june, jack, lars}
	rapid.Check(t, func(t *rapid.T) {
		var l log
		d := NewDirectory()
		states := map[string]State{}
		for range 40 {
			by := rapid.SampledFrom(owners).Draw(t, "by")
			c := commandOf(t)
			if save, ok := c.(Save); ok {
				c = Save{by.Account + save.ID, save.Content} // ids are unique
			}
			events, _ := Decide(states[by.Account], by, c)
			d.Apply(l.page(by.Account, events...))
			for _, e := range events {
				states[by.Account] = Evolve(states[by.Account], e, domain.Occurrence{At: dawn})
			}
		}
		for _, p := range append(owners, stray) {
			require.Equal(t, states[p.Account], d.ByAccount(p.Account))
			var want []string
			for account, s := range states {
				for _, each := range s.Templates {
					shared := account != p.Account && each.SharedWith(p)
					if shared {
						want = append(want, account+"/"+each.ID)
					}
					_, found := d.FindShared(each.ID, p)
					require.Equal(t, shared, found)
				}
			}
			require.ElementsMatch(t, want, idsOf(d.SharedWith(p)))
		}
	})
}

func TestTheDirectoryIsSafeForConcurrentUse(t *testing.T) {
	const n = 100
	d := NewDirectory()
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for i := range n {
				if err := d.WaitFor(t.Context(), domain.Position(10*(i+1))); err != nil {
					t.Error(err)
					return
				}
				if _, ok := d.FindShared(fmt.Sprint(i), jack); !ok || len(d.SharedWith(jack)) <= i || len(d.ByAccount("june").Templates) <= i {
					t.Errorf("template %d is missing", i)
				}
			}
		})
	}
	var l log
	for i := range n {
		d.Apply(l.page("june", Saved{ID: fmt.Sprint(i), Name: time.Duration(i).String()}, Shared{ID: fmt.Sprint(i), Organisation: "juniper"}))
	}
	readers.Wait()
}

func TestAnErasedAccountsTemplatesAreForgotten(t *testing.T) {
	var l log
	d := NewDirectory()
	d.Apply(l.page("june", korean(), Shared{ID: "k", Organisation: "juniper"}))
	d.Apply(l.page("jack", dutch(), DefaultChosen{ID: "k"}))
	d.Apply(domain.Page{To: l.at + 5, Events: []domain.Recorded{{Stream: account.StreamPrefix + "june", Event: account.Erased{}}}})
	// What was on its way is of nobody any more.
	d.Apply(l.page("june", Saved{ID: "late", Name: "June's"}, Shared{ID: "late", Organisation: "juniper"}))
	assert.Empty(t, d.ByAccount("june"))
	assert.Empty(t, d.SharedWith(jack))
	for _, id := range []string{"k", "late"} {
		_, ok := d.FindShared(id, jack)
		assert.False(t, ok, id)
	}
	assert.Len(t, d.ByAccount("jack").Templates, 1, "others keep theirs")
}

func TestWhoeverMovesAwaySharesNothingWithTheFormerOrganisation(t *testing.T) {
	var l log
	d := NewDirectory()
	moves := func(organisation string) {
		d.Apply(domain.Page{To: l.at, Events: []domain.Recorded{{Stream: account.StreamPrefix + "june", Event: account.RightsChanged{Organisation: organisation}}}})
	}
	d.Apply(l.page("june", korean(), Shared{ID: "k", Organisation: "juniper"}))
	require.Len(t, d.SharedWith(jack), 1)
	moves("lantern")
	assert.Empty(t, d.SharedWith(jack))
	_, ok := d.FindShared("k", jack)
	assert.False(t, ok)
	moves("juniper")
	assert.Len(t, d.SharedWith(jack), 1)
}
