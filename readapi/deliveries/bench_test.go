package deliveries

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/figures"
	"backlot/readmodel"
)

const benchDeliveries = 1_000_000

// benchWorld is a million deliveries of two years in the order of time, of 40
// fulfillment partners and as many content partners.
var benchWorld = sync.OnceValue(func() *Snapshot {
	r := rand.New(rand.NewPCG(1, 1))
	names := orgs{}
	for i := range 80 {
		names[fmt.Sprintf("partner-%d", i)] = fmt.Sprintf("Partner %d", i)
	}
	b, w := newTestBuilder(names), newWriter("deliveries.g")
	begin := testNow.AddDate(-2, 0, 0)
	pause := testNow.Sub(begin) / benchDeliveries
	for from := 0; from < benchDeliveries; from += 10_000 {
		batch := make([]plain, 10_000)
		for i := range batch {
			n := from + i
			at := begin.Add(time.Duration(n) * pause)
			p := randomDelivery(r, fmt.Sprint(100_000_000+n/2), 1+n%2)
			p.partner = fmt.Sprintf("partner-%d", 40+r.IntN(40))
			p.assignee, p.content, p.language = p.partner, fmt.Sprintf("partner-%d", r.IntN(40)), fmt.Sprintf("Language %d", r.IntN(60))
			p.At, p.Day, p.DueDate = at.UnixMilli(), domain.DateOf(at, time.UTC), domain.DateOf(at, time.UTC)+domain.Date(r.IntN(40)-2)
			if p.Blocker != 0 {
				p.BlockerDay = p.Day + 1
			}
			batch[i] = p
		}
		if err := b.Apply(w.entry(w.position+1, batch...)); err != nil {
			panic(err)
		}
	}
	return b.Snapshot()
})

func BenchmarkMeasure(b *testing.B) {
	operator := domain.Principal{Role: domain.RoleOperator}
	partner := domain.Principal{Role: domain.RoleFulfillmentPartner, Organisation: "partner-43"}
	one, quarter := "Partner 43", testToday-90
	for _, bench := range []struct {
		name  string
		query Query
		group []string
	}{
		{"everything", Query{Principal: operator}, nil},
		{"everything/partners", Query{Principal: operator}, []string{"fulfillment_partner"}},
		{"everything/partners,month", Query{Principal: operator}, []string{"fulfillment_partner", "month"}},
		{"everything/language", Query{Principal: operator}, []string{"language"}},
		{"quarter/partners", Query{Principal: operator, From: quarter}, []string{"fulfillment_partner"}},
		{"one_partner", Query{Principal: operator, FulfillmentPartner: &one}, nil},
		{"one_partner/month", Query{Principal: operator, FulfillmentPartner: &one}, []string{"month"}},
		{"own", Query{Principal: partner}, nil},
		{"own/quarter", Query{Principal: partner, From: quarter}, nil},
	} {
		bench.query.Now = testNow
		b.Run(bench.name, func(b *testing.B) {
			s := benchWorld()
			b.ReportAllocs()
			for b.Loop() {
				_, err := s.Measure(bench.query, bench.group, 0, 1000)
				require.NoError(b, err)
			}
		})
	}
	for _, list := range []struct {
		name  string
		query Query
	}{{"list/everything", Query{Principal: operator}}, {"list/one_partner", Query{Principal: operator, FulfillmentPartner: &one}}} {
		list.query.Now = testNow
		b.Run(list.name, func(b *testing.B) {
			s := benchWorld()
			for b.Loop() {
				_, err := s.List(list.query, figures.RedeliveryRate, Denominator, "", 100)
				require.NoError(b, err)
			}
		})
	}
}

// BenchmarkApply changes rows of a million in small pages, each shown.
func BenchmarkApply(b *testing.B) {
	s := benchWorld()
	bu := newTestBuilder(s.names)
	bu.chunks, bu.owned, bu.length, bu.words = s.chunks, make([]bool, len(s.chunks)), s.length, s.words
	var row readmodel.Delivery
	r := rand.New(rand.NewPCG(1, 2))
	for b.Loop() {
		n := uint32(r.IntN(benchDeliveries))
		row = bu.chunks[n/chunkRows].row(int(n % chunkRows))
		require.NoError(b, bu.Apply(&readmodel.Entry{Generation: bu.generation, From: bu.position, To: bu.position + 1, Rows: []readmodel.EncodedRow{{Number: n, Bytes: row.Append(nil)}}}))
		bu.Snapshot()
	}
}
