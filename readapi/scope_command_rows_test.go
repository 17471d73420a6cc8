package readapi

import (
	"net/http"
	"slices"
	"strings"
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
	{operation: "provideMaterials", right: toProvide, body: `{"files":[{"file_id":"zqnofile","kind":"Video"}]}`, status: "Open"},
	{operation: "changeEstimatedDeliveryDate", right: toWork, body: `{"date":"2026-12-20","reason":"late"}`, status: "Open"},
	{operation: "startDelivery", right: toWork, body: `{"files":[{"name":"a.wav","size":1}]}`, status: "Open"},
	{operation: "startDelivery", right: toWork, body: `{"files":[{"name":"a.wav"}]}`, answer: http.StatusBadRequest},
	{operation: "completeDelivery", right: toWork, body: `{}`, status: "Open"},
	{operation: "recordQualityControl", right: toCheck, body: `{"check":"Full","passed":true}`, status: "Delivered"},
	{operation: "recordQualityControl", right: toCheck, body: `{"check":"Full"}`, answer: http.StatusBadRequest},
	{operation: "requestRedelivery", right: toCheck, body: `{"reasons":["again"]}`, status: "Delivered"},
	{operation: "answerQualityControlIssue", right: toWork, body: `{"answer":"Will Fix"}`, status: "Delivered"},
	{operation: "recordInspection", right: toRun, body: `{"findings":[]}`, status: "Open"},
	{operation: "recordInspection", right: toRun, body: `{}`, answer: http.StatusBadRequest},
	{operation: "overrideFinding", right: toWork, body: `{"reason":"meant so"}`, status: "Open", answer: http.StatusNotFound},
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
				for _, r := range c.some(3) {
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
	switch operation {
	case "answerQualityControlIssue":
		return []string{id, issue}
	case "recordInspection", "completeDelivery":
		return []string{id, "d"}
	case "overrideFinding":
		if issue == "issue" {
			return []string{id, "d", "finding"}
		}
		return []string{id, "zqnothing", "zqfindingharrow"}
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
