package facets

import (
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// RowQuery asks for rows.
type RowQuery struct {
	Principal domain.Principal // whose scope is listed
	Selection Selection
	Bucket    *sourcerequest.Bucket // only requests in it, nil for all matched
	Group     map[string]string     // only requests of this group: grouping name to label, "" for none
	Sort      []SortKey             // default: due_date. Ties are ordered by request id, empty values come last
	Now       time.Time             // required, but for a cursor, which brings its own
	Limit     int                   // at most so many; 0 for all
	Offset    int                   // leave out the first so many; not together with Cursor
	Cursor    string                // Next of the previous page of the same query; CodeInvalid if it is of another
}

// SortKey is a column to sort by.
type SortKey struct {
	Column     string // the name of one of Columns
	Descending bool
}

// Partner is an organisation in a row; both are empty where there is none.
type Partner struct{ ID, Name string }

// Row is a source request in a list.
type Row struct {
	RequestID             string
	PackageID             string
	MovieID               string
	Title                 string
	MovieType             sourcerequest.MovieType
	IsOriginal            bool
	ContentPartner        Partner
	FulfillmentPartner    Partner
	SubAssignee           Partner
	SourceType            sourcerequest.SourceType
	ServiceType           sourcerequest.ServiceType
	Language              string
	Countries             []string
	DueDate               domain.Date
	EstimatedDeliveryDate domain.Date
	MaterialStatus        sourcerequest.MaterialStatus
	Status                sourcerequest.Status
	Issues                []string
	Buckets               sourcerequest.Buckets // at the query's now
	Why                   []sourcerequest.Rule  // the rules that made it Critical or At Risk
	NearMiss              bool                  // the title only resembles the text asked for
	Revision              uint64                // of the latest event folded in
}

// Rows are the answer to a RowQuery.
type Rows struct {
	Total    int // how many rows the query selects, whatever Limit, Offset and Cursor
	Rows     []Row
	Next     string    // the cursor of the next page, "" after the last
	Now      time.Time // the instant that the rows were judged at: the query's, or the cursor's
	NearMiss bool      // as in Counts
	Warnings []Warning
}

// Column is something that a list can show and sort by.
type Column struct {
	Name  string
	Label string
	Kind  ColumnKind
}

// ColumnKind is the type of a column's values.
type ColumnKind string

// The kinds of column. Row.Value gives the Go types.
const (
	ColumnText  ColumnKind = "text"  // string
	ColumnTexts ColumnKind = "texts" // []string
	ColumnDate  ColumnKind = "date"  // domain.Date
	ColumnYesNo ColumnKind = "yesno" // bool
)

// Columns returns every column in the order in which it is shown.
func Columns() []Column { return nil }

// ParseColumns reads a comma-separated list of column names, "" for all.
// Unknown names are CodeInvalid with Field columns and Allowed.
func ParseColumns(list string) ([]Column, error) {
	return nil, domain.Errorf(domain.CodeInternal, "not written yet")
}

// ParseSort reads `due_date,-title`: column names, those with - before them
// descending. Unknown or repeated ones are CodeInvalid with Field sort and Allowed.
func ParseSort(list string) ([]SortKey, error) {
	return nil, domain.Errorf(domain.CodeInternal, "not written yet")
}

// Value returns what a row shows in a column: a string, []string, bool,
// domain.Date, or nil where there is no value.
func (r *Row) Value(column string) any { return nil }

// Rows lists what a query selects. The error is CodeInvalid for a wrong Sort,
// Group, Limit, Offset or Cursor.
func (s *Snapshot) Rows(q RowQuery) (*Rows, error) {
	return nil, domain.Errorf(domain.CodeInternal, "not written yet")
}

// Each calls f with every row that a query selects, in order, for exports: one
// row is made at a time. The row belongs to f. Errors of f are returned.
func (s *Snapshot) Each(q RowQuery, f func(*Row) error) error {
	return domain.Errorf(domain.CodeInternal, "not written yet")
}

// Row returns one request as of now, if the principal may see it.
func (s *Snapshot) Row(p domain.Principal, id string, now time.Time) (*Row, bool) { return nil, false }
