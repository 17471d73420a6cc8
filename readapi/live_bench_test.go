package readapi

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/internal/redistest"
	"backlot/readapi/facets"
	"backlot/readmodel"
)

const (
	liveBenchRequests = 100_000
	liveBenchStreams  = 1_000
	liveBenchChanges  = 1_000 // a second
	liveBenchPartners = 50
)

// BenchmarkLive says what a second costs in which 1,000 requests of 100,000
// change while 1,000 streams are open: processor time of the process, and what
// it sent. Without streams, it is what following such a feed costs.
func BenchmarkLive(b *testing.B) {
	for _, c := range []struct {
		name    string
		streams int
		search  func(i int) (by, query string)
	}{
		{"no_streams", 0, nil},
		{"50_searches", liveBenchStreams, func(i int) (string, string) {
			return fmt.Sprint("partner-", i%liveBenchPartners), "group=source_type,language&bucket=requests"
		}},
		{"1000_searches", liveBenchStreams, func(i int) (string, string) {
			return fmt.Sprint("partner-", i%liveBenchPartners), fmt.Sprintf("group=source_type,language&bucket=requests&-package_id=P%d", i)
		}},
		{"1000_searches_of_everything", liveBenchStreams, func(i int) (string, string) {
			return "operator", fmt.Sprintf("group=source_type,language&rows=false&-package_id=P%d", i)
		}},
		{"1000_requests", liveBenchStreams, func(i int) (string, string) { return "operator", fmt.Sprintf("watch=request%%3DR%06d", i*90) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			w := newLiveBench(b)
			for i := range c.streams {
				w.open(c.search(i))
			}
			cpu, sent := processorTime(b), w.sent.Load()
			for b.Loop() {
				w.second()
			}
			b.ReportMetric((processorTime(b)-cpu)*1000/float64(b.N), "cpu-ms/s")
			b.ReportMetric(float64(w.sent.Load()-sent)/float64(b.N)/1024, "KiB/s")
		})
	}
}

// processorTime is what this process has used so far, in seconds.
func processorTime(b *testing.B) float64 {
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// liveBench is a server over an index that is fed directly.
type liveBench struct {
	*testing.B
	handler http.Handler
	index   *facets.Index
	redis   *redis.Client
	at      domain.Position
	random  *rand.Rand
	sent    atomic.Int64
	streams sync.WaitGroup
}

const liveBenchGeneration = readmodel.Generation("bench")

// benchAccounts lets everybody in under the name that they give.
type benchAccounts struct{ Accounts }

func (benchAccounts) Authenticate(_ context.Context, secret string) (domain.Principal, error) {
	if secret == "operator" {
		return domain.Principal{Account: secret, Role: domain.RoleOperator}, nil
	}
	return domain.Principal{Account: secret, Organisation: secret, Role: domain.RoleFulfillmentPartner}, nil
}

func newLiveBench(b *testing.B) *liveBench {
	w := &liveBench{B: b, redis: redistest.Embedded(b), random: rand.New(rand.NewPCG(1, 1))}
	policy := sourcerequest.DefaultPolicy()
	ctx := b.Context()
	vocabulary := map[readmodel.Dictionary][]string{}
	for i := range liveBenchPartners {
		vocabulary[readmodel.Partners] = append(vocabulary[readmodel.Partners], fmt.Sprint("partner-", i))
	}
	for i := range 40 {
		vocabulary[readmodel.Languages] = append(vocabulary[readmodel.Languages], fmt.Sprint("Language ", i))
	}
	for i := range 1000 {
		vocabulary[readmodel.Titles] = append(vocabulary[readmodel.Titles], readmodel.TitleValue(fmt.Sprint("M", i), fmt.Sprint("Title ", i)))
		vocabulary[readmodel.Packages] = append(vocabulary[readmodel.Packages], fmt.Sprint("P", i))
	}
	for d := range readmodel.Dictionary(readmodel.DictionaryCount) {
		require.NoError(b, w.redis.RPush(ctx, liveBenchGeneration.Dictionary(d), "").Err())
		if len(vocabulary[d]) > 0 {
			require.NoError(b, w.redis.RPush(ctx, liveBenchGeneration.Dictionary(d), vocabulary[d]).Err())
		}
	}
	require.NoError(b, w.redis.HSet(ctx, liveBenchGeneration.Info(), readmodel.InfoVersion, readmodel.Version, readmodel.InfoPolicy, policy.Fingerprint()).Err())
	for segment := uint32(0); segment*readmodel.RowsPerSegment < liveBenchRequests; segment++ {
		var rows []byte
		for n := range uint32(readmodel.RowsPerSegment) {
			row := w.row(segment*readmodel.RowsPerSegment+n, policy)
			rows = row.Append(rows)
		}
		require.NoError(b, w.redis.Set(ctx, liveBenchGeneration.Rows(segment), rows, 0).Err())
	}
	require.NoError(b, w.redis.Set(ctx, liveBenchGeneration.Checkpoint(), "0", 0).Err())
	require.NoError(b, w.redis.Set(ctx, readmodel.LiveKey, string(liveBenchGeneration), 0).Err())
	p := newPortal(b, func(c *Config) {
		w.index = facets.New(facets.Config{Redis: w.redis, Policy: policy, Names: c.Organisations, Accounts: c.People, Logger: slog.New(slog.DiscardHandler)})
		c.Index, c.Redis, c.Accounts, c.LiveAccount, c.Logger = w.index, w.redis, benchAccounts{c.Accounts}, liveBenchStreams, slog.New(slog.DiscardHandler)
	})
	w.handler = p.handler
	ended := make(chan struct{})
	go func() { _ = w.index.Run(ctx); close(ended) }()
	b.Cleanup(func() { w.streams.Wait(); <-ended })
	require.NoError(b, w.index.WaitFor(ctx, 0))
	return w
}

// row makes the row with a number anew.
func (w *liveBench) row(number uint32, policy sourcerequest.Policy) readmodel.Row {
	today := domain.DateOf(noon, time.UTC)
	due := today + domain.Date(w.random.IntN(40)-5)
	row := readmodel.Row{
		ID: fmt.Sprintf("R%06d", number), Title: 1 + number%1000, Package: 1 + number%1000, FulfillmentPartner: 1 + number%liveBenchPartners, Language: 1 + uint32(w.random.IntN(40)),
		SourceType: uint8(1 + w.random.IntN(8)), ServiceType: 1, MovieType: 1, Status: 1, MaterialStatus: uint8(1 + w.random.IntN(2)),
		Flags: readmodel.FlagOpen, DueDate: due, EstimatedDate: due, RedeliveryAsked: sourcerequest.Never, Revision: uint64(w.at) + 1,
	}
	if row.MaterialStatus == 2 {
		row.Flags |= readmodel.FlagUsableMaterials
	}
	in := policy.Instants(row.Facts())
	row.Critical, row.AtRisk, row.Overdue = in.Critical, in.AtRisk, in.Overdue
	return row
}

// second changes requests, evenly over a second.
func (w *liveBench) second() {
	const pages = 50
	policy := sourcerequest.DefaultPolicy()
	every := time.NewTicker(time.Second / pages)
	defer every.Stop()
	for range pages {
		change := readmodel.Change{Generation: liveBenchGeneration, From: w.at, To: w.at + 1}
		for range liveBenchChanges / pages {
			number := uint32(w.random.IntN(liveBenchRequests))
			change.Rows = append(change.Rows, readmodel.NumberedRow{Number: number, Row: w.row(number, policy)})
		}
		w.at++
		fields, err := change.Fields()
		require.NoError(w, err)
		_, err = w.redis.TxPipelined(w.Context(), func(p redis.Pipeliner) error {
			p.XAdd(w.Context(), &redis.XAddArgs{Stream: liveBenchGeneration.Feed(), ID: readmodel.FeedID(w.at), Values: fields})
			p.Set(w.Context(), liveBenchGeneration.Checkpoint(), w.at.String(), 0)
			return nil
		})
		require.NoError(w, err)
		<-every.C
	}
}

// open opens a stream, and returns when it was told how things are.
func (w *liveBench) open(by, query string) {
	r := httptest.NewRequest(http.MethodGet, base+"/live?"+query, nil).WithContext(w.Context())
	r.Header.Set("Authorization", "Bearer "+by)
	out := &discard{bench: w, header: http.Header{}, began: make(chan struct{})}
	w.streams.Go(func() { w.handler.ServeHTTP(out, r) })
	<-out.began
}

// discard counts what is written to it.
type discard struct {
	bench  *liveBench
	header http.Header
	began  chan struct{}
	once   sync.Once
}

func (d *discard) Header() http.Header { return d.header }

func (d *discard) WriteHeader(status int) {
	if status != http.StatusOK {
		panic(status)
	}
}

func (d *discard) Write(b []byte) (int, error) {
	d.bench.sent.Add(int64(len(b)))
	d.once.Do(func() { close(d.began) })
	return len(b), nil
}

func (d *discard) Flush() {}
