package notification

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"backlot/domain"
)

// DeliveriesPrefix begins the name of the stream of what is, or was, on its way
// to an account by mail or webhook; the account id follows. It keeps its last
// MaxDeliveries events.
const DeliveriesPrefix = domain.DeliveriesStreamPrefix

// DeliveriesOf names the stream of an account's deliveries.
func DeliveriesOf(account string) string { return DeliveriesPrefix + account }

// MaxDeliveries is how many events the stream of deliveries keeps.
const MaxDeliveries = 20_000

// Channel is a way to tell somebody, beside the inbox.
type Channel string

// The channels.
const (
	ChannelMail    Channel = "mail"
	ChannelWebhook Channel = "webhook"
)

// Outcome is what came of a try.
type Outcome string

// The outcomes of a try.
const (
	OutcomeDelivered Outcome = "delivered"
	OutcomeRetry     Outcome = "retry"    // it is tried again
	OutcomeGivenUp   Outcome = "given_up" // it is not
	OutcomeDropped   Outcome = "dropped"  // there is nothing to tell any more: the request, the rule or the channel is gone
)

// Message is a notification on its way over a channel.
type Message struct {
	ID           uuid.UUID `json:"id"`           // the same at every try
	Notification uuid.UUID `json:"notification"` // id
	Channel      Channel   `json:"channel"`
	Notified
}

// The JSON names are a storage format.
type (
	// Queued put a message on its way, or on its way once more.
	Queued struct{ Message }
	// Claimed says that somebody tries to deliver a message; until then nobody
	// else does.
	Claimed struct {
		ID    uuid.UUID `json:"id"`
		Until time.Time `json:"until"`
	}
	// Tried is what came of it.
	Tried struct {
		ID      uuid.UUID `json:"id"`
		Try     int       `json:"try"`              // from 1
		At      time.Time `json:"at"`               // when it began
		Took    int64     `json:"took"`             // ms
		Status  int       `json:"status,omitempty"` // HTTP, 0 where there was none
		Error   string    `json:"error,omitempty"`
		Outcome Outcome   `json:"outcome"`
		Next    time.Time `json:"next,omitzero"`     // of the next try, for OutcomeRetry
		Message *Message  `json:"message,omitempty"` // for OutcomeRetry: what the stream may have cut off
	}
)

// Delivery is a message and what came of it so far.
type Delivery struct {
	Message
	QueuedAt     time.Time
	Tries        []Tried
	Failed       int       // tries since it was last put on its way
	Outcome      Outcome   // of the last try; "" before, and once it was put on its way again
	Due          time.Time // of the next try, while it is on its way
	ClaimedUntil time.Time
}

// OnItsWay reports whether it is still to be delivered.
func (d *Delivery) OnItsWay() bool { return d.Outcome == "" || d.Outcome == OutcomeRetry }

// Deliveries are an account's deliveries, as far as they are remembered.
type Deliveries struct {
	byID map[uuid.UUID]*Delivery
	ids  []uuid.UUID // in the order in which they were first put on their way
}

// Get returns a delivery.
func (s Deliveries) Get(id uuid.UUID) (Delivery, bool) {
	d, ok := s.byID[id]
	if !ok {
		return Delivery{}, false
	}
	return *d, true
}

// OfRule returns the deliveries of a rule, newest first.
func (s Deliveries) OfRule(rule string) []Delivery {
	var of []Delivery
	for _, id := range slices.Backward(s.ids) {
		if d := s.byID[id]; d != nil && d.Rule == rule {
			of = append(of, *d)
		}
	}
	return of
}

// FoldDeliveries folds one recorded event; it is total. It changes the state
// that it is given.
func FoldDeliveries(s Deliveries, r domain.Recorded) Deliveries {
	if s.byID == nil {
		s.byID = map[uuid.UUID]*Delivery{}
	}
	switch e := r.Event.(type) {
	case Queued:
		d := s.delivery(e.Message)
		d.Outcome, d.Failed, d.ClaimedUntil = "", 0, time.Time{}
		d.QueuedAt, d.Due = r.Metadata.OccurredAt, r.Metadata.OccurredAt
		return s.with(d)
	case Claimed:
		if d := s.byID[e.ID]; d != nil {
			d.ClaimedUntil = e.Until
		}
	case Tried:
		d := s.byID[e.ID]
		if d == nil && e.Message != nil {
			d = s.delivery(*e.Message)
			s = s.with(d)
		}
		if d == nil {
			return s
		}
		d.Tries, d.Outcome, d.Due, d.ClaimedUntil = append(slices.Clip(d.Tries), e), e.Outcome, e.Next, time.Time{}
		d.Failed = e.Try
	}
	return s
}

func (s Deliveries) delivery(m Message) *Delivery {
	if d := s.byID[m.ID]; d != nil {
		return d
	}
	return &Delivery{Message: m}
}

func (s Deliveries) with(d *Delivery) Deliveries {
	if s.byID[d.ID] == nil {
		s.byID[d.ID] = d
		s.ids = append(s.ids, d.ID)
	}
	return s
}

// forgetDone leaves only what is still to be delivered.
func (s *Deliveries) forgetDone(id uuid.UUID) {
	if d := s.byID[id]; d != nil && !d.OnItsWay() {
		delete(s.byID, id)
		s.ids = slices.DeleteFunc(s.ids, func(other uuid.UUID) bool { return other == id })
	}
}
