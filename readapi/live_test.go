package readapi

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/account"
	"backlot/readapi/facets"
)

// often makes the looks of live streams follow each other closely.
func often(c *Config) {
	c.LiveEvery, c.LiveBeat, c.LiveLinger = 3*time.Millisecond, 5*time.Millisecond, 50*time.Millisecond
}

func TestLiveCountsAndRows(t *testing.T) {
	p := newPortal(t, often)
	p.bring(fourRequests)
	juice := p.as(ofJuice).watch("group=source_type")
	assert.Equal(t, "text/event-stream", juice.answer.Header.Get("Content-Type"))
	assert.Equal(t, "no", juice.answer.Header.Get("X-Accel-Buffering"))
	first := juice.next("counts")
	asked := p.as(ofJuice).get("/buckets?group=source_type").ok(http.StatusOK)
	for _, field := range []string{"matched", "buckets", "groups", "groups_total", "warnings", "stale"} {
		assert.Equal(t, asked.at(field), first.at(field), field)
	}
	sdi := p.as(ofSDI).watch("")
	assert.Equal(t, 2, sdi.next("counts").count("matched"))

	// A change of a row that changes no number.
	done := p.as(ofJuice).post("/requests/north-juice/comments", `{"text":"hello"}`).done()
	e := juice.next("rows")
	assert.Equal(t, []string{"north-juice"}, e.each("rows", "request_id"))
	assert.Empty(t, e.list("entered"))
	assert.Empty(t, e.list("left"))
	assert.Equal(t, 2, e.count("total"))
	assert.True(t, strings.HasPrefix(e.id, done.text("position")+"-"), "%s is named by its position", e.id)
	sdi.quiet()

	// A change that moves a number.
	p.as(ofJuice).post("/requests/north-juice/material-status", `{"material_status":"Received"}`).done()
	counts := juice.next("counts")
	assert.Equal(t, 0, counts.count("buckets.awaiting_materials"))
	assert.Equal(t, 1, counts.count("buckets.materials_available"))
	assert.Empty(t, counts.id, "the id comes with the last event of a look")
	rows := juice.next("rows")
	assert.Equal(t, "Received", rows.text("rows.0.material_status"))
	assert.NotEmpty(t, rows.id)
	sdi.quiet()

	// One that leaves the selection, and one that enters another's.
	p.as(anOperator).post("/requests/north-juice/cancel", `{"reason":"withdrawn"}`).done()
	assert.Equal(t, 1, juice.next("counts").count("matched"))
	left := juice.next("rows")
	assert.Equal(t, []any{"north-juice"}, left.list("left"))
	assert.Empty(t, left.list("rows"))
	assert.Equal(t, 1, left.count("total"))
	etag := p.as(anOperator).get("/requests/north-juice-2").header.Get("ETag")
	p.as(anOperator).with("If-Match", etag).patch("/requests/north-juice-2", `{"fulfillment_partner":"SDI"}`).done()
	assert.Equal(t, 0, juice.next("counts").count("matched"))
	assert.Equal(t, []any{"north-juice-2"}, juice.next("rows").list("left"))
	assert.Equal(t, 3, sdi.next("counts").count("matched"))
	entered := sdi.next("rows")
	assert.Equal(t, []any{"north-juice-2"}, entered.list("entered"))
	assert.Equal(t, p.as(ofSDI).get("/requests?request_id=north-juice-2").ok(http.StatusOK).at("rows.0"), entered.at("rows.0"), "it is told as a list tells it")
}

// The clock moves requests to other buckets, and no event is needed.
func TestLiveFollowsTheClock(t *testing.T) {
	p := newPortal(t, often)
	p.bring(fourRequests)
	all := p.as(anOperator).watch("bucket=critical&columns=title")
	assert.Equal(t, 0, all.next("counts").count("buckets.critical"))
	today := p.as(anOperator).watch("due_date=today&status=All&rows=false")
	assert.Equal(t, 0, today.next("counts").count("matched"))
	// north-juice is due on the 24th, and Awaiting Materials.
	p.pass(24 * time.Hour)
	assert.Equal(t, 1, today.next("counts").count("matched"), "north-juice-2 is due on the 21st")
	all.quiet()
	p.pass(4 * 24 * time.Hour)
	assert.Equal(t, 1, all.next("counts").count("buckets.critical"))
	rows := all.next("rows")
	assert.Equal(t, []any{"north-juice"}, rows.list("entered"))
	assert.Equal(t, "House of Cards", rows.text("rows.0.title"))
	assert.NotContains(t, rows.object.list("rows")[0], "status", "only the columns that were asked for")
}

// Of many groups, only those that changed are told.
func TestLiveTellsOfManyGroupsInPart(t *testing.T) {
	p := newPortal(t, often)
	var file strings.Builder
	file.WriteString(fileHeader + "\n")
	for i := range 20 {
		fmt.Fprintf(&file, "R%02d,p,m,Title %02d,Standalone,Yes,Northlight,Juice,Dubs,Create,Korean,Japan,2026-12-24,2026-12-24,Not Received,Open\n", i, i)
	}
	p.bring(file.String())
	live := p.as(ofJuice).watch("group=title&rows=false")
	before := live.next("counts")
	require.Len(t, before.list("groups"), 20)
	p.as(ofJuice).post("/requests/R07/material-status", `{"material_status":"Received"}`).done()
	part := live.next("counts-changed")
	require.Len(t, part.list("groups"), 1)
	assert.Equal(t, 7, part.count("groups.0.at"))
	assert.Equal(t, "Title 07", part.text("groups.0.key.title"))
	assert.Equal(t, 1, part.count("groups.0.buckets.materials_available"))
	assert.Equal(t, 19, part.count("buckets.awaiting_materials"))
	// Put into its place, it is what would be answered.
	groups := before.list("groups")
	changed := part.at("groups.0").(map[string]any)
	delete(changed, "at")
	groups[7] = changed
	assert.Equal(t, p.as(ofJuice).get("/buckets?group=title").ok(http.StatusOK).at("groups"), any(groups))

	// Where a group goes, the places of the others change: all is told.
	p.as(anOperator).post("/requests/R03/cancel", `{"reason":"x"}`).done()
	assert.Len(t, live.next("counts").list("groups"), 19)
	var ids []string
	for i := range 15 {
		ids = append(ids, fmt.Sprintf("%q", fmt.Sprintf("R%02d", i+5)))
	}
	p.as(anOperator).post("/bulk/cancel", `{"reason":"x","ids":[`+strings.Join(ids, ",")+`]}`).ok(http.StatusAccepted)
	for e := live.next("counts"); e.count("matched") > 4; {
		e = live.next("counts")
	}
}

// Whoever comes back with the id of the last event is told what was missed, and
// nothing if there was nothing.
func TestLiveGoesOnWhereItWas(t *testing.T) {
	p := newPortal(t, often, func(c *Config) { c.LiveLinger = time.Minute })
	p.bring(fourRequests)
	live := p.as(ofJuice).watch("")
	id := live.next("counts").id
	live.close()
	again := p.as(ofJuice).with("Last-Event-ID", id).watch("")
	again.quiet()
	again.close()
	p.as(ofJuice).post("/requests/north-juice/material-status", `{"material_status":"Received"}`).done()
	after := p.as(anOperator).post("/requests/north-juice-2/cancel", `{"reason":"x"}`).ok(http.StatusOK).text("position")
	other := p.as(ofJuiceToo).watch("after=" + after)
	assert.Equal(t, 1, other.next("counts").count("matched"), "colleagues share one evaluation, which has come that far")
	missed := p.as(ofJuice).watch("resume=" + id)
	assert.Equal(t, 1, missed.next("counts").count("matched"))
	rows := missed.next("rows")
	assert.False(t, rows.at("again").(bool))
	assert.Equal(t, []string{"north-juice"}, rows.each("rows", "request_id"))
	assert.Equal(t, []any{"north-juice-2"}, rows.list("left"))

	// So is what was not watched when the id was told.
	fresh := p.as(ofJuice).watch("language=Korean&resume=" + id)
	fresh.next("counts")
	assert.True(t, fresh.next("rows").at("again").(bool))

	// What nobody can tell any more is read again.
	for _, strange := range []string{"1-abc-7", "nonsense", strings.Replace(id, "-", "-x", 1)} {
		lost := p.as(ofJuice).with("Last-Event-ID", strange).watch("")
		lost.next("counts")
		assert.True(t, lost.next("rows").at("again").(bool))
		lost.close()
	}
}

// After a rebuild nobody can tell which rows changed; the numbers say whether
// they did.
func TestLiveOverARebuild(t *testing.T) {
	p := newPortal(t, often)
	p.bring(fourRequests)
	live := p.as(ofJuice).watch("")
	live.next("counts")
	p.as(anOperator).post("/rebuild", "").ok(http.StatusOK)
	rows := live.nextOf("rows", "counts") // which are stale for a moment
	assert.True(t, rows.at("again").(bool))
	assert.Equal(t, 2, rows.count("total"))
	p.as(ofJuice).post("/requests/north-juice/comments", `{"text":"hello"}`).done()
	assert.Equal(t, []string{"north-juice"}, live.nextOf("rows", "counts").each("rows", "request_id"))
}

// An index that cannot follow says so on the streams as its answers do.
func TestLiveSaysWhenItIsStale(t *testing.T) {
	p := newPortal(t, often)
	p.bring(fourRequests)
	live := p.as(ofJuice).watch("rows=false")
	assert.Equal(t, false, live.next("counts").at("stale"))
	require.NoError(t, p.redis.Close())
	assert.Equal(t, true, live.next("counts").at("stale"))
}

func TestLiveRequest(t *testing.T) {
	p := newPortal(t, often)
	p.bring(fourRequests)
	live := p.as(ofJuice).watch("request=north-juice")
	first := live.next("request")
	answered := p.as(ofJuice).get("/requests/north-juice").ok(http.StatusOK)
	assert.Equal(t, answered.at("request.etag"), first.at("etag"))
	assert.Equal(t, answered.at("counts"), first.at("counts"))
	assert.Equal(t, answered.at("buckets"), first.at("buckets"))
	studio := p.as(ofNorth).watch("request=north-juice")
	studio.next("request")

	p.as(ofJuice).post("/requests/north-juice/comments", `{"text":"hello"}`).done()
	e := live.next("request")
	assert.Equal(t, 1, e.count("counts.comments"))
	assert.Equal(t, first.at("etag"), e.at("etag"), "a comment is no edit")
	assert.Greater(t, e.count("revision"), first.count("revision"))
	assert.Equal(t, 1, studio.next("request").count("counts.comments"))

	// Who is responsible is the partner's own business.
	p.pass(time.Minute)
	p.as(ofJuice).post("/requests/north-juice/responsible", `{"account":"me"}`).done()
	live.next("request")
	studio.quiet()
	p.as(anOperator).post("/requests/south-sdi/comments", `{"text":"elsewhere"}`).done()
	live.quiet()

	// The clock moves it too.
	p.pass(5 * 24 * time.Hour)
	assert.Contains(t, live.next("request").list("buckets"), "critical")
	studio.next("request")

	// It becomes somebody else's.
	etag := p.as(anOperator).get("/requests/north-juice").header.Get("ETag")
	p.as(anOperator).with("If-Match", etag).patch("/requests/north-juice", `{"fulfillment_partner":"SDI"}`).done()
	gone := live.next("request")
	assert.True(t, gone.at("gone").(bool))
	assert.NotContains(t, gone.object, "counts")
	studio.next("request")
	p.as(ofSDI).post("/requests/north-juice/comments", `{"text":"ours now"}`).done()
	live.quiet()
	for _, id := range []string{"north-juice", "never-was", "%20"} {
		p.as(ofJuice).watch("request=" + id).refused().problem(domain.CodeNotFound)
	}
}

// One stream of a browser carries what all of its tabs show.
func TestLiveWatchesSeveral(t *testing.T) {
	p := newPortal(t, often)
	p.bring(fourRequests)
	const korean, dutch, request, foreign = "language=Korean&rows=false", "language=Dutch", "request=north-juice", "request=south-sdi"
	q := url.Values{"watch": {korean, dutch, request, foreign}}
	live := p.as(ofJuice).watch(q.Encode())
	assert.Equal(t, korean, live.next("counts").text("watch"))
	assert.Equal(t, dutch, live.next("counts").text("watch"))
	assert.Equal(t, request, live.next("request").text("watch"))
	last := live.next("request")
	assert.Equal(t, foreign, last.text("watch"))
	assert.True(t, last.at("gone").(bool), "like one that never was")
	assert.NotEmpty(t, last.id)
	one := p.as(ofJuice).watch(url.Values{"watch": {"status=Opn", korean}}.Encode())
	refused := one.next("refused")
	assert.Equal(t, "status=Opn", refused.text("watch"))
	assert.Contains(t, refused.text("detail"), "Opn")
	assert.Equal(t, korean, one.next("counts").text("watch"), "the others are watched nevertheless")
	p.as(ofJuice).post("/requests/north-juice/material-status", `{"material_status":"Received"}`).done()
	assert.Equal(t, korean, live.next("counts").text("watch"))
	assert.Equal(t, request, live.next("request").text("watch"))
	p.as(ofSDI).post("/requests/south-sdi/comments", `{"text":"x"}`).done()
	live.quiet()
}

func TestLiveIsRefusedWithAReason(t *testing.T) {
	p := newPortal(t, often, func(c *Config) { c.LiveAccount, c.LiveStreams = 2, 3 })
	p.bring(fourRequests)
	for query, field := range map[string]string{
		"status=Opn": "status", "group=colour": "group", "rows=perhaps": "rows", "rows=false&bucket=critical": "rows", "bucket=none": "bucket", "now=2026-11-24T00:00:00Z": "now",
		"request=x&group=language": "group", "watch=" + url.QueryEscape("status=Opn"): "watch", "watch=" + url.QueryEscape("a=%"): "watch", "watch=a=1&watch=b=1": "watch", "watch=x&language=Korean": "language",
		"watch=" + url.QueryEscape("watch=x"): "watch", "watch=" + url.QueryEscape("columns=a"): "watch", "sort=title": "sort", "group.colour=red": "group.colour",
		strings.Repeat("watch=&", 33): "watch", "groups_limit=0": "groups_limit", "group=language&group=title": "group",
	} {
		assert.Equal(t, field, p.as(ofJuice).watch(query).refused().problem(domain.CodeInvalid).Field, query)
	}
	assert.Equal(t, http.StatusOK, p.as(ofJuice).send(http.MethodHead, "/live", "").status)
	p.as(ofJuice).watch("")
	p.as(ofJuice).watch("").next("counts")
	full := p.as(ofJuice).watch("").refused()
	assert.Contains(t, full.problem(domain.CodeThrottled).Detail, "2 live streams")
	assert.NotEmpty(t, full.header.Get("Retry-After"))
	third := p.as(ofSDI).watch("")
	third.next("counts")
	p.as(ofNorth).watch("").refused().problem(domain.CodeUnavailable)
	assert.Contains(t, string(p.nobody().get("/metrics").body), "backlot_live_streams 3")
	third.close()
	require.Eventually(t, func() bool { return p.as(ofNorth).watch("").answer.StatusCode == http.StatusOK }, 20*time.Second, time.Millisecond)
}

// Rights are looked at as long as a stream is open, and before it tells anything.
func TestLiveEndsWithTheRights(t *testing.T) {
	closing, stop := context.WithCancel(t.Context())
	p := newPortal(t, often, func(c *Config) { c.Closing = closing })
	p.bring(fourRequests)
	cookie := p.nobody().with("Cookie", cookieOf(p.nobody().post("/session", `{"token":"token-of-jo"}`)))
	session := cookie.watch("")
	session.next("counts")
	stays := p.as(ofJuice).watch("")
	stays.next("counts")
	assert.Equal(t, http.StatusNoContent, cookie.send(http.MethodDelete, "/session", "").status)
	assert.Equal(t, "signed_out", session.ended())

	moved := p.as(ofSDI).watch("")
	moved.next("counts")
	organisation := "juice"
	_, err := p.accounts.Change(t.Context(), ofSDI.Account, account.Change{Organisation: &organisation}, domain.Instruction{By: anOperator, Key: "moves"})
	require.NoError(t, err)
	assert.Equal(t, "rights_changed", moved.ended())

	off := p.as(ofNorth).watch("")
	off.next("counts")
	no := false
	_, err = p.accounts.Change(t.Context(), ofNorth.Account, account.Change{Active: &no}, domain.Instruction{By: anOperator, Key: "off"})
	require.NoError(t, err)
	assert.Equal(t, "signed_out", off.ended())

	stays.quiet()
	stop()
	assert.Equal(t, "stopping", stays.ended())
	p.as(ofJuice).watch("").refused().problem(domain.CodeUnavailable)
}

// Those who watch the same share the work, and what nobody watches is let go.
func TestLiveSharesEvaluations(t *testing.T) {
	p := newPortal(t, often, func(c *Config) { c.LiveLinger = time.Millisecond })
	p.bring(fourRequests)
	var open []*reader
	for _, s := range []struct {
		by    domain.Principal
		query string
	}{
		{ofJuice, "language=Korean&status=Open"}, {ofJuiceToo, "status=Open&language=Korean"}, {ofSDI, "language=Korean&status=Open"},
		{ofJuice, "responsible=me"}, {ofJuiceToo, "responsible=me"},
	} {
		r := p.as(s.by).watch(s.query)
		r.next("counts")
		open = append(open, r)
	}
	hub := p.handler.(*server).live
	hub.mu.Lock()
	watched := len(hub.entries)
	hub.mu.Unlock()
	assert.Equal(t, 4, watched, "colleagues share a search, but not their own work")
	for _, r := range open {
		r.close()
	}
	require.Eventually(t, func() bool {
		hub.mu.Lock()
		defer hub.mu.Unlock()
		return !hub.running && len(hub.entries) == 0 && hub.streams == 0
	}, 20*time.Second, time.Millisecond)
	select {
	case <-hub.done:
	case <-time.After(20 * time.Second):
		require.Fail(t, "the looks go on though nobody watches")
	}
	p.as(ofJuice).watch("").next("counts")
}

func TestDifferencesComeTogether(t *testing.T) {
	d := func(entered, changed, left string) listChange {
		return listChange{Difference: facets.Difference{Entered: strings.Fields(entered), Changed: strings.Fields(changed), Left: strings.Fields(left)}}
	}
	got := together([]listChange{d("a b", "c d", "e f"), d("e", "a g", "b c"), d("c", "", "")})
	assert.ElementsMatch(t, []string{"a"}, got.Entered)
	assert.ElementsMatch(t, []string{"c", "d", "e", "g"}, got.Changed)
	assert.ElementsMatch(t, []string{"f"}, got.Left)
	many := listChange{Difference: facets.Difference{Many: true}}
	assert.True(t, together([]listChange{d("a", "", ""), many}).Many)
	var log []listChange
	for i := range maxLiveRows + 1 {
		log = append(log, d(fmt.Sprint(i), "", ""))
	}
	assert.True(t, together(log).Many)
	assert.False(t, together(log[1:]).Many)
}
