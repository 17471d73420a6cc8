package sourcerequest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"backlot/domain"
)

// ReasonImport is the reason that changes have when a file's row made them.
const ReasonImport = "import"

func decideImport(s State, row Row) ([]Event, error) {
	row, err := canonicalRow(row)
	if err != nil {
		return nil, err
	}
	if !s.Exists() {
		return decideImportNew(row)
	}
	last := s.LastRow
	if last == nil {
		last = rowOfState(s)
	}
	return decideImportAgain(s, *last, row)
}

func canonicalRow(r Row) (Row, error) {
	var err error
	check := func(e error) {
		if err == nil {
			err = e
		}
	}
	for _, f := range []struct {
		column string
		value  *string
	}{
		{"package_id", &r.PackageID}, {"movie_id", &r.MovieID}, {"title", &r.Title}, {"content_partner", &r.ContentPartner},
		{"fulfillment_partner", &r.FulfillmentPartner}, {"language", &r.Language},
	} {
		v, err := optionalName(f.column, *f.value)
		check(err)
		*f.value = v
	}
	if len(r.Countries) == 0 {
		r.Countries = nil
	} else {
		v, err := countries(r.Countries)
		check(err)
		r.Countries = v
	}
	check(blankOr("movie_type", &r.MovieType, movieTypes))
	check(blankOr("source_type", &r.SourceType, sourceTypes))
	check(blankOr("service_type", &r.ServiceType, serviceTypes))
	check(blankOr("material_status", &r.MaterialStatus, materialStatuses))
	check(blankOr("status", &r.Status, statuses))
	if !r.DueDate.IsZero() {
		check(day("due_date", r.DueDate))
	}
	if !r.EstimatedDeliveryDate.IsZero() {
		check(day("estimated_delivery_date", r.EstimatedDeliveryDate))
	}
	return r, err
}

func blankOr[T ~string](field string, v *T, vocabulary []T) (err error) {
	*v = T(strings.TrimSpace(string(*v)))
	if *v != "" {
		*v, err = canonical(field, *v, vocabulary)
	}
	return err
}

func decideImportNew(r Row) ([]Event, error) {
	open := Open{
		PackageID: r.PackageID, MovieID: r.MovieID, Title: r.Title, MovieType: r.MovieType,
		ContentPartner: r.ContentPartner, FulfillmentPartner: r.FulfillmentPartner, SourceType: r.SourceType, ServiceType: r.ServiceType,
		Language: r.Language, Countries: r.Countries, DueDate: r.DueDate, EstimatedDeliveryDate: r.EstimatedDeliveryDate,
		MaterialStatus: r.MaterialStatus,
	}
	if r.IsOriginal == nil {
		return nil, domain.Invalid("is_original", "is_original is required for a new request", "Yes", "No")
	}
	open.IsOriginal = *r.IsOriginal
	events, err := decideOpen(open)
	if err != nil {
		return nil, err
	}
	e := events[0].(Opened)
	e.Import = true
	if r.Status != "" {
		e.Status = r.Status
	}
	return []Event{e}, nil
}

// decideImportAgain applies what changed in the file since its last import and
// leaves alone what partners changed meanwhile.
func decideImportAgain(s State, last, row Row) ([]Event, error) {
	merged, edit, changed := mergeRow(last, row)
	if !changed {
		return nil, nil
	}
	var events []Event
	// What reopens the request comes first and cancelling last, so that the
	// edits in between are accepted.
	status, err := importStatus(s, last.Status, row.Status)
	if err != nil {
		return nil, err
	}
	switch status.(type) {
	case Reinstated:
		events, status = append(events, status), nil
		s.Status = s.reinstatesTo()
	case RedeliveryRequested:
		events, status = append(events, status), nil
		s.Status = StatusRedeliveryRequested
	}
	if columns := edit.columns(); columns != nil {
		edits, err := decideEdit(s, edit)
		if err != nil {
			return nil, inColumn(err, columns[0])
		}
		events = append(events, edits...)
	}
	if row.MaterialStatus != "" && row.MaterialStatus != last.MaterialStatus {
		more, err := decideMaterialStatus(s, ChangeMaterialStatus{MaterialStatus: row.MaterialStatus, Reason: ReasonImport})
		if err != nil {
			return nil, inColumn(err, "material_status")
		}
		events = append(events, more...)
	}
	if d := row.EstimatedDeliveryDate; !d.IsZero() && d != last.EstimatedDeliveryDate {
		if edit.DueDate != nil {
			s.DueDate = *edit.DueDate
		}
		more, err := decideEstimatedDeliveryDate(s, ChangeEstimatedDeliveryDate{Date: d, Reason: ReasonImport})
		if err != nil {
			return nil, inColumn(err, "estimated_delivery_date")
		}
		events = append(events, more...)
	}
	if status != nil {
		events = append(events, status)
	}
	return append(events, RowImported{Row: merged}), nil
}

// importStatus returns the event that makes the file's change of status, nil
// if the file did not change it or the request stands there already.
func importStatus(s State, last, to Status) (Event, error) {
	if to == "" || to == last || to == s.Status {
		return nil, nil
	}
	switch {
	case to == StatusCancelled:
		return Cancelled{Reason: ReasonImport}, nil
	case s.Status == StatusCancelled && to == s.reinstatesTo():
		return Reinstated{Reason: ReasonImport}, nil
	case to == StatusRedeliveryRequested && (s.Status == StatusDelivered || s.Status == StatusProcessed):
		return RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseImport, Reasons: []string{ReasonImport}}, nil
	}
	allowed := []string{string(s.Status), string(StatusCancelled)}
	switch s.Status {
	case StatusCancelled:
		allowed = []string{string(s.Status), string(s.reinstatesTo())}
	case StatusDelivered, StatusProcessed:
		allowed = append(allowed, string(StatusRedeliveryRequested))
	}
	err := domain.Refused(fmt.Sprintf("an import cannot take a request from %s to %s", s.Status, to), allowed...)
	err.Field = "status"
	return nil, err
}

// mergeRow returns the last row with the new row's non-blank fields, the edit
// that the difference asks for, and whether there is a difference at all.
func mergeRow(last, row Row) (merged Row, edit Edit, changed bool) {
	merged = last
	mergeField(&merged.PackageID, row.PackageID, &edit.PackageID, &changed)
	mergeField(&merged.MovieID, row.MovieID, &edit.MovieID, &changed)
	mergeField(&merged.Title, row.Title, &edit.Title, &changed)
	mergeField(&merged.MovieType, row.MovieType, &edit.MovieType, &changed)
	mergeField(&merged.ContentPartner, row.ContentPartner, &edit.ContentPartner, &changed)
	mergeField(&merged.FulfillmentPartner, row.FulfillmentPartner, &edit.FulfillmentPartner, &changed)
	mergeField(&merged.SourceType, row.SourceType, &edit.SourceType, &changed)
	mergeField(&merged.ServiceType, row.ServiceType, &edit.ServiceType, &changed)
	mergeField(&merged.Language, row.Language, &edit.Language, &changed)
	mergeField(&merged.DueDate, row.DueDate, &edit.DueDate, &changed)
	mergeField(&merged.EstimatedDeliveryDate, row.EstimatedDeliveryDate, new(*domain.Date), &changed)
	mergeField(&merged.MaterialStatus, row.MaterialStatus, new(*MaterialStatus), &changed)
	mergeField(&merged.Status, row.Status, new(*Status), &changed)
	if row.IsOriginal != nil && (last.IsOriginal == nil || *row.IsOriginal != *last.IsOriginal) {
		merged.IsOriginal, edit.IsOriginal, changed = row.IsOriginal, row.IsOriginal, true
	}
	if row.Countries != nil && !slices.Equal(row.Countries, last.Countries) {
		merged.Countries, edit.Countries, changed = row.Countries, row.Countries, true
	}
	return merged, edit, changed
}

func mergeField[T comparable](last *T, row T, edit **T, changed *bool) {
	var blank T
	if row != blank && row != *last {
		*last, *edit, *changed = row, &row, true
	}
}

// columns returns the import columns that an edit sets.
func (c Edit) columns() []string {
	var out []string
	for _, f := range []struct {
		column string
		set    bool
	}{
		{"package_id", c.PackageID != nil}, {"movie_id", c.MovieID != nil}, {"title", c.Title != nil},
		{"movie_type", c.MovieType != nil}, {"is_original", c.IsOriginal != nil},
		{"content_partner", c.ContentPartner != nil}, {"fulfillment_partner", c.FulfillmentPartner != nil},
		{"source_type", c.SourceType != nil}, {"service_type", c.ServiceType != nil}, {"language", c.Language != nil},
		{"country", c.Countries != nil}, {"due_date", c.DueDate != nil},
	} {
		if f.set {
			out = append(out, f.column)
		}
	}
	return out
}

// inColumn names the column that a refusal is about, unless it does so itself.
func inColumn(err error, column string) error {
	var e *domain.Error
	if !errors.As(err, &e) || e.Field != "" {
		return err
	}
	in := *e
	in.Field = column
	return &in
}

// rowOfState is the row against which the first import of a request that was
// opened by hand is compared.
func rowOfState(s State) *Row {
	return &Row{
		PackageID: s.PackageID, MovieID: s.MovieID, Title: s.Title, MovieType: s.MovieType, IsOriginal: &s.IsOriginal,
		ContentPartner: s.ContentPartner, FulfillmentPartner: s.FulfillmentPartner,
		SourceType: s.SourceType, ServiceType: s.ServiceType, Language: s.Language, Countries: s.Countries,
		DueDate: s.DueDate, EstimatedDeliveryDate: s.EstimatedDeliveryDate(), MaterialStatus: s.MaterialStatus, Status: s.Status,
	}
}
