package organisation_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	. "backlot/domain/organisation"
)

func state(events ...Event) State {
	var s State
	for _, e := range events {
		s = Evolve(s, e)
	}
	return s
}

func registered() Registered {
	return Registered{Name: "Harbour Post", Kinds: []Kind{FulfillmentPartner}, Aliases: []string{"HP"}}
}

func TestDecide(t *testing.T) {
	for name, c := range map[string]struct {
		given []Event
		when  Command
		then  []Event
		code  domain.Code
		field string
	}{
		"registers":                 {nil, Ensure{Name: " Harbour Post ", Kind: FulfillmentPartner}, []Event{Registered{Name: "Harbour Post", Kinds: []Kind{FulfillmentPartner}}}, "", ""},
		"is there already":          {[]Event{registered()}, Ensure{Name: "Harbour Post", Kind: FulfillmentPartner}, nil, "", ""},
		"in another case":           {[]Event{registered()}, Ensure{Name: "HARBOUR post", Kind: FulfillmentPartner}, nil, "", ""},
		"by its alias":              {[]Event{registered()}, Ensure{Name: "hp", Kind: FulfillmentPartner}, nil, "", ""},
		"by its former name":        {[]Event{registered(), Renamed{Name: "Harbour Media"}}, Ensure{Name: "harbour post", Kind: FulfillmentPartner}, nil, "", ""},
		"plays another part":        {[]Event{registered()}, Ensure{Name: "Harbour Post", Kind: ContentPartner}, []Event{KindAdded{Kind: ContentPartner}}, "", ""},
		"plays both parts":          {[]Event{registered(), KindAdded{Kind: ContentPartner}}, Ensure{Name: "Harbour Post", Kind: ContentPartner}, nil, "", ""},
		"the id is another's":       {[]Event{registered()}, Ensure{Name: "Harbour-Post", Kind: FulfillmentPartner}, nil, domain.CodeConflict, ""},
		"ensures no name":           {nil, Ensure{Name: " ", Kind: FulfillmentPartner}, nil, domain.CodeInvalid, "name"},
		"ensures controls":          {nil, Ensure{Name: "a\nb", Kind: FulfillmentPartner}, nil, domain.CodeInvalid, "name"},
		"ensures what is not UTF-8": {nil, Ensure{Name: "a\xff", Kind: FulfillmentPartner}, nil, domain.CodeInvalid, "name"},
		"ensures 201 characters":    {nil, Ensure{Name: strings.Repeat("é", 201), Kind: FulfillmentPartner}, nil, domain.CodeInvalid, "name"},
		"ensures 200 characters":    {nil, Ensure{Name: strings.Repeat("é", 200), Kind: FulfillmentPartner}, []Event{Registered{Name: strings.Repeat("é", 200), Kinds: []Kind{FulfillmentPartner}}}, "", ""},
		"ensures another kind":      {nil, Ensure{Name: "a", Kind: "caterer"}, nil, domain.CodeInvalid, "kind"},
		"renames":                   {[]Event{registered()}, Rename{Name: " Harbour Media"}, []Event{Renamed{Name: "Harbour Media"}}, "", ""},
		"renames to the same":       {[]Event{registered()}, Rename{Name: "Harbour Post "}, nil, "", ""},
		"renames to another case":   {[]Event{registered()}, Rename{Name: "HARBOUR POST"}, []Event{Renamed{Name: "HARBOUR POST"}}, "", ""},
		"renames to nothing":        {[]Event{registered()}, Rename{}, nil, domain.CodeInvalid, "name"},
		"renames nobody":            {nil, Rename{Name: "a"}, nil, domain.CodeNotFound, ""},
		"does not know the command": {nil, alien{}, nil, domain.CodeInternal, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := state(c.given...)
			events, err := Decide(s, c.when)
			require.Equal(t, c.code, domain.ErrorCode(err), "%v", err)
			require.Equal(t, c.then, events)
			if err != nil {
				var e *domain.Error
				require.ErrorAs(t, err, &e)
				assert.Equal(t, c.field, e.Field)
				return
			}
			again, err := Decide(state(append(c.given, events...)...), c.when)
			require.NoError(t, err)
			require.Empty(t, again, "the command again changes nothing")
		})
	}
}

type (
	alien      struct{ Command }
	alienEvent struct{ Event }
)

func TestEvolve(t *testing.T) {
	s := state(registered(), KindAdded{Kind: ContentPartner}, KindAdded{Kind: ContentPartner}, Renamed{Name: "Harbour Media"})
	assert.Equal(t, State{Name: "Harbour Media", Kinds: []Kind{FulfillmentPartner, ContentPartner}, Aliases: []string{"HP", "Harbour Post"}}, s)
	assert.True(t, s.Exists())
	assert.Equal(t, []string{"HP", "Harbour Post", "Harbour Media"}, state(registered(), Renamed{Name: "Harbour Media"}, Renamed{Name: "Harbour Post"}, Renamed{Name: "C"}).Aliases)
	assert.False(t, State{}.Exists())
	for name, answers := range map[string]bool{"harbour media": true, "HP": true, "Harbour POST": true, "Harbour": false, "": false} {
		assert.Equal(t, answers, s.AnswersTo(name), name)
	}
	assert.Empty(t, state(Renamed{Name: "a"}).Aliases, "nobody's former name is none")
	assert.Equal(t, s, Evolve(s, nil))
	assert.Equal(t, s, Evolve(s, alienEvent{}))
}

func TestEvolveChangesNoEarlierState(t *testing.T) {
	events := []Event{registered(), KindAdded{Kind: ContentPartner}, KindAdded{Kind: "c"}, KindAdded{Kind: "d"}, Renamed{Name: "b"}, Renamed{Name: "c"}, Renamed{Name: "d"}, nil, alienEvent{}}
	rapid.Check(t, func(t *rapid.T) {
		states := []State{{}}
		snapshots := []string{asJSON(t, State{})}
		for range 20 {
			from := rapid.IntRange(0, len(states)-1).Draw(t, "from")
			s := Evolve(states[from], rapid.SampledFrom(events).Draw(t, "event"))
			states, snapshots = append(states, s), append(snapshots, asJSON(t, s))
		}
		for i, s := range states {
			require.Equal(t, snapshots[i], asJSON(t, s))
		}
	})
}

func TestEventsAreStorable(t *testing.T) {
	for _, e := range []any{&Registered{Name: "a", Kinds: []Kind{ContentPartner}, Aliases: []string{"b"}}, &KindAdded{Kind: ContentPartner}, &Renamed{Name: "c"}} {
		before := asJSON(t, e)
		require.NoError(t, json.Unmarshal([]byte(before), e))
		assert.Equal(t, before, asJSON(t, e))
	}
}

func TestSlug(t *testing.T) {
	for name, want := range map[string]string{
		"Harbour Post": "harbour-post", "  Harbour -- Post! ": "harbour-post", "Éclair Média": "éclair-média", "東宝": "東宝", "A&B 2": "a-b-2",
		"": "organisation", "!!!": "organisation", "a": "a", "-a-": "a",
	} {
		assert.Equal(t, want, Slug(name), "%q", name)
	}
}

func FuzzSlug(f *testing.F) {
	f.Add("Harbour Post")
	f.Add("İstanbul\xff")
	f.Fuzz(func(t *testing.T, name string) {
		s := Slug(name)
		require.NotEmpty(t, s)
		require.False(t, strings.HasPrefix(s, "-") || strings.HasSuffix(s, "-") || strings.Contains(s, "--"), "%q", s)
		for _, r := range s {
			require.True(t, r == '-' || unicode.IsLetter(r) || unicode.IsDigit(r), "%q", s)
		}
		if s != "organisation" {
			require.Equal(t, s, Slug(s), "a slug is its own slug")
		}
	})
}

func asJSON(t require.TestingT, v any) string {
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}
