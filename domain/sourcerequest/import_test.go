package sourcerequest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	. "backlot/domain/sourcerequest"
)

// fileRow is the row that the first import of these specifications has.
func fileRow() Row { return rowAsOpened(StatusOpen) }

func imported() Opened { return with(opened(), func(o *Opened) { o.Import = true }) }

// changed is fileRow with a change, as a file would have it later.
func changed(change func(*Row)) Row { return with(fileRow(), change) }

func TestANewRowOpensARequestAsItIs(t *testing.T) {
	s := given(t).when(ImportRow{Row: fileRow()}).then(imported()).
		when(ImportRow{Row: fileRow()}).thenNothing()
	assert.Equal(t, ptr(fileRow()), s.state.LastRow)

	for _, status := range Statuses() {
		s := given(t).when(ImportRow{Row: changed(func(r *Row) {
			r.Status, r.MaterialStatus, r.EstimatedDeliveryDate = status, MaterialRejected, day("2026-12-15")
		})}).then(with(imported(), func(o *Opened) {
			o.Status, o.MaterialStatus, o.EstimatedDeliveryDate = status, MaterialRejected, day("2026-12-15")
		}))
		assert.Equal(t, status != StatusOpen && status != StatusCancelled, s.state.WasDelivered, "%s", status)
		if status == StatusRedeliveryRequested {
			assert.Equal(t, &Redelivery{Scope: RedeliveryFull, Cause: CauseImport, RequestedAt: dawn}, s.state.Redelivery, "it counts from the import")
		} else {
			assert.Nil(t, s.state.Redelivery)
		}
	}
}

func TestANewRowMayLeaveOutWhatHasADefault(t *testing.T) {
	given(t).when(ImportRow{Row: changed(func(r *Row) {
		r.FulfillmentPartner, r.ServiceType, r.EstimatedDeliveryDate, r.MaterialStatus, r.Status = " ", "", 0, " ", ""
	})}).then(with(imported(), func(o *Opened) { o.FulfillmentPartner, o.ServiceType = "", ServiceUnknown }))
}

func TestANewRowNeedsTheRest(t *testing.T) {
	for column, blank := range map[string]func(*Row){
		"package_id": func(r *Row) { r.PackageID = "" }, "movie_id": func(r *Row) { r.MovieID = " " }, "title": func(r *Row) { r.Title = "" },
		"content_partner": func(r *Row) { r.ContentPartner = "" }, "language": func(r *Row) { r.Language = "" },
		"country": func(r *Row) { r.Countries = []string{} }, "due_date": func(r *Row) { r.DueDate = 0 },
	} {
		given(t).when(ImportRow{Row: changed(blank)}).thenInvalid(column)
	}
	given(t).when(ImportRow{Row: changed(func(r *Row) { r.IsOriginal = nil })}).thenInvalid("is_original", "Yes", "No")
	given(t).when(ImportRow{Row: changed(func(r *Row) { r.MovieType = "" })}).thenInvalid("movie_type", labels(MovieTypes())...)
	given(t).when(ImportRow{Row: changed(func(r *Row) { r.SourceType = "" })}).thenInvalid("source_type", labels(SourceTypes())...)
}

func TestAWrongValueIsRefusedByItsColumn(t *testing.T) {
	for column, c := range map[string]struct {
		change  func(*Row)
		allowed []string
	}{
		"title":                   {func(r *Row) { r.Title = "a\nb" }, nil},
		"package_id":              {func(r *Row) { r.PackageID = "\xff" }, nil},
		"movie_id":                {func(r *Row) { r.MovieID = strings.Repeat("x", 301) }, nil},
		"content_partner":         {func(r *Row) { r.ContentPartner = "a\x00" }, nil},
		"fulfillment_partner":     {func(r *Row) { r.FulfillmentPartner = "a\x00" }, nil},
		"language":                {func(r *Row) { r.Language = "a\tb" }, nil},
		"country":                 {func(r *Row) { r.Countries = []string{"Peru", ""} }, nil},
		"due_date":                {func(r *Row) { r.DueDate = -1 }, nil},
		"estimated_delivery_date": {func(r *Row) { r.EstimatedDeliveryDate = 1_000_000 }, nil},
		"movie_type":              {func(r *Row) { r.MovieType = "Film" }, labels(MovieTypes())},
		"source_type":             {func(r *Row) { r.SourceType = "VHS" }, labels(SourceTypes())},
		"service_type":            {func(r *Row) { r.ServiceType = "Magic" }, labels(ServiceTypes())},
		"material_status":         {func(r *Row) { r.MaterialStatus = "Lost" }, labels(MaterialStatuses())},
		"status":                  {func(r *Row) { r.Status = "Done" }, labels(Statuses())},
	} {
		given(t).when(ImportRow{Row: changed(c.change)}).thenInvalid(column, c.allowed...)
		given(t, imported()).when(ImportRow{Row: changed(c.change)}).thenInvalid(column, c.allowed...)
	}
}

func TestSpellingsOfTheSameRowChangeNothing(t *testing.T) {
	sloppy := changed(func(r *Row) {
		r.Title, r.PackageID, r.Language, r.FulfillmentPartner = " The Long Harbour", "500001 ", " Norwegian ", "house\t"
		r.MovieType, r.SourceType, r.Status, r.MaterialStatus = "EPISODE", " dubs ", "open", "not received"
		r.Countries = []string{"Norway ", "Canada", "Canada"}
	})
	given(t, imported()).when(ImportRow{Row: sloppy}).thenNothing()
	given(t).when(ImportRow{Row: sloppy}).then(imported()).when(ImportRow{Row: sloppy}).thenNothing()
	later := with(sloppy, func(r *Row) { r.Title = " Another Harbour " })
	given(t, imported()).
		when(ImportRow{Row: later}).
		then(FieldsEdited{Title: ptr("Another Harbour")}, RowImported{Row: changed(func(r *Row) { r.Title = "Another Harbour" })}).
		when(ImportRow{Row: later}).thenNothing()
}

func TestALaterImportAppliesWhatChangedInTheFile(t *testing.T) {
	for column, c := range map[string]struct {
		change func(*Row)
		events []Event
	}{
		"package_id":          {func(r *Row) { r.PackageID = "p" }, []Event{FieldsEdited{PackageID: ptr("p")}}},
		"movie_id":            {func(r *Row) { r.MovieID = "m" }, []Event{FieldsEdited{MovieID: ptr("m")}}},
		"title":               {func(r *Row) { r.Title = "t" }, []Event{FieldsEdited{Title: ptr("t")}}},
		"movie_type":          {func(r *Row) { r.MovieType = MovieStandalone }, []Event{FieldsEdited{MovieType: ptr(MovieStandalone)}}},
		"is_original":         {func(r *Row) { r.IsOriginal = ptr(false) }, []Event{FieldsEdited{IsOriginal: ptr(false)}}},
		"content_partner":     {func(r *Row) { r.ContentPartner = "c" }, []Event{FieldsEdited{ContentPartner: ptr("c")}}},
		"fulfillment_partner": {func(r *Row) { r.FulfillmentPartner = "f" }, []Event{Assigned{FulfillmentPartner: "f"}}},
		"source_type":         {func(r *Row) { r.SourceType = SourceSubs }, []Event{FieldsEdited{SourceType: ptr(SourceSubs)}}},
		"service_type":        {func(r *Row) { r.ServiceType = ServiceCreate }, []Event{FieldsEdited{ServiceType: ptr(ServiceCreate)}}},
		"language":            {func(r *Row) { r.Language = "l" }, []Event{FieldsEdited{Language: ptr("l")}}},
		"country":             {func(r *Row) { r.Countries = []string{"Peru"} }, []Event{FieldsEdited{Countries: []string{"Peru"}}}},
		"due_date":            {func(r *Row) { r.DueDate = day("2026-12-24") }, []Event{FieldsEdited{DueDate: ptr(day("2026-12-24"))}}},
		"estimated_delivery_date": {func(r *Row) { r.EstimatedDeliveryDate = day("2026-12-24") },
			[]Event{EstimatedDeliveryDateChanged{Date: day("2026-12-24"), Reason: ReasonImport}}},
		"both dates": {func(r *Row) { r.DueDate, r.EstimatedDeliveryDate = day("2026-12-24"), day("2026-12-24") },
			[]Event{FieldsEdited{DueDate: ptr(day("2026-12-24"))}}},
		"material_status": {func(r *Row) { r.MaterialStatus = MaterialRejected }, []Event{MaterialStatusChanged{MaterialStatus: MaterialRejected, Reason: ReasonImport}}},
		"status":          {func(r *Row) { r.Status = StatusCancelled }, []Event{Cancelled{Reason: ReasonImport}}},
	} {
		t.Run(column, func(t *testing.T) {
			row := changed(c.change)
			s := given(t, imported()).
				when(ImportRow{Row: row}).then(append(c.events, RowImported{Row: row})...).
				when(ImportRow{Row: row}).thenNothing()
			assert.Equal(t, ptr(row), s.state.LastRow)
		})
	}
}

func TestAnImportDoesNotOverwriteThePartnersWork(t *testing.T) {
	past := []Event{
		imported(),
		MaterialStatusChanged{MaterialStatus: MaterialAccepted},
		EstimatedDeliveryDateChanged{Date: day("2026-12-09"), Reason: "late reel"},
		FieldsEdited{ServiceType: ptr(ServiceCreate)},
	}
	s := given(t, past...).
		when(ImportRow{Row: fileRow()}).thenNothing().
		when(ImportRow{Row: changed(func(r *Row) { r.Title = "t" })}).
		then(FieldsEdited{Title: ptr("t")}, RowImported{Row: changed(func(r *Row) { r.Title = "t" })})
	assert.Equal(t, MaterialAccepted, s.state.MaterialStatus)
	assert.Equal(t, day("2026-12-09"), s.state.EstimatedDeliveryDate())
	assert.Equal(t, ServiceCreate, s.state.ServiceType)

	delivered := after(past, deliveredOnce()[1:]...)
	given(t, delivered...).when(ImportRow{Row: changed(func(r *Row) { r.Language = "Sami" })}).
		then(FieldsEdited{Language: ptr("Sami")}, RowImported{Row: changed(func(r *Row) { r.Language = "Sami" })}).is(StatusDelivered)
	// What the file says now is what the partner already did.
	row := changed(func(r *Row) {
		r.Status, r.MaterialStatus, r.ServiceType = StatusDelivered, MaterialAccepted, ServiceCreate
	})
	given(t, delivered...).when(ImportRow{Row: row}).then(RowImported{Row: row}).when(ImportRow{Row: row}).thenNothing()
}

func TestBlankMeansUnchanged(t *testing.T) {
	given(t, imported()).when(ImportRow{}).thenNothing().
		when(ImportRow{Row: Row{Title: " ", MovieType: " ", Countries: []string{}}}).thenNothing().
		when(ImportRow{Row: Row{Title: "t"}}).
		then(FieldsEdited{Title: ptr("t")}, RowImported{Row: changed(func(r *Row) { r.Title = "t" })})
}

func TestTheFirstImportOfARequestOpenedByHandIsComparedWithIt(t *testing.T) {
	given(t, opened()).when(ImportRow{Row: fileRow()}).thenNothing()
	row := changed(func(r *Row) { r.Title = "t" })
	given(t, opened()).when(ImportRow{Row: row}).then(FieldsEdited{Title: ptr("t")}, RowImported{Row: row}).
		when(ImportRow{Row: row}).thenNothing()
}

func TestAnImportChangesAStatusWhereACommandCould(t *testing.T) {
	to := func(s Status) Row { return changed(func(r *Row) { r.Status = s }) }
	for _, status := range []Status{StatusDelivered, StatusProcessed} {
		past := after([]Event{imported()}, pasts()[status][1:]...)
		given(t, past...).when(ImportRow{Row: to(StatusRedeliveryRequested)}).
			then(RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseImport, Reasons: []string{ReasonImport}}, RowImported{Row: to(StatusRedeliveryRequested)}).
			is(StatusRedeliveryRequested).
			when(ImportRow{Row: to(StatusRedeliveryRequested)}).thenNothing().
			when(ImportRow{Row: to(status)}).thenRefusedIn("status", "Redelivery Requested", "Cancelled")
		// Asking again opens the request for what else the row changes.
		row := with(to(StatusRedeliveryRequested), func(r *Row) { r.EstimatedDeliveryDate = day("2026-12-20") })
		given(t, past...).when(ImportRow{Row: row}).then(
			RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseImport, Reasons: []string{ReasonImport}},
			EstimatedDeliveryDateChanged{Date: day("2026-12-20"), Reason: ReasonImport}, RowImported{Row: row})
	}

	cancelled := given(t, imported()).when(ImportRow{Row: to(StatusCancelled)}).then(Cancelled{Reason: ReasonImport}, RowImported{Row: to(StatusCancelled)})
	cancelled.when(ImportRow{Row: to(StatusDelivered)}).thenRefusedIn("status", "Cancelled", "Open").
		when(ImportRow{Row: to(StatusOpen)}).then(Reinstated{Reason: ReasonImport}, RowImported{Row: to(StatusOpen)}).is(StatusOpen)

	for _, target := range []Status{StatusDelivered, StatusProcessed, StatusUpgraded, StatusRedeliveryRequested} {
		given(t, imported()).when(ImportRow{Row: to(target)}).thenRefusedIn("status", "Open", "Cancelled")
	}
	given(t, imported(), Cancelled{}).when(ImportRow{Row: to(StatusCancelled)}).then(RowImported{Row: to(StatusCancelled)})
}

func TestEditsGoBetweenReinstatingAndCancelling(t *testing.T) {
	closing := changed(func(r *Row) { r.Status, r.Title = StatusCancelled, "t" })
	reopening := changed(func(r *Row) { r.EstimatedDeliveryDate, r.MaterialStatus = day("2026-12-20"), MaterialReceived })
	given(t, imported()).
		when(ImportRow{Row: closing}).then(FieldsEdited{Title: ptr("t")}, Cancelled{Reason: ReasonImport}, RowImported{Row: closing}).
		when(ImportRow{Row: reopening}).then(
		Reinstated{Reason: ReasonImport}, FieldsEdited{Title: ptr("The Long Harbour")},
		MaterialStatusChanged{MaterialStatus: MaterialReceived, Reason: ReasonImport},
		EstimatedDeliveryDateChanged{Date: day("2026-12-20"), Reason: ReasonImport}, RowImported{Row: reopening}).is(StatusOpen)
}

func TestAnImportIsRefusedByTheColumnThatTheStatusDoesNotAccept(t *testing.T) {
	for column, change := range map[string]func(*Row){
		"title":                   func(r *Row) { r.Title, r.Language = "t", "l" },
		"fulfillment_partner":     func(r *Row) { r.FulfillmentPartner = "other" },
		"country":                 func(r *Row) { r.Countries = []string{"Peru"} },
		"material_status":         func(r *Row) { r.MaterialStatus = MaterialReceived },
		"estimated_delivery_date": func(r *Row) { r.EstimatedDeliveryDate = day("2026-12-20") },
	} {
		given(t, imported(), Cancelled{}).when(ImportRow{Row: changed(change)}).thenRefusedIn(column, accepts[StatusCancelled]...)
	}
	past := after([]Event{imported()}, deliveredOnce()[1:]...)
	given(t, past...).when(ImportRow{Row: changed(func(r *Row) { r.EstimatedDeliveryDate = day("2026-12-20") })}).
		thenRefusedIn("estimated_delivery_date", accepts[StatusDelivered]...)
	given(t, imported(), Cancelled{}).when(ImportRow{Row: fileRow()}).thenNothing()
}

func TestAnUnassignedRequestIsAssignedByALaterImport(t *testing.T) {
	given(t, with(imported(), func(o *Opened) { o.FulfillmentPartner = "" }), Assigned{FulfillmentPartner: "helper"}, SubAssigned{SubAssignee: "house"}).
		when(ImportRow{Row: fileRow()}).then(Assigned{FulfillmentPartner: "house"}, RowImported{Row: fileRow()})
}
