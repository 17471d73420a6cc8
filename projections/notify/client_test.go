package notify

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain/notification"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

func message() notification.Message {
	return notification.Message{ID: uuid.New(), Channel: notification.ChannelWebhook, Notified: notification.Notified{Rule: "r", Kind: notification.KindTest, At: noon}}
}

// Whatever leads there: the address itself, a name, or a redirect.
func TestWebhooksReachTheInternetOnly(t *testing.T) {
	reached := 0
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ }))
	defer s.Close()
	u, err := url.Parse(s.URL)
	require.NoError(t, err)
	c := Config{Timeout: 5 * time.Second, Client: newClient(false, 5*time.Second)}
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]"} {
		a := c.post(t.Context(), "https://"+net.JoinHostPort(unbracketed(host), u.Port()), secret, message(), notification.Told{}, noon)
		assert.Equal(t, errPrivate.Error(), a.err, host)
	}
	a := c.post(t.Context(), "http://93.184.216.34/", secret, message(), notification.Told{}, noon)
	assert.True(t, a.final, "not without TLS")
	assert.Zero(t, reached)

	open := Config{AllowPrivate: true, Timeout: 5 * time.Second, Client: newClient(true, 5*time.Second)}
	a = open.post(t.Context(), s.URL, secret, message(), notification.Told{}, noon)
	assert.Equal(t, "the receiver's certificate is not one to trust", a.err)
	assert.Zero(t, reached)
}

func unbracketed(host string) string {
	if host[0] == '[' {
		return host[1 : len(host)-1]
	}
	return host
}

func TestWhatReceiversDo(t *testing.T) {
	var read atomic.Int64
	slow := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/redirect":
			http.Redirect(w, r, "/", http.StatusTemporaryRedirect)
		case "/slow":
			<-slow
		case "/gone":
			w.WriteHeader(http.StatusGone)
		case "/busy":
			w.Header().Set("Retry-After", "999999999")
			w.WriteHeader(http.StatusTooManyRequests)
		case "/endless":
			for range 10_000 {
				n, err := w.Write(make([]byte, 64<<10))
				if read.Add(int64(n)); err != nil {
					return
				}
			}
		default:
			body, err := io.ReadAll(r.Body)
			if hook, bad := standardwebhooks.NewWebhook(secret); err != nil || bad != nil || hook.VerifyIgnoringTimestamp(body, r.Header) != nil {
				w.WriteHeader(http.StatusUnauthorized)
			}
		}
	}))
	defer s.Close()
	defer close(slow)
	c := Config{AllowPrivate: true, Timeout: 500 * time.Millisecond, Client: newClient(true, 500*time.Millisecond)}
	post := func(path, secret string) answered {
		return c.post(t.Context(), s.URL+path, secret, message(), notification.Told{}, noon)
	}
	assert.Equal(t, answered{status: 200}, post("/", secret))
	assert.Equal(t, answered{status: 401, err: "the receiver answered 401"}, post("/", "whsec_b3RoZXI="))
	assert.Equal(t, "the rule's webhook has no secret to sign with; renew it", post("/", "whsec_%").err)
	assert.Equal(t, answered{status: 307, err: "the receiver answered 307; redirects are not followed"}, post("/redirect", secret))
	assert.Equal(t, answered{status: 410, err: "the receiver answered 410", final: true}, post("/gone", secret))
	assert.Equal(t, answered{status: 429, err: "the receiver answered 429", after: longestWait}, post("/busy", secret))
	assert.Equal(t, answered{err: "the receiver did not answer within 500ms"}, post("/slow", secret))
	assert.Equal(t, answered{status: 200}, post("/endless", secret))
	assert.Less(t, read.Load(), int64(100<<20), "an answer is not read to its end")
	assert.Equal(t, "there is no host of the receiver's name", saidOf(&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "hooks.internal", Server: "10.0.0.2:53", IsNotFound: true}}, time.Second))
	assert.Equal(t, "the receiver's name could not be looked up", saidOf(&net.DNSError{Server: "10.0.0.2:53"}, time.Second))
	assert.Equal(t, "the connection to the receiver failed", saidOf(errors.New("read tcp 10.0.0.7:4711->10.0.0.9:443: broken"), time.Second))
}

func TestTriesGoOnForAboutADay(t *testing.T) {
	total := func(random float64) (all time.Duration) {
		c := Config{Random: func() float64 { return random }}
		for n := 1; n < maxTries; n++ {
			all += c.backOff(n)
		}
		return all
	}
	assert.InDelta(t, 25, total(0.5).Hours(), 2)
	assert.InDelta(t, 0.8*total(0.5).Hours(), total(0).Hours(), 0.1)
	assert.InDelta(t, 1.2*total(0.5).Hours(), total(1).Hours(), 0.1)
}
