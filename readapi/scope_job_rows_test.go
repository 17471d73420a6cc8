package readapi

import "net/http"

// jobRows are imports and their reports.
func jobRows() []scopeRow {
	watched := func(c *scopeCell) {
		call := scopeCall{variables: []string{c.keep["job"]}}
		if c.who.principal().SeesAll() {
			c.status(c.call(call), http.StatusOK)
			c.hasShown("")
			return
		}
		c.alikeID(c.keep["job"], call)
	}
	csv := map[string]string{"Content-Type": "text/csv"}
	return []scopeRow{
		onlyTheOperator("importRequests", scopeCall{body: fileHeader + "\nzqidbramble", header: csv}, func(*scopeCell) []scopeCall {
			return []scopeCall{{body: fileHeader + "\nimported,p,m,Imported,Standalone,Yes,Zqnordfilm,Zqalderpost,Dubs,Create,Korean,Japan,2026-11-24,,,\n", header: csv}}
		}),
		{operation: "getJob", check: watched},
		{operation: "watchJob", check: watched},
	}
}
