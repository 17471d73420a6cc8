package readapi

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/stretchr/testify/assert"

	"backlot/domain/sourcerequest"
)

// scopeCommand is a command to one request.
type scopeCommand struct {
	operation string
	right     right
	body      string
	status    string // in which the request accepts it; "" if it is wrong whatever the request
	does      string // the body that changes something, where that is another one
	answer    int    // to those who have the right, under an If-Match that nobody has; 0 is 412
}

// scopeCommands has every command, and wrong ones whose errors could tell
// something: whoever has not the right learns nothing from them.
var scopeCommands = []scopeCommand{
	{operation: "editRequest", right: toRun, body: `{"title":"New"}`, status: "Open"},
	{operation: "editRequest", right: toRun, body: `{"due_date":"2027-01-01"}`, status: "Open"},
	{operation: "editRequest", right: toRun, body: `{"fulfillment_partner":"Zqmoonpost"}`, status: "Open"},
	{operation: "editRequest", right: toRun, body: `{"fulfillment_partner":"Zqnobody"}`, answer: http.StatusBadRequest},
	{operation: "editRequest", right: toRun, body: `{"content_partner":"Zqlonefilm"}`, status: "Open"},
	{operation: "editRequest", right: toRun, body: `{"content_partner":"Zqmoonpost"}`, answer: http.StatusBadRequest},
	{operation: "editRequest", right: toSubAssign, body: `{"sub_assignee":"Zqbirchpost"}`, status: "Open"},
	{operation: "editRequest", right: toSubAssign, body: `{"sub_assignee":"Zqlonefilm"}`, answer: http.StatusBadRequest},
	{operation: "editRequest", right: toWork, body: `{"service_type":"Conform"}`, status: "Open"},
	{operation: "addComment", right: toComment, body: `{"text":"hello"}`, status: "Open"},
	{operation: "changeResponsible", right: toNameResponsible, body: `{"account":null}`, does: `{"account":"zqaccthazel"}`, status: "Open"},
	{operation: "changeResponsible", right: toNameResponsible, body: `{"account":"zqnobody"}`, answer: http.StatusBadRequest},
	{operation: "changeMaterialStatus", right: toWork, body: `{"material_status":"Received"}`, status: "Open"},
	{operation: "changeEstimatedDeliveryDate", right: toWork, body: `{"date":"2026-12-20","reason":"late"}`, status: "Open"},
	{operation: "recordQualityControl", right: toCheck, body: `{"check":"Full","passed":true}`, status: "Delivered"},
	{operation: "recordQualityControl", right: toCheck, body: `{"check":"Full"}`, answer: http.StatusBadRequest},
	{operation: "requestRedelivery", right: toCheck, body: `{"reasons":["again"]}`, status: "Delivered"},
	{operation: "answerQualityControlIssue", right: toWork, body: `{"answer":"Will Fix"}`, status: "Delivered"},
	{operation: "cancelRequest", right: toRun, body: `{}`, status: "Open"},
	{operation: "reinstateRequest", right: toRun, body: `{}`, status: "Cancelled"},
	{operation: "upgradeRequest", right: toRun, body: `{"replaced_by":"zqidegret"}`, status: "Delivered"},
	{operation: "upgradeRequest", right: toRun, body: `{"replaced_by":"zqidnowhere"}`, answer: http.StatusBadRequest},
	{operation: "upgradeRequest", right: toRun, body: `{"open":{"is_original":true,"content_partner":"Zqnobody"}}`, answer: http.StatusBadRequest},
}

// commandRows are the commands to one request.
func commandRows() []scopeRow {
	var rows []scopeRow
	for _, command := range scopeCommands {
		if slices.ContainsFunc(rows, func(r scopeRow) bool { return r.operation == command.operation }) {
			continue
		}
		rows = append(rows, scopeRow{
			operation: command.operation,
			check: func(c *scopeCell) {
				for _, r := range scopeRequests {
					for _, command := range scopeCommands {
						if command.operation == c.operation {
							c.commands(r, command)
						}
					}
				}
				c.repeats()
			},
			change: func(c *scopeCell) {
				for _, cell := range c.ownCells() {
					c.succeeds(cell)
				}
			},
		})
	}
	return rows
}

// redactRow takes back comments: one's own, and for operators everybody's.
func redactRow() scopeRow {
	said := []struct {
		by   scopePerson
		word string
	}{{azure, "kestrel"}, {lilac, "kestrel"}, {topaz, "bramble"}, {slate, "thimble"}, {topaz, "thimble"}, {olive, "lantern"}, {flint, "quartz"}}
	return scopeRow{operation: "redactComment", check: func(c *scopeCell) {
		for _, comment := range said {
			r := requestOf(comment.word)
			relation := r.relation(c.who)
			c.about = ", " + string(relation) + ", on " + r.word
			call := scopeCall{variables: []string{r.id(), commentOf(comment.by, comment.word)}, header: nobodyHas}
			switch {
			case !relation.may(toSee):
				c.status(c.alike(r.word, never, call), http.StatusNotFound)
			case relation == runsPortal || c.who.id() == comment.by.id():
				c.status(c.call(call), http.StatusPreconditionFailed)
			default:
				c.status(c.alike("zqsaid"+comment.by.word+r.word, "zqsaidnothing", call), http.StatusForbidden)
			}
		}
		c.about = ""
	}, change: func(c *scopeCell) {
		for _, cell := range c.cells() {
			if cell.operation == "addComment" && cell.by.id() == c.who.id() {
				comment := c.as(c.who.principal()).post("/requests/"+cell.id+"/comments", `{"text":"hello"}`).ok(http.StatusOK).text("comment_id")
				c.status(c.call(scopeCall{variables: []string{cell.id, comment}}), http.StatusOK)
			}
		}
	}}
}

func variablesOf(operation, id, issue string) []string {
	if operation == "answerQualityControlIssue" {
		return []string{id, issue}
	}
	return []string{id}
}

// commands gives a command that a request can not accept for its If-Match.
func (c *scopeCell) commands(r *scopeRequest, command scopeCommand) {
	relation := r.relation(c.who)
	c.about = ", " + string(relation) + ", on " + r.word
	defer func() { c.about = "" }()
	call := scopeCall{body: command.body, variables: variablesOf(c.operation, r.id(), "zqissuewalrus"), header: nobodyHas}
	if strings.Contains(call.body, r.id()) {
		return // nothing replaces itself
	}
	switch {
	case !relation.may(toSee):
		c.status(c.alike(r.word, never, call), http.StatusNotFound)
	case command.answer != 0 && relation != runsPortal && strings.Contains(call.body, "Zqlonefilm"):
		c.alike(lone, "zqnobodys", call)
	case !relation.may(command.right):
		c.status(c.call(call), http.StatusForbidden)
	case command.answer != 0:
		c.status(c.call(call), command.answer)
	default:
		a := c.call(call)
		c.status(a, http.StatusPreconditionFailed)
		if !strings.Contains(strings.ToLower(string(a.body)), "zqtitle"+r.word) {
			c.fails("the answer lacks the present state: %s", a.body)
		}
	}
}

// repeats gives slate's command again, under slate's key, as everybody: those
// who do not see the request any more learn nothing of what came of it then.
func (c *scopeCell) repeats() {
	if c.operation != "addComment" {
		return
	}
	for _, who := range []scopePerson{slate, c.who} {
		again := *c
		again.who = who
		if !requestOf("thimble").relation(who).may(toSee) {
			again.alike("thimble", never, scopeCall{body: slatesComment, variables: []string{"zqidthimble"}, header: map[string]string{"Idempotency-Key": slatesKey}})
		}
	}
}

// commandCell is a command of somebody who may give it, to a request of its own.
type commandCell struct {
	scopeCommand
	id       string
	by       scopePerson
	relation relation
}

// cells has, for every command and relation that the matrix allows it in,
// somebody who stands in that relation.
func (w *scopeWorld) cells() []commandCell {
	standing := map[relation]scopePerson{runsPortal: olga, ownTitle: lilac, assigned: azure, subAssigned: azure, checksIt: sepia}
	var cells []commandCell
	for n, command := range slices.Concat(scopeCommands, scopeBulk) {
		if command.status == "" {
			continue
		}
		for _, relation := range matrix[command.right] {
			status := command.status
			if relation == checksIt {
				status = "Delivered"
			}
			command.status = status
			cells = append(cells, commandCell{command, fmt.Sprintf("cell-%d-%s", n, standing[relation].word+string(relation[0:3])), standing[relation], relation})
		}
	}
	return cells
}

// ownCells are those of the operation in which the caller stands.
func (c *scopeCell) ownCells() []commandCell {
	return slices.DeleteFunc(c.cells(), func(cell commandCell) bool { return cell.operation != c.operation || cell.by.id() != c.who.id() })
}

// bringCells imports a request for each cell, without secrets.
func (w *scopeWorld) bringCells() {
	var file strings.Builder
	fmt.Fprintln(&file, fileHeader)
	for _, cell := range w.cells() {
		partner := organisationNames[alder]
		if cell.relation == subAssigned {
			partner = organisationNames[birch]
		}
		fmt.Fprintf(&file, "%s,p,m,Cell,Standalone,Yes,Zqnordfilm,%s,Dubs,Create,Korean,Japan,2026-12-24,2026-12-24,Accepted,%s\n", cell.id, partner, cell.status)
	}
	w.bring(file.String())
	for _, cell := range w.cells() {
		if cell.relation == subAssigned {
			w.give(anOperator, cell.id, sourcerequest.Edit{SubAssignee: ptr(alder)})
		}
		if cell.operation == "answerQualityControlIssue" {
			issue := sourcerequest.Issue{ID: "issue", Code: "drift", Severity: sourcerequest.SeverityIssue, Category: "Audio", Description: "It drifts"}
			w.give(sepia.principal(), cell.id, sourcerequest.RecordQualityControl{ResultID: "qc", Check: sourcerequest.CheckFull, Issues: []sourcerequest.Issue{issue}})
		}
	}
	w.settle()
}

// succeeds gives a command to the request of the cell.
func (c *scopeCell) succeeds(cell commandCell) {
	c.about = ", " + string(cell.relation) + ", on a request of its own"
	defer func() { c.about = "" }()
	before := c.end()
	etag := c.as(anOperator).get("/requests/" + cell.id).header.Get("ETag")
	call := scopeCall{body: cmp.Or(cell.does, cell.body), variables: variablesOf(c.operation, cell.id, "issue"), header: map[string]string{"If-Match": etag}}
	c.status(c.call(call), http.StatusOK)
	assert.Greater(c.t, c.end(), before, "%s as %s did nothing", c.operation, c.who)
}
