package mail

import (
	"context"
	"crypto/tls"
	"fmt"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"backlot/domain"
)

// SMTP sends through one mail server. It is safe for concurrent use: each mail
// has a connection of its own.
type SMTP struct {
	host    string
	from    string
	domain  string // of the sender's address
	options []gomail.Option
}

// timeout bounds one mail.
const timeout = 20 * time.Second

// New returns what sends as an address through a server: smtp://HOST[:587],
// with STARTTLS where the server offers it, or smtps://HOST[:465]; both may
// carry USER:PASSWORD@, which is sent over TLS only. With ?tls=none, a password
// never leaves and nothing is encrypted: for a relay on this machine. roots may
// be nil for the system's. The error says what is wrong with the address.
func New(server, from string, config *tls.Config) (*SMTP, error) {
	u, err := url.Parse(server)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Path != "" && u.Path != "/" {
		return nil, fmt.Errorf("%q is no mail server; write smtp://user:password@host:587 or smtps://host:465", redacted(u, server))
	}
	m := &SMTP{host: u.Hostname(), from: from}
	probe := gomail.NewMsg()
	if err := probe.From(from); err != nil {
		return nil, fmt.Errorf("%q is no sender's address; write backlot@example.com or Backlot <backlot@example.com>", from)
	}
	if sender, err := netmail.ParseAddress(from); err == nil {
		m.domain = sender.Address[strings.LastIndex(sender.Address, "@")+1:]
	}
	m.options = []gomail.Option{gomail.WithTimeout(timeout)}
	port, encrypted := 587, true
	switch tls := u.Query().Get("tls"); {
	case u.Scheme == "smtps":
		port = 465
		m.options = append(m.options, gomail.WithSSL())
	case tls == "none":
		port, encrypted = 25, false
		m.options = append(m.options, gomail.WithTLSPolicy(gomail.NoTLS))
	case tls == "" && u.User != nil:
		m.options = append(m.options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case tls == "":
		m.options = append(m.options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	default:
		return nil, fmt.Errorf("tls=%s is not known; leave it out, or write tls=none for a relay on this machine", tls)
	}
	if p := u.Port(); p != "" {
		if port, err = strconv.Atoi(p); err != nil {
			return nil, fmt.Errorf("%s is no port", p)
		}
	}
	m.options = append(m.options, gomail.WithPort(port))
	if config != nil {
		config = config.Clone()
		config.ServerName = m.host
		m.options = append(m.options, gomail.WithTLSConfig(config))
	}
	if u.User != nil {
		if !encrypted {
			return nil, fmt.Errorf("a password does not go with tls=none")
		}
		password, _ := u.User.Password()
		m.options = append(m.options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	return m, nil
}

func redacted(u *url.URL, given string) string {
	if u == nil {
		return given
	}
	return u.Redacted()
}

// Send mails a plain text to one person. The error is CodeUnavailable when the
// server does not take it.
func (m *SMTP) Send(ctx context.Context, to, subject, text string) error {
	return m.SendAs(ctx, "", to, subject, text)
}

// SendAs is Send of a mail with an id of its own, which it keeps when it is sent
// again, so that whoever gets it twice can tell; "" for another one each time.
func (m *SMTP) SendAs(ctx context.Context, id, to, subject, text string) error {
	msg := gomail.NewMsg()
	if err := msg.From(m.from); err != nil {
		return failed(err)
	}
	if err := msg.To(to); err != nil {
		return failed(err)
	}
	msg.Subject(subject)
	msg.SetDate()
	msg.SetMessageID()
	if id != "" {
		msg.SetMessageIDWithValue(id + "@" + m.domain)
	}
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office replies
	msg.SetBodyString(gomail.TypeTextPlain, text)
	client, err := gomail.NewClient(m.host, m.options...)
	if err != nil {
		return failed(err)
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return failed(err)
	}
	return nil
}

func failed(err error) error {
	return &domain.Error{Code: domain.CodeUnavailable, Message: "the mail server did not take the mail; try again", Err: err}
}
