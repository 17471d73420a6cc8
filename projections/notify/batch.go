package notify

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"backlot/domain"
	"backlot/domain/notification"
	"backlot/domain/sourcerequest"
)

// matching is something that may be told.
type matching struct {
	kind     string
	id       string
	state    sourcerequest.State
	at       time.Time
	revision uint64
	position domain.Position
	actor    domain.Principal    // "" for passing time
	event    sourcerequest.Event // nil for a change of bucket
	before   func(*notification.Rule) bool

	mentioned map[string]bool // accounts that are told of the same thing as a mention
}

// batch gathers what rules want to be told, by account.
type batch struct {
	*Config
	principals map[string]domain.Principal // the zero one for those who are not let in
	told       map[string][]wanted
}

// wanted is a notification and the rule that wants it.
type wanted struct {
	rule *notification.Rule
	id   uuid.UUID
	notification.Notified
}

func (c *Config) newBatch() *batch {
	return &batch{Config: c, principals: map[string]domain.Principal{}, told: map[string][]wanted{}}
}

func (b *batch) principal(account string) (domain.Principal, bool) {
	p, known := b.principals[account]
	if !known {
		p, _ = b.People.Principal(account)
		b.principals[account] = p
	}
	return p, p.Account != ""
}

// match finds the rules that want to be told. before says whether a rule is
// older than what is told.
func (b *batch) match(m matching) {
	rules := b.Rules.About(m.kind)
	if len(rules) == 0 {
		return
	}
	subject := b.SubjectOf(m.id, m.state, m.at)
	var account string // of the rules at hand: they come by account
	var p domain.Principal
	var knows bool
	for _, o := range rules {
		if !m.before(o.Rule) || m.actor.Account == o.Account && !o.Rule.OwnActions {
			continue
		}
		if m.mentioned[o.Account] && o.Rule.Webhook == "" {
			continue // one line in the inbox is enough
		}
		if o.Account != account {
			account = o.Account
			p, knows = b.knows(account, &m)
		}
		if !knows {
			continue
		}
		// A rule whose modifiers are not known any more says so where it is shown.
		if is, err := subject.Matches(o.Rule.Query, p); err != nil || !is {
			continue
		}
		b.add(o, notification.Notified{Rule: o.Rule.ID, Kind: m.kind, At: m.at, Request: m.id, Revision: m.revision, Position: m.position, By: m.actor})
	}
}

// knows returns who an account acts as, and whether it may know of something.
func (b *batch) knows(account string, m *matching) (domain.Principal, bool) {
	p, in := b.principal(account)
	return p, in && sourcerequest.Visible(p, m.state) && (m.event == nil || !sourcerequest.HidesEvent(p, m.state, m.state, m.event, m.actor))
}

func (b *batch) add(o notification.Owned, n notification.Notified) {
	n.At = n.At.UTC().Truncate(time.Millisecond)
	b.told[o.Account] = append(b.told[o.Account], wanted{o.Rule, notification.NewID(n), n})
}

// record writes down what was gathered: in the inboxes and on its way, or for
// the daily digests. It returns how many notifications were new.
func (b *batch) record(ctx context.Context, to *ledgers) (appended int, err error) {
	for _, account := range slices.Sorted(maps.Keys(b.told)) {
		var gathered []entry
		var now []wanted
		for _, w := range b.told[account] {
			if w.rule.Daily && w.Digest == nil {
				gathered = append(gathered, entry{w.id, notification.Gathered{Notified: w.Notified}})
			} else {
				now = append(now, w)
			}
		}
		n, err := to.append(ctx, notification.DigestsOf(account), notification.MaxGathered, gathered)
		appended += n
		if err == nil {
			n, err = tell(ctx, to, account, now)
			appended += n
		}
		if err != nil {
			return appended, err
		}
	}
	return appended, nil
}

// tell puts notifications into an inbox and on their way over the channels of
// their rules.
func tell(ctx context.Context, to *ledgers, account string, all []wanted) (int, error) {
	var inbox, way []entry
	for _, w := range all {
		inbox = append(inbox, entry{w.id, w.Notified})
		for _, c := range channelsOf(w.rule) {
			m := notification.Message{ID: notification.DeliveryID(w.id, c), Notification: w.id, Channel: c, Notified: w.Notified}
			way = append(way, entry{m.ID, notification.Queued{Message: m}})
		}
	}
	n, err := to.append(ctx, notification.InboxOf(account), notification.MaxInbox, inbox)
	if err == nil && len(way) > 0 {
		_, err = to.append(ctx, notification.DeliveriesOf(account), notification.MaxDeliveries, way)
	}
	return n, err
}

func channelsOf(r *notification.Rule) (channels []notification.Channel) {
	if r.Mail {
		channels = append(channels, notification.ChannelMail)
	}
	if r.Webhook != "" {
		channels = append(channels, notification.ChannelWebhook)
	}
	return channels
}
