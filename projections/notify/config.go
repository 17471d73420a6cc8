package notify

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"time"

	"backlot/domain"
	"backlot/domain/account"
	"backlot/domain/notification"
	"backlot/domain/sourcerequest"
	"backlot/projections/worker"
)

// Log is what notifications need of an event store.
type Log interface {
	worker.Log
	// End returns the position of the last event, 0 if there is none.
	End(ctx context.Context) (domain.Position, error)
}

// Subject is a request at an instant that searches are held against.
type Subject interface {
	// Matches reports whether the modifiers of a query string select the request
	// for a principal. The error is CodeInvalid for what is no query.
	Matches(query string, p domain.Principal) (bool, error)
}

// Teller puts notifications into words.
type Teller interface {
	// Tell returns what a notification says to a principal now; ok is false if
	// there is nothing left that it may know of.
	Tell(ctx context.Context, p domain.Principal, n notification.Notified) (told notification.Told, ok bool, err error)
}

// Mailer sends mail.
type Mailer interface {
	// SendAs mails a plain text to one person, under an id that it keeps if it
	// is sent again.
	SendAs(ctx context.Context, id, to, subject, text string) error
}

// Followed is what follows the log in memory.
type Followed interface {
	// WaitFor returns once a position was seen; CodeTimeout if the context ends before.
	WaitFor(ctx context.Context, p domain.Position) error
}

// Config is what notifications work with. Everything is required unless a
// default is named.
type Config struct {
	Log    Log
	Rules  *notification.Directory
	People *account.Directory
	Policy sourcerequest.Policy
	Teller Teller
	// SubjectOf returns a request as it is at an instant, to be matched.
	SubjectOf func(id string, s sourcerequest.State, at time.Time) Subject
	// Crossed returns the ids of the open requests that an instant after from and
	// not after to made At Risk, Critical or overdue, by what had happened up to a
	// position, which it waits for.
	Crossed func(ctx context.Context, upTo domain.Position, from, to time.Time) ([]string, error)

	Organisations Followed // default none: names of partners are known without waiting
	Mail          Mailer   // default none: what goes by mail is given up
	PublicURL     string   // where people reach the portal, without a slash at the end
	AllowPrivate  bool     // webhooks may go to any address, also without TLS

	Every     time.Duration    // how often the Timer looks at the clock; default 15 s
	Tolerance time.Duration    // what passed longer ago is told in a digest; default 10 min
	Patience  time.Duration    // see worker.Config
	Lanes     int              // messages under way at a time, each of another rule; default 8
	Timeout   time.Duration    // of one try of a webhook; default 10 s
	Now       func() time.Time // default time.Now
	Random    func() float64   // for the jitter of retries, from 0 to 1; default rand.Float64
	Logger    *slog.Logger     // default slog.Default
	// Wait returns nil after d, or an error as soon as ctx ends; default a timer.
	Wait func(ctx context.Context, d time.Duration) error
	// Client sends webhooks; default one that reaches the internet only.
	Client *http.Client
}

func (c *Config) setDefaults() error {
	if c.Log == nil || c.Rules == nil || c.People == nil || c.Policy.Zone == nil || c.Teller == nil || c.SubjectOf == nil || c.Crossed == nil {
		return &domain.Error{Code: domain.CodeInternal, Message: "notifications are not wired", Err: errors.New("Log, Rules, People, Policy, Teller, SubjectOf and Crossed are required")}
	}
	if c.Every == 0 {
		c.Every = 15 * time.Second
	}
	if c.Tolerance == 0 {
		c.Tolerance = 10 * time.Minute
	}
	if c.Lanes == 0 {
		c.Lanes = 8
	}
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Random == nil {
		c.Random = rand.Float64
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Wait == nil {
		c.Wait = worker.Wait
	}
	if c.Client == nil {
		c.Client = newClient(c.AllowPrivate, c.Timeout)
	}
	return nil
}

// by is whose events notifications are.
var by = domain.Principal{Account: "notifications", Role: domain.RoleSystem}

// await returns once everything that is followed in memory has seen a position.
func (c *Config) await(ctx context.Context, p domain.Position) error {
	for _, f := range []Followed{c.Rules, c.People, c.Organisations} {
		if f == nil {
			continue
		}
		if err := f.WaitFor(ctx, p); err != nil {
			return err
		}
	}
	return nil
}
