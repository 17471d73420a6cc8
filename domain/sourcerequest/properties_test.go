package sourcerequest_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	. "backlot/domain/sourcerequest"
)

// steps are the changes of status that one event may make.
var steps = map[Status][]Status{
	never:                     Statuses(), // as imported
	StatusOpen:                {StatusDelivered, StatusCancelled},
	StatusRedeliveryRequested: {StatusDelivered, StatusProcessed, StatusCancelled},
	StatusDelivered:           {StatusProcessed, StatusRedeliveryRequested, StatusUpgraded, StatusCancelled},
	StatusProcessed:           {StatusRedeliveryRequested, StatusUpgraded, StatusCancelled},
	StatusUpgraded:            {StatusCancelled},
	StatusCancelled:           {StatusOpen, StatusRedeliveryRequested, StatusDelivered, StatusProcessed, StatusUpgraded},
}

// invariants are what every state that commands lead to has in common.
func invariants(t require.TestingT, s State) {
	require.Contains(t, Statuses(), s.Status)
	require.Contains(t, MaterialStatuses(), s.MaterialStatus)
	require.NotEmpty(t, s.Countries)
	require.True(t, slices.IsSorted(s.Countries))
	require.True(t, s.DueDate.InRange() && s.EstimatedDeliveryDate().InRange())
	require.Equal(t, s.Status == StatusRedeliveryRequested, s.Facts().RedeliveryAsked != Never)
	if s.Status != StatusCancelled {
		require.Empty(t, s.StatusBeforeCancel)
		require.Equal(t, s.Status != StatusOpen, s.WasDelivered)
	}
	require.NotEqual(t, StatusCancelled, s.StatusBeforeCancel)
	if s.SubAssignee != "" {
		require.NotEmpty(t, s.FulfillmentPartner)
		require.NotEqual(t, s.FulfillmentPartner, s.SubAssignee)
	}
	require.True(t, s.Responsible == "" || s.FulfillmentPartner != "")
	require.True(t, s.SubResponsible == "" || s.SubAssignee != "")
	ids := map[string]bool{}
	unique := func(kind, id string) {
		require.NotEmpty(t, id, kind)
		require.False(t, ids[kind+id], "the %s %s is there twice", kind, id)
		ids[kind+id] = true
	}
	latest := s.LatestDelivery == ""
	for _, d := range s.Deliveries {
		unique("delivery", d.ID)
		require.NotEmpty(t, d.Files)
		for _, f := range d.Files {
			require.True(t, d.CompletedAt.IsZero() || !f.DeliveredAt.IsZero(), "a complete delivery lacks a file")
		}
		require.True(t, !d.CompletedAt.IsZero() || d.InspectedAt.IsZero(), "an incomplete delivery was inspected")
		latest = latest || d.ID == s.LatestDelivery && !d.CompletedAt.IsZero()
	}
	require.True(t, latest, "the latest delivery is not there")
	for _, qc := range s.QualityControls {
		unique("result", qc.ID)
		for _, i := range qc.Issues {
			unique("issue", i.ID)
		}
	}
	for _, m := range s.Materials {
		unique("material", m.ID)
	}
	for _, d := range s.Downloads {
		unique("download", d.DeliveryID+"/"+d.ID+"/"+d.By.Account)
	}
	for _, c := range s.Comments {
		unique("comment", c.ID)
	}
	require.Equal(t, s.MaterialSinceRejected || s.MaterialStatus == MaterialReceived || s.MaterialStatus == MaterialAccepted, s.HasUsableMaterials())
}

// acceptedEvents gives a random sequence of commands, half of the time after a
// past that led far already, and returns the events that came of it. It shows
// each step to check.
func acceptedEvents(t *rapid.T, check func(before State, c Command, events []Event, err error, after State)) []Event {
	all := pasts()[pick(t, "past", append(Statuses(), slices.Repeat([]Status{never}, 6)...)...)]
	s := fold(State{}, 0, all)
	for range pick(t, "commands", 10, 30, 60) {
		c := drawCommand(t)
		if !s.Exists() {
			c = pick[Command](t, "first", openCommand(), ImportRow{Row: rowAsOpened(pick(t, "status", Statuses()...))}, c)
		}
		if d, is := c.(RecordDownload); is { // whoever downloads records it
			o := occurrence(len(all))
			d.Account, d.At = o.By.Account, o.At
			c = d
		}
		before := s
		events, err := Decide(s, c)
		s = fold(s, len(all), events)
		all = append(all, events...)
		if check != nil {
			check(before, c, events, err, s)
		}
	}
	return all
}

// storable checks that an event comes back from JSON as it was.
func storable(t require.TestingT, e Event) {
	back := reflect.New(reflect.TypeOf(e))
	require.NoError(t, json.Unmarshal([]byte(asJSON(t, e)), back.Interface()))
	require.Equal(t, asJSON(t, e), asJSON(t, back.Elem().Interface()))
}

func fold(s State, from int, events []Event) State {
	for i, e := range events {
		s = Evolve(s, e, occurrence(from+i))
	}
	return s
}

func TestRandomCommandsKeepTheInvariants(t *testing.T) {
	missing := map[string]bool{}
	for _, e := range eventSamples() {
		missing[e.Kind()] = true
	}
	for from, all := range steps {
		for _, to := range all {
			missing[string(from)+" → "+string(to)] = true
		}
	}
	// Sequences that never lead to some event or step would prove little of it.
	for round := 0; round < 30 && len(missing) > 0; round++ {
		rapid.Check(t, func(t *rapid.T) {
			acceptedEvents(t, func(before State, c Command, events []Event, err error, after State) {
				if err != nil {
					require.Empty(t, events)
					require.Contains(t, []domain.Code{domain.CodeInvalid, domain.CodeNotFound, domain.CodeRefused, domain.CodeConflict}, domain.ErrorCode(err), "%T: %v", c, err)
					return
				}
				s := before
				for _, e := range events {
					was := s.Status
					s = Evolve(s, e, occurrence(0))
					if was != s.Status {
						require.Contains(t, steps[was], s.Status, "%T took the request from %q to %q", e, was, s.Status)
					}
					storable(t, e)
					delete(missing, e.Kind())
					delete(missing, string(was)+" → "+string(s.Status))
				}
				if events != nil {
					invariants(t, after)
				}
				again, err := Decide(after, c)
				require.Empty(t, again, "%#v again", c)
				if err != nil {
					require.Contains(t, []domain.Code{domain.CodeRefused, domain.CodeConflict, domain.CodeNotFound}, domain.ErrorCode(err), "%T again: %v", c, err)
				}
			})
		})
	}
	assert.Empty(t, missing, "the generators never lead there")
}

// A projector goes on from a document, which went through JSON.
func TestFoldingInTwoPassesIsFoldingInOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := acceptedEvents(t, nil)
		cut := rapid.IntRange(0, len(events)).Draw(t, "cut")
		var resumed State
		require.NoError(t, json.Unmarshal([]byte(asJSON(t, fold(State{}, 0, events[:cut]))), &resumed))
		one, two := fold(State{}, 0, events), fold(resumed, cut, events[cut:])
		require.Equal(t, asJSON(t, one), asJSON(t, two))
		require.Equal(t, one.Facts(), two.Facts())
		require.Equal(t, one.Issues(), two.Issues())
	})
}

// Every state is kept, random events are folded into random ones of them, and
// in the end each still is what it was.
func TestEvolveIsTotalAndChangesNoEarlierState(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var states []State
		var snapshots []string
		keep := func(s State) {
			states, snapshots = append(states, s), append(snapshots, asJSON(t, s))
		}
		keep(State{})
		for i, e := range acceptedEvents(t, nil) {
			keep(Evolve(states[len(states)-1], e, occurrence(i)))
		}
		for i := range rapid.IntRange(1, 40).Draw(t, "random events") {
			from := states[rapid.IntRange(0, len(states)-1).Draw(t, "from")]
			e := drawEvent(t)
			keep(Evolve(from, e, occurrence(i)))
			keep(Evolve(from, drawEvent(t), occurrence(i)))
		}
		for i, s := range states {
			require.Equal(t, snapshots[i], asJSON(t, s))
			s.Issues()
			Changes(states[0], s)
		}
	})
}

// Two futures of one state share no array, whatever room its slices have left.
func TestTwoFuturesOfAStateAreApart(t *testing.T) {
	for _, e := range eventSamples() {
		s := given(t, pasts()[StatusRedeliveryRequested]...).state
		for n := range 9 {
			past := asJSON(t, s)
			one := Evolve(s, e, occurrence(2*n))
			before := asJSON(t, one)
			Evolve(s, e, occurrence(2*n+1))
			require.Equal(t, before, asJSON(t, one), "%T after %d of them", e, n)
			require.Equal(t, past, asJSON(t, s), "%T after %d of them", e, n)
			s = one
		}
	}
}

func TestAnEventThatNamesNothingChangesNothing(t *testing.T) {
	for _, past := range pasts() {
		s := given(t, past...).state
		o := domain.Occurrence{At: s.UpdatedAt, Revision: 99}
		for _, e := range []Event{
			nil, alien{}, (*Cancelled)(nil), MaterialsProvided{},
			FileDelivered{DeliveryID: "nowhere", FileID: "f1"}, FileDelivered{DeliveryID: "d1", FileID: "nowhere"}, DeliveryCompleted{DeliveryID: "nowhere"},
			DeliveryInspected{DeliveryID: "nowhere", Findings: []Finding{blacks}}, FindingOverridden{DeliveryID: "nowhere", FindingID: "n1"},
			FindingOverridden{DeliveryID: "d1", FindingID: "nowhere"}, QCIssueAnswered{IssueID: "nowhere", Answer: AnswerWillFix},
			FilesDownloaded{Files: []FileRef{{ID: "nowhere"}, {DeliveryID: "d2", ID: "f2"}, {DeliveryID: "nowhere", ID: "f1"}}},
			ResponsibleChanged{Organisation: "nowhere", Account: "fred"}, ResponsibleChanged{Account: "fred"},
		} {
			require.Equal(t, asJSON(t, s), asJSON(t, Evolve(s, e, o)), "%#v", e)
		}
		if s.Status != StatusCancelled {
			require.Equal(t, s, Evolve(s, Reinstated{}, o), "only what is cancelled can be reinstated")
		} else {
			require.Equal(t, s, Evolve(s, Cancelled{}, o), "a second cancellation does not forget where it was")
		}
	}
	for _, e := range eventSamples()[1:] {
		require.Equal(t, State{}, Evolve(State{}, e, occurrence(3)), "%T before the request was opened", e)
	}
}

func TestEverySampleEventIsStorable(t *testing.T) {
	for _, e := range eventSamples() {
		storable(t, e)
	}
}

func FuzzValidateID(f *testing.F) {
	f.Add("SR-0000001")
	f.Add("..")
	f.Add("a\n")
	f.Fuzz(func(t *testing.T, id string) {
		ok := len(id) >= 1 && len(id) <= 32
		for i := range len(id) {
			c := id[i]
			ok = ok && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-')
		}
		ok = ok && id != "." && id != ".."
		err := ValidateID(id)
		require.Equal(t, ok, err == nil)
		if err != nil {
			require.Equal(t, domain.CodeInvalid, domain.ErrorCode(err))
		}
	})
}

func FuzzParseLabels(f *testing.F) {
	f.Add("redelivery requested")
	f.Add(" CC/SDH ")
	f.Add("\xff")
	f.Fuzz(func(t *testing.T, s string) {
		status, err := ParseStatus(s)
		if err == nil {
			require.Contains(t, Statuses(), status)
			again, err := ParseStatus(string(status))
			require.NoError(t, err)
			require.Equal(t, status, again, "parsing is idempotent")
			return
		}
		require.Empty(t, status)
		var e *domain.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, domain.CodeInvalid, e.Code)
		require.Equal(t, labels(Statuses()), e.Allowed)
		source, err := ParseSourceType(s)
		require.Equal(t, err == nil, slices.Contains(SourceTypes(), source))
	})
}

func FuzzEventJSON(f *testing.F) {
	for i, e := range eventSamples() {
		b, err := json.Marshal(e)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(i, b)
	}
	f.Fuzz(func(t *testing.T, n int, b []byte) {
		samples := eventSamples()
		v := reflect.New(reflect.TypeOf(samples[uint(n)%uint(len(samples))]))
		if json.Unmarshal(b, v.Interface()) != nil {
			return
		}
		e := v.Elem().Interface().(Event)
		storable(t, e)
		for _, past := range pasts() {
			s := Evolve(given(t, past...).state, e, occurrence(50))
			s.Issues()
			s.Facts()
		}
	})
}
