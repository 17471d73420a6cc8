package readapi

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"backlot/domain"
	"backlot/readapi/export"
	"backlot/readapi/facets"
)

// sheets returns a workbook's rows by sheet.
func (a answer) sheets() (rows, about [][]string) {
	a.t.Helper()
	require.Equal(a.t, http.StatusOK, a.status, "%s", a.body)
	require.Equal(a.t, export.XLSX.MediaType(), a.header.Get("Content-Type"))
	f, err := excelize.OpenReader(bytes.NewReader(a.body))
	require.NoError(a.t, err)
	rows, err = f.GetRows("Requests")
	require.NoError(a.t, err)
	about, err = f.GetRows("Search")
	require.NoError(a.t, err)
	return rows, about
}

// records returns the lines of a CSV file.
func (a answer) records() [][]string {
	a.t.Helper()
	require.Equal(a.t, http.StatusOK, a.status, "%s", a.body)
	require.Equal(a.t, "text/csv; charset=utf-8", a.header.Get("Content-Type"))
	bare, marked := bytes.CutPrefix(a.body, []byte("\ufeff"))
	require.True(a.t, marked)
	records, err := csv.NewReader(bytes.NewReader(bare)).ReadAll()
	require.NoError(a.t, err)
	return records
}

// column returns the values below a heading.
func column(rows [][]string, heading string) []string {
	at, values := slices.Index(rows[0], heading), []string{}
	for _, row := range rows[1:] {
		values = append(values, row[at])
	}
	return values
}

func TestExportedWorkbook(t *testing.T) {
	p := newPortal(t)
	position := p.bring(fourRequests)
	const query = "language=Korean&language=&-source_type=Artwork&sort=-due_date&now=2026-11-23T12:00:00Z&group.movie_type=Standalone"
	a := p.as(ofJuice).get("/requests/export.xlsx?columns=title,due_date,why,request_id,buckets,is_original,countries&" + query)
	assert.Equal(t, "attachment; filename=backlot-requests-2026-11-23.xlsx", a.header.Get("Content-Disposition"))
	rows, about := a.sheets()
	assert.Equal(t, [][]string{
		{"Title", "Due Date", "Why", "Request ID", "Buckets", "Is Original", "Countries"},
		{"House of Cards", "2026-11-24", "No usable materials, and due soon", "north-juice", "Requests|At Risk|Awaiting Materials", "Yes", "Japan|South Korea"},
		{"House of Cards", "2026-11-21", "", "north-juice-2", "", "Yes", "Japan"},
	}, rows)
	assert.Equal(t, [][]string{
		{"Search", "Applied", "Values"},
		{"Fulfillment Partner", "scope", "Juice"},
		{"Source Type", "exclude", "Artwork"},
		{"Language", "include", "none", "Korean"},
		{"Movie Type", "group", "Standalone"},
		{"Sorted by", "descending", "Due Date"},
		{"As of", "", "2026-11-23T12:00:00Z"},
		{"Zone", "", "UTC"},
		{"Log position", "", position},
		{"Rows", "", "2"},
		{"Exported by account", "", ofJuice.Account},
		{"Exported by organisation", "", "Juice"},
	}, about)

	_, about = p.as(anOperator).get("/requests/export.xlsx?title=hause&bucket=at_risk&ids=north-juice,nope&sort=insight").sheets()
	text := fmt.Sprint(about)
	for _, want := range []string{"[Bucket include At Risk]", "[Requests include only selected ones]", "[Sorted by ascending Insight]", "[Rows  1]", "no title has \"hause\" in it"} {
		assert.Contains(t, text, want)
	}
	assert.NotContains(t, text, "nope")
}

// Whatever the search, the file has the rows and values that the search lists.
func TestExportsHaveWhatASearchLists(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	for _, query := range []string{"", "sort=-title", "status=All&sort=request_id", "bucket=requests&sort=-request_id", "group.language=Dutch", "-fulfillment_partner=SDI", "due_date=2026-12", "language=Klingon"} {
		listed := p.as(anOperator).get("/requests?" + query).ok(http.StatusOK).list("rows")
		rows, _ := p.as(anOperator).get("/requests/export.xlsx?" + query).sheets()
		records := p.as(anOperator).get("/requests/export.csv?" + query).records()
		require.Len(t, rows, len(listed)+1, query)
		require.Len(t, records, len(listed)+1, query)
		for n, row := range listed {
			for i, c := range facets.Columns() {
				want := exportedText(object(row.(map[string]any)).at(c.Name))
				assert.Equal(t, want, records[n+1][i], "%s of row %d", c.Name, n)
				got := ""
				if i < len(rows[n+1]) { // empty cells at the end are left out
					got = rows[n+1][i]
				}
				assert.Equal(t, want, got, "%s of row %d", c.Name, n)
			}
		}
	}
}

// exportedText is what a file has for a value of the API.
func exportedText(v any) string {
	switch v := v.(type) {
	case map[string]any:
		if account, person := v["account"].(string); person {
			return account
		}
		return v["name"].(string)
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = v[i].(string)
		}
		return strings.Join(parts, "|")
	case bool:
		return map[bool]string{true: "Yes", false: "No"}[v]
	case string:
		return v
	}
	return ""
}

func TestExportsStayInScope(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	all := sight[0].sees
	body, err := json.Marshal(map[string]any{"format": "csv", "ids": append([]string{"never-was"}, all...), "sort": []string{"request_id"}})
	require.NoError(t, err)
	for _, s := range sight {
		t.Run(s.who.Account, func(t *testing.T) {
			rows, _ := p.as(s.who).get("/requests/export.xlsx?sort=request_id").sheets()
			assert.Equal(t, s.sees, column(rows, "Request ID"))
			assert.Equal(t, s.sees, column(p.as(s.who).get("/requests/export.csv?sort=request_id").records(), "request_id"))
			assert.Equal(t, s.sees, column(p.as(s.who).post("/requests/export", string(body)).records(), "request_id"))
			_, never := p.as(s.who).get("/requests/export.xlsx?ids=never-was").sheets()
			for _, id := range all {
				if slices.Contains(s.sees, id) {
					continue
				}
				rows, hidden := p.as(s.who).get("/requests/export.xlsx?ids=" + id).sheets()
				assert.Len(t, rows, 1)
				assert.Equal(t, never, hidden, "what is hidden looks like what never was")
			}
		})
	}
	for _, path := range []string{"/requests/export.xlsx", "/requests/export.csv"} {
		p.nobody().get(path).problem(domain.CodeUnauthenticated)
	}
	p.nobody().post("/requests/export", string(body)).problem(domain.CodeUnauthenticated)
}

func TestExportOfASelection(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	p.as(anOperator).post("/requests/south-sdi/cancel", `{}`).done()
	for body, want := range map[string][]string{
		`{"format":"csv","query":""}`:                                                                      {"north-sdi", "north-juice-2", "north-juice"},
		`{"format":"csv","query":"?language=Korean&sort=-due_date"}`:                                       {"north-juice", "north-juice-2"},
		`{"format":"csv","query":"language=Korean&sort=-due_date","sort":["due_date"]}`:                    {"north-juice-2", "north-juice"},
		`{"format":"csv","query":"bucket=requests"}`:                                                       {"north-juice"},
		`{"format":"csv","query":"status=All","except":["north-juice","north-sdi","nope"]}`:                {"north-juice-2", "south-sdi"},
		`{"format":"csv","ids":["south-sdi","north-juice","nope","north-juice"]}`:                          {"north-juice", "south-sdi"}, // a cancelled one, because it was selected
		`{"format":"csv","ids":["south-sdi","north-juice"],"query":"language=Dutch"}`:                      {"south-sdi"},
		`{"format":"csv","ids":["south-sdi","north-juice"],"query":"status=Open"}`:                         {"north-juice"},
		`{"format":"csv","ids":["south-sdi","north-juice"],"except":["north-juice"]}`:                      {"south-sdi"},
		`{"format":"csv","query":"ids=south-sdi,north-juice&language=Korean","columns":["request_id"]}`:    {"north-juice"},
		`{"format":"csv","query":"columns=title&sort=request_id","columns":["language","request_id"]}`:     {"north-juice", "north-juice-2", "north-sdi"},
		`{"format":"csv","query":"sort=request_id&now=2026-11-23T12:00:00Z&group.language=Dutch&after=0"}`: {"north-sdi"},
	} {
		assert.Equal(t, want, column(p.as(anOperator).post("/requests/export", body).records(), "request_id"), body)
	}
	assert.Equal(t, []string{"language", "request_id"}, p.as(anOperator).post("/requests/export", `{"format":"csv","query":"","columns":["language","request_id"]}`).records()[0])
	_, about := p.as(anOperator).post("/requests/export", `{"format":"xlsx","query":"","except":["north-juice"]}`).sheets()
	assert.Contains(t, fmt.Sprint(about), "[Requests exclude deselected ones]")

	// As many ids as can be selected; the document is held against fewer of them.
	straight := func(body string) answer {
		r := httptest.NewRequest(http.MethodPost, base+"/requests/export", strings.NewReader(body))
		r.Header = p.as(anOperator).with("Content-Type", "application/json").header
		w := httptest.NewRecorder()
		p.handler.ServeHTTP(w, r)
		return answer{t: t, portal: p, status: w.Code, header: w.Header(), body: w.Body.Bytes()}
	}
	ids := make([]string, maxIDs)
	for i := range ids {
		ids[i] = fmt.Sprintf("an-id-of-thirty-two-chars-%06d", i)
	}
	ids[maxIDs-1] = "north-juice"
	body, err := json.Marshal(map[string]any{"format": "csv", "ids": ids, "except": ids[:maxIDs-1], "columns": []string{"request_id"}})
	require.NoError(t, err)
	assert.Equal(t, [][]string{{"request_id"}, {"north-juice"}}, straight(string(body)).records())
	body, err = json.Marshal(map[string]any{"format": "csv", "ids": append(ids, "x")})
	require.NoError(t, err)
	assert.Contains(t, straight(string(body)).problem(domain.CodeInvalid).Detail, "100000")
	huge := `{"format":"csv","query":"title=` + strings.Repeat("x", maxExportBody) + `"}`
	straight(huge).problem(domain.CodeTooLarge)
}

func TestExportRefusals(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	for query, field := range map[string]string{
		"columns=colour": "columns", "columns=title,title": "columns", "sort=why": "sort", "ids=": "ids", "ids=a,b%20c": "ids", "ids=a&ids=b": "ids",
		"limit=5": "limit", "offset=1": "offset", "cursor=x": "cursor", "bucket=urgent": "bucket", "status=Opened": "status", "now=now": "now", "after=x": "after", "group.colour=red": "group.colour",
	} {
		for _, path := range []string{"/requests/export.xlsx?", "/requests/export.csv?"} {
			assert.Equal(t, field, p.as(anOperator).get(path+query).problem(domain.CodeInvalid).Field, query)
		}
		body, err := json.Marshal(map[string]string{"format": "csv", "query": query})
		require.NoError(t, err)
		assert.Equal(t, field, p.as(anOperator).post("/requests/export", string(body)).problem(domain.CodeInvalid).Field, query)
	}
	assert.Contains(t, p.as(anOperator).get("/requests/export.csv?columns=colour").problem(domain.CodeInvalid).Allowed, "why")
	for body, field := range map[string]string{
		`{"query":""}`:                                          "format",
		`{"format":"pdf","query":""}`:                           "format",
		`{"format":"csv"}`:                                      "query",
		`{"format":"csv","query":"%zz"}`:                        "",
		`{"format":"csv","query":null}`:                         "query",
		`{"format":"csv","query":"","limit":5}`:                 "limit",
		`{"format":"csv","ids":[]}`:                             "ids",
		`{"format":"csv","ids":[5]}`:                            "ids[0]",
		`{"format":"csv","ids":["a b"]}`:                        "ids",
		`{"format":"csv","query":"ids=a","ids":["a"]}`:          "ids",
		`{"format":"csv","query":"","except":["a/b"]}`:          "except",
		`{"format":"csv","query":"","columns":["colour"]}`:      "columns",
		`{"format":"csv","query":"","sort":["title","-title"]}`: "sort",
		`[]`: "",
	} {
		assert.Equal(t, field, p.as(anOperator).post("/requests/export", body).problem(domain.CodeInvalid).Field, body)
	}
	p.as(anOperator).with("Content-Type", "text/csv").post("/requests/export", "x").problem(codeUnsupportedMediaType)
	p.as(anOperator).post("/requests/export?format=csv", `{"format":"csv","query":""}`).problem(domain.CodeInvalid)
	p.as(anOperator).get("/requests/export").problem(domain.CodeNotFound) // it reads as an id
}

// Names of people do not leave the portal, whoever asks for what.
func TestExportsNameNobody(t *testing.T) {
	p := portalWithStaff(t)
	p.as(ofJuice).post("/requests/north-juice/responsible", `{"account":"me"}`).done()
	p.as(anOperator).post("/requests/north-juice-2/responsible", `{"account":"jim"}`).done()
	for _, who := range []domain.Principal{ofJuice, anOperator} {
		for _, query := range []string{"sort=responsible", "responsible=me&responsible=Jim+Ambersecret", "-responsible=jo+ambersecret", "group.responsible=Jo+Ambersecret", "responsible=Jules+Ambersecret"} {
			for _, f := range export.Formats() {
				a := p.as(who).get("/requests/export.", string(f), "?", query)
				text := string(a.body)
				if f == export.XLSX {
					rows, about := a.sheets()
					text = fmt.Sprint(rows, about)
				}
				assert.NotContains(t, strings.ToLower(text), "ambersecret", query)
			}
		}
	}
	rows, about := p.as(ofJuice).get("/requests/export.xlsx?responsible=me&responsible=jim+ambersecret").sheets()
	assert.ElementsMatch(t, []string{"jo", "jim"}, column(rows, "Responsible"))
	assert.Contains(t, fmt.Sprint(about), "[Responsible include jim jo]")
	_, about = p.as(ofJuice).get("/requests/export.xlsx?responsible=Nobody+Known").sheets()
	assert.Contains(t, fmt.Sprint(about), "[Responsible include a person]")
	assert.Equal(t, []string{"jo"}, column(p.as(ofJuice).get("/requests/export.csv?responsible=me").records(), "responsible"))
	rows, _ = p.as(ofNorth).get("/requests/export.xlsx?columns=responsible,request_id").sheets()
	assert.Equal(t, []string{"", "", ""}, column(rows, "Responsible"), "a content partner does not see who works on it")
}

func TestExportHead(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	a := p.as(ofJuice).send(http.MethodHead, "/requests/export.csv?now=2026-11-23T12:00:00Z", "")
	assert.Equal(t, http.StatusOK, a.status)
	assert.Equal(t, "attachment; filename=backlot-requests-2026-11-23.csv", a.header.Get("Content-Disposition"))
	assert.Equal(t, "no-store", a.header.Get("Cache-Control"))
	assert.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"))
}

// An exported file says the same again when it is imported.
func TestAnExportedFileCanBeImported(t *testing.T) {
	const hard = fileHeader + `
f1,p1,m1,=1+1,Standalone,Yes,Northlight,Juice,Dubs,Create,Korean,Japan|South Korea,2026-11-24,2026-11-24,Not Received,Open
-f2,p2,m2,"-1, ""+2""",Episode,No,@North,+Post,Subs,Conform,Dutch,Netherlands,2026-12-24,2026-12-30,Received,Open
f3,p3,m3,'''=3,Standalone,Yes,Northlight,,Subs,Unknown,Ελληνικά,Ελλάδα,2026-11-21,2026-11-30,Accepted,Processed
f4,p3,m3,'Allo 'Allo,Standalone,Yes,Northlight,,Subs,Unknown,Korean,Japan,2026-11-21,2026-11-30,Rejected,Redelivery Requested
f5,p3,m3,House,Standalone,Yes,Northlight,,Subs,Unknown,Korean,Japan,2026-11-21,2026-11-30,Accepted,Cancelled
`
	const path = "/requests/export.csv?status=All&sort=request_id"
	p := newPortal(t)
	p.bring(hard)
	first := p.as(anOperator).get(path)
	assert.Equal(t, []string{"'-1, \"+2\"", "'=1+1", "'''=3", "'Allo 'Allo", "House"}, column(first.records(), "title"))
	rows, _ := p.as(anOperator).get("/requests/export.xlsx?status=All&sort=request_id&columns=title").sheets()
	assert.Equal(t, []string{"-1, \"+2\"", "=1+1", "''=3", "'Allo 'Allo", "House"}, column(rows, "Title"))

	again := newPortal(t)
	again.bring(string(first.body))
	assert.Equal(t, string(first.body), string(again.as(anOperator).get(path).body), "in another portal it leads to the same")

	workbook := p.as(anOperator).get(strings.Replace(path, "csv", "xlsx", 1))
	for mediaType, file := range map[string]answer{"text/csv": first, export.XLSX.MediaType(): workbook} {
		id := p.as(anOperator).with("Content-Type", mediaType).post("/import", string(file.body)).ok(http.StatusAccepted).text("id")
		p.as(anOperator).get("/jobs/", id, "/events")
		report := p.as(anOperator).get("/jobs/", id).ok(http.StatusOK)
		assert.Equal(t, 5, report.count("unchanged"), "%s: %v", mediaType, report)
	}
}

// An export that breaks off is no whole answer: the connection ends.
func TestABrokenExportIsNoAnswer(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		cancel()
		p.handler.ServeHTTP(w, r.WithContext(ctx))
	}))
	defer s.Close()
	for _, f := range export.Formats() {
		r, err := http.NewRequest(http.MethodGet, s.URL+base+"/requests/export."+string(f), nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer token-of-"+anOperator.Account)
		a, err := http.DefaultClient.Do(r)
		if err == nil {
			_, err = io.ReadAll(a.Body)
			_ = a.Body.Close()
		}
		require.Error(t, err)
	}
	assert.Contains(t, p.log.String(), "an export was broken off")
}
