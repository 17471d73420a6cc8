package sourcerequest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	. "backlot/domain/sourcerequest"
)

func TestReinstatingReturnsToWhereItWas(t *testing.T) {
	for _, status := range []Status{StatusOpen, StatusRedeliveryRequested, StatusDelivered, StatusProcessed, StatusUpgraded} {
		t.Run(string(status), func(t *testing.T) {
			s := given(t, pasts()[status]...)
			before := s.state
			s.when(Cancel{Reason: " not needed "}).then(Cancelled{Reason: "not needed"}).is(StatusCancelled).
				when(Cancel{Reason: "twice"}).thenNothing().
				when(Reinstate{}).then(Reinstated{}).is(status).
				when(Reinstate{}).thenRefused(accepts[status]...)
			before.UpdatedAt = s.state.UpdatedAt
			require.Equal(t, before, s.state, "nothing else changed")
		})
	}
	given(t, with(opened(), func(o *Opened) { o.Status, o.Import = StatusCancelled, true })).
		when(Reinstate{}).then(Reinstated{}).is(StatusOpen)
}

func TestARequestWaitsForItsRedeliveryWhileCancelled(t *testing.T) {
	s := given(t, pasts()[StatusRedeliveryRequested]...)
	asked := s.state.Facts().RedeliveryAsked
	require.Equal(t, s.state.Redelivery.RequestedAt.UnixMilli(), asked)
	s.when(Cancel{}).then(Cancelled{})
	assert.Equal(t, int64(Never), s.state.Facts().RedeliveryAsked)
	s.when(Reinstate{}).then(Reinstated{})
	assert.Equal(t, asked, s.state.Facts().RedeliveryAsked, "it counts from when it was asked for")
}

func TestUpgrading(t *testing.T) {
	s := given(t, deliveredOnce()...).
		when(Upgrade{ReplacedBy: "SR-2"}).then(Upgraded{ReplacedBy: "SR-2"}).is(StatusUpgraded).
		when(Upgrade{ReplacedBy: "SR-2"}).thenNothing().
		when(Upgrade{ReplacedBy: "SR-3"}).thenRefused("comment", "cancel")
	assert.Equal(t, "SR-2", s.state.UpgradedTo)
	replacement := given(t).when(with(openCommand(), func(o *Open) { o.Upgrades = "SR-1" })).
		then(with(opened(), func(o *Opened) { o.Upgrades = "SR-1" }))
	assert.Equal(t, "SR-1", replacement.state.Upgrades)
}

func TestTheEDDFollowsTheDueDateUntilItIsMoved(t *testing.T) {
	s := given(t, opened())
	assert.Equal(t, day("2026-12-01"), s.state.EstimatedDeliveryDate())
	s.when(ChangeEstimatedDeliveryDate{Date: day("2026-12-01"), Reason: "no change"}).thenNothing().
		when(Edit{DueDate: ptr(day("2026-12-08"))}).then(FieldsEdited{DueDate: ptr(day("2026-12-08"))})
	assert.Equal(t, day("2026-12-08"), s.state.EstimatedDeliveryDate())

	s.by(house).when(ChangeEstimatedDeliveryDate{Date: day("2026-12-10"), Reason: " a late reel "}).
		then(EstimatedDeliveryDateChanged{Date: day("2026-12-10"), Reason: "a late reel"}).
		when(Edit{DueDate: ptr(day("2026-12-05"))}).then(FieldsEdited{DueDate: ptr(day("2026-12-05"))})
	assert.Equal(t, day("2026-12-10"), s.state.EstimatedDeliveryDate())
	assert.Equal(t, day("2026-12-05"), s.state.DueDate, "the EDD never moves the due date")

	s.when(ChangeEstimatedDeliveryDate{Date: day("2026-12-05"), Reason: "on time"}).
		then(EstimatedDeliveryDateChanged{Date: day("2026-12-05"), Reason: "on time"}).
		when(Edit{DueDate: ptr(day("2026-12-07"))}).then(FieldsEdited{DueDate: ptr(day("2026-12-07"))})
	assert.Equal(t, day("2026-12-05"), s.state.EstimatedDeliveryDate(), "it was moved, if back to the due date")
}

func TestMaterials(t *testing.T) {
	reel := MaterialFile{ID: "m1", Kind: MaterialTimedText, Name: "reel.xml", Size: 7, SHA256: sha('a')}
	more := MaterialFile{ID: "m2", Kind: MaterialDocument, Name: "notes.pdf"}
	s := given(t, opened()).by(studio)
	usable := func(want bool) {
		t.Helper()
		assert.Equal(t, want, s.state.HasUsableMaterials())
	}
	rejected := func(want bool) {
		t.Helper()
		assert.Equal(t, want, s.state.Facts().MaterialRejected)
	}
	usable(false)
	s.when(ProvideMaterials{Materials: []MaterialFile{with(reel, func(m *MaterialFile) { m.Kind, m.Name = "timed text", " reel.xml" })}}).
		then(MaterialsProvided{Materials: []MaterialFile{reel}}).
		when(ProvideMaterials{Materials: []MaterialFile{reel}}).thenNothing()
	usable(true)
	s.by(house).when(ChangeMaterialStatus{MaterialStatus: MaterialRejected}).thenInvalid("reason").
		when(ChangeMaterialStatus{MaterialStatus: "rejected", Reason: "wrong cut"}).then(MaterialStatusChanged{MaterialStatus: MaterialRejected, Reason: "wrong cut"}).
		when(ChangeMaterialStatus{MaterialStatus: MaterialRejected, Reason: "still wrong"}).thenNothing()
	usable(false)
	rejected(true)
	s.by(studio).when(ProvideMaterials{Materials: []MaterialFile{reel, more}}).then(MaterialsProvided{Materials: []MaterialFile{more}})
	usable(true)
	rejected(false)
	s.by(house).when(ChangeMaterialStatus{MaterialStatus: MaterialRejected, Reason: "again the wrong cut"}).
		then(MaterialStatusChanged{MaterialStatus: MaterialRejected, Reason: "again the wrong cut"})
	usable(false)
	rejected(true)
	s.when(ChangeMaterialStatus{MaterialStatus: MaterialAccepted}).then(MaterialStatusChanged{MaterialStatus: MaterialAccepted}).
		when(ChangeMaterialStatus{MaterialStatus: MaterialAccepted, Reason: "fine"}).thenNothing()
	usable(true)
	rejected(false)
	assert.Equal(t, []Material{
		{MaterialFile: reel, ProvidedAt: dawn.Add(time.Minute), ProvidedBy: studio},
		{MaterialFile: more, ProvidedAt: dawn.Add(3 * time.Minute), ProvidedBy: studio},
	}, s.state.Materials)
}

func TestEditsEmitOnlyWhatDiffers(t *testing.T) {
	o := opened()
	same := Edit{
		PackageID: &o.PackageID, MovieID: &o.MovieID, Title: ptr(" The Long Harbour"), MovieType: ptr(MovieType("episode")), IsOriginal: &o.IsOriginal,
		ContentPartner: &o.ContentPartner, SourceType: &o.SourceType, ServiceType: &o.ServiceType, Language: &o.Language,
		Countries: []string{"Norway", "Canada", "Norway"}, DueDate: &o.DueDate, FulfillmentPartner: ptr(" house"), SubAssignee: ptr(""),
	}
	given(t, o).when(same).thenNothing().when(Edit{}).thenNothing()
	s := given(t, o).when(with(same, func(e *Edit) { e.IsOriginal, e.Countries = ptr(false), []string{"Peru"} })).
		then(FieldsEdited{IsOriginal: ptr(false), Countries: []string{"Peru"}})
	assert.False(t, s.state.IsOriginal)
	assert.Equal(t, []string{"Peru"}, s.state.Countries)

	every := Edit{
		PackageID: ptr("p"), MovieID: ptr("m"), Title: ptr("t"), MovieType: ptr(MovieStandalone), IsOriginal: ptr(false), ContentPartner: ptr("c"),
		SourceType: ptr(SourceSubs), ServiceType: ptr(ServiceCreate), Language: ptr("l"), Countries: []string{"Peru"}, DueDate: ptr(day("2027-01-01")),
		FulfillmentPartner: ptr("other"), SubAssignee: ptr("helper"),
	}
	s = given(t, o).when(every).then(
		FieldsEdited{
			PackageID: ptr("p"), MovieID: ptr("m"), Title: ptr("t"), MovieType: ptr(MovieStandalone), IsOriginal: ptr(false), ContentPartner: ptr("c"),
			SourceType: ptr(SourceSubs), ServiceType: ptr(ServiceCreate), Language: ptr("l"), Countries: []string{"Peru"}, DueDate: ptr(day("2027-01-01")),
		},
		Assigned{FulfillmentPartner: "other"}, SubAssigned{SubAssignee: "helper"})
	want := Opened{
		PackageID: "p", MovieID: "m", Title: "t", MovieType: MovieStandalone, ContentPartner: "c", SourceType: SourceSubs, ServiceType: ServiceCreate,
		Language: "l", Countries: []string{"Peru"}, DueDate: day("2027-01-01"), FulfillmentPartner: "other", Status: StatusOpen, MaterialStatus: MaterialNotReceived,
	}
	fresh := given(t, want).state
	fresh.SubAssignee, fresh.Helpers, fresh.UpdatedAt, fresh.FieldRevision = "helper", []string{"helper"}, s.state.UpdatedAt, 3
	assert.Equal(t, fresh, s.state)
}

func TestAssignments(t *testing.T) {
	s := given(t, opened()).by(house).
		when(Edit{SubAssignee: ptr("house")}).thenInvalid("sub_assignee").
		when(Edit{SubAssignee: ptr("helper")}).then(SubAssigned{SubAssignee: "helper"}).
		when(Edit{SubAssignee: ptr("helper")}).thenNothing().
		when(Edit{SubAssignee: ptr("")}).then(SubAssigned{}).
		when(Edit{SubAssignee: ptr("helper")}).then(SubAssigned{SubAssignee: "helper"}).
		by(operator).when(Edit{FulfillmentPartner: ptr("other")}).then(Assigned{FulfillmentPartner: "other"})
	assert.Equal(t, "other", s.state.FulfillmentPartner)
	assert.Empty(t, s.state.SubAssignee, "an assignment ends the sub-assignment")

	given(t, opened(), SubAssigned{SubAssignee: "helper"}).
		when(Edit{FulfillmentPartner: ptr("helper")}).then(Assigned{FulfillmentPartner: "helper"})
	given(t, opened(), SubAssigned{SubAssignee: "helper"}).
		when(Edit{FulfillmentPartner: ptr("other"), SubAssignee: ptr("helper")}).
		then(Assigned{FulfillmentPartner: "other"}, SubAssigned{SubAssignee: "helper"})
	given(t, opened(), SubAssigned{SubAssignee: "helper"}).
		when(Edit{FulfillmentPartner: ptr("")}).then(Assigned{}).
		when(Edit{SubAssignee: ptr("helper")}).thenRefused("fulfillment_partner")
}

func TestAnUnassignedRequestTakesAnAssignee(t *testing.T) {
	given(t, with(opened(), func(o *Opened) { o.FulfillmentPartner = "" })).
		when(Edit{FulfillmentPartner: ptr("house"), SubAssignee: ptr("helper")}).
		then(Assigned{FulfillmentPartner: "house"}, SubAssigned{SubAssignee: "helper"})
}

func TestWhoIsResponsible(t *testing.T) {
	s := given(t, opened()).by(house).
		when(ChangeResponsible{Organisation: "house", Account: "fred"}).then(ResponsibleChanged{Organisation: "house", Account: "fred"}).
		when(ChangeResponsible{Account: "fred"}).thenNothing().
		when(ChangeResponsible{Account: " fred"}).thenInvalid("account").
		when(ChangeResponsible{Organisation: "helper", Account: "hana"}).thenInvalid("account").
		when(Edit{SubAssignee: ptr("helper")}).then(SubAssigned{SubAssignee: "helper"}).
		by(helper).when(ChangeResponsible{Organisation: "helper", Account: "hana"}).then(ResponsibleChanged{Organisation: "helper", Account: "hana"})
	assert.Equal(t, []string{"fred", "hana"}, []string{s.state.Responsible, s.state.SubResponsible})
	s.when(ChangeResponsible{Organisation: "helper"}).then(ResponsibleChanged{Organisation: "helper"}).
		when(ChangeResponsible{Organisation: "helper", Account: "hana"}).then(ResponsibleChanged{Organisation: "helper", Account: "hana"}).
		by(house).when(Edit{SubAssignee: ptr("other")}).then(SubAssigned{SubAssignee: "other"})
	assert.Equal(t, []string{"fred", ""}, []string{s.state.Responsible, s.state.SubResponsible}, "another sub-assignee has another's people")
	s.when(ChangeResponsible{Organisation: "other", Account: "olaf"}).then(ResponsibleChanged{Organisation: "other", Account: "olaf"}).
		by(operator).when(Edit{FulfillmentPartner: ptr("other")}).then(Assigned{FulfillmentPartner: "other"})
	assert.Equal(t, []string{"", ""}, []string{s.state.Responsible, s.state.SubResponsible}, "an assignment begins anew")
	s.when(Edit{FulfillmentPartner: ptr("")}).then(Assigned{}).
		when(ChangeResponsible{Account: "fred"}).thenRefused("fulfillment_partner")
}

func TestCommentsAreSaidOnce(t *testing.T) {
	s := given(t, opened()).by(studio).
		when(AddComment{CommentID: "c1", TextID: "t1", Text: "hello"}).then(Commented{CommentID: "c1", TextID: "t1"}).
		when(AddComment{CommentID: "c1", TextID: "t1", Text: "hello"}).thenNothing().
		when(AddComment{CommentID: "c2", TextID: "t1"}).then(Commented{CommentID: "c2", TextID: "t1"})
	assert.Equal(t, []Comment{{ID: "c1", TextID: "t1", At: dawn.Add(time.Minute), By: studio}, {ID: "c2", TextID: "t1", At: dawn.Add(2 * time.Minute), By: studio}}, s.state.Comments)
}

func TestACommentIsRedactedOnceAndForAll(t *testing.T) {
	s := given(t, opened(), Commented{CommentID: "c1", TextID: "t1"}, Commented{CommentID: "c2", TextID: "t2"})
	before := s.state
	s.when(Redact{CommentID: "c1"}).then(CommentRedacted{CommentID: "c1"}).
		when(Redact{CommentID: "c1"}).thenNothing().
		when(Redact{CommentID: "c3"}).thenError(domain.CodeNotFound)
	assert.Equal(t, []bool{true, false}, []bool{s.state.Comments[0].Redacted, s.state.Comments[1].Redacted})
	assert.False(t, before.Comments[0].Redacted, "an earlier state stays as it was")
	given(t, opened(), Commented{CommentID: "c1", Text: "hello"}).when(Redact{CommentID: "c1"}).thenRefused()
}

// The revision of the latest field change is the ETag: what is not an edit must
// not make an editor's next one fail.
func TestTheFieldRevisionMovesWithFieldsOnly(t *testing.T) {
	moves := map[string]bool{
		"opened": true, "fields_edited": true, "assigned": true, "sub_assigned": true, "material_status_changed": true, "estimated_delivery_date_changed": true,
	}
	for _, e := range eventSamples() {
		s := Evolve(given(t, pasts()[StatusRedeliveryRequested]...).state, e, domain.Occurrence{At: dawn.AddDate(0, 0, 1), By: operator, Revision: 99})
		if moves[e.Kind()] {
			assert.Equal(t, uint64(99), s.FieldRevision, e.Kind())
		} else {
			assert.Equal(t, uint64(0), s.FieldRevision, e.Kind())
		}
		if e.Kind() != "files_downloaded" { // which changes nothing
			assert.Equal(t, dawn.AddDate(0, 0, 1), s.UpdatedAt, e.Kind())
		}
	}
}

func TestChanges(t *testing.T) {
	s := given(t)
	before := s.state
	s.happens(opened())
	assert.Equal(t, []Change{
		{"status", "", "Open"}, {"title", "", "The Long Harbour"}, {"movie_id", "", "80005306"}, {"package_id", "", "500001"}, {"movie_type", "", "Episode"},
		{"is_original", "", "Yes"}, {"content_partner", "", "studio"}, {"fulfillment_partner", "", "house"}, {"source_type", "", "Dubs"},
		{"service_type", "", "Conform"}, {"language", "", "Norwegian"}, {"countries", "", "Canada, Norway"}, {"due_date", "", "2026-12-01"},
		{"estimated_delivery_date", "", "2026-12-01"}, {"material_status", "", "Not Received"},
	}, Changes(before, s.state))
	for _, c := range []struct {
		past []Event
		e    Event
		want []Change
	}{
		{nil, FieldsEdited{DueDate: ptr(day("2026-12-24")), IsOriginal: ptr(false)}, []Change{{"is_original", "Yes", "No"}, {"due_date", "2026-12-01", "2026-12-24"}, {"estimated_delivery_date", "2026-12-01", "2026-12-24"}}},
		{nil, EstimatedDeliveryDateChanged{Date: day("2026-12-24")}, []Change{{"estimated_delivery_date", "2026-12-01", "2026-12-24"}}},
		{[]Event{SubAssigned{SubAssignee: "helper"}}, Assigned{FulfillmentPartner: "other"}, []Change{{"fulfillment_partner", "house", "other"}, {"sub_assignee", "helper", ""}}},
		{nil, MaterialStatusChanged{MaterialStatus: MaterialAccepted}, []Change{{"material_status", "Not Received", "Accepted"}}},
		{nil, Cancelled{}, []Change{{"status", "Open", "Cancelled"}}},
		{nil, Upgraded{ReplacedBy: "SR-2"}, []Change{{"status", "Open", "Upgraded"}, {"upgraded_to", "", "SR-2"}}},
		{nil, QualityControlRecorded{Issues: []Issue{fyi}}, []Change{{"issues", "", "Sync, Sync Drift"}}},
		{nil, ResponsibleChanged{Organisation: "house", Account: "fred"}, []Change{{"responsible", "", "fred"}}},
		{[]Event{SubAssigned{SubAssignee: "helper"}, ResponsibleChanged{Organisation: "helper", Account: "hana"}}, SubAssigned{}, []Change{{"sub_assignee", "helper", ""}, {"sub_responsible", "hana", ""}}},
		{nil, Commented{CommentID: "c1", TextID: "t1"}, nil},
		{[]Event{Commented{CommentID: "c1", TextID: "t1"}}, CommentRedacted{CommentID: "c1"}, nil},
	} {
		s := given(t, after([]Event{opened()}, c.past...)...)
		before := s.state
		s.happens(c.e)
		assert.Equal(t, c.want, Changes(before, s.state), c.e.Kind())
	}
}

func TestStreamsAndFolding(t *testing.T) {
	id, ok := IDOf(StreamOf("SR-1"))
	assert.Equal(t, "SR-1", id)
	assert.True(t, ok)
	for _, other := range []string{"organisation-a", "sourceRequest", NumbersStream, NumberStreamPrefix + "x"} {
		_, ok := IDOf(other)
		assert.False(t, ok, other)
	}
	at := dawn.AddDate(0, 0, 2)
	records := []domain.Recorded{
		{Revision: 0, Event: opened(), Metadata: domain.Metadata{OccurredAt: dawn, Actor: operator}},
		{Revision: 1, Event: nil, Type: "from.the.future", Metadata: domain.Metadata{OccurredAt: at}},
	}
	s := Fold(State{}, records...)
	want := given(t, opened()).state
	want.UpdatedAt = at
	assert.Equal(t, want, s, "an unknown event leaves the fields as they were")
}
