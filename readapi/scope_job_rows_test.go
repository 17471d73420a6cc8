package readapi

import "net/http"

// jobsOf are the jobs of the scope table and who started them, as bringJobs
// starts them.
var jobsOf = map[string]scopePerson{"import": olga, "bulk": azure}

// jobRows are imports, jobs and their reports.
func jobRows() []scopeRow {
	reads := func(c *scopeCell) {
		for job, by := range jobsOf {
			call := scopeCall{variables: []string{c.ids[job]}}
			if c.who.principal().SeesAll() || c.who.id() == by.id() {
				c.status(c.call(call), http.StatusOK)
			} else {
				c.alikeID(c.ids[job], call)
			}
		}
		c.hasShown("")
	}
	csv := map[string]string{"Content-Type": "text/csv"}
	return []scopeRow{
		onlyFor(onlyOperators, "importRequests", scopeCall{body: fileHeader + "\nzqidbramble", header: csv},
			scopeCall{body: fileHeader + "\nimported,p,m,Imported,Standalone,Yes,Zqnordfilm,Zqalderpost,Dubs,Create,Korean,Japan,2026-11-24,,,\n", header: csv}),
		{operation: "getJob", check: reads},
		{operation: "watchJob", check: reads},
		{operation: "listJobRefusals", check: reads},
		{operation: "listJobs", check: func(c *scopeCell) {
			c.status(c.call(scopeCall{}), http.StatusOK)
			c.status(c.call(scopeCall{query: "limit=1"}), http.StatusOK)
			c.hasShown("")
		}},
		{operation: "stopJob", check: func(c *scopeCell) {
			for job, by := range jobsOf {
				call := scopeCall{variables: []string{c.ids[job]}}
				switch {
				case c.who.role == olga.role || c.who.id() == by.id():
					c.status(c.call(call), http.StatusConflict) // it has ended
				case c.who.principal().SeesAll():
					c.status(c.call(call), http.StatusForbidden)
				default:
					c.alikeID(c.ids[job], call)
				}
			}
		}},
	}
}
