package readapi

import (
	"net/http"
	"strings"
)

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
