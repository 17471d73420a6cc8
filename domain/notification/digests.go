package notification

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"backlot/domain"
)

// DigestsOf names the stream of what an account's daily rules gather. It keeps
// its last MaxGathered events.
func DigestsOf(account string) string { return domain.DigestsStreamPrefix + account }

// MaxGathered is how many events the stream of digests keeps: what is gathered
// beyond between two digests is counted no more.
const MaxGathered = 5000

// The JSON names are a storage format.
type (
	// Gathered is a notification that waits for its rule's digest.
	Gathered struct{ Notified }
	// Digested is a digest, with all that was gathered for it and happened not
	// after its instant. It has the notification's id.
	Digested struct{ Notified }
	// DigestTold says that a digest is in the inbox and on its way.
	DigestTold struct {
		Rule string    `json:"rule"`
		At   time.Time `json:"at"` // of the digest
	}
)

// Digests are an account's digests in the making.
type Digests struct {
	Waiting []Notified             // gathered and not digested yet, in order
	Untold  map[uuid.UUID]Notified // digests that are perhaps not in the inbox yet
	Last    map[string]time.Time   // by rule: the instant of its last digest
}

// FoldDigests folds one recorded event; it is total. It changes the state that
// it is given.
func FoldDigests(s Digests, r domain.Recorded) Digests {
	if s.Last == nil {
		s.Last, s.Untold = map[string]time.Time{}, map[uuid.UUID]Notified{}
	}
	switch e := r.Event.(type) {
	case Gathered:
		s.Waiting = append(s.Waiting, e.Notified)
	case Digested:
		s.Last[e.Rule], s.Untold[r.ID] = e.At, e.Notified
		s.Waiting = slices.DeleteFunc(s.Waiting, func(n Notified) bool { return n.Rule == e.Rule && !n.At.After(e.At) })
	case DigestTold:
		for id, n := range s.Untold {
			if n.Rule == e.Rule && !n.At.After(e.At) {
				delete(s.Untold, id)
			}
		}
	}
	return s
}
