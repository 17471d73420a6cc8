package readapi

import (
	"bytes"
	"slices"
	"strconv"
	"time"

	"backlot/domain/sourcerequest"
	"backlot/readapi/facets"
)

// bucketCounts are the counts of the seven buckets by key.
type bucketCounts struct {
	Requests           int `json:"requests"`
	Critical           int `json:"critical"`
	AtRisk             int `json:"at_risk"`
	OnTrack            int `json:"on_track"`
	AwaitingMaterials  int `json:"awaiting_materials"`
	MaterialsAvailable int `json:"materials_available"`
	OverdueUndelivered int `json:"overdue_undelivered"`
}

func bucketCountsOf(t facets.Tally) bucketCounts {
	return bucketCounts{
		t.Buckets[sourcerequest.BucketRequests], t.Buckets[sourcerequest.BucketCritical], t.Buckets[sourcerequest.BucketAtRisk],
		t.Buckets[sourcerequest.BucketOnTrack], t.Buckets[sourcerequest.BucketAwaitingMaterials], t.Buckets[sourcerequest.BucketMaterialsAvailable],
		t.Buckets[sourcerequest.BucketOverdueUndelivered],
	}
}

type groupAnswer struct {
	Key     map[string]*string `json:"key"`
	Matched int                `json:"matched"`
	Buckets bucketCounts       `json:"buckets"`
}

func groupOf(groupBy []string, g facets.Group) groupAnswer {
	key := make(map[string]*string, len(groupBy))
	for n, name := range groupBy {
		key[name] = g.Key[n]
	}
	return groupAnswer{Key: key, Matched: g.Matched, Buckets: bucketCountsOf(g.Tally)}
}

// bucketsAnswer has groups too, as an array of groupAnswer and their number in
// all, if there is anything to group by.
type bucketsAnswer struct {
	standing
	Now      time.Time       `json:"now"`
	Matched  int             `json:"matched"`
	Buckets  bucketCounts    `json:"buckets"`
	NearMiss bool            `json:"near_miss"`
	Warnings []warningAnswer `json:"warnings"`

	groupBy []string
	counts  *facets.Counts
}

func bucketsOf(snapshot *facets.Snapshot, q facets.CountQuery, counts *facets.Counts) bucketsAnswer {
	return bucketsAnswer{
		standing: snapshotStanding(snapshot), Now: q.Now, Matched: counts.Matched, Buckets: bucketCountsOf(counts.Tally),
		NearMiss: counts.NearMiss, Warnings: warningAnswers(counts.Warnings), groupBy: q.GroupBy, counts: counts,
	}
}

// MarshalJSON implements json.Marshaler.
func (a bucketsAnswer) MarshalJSON() ([]byte, error) { return a.appendJSON(nil) }

// appendJSON writes the groups by hand: there are hundreds of them, of a few labels
// each, and by reflection they took longer than counting a million requests.
func (a bucketsAnswer) appendJSON(b []byte) ([]byte, error) {
	type withoutGroups bucketsAnswer
	b, err := appendJSON(b, withoutGroups(a))
	if err != nil || a.groupBy == nil {
		return b, err
	}
	begins := make([][]byte, len(a.groupBy)) // `{"key":{"language":`, `,"source_type":`
	for n, name := range a.groupBy {
		begin := `,`
		if n == 0 {
			begin = `{"key":{`
		}
		if begins[n], err = appendText([]byte(begin), name); err != nil {
			return nil, err
		}
		begins[n] = append(begins[n], ':')
	}
	const perGroup = 240 // bytes, about
	b = slices.Grow(b, perGroup*(len(a.counts.Groups)+1))
	b = append(bytes.TrimSuffix(b, []byte("}")), `,"groups":[`...)
	for i := range a.counts.Groups {
		g := &a.counts.Groups[i]
		if i > 0 {
			b = append(b, ',')
		}
		for n, label := range g.Key {
			b = append(b, begins[n]...)
			if label == nil {
				b = append(b, "null"...)
			} else if b, err = appendText(b, *label); err != nil {
				return nil, err
			}
		}
		b = strconv.AppendInt(append(b, `},"matched":`...), int64(g.Matched), 10)
		for bucket := range sourcerequest.Bucket(sourcerequest.BucketCount) {
			b = append(append(b, beforeBucket[bucket]...), '"', ':')
			b = strconv.AppendInt(b, int64(g.Buckets[bucket]), 10)
		}
		b = append(b, "}}"...)
	}
	b = strconv.AppendInt(append(b, `],"groups_total":`...), int64(a.counts.GroupsTotal), 10)
	return append(b, '}'), nil
}

var beforeBucket = func() (out [sourcerequest.BucketCount]string) {
	before := `,"buckets":{"`
	for b := range sourcerequest.Bucket(sourcerequest.BucketCount) {
		out[b] = before + b.String()
		before = `,"`
	}
	return out
}()
