package readapi

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"backlot/domain"
	"backlot/domain/job"
	"backlot/domain/sourcerequest"
	"backlot/readapi/facets"
)

// bulkAction is an operation that gives one action to many requests.
type bulkAction struct {
	id     string // operationId
	action string // of the job, and the last part of the path
	body   func() changeBody
}

func bulkActions() []bulkAction {
	return []bulkAction{
		{"bulkComment", job.ActionComment, func() changeBody { return &commentBody{} }},
		{"bulkEdit", job.ActionEdit, func() changeBody { return &bulkEditBody{} }},
		{"bulkAssign", job.ActionAssign, func() changeBody { return &assignBody{} }},
		{"bulkChangeResponsible", job.ActionResponsible, func() changeBody { return &responsibleBody{} }},
		{"bulkChangeMaterialStatus", job.ActionMaterialStatus, func() changeBody { return &materialStatusBody{} }},
		{"bulkProvideMaterials", job.ActionMaterials, func() changeBody { return &provideBody{} }},
		{"bulkChangeEstimatedDeliveryDate", job.ActionEDD, func() changeBody { return &bulkDateBody{} }},
		{"bulkRequestRedelivery", job.ActionRedelivery, func() changeBody { return &redeliveryBody{} }},
		{"bulkCancel", job.ActionCancel, func() changeBody { return &cancelBody{} }},
		{"bulkReinstate", job.ActionReinstate, func() changeBody { return &reinstateBody{} }},
	}
}

// manyBody says which requests: those that are named, or those that a search
// selects.
type manyBody struct {
	IDs    []string `json:"ids"`
	Query  *string  `json:"query"`
	Except []string `json:"except"`
}

// datedBody is the body of an action that names requests in rows of its own.
type datedBody interface {
	items() ([]job.Item, error)
}

// changeMany accepts a job that gives an action to many requests.
func (s *server) changeMany(x *exchange, b bulkAction) error {
	i := domain.Instruction{By: x.by, CorrelationID: x.id}
	var err error
	if i.Key, err = idempotencyKey(x.r); err != nil {
		return err
	}
	var many manyBody
	body := b.body()
	canonical, err := readBodies(s.MaxBulk, x, false, &many, body)
	if err != nil {
		return err
	}
	i.BodyHash = bodyHash(x.r, canonical, apartOf(body)...)
	command, err := body.command(s, i)
	// Whose role may not do it learns nothing from what is wrong with it.
	if denied := sourcerequest.CheckForMany(x.by, command); domain.ErrorCode(denied) == domain.CodeForbidden {
		return denied
	} else if err == nil {
		err = denied
	}
	if err != nil {
		return asBodyFields(err)
	}
	order := job.Order{Action: b.action, Command: command}
	if err := s.choose(x, &order, many, body); err != nil {
		return err
	}
	j, err := s.JobCommands.StartBulk(x.r.Context(), order, i)
	if err != nil {
		return asBodyFields(err)
	}
	return s.accepted(x, j)
}

// choose checks how a body says which requests it is about, and lets the order
// choose them.
func (s *server) choose(x *exchange, order *job.Order, many manyBody, body changeBody) error {
	var items []job.Item
	var err error
	if dated, ok := body.(datedBody); ok {
		if items, err = dated.items(); err != nil {
			return err
		}
	}
	switch given := countTrue(items != nil, many.IDs != nil, many.Query != nil); {
	case given == 0:
		return domain.Invalid("ids", "ids or query is required: which requests it is about")
	case given > 1:
		return domain.Invalid("ids", "ids, query and rows do not go together; which requests it is about is said once")
	case many.Except != nil && many.Query == nil:
		return domain.Invalid("except", "except goes with query only")
	}
	if many.Query != nil {
		return s.search(x, order, *many.Query, many.Except)
	}
	if items == nil {
		if items, err = named(many.IDs); err != nil {
			return err
		}
	}
	order.Choose = func(context.Context) ([]job.Item, domain.Position, error) {
		var at domain.Position
		if snapshot, err := s.Index.Snapshot(); err == nil {
			at = snapshot.Position()
		}
		return items, at, nil
	}
	return nil
}

// named returns requests that are listed by id, each once. Whether they are
// there, and the asker's to change, shows in the job's refusals.
func named(ids []string) ([]job.Item, error) {
	ids, err := checkIDs("ids", ids)
	if err != nil {
		return nil, err
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	items := make([]job.Item, len(ids))
	for n, id := range ids {
		items[n].ID = id
	}
	return items, nil
}

// search lets the order choose the requests that a search of the asker's
// selects now.
func (s *server) search(x *exchange, order *job.Order, query string, except []string) error {
	values, err := url.ParseQuery(strings.TrimPrefix(query, "?"))
	if err != nil {
		return domain.Invalid("query", "the query cannot be read; percent-encode special characters, for example language=Korean&-country=South+Korea")
	}
	search := operation{parameters: []string{"bucket"}, modifiers: true, groups: true}
	var rows facets.RowQuery
	if err = search.checkParameters(values); err == nil {
		rows, err = rowsOf(x.by, values)
	}
	if err != nil {
		return inField("query.", err)
	}
	if rows.Now, err = s.now(x); err != nil {
		return err
	}
	if len(except) > 0 {
		if rows.Except, err = checkIDs("except", except); err != nil {
			return err
		}
	}
	if order.Query, err = s.recorded(x.by, rows); err != nil {
		return inField("query.", err)
	}
	order.Choose = func(context.Context) ([]job.Item, domain.Position, error) {
		snapshot, err := s.snapshot(x)
		if err != nil {
			return nil, 0, err
		}
		if snapshot.Stale() {
			return nil, 0, domain.Errorf(domain.CodeUnavailable, "The search may be behind: its read model is being built again. Try again, or name the requests in ids.")
		}
		ids, err := snapshot.IDs(rows)
		if err != nil {
			return nil, 0, inField("query.", err)
		}
		items := make([]job.Item, len(ids))
		for n, id := range ids {
			items[n].ID = id
		}
		return items, snapshot.Position(), nil
	}
	return nil
}

// recorded returns a search as a job's record keeps it: for good, and so with
// account ids in the place of people's names.
func (s *server) recorded(by domain.Principal, rows facets.RowQuery) (string, error) {
	selection, err := s.storable(by, rows.Selection)
	if err != nil {
		return "", err
	}
	query := []string{}
	if text := selection.String(); text != "" {
		query = append(query, text)
	}
	if rows.Bucket != nil {
		query = append(query, "bucket="+url.QueryEscape(rows.Bucket.String()))
	}
	for _, name := range slices.Sorted(maps.Keys(rows.Group)) {
		of, err := s.recordedGroup(by, name, rows.Group[name])
		if err != nil {
			return "", err
		}
		query = append(query, groupPrefix+name+"="+url.QueryEscape(of))
	}
	if len(query) == 0 {
		return everything, nil
	}
	return strings.Join(query, "&"), nil
}

// everything is what a search for nothing in particular matches.
const everything = "-status=Cancelled"

func (s *server) recordedGroup(by domain.Principal, name, label string) (string, error) {
	if name != "responsible" || label == "" {
		return label, nil
	}
	person, err := facets.ParseSelection(url.Values{name: {label}})
	if err == nil {
		person, err = s.storable(by, person)
	}
	if err != nil {
		return "", inField(groupPrefix, err)
	}
	return strings.Join(person.Terms()[0].Values, ","), nil
}

func countTrue(facts ...bool) (n int) {
	for _, f := range facts {
		if f {
			n++
		}
	}
	return n
}

// accepted answers with a job that goes on in the background.
func (s *server) accepted(x *exchange, j job.Job) error {
	x.Header().Set("Location", base+"/jobs/"+j.ID)
	return x.answer(http.StatusAccepted, s.job(j))
}

// bulkEditBody is an edit that has to change something.
type bulkEditBody editBody

func (b *bulkEditBody) command(s *server, i domain.Instruction) (sourcerequest.Command, error) {
	command, err := (*editBody)(b).command(s, i)
	if err == nil && reflect.ValueOf(*b).IsZero() {
		err = domain.Invalid("", "name at least one field to change", "service_type", "due_date", "language", "fulfillment_partner")
	}
	return command, err
}

// assignBody says who works on requests.
type assignBody struct {
	FulfillmentPartner nullable `json:"fulfillment_partner"`
	SubAssignee        nullable `json:"sub_assignee"`
}

func (b *assignBody) command(s *server, i domain.Instruction) (sourcerequest.Command, error) {
	e := bulkEditBody{FulfillmentPartner: b.FulfillmentPartner, SubAssignee: b.SubAssignee}
	if !b.FulfillmentPartner.given && !b.SubAssignee.given {
		return sourcerequest.Edit{}, domain.Invalid("fulfillment_partner", "fulfillment_partner or sub_assignee is required")
	}
	return e.command(s, i)
}

// bulkDateBody moves the estimated delivery date of all requests, or of each to
// a day of its own.
type bulkDateBody struct {
	Date   domain.Date `json:"date"`
	Reason string      `json:"reason"`
	Rows   []struct {
		RequestID string      `json:"request_id"`
		Date      domain.Date `json:"date"`
	} `json:"rows"`
}

func (b *bulkDateBody) command(*server, domain.Instruction) (sourcerequest.Command, error) {
	c := sourcerequest.ChangeEstimatedDeliveryDate{Date: b.Date, Reason: b.Reason}
	if b.Rows == nil {
		return c, nil
	}
	if len(b.Rows) == 0 {
		return c, domain.Invalid("rows", "rows is empty; name at least one request")
	}
	if !b.Date.IsZero() {
		return c, domain.Invalid("date", "date and rows do not go together: each row has its date")
	}
	for n, row := range b.Rows {
		if row.Date.IsZero() {
			return c, domain.Invalid(fmt.Sprintf("rows[%d].date", n), "date is required")
		}
		c.Date = row.Date // any of them, so that the rest is checked
	}
	return c, nil
}

func (b *bulkDateBody) items() ([]job.Item, error) {
	if b.Rows == nil {
		return nil, nil
	}
	if len(b.Rows) > maxIDs {
		return nil, domain.Invalid("rows", fmt.Sprintf("rows has %d requests; at most %d", len(b.Rows), maxIDs))
	}
	dates := make(map[string]domain.Date, len(b.Rows))
	items := make([]job.Item, 0, len(b.Rows))
	for n, row := range b.Rows {
		if sourcerequest.ValidateID(row.RequestID) != nil {
			return nil, domain.Invalid(fmt.Sprintf("rows[%d].request_id", n), fmt.Sprintf("%q is no request id", row.RequestID))
		}
		switch date, twice := dates[row.RequestID]; {
		case !twice:
			dates[row.RequestID] = row.Date
			items = append(items, job.Item{ID: row.RequestID, Date: row.Date})
		case date != row.Date:
			return nil, domain.Invalid(fmt.Sprintf("rows[%d].request_id", n), fmt.Sprintf("request %s is there twice, with two dates", row.RequestID))
		}
	}
	slices.SortFunc(items, func(a, b job.Item) int { return strings.Compare(a.ID, b.ID) })
	return items, nil
}
