package oidctest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// User is somebody who has an account at the provider.
type User struct {
	Subject  string
	Name     string
	Email    string
	Verified bool           // the address
	Claims   map[string]any // beside those
}

// Provider is a running provider. It ends with the test.
type Provider struct {
	Issuer string
	t      testing.TB

	mu         sync.Mutex
	away       bool
	inUserinfo bool
	lifetime   time.Duration
	users      map[string]User // by subject
	clients    map[string]client
	requests   map[string]*request // by id
	codes      map[string]string   // code to request
	key        signingKey
}

// Start starts a provider that knows nobody.
func Start(t testing.TB) *Provider {
	t.Helper()
	p := &Provider{t: t, lifetime: time.Hour, users: map[string]User{}, clients: map[string]client{}, requests: map[string]*request{}, codes: map[string]string{}}
	p.Rotate()
	var handler http.Handler
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		away := p.away
		p.mu.Unlock()
		if away {
			panic(http.ErrAbortHandler) // the connection breaks
		}
		handler.ServeHTTP(w, r)
	}))
	server.Config.ErrorLog = slog.NewLogLogger(slog.NewTextHandler(io.Discard, nil), slog.LevelError)
	p.Issuer = "http://" + server.Listener.Addr().String()
	provider, err := op.NewProvider(&op.Config{CryptoKey: [32]byte([]byte(rand.Text() + rand.Text())[:32]), CryptoKeyId: "test", CodeMethodS256: true, AuthMethodPost: true},
		&storage{p: p}, op.StaticIssuer(p.Issuer), op.WithAllowInsecure())
	require.NoError(t, err)
	pages := http.NewServeMux()
	pages.Handle("/", provider)
	pages.HandleFunc("POST /login", p.login)
	handler = pages
	server.Start()
	t.Cleanup(server.Close)
	return p
}

// Register makes a client known, and where its people may be sent back to.
func (p *Provider) Register(id, secret string, redirects ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clients[id] = client{id: id, secret: secret, redirects: redirects, p: p}
}

// Know makes somebody known, or changes what is known of them.
func (p *Provider) Know(u User) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.users[u.Subject] = u
}

// Away makes the provider unreachable, or brings it back.
func (p *Provider) Away(away bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away = away
}

// InUserinfo keeps claims of people out of ID tokens; its userinfo has them.
func (p *Provider) InUserinfo(only bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inUserinfo = only
}

// Lifetime is how long ID tokens count from now on.
func (p *Provider) Lifetime(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lifetime = d
}

// Rotate signs with another key from now on, and forgets the former one.
func (p *Provider) Rotate() {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(p.t, err)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.key = signingKey{id: uuid.NewString(), private: private}
}
