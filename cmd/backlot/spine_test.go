package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"backlot/domain"
	"backlot/eventstore/embedded"
	"backlot/internal/demo"
	"backlot/internal/redistest"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func catalogue() []byte { return demo.Catalogue(domain.DateOf(noon, time.UTC)) }

type bucketsAnswer struct {
	Stale   bool
	Matched int
	Buckets counts
	Groups  []struct {
		Key     map[string]any
		Matched int
		Buckets counts
	}
}

// byGroup turns an answer into the recount's shape.
func (a bucketsAnswer) byGroup(dimensions ...string) map[string]counts {
	out := map[string]counts{"": withMatched(a.Buckets, a.Matched)}
	for _, g := range a.Groups {
		var key []string
		for _, d := range dimensions {
			v := g.Key[d]
			if partner, ok := v.(map[string]any); ok {
				v = partner["name"]
			}
			key = append(key, fmt.Sprint(v))
		}
		out[strings.Join(key, "/")] = withMatched(g.Buckets, g.Matched)
	}
	return out
}

// withMatched drops zeros, which a recount does not write down.
func withMatched(b counts, matched int) counts {
	out := counts{}
	for k, n := range b {
		if n > 0 {
			out[k] = n
		}
	}
	if matched > 0 {
		out["matched"] = matched
	}
	return out
}

func (p *portal) buckets(query string) bucketsAnswer {
	p.t.Helper()
	var a bucketsAnswer
	p.get("/api/v1/buckets?"+query+"&now="+noon.Format(time.RFC3339), &a)
	return a
}

// isRight compares buckets with the recount, for everything and four questions.
func (p *portal) isRight(file []byte) {
	p.t.Helper()
	require.Equal(p.t, recount(p.t, file, noon, everything, byTypeAndLanguage),
		p.buckets("group=source_type,language").byGroup("source_type", "language"))
	require.Equal(p.t, recount(p.t, file, noon, everything, byCountry), p.buckets("group=country").byGroup("country"))
	for query, match := range map[string]func(row map[string]string) bool{
		"fulfillment_partner=juniper+post": func(r map[string]string) bool { return r["fulfillment_partner"] == "Juniper Post" },
		"due_date=2026-12":                 func(r map[string]string) bool { return strings.HasPrefix(r["due_date"], "2026-12") },
		"title=house":                      func(r map[string]string) bool { return strings.Contains(strings.ToLower(r["title"]), "house") },
		"title=manana&-language=English": func(r map[string]string) bool {
			return strings.HasPrefix(r["title"], "Mañana") && r["language"] != "English"
		},
	} {
		require.Equal(p.t, recount(p.t, file, noon, match, ungrouped), p.buckets(query).byGroup(), query)
	}
}

func TestAnImportedFileIsCountedAsTheFileHasIt(t *testing.T) {
	file := catalogue()
	path := writeFile(t, "requests.csv", file)
	p := start(t, t.TempDir())
	out, err := p.importFile(t.Context(), path)
	require.NoError(t, err, out)
	require.Contains(t, out, "0 changed, 0 unchanged, 0 refused")
	p.waitForRows(bytes.Count(file, []byte("\n")) - 1)
	p.isRight(file)

	out, err = p.importFile(t.Context(), path)
	require.NoError(t, err, out)
	require.Contains(t, out, "rows: 0 opened, 0 changed")

	out, err = p.importFile(t.Context(), writeFile(t, "requests", workbookOf(t, file)))
	require.NoError(t, err, out)
	require.Contains(t, out, "rows: 0 opened, 0 changed")
	p.stop()
}

// workbookOf returns a CSV file as a workbook.
func workbookOf(t *testing.T, file []byte) []byte {
	records, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	require.NoError(t, err)
	f := excelize.NewFile()
	sheet, err := f.NewStreamWriter("Sheet1")
	require.NoError(t, err)
	for i, record := range records {
		values := make([]any, len(record))
		for c, v := range record {
			values[c] = v
		}
		require.NoError(t, sheet.SetRow(fmt.Sprint("A", i+1), values))
	}
	require.NoError(t, sheet.Flush())
	b, err := f.WriteToBuffer()
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return b.Bytes()
}

// waitForRows waits until every imported request is seen.
func (p *portal) waitForRows(n int) {
	p.t.Helper()
	p.eventually(fmt.Sprintf("at %d requests", n), func() bool {
		var a bucketsAnswer
		p.get("/api/v1/buckets?status=All", &a)
		return a.Matched == n && !a.Stale
	})
}

func TestAKilledImportIsTakenUpAgainWithoutADoubleEvent(t *testing.T) {
	const rows = 6_000
	var b bytes.Buffer
	b.WriteString("request_id,package_id,movie_id,title,movie_type,is_original,content_partner,fulfillment_partner,source_type,service_type,language,country,due_date,estimated_delivery_date,material_status,status\n")
	for n := range rows {
		fmt.Fprintf(&b, "K%d,P1,M%d,Title %d,Standalone,No,Halden Pictures,House %d,Subs,Create,Dutch,Netherlands,2026-12-%02d,2026-12-24,Received,Open\n", n, n/7, n/7, n%5, n%28+1)
	}
	file, data := writeFile(t, "many.csv", b.Bytes()), t.TempDir()

	p := start(t, data)
	type end struct {
		out string
		err error
	}
	imported := make(chan end, 1)
	go func() {
		out, err := p.importFile(t.Context(), file)
		imported <- end{out, err}
	}()
	p.eventually("under way", func() bool {
		var a bucketsAnswer
		p.get("/api/v1/buckets", &a)
		return a.Matched > 300
	})
	p.kill()

	// The server takes the import up again, and the command waits for it.
	p = start(t, data, "--listen", strings.TrimPrefix(p.url, "http://"))
	first := <-imported
	require.NoError(t, first.err, first.out)
	require.Contains(t, first.out, "6000 rows: 6000 opened, 0 changed, 0 unchanged, 0 refused", "it is the same import")

	out, err := p.importFile(t.Context(), file)
	require.NoError(t, err, out)
	require.Contains(t, out, "6000 rows: 0 opened, 0 changed, 6000 unchanged")
	p.waitForRows(rows)
	p.isRight(b.Bytes())
	p.stop()

	events := map[string]int{}
	for _, e := range everyEvent(t, data) {
		if strings.HasPrefix(e.StreamID, "sourceRequest-") {
			events[e.StreamID]++
		}
	}
	require.Len(t, events, rows)
	for stream, events := range events {
		require.Equal(t, 1, events, stream)
	}
}

// everyEvent reads the log of a stopped server.
func everyEvent(t *testing.T, data string) []*esdb.RecordedEvent {
	t.Helper()
	store, err := embedded.Open(t.Context(), embedded.Options{Dir: filepath.Join(data, "eventstore")})
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	client, err := esdb.NewClient(store.ClientConfiguration())
	require.NoError(t, err)
	defer func() { require.NoError(t, client.Close()) }()
	stream, err := client.ReadAll(t.Context(), esdb.ReadAllOptions{From: esdb.Start{}}, 1<<62)
	require.NoError(t, err)
	defer stream.Close()
	var events []*esdb.RecordedEvent
	for {
		e, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return events
		}
		require.NoError(t, err)
		events = append(events, e.Event)
	}
}

func TestACommandSentTwiceAlsoAcrossARestartLeavesOneEvent(t *testing.T) {
	data := t.TempDir()
	p := start(t, data)
	p.importOne()
	p.do(http.MethodPost, "/api/v1/requests", "open-1", openBody("R1"))
	const comment = `{"text":"the reel is on its way"}`
	first := p.do(http.MethodPost, "/api/v1/requests/R1/comments", "comment-1", comment)
	require.Equal(t, first, p.do(http.MethodPost, "/api/v1/requests/R1/comments", "comment-1", comment))
	p.stop()

	p = start(t, data)
	require.Equal(t, first, p.do(http.MethodPost, "/api/v1/requests/R1/comments", "comment-1", comment))
	var problem struct{ Code string }
	require.Equal(t, http.StatusUnprocessableEntity, p.try(http.MethodPost, "/api/v1/requests/R1/comments", "comment-1", `{"text":"another"}`, &problem))
	require.Equal(t, "idempotency_key_reused", problem.Code)
	require.Equal(t, http.StatusCreated, p.try(http.MethodPost, "/api/v1/requests", "open-1", openBody("R1"), &problem))

	var h historyAnswer
	p.get("/api/v1/requests/R1/history?after="+first, &h)
	require.Len(t, h.Entries, 2)
}

func openBody(id string) string {
	return fmt.Sprintf(`{"request_id":%q,"package_id":"P1","movie_id":"M1","title":"The Last Tram","movie_type":"Standalone","is_original":false,
		"content_partner":"Halden Pictures","fulfillment_partner":"Juniper Post","source_type":"Subs","service_type":"Create",
		"language":"Dutch","countries":["Netherlands"],"due_date":"2026-12-24"}`, id)
}

// importOne brings in one delivered request, D1, and so its two partners.
func (p *portal) importOne() {
	p.t.Helper()
	out, err := p.importFile(p.t.Context(), writeFile(p.t, "one.csv", []byte(
		"request_id,package_id,movie_id,title,movie_type,is_original,content_partner,fulfillment_partner,source_type,service_type,language,country,due_date,estimated_delivery_date,material_status,status\n"+
			"D1,P1,M1,Night Ferry to Osaka,Standalone,Yes,Halden Pictures,Juniper Post,Subs,Create,Japanese,Japan,2026-12-24,2026-12-24,Accepted,Delivered\n")))
	require.NoError(p.t, err, out)
}

type historyAnswer struct {
	Entries []struct{ Kind, Summary string }
	AsOf    struct {
		Request struct {
			Status                string
			EstimatedDeliveryDate string `json:"estimated_delivery_date"`
			MaterialStatus        string `json:"material_status"`
		}
	} `json:"as_of"`
}

func TestARedisThatIsFlushedGivesStaleOrRightAnswersAndComesBack(t *testing.T) {
	r := redistest.Start(t)
	file := catalogue()
	rows := bytes.Count(file, []byte("\n")) - 1
	p := start(t, t.TempDir(), "--redis", r.URL())
	out, err := p.importFile(t.Context(), writeFile(t, "requests.csv", file))
	require.NoError(t, err, out)
	p.waitForRows(rows)
	p.isRight(file)
	want := recount(t, file, noon, everything, byTypeAndLanguage)

	require.NoError(t, r.Client().FlushAll(t.Context()).Err())
	answers, stale := 0, 0
	p.eventually("back", func() bool {
		a := p.buckets("group=source_type,language")
		answers++
		if a.Stale {
			stale++
		}
		require.Equal(t, want, a.byGroup("source_type", "language"), "stale: %v", a.Stale)
		n, err := r.Client().Exists(t.Context(), "backlot:live").Result()
		return err == nil && n == 1 && !a.Stale
	})
	t.Logf("%d answers meanwhile, %d of them marked stale", answers, stale)

	rebuilt, err := exec.Command(binary, "rebuild", "--server", p.url, "--token", token).CombinedOutput()
	require.NoError(t, err, string(rebuilt))
	p.isRight(file)

	position := p.do(http.MethodPost, "/api/v1/requests/"+demo.FirstRequest+"/comments", "after-flush", `{"text":"still here?"}`)
	var details struct {
		Request struct {
			RequestID string `json:"request_id"`
		}
	}
	p.get("/api/v1/requests/"+demo.FirstRequest+"?after="+url.QueryEscape(position), &details)
	require.Equal(t, demo.FirstRequest, details.Request.RequestID)
	p.isRight(file)
}

func TestTenActionsReadLikeAStoryAndTheFifthCanBeUndoneByLookingBack(t *testing.T) {
	p := start(t, t.TempDir())
	p.importOne()
	const request = "/api/v1/requests/D1"
	actions := []struct{ method, path, body, kind, says string }{
		{http.MethodPost, "/comments", `{"text":"first look is good"}`, "commented", "first look is good"},
		{http.MethodPost, "/quality-control", `{"check":"Full","passed":false,"issues":[{"code":"Typo","category":"Timed Text","severity":"Issue","timecode_in":"00:01:02:03","description":"a name is spelt in two ways"}]}`, "redelivery_requested", "a name is spelt in two ways"},
		{http.MethodPost, "/estimated-delivery-date", `{"date":"2026-12-30","reason":"subtitles need a second pass"}`, "estimated_delivery_date_changed", "subtitles need a second pass"},
		{http.MethodPost, "/material-status", `{"material_status":"Rejected","reason":"the proxy has no guide track"}`, "material_status_changed", "the proxy has no guide track"},
		{http.MethodPatch, "", `{"service_type":"Conform","due_date":"2026-12-27"}`, "fields_edited", "Conform"},
		{http.MethodPost, "/comments", `{"text":"a new proxy is coming"}`, "commented", "a new proxy is coming"},
		{http.MethodPost, "/material-status", `{"material_status":"Accepted"}`, "material_status_changed", "Accepted"},
		{http.MethodPost, "/estimated-delivery-date", `{"date":"2026-12-26","reason":"it went faster"}`, "estimated_delivery_date_changed", "it went faster"},
		{http.MethodPost, "/cancel", `{"reason":"the title was withdrawn"}`, "cancelled", "the title was withdrawn"},
		{http.MethodPost, "/reinstate", `{"reason":"and came back"}`, "reinstated", "and came back"},
	}
	var position string
	var beforeFifth time.Time
	for n, a := range actions {
		if n == 4 {
			beforeFifth = aMomentNobodyShares()
		}
		position = p.do(a.method, request+a.path, fmt.Sprintf("action-%d", n), a.body)
	}
	var h historyAnswer
	p.get(request+"/history?after="+position, &h)
	// Newest first: the opening and ten actions, of which the failed quality
	// control was two events.
	require.Len(t, h.Entries, 12)
	for n, a := range actions {
		index := len(actions) - 1 - n
		if n == 0 {
			index++ // the quality control's own event lies between
		}
		require.Equal(t, a.kind, h.Entries[index].Kind, n)
		require.Contains(t, h.Entries[index].Summary, a.says)
	}

	var then historyAnswer
	p.get(request+"/history?at="+url.QueryEscape(beforeFifth.UTC().Format(time.RFC3339Nano)), &then)
	require.Len(t, then.Entries, 6)
	require.Equal(t, "Redelivery Requested", then.AsOf.Request.Status)
	require.Equal(t, "2026-12-30", then.AsOf.Request.EstimatedDeliveryDate)
	require.Equal(t, "Rejected", then.AsOf.Request.MaterialStatus)
}

// aMomentNobodyShares returns an instant whose millisecond lies between what
// was done before the call and what is done after it.
func aMomentNobodyShares() time.Time {
	time.Sleep(2 * time.Millisecond)
	moment := time.Now()
	time.Sleep(2 * time.Millisecond)
	return moment
}
