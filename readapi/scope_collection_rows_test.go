package readapi

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/stretchr/testify/assert"

	"backlot/domain"
	"backlot/readapi/facets"
)

// naming names something hidden in a search, and what never was in its place.
type naming struct{ modifier, hidden, never string }

// namings are what a caller could try: the title of every hidden request, and
// the rest of one request of each relation.
func namings(p scopePerson) []naming {
	var out []naming
	tried := map[relation]bool{}
	for _, r := range scopeRequests {
		is := r.relation(p)
		if is.may(toSee) {
			continue
		}
		// Both are as near to a title that is seen as the other.
		never := r.word[:len(r.word)-1] + "j"
		out = append(out, naming{"title", "zqtitle" + r.word, "zqtitle" + never})
		if tried[is] {
			continue
		}
		tried[is] = true
		for _, m := range []naming{{"request_id", "zqid", ""}, {"package_id", "zqpack", ""}, {"movie_id", "zqmovie", ""}, {"language", "zqlang", ""}, {"country", "zqcountry", ""}} {
			out = append(out, naming{m.modifier, m.hidden + r.word, m.hidden + never}, naming{"-" + m.modifier, m.hidden + r.word, m.hidden + never})
		}
	}
	if p.principal().SeesAll() {
		return out
	}
	for _, id := range []string{nord, sud, lone, alder, birch, cedar, moon} {
		if !slices.Contains(presentOn[p.party()], id) {
			out = append(out, naming{"content_partner", id, "zqnobodys"}, naming{"-fulfillment_partner", id, "zqnobodys"}, naming{"fulfillment_partner", id, "zqnobodys"})
		}
	}
	for _, responsible := range []scopePerson{hazel, onyx, ebony} {
		if responsible.organisation != p.organisation {
			out = append(out, naming{"responsible", responsible.id(), "zqacctnobody"}, naming{"-responsible", "zqname" + responsible.word, "zqnamenobody"})
		}
	}
	for _, checked := range []string{"thimble", "walrus"} {
		if !requestOf(checked).relation(p).may(toSee) {
			out = append(out, naming{"issues", "zqcode" + checked, "zqcodenowhere"})
		}
	}
	return out
}

// fewNamings are one of each modifier, for what takes its time.
func fewNamings(p scopePerson) []naming {
	var few []naming
	for _, n := range namings(p) {
		if !slices.ContainsFunc(few, func(f naming) bool { return f.modifier == n.modifier }) {
			few = append(few, n)
		}
	}
	return few
}

func queryOf(name, value string) string { return name + "=" + url.QueryEscape(value) }

// collectionRows are the searches over requests, and the catalogue.
func collectionRows() []scopeRow {
	return []scopeRow{
		{operation: "listModifiers", check: func(c *scopeCell) { c.status(c.call(scopeCall{}), http.StatusOK) }},
		{operation: "listModifierValues", check: checkValues},
		{operation: "countBuckets", check: checkBuckets},
		{operation: "listRequests", check: checkRequests},
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

// oneHidden returns a request that the caller does not see, nil if there is
// none: one that was the caller's, if any.
func (c *scopeCell) oneHidden() *scopeRequest {
	var hidden *scopeRequest
	for _, r := range scopeRequests {
		if is := r.relation(c.who); !is.may(toSee) && (hidden == nil || is != foreign) {
			hidden = r
		}
	}
	return hidden
}

// exportRows are the searches as files.
func exportRows() []scopeRow {
	get := func(c *scopeCell) {
		c.status(c.call(scopeCall{query: "status=All"}), http.StatusOK)
		c.status(c.call(scopeCall{query: "status=All&columns=request_id,why,buckets,responsible,sub_assignee&sort=-responsible"}), http.StatusOK)
		for i, n := range fewNamings(c.who) {
			if c.operation == "exportCSV" || i%4 == 0 { // a workbook takes its time
				c.alike(n.hidden, n.never, scopeCall{query: "status=All&" + queryOf(n.modifier, n.hidden)})
			}
		}
		if hidden := c.oneHidden(); hidden != nil {
			c.alike(hidden.word, never, scopeCall{query: "status=All&ids=" + hidden.id()})
		}
		c.hasShown("")
	}
	return []scopeRow{
		{operation: "exportWorkbook", check: get},
		{operation: "exportCSV", check: get},
		{operation: "exportSelected", check: func(c *scopeCell) {
			var all []string
			for _, r := range scopeRequests {
				all = append(all, r.id())
			}
			ids := `["` + strings.Join(all, `","`) + `"]`
			for _, format := range []string{"xlsx", "csv"} {
				a := c.call(scopeCall{body: `{"format":"` + format + `","query":"status=All","ids":` + ids + `}`})
				c.status(a, http.StatusOK)
				if format == "csv" {
					c.counts("rows of all ids", len(seenOf(c.who)), len(a.records())-1)
				}
				c.status(c.call(scopeCall{body: `{"format":"` + format + `","query":"status=All","except":["nobody"]}`}), http.StatusOK)
				if r := c.oneHidden(); r != nil {
					c.alike(r.word, never, scopeCall{body: `{"format":"` + format + `","ids":["` + r.id() + `"]}`})
					c.alike(r.word, never, scopeCall{body: `{"format":"` + format + `","query":"status=All","except":["` + r.id() + `"]}`})
				}
			}
			// What was said was the ids.
			c.status(c.call(scopeCall{body: `{"format":"csv","query":"status=All"}`}), http.StatusOK)
			c.hasShown("")
		}},
	}
}
