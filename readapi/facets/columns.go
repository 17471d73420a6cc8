package facets

import (
	"fmt"
	"slices"
	"strings"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

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

var allColumns = []Column{
	{"request_id", "Request ID", ColumnText}, {"package_id", "Package ID", ColumnText}, {"movie_id", "Movie ID", ColumnText},
	{"title", "Title", ColumnText}, {"movie_type", "Movie Type", ColumnText}, {"is_original", "Is Original", ColumnYesNo},
	{"content_partner", "Content Partner", ColumnText}, {"fulfillment_partner", "Fulfillment Partner", ColumnText}, {"sub_assignee", "Sub-assignee", ColumnText},
	{"responsible", "Responsible", ColumnText},
	{"source_type", "Source Type", ColumnText}, {"service_type", "Service Type", ColumnText},
	{"language", "Language", ColumnText}, {"countries", "Countries", ColumnTexts},
	{"due_date", "Due Date", ColumnDate}, {"estimated_delivery_date", "Estimated Delivery Date", ColumnDate},
	{"material_status", "Material Status", ColumnText}, {"status", "Status", ColumnText}, {"quality_control", "Quality Control", ColumnText}, {"issues", "Issues", ColumnTexts},
}

// SortByInsight is a sort key beside the columns: Critical, At Risk, On Track,
// then what is not open.
const SortByInsight = "insight"

// Columns returns every column in the order in which it is shown.
func Columns() []Column { return slices.Clone(allColumns) }

func columnNames() []string {
	names := make([]string, len(allColumns))
	for i, c := range allColumns {
		names[i] = c.Name
	}
	return names
}

func sortNames() []string { return append(columnNames(), SortByInsight) }

// ParseColumns reads a comma-separated list of column names, "" for all.
// Unknown and repeated names are CodeInvalid with Field columns and Allowed.
func ParseColumns(list string) ([]Column, error) {
	names := splitList(list)
	if len(names) == 0 {
		return Columns(), nil
	}
	columns := make([]Column, len(names))
	for i, name := range names {
		at := slices.IndexFunc(allColumns, func(c Column) bool { return c.Name == name })
		if at < 0 {
			return nil, domain.Invalid("columns", fmt.Sprintf("there is no column %q", name), columnNames()...)
		}
		columns[i] = allColumns[at]
		if slices.Contains(columns[:i], columns[i]) {
			return nil, domain.Invalid("columns", fmt.Sprintf("%s is there twice", name))
		}
	}
	return columns, nil
}

// SortKey is a column to sort by.
type SortKey struct {
	Column     string // the name of one of Columns, or SortByInsight
	Descending bool
}

// ParseSort reads `due_date,-title`: column names, those with - before them
// descending, "" for the default. Unknown and repeated ones are CodeInvalid
// with Field sort and Allowed.
func ParseSort(list string) ([]SortKey, error) {
	var keys []SortKey
	for _, part := range splitList(list) {
		name, descending := strings.CutPrefix(part, "-")
		keys = append(keys, SortKey{name, descending})
	}
	return keys, checkSort(keys)
}

func checkSort(keys []SortKey) error {
	for i, k := range keys {
		if !slices.Contains(sortNames(), k.Column) {
			return domain.Invalid("sort", fmt.Sprintf("there is no column %q to sort by", k.Column), sortNames()...)
		}
		if slices.ContainsFunc(keys[:i], func(other SortKey) bool { return other.Column == k.Column }) {
			return domain.Invalid("sort", fmt.Sprintf("%s is there twice", k.Column))
		}
	}
	return nil
}

// Partner is an organisation in a row; both are empty where there is none.
type Partner struct{ ID, Name string }

// Person is somebody's account in a row; both are empty where there is none.
type Person struct{ Account, Name string }

// Row is a source request in a list, as one principal may see it. Its slices are shared: read them only.
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
	Responsible           Person // of the asker's own organisation, or of the fulfillment partner for who sees all
	SourceType            sourcerequest.SourceType
	ServiceType           sourcerequest.ServiceType
	Language              string
	Countries             []string
	DueDate               domain.Date
	EstimatedDeliveryDate domain.Date
	MaterialStatus        sourcerequest.MaterialStatus
	Status                sourcerequest.Status
	QualityControl        sourcerequest.QualityControlStatus
	Issues                []string
	Buckets               sourcerequest.Buckets // at the query's now
	Why                   []sourcerequest.Rule  // the rules that made it Critical or At Risk
	NearMiss              bool                  // the title only resembles the text asked for
	Revision              uint64                // of the latest event folded in
}

// Value returns what a row shows in a column: a string, []string, bool,
// domain.Date, or nil where there is no value or no such column. Partners and
// people are shown by name.
func (r *Row) Value(column string) any {
	switch column {
	case "request_id":
		return orNil(r.RequestID)
	case "package_id":
		return orNil(r.PackageID)
	case "movie_id":
		return orNil(r.MovieID)
	case "title":
		return orNil(r.Title)
	case "movie_type":
		return orNil(string(r.MovieType))
	case "is_original":
		return r.IsOriginal
	case "content_partner":
		return orNil(r.ContentPartner.Name)
	case "fulfillment_partner":
		return orNil(r.FulfillmentPartner.Name)
	case "sub_assignee":
		return orNil(r.SubAssignee.Name)
	case "responsible":
		return orNil(r.Responsible.Name)
	case "source_type":
		return orNil(string(r.SourceType))
	case "service_type":
		return orNil(string(r.ServiceType))
	case "language":
		return orNil(r.Language)
	case "countries":
		return orNone(r.Countries)
	case "due_date":
		return orNil(r.DueDate)
	case "estimated_delivery_date":
		return orNil(r.EstimatedDeliveryDate)
	case "material_status":
		return orNil(string(r.MaterialStatus))
	case "status":
		return orNil(string(r.Status))
	case "quality_control":
		return orNil(string(r.QualityControl))
	case "issues":
		return orNone(r.Issues)
	}
	return nil
}

func orNil[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

func orNone(names []string) any {
	if len(names) == 0 {
		return nil
	}
	return names
}

var (
	sourceTypeOf     = sourcerequest.SourceTypes()
	serviceTypeOf    = sourcerequest.ServiceTypes()
	movieTypeOf      = sourcerequest.MovieTypes()
	statusOf         = sourcerequest.Statuses()
	materialStatusOf = sourcerequest.MaterialStatuses()
	qualityControlOf = sourcerequest.QualityControlStatuses()
)

func labelOf[T ~string](vocabulary []T, code uint8) T {
	if code == 0 {
		return ""
	}
	return vocabulary[code-1]
}
