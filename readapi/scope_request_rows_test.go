package readapi

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// never is the word of a request that never was.
const never = "nowhere"

// beforeAll asks for a history before anything was opened.
const beforeAll = "at=2026-11-01"

// requestRows are the reads of one request.
func requestRows() []scopeRow {
	var rows []scopeRow
	for _, read := range []struct {
		operation string
		queries   []string
	}{
		{"getRequest", []string{"", "now=2027-01-01T00:00:00Z"}},
		{"listDeliveries", []string{""}},
		{"listQualityControls", []string{""}},
		{"listComments", []string{""}},
		{"listMaterials", []string{""}},
		{"getHistory", []string{"", "at=2026-11-20", beforeAll}},
	} {
		rows = append(rows, scopeRow{operation: read.operation, check: func(c *scopeCell) {
			for _, r := range c.some(len(scopeRequests)) {
				for _, query := range slices.Concat(read.queries, []string{"after=" + c.end().String()}) {
					c.readsRequest(r, query)
				}
				for _, at := range c.turned[r.word] {
					if c.operation == "getHistory" {
						c.readsRequest(r, "at="+at.Format(time.RFC3339))
					}
				}
				c.hasShown(r.word)
			}
		}})
	}
	return append(rows, scopeRow{operation: "listMentionable", check: checkMentionable})
}

// checkMentionable asks of every request whom a comment could mention: nobody
// but those who may comment is told.
func checkMentionable(c *scopeCell) {
	for _, r := range c.some(len(scopeRequests)) {
		relation := r.relation(c.who)
		c.about = ", " + string(relation) + ", on " + r.word
		call := scopeCall{variables: []string{r.id()}}
		switch {
		case !relation.may(toSee):
			c.status(c.alike(r.word, never, call), http.StatusNotFound)
		case !relation.may(toComment):
			c.status(c.call(call), http.StatusForbidden)
		default:
			c.status(c.call(call), http.StatusOK)
		}
		c.about = ""
	}
}

// some returns the requests, at most n of those that the caller has the same
// relation to, and two that are foreign: one is like the other.
func (c *scopeCell) some(n int) []*scopeRequest {
	have := map[relation]int{}
	return slices.DeleteFunc(slices.Clone(scopeRequests), func(r *scopeRequest) bool {
		is := r.relation(c.who)
		have[is]++
		return have[is] > n || is == foreign && have[is] > 2
	})
}

// mayKnowOf counts those whom the caller may know to be responsible: the people
// of its own organisation, or all for those who see all.
func (c *scopeCell) mayKnowOf(responsible []scopePerson) (n int) {
	for _, p := range responsible {
		if c.who.principal().SeesAll() || c.who.organisation == p.organisation {
			n++
		}
	}
	return n
}

func (c *scopeCell) readsRequest(r *scopeRequest, query string) {
	relation := r.relation(c.who)
	c.about = ", " + string(relation) + ", on " + r.word
	defer func() { c.about = "" }()
	call := scopeCall{query: query, variables: []string{r.id()}}
	switch {
	case !relation.may(toSee):
		c.status(c.alike(r.word, never, call), http.StatusNotFound)
	case query == beforeAll:
		c.status(c.call(call), http.StatusNotFound)
	default:
		a := c.call(call)
		c.status(a, http.StatusOK)
		if c.operation == "getHistory" && query == "" {
			c.counts("entries of who is responsible", c.mayKnowOf(c.responsible[r.word]), strings.Count(string(a.body), `"responsible_changed"`))
		}
	}
}
