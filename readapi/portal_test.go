package readapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/alexedwards/argon2id"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"backlot/blobs"
	"backlot/commands"
	"backlot/domain"
	"backlot/domain/account"
	"backlot/domain/job"
	"backlot/domain/notification"
	"backlot/domain/organisation"
	"backlot/domain/sourcerequest"
	"backlot/domain/template"
	"backlot/eventstore"
	"backlot/eventstore/audit"
	"backlot/eventstore/embedded"
	"backlot/internal/redistest"
	"backlot/projections"
	"backlot/readapi/deliveries"
	"backlot/readapi/facets"
)

// portal is the whole real path, from the embedded event store to HTTP, with a
// clock that the test moves. Every exchange is held against the document.
type portal struct {
	t         testing.TB
	handler   http.Handler
	document  *openapi3.T
	router    routers.Router
	store     *eventstore.Store
	redis     *redis.Client
	directory *organisation.Directory
	templates *template.Directory
	people    *account.Directory
	accounts  *commands.Accounts
	letters   letterBox
	jobs      *job.Directory
	index     *facets.Index
	files     *blobs.Store
	uploads   *commands.Uploads
	checking  atomic.Pointer[func(id string)] // is called before a file is read for its checksum
	clock     atomic.Int64                    // Unix ms
	log       *logBuffer

	notifications *notification.Directory

	serving sync.Once // of the server that live streams are read from
	server  *httptest.Server

	deliveries *deliveries.Index
}

// noon is when tests begin.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

var everybody = []domain.Principal{anOperator, aChecker, anAuditor, ofJuice, ofSDI, ofNorth, ofSouth}

var ofSouth = domain.Principal{Account: "sue", Organisation: "southgate", Role: domain.RoleContentPartner}

// staff are colleagues of some of everybody; jan has left.
var staff = []domain.Principal{
	{Account: "jim", Organisation: "juice", Role: domain.RoleFulfillmentPartner}, {Account: "jan", Organisation: "juice", Role: domain.RoleFulfillmentPartner}, ofJuiceToo,
}

// names are what those of these tests are called.
var names = map[string]string{
	anOperator.Account: "Ada Long", aChecker.Account: "Quentin Check", anAuditor.Account: "Audrey Book", ofJuice.Account: "Jo Carter", "jim": "Jim Ambersecret",
	"jan": "Jan Gone", ofJuiceToo.Account: "Joy Carter", ofSDI.Account: "Sam Dale", ofNorth.Account: "Nina North", ofSouth.Account: "Sue South",
}

// quick hashes are as good as the real ones for everything but safety.
var quick = argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// bringEverybody opens an account for everybody of these tests, whose token is
// token-of- and the account's id.
func (p *portal) bringEverybody() {
	for _, who := range slices.Concat(everybody, staff) {
		rights := account.Rights{Role: who.Role, Organisation: who.Organisation}
		require.NoError(p.t, p.accounts.Ensure(p.t.Context(), who.Account, names[who.Account], rights))
		p.accounts.Trust("token-of-"+who.Account, who.Account)
	}
	no := false
	_, err := p.accounts.Change(p.t.Context(), "jan", account.Change{Active: &no}, domain.Instruction{By: anOperator, Key: "jan left"})
	require.NoError(p.t, err)
}

func newPortal(t testing.TB, configure ...func(*Config)) *portal {
	t.Helper()
	p := &portal{
		t: t, directory: organisation.NewDirectory(), people: account.NewDirectory(), templates: template.NewDirectory(), notifications: notification.NewDirectory(), jobs: job.NewDirectory(), redis: redistest.Embedded(t), log: &logBuffer{},
	}
	p.clock.Store(noon.UnixMilli())
	logger := slog.New(slog.NewTextHandler(p.log, nil))
	server, err := embedded.Open(t.Context(), embedded.Options{Dir: t.TempDir(), Logger: logger, Now: p.now})
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Close() })
	p.store, err = eventstore.Connect(eventstore.Config{Client: server.ClientConfiguration(), Logger: logger})
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.store.Close() })

	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	t.Cleanup(func() { cancel(); running.Wait() })
	running.Go(func() {
		prefixes := []string{organisation.StreamPrefix, account.StreamPrefix, account.PersonPrefix, template.StreamPrefix, notification.RulesPrefix, notification.DeliveriesPrefix, job.StreamPrefix}
		_ = p.store.Follow(ctx, 0, prefixes, func(page domain.Page) error {
			p.directory.Apply(page)
			p.people.Apply(page)
			p.templates.Apply(page)
			p.notifications.Apply(page)
			p.jobs.Apply(page)
			return nil
		})
	})
	projection := projections.Config{
		Redis: p.redis, PageOf: eventstore.PageOf, ReadStream: p.store.ReadStream, Policy: sourcerequest.DefaultPolicy(), Logger: logger, KeepPast: 35 * 24 * time.Hour, Now: p.now,
		Subscribe: func(from projections.From) (message.Subscriber, error) {
			return eventstore.NewSubscriber(p.store, eventstore.SubscriberConfig{From: from})
		},
	}
	projector, err := projections.New(projection)
	require.NoError(t, err)
	delivered, err := projections.NewDeliveries(projection)
	require.NoError(t, err)
	readModels := projections.ReadModels{projector, delivered}
	for _, m := range readModels {
		running.Go(func() { _ = m.Run(ctx) })
	}
	p.deliveries = deliveries.New(deliveries.Config{Redis: p.redis, Policy: sourcerequest.DefaultPolicy(), Names: p.directory, Logger: logger, Poll: 10 * time.Millisecond})
	running.Go(func() { _ = p.deliveries.Run(ctx) })
	p.index = facets.New(facets.Config{Redis: p.redis, Policy: sourcerequest.DefaultPolicy(), Names: p.directory, Accounts: p.people, Logger: logger, Poll: 10 * time.Millisecond})
	running.Go(func() { _ = p.index.Run(ctx) })

	sealer, err := audit.NewSealer(audit.SealerConfig{Log: p.store, Now: p.now, Logger: logger})
	require.NoError(t, err)
	running.Go(func() { _ = sealer.Run(ctx) })

	shared := commands.Config{Log: p.store, Organisations: p.directory, People: p.people, Now: p.now, Logger: logger}
	requests := commands.NewSourceRequests(shared)
	p.accounts, err = commands.NewAccounts(commands.AccountsConfig{
		Log: p.store, Accounts: p.people, Organisations: p.directory, Mail: &p.letters, PublicURL: "https://portal.example", Passwords: quick, Now: p.now, Logger: logger,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.accounts.Close()) })
	p.bringEverybody()
	folder, err := blobs.OpenFolder(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, folder.Close()) })
	p.files = folder
	p.uploads = commands.NewUploads(commands.UploadsConfig{Files: watchedFiles{p.files, &p.checking}, Requests: requests, Now: p.now, Logger: logger, Pause: time.Millisecond})
	t.Cleanup(func() { require.NoError(t, p.uploads.Close()) })
	materials := &commands.Materials{Requests: requests, Files: p.uploads}
	jobs := commands.NewJobs(commands.JobsConfig{Requests: requests, Materials: materials, Directory: p.jobs, Principals: p.people, Incoming: t.TempDir(), Pause: time.Millisecond})
	t.Cleanup(func() { _ = jobs.Close() })
	notifications, err := commands.NewNotifications(commands.NotificationsConfig{Log: p.store, Accounts: p.people, SendsMail: true, AllowPrivate: true, Now: p.now})
	require.NoError(t, err)
	c := Config{
		Files: files{p.files}, Materials: materials, Uploads: p.uploads, FileStore: p.files,
		Notifications: p.notifications, NotificationCommands: notifications, SendsMail: true,
		AsyncAPI: []byte("asyncapi: 3.0.0\n"),
		Index:    p.index, Deliveries: p.deliveries, Redis: p.redis, Streams: p.store, Log: p.store, Organisations: p.directory, Commands: requests, Jobs: p.jobs, JobCommands: jobs, ReadModels: readModels, Integrity: audit.NewIntegrity(p.store, sealer),
		People: p.people, Accounts: p.accounts, Partners: commands.NewOrganisations(shared), Templates: p.templates, TemplateCommands: commands.NewTemplates(p.store, p.templates, p.now),
		Scavenger: storeScavenger{server}, Policy: sourcerequest.DefaultPolicy(), Now: p.now, Logger: logger, AfterTimeout: 10 * time.Second, AuditTime: time.Minute,
	}
	for _, change := range configure {
		change(&c)
	}
	if c.Closing == nil {
		closing, close := context.WithCancel(context.Background())
		t.Cleanup(close)
		c.Closing = closing
	}
	p.handler, err = New(c)
	require.NoError(t, err)
	p.document = loadDocument(t)
	p.router, err = gorillamux.NewRouter(p.document)
	require.NoError(t, err)
	return p
}

func (p *portal) now() time.Time { return time.UnixMilli(p.clock.Load()).UTC() }

// pass moves the clock on.
func (p *portal) pass(d time.Duration) { p.clock.Add(d.Milliseconds()) }

// files are the contents that a store has.
type files struct{ *blobs.Store }

func (f files) Open(ctx context.Context, id string) (Content, error) {
	file, err := f.Store.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	return file, nil
}

// watchedFiles tell a test when a file is about to be read for its checksum.
type watchedFiles struct {
	*blobs.Store
	checking *atomic.Pointer[func(id string)]
}

func (w watchedFiles) SHA256(ctx context.Context, id string) (string, error) {
	if f := w.checking.Load(); f != nil {
		(*f)(id)
	}
	return w.Store.SHA256(ctx, id)
}

func (p *portal) beforeChecks(f func(id string)) { p.checking.Store(&f) }

// letterBox keeps the portal's mail.
type letterBox struct {
	mu      sync.Mutex
	letters []letter
}

type letter struct{ to, text string }

func (b *letterBox) Send(_ context.Context, to, _, text string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.letters = append(b.letters, letter{to, text})
	return nil
}

// last returns the last letter to somebody, after mail under way.
func (p *portal) lastLetterTo(to string) string {
	p.t.Helper()
	require.NoError(p.t, p.accounts.Close())
	p.letters.mu.Lock()
	defer p.letters.mu.Unlock()
	for _, l := range slices.Backward(p.letters.letters) {
		if l.to == to {
			return l.text
		}
	}
	require.Fail(p.t, "there is no letter to "+to)
	return ""
}

// logBuffer is a log that can be read while it is written.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(line)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// call is an HTTP request of somebody's.
type call struct {
	portal *portal
	header http.Header
}

func (p *portal) as(who domain.Principal) call {
	c := call{portal: p, header: http.Header{}}
	c.header.Set("Authorization", "Bearer token-of-"+who.Account)
	return c
}

func (p *portal) nobody() call { return call{portal: p, header: http.Header{}} }

func (c call) with(name, value string) call {
	c.header = c.header.Clone()
	c.header.Set(name, value)
	return c
}

func (c call) get(path ...string) answer { return c.send(http.MethodGet, strings.Join(path, ""), "") }

// post gives a command, under a key of its own unless it has one.
func (c call) post(path, body string) answer { return c.command(http.MethodPost, path, body) }

func (c call) patch(path, body string) answer { return c.command(http.MethodPatch, path, body) }

func (c call) command(method, path, body string) answer {
	if _, given := c.header["Idempotency-Key"]; !given {
		c = c.with("Idempotency-Key", uuid.NewString())
	}
	if _, given := c.header["Content-Type"]; !given && body != "" {
		c = c.with("Content-Type", "application/json")
	}
	return c.send(method, path, body)
}

// answer is what came back.
type answer struct {
	t      testing.TB
	portal *portal
	status int
	header http.Header
	body   []byte
}

func (c call) send(method, path, body string) answer {
	t := c.portal.t
	t.Helper()
	if strings.HasPrefix(path, "/") && !ownPath(path) {
		path = base + path
	}
	request := func() *http.Request {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		for name, values := range c.header {
			for _, v := range values {
				r.Header.Add(name, v)
			}
		}
		return r.WithContext(t.Context())
	}
	w := httptest.NewRecorder()
	c.portal.handler.ServeHTTP(w, request())
	a := answer{t: t, portal: c.portal, status: w.Code, header: w.Header(), body: w.Body.Bytes()}
	c.portal.conforms(request(), a)
	return a
}

// conforms holds one exchange against the document. What the document says is
// wrong with the request, the server has to have refused.
func (p *portal) conforms(r *http.Request, a answer) {
	p.t.Helper()
	what := r.Method + " " + r.URL.String()
	options := &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, MultiError: true}
	method := r.Method
	route, variables, err := p.router.FindRoute(r)
	if err != nil && method == http.MethodHead {
		r.Method = http.MethodGet // the answer has the same head
		route, variables, err = p.router.FindRoute(r)
	}
	if err != nil {
		require.Contains(p.t, []int{http.StatusNotFound, http.StatusMethodNotAllowed}, a.status, what)
		var problem any
		require.NoError(p.t, json.Unmarshal(a.body, &problem), what)
		require.NoError(p.t, p.document.Components.Schemas["Problem"].Value.VisitJSON(problem), what)
		return
	}
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: variables, Route: route, Options: options}
	if err := openapi3filter.ValidateRequest(p.t.Context(), in); err != nil {
		require.GreaterOrEqual(p.t, a.status, 400, "%s was accepted although the document does not allow it: %v\n%s", what, err, a.body)
	}
	if method == http.MethodHead && r.Method == http.MethodGet {
		require.Empty(p.t, a.body)
		return
	}
	err = openapi3filter.ValidateResponse(p.t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: a.status, Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body)), Options: options,
	})
	require.NoError(p.t, err, "%s answered %d\n%s", what, a.status, a.body)
}

func init() {
	for _, plain := range []string{"text/event-stream", "text/csv", workbookType, "application/x-ndjson", "application/zip", "multipart/byteranges", "application/offset+octet-stream", "video/mp4", "video/webm", "image/png"} {
		openapi3filter.RegisterBodyDecoder(plain, func(body io.Reader, _ http.Header, _ *openapi3.SchemaRef, _ openapi3filter.EncodingFn) (any, error) {
			text, err := io.ReadAll(body)
			return string(text), err
		})
	}
}

// ok requires a status and returns the body.
func (a answer) ok(status int) object {
	a.t.Helper()
	require.Equal(a.t, status, a.status, "%s", a.body)
	var o object
	require.NoError(a.t, json.Unmarshal(a.body, &o), "%s", a.body)
	return o
}

// done requires that a command was accepted, and waits until reads show it.
func (a answer) done() object {
	a.t.Helper()
	status := http.StatusOK
	if a.header.Get("Location") != "" {
		status = http.StatusCreated
	}
	o := a.ok(status)
	a.portal.await(o.text("position"))
	return o
}

// problem requires a problem document with a code and returns it.
func (a answer) problem(code domain.Code) problem {
	a.t.Helper()
	var p problem
	require.NoError(a.t, json.Unmarshal(a.body, &p), "%s", a.body)
	require.Equal(a.t, code, p.Code, "%s", a.body)
	require.Equal(a.t, "application/problem+json", a.header.Get("Content-Type"))
	require.Equal(a.t, statuses[code], a.status)
	return p
}

// object is a JSON object.
type object map[string]any

// at returns the value at a path like request.status or entries.0.summary.
func (o object) at(path string) any {
	var v any = map[string]any(o)
	for _, step := range strings.Split(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[step]
		case []any:
			n, err := strconv.Atoi(step)
			if err != nil || n >= len(in) {
				return nil
			}
			v = in[n]
		default:
			return nil
		}
	}
	return v
}

func (o object) text(path string) string { s, _ := o.at(path).(string); return s }

func (o object) count(path string) int { n, _ := o.at(path).(float64); return int(n) }

func (o object) list(path string) []any { l, _ := o.at(path).([]any); return l }

// each returns one field of every object of a list.
func (o object) each(path, field string) []string {
	out := []string{}
	for _, item := range o.list(path) {
		out = append(out, object(item.(map[string]any)).text(field))
	}
	return out
}

// fileHeader is the header of the import files of these tests.
const fileHeader = "request_id,package_id,movie_id,title,movie_type,is_original,content_partner,fulfillment_partner,source_type,service_type,language,country,due_date,estimated_delivery_date,material_status,status"

// fourRequests are one of each combination of partners that scope tests need.
const fourRequests = fileHeader + `
north-juice,p1,m1,House of Cards,Standalone,Yes,Northlight,Juice,Dubs,Create,Korean,Japan|South Korea,2026-11-24,2026-11-24,Not Received,Open
south-sdi,p2,m2,The Long Harbour,Episode,No,Southgate,SDI,Subs,Conform,Dutch,Netherlands,2026-12-24,2026-12-24,Received,Open
north-sdi,p3,m3,"House, M.D.",Standalone,Yes,Northlight,SDI,Dubs,Create,Dutch,Netherlands,2026-11-18,2026-11-18,Accepted,Delivered
north-juice-2,p1,m1,House of Cards,Standalone,Yes,Northlight,Juice,Subs,Create,Korean,Japan,2026-11-21,2026-11-30,Accepted,Processed
`

// bring imports a file and returns the position at which all of it can be read.
func (p *portal) bring(file string) string {
	p.t.Helper()
	started := p.as(anOperator).with("Content-Type", "text/csv").post("/import?name=test.csv", file)
	id := started.ok(http.StatusAccepted).text("id")
	require.Equal(p.t, base+"/jobs/"+id, started.header.Get("Location"))
	events := p.as(anOperator).get("/jobs/", id, "/events")
	require.Equal(p.t, http.StatusOK, events.status)
	report := p.as(anOperator).get("/jobs/", id).ok(http.StatusOK)
	require.Equal(p.t, string(job.Finished), report.text("phase"))
	require.Zero(p.t, report.count("refused"), "%v", report)
	end, err := p.store.End(p.t.Context()) // the job's own last event is behind all that it led to
	require.NoError(p.t, err)
	p.await(end.String())
	return end.String()
}

// await waits until everything is as far as a position.
func (p *portal) await(position string) {
	p.t.Helper()
	at, err := domain.ParsePosition(position)
	require.NoError(p.t, err)
	ctx, cancel := context.WithTimeout(p.t.Context(), 20*time.Second)
	defer cancel()
	require.NoError(p.t, p.directory.WaitFor(ctx, at), p.log)
	require.NoError(p.t, p.index.WaitFor(ctx, at), p.log)
	require.NoError(p.t, p.deliveries.WaitFor(ctx, at), p.log)
	require.Eventually(p.t, p.directory.Ready, 10*time.Second, time.Millisecond)
}

// act appends events that HTTP has no command for yet, as the domain decides them.
func (p *portal) act(by domain.Principal, id string, c sourcerequest.Command) {
	p.t.Helper()
	requests := commands.NewSourceRequests(commands.Config{Log: p.store, Organisations: p.directory, Now: p.now})
	o, err := requests.Change(p.t.Context(), id, c, domain.Instruction{By: by, Key: uuid.NewString()})
	require.NoError(p.t, err)
	p.await(o.Position.String())
}

var errBroken = errors.New("secret detail of a broken part")

// replaced puts a value in the place of %s.
func replaced(text, value string) string { return strings.ReplaceAll(text, "%s", value) }
