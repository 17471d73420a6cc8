package readapi

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/commands"
	"backlot/domain"
	"backlot/domain/account"
	"backlot/domain/notification"
)

func rulesPortal(t *testing.T, configure ...func(*Config)) *portal {
	p := newPortal(t, configure...)
	require.Eventually(t, func() bool {
		_, err := p.index.Snapshot() // which a query that names people is read with
		return err == nil && p.notifications.Ready()
	}, 10*time.Second, time.Millisecond)
	return p
}

// gives an account a mail address.
func (p *portal) addressed(who domain.Principal) {
	p.t.Helper()
	email := who.Account + "@post.example"
	_, err := p.accounts.Change(p.t.Context(), who.Account, account.Change{Email: &email}, domain.Instruction{By: anOperator, Key: "address of " + who.Account})
	require.NoError(p.t, err)
}

const criticalRule = `{"name":" Korean ","kinds":["became_critical","commented","became_critical"],"query":"language=korean&source_type=dubs","when":"daily","hour":7,"zone":"Europe/Berlin","webhook_url":"https://hooks.example.com/in?key=1"}`

func TestALifeOfANotificationRule(t *testing.T) {
	p := rulesPortal(t)
	jo := p.as(ofJuice)
	none := jo.get("/notification-rules").ok(http.StatusOK)
	assert.Empty(t, none.list("rules"))
	assert.Contains(t, none.each("kinds", "kind"), "became_overdue")
	assert.Equal(t, notification.Kinds(), none.each("kinds", "kind"))
	assert.Equal(t, false, none.at("mail.available"))
	assert.Contains(t, none.text("mail.reason"), "no mail address")

	keyed := jo.with("Idempotency-Key", "first")
	made := keyed.post("/notification-rules", criticalRule)
	saved := made.ok(http.StatusCreated)
	id, secret := saved.text("rule.id"), saved.text("webhook_secret")
	assert.Equal(t, base+"/notification-rules/"+id, made.header.Get("Location"))
	assert.Regexp(t, `^whsec_[A-Za-z0-9+/]{43}=$`, secret)
	want := map[string]any{
		"id": id, "name": "Korean", "kinds": []any{"commented", "became_critical"}, "query": "language=korean&source_type=Dubs",
		"modifiers": []any{
			map[string]any{"name": "source_type", "exclude": false, "values": []any{"Dubs"}},
			map[string]any{"name": "language", "exclude": false, "values": []any{"korean"}},
		},
		"own_actions": false, "when": "daily", "hour": 7.0, "zone": "Europe/Berlin", "mail": false, "webhook_url": "https://hooks.example.com/in?key=1",
		"valid": true, "problem": nil, "updated_at": "2026-11-20T12:00:00Z",
	}
	assert.Equal(t, want, saved.at("rule"))
	again := keyed.post("/notification-rules", criticalRule).ok(http.StatusCreated)
	assert.Equal(t, true, again.at("replayed"))
	assert.Equal(t, []string{id, secret}, []string{again.text("rule.id"), again.text("webhook_secret")}, "a lost answer comes again")
	keyed.post("/notification-rules", strings.Replace(criticalRule, "Korean", "Dutch", 1)).problem(domain.CodeKeyReused)
	jo.post("/notification-rules", strings.Replace(criticalRule, "Korean", "KOREAN", 1)).problem(domain.CodeConflict)

	after := "?after=" + saved.text("position")
	assert.Equal(t, []any{want}, jo.get("/notification-rules", after).ok(http.StatusOK).list("rules"))
	assert.Equal(t, object(want), jo.get("/notification-rules/", id, after).ok(http.StatusOK))
	p.as(ofJuiceToo).get("/notification-rules/", id).problem(domain.CodeNotFound)

	// What was answered can be sent back.
	same := jo.put("/notification-rules/"+id, `{"name":"Korean","kinds":["commented","became_critical"],"query":"language=korean&source_type=Dubs","own_actions":false,"when":"daily","hour":7,"zone":"Europe/Berlin","mail":false,"webhook_url":"https://hooks.example.com/in?key=1"}`).ok(http.StatusOK)
	assert.Equal(t, []any{false, nil}, []any{same.at("changed"), same.at("webhook_secret")})

	renewed := jo.post("/notification-rules/"+id+"/secret", "").ok(http.StatusOK).text("webhook_secret")
	assert.Regexp(t, `^whsec_`, renewed)
	assert.NotEqual(t, secret, renewed)
	plain := jo.put("/notification-rules/"+id, `{"name":"Korean","kinds":["opened"],"query":"","webhook_url":null}`).ok(http.StatusOK)
	assert.Equal(t, []any{true, nil, "at_once", 8.0, "UTC"}, []any{plain.at("changed"), plain.at("rule.webhook_url"), plain.at("rule.when"), plain.at("rule.hour"), plain.at("rule.zone")})
	jo.post("/notification-rules/"+id+"/secret", "").problem(domain.CodeRefused)
	jo.post("/notification-rules/"+id+"/test", "").problem(domain.CodeRefused)
	once := jo.put("/notification-rules/"+id, `{"name":"Korean","kinds":["opened"],"query":"","webhook_url":"https://hooks.example.com/"}`).ok(http.StatusOK)
	assert.NotContains(t, []string{"", secret, renewed}, once.text("webhook_secret"), "the old one was forgotten with the webhook")

	gone := jo.delete("/notification-rules/" + id).ok(http.StatusOK)
	assert.Nil(t, gone.at("rule"))
	assert.Empty(t, jo.get("/notification-rules?after="+gone.text("position")).ok(http.StatusOK).list("rules"))
	for _, a := range []answer{
		jo.delete("/notification-rules/" + id), jo.put("/notification-rules/"+id, criticalRule), jo.get("/notification-rules/", id, "/deliveries"),
		jo.post("/notification-rules/"+id+"/test", ""), jo.post("/notification-rules/"+id+"/secret", ""),
	} {
		a.problem(domain.CodeNotFound)
	}
	assert.Nil(t, keyed.post("/notification-rules", criticalRule).ok(http.StatusCreated).at("webhook_secret"), "what is gone gets no secret again")
	secrets, _, err := p.store.LastEvent(t.Context(), notification.SecretsOf(ofJuice.Account))
	require.NoError(t, err)
	assert.Equal(t, notification.Secrets{ByRule: map[string]string{}}, secrets.Event)
}

func TestWhatANotificationRuleCannotBe(t *testing.T) {
	p := rulesPortal(t)
	strict, err := commands.NewNotifications(commands.NotificationsConfig{Log: p.store, Accounts: p.people, Now: p.now})
	require.NoError(t, err)
	q := rulesPortal(t, func(c *Config) { c.NotificationCommands, c.SendsMail = strict, false })
	for body, want := range map[string]string{
		`{"name":"","kinds":["opened"],"query":""}`:                                                    "name",
		`{"name":"a","kinds":[],"query":""}`:                                                           "kinds",
		`{"name":"a","kinds":["opened","closed"],"query":""}`:                                          "kinds[1]",
		`{"name":"a","kinds":["opened"]}`:                                                              "query",
		`{"name":"a","kinds":["opened"],"query":"colour=red"}`:                                         "query.colour",
		`{"name":"a","kinds":["opened"],"query":"status=Lost"}`:                                        "query.status",
		`{"name":"a","kinds":["opened"],"query":"responsible=Nobody+At+All"}`:                          "query.responsible",
		`{"name":"a","kinds":["opened"],"query":"","when":"weekly"}`:                                   "when",
		`{"name":"a","kinds":["opened"],"query":"","hour":24}`:                                         "hour",
		`{"name":"a","kinds":["opened"],"query":"","zone":"Mars/Olympus"}`:                             "zone",
		`{"name":"a","kinds":["opened"],"query":"","zone":"Local"}`:                                    "zone",
		`{"name":"a","kinds":["opened"],"query":"","mail":true}`:                                       "mail",
		`{"name":"a","kinds":["opened"],"query":"","webhook_url":"hooks.example.com"}`:                 "webhook_url",
		`{"name":"a","kinds":["opened"],"query":"","webhook_url":"http://hooks.example.com"}`:          "webhook_url",
		`{"name":"a","kinds":["opened"],"query":"","webhook_url":"ftp://hooks.example.com"}`:           "webhook_url",
		`{"name":"a","kinds":["opened"],"query":"","webhook_url":"https://user:pw@hooks.example.com"}`: "webhook_url",
		`{"name":"a","kinds":["opened"],"query":"","webhook_url":"https://10.0.0.7/"}`:                 "webhook_url",
		`{"name":"a","kinds":["opened"],"query":"","webhook_url":"https://[::ffff:127.0.0.1]/"}`:       "webhook_url",
		`{"name":"a","kinds":["opened"],"query":"","webhook_url":"https://LOCALHOST./"}`:               "webhook_url",
		`{"name":"a","kinds":["opened"],"query":"","webhook_url":"https://hooks.example.com/#x"}`:      "webhook_url",
		`{"name":"a","kinds":["opened"],"query":"","colour":"red"}`:                                    "colour",
	} {
		assert.Equal(t, want, q.as(ofJuice).post("/notification-rules", body).problem(domain.CodeInvalid).Field, body)
	}
	mail := q.as(ofJuice).get("/notification-rules").ok(http.StatusOK)
	assert.Contains(t, mail.text("mail.reason"), "--smtp")
	p.as(ofJuice).post("/notification-rules", `{"name":"a","kinds":["opened"],"query":"","mail":true}`).problem(domain.CodeInvalid)
	p.addressed(ofJuice)
	p.as(ofJuice).post("/notification-rules", `{"name":"a","kinds":["opened"],"query":"","mail":true}`).ok(http.StatusCreated)
}
