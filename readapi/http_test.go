package readapi

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"backlot/domain"
	"backlot/domain/job"
	"backlot/domain/notification"
	"backlot/domain/organisation"
	"backlot/domain/sourcerequest"
	"backlot/domain/template"
	"backlot/readapi/facets"
	"backlot/readmodel"
)

func TestPathsAndMethodsThatAreNot(t *testing.T) {
	p := newPortal(t, func(c *Config) {
		c.Web = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "the page") })
	})
	for _, path := range []string{"/api", "/api/v1/", "/api/v1/nothing", "/api/v2/requests", "/api/v1/requests/", "/api/v1/requests//history", "/healthz/deep", "/metrics/"} {
		p.as(anOperator).get(path).problem(domain.CodeNotFound)
	}
	a := p.as(anOperator).send(http.MethodPut, "/requests/x", "")
	problem := a.problem(codeMethodNotAllowed)
	assert.Equal(t, []string{"GET", "HEAD", "PATCH"}, problem.Allowed)
	assert.Equal(t, "GET, HEAD, PATCH", a.header.Get("Allow"))
	p.as(anOperator).send(http.MethodDelete, "/buckets", "").problem(codeMethodNotAllowed)

	for _, path := range []string{"/", "/requests/x", "/apis", "/healthzz"} {
		w := httptest.NewRecorder()
		p.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		assert.Equal(t, "the page", w.Body.String(), path)
	}
}

func TestHead(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	s := httptest.NewServer(p.handler)
	defer s.Close()
	r, err := http.NewRequest(http.MethodHead, s.URL+base+"/requests/north-juice", nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer token-of-"+ofJuice.Account)
	a, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer a.Body.Close()
	assert.Equal(t, http.StatusOK, a.StatusCode)
	assert.Equal(t, `"0"`, a.Header.Get("ETag"))
	body, err := io.ReadAll(a.Body)
	require.NoError(t, err)
	assert.Empty(t, body)
}

func TestSecurityHeaders(t *testing.T) {
	p := newPortal(t)
	for _, path := range []string{"/modifiers", "/requests/none", "/api/nothing", "/healthz", "/api/v1/openapi.yaml"} {
		h := p.as(anOperator).get(path).header
		assert.Equal(t, "no-store", h.Get("Cache-Control"), path)
		assert.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), path)
		assert.Equal(t, "DENY", h.Get("X-Frame-Options"), path)
		assert.NotEmpty(t, h.Get("Content-Security-Policy"), path)
		assert.NotEmpty(t, h.Get("X-Request-Id"), path)
	}
}

// Every operation but the public ones wants somebody to be signed in.
func TestAuthentication(t *testing.T) {
	p := newPortal(t)
	for _, op := range (&server{}).operations() {
		path := strings.NewReplacer("{id}", "x", "{name}", "language", "{issueId}", "x").Replace(op.path)
		for _, c := range []call{
			p.nobody(), p.nobody().with("Authorization", "Bearer made-up"), p.nobody().with("Authorization", "Basic token-of-ada"),
			p.nobody().with("Authorization", "Bearer"), p.nobody().with("Cookie", sessionCookie+"=%%%"), p.nobody().with("Cookie", sessionCookie+"=bWFkZS11cA"),
		} {
			if op.public {
				continue
			}
			a := c.with("If-Match", `"0"`).command(op.method, path, "")
			a.problem(domain.CodeUnauthenticated)
			assert.Equal(t, `Bearer realm="backlot"`, a.header.Get("WWW-Authenticate"))
		}
	}
}

func TestSession(t *testing.T) {
	p := newPortal(t, func(c *Config) {
		c.Demo = []DemoIdentity{{Label: "Juice, post house", Token: "token-of-jo", Principal: ofJuice}, {Label: "Ada, operator", Token: "token-of-ada", Principal: anOperator}}
	})
	p.bring(fourRequests)
	out := p.nobody().get("/session").ok(http.StatusOK)
	assert.Equal(t, false, out.at("signed_in"))
	assert.Nil(t, out.at("role"))
	assert.Equal(t, "UTC", out.text("zone"))
	assert.Equal(t, []string{"token-of-jo", "token-of-ada"}, out.each("demo_identities", "token"))
	assert.Equal(t, "Juice", out.text("demo_identities.0.organisation.name"))

	p.nobody().post("/session", `{"token":"made-up"}`).problem(domain.CodeUnauthenticated)
	p.nobody().post("/session", `{"token":""}`).problem(domain.CodeInvalid)
	p.nobody().get("/session").ok(http.StatusOK)
	p.nobody().with("Authorization", "Bearer made-up").get("/session").problem(domain.CodeUnauthenticated)

	in := p.nobody().post("/session", `{"token":"token-of-jo"}`)
	who := in.ok(http.StatusOK)
	assert.Equal(t, "fulfillment_partner", who.text("role"))
	assert.Equal(t, "Juice", who.text("organisation.name"))
	assert.Equal(t, map[string]any{"modifier": "fulfillment_partner", "label": "Fulfillment Partner", "value": "Juice"}, who.at("scope"))
	cookie, err := http.ParseSetCookie(in.header.Get("Set-Cookie"))
	require.NoError(t, err)
	assert.True(t, cookie.HttpOnly)
	assert.Equal(t, http.SameSiteStrictMode, cookie.SameSite)
	assert.Equal(t, "/", cookie.Path)
	assert.False(t, cookie.Secure)

	signedIn := p.nobody().with("Cookie", cookie.Name+"="+cookie.Value)
	assert.Equal(t, true, signedIn.get("/session").ok(http.StatusOK).at("signed_in"))
	assert.Equal(t, 2, signedIn.get("/requests").ok(http.StatusOK).count("total"))
	left := signedIn.send(http.MethodDelete, "/session", "")
	assert.Equal(t, http.StatusNoContent, left.status)
	signedIn.get("/requests").problem(domain.CodeUnauthenticated)
	gone, err := http.ParseSetCookie(left.header.Get("Set-Cookie"))
	require.NoError(t, err)
	assert.Negative(t, gone.MaxAge)
	secure, err := http.ParseSetCookie(p.nobody().with("X-Forwarded-Proto", "https").post("/session", `{"token":"token-of-jo"}`).header.Get("Set-Cookie"))
	require.NoError(t, err)
	assert.True(t, secure.Secure)

	// A cookie of a token that was withdrawn means signed out, and goes.
	old := p.nobody().with("Cookie", sessionCookie+"="+"withdrawn").get("/session")
	assert.Equal(t, false, old.ok(http.StatusOK).at("signed_in"))
	assert.NotEmpty(t, old.header.Get("Set-Cookie"))
	assert.Nil(t, p.as(anOperator).get("/session").ok(http.StatusOK).at("scope"))

	plain := newPortal(t)
	assert.NotContains(t, plain.nobody().get("/session").ok(http.StatusOK), "demo_identities")
}

// Another site's page can make a browser send a cookie along, but not act.
func TestOtherSitesMayNotAct(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	cookie := p.nobody().with("Cookie", cookieOf(p.nobody().post("/session", `{"token":"token-of-jo"}`)))
	const path, body = "/requests/north-juice/comments", `{"text":"x"}`
	cookie.with("Sec-Fetch-Site", "same-origin").post(path, body).ok(http.StatusOK)
	for _, c := range []call{cookie.with("Sec-Fetch-Site", "cross-site"), cookie.with("Sec-Fetch-Site", "same-site"), cookie.with("Origin", "https://evil.example")} {
		c.post(path, body).problem(domain.CodeForbidden)
		c.send(http.MethodDelete, "/session", "").problem(domain.CodeForbidden)
	}
	assert.Equal(t, http.StatusForbidden, p.nobody().with("Sec-Fetch-Site", "cross-site").post("/session", `{"token":"token-of-jo"}`).status)
	// What a form can send is refused before it does anything, also by browsers without these headers.
	cookie.with("Content-Type", "text/plain").with("Idempotency-Key", "").post(path, body).problem(domain.CodePreconditionRequired)
	cookie.with("Content-Type", "text/plain").post(path, body).problem(codeUnsupportedMediaType)
}

func TestService(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	assert.Equal(t, "ok", p.nobody().get("/healthz").ok(http.StatusOK).text("status"))
	assert.Equal(t, true, p.nobody().get("/readyz").ok(http.StatusOK).at("ready"))
	document := p.nobody().get("/openapi.yaml")
	assert.Equal(t, Document, document.body)
	assert.Equal(t, "asyncapi: 3.0.0\n", string(p.nobody().get("/asyncapi.yaml").body))
	without := newPortal(t, func(c *Config) { c.AsyncAPI = nil })
	without.nobody().get("/asyncapi.yaml").problem(domain.CodeNotFound)
	p.as(ofJuice).get("/requests/none")
	metrics := string(p.nobody().get("/metrics").body)
	assert.Contains(t, metrics, `backlot_http_requests_total{operation="getRequest",status="404"} 1`)
	assert.Contains(t, metrics, `backlot_http_request_seconds_count{operation="getRequest"} 1`)
	assert.Contains(t, p.log.String(), "operation=getRequest status=404")
	assert.Contains(t, p.log.String(), "account=jo")
	assert.NotContains(t, p.log.String(), "token-of")

	building := newPortal(t, func(c *Config) { c.Ready = func() (bool, map[string]any) { return false, map[string]any{"events": 7} } })
	a := building.nobody().get("/readyz")
	assert.Equal(t, 7, a.ok(http.StatusServiceUnavailable).count("detail.events"))
	assert.NotEmpty(t, a.header.Get("Retry-After"))
}

// Before the read model and the organisations are known, reads are refused
// with 503, never answered with less than there is.
func TestNothingIsAnsweredTooEarly(t *testing.T) {
	p := newPortal(t, func(c *Config) {
		c.Organisations, c.Templates, c.Notifications = organisation.NewDirectory(), template.NewDirectory(), notification.NewDirectory()
		c.Index = facets.New(facets.Config{Redis: c.Redis, Policy: c.Policy, Names: c.Organisations})
	})
	for _, path := range []string{"/buckets", "/requests", "/requests/x", "/requests/x/history", "/modifiers/language/values", "/organisations", "/templates", "/templates/x", "/notification-rules", "/notification-rules/x", "/inbox"} {
		a := p.as(ofJuice).get(path)
		a.problem(domain.CodeUnavailable)
		assert.NotEmpty(t, a.header.Get("Retry-After"))
	}
	p.as(anOperator).post("/requests", openedByHand).problem(domain.CodeUnavailable)
	ready := p.nobody().get("/readyz").ok(http.StatusServiceUnavailable)
	assert.Equal(t, false, ready.at("detail.index"))
}

// brokenCommands fail in a way that nobody foresaw.
type brokenCommands struct{ Commands }

func (brokenCommands) Change(_ context.Context, _ string, c sourcerequest.Command, _ domain.Instruction) (sourcerequest.Outcome, error) {
	if _, panics := c.(sourcerequest.Cancel); panics {
		panic(errBroken)
	}
	return sourcerequest.Outcome{}, fmt.Errorf("around: %w", errBroken)
}

func TestFaultsStayInside(t *testing.T) {
	p := newPortal(t, func(c *Config) { c.Commands = brokenCommands{c.Commands} })
	p.bring(fourRequests)
	for _, a := range []answer{
		p.as(anOperator).post("/requests/north-juice/comments", `{"text":"x"}`),
		p.as(anOperator).post("/requests/north-juice/cancel", ``),
	} {
		problem := a.problem(domain.CodeInternal)
		assert.NotContains(t, string(a.body), errBroken.Error())
		assert.Equal(t, a.header.Get("X-Request-Id"), problem.Request)
		assert.Contains(t, p.log.String(), problem.Request)
	}
	assert.Equal(t, 2, strings.Count(p.log.String(), errBroken.Error()))
	assert.Contains(t, p.log.String(), "http_test.go", "the log has the stack")
}

// A document that Redis lacks, holds broken or holds in an older state is
// folded from the stream.
func TestDocumentsThatRedisDoesNotHave(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	p.as(ofJuice).post("/requests/north-juice/comments", `{"text":"hello"}`).done()
	want := p.as(ofJuice).get("/requests/north-juice").ok(http.StatusOK)
	generation, err := p.redis.Get(t.Context(), readmodel.LiveKey).Result()
	require.NoError(t, err)
	key := readmodel.Generation(generation).Document("north-juice")
	stored, err := p.redis.Get(t.Context(), key).Bytes()
	require.NoError(t, err)
	document, err := readmodel.UnmarshalDocument(stored)
	require.NoError(t, err)
	document.Revision--
	document.State.Comments = nil
	older, err := readmodel.MarshalDocument(document)
	require.NoError(t, err)
	for name, change := range map[string]func() error{
		"older":   func() error { return p.redis.Set(t.Context(), key, older, 0).Err() },
		"broken":  func() error { return p.redis.Set(t.Context(), key, "{", 0).Err() },
		"missing": func() error { return p.redis.Del(t.Context(), key).Err() },
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, change())
			got := p.as(ofJuice).get("/requests/north-juice").ok(http.StatusOK)
			assert.Equal(t, want.at("request"), got.at("request"))
			assert.Equal(t, want.at("counts"), got.at("counts"))
		})
	}
	require.NoError(t, p.redis.Close())
	assert.Equal(t, want.at("counts"), p.as(ofJuice).get("/requests/north-juice").ok(http.StatusOK).at("counts"))
}

func TestImport(t *testing.T) {
	p := newPortal(t, func(c *Config) { c.MaxImport = 4096 })
	file := fourRequests + "bad,p,m,,Episode,Maybe,Northlight,Juice,Dubs,Create,Korean,Japan,2026-11-24,,,\n"
	csv := p.as(anOperator).with("Content-Type", "text/csv; charset=utf-8")
	id := csv.post("/import?name=four.csv", file).ok(http.StatusAccepted).text("id")
	events := p.as(anOperator).get("/jobs/", id, "/events")
	assert.Equal(t, "text/event-stream", events.header.Get("Content-Type"))
	var reports []string
	lines := bufio.NewScanner(bytes.NewReader(events.body))
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			reports = append(reports, data)
		}
	}
	require.NotEmpty(t, reports)
	last := answer{t: t, status: 200, body: []byte(reports[len(reports)-1])}.ok(200)
	assert.Equal(t, string(job.Finished), last.text("phase"))
	report := p.as(anAuditor).get("/jobs/", id).ok(http.StatusOK)
	assert.Equal(t, map[string]any(last), map[string]any(report))
	assert.Equal(t, 4, report.count("opened"))
	assert.Equal(t, 1, report.count("refused"))
	refusals := p.as(anAuditor).get("/jobs/", id, "/refusals").ok(http.StatusOK)
	assert.Equal(t, 1, refusals.count("total"))
	assert.Equal(t, 6, refusals.count("refusals.0.line"))
	assert.Equal(t, "bad", refusals.text("refusals.0.request_id"))
	assert.Equal(t, "is_original", refusals.text("refusals.0.field"))
	assert.Equal(t, []any{"Yes", "No"}, refusals.list("refusals.0.allowed"))
	assert.Nil(t, refusals.at("next"))
	assert.Equal(t, len(file), report.count("total_bytes"))
	assert.Equal(t, len(file), report.count("read_bytes"))
	assert.Equal(t, "four.csv", report.text("file.name"))
	schema := p.document.Components.Schemas["Job"].Value
	for range reports {
		require.NoError(t, schema.VisitJSON(map[string]any(last)))
	}

	csv.post("/import", "").problem(domain.CodeInvalid)
	csv.post("/import", "colour\nred\n").problem(domain.CodeInvalid)
	csv.post("/import", strings.Repeat("x", 5000)).problem(domain.CodeTooLarge)
	// So is a body that did not say how long it is.
	chunked := httptest.NewRequest(http.MethodPost, base+"/import", strings.NewReader(fileHeader+strings.Repeat("\nx", 3000)))
	chunked.ContentLength = -1
	chunked.Header = csv.with("Idempotency-Key", "chunked").header
	w := httptest.NewRecorder()
	p.handler.ServeHTTP(w, chunked)
	p.conforms(chunked, answer{t: t, status: w.Code, header: w.Header(), body: w.Body.Bytes()})
	answer{t: t, status: w.Code, header: w.Header(), body: w.Body.Bytes()}.problem(domain.CodeTooLarge)
	csv.with("Idempotency-Key", "").post("/import", file).problem(domain.CodePreconditionRequired)
	p.as(anOperator).with("Content-Type", "application/json").post("/import", file).problem(codeUnsupportedMediaType)
	csv.post("/import?name="+strings.Repeat("x", 201), file).problem(domain.CodeInvalid)
	p.as(anOperator).get("/jobs/none").problem(domain.CodeNotFound)
	p.as(anOperator).get("/jobs/none/events").problem(domain.CodeNotFound)
}

func TestImportOfAWorkbook(t *testing.T) {
	p := newPortal(t)
	f := excelize.NewFile()
	for i, line := range strings.Split(strings.TrimSpace(fourRequests), "\n") {
		values, err := csv.NewReader(strings.NewReader(line)).Read()
		require.NoError(t, err)
		for c, v := range values {
			name, err := excelize.CoordinatesToCellName(c+1, i+1)
			require.NoError(t, err)
			require.NoError(t, f.SetCellValue("Sheet1", name, v))
		}
	}
	file, err := f.WriteToBuffer()
	require.NoError(t, err)
	require.NoError(t, f.Close())

	operator := p.as(anOperator)
	id := operator.with("Content-Type", workbookType).post("/import?name=four.xlsx", file.String()).ok(http.StatusAccepted).text("id")
	require.Equal(t, http.StatusOK, operator.get("/jobs/", id, "/events").status)
	report := operator.get("/jobs/", id).ok(http.StatusOK)
	assert.Equal(t, 4, report.count("opened"), "%v", report.list("refusals"))
	p.await(report.text("position"))
	got := operator.get("/requests/north-sdi").ok(http.StatusOK)
	assert.Equal(t, "House, M.D.", got.text("request.title"))
	assert.Equal(t, "2026-11-18", got.text("request.due_date"))

	// A list under the portal's labels comes in as well.
	var labels []string
	for _, c := range facets.Columns() {
		labels = append(labels, c.Label)
	}
	operator.with("Content-Type", "text/csv").post("/import", strings.Join(labels, ",")).ok(http.StatusAccepted)

	// How the file begins says what it is, whatever the header claims.
	again := operator.with("Content-Type", "text/csv").post("/import", file.String()).ok(http.StatusAccepted).text("id")
	require.Equal(t, http.StatusOK, operator.get("/jobs/", again, "/events").status)
	assert.Equal(t, 4, operator.get("/jobs/", again).ok(http.StatusOK).count("unchanged"))
	operator.with("Content-Type", workbookType).post("/import", file.String()[:1000]).problem(domain.CodeInvalid)
	wrong := operator.with("Content-Type", "application/vnd.ms-excel").post("/import", "x").problem(codeUnsupportedMediaType)
	assert.Equal(t, []string{"text/csv", workbookType}, wrong.Allowed)
}

func TestConfigIsChecked(t *testing.T) {
	_, err := New(Config{})
	assert.ErrorContains(t, err, "required")
	var good Config
	newPortal(t, func(c *Config) { good = *c })
	good.Metrics = prometheus.NewRegistry()
	_, err = New(good)
	require.NoError(t, err)
	_, err = New(good)
	assert.Error(t, err, "two of them would count into one registry")
}
