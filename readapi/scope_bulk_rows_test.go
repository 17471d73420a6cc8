package readapi

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// scopeBulk has every command to many requests.
var scopeBulk = []scopeCommand{
	{operation: "bulkComment", right: toComment, body: `{"text":"hello"}`, status: "Open"},
	{operation: "bulkEdit", right: toWork, body: `{"service_type":"Conform"}`, status: "Open"},
	{operation: "bulkEdit", right: toRun, body: `{"due_date":"2027-01-01"}`, status: "Open"},
	{operation: "bulkAssign", right: toRun, body: `{"fulfillment_partner":"Zqmoonpost"}`, status: "Open"},
	{operation: "bulkAssign", right: toSubAssign, body: `{"sub_assignee":null}`, does: `{"sub_assignee":"Zqcedarpost"}`, status: "Open"},
	{operation: "bulkChangeResponsible", right: toNameResponsible, body: `{"account":null}`, does: `{"account":"zqaccthazel"}`, status: "Open"},
	{operation: "bulkChangeMaterialStatus", right: toWork, body: `{"material_status":"Received"}`, status: "Open"},
	{operation: "bulkProvideMaterials", right: toProvide, body: `{"files":[{"file_id":"zqnofile","kind":"Video"}]}`, status: "Open"},
	{operation: "bulkChangeEstimatedDeliveryDate", right: toWork, body: `{"date":"2026-12-20","reason":"late"}`, status: "Open"},
	{operation: "bulkRequestRedelivery", right: toCheck, body: `{"reasons":["again"]}`, status: "Delivered"},
	{operation: "bulkCancel", right: toRun, body: `{"reason":"over"}`, status: "Open"},
	{operation: "bulkReinstate", right: toRun, body: `{"reason":"on again"}`, status: "Cancelled"},
}

// rolesOf are the roles that have a right on some request.
func rolesOf(do right) []domain.Role {
	role := map[relation]domain.Role{
		runsPortal: domain.RoleOperator, audits: domain.RoleAuditor, checksIt: domain.RoleQualityControl,
		ownTitle: domain.RoleContentPartner, assigned: domain.RoleFulfillmentPartner, subAssigned: domain.RoleFulfillmentPartner,
	}
	var roles []domain.Role
	for _, is := range matrix[do] {
		roles = append(roles, role[is])
	}
	return roles
}

// bulkRows are the commands to many requests. Whose role may not give one gets
// no job. In everybody else's, a hidden request is refused as one that never
// was, and what a search selects is what its list would show.
func bulkRows() []scopeRow {
	var rows []scopeRow
	for _, command := range scopeBulk {
		if slices.ContainsFunc(rows, func(r scopeRow) bool { return r.operation == command.operation }) {
			continue
		}
		commands := slices.DeleteFunc(slices.Clone(scopeBulk), func(c scopeCommand) bool { return c.operation != command.operation })
		rows = append(rows, scopeRow{
			operation: command.operation,
			check: func(c *scopeCell) {
				for _, command := range commands {
					if !slices.Contains(rolesOf(command.right), c.who.role) {
						c.alike("bramble", never, scopeCall{body: withRequests(command.body, `"ids":["zqidbramble"]`)})
						c.status(c.call(scopeCall{body: withRequests(command.body, `"query":"status=All"`)}), http.StatusForbidden)
					}
				}
			},
			change: func(c *scopeCell) {
				for _, command := range commands {
					if slices.Contains(rolesOf(command.right), c.who.role) {
						command.body = c.withFile(command.body)
						c.selectsNothingHidden(command)
						c.refusesHidden(command)
					}
				}
				for _, cell := range c.ownCells() {
					c.about = ", " + string(cell.relation) + ", on a request of its own"
					report := c.jobOf(scopeCall{body: withRequests(c.withFile(cmp.Or(cell.does, cell.body)), `"ids":["`+cell.id+`"]`)})
					c.counts("requests changed", 1, report.count("changed"))
					c.about = ""
				}
			},
		})
	}
	return rows
}

func withRequests(body, which string) string { return strings.Replace(body, "{", "{"+which+",", 1) }

// jobOf starts a job and returns its report.
func (c *scopeCell) jobOf(call scopeCall) object {
	c.t.Helper()
	a := c.call(call)
	if a.status != http.StatusAccepted {
		c.fails("%s is answered with %d: %s", call.body, a.status, a.body)
		return object{}
	}
	id := a.ok(http.StatusAccepted).text("id")
	for _, part := range []string{"/events", "", "/refusals"} {
		c.reads(call.body, c.as(c.who.principal()).get("/jobs/", id, part))
	}
	return c.as(c.who.principal()).get("/jobs/", id).ok(http.StatusOK)
}

// refusesHidden names every hidden request beside one that never was.
func (c *scopeCell) refusesHidden(command scopeCommand) {
	ids := []string{"zqid" + never}
	for _, r := range scopeRequests {
		if !r.relation(c.who).may(toSee) {
			ids = append(ids, r.id())
		}
	}
	before := map[string]uint64{}
	for _, id := range ids {
		before[id] = c.revision(id)
	}
	report := c.jobOf(scopeCall{body: withRequests(command.body, fmt.Sprintf(`"ids":["%s"]`, strings.Join(ids, `","`)))})
	c.counts("requests refused of those that are hidden", len(ids), report.count("refused"))
	refusals := c.as(c.who.principal()).get("/jobs/", report.text("id"), "/refusals").ok(http.StatusOK).list("refusals")
	for _, refusal := range refusals {
		refusal.(map[string]any)["request_id"] = ""
		assert.Equal(c.t, refusals[0], refusal, "%s as %s: a hidden request is refused like one that never was", c.operation, c.who)
	}
	for _, id := range ids {
		if after := c.revision(id); after != before[id] {
			c.fails("something was appended to %s", id)
		}
	}
}

// selectsNothingHidden searches for what is hidden, in the name of a job.
func (c *scopeCell) selectsNothingHidden(command scopeCommand) {
	r := c.oneHidden()
	if r == nil {
		return
	}
	for _, search := range []string{"request_id=" + r.id(), "language=Zqlang" + r.word} {
		report := c.jobOf(scopeCall{body: withRequests(command.body, `"query":"status=All&`+search+`"`)})
		c.counts("requests of "+search, 0, report.count("total"))
	}
}

// revision returns the number of events that a request has.
func (c *scopeCell) revision(id string) (n uint64) {
	require.NoError(c.t, c.store.ReadStream(c.t.Context(), sourcerequest.StreamOf(id), func(domain.Recorded) error {
		n++
		return nil
	}))
	return n
}
