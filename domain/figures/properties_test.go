package figures_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	. "backlot/domain/figures"
	"backlot/domain/sourcerequest"
)

// happening is an event and when it happened.
type happening struct {
	event sourcerequest.Event
	o     domain.Occurrence
}

func pick[T any](t *rapid.T, values ...T) T { return rapid.SampledFrom(values).Draw(t, "value") }

// drawLife draws a request's events as commands lead to them.
func drawLife(t *rapid.T) []happening {
	var life []happening
	at, state := dawn, sourcerequest.State{}
	happens := func(by domain.Principal, events ...sourcerequest.Event) {
		for _, e := range events {
			o := domain.Occurrence{At: at, By: by, Revision: uint64(len(life))}
			state = sourcerequest.Evolve(state, e, o)
			life = append(life, happening{e, o})
		}
	}
	first := opened()
	first.Status = pick(t, append(sourcerequest.Statuses(), sourcerequest.StatusOpen, sourcerequest.StatusOpen)...)
	happens(domain.Principal{Role: domain.RoleOperator}, first)
	for n := range rapid.IntRange(0, 40).Draw(t, "commands") {
		at = at.Add(time.Duration(rapid.Int64Range(0, 30*3600_000).Draw(t, "pause")) * time.Millisecond)
		by := domain.Principal{Account: "a", Organisation: pick(t, "house", "other", "helper"), Role: domain.RoleFulfillmentPartner}
		delivery := state.LatestDelivery
		var c sourcerequest.Command
		switch rapid.IntRange(0, 12).Draw(t, "what") {
		case 0, 1, 2, 3:
			id := fmt.Sprintf("d%d", n)
			events, err := sourcerequest.Decide(state, sourcerequest.StartDelivery{DeliveryID: id, Method: sourcerequest.MethodAPI, Files: []sourcerequest.DeclaredFile{{ID: "f", Name: "f.mov"}}})
			if err != nil {
				continue
			}
			happens(by, events...)
			happens(by, sourcerequest.FileDelivered{DeliveryID: id, FileID: "f", SHA256: fmt.Sprintf("%064d", n)})
			c = sourcerequest.CompleteDelivery{DeliveryID: id}
		case 4, 5, 6:
			severity := pick(t, sourcerequest.SeverityFYI, sourcerequest.SeverityIssue, sourcerequest.SeverityBlocker)
			c = sourcerequest.RecordQualityControl{
				ResultID: fmt.Sprintf("q%d", n), Check: sourcerequest.CheckFull, Passed: severity != sourcerequest.SeverityBlocker && rapid.Bool().Draw(t, "passed"),
				Issues: []sourcerequest.Issue{{ID: fmt.Sprintf("i%d", n), Code: "typo", Severity: severity, Description: "wrong"}},
			}
		case 7:
			c = sourcerequest.RecordInspection{DeliveryID: delivery, Findings: pick(t, nil, []sourcerequest.Finding{{ID: "n", Code: "telecine", Text: "telecine"}})}
		case 8:
			c = sourcerequest.OverrideFinding{DeliveryID: delivery, FindingID: "n", Reason: "fine"}
		case 9:
			c = sourcerequest.RequestRedelivery{Scope: sourcerequest.RedeliveryFull, Reasons: []string{"wrong"}}
		case 10:
			if state.Status == sourcerequest.StatusCancelled {
				c = sourcerequest.Reinstate{Reason: "again"}
			} else {
				c = sourcerequest.Cancel{Reason: "not now"}
			}
		case 11:
			to := pick(t, "house", "other")
			c = sourcerequest.Edit{FulfillmentPartner: &to}
		default:
			date := due + domain.Date(rapid.IntRange(-3, 20).Draw(t, "due"))
			c = sourcerequest.Edit{DueDate: &date}
		}
		if events, err := sourcerequest.Decide(state, c); err == nil {
			happens(by, events...)
		}
	}
	return life
}

func fold(life []happening) (s State) {
	for _, h := range life {
		s = Evolve(s, h.event, h.o)
	}
	return s
}

// judged is what is to be known of a delivery.
type judged struct {
	partner                  string
	unknown, first, onTime   bool
	at, sentBack, blocker    int64
	waited                   int64 // at the end
	redelivered, waitingStil bool
}

// judge finds the deliveries of a life by looking at the whole request after
// each event, and at the time between two deliveries.
func judge(life []happening) []judged {
	states := make([]sourcerequest.State, len(life))
	var s sourcerequest.State
	var began []int // index of the event from which on a delivery is the latest
	for i, h := range life {
		s = sourcerequest.Evolve(s, h.event, h.o)
		states[i] = s
		if _, completed := h.event.(sourcerequest.DeliveryCompleted); completed || i == 0 && s.WasDelivered {
			began = append(began, i)
		}
	}
	at := func(i int) int64 { return life[i].o.At.UnixMilli() }
	var all []judged
	for n, from := range began {
		to := len(life)
		if n+1 < len(began) {
			to = began[n+1]
		}
		was := states[max(0, from-1)]
		if from == 0 {
			was = states[0]
		}
		d := judged{partner: was.FulfillmentPartner, unknown: from == 0, first: n == 0, at: at(from), onTime: domain.DateOf(life[from].o.At, time.UTC) <= was.DueDate}
		asked := func(i int) bool {
			s := states[i]
			return s.Status == sourcerequest.StatusRedeliveryRequested || s.Status == sourcerequest.StatusCancelled && s.StatusBeforeCancel == sourcerequest.StatusRedeliveryRequested
		}
		since := to // the first event of the last stretch in which it was asked for
		for i := to - 1; i >= from && asked(i); i-- {
			since = i
		}
		if since < to {
			d.sentBack = at(since)
			for i := since; i < to; i++ {
				blocked := slices.ContainsFunc(states[i].QualityControls, func(qc sourcerequest.QualityControl) bool {
					return qc.DeliveryID == states[i].LatestDelivery && qc.Issues[0].Severity == sourcerequest.SeverityBlocker
				})
				if !blocked {
					continue
				}
				if d.blocker == 0 {
					d.blocker = at(i)
				}
				if states[i].Status == sourcerequest.StatusRedeliveryRequested && states[i].FulfillmentPartner == d.partner {
					if i+1 < len(life) {
						d.waited += at(i+1) - at(i)
					}
					d.redelivered, d.waitingStil = i+1 == to && to < len(life), i+1 == len(life)
				}
			}
		}
		all = append(all, d)
	}
	return all
}

func TestTheFoldFindsWhatLookingBackFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		life := drawLife(t)
		end := life[len(life)-1].o.At.UnixMilli()
		var got []judged
		for _, d := range fold(life).Deliveries {
			waited := d.Wait.Elapsed
			if d.Wait.Running {
				waited = end - d.Wait.Since
			}
			got = append(got, judged{
				partner: d.Partner, unknown: d.Unknown, first: d.First, onTime: d.Facts(time.UTC).OnTime, at: d.At, sentBack: d.SentBack, blocker: d.Blocker,
				waited: waited, redelivered: d.Wait.Redelivered, waitingStil: d.Wait.Running,
			})
		}
		require.Equal(t, judge(life), got)
	})
}

// The state is small, but its status is that of the whole request.
func TestTheStatusIsTheRequests(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var whole sourcerequest.State
		var s State
		for _, h := range drawLife(t) {
			whole, s = sourcerequest.Evolve(whole, h.event, h.o), Evolve(s, h.event, h.o)
			require.Equal(t, whole.Status, s.Request.Status)
			require.Equal(t, whole.FulfillmentPartner, s.Request.FulfillmentPartner)
			require.Equal(t, whole.DueDate, s.Request.DueDate)
			for _, d := range s.Deliveries {
				if of, known := whole.Delivery(d.ID); known {
					require.Equal(t, of.Verdict(), d.Inspection)
					require.Len(t, of.Files, d.Files)
				} else {
					require.True(t, d.Unknown)
					require.Empty(t, d.Inspection)
				}
			}
		}
	})
}

func TestTheFoldIsTheSameInAnySplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		life := drawLife(t)
		whole := fold(life)
		at := rapid.IntRange(0, len(life)).Draw(t, "split")
		half := fold(life[:at])
		b, err := json.Marshal(half)
		require.NoError(t, err)
		var s State
		require.NoError(t, json.Unmarshal(b, &s))
		kept := half
		for _, h := range life[at:] {
			s, kept = Evolve(s, h.event, h.o), Evolve(kept, h.event, h.o)
		}
		require.Equal(t, whole.Deliveries, s.Deliveries)
		require.Equal(t, whole.Deliveries, kept.Deliveries)
		after, err := json.Marshal(half)
		require.NoError(t, err)
		require.Equal(t, string(b), string(after), "folding on changes no earlier state")
	})
}

// Each part of a period has its deliveries; together they are the period's.
func TestThePartsOfAPeriodAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var deliveries []Delivery
		for range rapid.IntRange(1, 5).Draw(t, "requests") {
			deliveries = append(deliveries, fold(drawLife(t)).Deliveries...)
		}
		now := dawn.AddDate(0, 2, 0).UnixMilli()
		tally := func(f Figure, from, to domain.Date) (sum Tally) {
			for _, d := range deliveries {
				day := d.Day(time.UTC)
				if f == BlockerTime {
					day = d.BlockerDay(time.UTC)
				}
				if from <= day && day <= to {
					sum.Add(d.Facts(time.UTC).PartIn(f, now), 1)
				}
			}
			require.LessOrEqual(t, sum.Numerator, sum.Denominator)
			return sum
		}
		from := domain.DateOf(dawn, time.UTC)
		for f := range Figure(Count) {
			to := from + domain.Date(rapid.IntRange(1, 60).Draw(t, "days"))
			middle := from + domain.Date(rapid.IntRange(0, int(to-from)-1).Draw(t, "split"))
			one, other := tally(f, from, middle), tally(f, middle+1, to)
			sum := Tally{one.Numerator + other.Numerator, one.Denominator + other.Denominator, one.Waiting + other.Waiting, one.Unknown + other.Unknown}
			require.Equal(t, sum, tally(f, from, to))
		}
		all, most := domain.Date(-1<<20), domain.Date(1<<20)
		redelivered, blocked := tally(RedeliveryRate, all, most), tally(BlockerShare, all, most)
		require.Equal(t, redelivered.Denominator, blocked.Denominator)
		require.LessOrEqual(t, blocked.Numerator, redelivered.Numerator)
		require.Equal(t, len(deliveries), redelivered.Denominator+redelivered.Unknown)
	})
}
