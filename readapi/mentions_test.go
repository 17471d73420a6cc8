package readapi

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/projections/notify"
)

const onJuices = "/requests/north-juice/comments"

// mentionable lists whom somebody can mention on a request.
func (p *portal) mentionable(who domain.Principal, id string) []string {
	p.t.Helper()
	return p.as(who).get("/requests/"+id+"/mentionable").ok(http.StatusOK).each("mentionable", "name")
}

func TestWhoCanBeMentioned(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	partners := []string{"Northlight", "Juice", "Operators"}
	assert.Equal(t, append([]string{"Jim Ambersecret", "Joy Carter"}, partners...), p.mentionable(ofJuice, "north-juice"), "colleagues, without oneself and those who left")
	assert.Equal(t, partners, p.mentionable(ofNorth, "north-juice"), "of another organisation nobody yet")
	assert.Equal(t, []string{"Audrey Book", "Jim Ambersecret", "Jo Carter", "Joy Carter", "Nina North", "Northlight", "Juice", "Operators"}, p.mentionable(anOperator, "north-juice"), "all who see it")
	p.as(ofJuice).post(onJuices, `{"text":"Here we are"}`).done()
	assert.Equal(t, append([]string{"Jo Carter"}, partners...), p.mentionable(ofNorth, "north-juice"), "whoever wrote is known")
	assert.Contains(t, p.mentionable(ofSDI, "north-sdi"), "Quality control", "what was delivered")
	p.as(anAuditor).get("/requests/north-juice/mentionable").problem(domain.CodeForbidden)
	p.as(ofSDI).get("/requests/north-juice/mentionable").problem(domain.CodeNotFound)
}

func TestMentionsThatAreRefusedLookAlike(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	var said []string
	for _, account := range []string{"jim", ofSDI.Account, "jan", "unheardof"} { // hidden, not on the request, left, never was
		problem := p.as(ofNorth).post(onJuices, `{"text":"Hello @{account:`+account+`}"}`).problem(domain.CodeInvalid)
		assert.Equal(t, "text", problem.Field)
		said = append(said, replacedFold(problem.Detail, account, "X"))
	}
	for _, s := range said {
		assert.Equal(t, said[0], s)
	}
	p.as(ofNorth).post(onJuices, `{"text":"@{organisation:sdi}"}`).problem(domain.CodeInvalid)
	p.as(ofNorth).post(onJuices, `{"text":"@{role:auditor}"}`).problem(domain.CodeInvalid)
	assert.Empty(t, p.as(ofNorth).get(onJuices).ok(http.StatusOK).list("comments"))
}

func TestMentionsAreReadAsFarAsTheReaderKnowsThem(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	const text = `{"text":"@{account:jim} of @{organisation:juice}, and @{role:operator}: it drifts"}`
	key := p.as(anOperator).with("Idempotency-Key", "the same")
	position := key.post(onJuices, text).done().text("position")
	assert.Equal(t, position, key.post(onJuices, text).ok(http.StatusOK).text("position"), "a known key")
	comment := func(who domain.Principal) (string, []any) {
		c := p.as(who).get(onJuices + "?after=" + position).ok(http.StatusOK)
		return c.text("comments.0.text"), c.list("comments.0.mentions")
	}
	said, mentions := comment(ofJuice)
	assert.Equal(t, "@Jim Ambersecret of @Juice, and @Operators: it drifts", said)
	assert.Equal(t, []any{
		map[string]any{"text": "@Jim Ambersecret", "me": false}, map[string]any{"text": "@Juice", "me": true}, map[string]any{"text": "@Operators", "me": false},
	}, mentions)
	said, _ = comment(ofNorth)
	assert.Equal(t, "@Juice of @Juice, and @Operators: it drifts", said, "who was never met is their organisation")
	history := p.as(ofNorth).get("/requests/north-juice/history").ok(http.StatusOK)
	assert.Equal(t, "An operator commented: @Juice of @Juice, and @Operators: it drifts", history.text("entries.0.summary"))
	assert.NotContains(t, string(p.as(ofNorth).get("/audit").body), "Ambersecret")
	assert.NotContains(t, string(p.as(ofNorth).get("/audit").body), "account:jim")

	p.as(anOperator).command(http.MethodDelete, "/accounts/jim", "").ok(http.StatusOK)
	require.Eventually(t, func() bool {
		said, _ := comment(anOperator)
		return said == "@Former account of @Juice, and @Operators: it drifts"
	}, 10*time.Second, time.Millisecond)
}

func TestWhoIsMentionedIsTold(t *testing.T) {
	p := tellingPortal(t)
	p.bring(fourRequests)
	p.rule(ofNorth, `{"name":"Talk","kinds":["commented"],"query":""}`)
	ofJim := domain.Principal{Account: "jim"}
	p.as(anOperator).post(onJuices, `{"text":"@{account:jim}, look; @{organisation:northlight} as well"}`).done()
	p.settled()
	assert.Equal(t, []string{"mentioned north-juice"}, p.inbox(ofJim, ""), "without a rule")
	assert.Equal(t, []string{"mentioned north-juice"}, p.inbox(ofNorth, ""), "their organisation, and not the comment once more")
	assert.Empty(t, p.inbox(ofJuice, ""), "a colleague was")
	first := p.as(ofJim).get("/inbox").ok(http.StatusOK)
	assert.Equal(t, []any{"An operator commented: @Jim Ambersecret, look; @Northlight as well", nil, 1.0}, []any{first.at("notifications.0.summary"), first.at("notifications.0.rule"), first.at("unread")})

	p.as(ofJuice).post(onJuices, `{"text":"@{organisation:juice} and @{role:operator}"}`).done()
	p.settled()
	assert.Empty(t, p.inbox(ofJuice, ""), "nobody is told of mentioning themselves")
	assert.Len(t, p.inbox(ofJim, ""), 2)
	assert.Equal(t, []string{"mentioned north-juice"}, p.inbox(anOperator, ""))

	// A rule of one's own says how.
	p.rule(ofJuiceToo, `{"name":"Later","kinds":["mentioned"],"query":"","when":"daily","hour":13}`)
	before := len(p.inbox(ofJuiceToo, ""))
	p.as(ofNorth).post(onJuices, `{"text":"@{organisation:juice} once more"}`).done()
	p.settled()
	assert.Len(t, p.inbox(ofJuiceToo, ""), before, "it gathers for the digest")
	assert.Len(t, p.inbox(ofJuice, ""), 1)
	p.pass(25 * time.Hour)
	p.tick()
	assert.Equal(t, "digest", p.as(ofJuiceToo).get("/inbox").ok(http.StatusOK).text("notifications.0.kind"))

	// After a reassignment nothing of it is told any more.
	etag := p.as(anOperator).get("/requests/north-juice").header.Get("ETag")
	moved := p.as(anOperator).with("If-Match", etag).patch("/requests/north-juice", `{"fulfillment_partner":"SDI"}`).done().text("position")
	p.await(moved)
	assert.Empty(t, p.inbox(ofJim, ""))
}

func TestAMentionIsMailed(t *testing.T) {
	p := &toldPortal{portal: rulesPortal(t)}
	post := &pages{}
	config := p.notifying()
	config.Mail, config.Wait = post, p.onClock
	var err error
	p.notifier, err = notify.NewNotifier(config)
	require.NoError(t, err)
	begins(t, p.notifier.Run)
	sender, err := notify.NewSender(config)
	require.NoError(t, err)
	begins(t, sender.Run)
	p.bring(fourRequests)
	p.addressed(ofJuice)
	p.as(anOperator).post(onJuices, `{"text":"@{organisation:juice}: where is it?"}`).done()
	p.settled()
	require.Eventually(t, func() bool { p.pass(time.Second); return len(post.all()) > 0 }, 20*time.Second, time.Millisecond)
	mail := post.all()
	require.Len(t, mail, 1, "only Jo has an address")
	assert.Equal(t, ofJuice.Account+"@post.example", mail[0].to)
	assert.Equal(t, "Mentions: House of Cards, Dubs, Korean: mentioned", mail[0].subject)
	assert.Contains(t, mail[0].text, "An operator commented: @Juice: where is it?")
	assert.Contains(t, mail[0].text, "https://portal.example/requests/north-juice/comments\n")
	assert.Contains(t, mail[0].text, "because you were mentioned")
}
