package commands

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"backlot/domain"
	"backlot/domain/account"
	"backlot/domain/notification"
)

// NotificationsConfig is what the use cases of notifications work with.
type NotificationsConfig struct {
	Log          AccountLog
	Accounts     *account.Directory
	SendsMail    bool             // a mail server is set up
	AllowPrivate bool             // webhooks may go to any address, also without TLS
	Now          func() time.Time // default time.Now
}

// Notifications are the use cases of what an account wants to be told of, and
// of what it was told. Safe for concurrent use.
type Notifications struct {
	NotificationsConfig
	tests *throttle // by account
}

// How often a channel may be tried: whoever tries sends to anybody's address.
const testBurst, testEvery = 10, 30 * time.Second

// NewNotifications returns the use cases over an event log.
func NewNotifications(c NotificationsConfig) (*Notifications, error) {
	if c.Log == nil || c.Accounts == nil {
		return nil, errors.New("commands: Log and Accounts are required")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Notifications{NotificationsConfig: c, tests: newThrottle(testEvery, testBurst)}, nil
}

// ChangeRule gives a command to the rules of the account that instructs.
// Errors: those of notification.DecideRule; CodeInvalid for a channel that this
// server, or the account, does not have.
func (n *Notifications) ChangeRule(ctx context.Context, c notification.RuleCommand, i domain.Instruction) (notification.RuleOutcome, error) {
	var content *notification.Content
	switch c := c.(type) {
	case notification.SaveRule:
		content = &c.Content
	case notification.ReplaceRule:
		content = &c.Content
	}
	o, err := change(ctx, n.Log, notification.RulesOf(i.By.Account), i, n.Now, notification.FoldRules, func(s notification.Rules) ([]notification.RuleEvent, error) {
		events, err := notification.DecideRule(s, c)
		if err == nil && content != nil {
			err = n.checkChannels(*content, i.By)
		}
		return events, err
	})
	out := notification.RuleOutcome{Position: o.Position, Revision: o.Revision, Rules: o.State, Changed: o.Changed, Replayed: o.Replayed}
	if err != nil {
		return out, err
	}
	rule, _ := o.State.Get(c.Target())
	if o.Replayed { // what was deleted since gets no secret again
		if rule, err = n.rule(ctx, c.Target(), i.By); err != nil && domain.ErrorCode(err) != domain.CodeNotFound {
			return out, err
		}
	}
	switch _, saving := c.(notification.SaveRule); {
	case rule.Webhook == "":
		_, err = n.rewriteSecret(ctx, c.Target(), i.By, func(string) string { return "" })
	default:
		out.Secret, err = n.secretOf(ctx, c.Target(), i.By, saving)
	}
	return out, err
}

// checkChannels refuses what cannot be done here.
func (n *Notifications) checkChannels(c notification.Content, by domain.Principal) error {
	if c.Mail {
		if !n.SendsMail {
			return domain.Invalid("mail", "this server sends no mail: whoever runs it has to start it with --smtp", "false")
		}
		if e, _ := n.Accounts.Get(by.Account); e.Person.Email == "" {
			return domain.Invalid("mail", "this account has no mail address; whoever keeps the account can give it one", "false")
		}
	}
	if c.Webhook == "" || n.AllowPrivate {
		return nil
	}
	u, err := url.Parse(c.Webhook)
	if err != nil || u.Scheme != "https" {
		return domain.Invalid("webhook_url", "webhooks are sent over https only; write an address like https://hooks.example.com/backlot")
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil && !notification.IsPublic(a) || strings.EqualFold(strings.TrimRight(u.Hostname(), "."), "localhost") {
		return domain.Invalid("webhook_url", "this address is not one on the internet; webhooks are not sent to private, loopback or link-local addresses")
	}
	return nil
}

// secretOf returns the secret of a rule if it is made now, or in any case.
func (n *Notifications) secretOf(ctx context.Context, rule string, by domain.Principal, anyway bool) (string, error) {
	made := false
	s, err := n.rewriteSecret(ctx, rule, by, func(present string) string {
		if made = present == ""; made {
			return newWebhookSecret()
		}
		return present
	})
	if !made && !anyway {
		return "", err
	}
	return s.ByRule[rule], err
}

// newWebhookSecret returns 256 random bits in the form of the Standard Webhooks
// specification.
func newWebhookSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // it never fails
	return "whsec_" + base64.StdEncoding.EncodeToString(b[:])
}

// rewriteSecret records an account's webhook secrets anew, if that of a rule is
// another one then.
func (n *Notifications) rewriteSecret(ctx context.Context, rule string, by domain.Principal, secret func(present string) string) (notification.Secrets, error) {
	stream := notification.SecretsOf(by.Account)
	decide := func(s notification.Secrets) ([]notification.Secrets, error) {
		next := secret(s.ByRule[rule])
		if next == s.ByRule[rule] {
			return nil, nil
		}
		return []notification.Secrets{s.With(rule, next)}, n.limit(ctx, stream, 1)
	}
	out, err := change(ctx, n.Log, stream, once(by), n.Now, notification.FoldSecrets, decide)
	return out.State, err
}

// limit sees to it that a stream keeps its last events only, before its first.
func (n *Notifications) limit(ctx context.Context, stream string, to int) error {
	_, exists, err := n.Log.LastEvent(ctx, stream)
	if err != nil || exists {
		return err
	}
	return n.Log.SetMaxCount(ctx, stream, to)
}

// rule returns one of an account's rules; CodeNotFound.
func (n *Notifications) rule(ctx context.Context, id string, by domain.Principal) (notification.Rule, error) {
	l, err := load(ctx, n.Log, notification.RulesOf(by.Account), "", notification.FoldRules)
	if err != nil {
		return notification.Rule{}, err
	}
	rule, ok := l.state.Get(id)
	if !ok {
		return rule, notification.ErrNoRule
	}
	return rule, nil
}

// RenewSecret gives a rule's webhook another secret and returns it. What is on
// its way is signed with the new one. Errors: CodeNotFound, CodeRefused for a
// rule without a webhook.
func (n *Notifications) RenewSecret(ctx context.Context, rule string, i domain.Instruction) (string, error) {
	r, err := n.rule(ctx, rule, i.By)
	if err != nil {
		return "", err
	}
	if r.Webhook == "" {
		return "", errNoWebhook
	}
	stream := notification.SecretsOf(i.By.Account)
	out, err := change(ctx, n.Log, stream, i, n.Now, notification.FoldSecrets, func(s notification.Secrets) ([]notification.Secrets, error) {
		return []notification.Secrets{s.With(rule, newWebhookSecret())}, n.limit(ctx, stream, 1)
	})
	return out.State.ByRule[rule], err
}

var errNoWebhook = domain.Refused("this notification rule has no webhook; give it a webhook_url first", "webhook_url")

// Test puts a message on its way over each of a rule's channels but the inbox,
// and returns them. Errors: CodeNotFound, CodeRefused for a rule without such a
// channel, CodeThrottled.
func (n *Notifications) Test(ctx context.Context, rule string, i domain.Instruction) ([]notification.Delivery, domain.Position, error) {
	r, err := n.rule(ctx, rule, i.By)
	if err != nil {
		return nil, 0, err
	}
	var channels []notification.Channel
	if r.Mail {
		channels = append(channels, notification.ChannelMail)
	}
	if r.Webhook != "" {
		channels = append(channels, notification.ChannelWebhook)
	}
	if channels == nil {
		return nil, 0, domain.Refused("this notification rule has neither mail nor a webhook to try; the inbox needs no test", "mail", "webhook_url")
	}
	of, err := uuid.Parse(i.NewID("test"))
	if err != nil {
		return nil, 0, err
	}
	return n.put(ctx, i, func(notification.Deliveries) (queued []notification.Queued, err error) {
		for _, c := range channels {
			queued = append(queued, notification.Queued{Message: notification.Message{
				ID: notification.DeliveryID(of, c), Notification: of, Channel: c,
				Notified: notification.Notified{Rule: rule, Kind: notification.KindTest, At: n.Now().UTC().Truncate(time.Millisecond)},
			}})
		}
		return queued, nil
	})
}

// Resend puts one of a rule's messages on its way once more. Errors:
// CodeNotFound, CodeRefused for one that is still on its way, CodeThrottled.
func (n *Notifications) Resend(ctx context.Context, rule, delivery string, i domain.Instruction) (notification.Delivery, domain.Position, error) {
	if _, err := n.rule(ctx, rule, i.By); err != nil {
		return notification.Delivery{}, 0, err
	}
	id, err := uuid.Parse(delivery)
	if err != nil {
		return notification.Delivery{}, 0, errNoDelivery
	}
	put, position, err := n.put(ctx, i, func(s notification.Deliveries) ([]notification.Queued, error) {
		d, ok := s.Get(id)
		switch {
		case !ok || d.Rule != rule:
			return nil, errNoDelivery
		case d.OnItsWay():
			return nil, domain.Refused(fmt.Sprintf("this message is still on its way: the next try is at %s", d.Due.UTC().Format(time.RFC3339)))
		}
		return []notification.Queued{{Message: d.Message}}, nil
	})
	if err != nil {
		return notification.Delivery{}, 0, err
	}
	for _, d := range put {
		if d.ID == id {
			return d, position, nil
		}
	}
	return notification.Delivery{}, 0, errNoDelivery
}

var errNoDelivery = domain.Errorf(domain.CodeNotFound, "there is no such delivery, or it was too long ago")

// put puts messages on their way that were decided over what there is, and
// returns all deliveries that the command led to.
func (n *Notifications) put(ctx context.Context, i domain.Instruction, decide func(notification.Deliveries) ([]notification.Queued, error)) ([]notification.Delivery, domain.Position, error) {
	stream := notification.DeliveriesOf(i.By.Account)
	var ids []uuid.UUID
	out, err := change(ctx, n.Log, stream, i, n.Now, func(s notification.Deliveries, r domain.Recorded) notification.Deliveries {
		if e, ok := r.Event.(notification.Queued); ok && r.Metadata.CommandKey == i.CommandKey() {
			ids = append(ids, e.ID)
		}
		return notification.FoldDeliveries(s, r)
	}, func(s notification.Deliveries) ([]notification.Queued, error) {
		ids = nil
		queued, err := decide(s)
		if err == nil {
			err = n.tests.try(i.By.Account, n.Now())
		}
		if err == nil {
			err = n.limit(ctx, stream, notification.MaxDeliveries)
		}
		return queued, err
	})
	if err != nil {
		return nil, 0, err
	}
	var put []notification.Delivery
	for _, id := range ids {
		if d, ok := out.State.Get(id); ok {
			put = append(put, d)
		}
	}
	return put, out.Position, nil
}
