package facets

import (
	"fmt"
	"net/url"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/readmodel"
)

// benchPastOf are n requests each of which was changed twice in the 35 days
// before now, in no order, one after the other.
func benchPastOf(b *testing.B, n int) *Snapshot {
	world, w := benchWorldOf(n)
	days := 35 * 24 * time.Hour
	begin := testNow.Add(-days)
	const batch = 10_000
	for done := 0; done < 2*n; done += batch {
		c := &readmodel.Change{Generation: w.generation, From: w.position, To: w.position + 1}
		w.position++
		c.Ended.From = w.ended
		for k := range batch {
			i := done + k
			number := i * 7919 % n
			id := world.chunks[number/chunkRows].ids[number%chunkRows]
			row := w.rows[id]
			at := begin.Add(days * time.Duration(i) / time.Duration(2*n)).UnixMilli()
			e := readmodel.Ended{Number: uint32(number), Until: at, Row: row}
			c.Ended.Rows = e.Append(c.Ended.Rows)
			row.Since, row.MaterialStatus = at, row.MaterialStatus%maxMaterialStatus+1
			row.Flags ^= readmodel.FlagUsableMaterials
			w.ended++
			w.rows[id] = row
			c.Rows = append(c.Rows, readmodel.NumberedRow{Number: uint32(number), Row: row})
		}
		require.NoError(b, world.apply(c))
	}
	return world.snapshot()
}

func BenchmarkPast(b *testing.B) {
	for _, n := range []int{100_000, benchRequests} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := benchPastOf(b, n)
			by := domain.Principal{Role: domain.RoleOperator}
			moments := make([]time.Time, 35)
			for i := range moments {
				moments[i] = testNow.Add(time.Duration(i-34) * 24 * time.Hour)
			}
			partner := domain.Principal{Role: domain.RoleFulfillmentPartner, Organisation: "partner-41"}
			for _, q := range []struct {
				name, query string
				by          domain.Principal
			}{
				{"trend of everything", "", by}, {"trend of a partner", "fulfillment_partner=Partner+41", by}, {"trend in a partner's scope", "", partner}, {"trend of relative dates", "due_date=next+14+days", by},
			} {
				b.Run(q.name, func(b *testing.B) {
					parsed, err := url.ParseQuery(q.query)
					require.NoError(b, err)
					sel, err := ParseSelection(parsed)
					require.NoError(b, err)
					for b.Loop() {
						_, err := s.Trend(TrendQuery{Principal: q.by, Selection: sel, Moments: moments})
						require.NoError(b, err)
					}
				})
			}
			then := testNow.Add(-17 * 24 * time.Hour)
			b.Run("a snapshot as of a moment", func(b *testing.B) {
				for b.Loop() {
					require.Positive(b, s.asOf(then.UnixMilli()).Len())
				}
			})
			b.Run("groups as of a moment", func(b *testing.B) {
				m, err := s.AsOf(then)
				require.NoError(b, err)
				for b.Loop() {
					_, err := m.Count(CountQuery{Principal: by, GroupBy: []string{"source_type", "language"}, Now: then})
					require.NoError(b, err)
				}
			})
			b.Run("groups now", func(b *testing.B) {
				for b.Loop() {
					_, err := s.Count(CountQuery{Principal: by, GroupBy: []string{"source_type", "language"}, Now: testNow})
					require.NoError(b, err)
				}
			})
			b.ReportMetric(float64(len(s.past)*chunkRows), "versions")
		})
	}
}

// BenchmarkMemoryOfThePast is what a version that ended takes in the index.
func BenchmarkMemoryOfThePast(b *testing.B) {
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for b.Loop() {
		s := benchPastOf(b, 100_000)
		with, versions := heap(), 0
		for _, c := range s.past {
			versions += c.n
		}
		s.past = nil
		b.ReportMetric(float64(with-heap())/float64(versions), "B/version")
		runtime.KeepAlive(s)
	}
}

// BenchmarkPackPast is what a full segment takes in Redis for each version.
func BenchmarkPackPast(b *testing.B) {
	world, w := benchWorldOf(10_000)
	var rows []byte
	for i := range readmodel.EndedPerSegment {
		n := i * 7919 % 10_000
		row := w.rows[world.chunks[n/chunkRows].ids[n%chunkRows]]
		row.Since = testNow.Add(-time.Duration(i*7919%3_000_000) * time.Second).UnixMilli()
		e := readmodel.Ended{Number: uint32(n), Until: testNow.Add(-time.Duration(256-i) * time.Second).UnixMilli(), Row: row}
		rows = e.Append(rows)
	}
	var packed []byte
	for b.Loop() {
		packed = readmodel.PackPast(rows)
	}
	b.ReportMetric(float64(len(packed))/readmodel.EndedPerSegment, "B/version")
}
