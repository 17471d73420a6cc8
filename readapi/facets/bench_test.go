package facets

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/internal/redistest"
	"backlot/readmodel"
)

// A million requests over what a catalogue of that size has: 60,000 titles,
// 80 partners, 60 languages, 3,000 people.
const benchRequests = 1_000_000

var benchWorld = sync.OnceValue(func() *Snapshot {
	b, _ := benchWorldOf(benchRequests)
	return b.snapshot()
})

// benchWorldOf makes the first requests of it.
func benchWorldOf(requests int) (*builder, *writer) {
	r := rand.New(rand.NewPCG(1, 1))
	names := orgs{}
	var partners []string
	for i := range 80 {
		id := fmt.Sprintf("partner-%d", i)
		names[id] = fmt.Sprintf("Partner %d", i)
		partners = append(partners, id)
	}
	words := make([]string, 20_000)
	for i := range words {
		b := make([]byte, 3+r.IntN(8))
		for j := range b {
			b[j] = "aeioubcdfglmnprst"[r.IntN(17)]
		}
		words[i] = string(b)
	}
	titles := make([]string, 60_000)
	for i := range titles {
		titles[i] = "The " + pick(r, words) + " of " + pick(r, words) + fmt.Sprintf(": Season %d: Episode %d", r.IntN(9), r.IntN(20))
	}
	var languages, countries []string
	for i := range 60 {
		languages = append(languages, fmt.Sprintf("Language %d", i))
		countries = append(countries, fmt.Sprintf("Country %d", i))
	}
	policy := sourcerequest.DefaultPolicy()
	b, w := newBuilder("g", &Config{Policy: policy, Names: names, Accounts: testPeople}), newWriter("g", policy)
	today := domain.DateOf(testNow, time.UTC)
	for from := 0; from < requests; from += 10_000 {
		batch := make([]request, 10_000)
		for i := range batch {
			n := from + i
			s := sourcerequest.State{
				PackageID: fmt.Sprint(500000 + n/14), MovieID: fmt.Sprint(n / 17), Title: titles[n/17], MovieType: pick(r, sourcerequest.MovieTypes()),
				IsOriginal: r.IntN(3) == 0, ContentPartner: partners[(n/14)%40], FulfillmentPartner: partners[40+r.IntN(12)],
				SourceType: pick(r, sourcerequest.SourceTypes()), ServiceType: pick(r, sourcerequest.ServiceTypes()), Language: pick(r, languages),
				Countries: []string{pick(r, countries)}, DueDate: today + domain.Date(r.IntN(260)-60), MaterialStatus: pick(r, sourcerequest.MaterialStatuses()),
			}
			if r.IntN(2) == 0 {
				s.Countries = append(s.Countries, pick(r, countries))
				slices.Sort(s.Countries)
				s.Countries = slices.Compact(s.Countries)
			}
			switch k := r.IntN(100); {
			case k < 60:
				s.Status = sourcerequest.StatusOpen
			case k < 64:
				s.Status = sourcerequest.StatusRedeliveryRequested
				s.Redelivery = &sourcerequest.Redelivery{RequestedAt: testNow.Add(-time.Duration(r.IntN(200)) * time.Hour)}
			case k < 96:
				s.Status, s.WasDelivered = sourcerequest.StatusProcessed, true
			default:
				s.Status = sourcerequest.StatusCancelled
			}
			if r.IntN(4) > 0 {
				s.Responsible = fmt.Sprintf("account-%d", r.IntN(3000))
			}
			if r.IntN(4) == 0 {
				s.MovedDeliveryDate = s.DueDate + domain.Date(r.IntN(30)-10)
			}
			batch[i] = request{id: fmt.Sprint(100_000_000 + n), state: s}
		}
		if err := b.apply(w.change(w.position+1, batch...)); err != nil {
			panic(err)
		}
	}
	return b, w
}

func benchSelection(b *testing.B, query string) Selection {
	q, err := url.ParseQuery(query)
	require.NoError(b, err)
	sel, err := ParseSelection(q)
	require.NoError(b, err)
	return sel
}

func BenchmarkCount(b *testing.B) {
	operator := domain.Principal{Role: domain.RoleOperator}
	partner := domain.Principal{Role: domain.RoleFulfillmentPartner, Organisation: "partner-43", Account: "account-7"}
	for _, bench := range []struct {
		name  string
		who   domain.Principal
		query string
		group []string
	}{
		{"unfiltered", operator, "", nil},
		{"unfiltered/source_type,language", operator, "", []string{"source_type", "language"}},
		{"one_partner/source_type,language", partner, "", []string{"source_type", "language"}},
		{"one_partner_3_modifiers/source_type,language", operator, "fulfillment_partner=Partner+43&movie_type=Episode&due_date=next+90+days&-service_type=Unknown", []string{"source_type", "language"}},
		{"one_partner/responsible", partner, "", []string{"responsible"}},
		{"one_partner_my_work/source_type,language", partner, "responsible=me", []string{"source_type", "language"}},
		{"unfiltered/responsible", operator, "", []string{"responsible"}},
		{"unfiltered/country", operator, "", []string{"country"}},
		{"unfiltered/title", operator, "", []string{"title"}},
		{"unfiltered/content_partner,language,due_month", operator, "", []string{"content_partner", "language", "due_month"}},
		{"title_text", operator, "title=tribe", nil},
		{"title_text_common", operator, "title=an", nil},
		{"title_near_miss", operator, "title=xqzrib", nil},
		{"unknown_language", operator, "language=Klingon", nil},
	} {
		b.Run(bench.name, func(b *testing.B) {
			s := benchWorld()
			q := CountQuery{Principal: bench.who, Selection: benchSelection(b, bench.query), GroupBy: bench.group, Now: testNow, Limit: 1000}
			_, err := s.Count(q)
			require.NoError(b, err)
			b.ReportAllocs()
			b.ResetTimer()
			for b.Loop() {
				if _, err := s.Count(q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("another_now_each_time", func(b *testing.B) {
		s := benchWorld()
		day := 0
		for b.Loop() {
			day++
			_, err := s.Count(CountQuery{Principal: operator, GroupBy: []string{"source_type", "language"}, Now: testNow.AddDate(0, 0, day%100), Limit: 1000})
			require.NoError(b, err)
		}
	})
}

// BenchmarkSelective asks about few rows, with the postings of the chunks and by
// a scan of all rows, and with postings that every chunk has to make first.
func BenchmarkSelective(b *testing.B) {
	operator := domain.Principal{Role: domain.RoleOperator}
	for _, bench := range []struct {
		name  string
		who   domain.Principal
		query string
		group []string
	}{
		{"one_partner_3_modifiers", operator, "fulfillment_partner=Partner+43&movie_type=Episode&is_original=Yes&source_type=Subs&source_type=Dubs", []string{"language"}},
		{"one_partner", operator, "fulfillment_partner=Partner+43", []string{"source_type", "language"}},
		{"scope_of_one_partner", domain.Principal{Role: domain.RoleFulfillmentPartner, Organisation: "partner-43", Account: "account-7"}, "", []string{"source_type", "language"}},
		{"scope_of_one_content_partner", domain.Principal{Role: domain.RoleContentPartner, Organisation: "partner-13", Account: "account-7"}, "", []string{"source_type", "language"}},
		{"three_languages_and_a_date", operator, "language=Language+3&language=Language+5&language=Language+7&due_date=next+90+days", []string{"fulfillment_partner"}},
		{"half_of_the_partners", operator, "fulfillment_partner=Partner+41&fulfillment_partner=Partner+42&fulfillment_partner=Partner+43&fulfillment_partner=Partner+44&fulfillment_partner=Partner+45", []string{"language"}},
		{"a_package", operator, "package_id=500100", nil},
		{"a_text_in_the_title", operator, "title=season+3%3A+episode+7", nil},
		{"unknown_language", operator, "language=Klingon", nil},
	} {
		q := CountQuery{Principal: bench.who, Selection: benchSelection(b, bench.query), GroupBy: bench.group, Now: testNow, Limit: 1000}
		count := func(b *testing.B, before func(*Snapshot)) {
			s := benchWorld()
			_, err := s.Count(q)
			require.NoError(b, err)
			b.ReportAllocs()
			b.ResetTimer()
			for b.Loop() {
				before(s)
				if _, err := s.Count(q); err != nil {
					b.Fatal(err)
				}
			}
		}
		b.Run(bench.name+"/listed", func(b *testing.B) { count(b, func(*Snapshot) {}) })
		b.Run(bench.name+"/scanned", func(b *testing.B) {
			defer func(before int) { maxListed = before }(maxListed)
			maxListed = 0
			count(b, func(*Snapshot) {})
		})
		b.Run(bench.name+"/made_anew", func(b *testing.B) {
			count(b, func(s *Snapshot) {
				for _, c := range s.chunks {
					for by := range c.lists {
						c.lists[by].Store(nil)
					}
				}
			})
		})
	}
}

func BenchmarkRows(b *testing.B) {
	critical := sourcerequest.BucketCritical
	for _, bench := range []struct {
		name   string
		sort   string
		bucket *sourcerequest.Bucket
		offset int
	}{
		{"bucket_by_due_date", "due_date", &critical, 0},
		{"bucket_by_title", "-title,due_date", &critical, 0},
		{"all_by_request_id", "-request_id", nil, 0},
		{"all_by_status", "status", nil, 0},
		{"all_by_due_date_offset_300000", "due_date", nil, 300_000},
	} {
		b.Run(bench.name, func(b *testing.B) {
			s := benchWorld()
			sort, err := ParseSort(bench.sort)
			require.NoError(b, err)
			q := RowQuery{Principal: domain.Principal{Role: domain.RoleOperator}, Sort: sort, Bucket: bench.bucket, Now: testNow, Limit: 100, Offset: bench.offset}
			_, err = s.Rows(q)
			require.NoError(b, err)
			b.ReportAllocs()
			b.ResetTimer()
			for b.Loop() {
				if _, err := s.Rows(q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkApply applies a page of 512 changed rows, spread over all chunks,
// while every chunk belongs to a snapshot.
func BenchmarkApply(b *testing.B) {
	benchWorld()
	r := rand.New(rand.NewPCG(1, 2))
	w := newWriter("g", sourcerequest.DefaultPolicy())
	bu := newBuilder("g", &Config{Policy: w.policy, Names: testNames, Accounts: testPeople})
	var all []request
	for i := range 200_000 {
		all = append(all, randomRequest(r, fmt.Sprint(i), testNow))
	}
	require.NoError(b, bu.apply(w.change(1, all...)))
	for b.Loop() {
		bu.snapshot()
		var batch []request
		for range 512 {
			batch = append(batch, all[r.IntN(len(all))])
		}
		if err := bu.apply(w.change(w.position+1, batch...)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoad loads 200,000 requests from a real redis-server.
func BenchmarkLoad(b *testing.B) {
	const requests = 200_000
	ctx, c, g := b.Context(), redistest.Start(b).Client(), readmodel.Generation("g")
	w := newWriter(g, sourcerequest.DefaultPolicy())
	r := rand.New(rand.NewPCG(1, 3))
	for d := range readmodel.Dictionary(readmodel.DictionaryCount) {
		require.NoError(b, c.RPush(ctx, g.Dictionary(d), "").Err())
	}
	var rows [][]byte
	for n := range requests {
		if n%readmodel.RowsPerSegment == 0 {
			rows = append(rows, nil)
		}
		change := w.change(w.position+1, randomRequest(r, fmt.Sprint(100_000_000+n), testNow))
		rows[len(rows)-1] = change.Rows[0].Row.Append(rows[len(rows)-1])
		for d, a := range change.Added {
			require.NoError(b, c.RPush(ctx, g.Dictionary(d), a.Values).Err())
		}
	}
	_, err := c.Pipelined(ctx, func(p redis.Pipeliner) error {
		for n, segment := range rows {
			p.Set(ctx, g.Rows(uint32(n)), segment, 0)
		}
		p.HSet(ctx, g.Info(), readmodel.InfoVersion, readmodel.Version, readmodel.InfoPolicy, w.policy.Fingerprint())
		p.Set(ctx, g.Checkpoint(), w.position.String(), 0)
		p.Set(ctx, readmodel.LiveKey, string(g), 0)
		return nil
	})
	require.NoError(b, err)
	x := New(Config{Redis: c, Policy: w.policy, Names: testNames, Accounts: testPeople})
	for b.Loop() {
		built, err := x.Begin(ctx)
		require.NoError(b, err)
		require.Equal(b, requests, built.Len())
	}
}
