package notification

import (
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"backlot/domain"
)

// InboxPrefix begins the name of the stream of what an account was told; the
// account id follows. It keeps its last MaxInbox events.
const InboxPrefix = domain.InboxStreamPrefix

// InboxOf names the stream of what an account was told.
func InboxOf(account string) string { return InboxPrefix + account }

// MaxInbox is how many notifications an inbox keeps.
const MaxInbox = 1000

// Notified is one notification. It says where to look, not what was said: the
// words are found when it is read, in the scope that the reader has then. Its
// JSON is a storage format, and its id that of the event.
type Notified struct {
	Rule     string           `json:"rule"`               // id
	Kind     string           `json:"kind"`               // one of Kinds, KindDigest or KindTest
	At       time.Time        `json:"at"`                 // when what it tells of happened, UTC, whole ms
	Request  string           `json:"request,omitempty"`  // id; "" for a digest and a test
	Revision uint64           `json:"revision"`           // of the request's event that it tells of, or after which time spoke
	Position domain.Position  `json:"position,omitempty"` // of that event in the log that it was made in
	By       domain.Principal `json:"by,omitzero"`        // who did it; nobody where time spoke
	Digest   *Digest          `json:"digest,omitempty"`
}

// Digest tells of several things at once.
type Digest struct {
	Missed bool         `json:"missed,omitempty"` // what passed while nobody could tell it, of a rule that tells at once
	Total  int          `json:"total"`            // requests
	Items  []DigestItem `json:"items"`            // the first MaxDigestItems requests, by what happened first
}

// DigestItem is a request in a digest.
type DigestItem struct {
	Request string        `json:"request"` // id
	Events  []DigestEvent `json:"events"`  // what happened, each kind once
}

// DigestEvent is something that happened to a request in a digest.
type DigestEvent struct {
	Kind     string `json:"kind"`
	Revision uint64 `json:"revision"`         // of the last one of its kind
	Worker   string `json:"worker,omitempty"` // organisation id of the fulfillment partner that did it; "" for anybody else
}

// MaxDigestItems is how many requests a digest names.
const MaxDigestItems = 500

// DigestOf makes one of single notifications, in their order.
func DigestOf(missed bool, of []Notified) *Digest {
	d := &Digest{Missed: missed}
	at := map[string]int{}
	for _, n := range of {
		i, known := at[n.Request]
		if !known {
			i = d.Total
			at[n.Request] = i
			d.Total++
			if i < MaxDigestItems {
				d.Items = append(d.Items, DigestItem{Request: n.Request})
			}
		}
		if i >= len(d.Items) {
			continue
		}
		e := DigestEvent{Kind: n.Kind, Revision: n.Revision}
		if n.By.Role == domain.RoleFulfillmentPartner {
			e.Worker = n.By.Organisation
		}
		events := d.Items[i].Events
		if known := slices.IndexFunc(events, func(other DigestEvent) bool { return other.Kind == n.Kind }); known >= 0 {
			events[known] = e
		} else {
			d.Items[i].Events = append(events, e)
		}
	}
	return d
}

// Notified returns an event of a digest as a notification of its own.
func (i DigestItem) Notified(e DigestEvent) Notified {
	n := Notified{Kind: e.Kind, Request: i.Request, Revision: e.Revision}
	if e.Worker != "" {
		n.By = domain.Principal{Organisation: e.Worker, Role: domain.RoleFulfillmentPartner}
	}
	return n
}

var ids = uuid.MustParse("c5b7d9a4-4f3f-5d0c-9a7e-2b1d6f0e8c31")

// NewID returns the id of a notification: the same for the same rule, request,
// kind and event, or instant where time spoke, so that what is told twice is
// told once.
func NewID(n Notified) uuid.UUID {
	what := "event " + strconv.FormatUint(n.Revision, 10)
	if n.Request == "" || slices.Contains(TimeKinds(), n.Kind) {
		what = strconv.FormatInt(n.At.UnixMilli(), 10)
	}
	return uuid.NewSHA1(ids, []byte(n.Rule+"\x00"+n.Request+"\x00"+n.Kind+"\x00"+what))
}

// DeliveryID returns the id of a notification's way over a channel.
func DeliveryID(notification uuid.UUID, c Channel) uuid.UUID {
	return uuid.NewSHA1(notification, []byte(c))
}
