package notify

import (
	"context"
	"sync/atomic"
	"time"

	"backlot/domain"
	"backlot/domain/notification"
	"backlot/domain/sourcerequest"
	"backlot/projections/worker"
)

// Notifier follows the log and tells what happens to source requests. Several
// may run, in several processes: one tells and the others stand by.
type Notifier struct {
	*Config
	worker  *worker.Worker
	ledgers *ledgers
	states  states
	told    atomic.Uint64
}

// NewNotifier checks the configuration; the error is CodeInternal and names
// what is missing.
func NewNotifier(c Config) (*Notifier, error) {
	if err := c.setDefaults(); err != nil {
		return nil, err
	}
	n := &Notifier{Config: &c, ledgers: newLedgers(c.Log, c.Now), states: states{log: c.Log}}
	var err error
	n.worker, err = worker.New(worker.Config{
		Log: c.Log, Name: "notifications", Account: by.Account, Prefixes: []string{sourcerequest.StreamPrefix}, Act: n.act,
		Patience: c.Patience, Now: c.Now, Logger: c.Logger, Wait: c.Wait,
	})
	return n, err
}

// Run tells until ctx ends, whose error it returns. Whatever else goes wrong is
// logged, told by Progress and tried again.
func (n *Notifier) Run(ctx context.Context) error { return n.worker.Run(ctx) }

// Progress returns where the notifier stands.
func (n *Notifier) Progress() worker.Progress { return n.worker.Progress() }

// Told is how many notifications were made of events, since the start.
func (n *Notifier) Told() uint64 { return n.told.Load() }

// act tells what consecutive events did.
func (n *Notifier) act(ctx context.Context, events []domain.Recorded) error {
	if err := n.await(ctx, events[len(events)-1].Position); err != nil {
		return err
	}
	b := n.newBatch()
	timely := n.timely()
	var spoken time.Time // up to which passing time has spoken: only what moves in time asks
	if timely {
		up, known, err := spokenUpTo(ctx, n.Log)
		if err != nil {
			return err
		}
		if spoken = up.At; !known {
			spoken = n.Now() // it begins to speak now
		}
	}
	for _, r := range events {
		if err := n.consider(ctx, b, r, timely, spoken); err != nil {
			return err
		}
	}
	told, err := b.record(ctx, n.ledgers)
	n.told.Add(uint64(told))
	return err
}

// timely reports whether anybody wants to know what time does.
func (n *Notifier) timely() bool {
	for _, kind := range notification.TimeKinds() {
		if len(n.Rules.About(kind)) > 0 {
			return true
		}
	}
	return false
}

// consider holds an event against the rules.
func (n *Notifier) consider(ctx context.Context, b *batch, r domain.Recorded, timely bool, spoken time.Time) error {
	e, ok := r.Event.(sourcerequest.Event)
	id, is := sourcerequest.IDOf(r.Stream)
	comment, _ := r.Event.(sourcerequest.Commented)
	if !ok || !is || !timely && len(comment.Mentions) == 0 && len(n.Rules.About(e.Kind())) == 0 {
		return nil
	}
	before, after, err := n.states.around(ctx, id, r)
	if err != nil {
		return err
	}
	m := matching{
		kind: e.Kind(), id: id, state: after, at: r.Metadata.OccurredAt, revision: r.Revision, position: r.Position, actor: r.Metadata.Actor, event: e,
		before: func(rule *notification.Rule) bool { return rule.Since < r.Position },
	}
	m.mentioned = b.mention(m, comment.Mentions)
	b.match(m)
	if !timely {
		return nil
	}
	for _, c := range moved(n.Policy, before, after, r.Metadata.OccurredAt, spoken, n.Now()) {
		m := m
		m.kind, m.at, m.event, m.mentioned = c.kind, c.at, nil, nil
		if c.before {
			m.state, m.revision = before, r.Revision-1
		}
		if c.at != r.Metadata.OccurredAt {
			m.actor = domain.Principal{}
		}
		b.match(m)
	}
	return nil
}

// crossing is a change of bucket.
type crossing struct {
	kind   string
	at     time.Time
	before bool // it was so before the event
}

// crossingsOf returns the instants, in Unix ms, at which a request becomes At
// Risk, Critical and overdue, by kind.
func crossingsOf(p sourcerequest.Policy, s sourcerequest.State) map[string]int64 {
	in := p.Instants(s.Facts())
	if in.AtRisk >= in.Critical {
		in.AtRisk = sourcerequest.Never
	}
	return map[string]int64{
		notification.KindBecameAtRisk: in.AtRisk, notification.KindBecameCritical: in.Critical, notification.KindBecameOverdue: in.Overdue,
	}
}

// moved returns how an event at an instant changed a request's buckets: at
// once, and what the Timer cannot tell any more, because the event came between
// an instant and its next look at the clock, or because the instant is over
// already. spoken is up to when it has told everything.
func moved(p sourcerequest.Policy, before, after sourcerequest.State, at, spoken, now time.Time) (crossings []crossing) {
	e := at.UnixMilli()
	then, since := map[string]int64{}, int64(sourcerequest.Never)
	if before.Exists() {
		then = crossingsOf(p, before)
		in := p.Instants(before.Facts())
		since = min(in.AtRisk, in.Critical)
	}
	critical := crossingsOf(p, after)[notification.KindBecameCritical]
	for _, kind := range notification.TimeKinds() {
		was, known := then[kind]
		if !known {
			was = sourcerequest.Never
		}
		is := crossingsOf(p, after)[kind]
		if is != was && spoken.UnixMilli() < was && was <= e {
			crossings = append(crossings, crossing{kind, time.UnixMilli(was).UTC(), true})
		}
		already := was
		if kind == notification.KindBecameAtRisk {
			already = since // whoever was Critical is better off
			if e >= critical {
				continue
			}
		}
		switch {
		case is <= e && already > e:
			crossings = append(crossings, crossing{kind, at, false})
		case is > e && is <= now.UnixMilli():
			crossings = append(crossings, crossing{kind, time.UnixMilli(is).UTC(), false})
		}
	}
	return crossings
}
