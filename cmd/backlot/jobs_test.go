package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// jobReport is what these tests read of a job.
type jobReport struct {
	ID        string
	Phase     string
	Total     int
	Done      int
	Changed   int
	Unchanged int
	Refused   int
	NotDone   int `json:"not_done"`
	Position  string
}

// manyRequests imports requests of two languages and returns how many of them
// are Dutch.
func (p *portal) manyRequests(rows int) (dutch int) {
	p.t.Helper()
	var b bytes.Buffer
	b.WriteString("request_id,package_id,movie_id,title,movie_type,is_original,content_partner,fulfillment_partner,source_type,service_type,language,country,due_date,estimated_delivery_date,material_status,status\n")
	for n := range rows {
		language := "Dutch"
		if n%5 == 0 {
			language = "Korean"
		} else {
			dutch++
		}
		fmt.Fprintf(&b, "B%05d,P1,M%d,Title %d,Standalone,No,Halden Pictures,House %d,Subs,Create,%s,Netherlands,2026-12-24,2026-12-24,Received,Open\n", n, n/7, n/7, n%5, language)
	}
	out, err := p.importFile(p.t.Context(), writeFile(p.t, "many.csv", b.Bytes()))
	require.NoError(p.t, err, out)
	p.waitForRows(rows)
	return dutch
}

// startMove moves the estimated delivery date of everything that a query
// matches.
func (p *portal) startMove(query, date string) (j jobReport) {
	p.t.Helper()
	require.Equal(p.t, http.StatusAccepted, p.try(http.MethodPost, "/api/v1/bulk/estimated-delivery-date", "move "+date, moveBody(query, date), &j))
	return j
}

func moveBody(query, date string) string {
	return fmt.Sprintf(`{"query":%q,"date":%q,"reason":"the dubbing stage is flooded"}`, query, date)
}

// follow reads a job's events until one satisfies until, or to the end.
func (p *portal) follow(id string, until func(jobReport) bool) (seen []jobReport) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.url+"/api/v1/jobs/"+id+"/events", nil)
	require.NoError(p.t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(p.t, err)
	defer func() { _ = answer.Body.Close() }()
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			var j jobReport
			require.NoError(p.t, json.Unmarshal([]byte(data), &j))
			if seen = append(seen, j); until(j) {
				break
			}
		}
	}
	require.NotEmpty(p.t, seen)
	return seen
}

func toTheEnd(jobReport) bool { return false }

// moved counts the changes of the estimated delivery date in a stopped server's
// log, by request.
func moved(t *testing.T, data string) map[string]int {
	t.Helper()
	times := map[string]int{}
	for _, e := range everyEvent(t, data) {
		if e.EventType == "SourceRequestEstimatedDeliveryDateChanged.v1" {
			times[e.StreamID]++
		}
	}
	return times
}

func TestABulkChangeOfEverythingThatASearchMatches(t *testing.T) {
	data := t.TempDir()
	p := start(t, data)
	dutch := p.manyRequests(5_000)
	j := p.startMove("status=Open&language=Dutch", "2027-01-15")
	require.Equal(t, dutch, j.Total)
	seen := p.follow(j.ID, toTheEnd)
	last := seen[len(seen)-1]
	require.Equal(t, "Finished", last.Phase)
	require.Equal(t, []int{dutch, dutch, 0, 0}, []int{last.Done, last.Changed, last.Refused, last.NotDone})
	between := 0
	for n, s := range seen {
		require.True(t, n == 0 || s.Done >= seen[n-1].Done)
		if s.Done > 0 && s.Done < dutch {
			between++
		}
	}
	require.Positive(t, between, "progress is seen on the way")
	var a bucketsAnswer
	p.get("/api/v1/buckets?estimated_delivery_date=2027-01-15&after="+last.Position, &a)
	require.Equal(t, dutch, a.Matched)
	p.stop()
	require.Len(t, moved(t, data), dutch)
}

func TestABulkChangeGoesOnAfterTheServerWasKilled(t *testing.T) {
	data := t.TempDir()
	p := start(t, data)
	dutch := p.manyRequests(5_000)
	j := p.startMove("status=Open&language=Dutch", "2027-01-15")
	p.follow(j.ID, func(j jobReport) bool { return j.Done > 0 })
	p.kill()

	p = start(t, data)
	var after jobReport
	p.get("/api/v1/jobs/"+j.ID, &after)
	t.Logf("%d of %d were noted before the kill", after.Done, dutch)
	seen := p.follow(j.ID, toTheEnd)
	last := seen[len(seen)-1]
	require.Equal(t, "Finished", last.Phase)
	require.Equal(t, []int{dutch, dutch, 0}, []int{last.Total, last.Changed, last.Refused})
	// The same command is still the same job.
	again := p.startMove("status=Open&language=Dutch", "2027-01-15")
	require.Equal(t, last, again)
	p.stop()
	times := moved(t, data)
	require.Len(t, times, dutch, "none is forgotten")
	for stream, n := range times {
		require.Equal(t, 1, n, "%s was changed twice", stream)
	}
}

func TestABulkChangeThatIsStopped(t *testing.T) {
	data := t.TempDir()
	p := start(t, data)
	dutch := p.manyRequests(5_000)
	j := p.startMove("language=Dutch", "2027-01-15")
	p.follow(j.ID, func(j jobReport) bool { return j.Done > 0 })
	var stopping jobReport
	require.Equal(t, http.StatusAccepted, p.try(http.MethodPost, "/api/v1/jobs/"+j.ID+"/stop", "stop", `{"reason":"the wrong date"}`, &stopping))
	seen := p.follow(j.ID, toTheEnd)
	last := seen[len(seen)-1]
	require.Equal(t, "Stopped", last.Phase)
	require.Less(t, last.Changed, dutch)
	require.Equal(t, dutch-last.Changed, last.NotDone)
	p.stop()
	require.Len(t, moved(t, data), last.Changed, "what was done stays, the rest is left alone")
}

func TestABulkChangeOfSomebodyWhoIsLetInNoMore(t *testing.T) {
	data := t.TempDir()
	p := start(t, data)
	dutch := p.manyRequests(5_000)
	opened, err := p.cli(token, "account", "open", "omar@example.com", "--name", "Omar", "--role", "operator")
	require.NoError(t, err, opened)
	secret, account := found(t, `invitation#(\S+)`, opened), found(t, `(?m)^(\S+) \(Omar\)$`, opened)
	answer, err := http.Post(p.url+"/api/v1/session/invitation", "application/json", strings.NewReader(fmt.Sprintf(`{"secret":%q,"password":"correct horse battery"}`, secret)))
	require.NoError(t, err)
	_ = answer.Body.Close()
	_, cookie := p.signIn("omar@example.com", "correct horse battery")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+"/api/v1/bulk/estimated-delivery-date", strings.NewReader(moveBody("language=Dutch", "2027-01-15")))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+p.issue(cookie))
	r.Header.Set("Idempotency-Key", "move")
	r.Header.Set("Content-Type", "application/json")
	answer, err = http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	require.Equal(t, http.StatusAccepted, answer.StatusCode)
	var j jobReport
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&j))

	p.follow(j.ID, func(j jobReport) bool { return j.Done > 0 })
	require.Equal(t, http.StatusOK, p.try(http.MethodPatch, "/api/v1/accounts/"+account, "out", `{"active":false}`, &struct{}{}))
	seen := p.follow(j.ID, toTheEnd)
	last := seen[len(seen)-1]
	require.Equal(t, "Finished", last.Phase)
	require.Equal(t, dutch, last.Done)
	require.Positive(t, last.Refused)
	require.Equal(t, dutch, last.Changed+last.Refused)
	var page struct {
		Refusals []struct{ Code, Reason string }
	}
	p.get("/api/v1/jobs/"+j.ID+"/refusals?limit=10000", &page)
	require.Len(t, page.Refusals, last.Refused)
	require.Equal(t, "forbidden", page.Refusals[0].Code)
	p.stop()
	require.Len(t, moved(t, data), last.Changed)
}
