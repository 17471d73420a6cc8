package main

import (
	"bytes"
	"io"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/internal/redistest"
)

// postOffice is a real SMTP server that keeps what it is given.
type postOffice struct {
	mu    sync.Mutex
	mails []string
}

func (o *postOffice) NewSession(*smtp.Conn) (smtp.Session, error) { return posting{o}, nil }

type posting struct{ office *postOffice }

func (posting) Mail(string, *smtp.MailOptions) error { return nil }
func (posting) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (posting) Reset()                               {}
func (posting) Logout() error                        { return nil }

func (p posting) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	p.office.mu.Lock()
	defer p.office.mu.Unlock()
	p.office.mails = append(p.office.mails, string(b))
	return err
}

func (o *postOffice) all() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.mails...)
}

func openPost(t *testing.T) (*postOffice, string) {
	t.Helper()
	o := &postOffice{}
	server := smtp.NewServer(o)
	server.Domain = "localhost"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	t.Cleanup(func() {
		_ = server.Close()
		_ = l.Close() // Serve may not have begun
		<-served
	})
	return o, l.Addr().String()
}

// The real program, a real mail server, a real receiver of webhooks and a real
// Redis: flushed in between, and the program killed.
func TestNotificationsOutsideThePortal(t *testing.T) {
	office, post := openPost(t)
	var mu sync.Mutex
	ids := map[string]int{}
	var secret string
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		mu.Lock()
		defer mu.Unlock()
		hook, err := standardwebhooks.NewWebhook(secret)
		assert.NoError(t, err)
		assert.NoError(t, hook.Verify(body, r.Header))
		ids[r.Header.Get("webhook-id")]++
	}))
	t.Cleanup(receiver.Close)
	hooks := func() (times []int) {
		mu.Lock()
		defer mu.Unlock()
		for _, n := range ids {
			times = append(times, n)
		}
		return times
	}
	data, server := t.TempDir(), redistest.Start(t)
	flags := []string{"--redis", server.URL(), "--smtp", "smtp://" + post + "?tls=none", "--mail-from", "backlot@portal.example", "--public-url", "https://portal.example/", "--webhook-allow-private"}
	p := start(t, data, flags...)
	out, err := p.importFile(t.Context(), writeFile(t, "two.csv", []byte(twoRequests)))
	require.NoError(t, err, out)
	p.waitForRows(2)
	p.do(http.MethodPatch, "/api/v1/accounts/bootstrap", "address", `{"email":"boss@portal.example"}`)
	var saved struct {
		Secret string `json:"webhook_secret"`
		Rule   struct{ ID string }
	}
	mu.Lock()
	require.Equal(t, http.StatusCreated, p.try(http.MethodPost, "/api/v1/notification-rules", "rule",
		`{"name":"Talk","kinds":["commented"],"query":"request_id=audited-1","own_actions":true,"mail":true,"webhook_url":"`+receiver.URL+`"}`, &saved))
	secret = saved.Secret
	mu.Unlock()

	comment := func(text string) {
		t.Helper()
		p.do(http.MethodPost, "/api/v1/requests/audited-1/comments", text, `{"text":"`+text+`"}`)
		p.do(http.MethodPost, "/api/v1/requests/audited-2/comments", text+" elsewhere", `{"text":"`+text+`"}`)
	}
	arrived := func(n int) {
		t.Helper()
		p.eventually("told", func() bool { return len(office.all()) == n && len(hooks()) == n })
	}
	comment("the first")
	arrived(1)
	m, err := netmail.ReadMessage(strings.NewReader(office.all()[0]))
	require.NoError(t, err)
	assert.Equal(t, "Talk: One, Subs, Dutch: commented", m.Header.Get("Subject"))
	assert.Equal(t, "<boss@portal.example>", m.Header.Get("To"))
	assert.Regexp(t, `^<[0-9a-f-]{36}@portal.example>$`, m.Header.Get("Message-Id"))
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	require.NoError(t, err)
	text := string(bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n")))
	assert.Contains(t, text, "An operator commented: the first.\nhttps://portal.example/requests/audited-1\n")

	require.NoError(t, server.Client().FlushAll(t.Context()).Err())
	comment("the second")
	arrived(2)
	p.kill()
	p = start(t, data, flags...)
	comment("the third")
	arrived(3)
	var inbox struct {
		Unread        int
		Notifications []struct{ Summary string }
	}
	p.get("/api/v1/inbox", &inbox)
	require.Len(t, inbox.Notifications, 3)
	assert.Equal(t, 3, inbox.Unread)
	assert.Equal(t, "An operator commented: the third", inbox.Notifications[0].Summary)
	p.stop()
	assert.Equal(t, []int{1, 1, 1}, hooks(), "each once")
	assert.Len(t, office.all(), 3)
}
