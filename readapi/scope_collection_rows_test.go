package readapi

import (
	"net/http"
	"slices"
	"strings"

	"github.com/stretchr/testify/assert"

	"backlot/domain"
	"backlot/readapi/facets"
)

// collectionRows are the searches over requests, and the catalogue.
func collectionRows() []scopeRow {
	return []scopeRow{
		{operation: "listModifiers", check: func(c *scopeCell) { c.status(c.call(scopeCall{}), http.StatusOK) }},
		{operation: "listIssueTypes", check: func(c *scopeCell) { c.status(c.call(scopeCall{}), http.StatusOK) }},
		{operation: "getIssueType", check: func(c *scopeCell) {
			c.status(c.call(scopeCall{variables: []string{"typo"}}), http.StatusOK)
			c.status(c.call(scopeCall{variables: []string{"zqcodethimble"}}), http.StatusNotFound)
		}},
		{operation: "listFindingTypes", check: func(c *scopeCell) { c.status(c.call(scopeCall{}), http.StatusOK) }},
		{operation: "getFindingType", check: func(c *scopeCell) {
			c.status(c.call(scopeCall{variables: []string{"empty-cue"}}), http.StatusOK)
			c.status(c.call(scopeCall{variables: []string{"zqhissharrow"}}), http.StatusNotFound)
		}},
		{operation: "listModifierValues", check: checkValues},
		{operation: "countBuckets", check: checkBuckets},
		{operation: "getTrends", check: checkTrends},
		{operation: "listRequests", check: checkRequests},
		{operation: "getTimeline", check: checkTimeline},
		{operation: "listOrganisations", check: func(c *scopeCell) {
			a := c.call(scopeCall{})
			want := slices.Clone(presentOn[c.who.party()])
			if c.who.principal().SeesAll() {
				want = []string{nord, sud, lone, alder, birch, cedar, moon}
			}
			assert.ElementsMatch(c.t, want, a.ok(http.StatusOK).each("organisations", "id"), "%s as %s", c.operation, c.who)
		}},
	}
}

// checkValues asks for the values of every modifier. Those that every request
// has one of its own of are as many as the requests that the caller sees.
func checkValues(c *scopeCell) {
	for _, m := range facets.Modifiers() {
		for _, query := range []string{"status=All", "status=All&limit=1", "status=All&q=zq", "status=All&q=zqtitle"} {
			a := c.call(scopeCall{query: query, variables: []string{m.Name}}).ok(http.StatusOK)
			if query == "status=All&q=zq" && slices.Contains([]string{"request_id", "package_id", "movie_id", "title", "language", "country"}, m.Name) {
				c.counts(m.Name+" values", len(seenOf(c.who)), a.count("total"))
			}
		}
	}
	for _, m := range []string{"title", "language", "responsible"} {
		for _, n := range namings(c.who) {
			c.alike(n.hidden, n.never, scopeCall{query: "status=All&" + queryOf(n.modifier, n.hidden), variables: []string{m}})
		}
	}
	for _, r := range scopeRequests {
		if !r.relation(c.who).may(toSee) {
			c.alike(r.word, never, scopeCall{query: "status=All&q=zqtitle" + r.word, variables: []string{"title"}})
		}
	}
	c.hasShown("")
}

func (c *scopeCell) counts(what string, want, got int) {
	c.t.Helper()
	if want != got {
		c.fails("%s: %d instead of %d", what, got, want)
	}
}

// checkBuckets counts by every grouping and by pairs of them.
func checkBuckets(c *scopeCell) {
	groupings := []string{"language,title", "fulfillment_partner,content_partner"}
	for _, g := range facets.Groupings() {
		groupings = append(groupings, g.Name)
	}
	for _, group := range groupings {
		for _, more := range []string{"", "&now=2027-06-01T00:00:00Z", "&groups_limit=1", "&groups_q=zq", "&groups_sort=-matched"} {
			a := c.call(scopeCall{query: "status=All&group=" + group + more}).ok(http.StatusOK)
			c.counts("matched by "+group, len(seenOf(c.who)), a.count("matched"))
		}
	}
	for grouping, part := range map[string]relation{"content_partner": ownTitle, "fulfillment_partner": assigned} {
		got := map[string]int{}
		for _, g := range c.call(scopeCall{query: "status=All&group=" + grouping}).ok(http.StatusOK).list("groups") {
			group := object(g.(map[string]any))
			got[strings.ToLower(group.text("key."+grouping))] = group.count("matched")
		}
		assert.Equal(c.t, c.seenWith(part), got, "%s as %s, by %s", c.operation, c.who, grouping)
	}
	for _, group := range []string{"title", "responsible"} {
		for _, n := range namings(c.who) {
			c.alike(n.hidden, n.never, scopeCall{query: "status=All&group=" + group + "&" + queryOf(n.modifier, n.hidden)})
		}
	}
	c.hasShown("")
}

// seenWith counts the requests that the caller sees by who has a part in them.
func (c *scopeCell) seenWith(part relation) map[string]int {
	counts := map[string]int{}
	for _, r := range seenOf(c.who) {
		has := ""
		for organisation, is := range r.partners {
			if is == part {
				has = organisation
			}
		}
		counts[has]++
	}
	return counts
}

// checkRequests lists rows by every order, in pages of one, and beyond the end.
func checkRequests(c *scopeCell) {
	seen := len(seenOf(c.who))
	for _, column := range append(facets.Columns(), facets.Column{Name: "insight"}) {
		for _, sort := range []string{column.Name, "-" + column.Name} {
			a := c.call(scopeCall{query: "status=All&sort=" + sort})
			if a.status == http.StatusBadRequest { // not everything can be sorted by
				continue
			}
			c.counts("total by "+sort, seen, a.ok(http.StatusOK).count("total"))
			c.counts("rows by "+sort, seen, len(a.ok(http.StatusOK).list("rows")))
		}
	}
	for _, sort := range []string{"title", "-responsible", "fulfillment_partner"} {
		query, rows := "status=All&limit=1&sort="+sort, 0
		for cursor := ""; ; {
			page := c.call(scopeCall{query: query + cursor}).ok(http.StatusOK)
			c.counts("total by pages", seen, page.count("total"))
			rows += len(page.list("rows"))
			if page.at("next") == nil {
				break
			}
			cursor = "&cursor=" + page.text("next")
		}
		c.counts("rows by pages", seen, rows)
	}
	c.counts("rows beyond the end", 0, len(c.call(scopeCall{query: "status=All&offset=100"}).ok(http.StatusOK).list("rows")))
	// Somebody else's cursor stands on a row that the caller may not see.
	for _, p := range []scopePerson{olga, topaz} {
		next := c.as(p.principal()).get("/requests?status=All&limit=1&sort=title").ok(http.StatusOK).text("next")
		c.status(c.call(scopeCall{query: "status=All&limit=100&sort=title&cursor=" + next}), http.StatusOK)
	}
	for _, n := range namings(c.who) {
		c.alike(n.hidden, n.never, scopeCall{query: "status=All&" + queryOf(n.modifier, n.hidden)})
	}
	for _, group := range []struct{ name, field string }{{"title", "title"}, {"language", "lang"}, {"country", "country"}, {"package", "pack"}} {
		for _, r := range scopeRequests {
			if !r.relation(c.who).may(toSee) {
				c.alike(r.word, never, scopeCall{query: "status=All&group." + group.name + "=Zq" + group.field + r.word})
			}
		}
	}
	c.ordersHide()
	c.hasShown("")
}

// checkTimeline asks for every request at once, and for those that are hidden.
func checkTimeline(c *scopeCell) {
	seen := len(seenOf(c.who))
	for _, more := range []string{"", "&now=2027-06-01T00:00:00Z", "&now=2026-11-01T00:00:00Z"} {
		a := c.call(scopeCall{query: "status=All" + more}).ok(http.StatusOK)
		c.counts("total", seen, a.count("total"))
		c.counts("lanes", seen, len(a.list("lanes")))
	}
	c.counts("total of one lane", seen, c.call(scopeCall{query: "status=All&limit=1"}).ok(http.StatusOK).count("total"))
	for _, n := range namings(c.who) {
		c.alike(n.hidden, n.never, scopeCall{query: "status=All&" + queryOf(n.modifier, n.hidden)})
	}
	c.hasShown("")
}

func checkTrends(c *scopeCell) {
	seen := len(seenOf(c.who))
	points := c.call(scopeCall{query: "status=All"}).ok(http.StatusOK).list("points")
	c.counts("matched today", seen, object(points[len(points)-1].(map[string]any)).count("matched"))
	for _, n := range namings(c.who) {
		// What the caller saw of a request that it still sees, its history tells it as well: who
		// worked on it before, unless the caller itself does so now, and whose title it was.
		modifier := strings.TrimPrefix(n.modifier, "-")
		if modifier == "content_partner" || modifier == "fulfillment_partner" && c.who.role != domain.RoleFulfillmentPartner {
			continue
		}
		c.alike(n.hidden, n.never, scopeCall{query: "status=All&" + queryOf(n.modifier, n.hidden)})
	}
	c.hasShown("")
}

// ordersHide fails where the order of rows by who is responsible says anything
// to those who know of nobody.
func (c *scopeCell) ordersHide() {
	if c.who.principal().SeesAll() || c.who.role == domain.RoleFulfillmentPartner {
		return
	}
	ids := func(sort string) []string {
		return c.call(scopeCall{query: "status=All&sort=" + sort}).ok(http.StatusOK).each("rows", "request_id")
	}
	assert.Equal(c.t, ids("request_id"), ids("responsible"), "%s as %s, by who is responsible", c.operation, c.who)
}
