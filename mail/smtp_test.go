package mail

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
)

// postOffice is a real SMTP server that keeps what it is given.
type postOffice struct {
	addr     string
	refuses  bool
	password string

	mu   sync.Mutex
	from string
	to   []string
	data []byte
	auth string
	tls  bool
}

func (o *postOffice) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, encrypted := c.TLSConnectionState()
	return &session{office: o, tls: encrypted}, nil
}

type session struct {
	office *postOffice
	tls    bool
	user   string
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != s.office.password {
			return errors.New("wrong password")
		}
		s.user = user
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.office.password != "" && s.user == "" {
		return smtp.ErrAuthRequired
	}
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	s.office.from, s.office.to, s.office.auth, s.office.tls = from, nil, s.user, s.tls
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.office.refuses {
		return &smtp.SMTPError{Code: 550, Message: "no such mailbox"}
	}
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	s.office.to = append(s.office.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	s.office.data = b
	return err
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// openOffice listens on loopback; implicit is TLS from the first byte.
func openOffice(t *testing.T, o *postOffice, config *tls.Config, implicit bool) *postOffice {
	t.Helper()
	server := smtp.NewServer(o)
	server.Domain, server.TLSConfig = "localhost", config
	server.AllowInsecureAuth = config == nil
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	o.addr = l.Addr().String()
	if implicit {
		l = tls.NewListener(l, config)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	t.Cleanup(func() {
		_ = server.Close()
		_ = l.Close() // Serve may not have begun
		<-served
	})
	return o
}

// certificate returns the server's and the client's side of one made up.
func certificate(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, &tls.Config{RootCAs: roots}
}

const text = "Hello Kim Ähn,\n\nhttps://portal.example/invitation#bli_" + "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" + "\n"

func (o *postOffice) requireLetter(t *testing.T) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	require.Equal(t, "backlot@portal.example", o.from)
	require.Equal(t, []string{"kim@post.example"}, o.to)
	m, err := netmail.ReadMessage(bytes.NewReader(o.data))
	require.NoError(t, err)
	assert.Contains(t, m.Header.Get("Subject"), "invited")
	assert.Equal(t, "auto-generated", m.Header.Get("Auto-Submitted"))
	assert.NotEmpty(t, m.Header.Get("Date"))
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	require.NoError(t, err)
	assert.Equal(t, strings.TrimSpace(text), strings.TrimSpace(strings.ReplaceAll(string(body), "\r\n", "\n")))
}

func TestSend(t *testing.T) {
	server, client := certificate(t)
	for name, c := range map[string]struct {
		office   *postOffice
		config   *tls.Config
		implicit bool
		url      string
		tls      bool
		auth     string
	}{
		"a relay on this machine":  {&postOffice{}, nil, false, "smtp://ADDR?tls=none", false, ""},
		"what TLS there is":        {&postOffice{}, nil, false, "smtp://ADDR", false, ""},
		"STARTTLS":                 {&postOffice{}, server, false, "smtp://ADDR", true, ""},
		"STARTTLS with a password": {&postOffice{password: "s3:cr@t"}, server, false, "smtp://portal:s3%3Acr%40t@ADDR", true, "portal"},
		"TLS from the first byte":  {&postOffice{password: "x"}, server, true, "smtps://portal:x@ADDR", true, "portal"},
	} {
		t.Run(name, func(t *testing.T) {
			o := openOffice(t, c.office, c.config, c.implicit)
			m, err := New(strings.Replace(c.url, "ADDR", o.addr, 1), "Backlot <backlot@portal.example>", client)
			require.NoError(t, err)
			require.NoError(t, m.Send(t.Context(), "kim@post.example", "You are invited to Backlot", text))
			o.requireLetter(t)
			assert.Equal(t, []any{c.tls, c.auth}, []any{o.tls, o.auth})
		})
	}
}

func TestAMailKeepsItsID(t *testing.T) {
	o := openOffice(t, &postOffice{}, nil, false)
	m, err := New("smtp://"+o.addr+"?tls=none", "Backlot <backlot@portal.example>", nil)
	require.NoError(t, err)
	ids := map[string]bool{}
	for range 2 {
		require.NoError(t, m.SendAs(t.Context(), "0c5c2f0a", "kim@post.example", "You are invited", text))
		o.requireLetter(t)
		letter, err := netmail.ReadMessage(bytes.NewReader(o.data))
		require.NoError(t, err)
		ids[letter.Header.Get("Message-Id")] = true
	}
	assert.Equal(t, map[string]bool{"<0c5c2f0a@portal.example>": true}, ids)
}

func TestMailThatIsNotTaken(t *testing.T) {
	server, client := certificate(t)
	send := func(o *postOffice, url string, config *tls.Config) error {
		m, err := New(strings.Replace(url, "ADDR", o.addr, 1), "backlot@portal.example", config)
		require.NoError(t, err)
		return m.Send(t.Context(), "kim@post.example", "s", text)
	}
	for name, err := range map[string]error{
		"no mailbox":               send(openOffice(t, &postOffice{refuses: true}, nil, false), "smtp://ADDR?tls=none", nil),
		"a wrong password":         send(openOffice(t, &postOffice{password: "x"}, server, false), "smtp://portal:y@ADDR", client),
		"a stranger's certificate": send(openOffice(t, &postOffice{password: "x"}, server, true), "smtps://portal:x@ADDR", &tls.Config{RootCAs: x509.NewCertPool()}),
		"a password without TLS":   send(openOffice(t, &postOffice{password: "x"}, nil, false), "smtp://portal:x@ADDR", client),
		"nobody there":             send(&postOffice{addr: "127.0.0.1:1"}, "smtp://ADDR?tls=none", nil),
	} {
		assert.Equal(t, domain.CodeUnavailable, domain.ErrorCode(err), name)
	}
	o := openOffice(t, &postOffice{}, nil, false)
	m, err := New("smtp://"+o.addr, "backlot@portal.example", nil)
	require.NoError(t, err)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	assert.Error(t, m.Send(ended, "kim@post.example", "s", text))
	assert.Error(t, m.Send(t.Context(), "kim@post.example\r\nBcc: all@post.example", "s", text))
	assert.Empty(t, o.to)
}

func TestAddressesOfServers(t *testing.T) {
	for _, server := range []string{"", "localhost:25", "http://host", "smtp://", "smtp://host/path", "smtp://host?tls=maybe", "smtp://u:p@host?tls=none", "smtp://host:0x1f", "::"} {
		_, err := New(server, "backlot@portal.example", nil)
		assert.Error(t, err, server)
	}
	_, err := New("ftp://user:hidden@host", "backlot@portal.example", nil)
	assert.NotContains(t, err.Error(), "hidden")
	_, err = New("smtp://host", "no address", nil)
	assert.ErrorContains(t, err, "sender")
	for _, server := range []string{"smtp://host", "smtp://host:2525", "smtps://u:p@host", "smtp://[::1]:25?tls=none"} {
		_, err := New(server, "Backlot <backlot@portal.example>", nil)
		assert.NoError(t, err, server)
	}
}
