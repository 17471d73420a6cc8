package readapi

import (
	"bufio"
	"fmt"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readapi/export"
	"backlot/readapi/facets"
)

// exportParameters is what an export's query takes beside modifiers and groups.
var exportParameters = []string{"bucket", "sort", "columns", "ids", "now", "as_of", "after"}

const (
	maxIDs        = 100_000 // of a selection by ids
	maxExportBody = 8 << 20 // bytes; that many ids to take and to leave out
)

// exportAs exports what the query selects.
func (s *server) exportAs(f export.Format) func(*exchange) error {
	return func(x *exchange) error {
		q, columns, err := s.exportQuery(x)
		if err != nil {
			return err
		}
		return s.export(x, f, q, columns)
	}
}

// exportQuery reads what a query says of an export.
func (s *server) exportQuery(x *exchange) (q facets.RowQuery, columns []export.Column, err error) {
	if q, err = s.rowQuery(x); err != nil {
		return q, nil, err
	}
	if ids, given := x.parameter("ids"); given {
		if q.IDs, err = checkIDs("ids", splitNames(ids)); err != nil {
			return q, nil, err
		}
	}
	names, _ := x.parameter("columns")
	columns, err = exportColumns(splitNames(names))
	return q, columns, err
}

type exportBody struct {
	Format  string   `json:"format"`
	Query   *string  `json:"query"`
	IDs     []string `json:"ids"`
	Except  []string `json:"except"`
	Columns []string `json:"columns"`
	Sort    []string `json:"sort"`
}

// exportSelected exports what a body selects: ids are too many for a URL. It
// is a read, so it has no Idempotency-Key.
func (s *server) exportSelected(x *exchange) error {
	var body exportBody
	if _, err := readBodies(max(s.MaxBody, maxExportBody), x, false, &body); err != nil {
		return err
	}
	f := export.Format(body.Format)
	if !slices.Contains(export.Formats(), f) {
		return domain.Invalid("format", fmt.Sprintf("format is xlsx or csv, not %q", body.Format), string(export.XLSX), string(export.CSV))
	}
	if body.Query == nil && body.IDs == nil {
		return domain.Invalid("query", "say what to export: query, ids or both; a query of \"\" is all but the cancelled requests")
	}
	if body.Query != nil {
		query := operation{parameters: exportParameters, modifiers: true, groups: true}
		if err := x.readQuery(strings.TrimPrefix(*body.Query, "?"), query); err != nil {
			return err
		}
	}
	q, columns, err := s.exportQuery(x)
	if err != nil {
		return err
	}
	if body.IDs != nil {
		if q.IDs != nil {
			return domain.Invalid("ids", "ids are in the query and beside it; give them once")
		}
		if q.IDs, err = checkIDs("ids", body.IDs); err != nil {
			return err
		}
	}
	if len(body.Except) > 0 {
		if q.Except, err = checkIDs("except", body.Except); err != nil {
			return err
		}
	}
	if body.Columns != nil {
		if columns, err = exportColumns(body.Columns); err != nil {
			return err
		}
	}
	if body.Sort != nil {
		if q.Sort, err = facets.ParseSort(strings.Join(body.Sort, ",")); err != nil {
			return err
		}
	}
	return s.export(x, f, q, columns)
}

// checkIDs refuses what cannot be a list of request ids.
func checkIDs(field string, ids []string) ([]string, error) {
	switch {
	case len(ids) == 0:
		return nil, domain.Invalid(field, field+" is empty; leave it out, or name requests")
	case len(ids) > maxIDs:
		return nil, domain.Invalid(field, fmt.Sprintf("%s has %d ids; at most %d", field, len(ids), maxIDs))
	}
	for _, id := range ids {
		if err := sourcerequest.ValidateID(id); err != nil {
			return nil, domain.Invalid(field, fmt.Sprintf("%s has %q, which is no request id", field, id))
		}
	}
	return ids, nil
}

func splitNames(list string) []string {
	if strings.TrimSpace(list) == "" {
		return nil
	}
	names := strings.Split(list, ",")
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	return names
}

// extraColumns are columns of exports that a search answers with in any case.
var extraColumns = []export.Column{
	{Column: facets.Column{Name: "buckets", Label: "Buckets", Kind: facets.ColumnTexts}, Value: func(r *facets.Row) any {
		labels := bucketKeys(r.Buckets)
		for i, key := range labels {
			labels[i] = bucketLabel(key)
		}
		return orNothing(labels)
	}},
	{Column: facets.Column{Name: "why", Label: "Why", Kind: facets.ColumnTexts}, Value: func(r *facets.Row) any {
		labels := make([]string, len(r.Why))
		for i, rule := range r.Why {
			labels[i] = rule.Label()
		}
		return orNothing(labels)
	}},
}

func bucketLabel(key string) string {
	return buckets[slices.IndexFunc(buckets, func(b bucketAnswer) bool { return b.Key == key })].Label
}

func orNothing(labels []string) any {
	if len(labels) == 0 {
		return nil
	}
	return labels
}

// exportColumns returns the columns with some names in their order; without
// names, those that a search has.
func exportColumns(names []string) ([]export.Column, error) {
	var usual []export.Column
	for _, c := range facets.Columns() {
		usual = append(usual, export.Column{Column: c})
	}
	if len(names) == 0 {
		return usual, nil
	}
	all := append(slices.Clone(usual), extraColumns...)
	known := make([]string, len(all))
	for i, c := range all {
		known[i] = c.Name
	}
	columns := make([]export.Column, len(names))
	for i, name := range names {
		at := slices.Index(known, name)
		if at < 0 {
			return nil, domain.Invalid("columns", fmt.Sprintf("there is no column %q", name), known...)
		}
		if slices.Contains(names[:i], name) {
			return nil, domain.Invalid("columns", fmt.Sprintf("%s is there twice", name))
		}
		columns[i] = all[at]
	}
	return columns, nil
}

// export answers with the file of a query. What goes wrong after its first
// byte ends the connection, so that nobody takes a part for the whole.
func (s *server) export(x *exchange, f export.Format, q facets.RowQuery, columns []export.Column) error {
	snapshot, err := s.snapshot(x)
	if err != nil {
		return err
	}
	rows, err := snapshot.List(q)
	if err != nil {
		return err
	}
	write, err := f.Prepare(export.Table{
		Columns: columns, Rows: rows.Total, About: s.about(x, q, snapshot, rows),
		Each: func(each func(*facets.Row) error) error {
			return rows.Each(func(r *facets.Row) error {
				if err := x.r.Context().Err(); err != nil {
					return err
				}
				return each(r)
			})
		},
	})
	if err != nil {
		return err
	}
	name := fmt.Sprintf("backlot-requests-%s.%s", domain.DateOf(q.Now, s.Policy.Zone), f)
	x.Header().Set("Content-Type", f.MediaType())
	x.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	x.WriteHeader(http.StatusOK)
	if x.r.Method == http.MethodHead {
		return nil
	}
	connection := http.NewResponseController(x)
	out := bufio.NewWriterSize(&hurriedWriter{x, connection}, 64<<10)
	if err = write(out); err == nil {
		err = out.Flush()
	}
	_ = connection.SetWriteDeadline(time.Time{}) // the next request on it has all the time again
	if err != nil {
		s.Logger.Warn("an export was broken off", slog.String("request", x.id.String()), slog.Any("error", err))
		panic(http.ErrAbortHandler)
	}
	return nil
}

// writeTime is how long a client may take for the next piece of a file. One
// that stops reading would keep the snapshot in memory.
const writeTime = time.Minute

// hurriedWriter writes to a client that has writeTime for each piece.
type hurriedWriter struct {
	*exchange
	connection *http.ResponseController
}

// Write implements io.Writer.
func (w *hurriedWriter) Write(b []byte) (int, error) {
	_ = w.connection.SetWriteDeadline(time.Now().Add(writeTime)) // not every connection has one
	return w.exchange.Write(b)
}

// about says on a workbook's second sheet what was searched for, when and by
// whom. It names no person and, of ids, not how many were asked for.
func (s *server) about(x *exchange, q facets.RowQuery, snapshot *facets.Snapshot, rows *facets.Listing) [][]any {
	sheet := [][]any{{"Search", "Applied", "Values"}}
	add := func(what, how string, values ...any) { sheet = append(sheet, append([]any{what, how}, values...)) }
	if scope := s.scope(x.by); scope != nil {
		add(scope.Label, "scope", scope.Value)
	}
	selection, err := s.storable(x.by, q.Selection)
	accounts := err == nil
	if !accounts { // somebody asked for is nobody that one can see
		selection = q.Selection
	}
	for _, t := range selection.Terms() {
		how := "include"
		if t.Exclude {
			how = "exclude"
		}
		values := make([]any, len(t.Values))
		for i, v := range t.Values {
			values[i] = x.exportedValue(t.Modifier, v, accounts)
		}
		add(modifierLabel(t.Modifier), how, values...)
	}
	if q.Bucket != nil {
		add("Bucket", "include", bucketLabel(q.Bucket.String()))
	}
	for _, g := range facets.Groupings() {
		if key, given := q.Group[g.Name]; given {
			add(g.Label, "group", x.exportedValue(g.Name, key, false))
		}
	}
	if q.IDs != nil {
		add("Requests", "include", "only selected ones")
	}
	if q.Except != nil {
		add("Requests", "exclude", "deselected ones")
	}
	for _, k := range q.Sort {
		direction := "ascending"
		if k.Descending {
			direction = "descending"
		}
		add("Sorted by", direction, sortLabel(k.Column))
	}
	if len(q.Sort) == 0 {
		add("Sorted by", "ascending", sortLabel("due_date"))
	}
	add("As of", "", q.Now.Format(time.RFC3339Nano))
	add("Zone", "", s.Policy.Zone.String())
	add("Log position", "", snapshot.Position().String())
	add("Rows", "", rows.Total)
	add("Exported by account", "", x.by.Account)
	if p := s.partner(x.by.Organisation); p != nil {
		add("Exported by organisation", "", p.Name)
	}
	if snapshot.Stale() {
		add("Note", "", "The read model was being built again; this is an older one.")
	}
	for _, w := range rows.Warnings {
		if strings.TrimPrefix(w.Modifier, "-") == "responsible" {
			add("Note", "", "No source request that you can see has the person asked for.")
			continue
		}
		add("Note", "", w.Message)
	}
	return sheet
}

// exportedValue returns a value of a modifier or grouping as a file may have
// it; accounts says that people are given by account.
func (x *exchange) exportedValue(of, value string, accounts bool) string {
	switch {
	case value == "":
		return "none"
	case of != "responsible":
		return value
	case strings.EqualFold(value, "me"):
		return x.by.Account
	case accounts:
		return value
	}
	return "a person"
}

func modifierLabel(name string) string {
	m, _ := facets.ModifierNamed(name)
	return m.Label
}

// sortLabel returns the label of what can be sorted by.
func sortLabel(name string) string {
	for _, c := range facets.Columns() {
		if c.Name == name {
			return c.Label
		}
	}
	return "Insight"
}
