package readapi

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/readapi/facets"
)

func TestCatalogue(t *testing.T) {
	p := newPortal(t)
	c := p.as(ofJuice).get("/modifiers").ok(http.StatusOK)
	assert.Len(t, c.list("modifiers"), len(facets.Modifiers()))
	assert.Len(t, c.list("groupings"), len(facets.Groupings()))
	assert.Len(t, c.list("columns"), len(facets.Columns()))
	assert.Equal(t, []string{"Requests", "Critical", "At Risk", "On Track", "Awaiting Materials", "Materials Available", "Overdue Undelivered"}, c.each("buckets", "label"))
	assert.Equal(t, map[string]any{"critical_days": 2.0, "at_risk_days": 5.0, "redelivery_deadline_hours": 48.0}, c.at("thresholds"))
}

func TestBuckets(t *testing.T) {
	p := newPortal(t)
	position := p.bring(fourRequests)
	a := p.as(anOperator).get("/buckets?group=content_partner,fulfillment_partner&now=2026-11-23T12:00:00Z").ok(http.StatusOK)
	assert.Equal(t, position, a.text("position"))
	assert.Equal(t, "2026-11-23T12:00:00Z", a.text("now"))
	assert.Equal(t, 4, a.count("matched"))
	assert.Equal(t, map[string]any{
		"requests": 2.0, "critical": 0.0, "at_risk": 1.0, "on_track": 1.0, "awaiting_materials": 1.0, "materials_available": 1.0, "overdue_undelivered": 0.0,
	}, a.at("buckets"))
	assert.Equal(t, 3, a.count("groups_total"))
	assert.Equal(t, map[string]any{"content_partner": "Northlight", "fulfillment_partner": "Juice"}, a.at("groups.0.key"))
	assert.Equal(t, 2, a.count("groups.0.matched"))
	none := p.as(anOperator).get("/buckets").ok(http.StatusOK)
	assert.NotContains(t, none, "groups")
	assert.NotContains(t, none, "groups_total")
	few := p.as(anOperator).get("/buckets?group=language&groups_sort=-matched&groups_limit=1&groups_offset=1").ok(http.StatusOK)
	assert.Len(t, few.list("groups"), 1)
	assert.Equal(t, 2, few.count("groups_total"))
	found := p.as(anOperator).get("/buckets?group=language&groups_q=kor").ok(http.StatusOK)
	assert.Equal(t, "Korean", found.text("groups.0.key.language"))
	assert.Equal(t, 1, p.as(anOperator).get("/buckets?language=Korean&-source_type=Subs").ok(http.StatusOK).count("matched"))
	overdue := p.as(anOperator).get("/buckets?now=2026-12-01T00:00:00%2B02:00").ok(http.StatusOK)
	assert.Equal(t, "2026-11-30T22:00:00Z", overdue.text("now"))
	assert.Equal(t, 1, overdue.count("buckets.overdue_undelivered"))

	unassigned := p.as(anOperator).post("/requests", strings.Replace(openedByHand, `"fulfillment_partner":"juice",`, "", 1)).done()
	groups := p.as(anOperator).get("/buckets?group=fulfillment_partner&after=" + unassigned.text("position")).ok(http.StatusOK)
	keys := map[any]int{}
	for i := range groups.list("groups") {
		g := object(groups.list("groups")[i].(map[string]any))
		keys[g.at("key.fulfillment_partner")] = g.count("matched")
	}
	assert.Equal(t, map[any]int{"Juice": 2, "SDI": 2, nil: 1}, keys)
	row := p.as(anOperator).get("/requests?group.fulfillment_partner=").ok(http.StatusOK)
	assert.Equal(t, unassigned.text("request_id"), row.text("rows.0.request_id"))
	assert.Contains(t, row.at("rows.0"), "fulfillment_partner")
	assert.Nil(t, row.at("rows.0.fulfillment_partner"))
}

func TestRows(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	all := p.as(anOperator).get("/requests?sort=due_date&now=2026-11-23T12:00:00Z").ok(http.StatusOK)
	assert.Equal(t, []string{"north-sdi", "north-juice-2", "north-juice", "south-sdi"}, all.each("rows", "request_id"))
	assert.Nil(t, all.at("next"))
	row := object(all.at("rows.2").(map[string]any))
	assert.Equal(t, map[string]any{"id": "juice", "name": "Juice"}, row.at("fulfillment_partner"))
	assert.Equal(t, []any{"Japan", "South Korea"}, row.list("countries"))
	assert.Equal(t, true, row.at("is_original"))
	assert.Equal(t, "2026-11-24", row.text("due_date"))
	assert.Equal(t, []any{"requests", "at_risk", "awaiting_materials"}, row.list("buckets"))
	assert.Equal(t, []string{"no_materials"}, row.each("why", "key"))

	few := p.as(anOperator).get("/requests?columns=title,status&limit=1").ok(http.StatusOK)
	assert.Equal(t, map[string]any{
		"request_id": "north-sdi", "title": "House, M.D.", "status": "Delivered", "buckets": []any{}, "why": []any{}, "near_miss": false,
	}, few.at("rows.0"))
	assert.Equal(t, []string{"north-juice"}, p.as(anOperator).get("/requests?bucket=at_risk&now=2026-11-23T12:00:00Z").ok(http.StatusOK).each("rows", "request_id"))
	assert.Equal(t, []string{"south-sdi"}, p.as(anOperator).get("/requests?group.language=Dutch&group.status=Open").ok(http.StatusOK).each("rows", "request_id"))
	assert.Equal(t, []string{"north-juice"}, p.as(anOperator).get("/requests?offset=2&limit=1").ok(http.StatusOK).each("rows", "request_id"))

	// Pages by cursor keep the instant of the first one.
	var ids []string
	next, first := "", all.text("now")
	for range 4 {
		query := url.Values{"limit": {"1"}, "sort": {"due_date"}}
		if next == "" {
			query.Set("now", first)
		} else {
			query.Set("cursor", next)
		}
		page := p.as(anOperator).get("/requests?" + query.Encode()).ok(http.StatusOK)
		assert.Equal(t, first, page.text("now"))
		ids = append(ids, page.each("rows", "request_id")...)
		next = page.text("next")
		p.pass(time.Hour)
	}
	assert.Empty(t, next)
	assert.Equal(t, all.each("rows", "request_id"), ids)
}

func TestValuesAndWarnings(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	v := p.as(anOperator).get("/modifiers/language/values?language=Korean&source_type=Dubs").ok(http.StatusOK)
	assert.Equal(t, []any{map[string]any{"value": "Dutch", "count": 1.0}, map[string]any{"value": "Korean", "count": 1.0}}, v.list("values"))
	q := p.as(anOperator).get("/modifiers/language/values?q=KOR").ok(http.StatusOK)
	assert.Equal(t, []string{"Korean"}, q.each("values", "value"))
	p.as(anOperator).get("/modifiers/colour/values").problem(domain.CodeNotFound)

	// An unknown partner and one out of sight give the same answer.
	unknown := p.as(ofJuice).get("/buckets?content_partner=Southgate&now=2026-11-23T12:00:00Z").ok(http.StatusOK)
	assert.Equal(t, "unknown_value", unknown.text("warnings.0.code"))
	assert.Equal(t, "content_partner", unknown.text("warnings.0.modifier"))
	hidden := p.as(ofJuice).get("/buckets?content_partner=Southgat3&now=2026-11-23T12:00:00Z")
	assert.Equal(t, strings.ReplaceAll(string(hidden.body), "Southgat3", "Southgate"), string(p.as(ofJuice).get("/buckets?content_partner=Southgate&now=2026-11-23T12:00:00Z").body))

	near := p.as(anOperator).get("/requests?title=huose").ok(http.StatusOK)
	assert.Equal(t, true, near.at("near_miss"))
	assert.Equal(t, "near_miss", near.text("warnings.0.code"))
	assert.Equal(t, true, near.at("rows.0.near_miss"))
}

func TestWrongQueriesAreRefused(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	for query, field := range map[string]string{
		"/buckets?langauge=Korean":                                   "langauge",
		"/buckets?bucket=critical":                                   "bucket",
		"/buckets?group=langauge":                                    "group",
		"/buckets?group=language,language":                           "group",
		"/buckets?group=language&groups_sort=nothing":                "groups_sort",
		"/buckets?group=language&groups_limit=0":                     "groups_limit",
		"/buckets?group=language&groups_offset=-1":                   "groups_offset",
		"/buckets?groups_q=" + strings.Repeat("x", 201):              "groups_q",
		"/buckets?now=today":                                         "now",
		"/buckets?now=0001-01-01T00:00:00Z":                          "now",
		"/buckets?now=2026-11-23T12:00:00Z&now=2026-11-23T12:00:00Z": "now",
		"/buckets?after=latest":                                      "after",
		"/buckets?status=Opened":                                     "status",
		"/buckets?due_date=soon":                                     "due_date",
		"/requests?bucket=urgent":                                    "bucket",
		"/requests?sort=colour":                                      "sort",
		"/requests?columns=colour":                                   "columns",
		"/requests?limit=1001":                                       "limit",
		"/requests?limit=many":                                       "limit",
		"/requests?offset=-1":                                        "offset",
		"/requests?cursor=made-up":                                   "cursor",
		"/requests?cursor=":                                          "cursor",
		"/requests?cursor=x&offset=1":                                "offset",
		"/requests?group.colour=red":                                 "group.colour",
		"/requests/north-juice?at=2026-11-20":                        "at",
		"/requests/north-juice/comments?now=now":                     "now",
		"/requests/north-juice?now=now":                              "now",
		"/modifiers?q=x":                                             "q",
		"/modifiers/language/values?limit=0":                         "limit",
		"/organisations?kind=x":                                      "kind",
	} {
		problem := p.as(anOperator).get(query).problem(domain.CodeInvalid)
		assert.Equal(t, field, problem.Field, query)
		assert.NotEmpty(t, problem.Detail)
	}
	assert.Contains(t, p.as(anOperator).get("/buckets?langauge=Korean").problem(domain.CodeInvalid).Allowed, "language")
	assert.Contains(t, p.as(anOperator).get("/requests?group.colour=red").problem(domain.CodeInvalid).Allowed, "language")
	both := p.as(anOperator).get("/buckets?langauge=Korean&colour=red").problem(domain.CodeInvalid)
	assert.Contains(t, both.Detail, "colour, langauge")
	p.as(anOperator).get("/buckets?language=%zz").problem(domain.CodeInvalid)
}

// A read with after= shows at least that, without any other waiting.
func TestReadingYourWrites(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	for range 20 {
		o := p.as(ofJuice).post("/requests/north-juice/comments", `{"text":"again"}`).ok(http.StatusOK)
		after := "?after=" + o.text("position")
		details := p.as(ofJuice).get("/requests/north-juice" + after).ok(http.StatusOK)
		comments := p.as(ofJuice).get("/requests/north-juice/comments" + after).ok(http.StatusOK)
		last := comments.list("comments")[len(comments.list("comments"))-1]
		assert.Equal(t, o.text("comment_id"), object(last.(map[string]any)).text("id"))
		assert.Equal(t, len(comments.list("comments")), details.count("counts.comments"))
	}
	title := "Retitled"
	etag := p.as(anOperator).get("/requests/north-juice").header.Get("ETag")
	o := p.as(anOperator).with("If-Match", etag).patch("/requests/north-juice", `{"title":"`+title+`"}`).ok(http.StatusOK)
	rows := p.as(ofJuice).get("/requests?title=retitled&after=" + o.text("position")).ok(http.StatusOK)
	assert.Equal(t, 1, rows.count("total"))
	assert.Equal(t, 1, p.as(ofJuice).get("/modifiers/title/values?after="+o.text("position")).ok(http.StatusOK).count("total")-1)
}

func TestPositionsThatAreNotReached(t *testing.T) {
	p := newPortal(t, func(c *Config) { c.AfterTimeout = 20 * time.Millisecond })
	p.bring(fourRequests)
	const far = "?after=18446744073709551615"
	for _, path := range []string{"/buckets", "/requests", "/modifiers/language/values", "/requests/north-juice", "/requests/north-juice/comments", "/requests/north-juice/history", "/organisations"} {
		for _, who := range []domain.Principal{anOperator, ofJuice} {
			a := p.as(who).get(path + far)
			a.problem(domain.CodeTimeout)
			require.NotEmpty(t, a.header.Get("Retry-After"))
		}
	}
}
