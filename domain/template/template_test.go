package template_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	. "backlot/domain/template"
)

// Who acts in the specifications.
var (
	olga  = domain.Principal{Account: "olga", Role: domain.RoleOperator}
	quinn = domain.Principal{Account: "quinn", Role: domain.RoleQualityControl}
	june  = domain.Principal{Account: "june", Organisation: "juniper", Role: domain.RoleFulfillmentPartner}
	jack  = domain.Principal{Account: "jack", Organisation: "juniper", Role: domain.RoleFulfillmentPartner}
	lars  = domain.Principal{Account: "lars", Organisation: "lantern", Role: domain.RoleFulfillmentPartner}
	stray = domain.Principal{Account: "stray", Role: domain.RoleContentPartner} // a partner's account without an organisation
)

var dawn = time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)

// state folds events, each a minute after the one before.
func state(events ...Event) State {
	var s State
	for n, e := range events {
		s = Evolve(s, e, domain.Occurrence{At: dawn.Add(time.Duration(n) * time.Minute)})
	}
	return s
}

func korean() Saved {
	return Saved{ID: "k", Name: "Korean dubs", Query: "language=Korean", Groups: []string{"country"}}
}

func dutch() Saved { return Saved{ID: "d", Name: "Dutch", Query: "language=Dutch"} }

// same is what korean was saved as, changed.
func same(change func(*Content)) Content {
	c := Content{Name: "Korean dubs", Query: "language=Korean", Groups: []string{"country"}}
	change(&c)
	return c
}

func as(*Content) {}

func full() []Event {
	var events []Event
	for n := range MaxTemplates {
		events = append(events, Saved{ID: fmt.Sprint("t", n), Name: fmt.Sprint("T ", n)})
	}
	return events
}

func TestDecide(t *testing.T) {
	yes, no := true, false
	given := func(more ...Event) []Event { return append([]Event{korean(), dutch()}, more...) }
	for name, c := range map[string]struct {
		given []Event
		by    domain.Principal
		when  Command
		then  []Event
		code  domain.Code
		field string
	}{
		"saves":                    {nil, olga, Save{"k", same(func(c *Content) { c.Name = " Korean dubs " })}, []Event{korean()}, "", ""},
		"saves everything":         {nil, olga, Save{"a", Content{Name: "All"}}, []Event{Saved{ID: "a", Name: "All"}}, "", ""},
		"saves, shares, prefers":   {nil, june, Save{"k", same(func(c *Content) { c.Shared, c.Default = true, &yes })}, []Event{korean(), Shared{ID: "k", Organisation: "juniper"}, DefaultChosen{ID: "k"}}, "", ""},
		"saves and does not":       {nil, june, Save{"k", same(func(c *Content) { c.Default = &no })}, []Event{korean()}, "", ""},
		"saves no name":            {nil, olga, Save{"k", same(func(c *Content) { c.Name = " " })}, nil, domain.CodeInvalid, "name"},
		"saves controls":           {nil, olga, Save{"k", same(func(c *Content) { c.Name = "a\tb" })}, nil, domain.CodeInvalid, "name"},
		"saves what is not UTF-8":  {nil, olga, Save{"k", same(func(c *Content) { c.Name = "a\xff" })}, nil, domain.CodeInvalid, "name"},
		"saves 81 characters":      {nil, olga, Save{"k", same(func(c *Content) { c.Name = strings.Repeat("é", 81) })}, nil, domain.CodeInvalid, "name"},
		"saves 80 characters":      {nil, olga, Save{"k", Content{Name: strings.Repeat("é", 80)}}, []Event{Saved{ID: "k", Name: strings.Repeat("é", 80)}}, "", ""},
		"saves too long a query":   {nil, olga, Save{"k", same(func(c *Content) { c.Query = strings.Repeat("q", 16_001) })}, nil, domain.CodeInvalid, "query"},
		"saves too many groups":    {nil, olga, Save{"k", same(func(c *Content) { c.Groups = make([]string, 21) })}, nil, domain.CodeInvalid, "groups"},
		"saves a name that is":     {given(), olga, Save{"x", Content{Name: "dUTCH"}}, nil, domain.CodeConflict, "name"},
		"saves a name that was":    {given(Renamed{ID: "d", Name: "x"}), olga, Save{"y", Content{Name: "dutch"}}, []Event{Saved{ID: "y", Name: "dutch"}}, "", ""},
		"saves what is":            {given(), olga, Save{"k", same(as)}, nil, domain.CodeConflict, ""},
		"saves one too many":       {full(), olga, Save{"k", same(as)}, nil, domain.CodeRefused, ""},
		"saves the last one":       {full()[1:], olga, Save{"k", same(as)}, []Event{korean()}, "", ""},
		"shares with nobody":       {nil, stray, Save{"k", same(func(c *Content) { c.Shared = true })}, nil, domain.CodeInvalid, "shared"},
		"renames":                  {given(), olga, Replace{"k", same(func(c *Content) { c.Name = "KOREAN dubs " })}, []Event{Renamed{ID: "k", Name: "KOREAN dubs"}}, "", ""},
		"renames to another's":     {given(), olga, Replace{"k", same(func(c *Content) { c.Name = "DUTCH" })}, nil, domain.CodeConflict, "name"},
		"searches otherwise":       {given(), olga, Replace{"k", same(func(c *Content) { c.Query = "status=Open" })}, []Event{QueryChanged{ID: "k", Query: "status=Open", Groups: []string{"country"}}}, "", ""},
		"groups otherwise":         {given(), olga, Replace{"k", same(func(c *Content) { c.Groups = nil })}, []Event{QueryChanged{ID: "k", Query: "language=Korean"}}, "", ""},
		"changes nothing":          {given(Shared{ID: "k"}), olga, Replace{"k", same(func(c *Content) { c.Shared = true })}, nil, "", ""},
		"shares":                   {given(), olga, Replace{"k", same(func(c *Content) { c.Shared = true })}, []Event{Shared{ID: "k"}}, "", ""},
		"shares after a move":      {given(Shared{ID: "k", Organisation: "juniper"}), lars, Replace{"k", same(func(c *Content) { c.Shared = true })}, []Event{Shared{ID: "k", Organisation: "lantern"}}, "", ""},
		"keeps it to itself":       {given(Shared{ID: "k", Organisation: "juniper"}), lars, Replace{"k", same(as)}, []Event{Unshared{ID: "k"}}, "", ""},
		"replaces nothing":         {given(), olga, Replace{"x", same(as)}, nil, domain.CodeNotFound, ""},
		"replaces what was":        {given(Deleted{ID: "k"}), olga, Replace{"k", same(as)}, nil, domain.CodeNotFound, ""},
		"prefers by replacing":     {given(), olga, Replace{"k", same(func(c *Content) { c.Default = &yes })}, []Event{DefaultChosen{ID: "k"}}, "", ""},
		"leaves the default":       {given(DefaultChosen{ID: "k"}), olga, Replace{"k", same(as)}, nil, "", ""},
		"prefers none any more":    {given(DefaultChosen{ID: "k"}), olga, Replace{"k", same(func(c *Content) { c.Default = &no })}, []Event{DefaultChosen{}}, "", ""},
		"is not the default":       {given(DefaultChosen{ID: "d"}), olga, Replace{"k", same(func(c *Content) { c.Default = &no })}, nil, "", ""},
		"chooses its own":          {given(), olga, ChooseDefault{ID: "k"}, []Event{DefaultChosen{ID: "k"}}, "", ""},
		"chooses another's":        {given(), olga, ChooseDefault{ID: "x", SharedBy: "quinn"}, []Event{DefaultChosen{ID: "x"}}, "", ""},
		"chooses none":             {given(DefaultChosen{ID: "k"}), olga, ChooseDefault{}, []Event{DefaultChosen{}}, "", ""},
		"chooses none of none":     {nil, olga, ChooseDefault{}, nil, "", ""},
		"chooses what is not":      {given(), olga, ChooseDefault{ID: "x"}, nil, domain.CodeNotFound, ""},
		"deletes":                  {given(), olga, Delete{"k"}, []Event{Deleted{ID: "k"}}, "", ""},
		"deletes nothing":          {given(), olga, Delete{"x"}, nil, domain.CodeNotFound, ""},
		"knows no other command":   {given(), olga, alien{}, nil, domain.CodeInternal, ""},
		"a bad name of what isn't": {given(), olga, Replace{"x", Content{}}, nil, domain.CodeNotFound, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := state(c.given...)
			events, err := Decide(s, c.by, c.when)
			require.Equal(t, c.code, domain.ErrorCode(err), "%v", err)
			require.Equal(t, c.then, events)
			if err != nil {
				var e *domain.Error
				require.ErrorAs(t, err, &e)
				assert.Equal(t, c.field, e.Field)
				return
			}
			switch c.when.(type) {
			case Replace, ChooseDefault:
				again, err := Decide(state(append(c.given, events...)...), c.by, c.when)
				require.NoError(t, err)
				require.Empty(t, again, "the command again changes nothing")
			}
		})
	}
}

type (
	alien      struct{ Command }
	alienEvent struct{ Event }
)

func TestTargets(t *testing.T) {
	for _, c := range []Command{Save{ID: "a"}, Replace{ID: "a"}, ChooseDefault{ID: "a"}, Delete{ID: "a"}} {
		assert.Equal(t, "a", c.Target())
	}
}

func TestEvolve(t *testing.T) {
	s := state(korean(), dutch(), DefaultChosen{ID: "k"}, Shared{ID: "k", Organisation: "juniper"}, Renamed{ID: "d", Name: "Nederlands"}, QueryChanged{ID: "d", Query: "status=Open", Groups: []string{"status"}})
	assert.Equal(t, State{Default: "k", Templates: []Template{
		{ID: "k", Name: "Korean dubs", Query: "language=Korean", Groups: []string{"country"}, Shared: true, Organisation: "juniper", UpdatedAt: dawn.Add(3 * time.Minute)},
		{ID: "d", Name: "Nederlands", Query: "status=Open", Groups: []string{"status"}, UpdatedAt: dawn.Add(5 * time.Minute)},
	}}, s)
	now := domain.Occurrence{At: dawn.Add(time.Hour)}
	for _, e := range []Event{nil, alienEvent{}, Renamed{ID: "x", Name: "y"}, QueryChanged{ID: "x"}, Shared{ID: "x"}, Unshared{ID: "x"}, Deleted{ID: "x"}, Saved{ID: "k", Name: "again"}} {
		assert.Equal(t, s, Evolve(s, e, now), "%T", e)
	}
	unshared, _ := Evolve(s, Unshared{ID: "k"}, now).Get("k")
	assert.Equal(t, Template{ID: "k", Name: "Korean dubs", Query: "language=Korean", Groups: []string{"country"}, UpdatedAt: now.At}, unshared)
	assert.Equal(t, "k", Evolve(s, Deleted{ID: "d"}, now).Default)
	gone := Evolve(s, Deleted{ID: "k"}, now)
	assert.Empty(t, gone.Default, "the default goes with its template")
	_, ok := gone.Get("k")
	assert.False(t, ok)
	assert.Len(t, gone.Templates, 1)
	assert.Equal(t, s, Fold(s, domain.Recorded{Event: "of another aggregate"}))
	assert.Equal(t, dawn, Fold(State{}, domain.Recorded{Event: dutch(), Metadata: domain.Metadata{OccurredAt: dawn}}).Templates[0].UpdatedAt)
	assert.Equal(t, "templates-june", StreamOf(june.Account))
}

func TestWhoATemplateIsSharedWith(t *testing.T) {
	everybody := []domain.Principal{olga, quinn, june, jack, lars, stray, {}}
	with := func(t Template) []string {
		var accounts []string
		for _, p := range everybody {
			if t.SharedWith(p) {
				accounts = append(accounts, p.Account)
			}
		}
		return accounts
	}
	assert.Equal(t, []string{"olga", "quinn"}, with(Template{Shared: true}), "the streaming service's own people are one organisation")
	assert.Equal(t, []string{"june", "jack"}, with(Template{Shared: true, Organisation: "juniper"}))
	assert.Empty(t, with(Template{}))
	assert.Empty(t, with(Template{Organisation: "juniper"}))
}

// commandOf draws a command on few ids and names, so that they meet.
func commandOf(t *rapid.T) Command {
	id := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "id")
	content := Content{
		Name:    rapid.SampledFrom([]string{"One", "one", " ONE ", "Two", "tWo", "Three", ""}).Draw(t, "name"),
		Query:   rapid.SampledFrom([]string{"", "status=Open"}).Draw(t, "query"),
		Groups:  rapid.SampledFrom([][]string{nil, {"language"}}).Draw(t, "groups"),
		Shared:  rapid.Bool().Draw(t, "shared"),
		Default: rapid.SampledFrom([]*bool{nil, new(bool), func() *bool { b := true; return &b }()}).Draw(t, "default"),
	}
	switch rapid.IntRange(0, 4).Draw(t, "kind") {
	case 0, 1:
		return Save{id, content}
	case 2:
		return Replace{id, content}
	case 3:
		return ChooseDefault{ID: id}
	}
	return Delete{id}
}

func TestWhatCommandsLeadTo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s State
		var before []string // every earlier state, which nothing may change
		var states []State
		for n := range 30 {
			by := rapid.SampledFrom([]domain.Principal{olga, june, lars}).Draw(t, "by")
			c := commandOf(t)
			events, err := Decide(s, by, c)
			states, before = append(states, s), append(before, asJSON(t, s))
			for _, e := range events {
				s = Evolve(s, e, domain.Occurrence{At: dawn.Add(time.Duration(n) * time.Minute)})
			}
			names, ids := map[string]bool{}, map[string]bool{}
			for _, each := range s.Templates {
				require.NotEmpty(t, each.Name)
				require.False(t, names[strings.ToLower(each.Name)], "two are called %s", each.Name)
				require.False(t, ids[each.ID])
				names[strings.ToLower(each.Name)], ids[each.ID] = true, true
			}
			require.True(t, s.Default == "" || ids[s.Default], "the default is one that there is")
			if err != nil {
				require.Empty(t, events)
				continue
			}
			now, own := s.Get(c.Target())
			switch c := c.(type) {
			case Save:
				require.True(t, own)
				require.Equal(t, c.Shared, now.SharedWith(by))
			case Replace:
				require.Equal(t, Template{ID: c.ID, Name: strings.TrimSpace(c.Name), Query: c.Query, Groups: c.Groups, Shared: c.Shared, Organisation: now.Organisation, UpdatedAt: now.UpdatedAt}, now)
				require.True(t, c.Default == nil || *c.Default == (s.Default == c.ID))
				require.Equal(t, c.Shared, now.SharedWith(by))
			case Delete:
				require.False(t, own)
			}
		}
		for n, earlier := range states {
			require.Equal(t, before[n], asJSON(t, earlier))
		}
	})
}

func TestEventsAreStorable(t *testing.T) {
	for _, e := range []any{&Saved{ID: "a", Name: "b", Query: "c", Groups: []string{"d"}}, &Renamed{ID: "a", Name: "b"}, &QueryChanged{ID: "a", Query: "b", Groups: []string{"c"}},
		&Shared{ID: "a", Organisation: "b"}, &Unshared{ID: "a"}, &DefaultChosen{ID: "a"}, &Deleted{ID: "a"}} {
		before := asJSON(t, e)
		require.NoError(t, json.Unmarshal([]byte(before), e))
		assert.Equal(t, before, asJSON(t, e))
	}
}

func asJSON(t require.TestingT, v any) string {
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}
