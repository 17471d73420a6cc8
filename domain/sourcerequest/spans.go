package sourcerequest

import "time"

// Moment is a request as it was from an instant on.
type Moment struct {
	At    time.Time
	State State
}

// Span is a time in which a request stood alike: in one status and, while it
// was open, in one insight. Its times are in whole milliseconds.
type Span struct {
	From, To time.Time // To is the next span's From, or now
	Status   Status
	Insight  Bucket // BucketCritical, BucketAtRisk or BucketOnTrack; BucketRequests while it was not open
	Overdue  bool   // open, and the due date had passed
}

// Spans returns how a request stood from its first moment until now, in order
// and without gaps: also where the clock alone moved it. Moments are in order;
// what lies behind now is left out.
func (p Policy) Spans(moments []Moment, now time.Time) []Span {
	var spans []Span
	end := now.UnixMilli()
	for i, m := range moments {
		from, to := m.At.UnixMilli(), end
		if i+1 < len(moments) {
			to = min(moments[i+1].At.UnixMilli(), end)
		}
		facts := m.State.Facts()
		in := p.Instants(facts)
		for from < to {
			bs := BucketsAt(facts.Open, facts.UsableMaterials, in, from)
			next := to
			for _, turn := range []int64{in.Critical, in.AtRisk, in.Overdue} {
				if facts.Open && turn > from {
					next = min(next, turn)
				}
			}
			s := Span{From: time.UnixMilli(from).UTC(), To: time.UnixMilli(next).UTC(), Status: m.State.Status, Insight: insightOf(bs), Overdue: bs.Has(BucketOverdueUndelivered)}
			if last := len(spans) - 1; last >= 0 && spans[last].alike(s) {
				spans[last].To = s.To
			} else {
				spans = append(spans, s)
			}
			from = next
		}
	}
	return spans
}

func (s Span) alike(o Span) bool {
	return s.Status == o.Status && s.Insight == o.Insight && s.Overdue == o.Overdue
}

func insightOf(bs Buckets) Bucket {
	for _, b := range []Bucket{BucketCritical, BucketAtRisk, BucketOnTrack} {
		if bs.Has(b) {
			return b
		}
	}
	return BucketRequests
}
