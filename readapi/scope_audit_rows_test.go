package readapi

import (
	"net/http"
	"slices"
)

// auditRows are the search over what was done, and its export.
func auditRows() []scopeRow {
	return []scopeRow{
		{operation: "searchAudit", check: func(c *scopeCell) { c.audits("limit=1000", "limit=1") }},
		{operation: "exportAudit", check: func(c *scopeCell) { c.audits("format=csv", "format=jsonl") }},
	}
}

func (c *scopeCell) audits(queries ...string) {
	if !slices.Contains(auditRoles, c.who.role) {
		for _, query := range append(queries, "actor=zqacctazure", "partner=Zqalderpost", "partner=Zqnobody", "language=Zqlangkestrel") {
			c.status(c.call(scopeCall{query: query}), http.StatusForbidden)
		}
		return
	}
	for _, query := range queries {
		c.status(c.call(scopeCall{query: query}), http.StatusOK)
	}
	for i, n := range fewNamings(c.who) {
		if i%3 == 0 { // each reads the log
			c.alike(n.hidden, n.never, scopeCall{query: queryOf(n.modifier, n.hidden)})
		}
	}
	if c.who.principal().SeesAll() {
		c.hasShown("")
		return
	}
	for id := range organisationNames {
		if !slices.Contains(metOn[c.who.party()], id) {
			c.alike(id, "zqnobodys", scopeCall{query: queryOf("organisation", id)})
			c.alike(id, "zqnobodys", scopeCall{query: queryOf("partner", organisationNames[id])})
		}
	}
	for _, p := range []scopePerson{umber, hazel, onyx, ebony} {
		if known := (scopeSecret{known: append(slices.Clone(p.metBy), p.party())}); !known.knownTo(c.who) {
			c.alike(p.word, "nobody", scopeCall{query: queryOf("actor", p.id())})
		}
	}
	c.hasShown("")
}
