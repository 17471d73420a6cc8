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
		if cell.operation == "recordInspection" || cell.operation == "overrideFinding" {
			w.deliversTo(anOperator, cell.id, "a.wav")
		}
		if cell.operation == "completeDelivery" {
			w.sendsTo(anOperator, cell.id, "a.wav")
		}
		if cell.operation == "overrideFinding" {
			w.give(inspection, cell.id, sourcerequest.RecordInspection{DeliveryID: "d", Findings: []sourcerequest.Finding{{ID: "finding", Code: "Overlapping Cues", Text: "They overlap"}}})
		}
		if cell.operation == "answerQualityControlIssue" {
			issue := sourcerequest.Issue{ID: "issue", Code: "Sync Drift", Severity: sourcerequest.SeverityIssue, Description: "It drifts"}
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
	call := scopeCall{body: c.withFile(cmp.Or(cell.does, cell.body)), variables: variablesOf(c.operation, cell.id, "issue"), header: map[string]string{"If-Match": etag}}
	c.status(c.call(call), http.StatusOK, http.StatusCreated)
	assert.Greater(c.t, c.end(), before, "%s as %s did nothing", c.operation, c.who)
}
