package figures

import (
	"fmt"
	"slices"
	"time"

	"backlot/domain"
)

// Figure is one of the four numbers.
type Figure uint8

// The figures. Their denominators and numerators, of the deliveries of a period:
const (
	// RedeliveryRate: all deliveries completed in the period; those of them that
	// were sent back, whenever that was.
	RedeliveryRate Figure = iota
	// OnTimeRate: the first deliveries of their requests that were completed in
	// the period; those of them completed before the day of the due date had
	// ended. The due date is the one in force at that moment, moved or not. What
	// was never delivered is no delivery: it is in the bucket Overdue Undelivered.
	OnTimeRate
	// BlockerShare: all deliveries completed in the period; those of them that
	// were sent back with a blocker.
	BlockerShare
	// BlockerTime: the deliveries that were sent back with a blocker in the
	// period, whenever they were completed, but for those of which it is open
	// still whether they will be redelivered in time; those of them that the
	// same partner redelivered within BlockerLimit. The time begins when both the
	// blocker is found and the redelivery asked for; what the request spends
	// cancelled or with another partner is left out of it.
	BlockerTime
	Count int = iota
)

// BlockerLimit is the time within which a blocker is redelivered.
const BlockerLimit = 48 * time.Hour

var figures = [Count]struct {
	key, label string
	target     Target
}{
	RedeliveryRate: {"redelivery_rate", "Redelivery rate", Target{PerMille: 30}},
	OnTimeRate:     {"on_time_rate", "On-time rate", Target{PerMille: 970, AtLeast: true}},
	BlockerShare:   {"blocker_share", "Share of blocker redeliveries", Target{PerMille: 5}},
	BlockerTime:    {"blocker_time", "Blockers redelivered within 48 hours", Target{PerMille: 1000, AtLeast: true}},
}

// String returns the figure's key.
func (f Figure) String() string { return figures[f].key }

// Label returns the figure in words.
func (f Figure) Label() string { return figures[f].label }

// Target returns what a partner is to reach.
func (f Figure) Target() Target { return figures[f].target }

// ParseFigure finds a figure by its key; CodeNotFound otherwise.
func ParseFigure(key string) (Figure, error) {
	keys := make([]string, Count)
	for i := range figures {
		keys[i] = figures[i].key
	}
	if i := slices.Index(keys, key); i >= 0 {
		return Figure(i), nil
	}
	return 0, &domain.Error{Code: domain.CodeNotFound, Message: fmt.Sprintf("There is no figure %q.", key), Allowed: keys}
}

// Target is a bound of numerator / denominator.
type Target struct {
	PerMille int
	AtLeast  bool // it is a lower bound
}

// Met reports whether a tally is within the bound; one of nothing is.
func (t Target) Met(of Tally) bool {
	n, bound := of.Numerator*1000, of.Denominator*t.PerMille
	if t.AtLeast {
		return n >= bound
	}
	return n <= bound
}

// Tally is a figure's two numbers, and what is in neither.
type Tally struct {
	Numerator   int
	Denominator int
	Waiting     int // of BlockerTime: not redelivered yet, and not too late yet
	Unknown     int // delivered before the portal knew of it
}

// Part is the part that a delivery has in a figure.
type Part uint8

// The parts.
const (
	PartNone      Part = iota // in none of its numbers
	PartNumerator             // in the numerator and in the denominator
	PartRemainder             // in the denominator only
	PartWaiting               // see Tally
	PartUnknown
	PartCount int = iota
)

// Add adds n deliveries that have a part in the figure.
func (t *Tally) Add(p Part, n int) {
	switch p {
	case PartNumerator:
		t.Numerator += n
		t.Denominator += n
	case PartRemainder:
		t.Denominator += n
	case PartWaiting:
		t.Waiting += n
	case PartUnknown:
		t.Unknown += n
	}
}

// Facts are what the figures depend on. They change by events only; the clock
// comes in as now.
type Facts struct {
	Unknown  bool
	First    bool
	Due      bool // there was a due date
	OnTime   bool // in the policy's zone
	SentBack bool
	Blocker  bool // with one
	Wait     Wait
}

// Facts returns the facts of a delivery.
func (d *Delivery) Facts(zone *time.Location) Facts {
	return Facts{
		Unknown: d.Unknown, First: d.First, Due: !d.DueDate.IsZero(), OnTime: d.Day(zone) <= d.DueDate,
		SentBack: d.SentBack != 0, Blocker: d.Blocker != 0, Wait: d.Wait,
	}
}

// Day is the day on which the delivery was completed.
func (d *Delivery) Day(zone *time.Location) domain.Date {
	return domain.DateOf(time.UnixMilli(d.At), zone)
}

// BlockerDay is the day on which it was sent back with a blocker, zero if it was not.
func (d *Delivery) BlockerDay(zone *time.Location) domain.Date {
	if d.Blocker == 0 {
		return 0
	}
	return domain.DateOf(time.UnixMilli(d.Blocker), zone)
}

// PartIn returns the part that a delivery with these facts has in a figure, at
// an instant in Unix ms, whose period its day lies in: the day of the blocker
// for BlockerTime, that of the delivery for all others.
func (f Facts) PartIn(figure Figure, now int64) Part {
	of := func(counts, numerator bool) Part {
		switch {
		case f.Unknown:
			return PartUnknown
		case !counts:
			return PartNone
		case numerator:
			return PartNumerator
		}
		return PartRemainder
	}
	switch figure {
	case RedeliveryRate:
		return of(true, f.SentBack)
	case OnTimeRate:
		return of(f.First && f.Due, f.OnTime)
	case BlockerShare:
		return of(true, f.SentBack && f.Blocker)
	case BlockerTime:
		return f.partInTime(now)
	}
	return PartNone
}

func (f Facts) partInTime(now int64) Part {
	late := f.Wait.At(time.UnixMilli(now)) > BlockerLimit
	switch {
	case !f.Blocker:
		return PartNone
	case late:
		return PartRemainder
	case f.Wait.Redelivered:
		return PartNumerator
	case f.Wait.Running:
		return PartWaiting
	}
	return PartNone // taken away or cancelled before it was late
}

// Percentile returns the smallest of some sorted times that at least p percent
// of them do not exceed, 0 of none.
func Percentile(sorted []int64, p int) int64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(0, (len(sorted)*p+99)/100-1)]
}
