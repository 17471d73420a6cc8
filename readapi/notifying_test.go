package readapi

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/notification"
	"backlot/domain/sourcerequest"
	"backlot/projections/notify"
	"backlot/readapi/facets"
)

// told is a portal that tells accounts what they want to know.
type toldPortal struct {
	*portal
	notifier *notify.Notifier
	timer    *notify.Timer
}

// pages keeps what was mailed.
type pages struct {
	mu    sync.Mutex
	mails []mailed
	fails bool
}

type mailed struct{ id, to, subject, text string }

func (p *pages) SendAs(_ context.Context, id, to, subject, text string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fails {
		return errBroken
	}
	p.mails = append(p.mails, mailed{id, to, subject, text})
	return nil
}

func (p *pages) all() []mailed {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.mails)
}

// notifying returns what notifications of the portal work with.
func (p *portal) notifying() notify.Config {
	p.t.Helper()
	teller, err := NewTeller(Config{
		Index: p.index, Redis: p.redis, Streams: p.store, Organisations: p.directory, People: p.people, Notifications: p.notifications,
		Policy: sourcerequest.DefaultPolicy(), Now: p.now,
	})
	require.NoError(p.t, err)
	matcher := facets.NewMatcher(p.directory, p.people, time.UTC)
	return notify.Config{
		Log: p.store, Rules: p.notifications, People: p.people, Organisations: p.directory, Policy: sourcerequest.DefaultPolicy(), Teller: teller,
		SubjectOf: func(id string, s sourcerequest.State, at time.Time) notify.Subject { return matcher.Of(id, s, at) },
		Crossed: func(ctx context.Context, upTo domain.Position, from, to time.Time) ([]string, error) {
			if err := p.index.WaitFor(ctx, upTo); err != nil {
				return nil, err
			}
			s, err := p.index.Snapshot()
			if err != nil {
				return nil, err
			}
			return s.Crossings(from.UnixMilli(), to.UnixMilli()), nil
		},
		PublicURL: "https://portal.example", AllowPrivate: true, Now: p.now, Random: func() float64 { return 0.5 }, Patience: 50 * time.Millisecond,
	}
}

// onClock waits for the portal's clock.
func (p *portal) onClock(ctx context.Context, d time.Duration) error {
	until := p.now().Add(d)
	for ctx.Err() == nil && p.now().Before(until) {
		select {
		case <-ctx.Done():
		case <-time.After(time.Millisecond):
		}
	}
	return ctx.Err()
}

// begins runs something until stop or the end of the test.
func begins(t *testing.T, run func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		require.ErrorIs(t, <-ended, context.Canceled)
	})
	t.Cleanup(stop)
	return stop
}

func tellingPortal(t *testing.T, configure ...func(*Config)) *toldPortal {
	p := &toldPortal{portal: rulesPortal(t, configure...)}
	var err error
	p.notifier, err = notify.NewNotifier(p.notifying())
	require.NoError(t, err)
	begins(t, p.notifier.Run)
	p.timer, err = notify.NewTimer(p.notifying())
	require.NoError(t, err)
	require.NoError(t, p.timer.Tick(t.Context()))
	return p
}

// settled returns once the notifier has seen everything that happened to requests.
func (p *toldPortal) settled() {
	p.t.Helper()
	var last domain.Position
	require.NoError(p.t, p.store.ReadForwards(p.t.Context(), 0, func(r domain.Recorded, _ time.Time) error {
		if _, is := sourcerequest.IDOf(r.Stream); is {
			last = r.Position
		}
		return nil
	}))
	require.Eventually(p.t, func() bool { return p.notifier.Progress().Position >= last }, 20*time.Second, time.Millisecond, p.notifier.Progress().Failure)
	p.await(last.String())
}

// rule saves a rule of somebody and returns its id and its webhook's secret.
func (p *portal) rule(who domain.Principal, body string) (id, secret string) {
	p.t.Helper()
	saved := p.as(who).post("/notification-rules", body).ok(http.StatusCreated)
	at, err := domain.ParsePosition(saved.text("position"))
	require.NoError(p.t, err)
	require.NoError(p.t, p.notifications.WaitFor(p.t.Context(), at))
	return saved.text("rule.id"), saved.text("webhook_secret")
}

// inbox lists the kinds and requests of somebody's inbox, newest first.
func (p *portal) inbox(who domain.Principal, query string) []string {
	p.t.Helper()
	var told []string
	for _, item := range p.as(who).get("/inbox?" + query).ok(http.StatusOK).list("notifications") {
		n := object(item.(map[string]any))
		told = append(told, n.text("kind")+" "+n.text("request.request_id"))
	}
	return told
}

func (p *toldPortal) tick() {
	p.t.Helper()
	require.NoError(p.t, p.timer.Tick(p.t.Context()))
}

func TestWhatHappensIsTold(t *testing.T) {
	p := tellingPortal(t)
	p.bring(fourRequests)
	p.rule(ofJuice, `{"name":"Korean","kinds":["commented","material_status_changed","responsible_changed"],"query":"language=korean"}`)
	p.rule(ofSDI, `{"name":"All","kinds":["commented"],"query":""}`)
	p.rule(ofNorth, `{"name":"Own too","kinds":["commented","responsible_changed"],"query":"title=cards","own_actions":true}`)
	p.rule(anOperator, `{"name":"Dutch","kinds":["commented","opened"],"query":"language=Dutch&-status=Delivered"}`)

	p.as(ofJuice).post("/requests/north-juice/comments", `{"text":"of juice"}`).done()
	p.as(ofNorth).post("/requests/north-juice/comments", `{"text":"of north"}`).done()
	p.as(ofJuiceToo).post("/requests/north-juice/responsible", `{"account":"me"}`).done()
	p.as(anOperator).post("/requests/south-sdi/comments", `{"text":"of an operator"}`).done()
	p.as(ofSDI).post("/requests/south-sdi/comments", `{"text":"of SDI"}`).done()
	p.as(aChecker).post("/requests/north-sdi/comments", `{"text":"of a checker"}`).done()
	p.settled()

	assert.Equal(t, []string{"responsible_changed north-juice", "commented north-juice"}, p.inbox(ofJuice, ""), "not one's own")
	assert.Equal(t, []string{"commented north-sdi", "commented south-sdi"}, p.inbox(ofSDI, ""))
	assert.Equal(t, []string{"commented north-juice", "commented north-juice"}, p.inbox(ofNorth, ""), "one's own if asked for, but nothing within another organisation")
	assert.Equal(t, []string{"commented south-sdi"}, p.inbox(anOperator, ""), "what matches the modifiers, from when the rule was saved")
	assert.Empty(t, p.inbox(ofSouth, ""))
	assert.EqualValues(t, 7, p.notifier.Told(), "nothing is kept that is only hidden when it is read")

	first := p.as(ofJuice).get("/inbox?limit=1").ok(http.StatusOK)
	assert.Equal(t, 2, first.count("unread"))
	assert.Equal(t, "Juice made Joy Carter responsible", first.text("notifications.0.summary"))
	second := p.as(ofJuice).get("/inbox?limit=1&cursor=" + first.text("next")).ok(http.StatusOK)
	assert.Nil(t, second.at("next"))
	assert.Equal(t, "Northlight commented: of north", second.text("notifications.0.summary"))
	inJapanese := p.as(ofJuice).with("Accept-Language", "ja").get("/inbox")
	assert.Equal(t, []string{"Juice が Joy Carter を担当者にしました", "Northlight がコメントしました: of north"}, inJapanese.ok(http.StatusOK).each("notifications", "summary"))
	assert.Equal(t, "ja", inJapanese.header.Get("Content-Language"))
	assert.Equal(t, []any{"Korean", "House of Cards", "Nina North", "north-juice"}, []any{
		second.at("notifications.0.rule.name"), second.at("notifications.0.request.title"), second.at("notifications.0.actor.name"), second.at("notifications.0.request.request_id")})
	assert.Len(t, p.inbox(ofJuice, "kind=commented"), 1)
	assert.Len(t, p.inbox(ofJuice, "request_id=north-juice"), 2)
	assert.Empty(t, p.inbox(ofJuice, "request_id=south-sdi"))
	p.as(ofJuice).get("/inbox?kind=nonsense").problem(domain.CodeInvalid)
	p.as(ofJuice).get("/inbox?unread=perhaps").problem(domain.CodeInvalid)
	p.as(ofJuice).get("/inbox?cursor=x").problem(domain.CodeInvalid)

	id := second.text("notifications.0.id")
	p.as(ofJuice).post("/inbox/"+id+"/read", "").ok(http.StatusOK)
	p.as(ofJuice).post("/inbox/"+id+"/read", "").ok(http.StatusOK)
	assert.Equal(t, []string{"responsible_changed north-juice"}, p.inbox(ofJuice, "unread=true"))
	p.as(ofJuice).post("/inbox/"+id+"/unread", "").ok(http.StatusOK)
	assert.Len(t, p.inbox(ofJuice, "unread=true"), 2)
	p.as(ofJuice).post("/inbox/read", `{"up_to":"`+id+`"}`).ok(http.StatusOK)
	assert.Equal(t, []string{"responsible_changed north-juice"}, p.inbox(ofJuice, "unread=true"))
	p.as(ofJuice).post("/inbox/read", "").ok(http.StatusOK)
	assert.Empty(t, p.inbox(ofJuice, "unread=true"))
	p.as(ofJuiceToo).post("/inbox/"+id+"/read", "").problem(domain.CodeNotFound)

	// A request that is taken away takes everything along.
	p.as(ofNorth).post("/requests/north-juice/comments", `{"text":"once more"}`).done()
	p.settled()
	assert.Equal(t, 1, p.as(ofJuice).get("/inbox").ok(http.StatusOK).count("unread"))
	p.act(anOperator, "north-juice", sourcerequest.Edit{FulfillmentPartner: ptr("sdi")})
	assert.Empty(t, p.inbox(ofJuice, ""))
	assert.Zero(t, p.as(ofJuice).get("/inbox").ok(http.StatusOK).count("unread"))
	p.as(ofJuice).post("/inbox/"+id+"/unread", "").problem(domain.CodeNotFound)
	assert.Len(t, p.inbox(ofNorth, ""), 3)
}

// A notifier that is behind tells of what happened before a rule was saved no
// more than one that is not.
func TestWhatHappenedBeforeARuleIsNotTold(t *testing.T) {
	p := rulesPortal(t)
	p.bring(fourRequests)
	comment := func(text string) {
		p.as(ofNorth).post("/requests/north-juice/comments", `{"text":"`+text+`"}`).done()
	}
	comment("one")
	id, _ := p.rule(ofJuice, `{"name":"Talk","kinds":["commented"],"query":""}`)
	comment("two")
	replaced := p.as(ofJuice).put("/notification-rules/"+id, `{"name":"Dutch talk","kinds":["commented"],"query":"language=Dutch"}`).ok(http.StatusOK)
	at, err := domain.ParsePosition(replaced.text("position"))
	require.NoError(t, err)
	require.NoError(t, p.notifications.WaitFor(t.Context(), at))
	p.rule(ofJuice, `{"name":"All talk","kinds":["commented"],"query":""}`)
	comment("three")
	late := &toldPortal{portal: p}
	late.notifier, err = notify.NewNotifier(p.notifying())
	require.NoError(t, err)
	begins(t, late.notifier.Run)
	late.settled()
	told := p.as(ofJuice).get("/inbox").ok(http.StatusOK)
	assert.Equal(t, []string{"Northlight commented: three"}, told.each("notifications", "summary"))
	assert.Equal(t, "All talk", told.text("notifications.0.rule.name"))
}

const twoThatDrift = fileHeader + `
on-track,p1,m1,Calm,Standalone,Yes,Northlight,Juice,Dubs,Create,Korean,Japan,2026-12-10,2026-12-10,Not Received,Open
late,p1,m2,Storm,Standalone,Yes,Northlight,Juice,Dubs,Create,Korean,Japan,2026-11-30,2026-11-30,Received,Open
`

const aboutTime = `{"name":"Time","kinds":["became_at_risk","became_critical","became_overdue"],"query":"language=Korean","own_actions":true}`

// "Not before, and at the right instant": On Track without materials until five
// days before the due date; critical and overdue when its day has ended.
func TestTimeSpeaksAtTheRightInstant(t *testing.T) {
	p := tellingPortal(t)
	config := p.notifying()
	config.Tolerance = 12 * time.Hour // it looks less often than it would
	var err error
	p.timer, err = notify.NewTimer(config)
	require.NoError(t, err)
	p.bring(twoThatDrift)
	p.rule(ofJuice, aboutTime)
	p.rule(ofSDI, aboutTime)
	until := func(at string) {
		t.Helper()
		to, err := time.Parse(time.RFC3339, at)
		require.NoError(t, err)
		for p.now().Before(to) {
			p.pass(min(to.Sub(p.now()), 11*time.Hour))
			p.tick()
		}
	}
	until("2026-11-30T23:59:59.999Z")
	assert.Empty(t, p.inbox(ofJuice, ""))
	p.pass(time.Millisecond)
	p.tick()
	p.tick()
	assert.ElementsMatch(t, []string{"became_critical late", "became_overdue late"}, p.inbox(ofJuice, ""))
	until("2026-12-04T23:59:59.999Z")
	assert.Len(t, p.inbox(ofJuice, ""), 2)
	p.pass(time.Millisecond)
	p.tick()
	newest := p.as(ofJuice).get("/inbox?limit=1").ok(http.StatusOK)
	assert.Equal(t, []any{"became_at_risk", "2026-12-05T00:00:00Z", "The request became At Risk: no usable materials, and due soon", nil, nil}, []any{
		newest.at("notifications.0.kind"), newest.at("notifications.0.at"), newest.at("notifications.0.summary"), newest.at("notifications.0.actor"), newest.at("notifications.0.position")})
	critical := p.as(ofJuice).get("/inbox?kind=became_critical").ok(http.StatusOK)
	assert.Equal(t, "The request became Critical: due date has passed; EDD has passed", critical.text("notifications.0.summary"))
	overdue := p.as(ofJuice).get("/inbox?kind=became_overdue").ok(http.StatusOK)
	assert.Equal(t, "The request is overdue: it was due on 30 Nov 2026", overdue.text("notifications.0.summary"))
	assert.ElementsMatch(t, []string{
		"リクエストが「要注意」になりました: 使える素材がなく、納期間近", "リクエストが「緊急」になりました: 納期を過ぎた、納品予定日を過ぎた", "リクエストが納期の 2026年11月30日を過ぎました",
	}, p.as(ofJuice).with("Accept-Language", "ja").get("/inbox").ok(http.StatusOK).each("notifications", "summary"))
	assert.Empty(t, p.inbox(ofSDI, ""))
}

// What moves a request's dates speaks for the time that it would have taken.
func TestAnEventThatMakesARequestCriticalSaysSo(t *testing.T) {
	p := tellingPortal(t)
	p.bring(twoThatDrift)
	p.rule(ofJuice, aboutTime)
	p.rule(ofNorth, `{"name":"Time","kinds":["became_critical","became_at_risk"],"query":""}`)
	move := func(date string) {
		t.Helper()
		p.pass(time.Minute)
		etag := p.as(ofJuice).get("/requests/on-track").header.Get("ETag")
		p.as(ofJuice).with("If-Match", etag).post("/requests/on-track/estimated-delivery-date", `{"date":"`+date+`","reason":"the voice actor is ill"}`).done()
		p.settled()
	}
	move("2026-12-12")
	assert.Equal(t, []string{"became_at_risk on-track"}, p.inbox(ofJuice, ""))
	move("2026-12-13")
	assert.Len(t, p.inbox(ofJuice, ""), 1, "it is so already")
	move("2026-11-19")
	assert.Equal(t, []string{"became_critical on-track", "became_at_risk on-track"}, p.inbox(ofJuice, ""))
	move("2026-12-14")
	assert.Len(t, p.inbox(ofJuice, ""), 2, "at risk is better than critical")
	move("2026-11-19")
	assert.Len(t, p.inbox(ofJuice, "kind=became_critical"), 2, "once more, at another instant")
	told := p.as(ofNorth).get("/inbox?kind=became_critical").ok(http.StatusOK)
	assert.Equal(t, "The request became Critical: EDD has passed", told.text("notifications.0.summary"))
	assert.Equal(t, "Jo Carter", told.text("notifications.0.actor.name"))
	for range 3 {
		p.pass(time.Minute)
		p.tick()
	}
	assert.Len(t, p.inbox(ofJuice, ""), 3, "the clock does not say it again")
}

func TestADowntimeIsOneDigest(t *testing.T) {
	p := tellingPortal(t)
	p.bring(fileHeader + `
one,p1,m1,One,Standalone,Yes,Northlight,Juice,Dubs,Create,Korean,Japan,2026-11-21,2026-11-21,Received,Open
two,p1,m2,Two,Standalone,Yes,Northlight,Juice,Dubs,Create,Korean,Japan,2026-11-22,2026-11-22,Received,Open
three,p1,m3,Three,Standalone,Yes,Northlight,SDI,Dubs,Create,Korean,Japan,2026-11-22,2026-11-22,Received,Open
risk,p1,m4,Risk,Standalone,Yes,Northlight,Juice,Dubs,Create,Korean,Japan,2026-11-27,2026-11-27,Not Received,Open
`)
	p.rule(ofJuice, aboutTime)
	p.rule(anOperator, `{"name":"Daily","kinds":["became_critical"],"query":"","when":"daily","hour":13}`)
	crashed, err := notify.NewTimer(failing(p.notifying(), 3))
	require.NoError(t, err)
	p.pass(72 * time.Hour)
	require.Error(t, crashed.Tick(t.Context()), "in the middle of it")
	p.pass(time.Hour)
	for range 2 {
		p.tick()
	}
	told := p.as(ofJuice).get("/inbox").ok(http.StatusOK)
	require.Len(t, told.list("notifications"), 1)
	assert.Equal(t, []any{"digest", true, 3.0, false, "What passed while the portal was away, of 3 requests: 1 became at risk, 2 became critical and 2 became overdue"}, []any{
		told.at("notifications.0.kind"), told.at("notifications.0.digest.missed"), told.at("notifications.0.digest.total"), told.at("notifications.0.digest.more"), told.at("notifications.0.summary")})
	japanese := p.as(ofJuice).with("Accept-Language", "ja").get("/inbox").ok(http.StatusOK)
	assert.Equal(t, "Backlot の停止中にリクエスト 3 件で起きたこと: 要注意になった 1 件、緊急になった 2 件、納期を過ぎた 2 件", japanese.text("notifications.0.summary"))
	assert.Equal(t, []string{"one", "risk", "two"}, sorted(told.each("notifications.0.digest.requests", "request_id")))
	daily := p.as(anOperator).get("/inbox").ok(http.StatusOK)
	require.Len(t, daily.list("notifications"), 1, "a daily rule gives its digest as ever")
	assert.Equal(t, []any{"digest", false, "2026-11-23T13:00:00Z", "News of 3 requests: 3 became critical"}, []any{
		daily.at("notifications.0.kind"), daily.at("notifications.0.digest.missed"), daily.at("notifications.0.at"), daily.at("notifications.0.summary")})

	// Taken away, it is in no digest either.
	p.act(anOperator, "two", sourcerequest.Edit{FulfillmentPartner: ptr("sdi")})
	told = p.as(ofJuice).get("/inbox").ok(http.StatusOK)
	assert.Equal(t, []string{"one", "risk"}, sorted(told.each("notifications.0.digest.requests", "request_id")))
	assert.Equal(t, 2, told.count("notifications.0.digest.total"))
	assert.Empty(t, p.inbox(ofJuice, "request_id=two"))
	assert.Len(t, p.inbox(ofJuice, "request_id=one"), 1)
}

func sorted(s []string) []string { slices.Sort(s); return s }

// failing returns the configuration with a log whose nth append fails.
func failing(c notify.Config, n int) notify.Config {
	c.Log = &failingLog{Log: c.Log, left: n}
	return c
}

type failingLog struct {
	notify.Log
	mu   sync.Mutex
	left int
}

func (l *failingLog) Append(ctx context.Context, stream string, expected domain.Version, drafts []domain.Draft) (domain.Version, domain.Position, error) {
	l.mu.Lock()
	l.left--
	fails := l.left == 0
	l.mu.Unlock()
	if fails {
		return domain.Version{}, 0, errBroken
	}
	return l.Log.Append(ctx, stream, expected, drafts)
}

func TestADigestADay(t *testing.T) {
	p := tellingPortal(t)
	p.bring(fourRequests)
	post := &pages{}
	config := p.notifying()
	config.Mail, config.Wait = post, p.onClock
	sender, err := notify.NewSender(config)
	require.NoError(t, err)
	begins(t, sender.Run)
	p.addressed(ofJuice)
	p.rule(ofJuice, `{"name":"Daily","kinds":["commented","material_status_changed"],"query":"","when":"daily","hour":7,"zone":"Europe/Berlin","mail":true}`)
	p.rule(ofSDI, `{"name":"Quiet","kinds":["cancelled"],"query":"","when":"daily"}`)
	for _, text := range []string{"one", "two"} {
		p.as(ofNorth).post("/requests/north-juice/comments", `{"text":"`+text+`"}`).done()
	}
	p.as(ofNorth).post("/requests/north-juice-2/comments", `{"text":"three"}`).done()
	p.settled()
	p.tick()
	assert.Empty(t, p.inbox(ofJuice, ""))
	p.pass(18*time.Hour - time.Millisecond) // 05:59:59.999 in UTC
	p.tick()
	assert.Empty(t, p.inbox(ofJuice, ""))
	p.pass(time.Millisecond)
	// Two do the same at once, one of which dies after it has written it down.
	dying, err := notify.NewTimer(failing(p.notifying(), 3))
	require.NoError(t, err)
	require.Error(t, dying.Tick(t.Context()))
	other, err := notify.NewTimer(p.notifying())
	require.NoError(t, err)
	var both sync.WaitGroup
	both.Go(func() { assert.NoError(t, p.timer.Tick(context.Background())) })
	both.Go(func() { assert.NoError(t, other.Tick(context.Background())) })
	both.Wait()
	told := p.as(ofJuice).get("/inbox").ok(http.StatusOK)
	require.Len(t, told.list("notifications"), 1)
	assert.Equal(t, []any{"digest", "2026-11-21T06:00:00Z", "News of 2 requests: 2 commented"}, []any{told.at("notifications.0.kind"), told.at("notifications.0.at"), told.at("notifications.0.summary")})
	assert.Equal(t, []string{"north-juice", "north-juice-2"}, told.each("notifications.0.digest.requests", "request_id"))
	require.Eventually(t, func() bool { return len(post.all()) == 1 }, 20*time.Second, time.Millisecond)
	letter := post.all()[0]
	assert.Equal(t, []string{"jo@post.example", "Daily: News of 2 requests: 2 commented"}, []string{letter.to, letter.subject})
	assert.Contains(t, letter.text, "- House of Cards, Dubs, Korean (north-juice), Open, due on 2026-11-24: commented\n")
	assert.Contains(t, letter.text, "https://portal.example/requests\n")

	p.pass(48 * time.Hour)
	p.tick()
	assert.Len(t, p.inbox(ofJuice, ""), 1, "nothing to say, nothing said")
	assert.Empty(t, p.inbox(ofSDI, ""))
	p.as(ofNorth).post("/requests/north-juice/comments", `{"text":"four"}`).done()
	p.settled()
	p.pass(24 * time.Hour)
	p.tick()
	assert.Len(t, p.inbox(ofJuice, ""), 2)
	require.Eventually(t, func() bool { return len(post.all()) == 2 }, 20*time.Second, time.Millisecond)
	assert.Contains(t, post.all()[1].text, "News of 1 request: 1 commented.")
}

// Redis is lost, a notifier dies in the middle of a page, another one runs
// beside it: nothing is told twice.
func TestNothingIsToldTwice(t *testing.T) {
	p := tellingPortal(t)
	p.bring(fourRequests)
	received := receives(t, nil)
	p.rule(ofJuice, `{"name":"All","kinds":["commented","became_critical"],"query":"","webhook_url":"`+received.URL+`"}`)
	dying := failing(p.notifying(), 2)
	rival, err := notify.NewNotifier(dying)
	require.NoError(t, err)
	begins(t, rival.Run)
	for range 2 {
		config := p.notifying()
		config.Wait = p.onClock
		sender, err := notify.NewSender(config)
		require.NoError(t, err)
		begins(t, sender.Run)
	}
	const comments = 12
	for n := range comments {
		p.as(ofNorth).post("/requests/north-juice/comments", `{"text":"x"}`).done()
		if n == 5 {
			require.NoError(t, p.redis.FlushAll(t.Context()).Err())
		}
	}
	p.settled()
	require.Eventually(t, func() bool { return rival.Progress().Position == p.notifier.Progress().Position }, 20*time.Second, time.Millisecond)
	third, err := notify.NewNotifier(p.notifying())
	require.NoError(t, err)
	stop := begins(t, third.Run)
	require.Eventually(t, func() bool { return third.Progress().Position == p.notifier.Progress().Position }, 20*time.Second, time.Millisecond)
	stop()
	assert.Len(t, p.inbox(ofJuice, "limit=200"), comments)
	assert.Zero(t, third.Told())
	require.Eventually(t, func() bool { _, left := p.notifications.Counts(); return left == 0 }, 20*time.Second, time.Millisecond)
	assert.Len(t, received.all(), comments)

	p.pass(5 * 24 * time.Hour)
	p.tick()
	other, err := notify.NewTimer(p.notifying())
	require.NoError(t, err)
	require.NoError(t, other.Tick(t.Context()))
	assert.Len(t, p.inbox(ofJuice, "kind=digest"), 1)
}

// receiver is a system that takes webhooks.
type receiver struct {
	*httptest.Server
	mu       sync.Mutex
	requests []received
	answers  []int // in turn; 204 once they are used up
}

type received struct {
	header http.Header
	body   []byte
}

func receives(t *testing.T, answers []int) *receiver {
	r := &receiver{answers: answers}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		assert.NoError(t, err)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.requests = append(r.requests, received{request.Header.Clone(), body})
		status := http.StatusNoContent
		if len(r.answers) > 0 {
			status, r.answers = r.answers[0], r.answers[1:]
		}
		if status == http.StatusFound {
			w.Header().Set("Location", r.URL)
		}
		if status == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", "3600")
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) all() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.requests)
}

func (r *receiver) waitFor(t *testing.T, n int) []received {
	t.Helper()
	require.Eventually(t, func() bool { return len(r.all()) >= n }, 20*time.Second, time.Millisecond)
	all := r.all()
	require.Len(t, all, n)
	return all
}

// sending runs a sender until stop or the end of the test.
func (p *portal) sending() (stop func()) {
	p.t.Helper()
	config := p.notifying()
	config.Wait = p.onClock
	sender, err := notify.NewSender(config)
	require.NoError(p.t, err)
	return begins(p.t.(*testing.T), sender.Run)
}

// messages lists what a rule sent: status and tries.
func (p *portal) messages(who domain.Principal, rule string) []object {
	p.t.Helper()
	var out []object
	for _, d := range p.as(who).get("/notification-rules/", rule, "/deliveries").ok(http.StatusOK).list("deliveries") {
		out = append(out, d.(map[string]any))
	}
	return out
}

func TestAWebhookIsTriedUntilItIsTaken(t *testing.T) {
	p := tellingPortal(t)
	p.bring(fourRequests)
	to := receives(t, []int{500, 302, 503})
	rule, secret := p.rule(ofJuice, `{"name":"Hook","kinds":["commented"],"query":"","webhook_url":"`+to.URL+`/in"}`)
	stop := p.sending()
	p.as(ofNorth).post("/requests/north-juice/comments", `{"text":"Nina said it"}`).done()
	to.waitFor(t, 1)
	p.settled()
	tried := func(n int) {
		t.Helper()
		require.Eventually(t, func() bool { return len(p.messages(ofJuice, rule)[0].list("tries")) == n }, 20*time.Second, time.Millisecond)
	}
	tried(1)
	d := p.messages(ofJuice, rule)[0]
	assert.Equal(t, []any{"waiting", "2026-11-20T12:00:30Z", "webhook", "commented", "north-juice", 500.0, "the receiver answered 500", "retry"}, []any{
		d.at("status"), d.at("next_try_at"), d.at("channel"), d.at("kind"), d.at("request_id"), d.at("tries.0.http_status"), d.at("tries.0.error"), d.at("tries.0.outcome")})

	p.pass(30*time.Second - time.Millisecond)
	stop() // and another one goes on
	p.sending()
	p.pass(time.Millisecond)
	to.waitFor(t, 2)
	tried(2)
	assert.Contains(t, p.messages(ofJuice, rule)[0].text("tries.1.error"), "redirects are not followed")
	p.pass(90 * time.Second)
	to.waitFor(t, 3)
	tried(3)
	assert.Equal(t, "2026-11-20T13:02:00Z", p.messages(ofJuice, rule)[0].at("next_try_at"), "as the receiver asked")
	p.pass(time.Hour)
	all := to.waitFor(t, 4)
	tried(4)
	d = p.messages(ofJuice, rule)[0]
	assert.Equal(t, []any{"delivered", nil, 204.0, nil}, []any{d.at("status"), d.at("next_try_at"), d.at("tries.3.http_status"), d.at("tries.3.error")})

	_, err := standardwebhooks.NewWebhook(secret)
	require.NoError(t, err)
	for _, r := range all {
		assert.Equal(t, d.text("id"), r.header.Get("webhook-id"), "the same at every try")
		assert.Equal(t, string(all[0].body), string(r.body))
		verified(t, secret, r)
	}
	var body map[string]any
	require.NoError(t, json.Unmarshal(all[0].body, &body))
	said := object(body)
	assert.Equal(t, []any{"source_request.commented", "2026-11-20T12:00:00Z", rule, "commented", "nina", "northlight", "content_partner", "north-juice", "House of Cards", "2026-11-24", "https://portal.example/requests/north-juice"}, []any{
		said.at("type"), said.at("timestamp"), said.at("data.rule_id"), said.at("data.kind"), said.at("data.actor.account"), said.at("data.actor.organisation"), said.at("data.actor.role"),
		said.at("data.request.request_id"), said.at("data.request.title"), said.at("data.request.due_date"), said.at("data.url")})
	for _, word := range []string{"Nina", "said it", "Northlight"} {
		assert.NotContains(t, string(all[0].body), word, "no names and no texts")
	}

	// The test button, another secret, and once more.
	renewed := p.as(ofJuice).post("/notification-rules/"+rule+"/secret", "").ok(http.StatusOK).text("webhook_secret")
	test := p.as(ofJuice).post("/notification-rules/"+rule+"/test", "").ok(http.StatusAccepted)
	assert.Equal(t, "waiting", test.text("deliveries.0.status"))
	r := to.waitFor(t, 5)[4]
	verified(t, renewed, r)
	assert.Contains(t, string(r.body), `"type":"test"`)
	p.as(ofJuice).post("/notification-rules/"+rule+"/deliveries/"+d.text("id")+"/resend", "").ok(http.StatusAccepted)
	r = to.waitFor(t, 6)[5]
	verified(t, renewed, r)
	assert.Equal(t, []string{d.text("id"), string(all[0].body)}, []string{r.header.Get("webhook-id"), string(r.body)})
	p.as(ofJuice).post("/notification-rules/"+rule+"/deliveries/nothing/resend", "").problem(domain.CodeNotFound)
	var err2 answer
	for range 10 {
		err2 = p.as(ofJuice).post("/notification-rules/"+rule+"/test", "")
	}
	err2.problem(domain.CodeThrottled)
}

// verified checks a webhook as its receiver does. The library looks at the
// clock of the machine, which is not the portal's.
func verified(t *testing.T, secret string, r received) {
	t.Helper()
	hook, err := standardwebhooks.NewWebhook(secret)
	require.NoError(t, err)
	require.NoError(t, hook.VerifyIgnoringTimestamp(r.body, r.header))
	broken := r.header.Clone()
	broken.Set("webhook-id", "another")
	require.Error(t, hook.VerifyIgnoringTimestamp(r.body, broken))
}

func TestWhatIsNotDeliveredIsGivenUp(t *testing.T) {
	p := tellingPortal(t)
	p.bring(fourRequests)
	to := receives(t, slices.Repeat([]int{500}, 10))
	gone := receives(t, []int{410})
	rule, _ := p.rule(ofJuice, `{"name":"Hook","kinds":["commented"],"query":"","webhook_url":"`+to.URL+`"}`)
	other, _ := p.rule(ofJuice, `{"name":"Gone","kinds":["commented"],"query":"","webhook_url":"`+gone.URL+`"}`)
	p.sending()
	p.as(ofNorth).post("/requests/north-juice/comments", `{"text":"x"}`).done()
	var waits []time.Duration
	for n := 1; n <= 10; n++ {
		to.waitFor(t, n)
		p.settled()
		require.Eventually(t, func() bool { return len(p.messages(ofJuice, rule)[0].list("tries")) == n }, 20*time.Second, time.Millisecond)
		d := p.messages(ofJuice, rule)[0]
		if n == 10 {
			assert.Equal(t, []any{"given_up", nil}, []any{d.at("status"), d.at("next_try_at")})
			break
		}
		next, err := time.Parse(time.RFC3339, d.text("next_try_at"))
		require.NoError(t, err)
		waits = append(waits, next.Sub(p.now()))
		p.pass(next.Sub(p.now()))
	}
	assert.Equal(t, []time.Duration{30 * time.Second, 90 * time.Second, 270 * time.Second, 810 * time.Second, 2430 * time.Second, 7290 * time.Second, 21870 * time.Second, 8 * time.Hour, 8 * time.Hour}, waits)
	assert.Equal(t, "given_up", p.messages(ofJuice, other)[0].text("status"), "410 says not to come again")
	gone.waitFor(t, 1)

	// What is gone is dropped: the rule, the request, the account.
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	away, _ := p.rule(ofJuice, `{"name":"Away","kinds":["commented"],"query":"","webhook_url":"`+closed.URL+`"}`)
	p.as(ofNorth).post("/requests/north-juice/comments", `{"text":"y"}`).done()
	p.settled()
	require.Eventually(t, func() bool { d := p.messages(ofJuice, away); return len(d) == 1 && len(d[0].list("tries")) == 1 }, 20*time.Second, time.Millisecond)
	assert.Equal(t, []any{nil, "the receiver refuses connections"}, []any{p.messages(ofJuice, away)[0].at("tries.0.http_status"), p.messages(ofJuice, away)[0].at("tries.0.error")})
	p.act(anOperator, "north-juice", sourcerequest.Edit{FulfillmentPartner: ptr("sdi")})
	p.pass(time.Hour)
	require.Eventually(t, func() bool { return p.messages(ofJuice, away)[0].text("status") == string(notification.OutcomeDropped) }, 20*time.Second, time.Millisecond)
	assert.Nil(t, p.messages(ofJuice, away)[0].at("request_id"), "it sees the request no more")
}

func TestMailsOfARuleAreBundled(t *testing.T) {
	p := tellingPortal(t)
	p.bring(fourRequests)
	post := &pages{fails: true}
	config := p.notifying()
	config.Mail, config.Wait = post, p.onClock
	sender, err := notify.NewSender(config)
	require.NoError(t, err)
	begins(t, sender.Run)
	p.addressed(ofJuice)
	rule, _ := p.rule(ofJuice, `{"name":"Mail","kinds":["commented"],"query":"","mail":true}`)
	p.as(ofNorth).post("/requests/north-juice/comments", `{"text":"one"}`).done()
	p.settled()
	require.Eventually(t, func() bool { return len(p.messages(ofJuice, rule)[0].list("tries")) == 1 }, 20*time.Second, time.Millisecond)
	for _, text := range []string{"two", "three"} {
		p.as(ofNorth).post("/requests/north-juice/comments", `{"text":"`+text+`"}`).done()
	}
	p.settled()
	assert.Empty(t, post.all())
	post.mu.Lock()
	post.fails = false
	post.mu.Unlock()
	p.pass(time.Minute)
	require.Eventually(t, func() bool { return len(post.all()) == 1 }, 20*time.Second, time.Millisecond)
	letter := post.all()[0]
	assert.Equal(t, "Mail: 3 notifications", letter.subject)
	for _, text := range []string{"one", "two", "three"} {
		assert.Contains(t, letter.text, "Northlight commented: "+text+".\nhttps://portal.example/requests/north-juice\n")
	}
	require.Eventually(t, func() bool { _, left := p.notifications.Counts(); return left == 0 }, 20*time.Second, time.Millisecond)
	// A try is counted after it is recorded.
	delivered := notify.Tally{Channel: notification.ChannelMail, Outcome: notification.OutcomeDelivered}
	require.Eventually(t, func() bool { return sender.Tries()[delivered] == 3 }, 20*time.Second, time.Millisecond)
}
