package readapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"

	"backlot/domain"
)

// scopeRow says how one operation of the API is called, and what of it.
type scopeRow struct {
	operation string
	check     func(*scopeCell) // for every caller; appends nothing, whatever it calls
	change    func(*scopeCell) // for every caller, after all checks; nil for none
}

// scopeRows are the rows of the table, by what they are about.
func scopeRows() []scopeRow {
	return slices.Concat(requestRows(), commandRows(), []scopeRow{redactRow()}, collectionRows(), figureRows(), foundDeliveryRows(), []scopeRow{liveRow()}, exportRows(), materialRows(), auditRows(), accountRows(), templateRows(), notificationRows(), jobRows(), uploadRows(), bulkRows(), portalRows())
}

// requireRows fails unless every operation has one row, and every row is of an
// operation.
func requireRows(t *testing.T, w *scopeWorld, rows []scopeRow) {
	t.Helper()
	have := map[string]int{}
	for _, r := range rows {
		have[r.operation]++
		_, is := w.operations[r.operation]
		assert.True(t, is, "the scope table has a row %s, which is no operation", r.operation)
	}
	for id := range w.operations {
		assert.Equal(t, 1, have[id], "the operation %s needs one row in the scope table, which says who may call it and what it may tell whom", id)
	}
	if t.Failed() {
		t.FailNow()
	}
}

// scopeCell is an operation called as somebody.
type scopeCell struct {
	*scopeWorld
	t         *testing.T
	operation string
	who       scopePerson
	about     string            // the request and how the caller stands to it, for messages
	shown     map[string]bool   // secrets in the answers so far
	nevers    map[string]string // answers to calls that name what never was
}

func (c *scopeCell) fails(format string, args ...any) {
	c.t.Helper()
	c.t.Errorf("%s as %s%s: "+format, slices.Concat([]any{c.operation, c.who, c.about}, args)...)
}

// path fills the variables of the operation's path, in order.
func (c *scopeCell) path(variables ...string) string {
	path := c.operations[c.operation].path
	for _, v := range variables {
		from, to := strings.Index(path, "{"), strings.Index(path, "}")
		path = path[:from] + v + path[to+1:]
	}
	return path
}

// scopeCall is what a call is made of beside the path.
type scopeCall struct {
	query, body string
	variables   []string
	header      map[string]string
}

// call calls the operation and holds the answer against what the caller may
// know. Secrets that the call itself names are no news.
func (c *scopeCell) call(call scopeCall) answer {
	c.t.Helper()
	path := c.path(call.variables...)
	if call.query != "" {
		path += "?" + call.query
	}
	as := c.as(c.who.principal()).with("Idempotency-Key", uuid.NewString())
	if call.body != "" {
		as = as.with("Content-Type", "application/json")
	}
	for name, value := range call.header {
		as = as.with(name, value)
	}
	var a answer
	if c.operation == "watchLive" { // it would not end by itself
		a = as.live(call.query)
	} else {
		a = as.send(c.operations[c.operation].method, path, call.body)
	}
	c.called(c.operation, c.who)
	c.reads(path+call.body, a)
	return a
}

// reads notes which secrets an answer shows, and fails for each that the
// caller neither may know nor has said.
func (c *scopeCell) reads(said string, a answer) {
	c.t.Helper()
	if c.shown == nil {
		c.shown = map[string]bool{}
	}
	spoken := secretsIn(said)
	for _, word := range secretsIn(a.everything()) {
		c.shown[word] = true
		if slices.Contains(spoken, word) {
			continue
		}
		if s, is := c.secrets[word]; is && !s.knownTo(c.who) {
			c.fails("%s tells %s (%s)", said, s.what, word)
		}
	}
}

// hasShown fails for what the answers so far should have shown and did not: of
// a request, or of everything where it is "". It begins anew.
func (c *scopeCell) hasShown(request string) {
	c.t.Helper()
	for _, s := range c.sortedSecrets() {
		if (request == "" || s.request == request) && slices.Contains(s.shownBy, c.operation) && s.knownTo(c.who) && !c.shown[s.text] {
			c.fails("the answer does not have %s (%s)", s.what, s.text)
		}
	}
	c.shown = nil
}

// status fails unless the answer has one of the statuses.
func (c *scopeCell) status(a answer, any ...int) {
	c.t.Helper()
	if !slices.Contains(any, a.status) {
		c.fails("the status is %d instead of %v: %s", a.status, any, a.body)
	}
}

// alike fails unless a call that names something hidden is answered like the
// same call that names what never was. It returns the answer.
func (c *scopeCell) alike(hidden, never string, call scopeCall) answer {
	c.t.Helper()
	one, likewise := c.call(call), call.replacing(hidden, never)
	key := fmt.Sprint(likewise)
	other, asked := c.nevers[key]
	if !asked {
		if c.nevers == nil {
			c.nevers = map[string]string{}
		}
		other = c.call(likewise).comparable()
		c.nevers[key] = other
	}
	if said := one.comparable(); replacedFold(said, hidden, never) != replacedFold(other, hidden, never) {
		c.fails("%v is answered with\n%s\nand with %s for %s, which never was, with\n%s", call, said, never, hidden, other)
	}
	return one
}

func (call scopeCall) replacing(from, to string) scopeCall {
	call.query, call.body = replacedFold(call.query, from, to), replacedFold(call.body, from, to)
	call.variables = slices.Clone(call.variables)
	for i, v := range call.variables {
		call.variables[i] = replacedFold(v, from, to)
	}
	return call
}

// replacedFold replaces a word whether or not it begins with a capital letter.
func replacedFold(text, from, to string) string {
	capital := func(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
	return strings.ReplaceAll(strings.ReplaceAll(text, from, to), capital(from), capital(to))
}

// nobodyHas is an If-Match that no request has: who may give a command gets
// 412 instead of changing something.
var nobodyHas = map[string]string{"If-Match": `"999999"`}

// onlyFor is a row of an operation that is for some roles, whatever it is
// about. Its check calls it as everybody else.
func onlyFor(roles []domain.Role, operation string, call scopeCall, allowed ...scopeCall) scopeRow {
	return scopeRow{
		operation: operation,
		check: func(c *scopeCell) {
			if !slices.Contains(roles, c.who.role) {
				c.status(c.call(call), http.StatusForbidden)
			}
		},
		change: func(c *scopeCell) {
			if !slices.Contains(roles, c.who.role) {
				return
			}
			for _, call := range allowed {
				c.status(c.call(call), http.StatusOK, http.StatusCreated, http.StatusAccepted)
			}
		},
	}
}

var onlyOperators, operatorsAndAuditors = []domain.Role{domain.RoleOperator}, []domain.Role{domain.RoleOperator, domain.RoleAuditor}
