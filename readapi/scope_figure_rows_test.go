package readapi

import (
	"net/http"
	"slices"

	"github.com/stretchr/testify/assert"

	"backlot/domain"
	"backlot/domain/figures"
	"backlot/readapi/deliveries"
)

// delivered are the deliveries of the story, by request: who answers for each.
var delivered = map[string]string{"thimble": alder, "harrow": cedar, "walrus": alder, "mosaic": alder, "egret": moon}

// measuredOf returns the ids of the requests whose deliveries somebody is shown
// figures of: of those that it sees, for a fulfillment partner its own.
func measuredOf(p scopePerson) []string {
	ids := []string{}
	for _, r := range seenOf(p) {
		if by, is := delivered[r.word]; is && (p.role != domain.RoleFulfillmentPartner || by == p.organisation) {
			ids = append(ids, r.id())
		}
	}
	return ids
}

// figureNamings are what a caller could try to learn of others by figures. Of
// whom it met, past ones included, a content partner has deliveries.
func figureNamings(p scopePerson) []naming {
	return slices.DeleteFunc(namings(p), func(n naming) bool {
		return !slices.Contains([]string{"language", "content_partner", "fulfillment_partner"}, n.modifier) || slices.Contains(metOn[p.party()], n.hidden)
	})
}

// figureRows are what partners are measured by. Quality control has none of it.
func figureRows() []scopeRow {
	row := func(operation string, variables []string, check func(*scopeCell)) scopeRow {
		return scopeRow{operation: operation, check: func(c *scopeCell) {
			if c.who.role == domain.RoleQualityControl {
				c.status(c.call(scopeCall{variables: variables}), http.StatusForbidden)
				return
			}
			check(c)
			for _, as := range []string{"assignee", "sub_assignee"} {
				for _, n := range figureNamings(c.who) {
					c.alike(n.hidden, n.never, scopeCall{query: "as=" + as + "&" + queryOf(n.modifier, n.hidden), variables: variables})
				}
			}
			c.hasShown("")
		}}
	}
	return []scopeRow{
		row("getPartnerFigures", nil, func(c *scopeCell) {
			for _, group := range append(deliveries.Groupings(), "fulfillment_partner,language,month") {
				for _, more := range []string{"", "&now=2027-06-01T00:00:00Z", "&groups_limit=1"} {
					a := c.call(scopeCall{query: "group=" + group + more}).ok(http.StatusOK)
					rate := object(a.list("figures")[figures.RedeliveryRate].(map[string]any))
					c.counts("deliveries by "+group, len(measuredOf(c.who)), rate.count("denominator")+rate.count("unknown"))
				}
			}
			a := c.call(scopeCall{query: "as=sub_assignee"}).ok(http.StatusOK)
			c.counts("deliveries of sub-assignees", 0, object(a.list("figures")[0].(map[string]any)).count("denominator"))
		}),
		row("listFigureRequests", []string{"redelivery_rate"}, func(c *scopeCell) {
			var ids []string
			for _, number := range []string{"denominator", "unknown"} {
				for cursor := ""; ; {
					page := c.call(scopeCall{query: "limit=1&number=" + number + cursor, variables: []string{"redelivery_rate"}}).ok(http.StatusOK)
					ids = append(ids, page.each("rows", "request_id")...)
					if page.at("next") == nil {
						break
					}
					cursor = "&cursor=" + page.text("next")
				}
			}
			assert.ElementsMatch(c.t, measuredOf(c.who), ids, "%s as %s", c.operation, c.who)
			for f := range figures.Figure(figures.Count) {
				for _, number := range deliveries.Numbers() {
					c.status(c.call(scopeCall{query: "number=" + number, variables: []string{f.String()}}), http.StatusOK)
				}
			}
			// Somebody else's cursor stands on a row that the caller may not see.
			next := c.as(olga.principal()).get("/partner-figures/redelivery_rate/requests?limit=1").ok(http.StatusOK).text("next")
			c.status(c.call(scopeCall{query: "limit=100&cursor=" + next, variables: []string{"redelivery_rate"}}), http.StatusOK)
		}),
		row("exportFigureRequests", []string{"redelivery_rate"}, func(c *scopeCell) {
			ids := []string{}
			for _, number := range []string{"denominator", "unknown"} {
				for _, record := range c.call(scopeCall{query: "number=" + number, variables: []string{"redelivery_rate"}}).records()[1:] {
					ids = append(ids, record[0])
				}
			}
			assert.ElementsMatch(c.t, measuredOf(c.who), ids, "%s as %s", c.operation, c.who)
		}),
	}
}

// foundDeliveryRows are the deliveries across requests: everybody lists those of
// what it sees, a fulfillment partner its own.
func foundDeliveryRows() []scopeRow {
	row := func(operation string, ids func(c *scopeCell, query string) []string) scopeRow {
		return scopeRow{operation: operation, check: func(c *scopeCell) {
			found := append(ids(c, ""), ids(c, "sent_back=Unknown&")...)
			assert.ElementsMatch(c.t, measuredOf(c.who), found, "%s as %s", c.operation, c.who)
			for _, as := range []string{"assignee", "sub_assignee"} {
				for _, n := range figureNamings(c.who) {
					c.alike(n.hidden, n.never, scopeCall{query: "as=" + as + "&" + queryOf(n.modifier, n.hidden)})
				}
			}
			c.hasShown("")
		}}
	}
	return []scopeRow{
		row("findDeliveries", func(c *scopeCell, query string) (ids []string) {
			for cursor := ""; ; {
				page := c.call(scopeCall{query: query + "limit=1" + cursor}).ok(http.StatusOK)
				ids = append(ids, page.each("rows", "request_id")...)
				if page.at("next") == nil {
					return ids
				}
				cursor = "&cursor=" + page.text("next")
			}
		}),
		row("exportDeliveries", func(c *scopeCell, query string) (ids []string) {
			for _, record := range c.call(scopeCall{query: query + "as=assignee"}).records()[1:] {
				ids = append(ids, record[0])
			}
			return ids
		}),
	}
}
