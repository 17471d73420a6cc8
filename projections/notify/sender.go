package notify

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"backlot/domain"
	"backlot/domain/notification"
)

// Sender delivers what is on its way. Several may run, in several processes: a
// message is claimed before it is delivered.
type Sender struct {
	*Config

	mu    sync.Mutex
	busy  map[lane]bool
	holds map[lane]hold // of those that had a turn
	tries map[Tally]uint64
	freed chan struct{} // closed and replaced when a lane is free again
	lanes sync.WaitGroup
}

// lane is what is delivered one after the other.
type lane struct {
	account string
	rule    string
	channel notification.Channel
}

// hold keeps a lane that had its turn behind the others.
type hold struct {
	until  time.Time // its receiver could not be reached: nothing more is tried before
	served time.Time
}

// Tally is what tries are counted by.
type Tally struct {
	Channel notification.Channel
	Outcome notification.Outcome
}

// NewSender checks the configuration; the error is CodeInternal and names what
// is missing.
func NewSender(c Config) (*Sender, error) {
	if err := c.setDefaults(); err != nil {
		return nil, err
	}
	return &Sender{Config: &c, busy: map[lane]bool{}, holds: map[lane]hold{}, tries: map[Tally]uint64{}, freed: make(chan struct{})}, nil
}

// Tries returns how many tries there were, since the start.
func (s *Sender) Tries() map[Tally]uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := map[Tally]uint64{}
	for of, n := range s.tries {
		counts[of] = n
	}
	return counts
}

const (
	// A message is tried for about a day: after half a minute, three times as long
	// each time, at most eight hours.
	maxTries    = 10
	firstWait   = 30 * time.Second
	longestWait = 8 * time.Hour
	// claimTime is how long nobody else tries what somebody has claimed: longer
	// than any try.
	claimTime = 5 * time.Minute
	// letterSize is how many messages of a rule go into one mail.
	letterSize = 500
	turnSize   = 20 // webhooks that a lane delivers before others have their turn
	idleTime   = time.Minute
)

// backOff returns the time before the next try of what failed n times, give or
// take a fifth.
func (c *Config) backOff(n int) time.Duration {
	wait := firstWait
	for range n - 1 {
		wait = min(3*wait, longestWait)
	}
	return time.Duration(float64(wait) * (0.8 + 0.4*c.Random()))
}

// Run delivers until ctx ends, whose error it returns, and then waits for what
// is under way. Whatever goes wrong is logged and tried again.
func (s *Sender) Run(ctx context.Context) error {
	defer s.lanes.Wait()
	for {
		moved := s.Rules.Moved()
		s.mu.Lock()
		freed := s.freed
		s.mu.Unlock()
		now := s.Now()
		wait := idleTime
		if s.Rules.Ready() {
			due, next := s.Rules.Due(now)
			for _, at := range []time.Time{next, s.begin(ctx, due, now)} {
				if !at.IsZero() {
					wait = min(wait, at.Sub(now))
				}
			}
		}
		waiting, cancel := context.WithCancel(ctx)
		timer := make(chan error, 1)
		go func() { timer <- s.Wait(waiting, wait) }()
		select {
		case <-moved:
		case <-freed:
		case <-timer:
		case <-ctx.Done():
		}
		cancel()
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// begin starts the lanes that have something to deliver, as far as there is
// room, and returns when one that is held may begin; zero if none is.
func (s *Sender) begin(ctx context.Context, due []notification.OnItsWay, now time.Time) (next time.Time) {
	var order []lane
	messages := map[lane][]notification.OnItsWay{}
	for _, d := range due {
		l := lane{d.Account, d.Rule, d.Channel}
		if messages[l] == nil {
			order = append(order, l)
		}
		messages[l] = append(messages[l], d)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for l, h := range s.holds {
		if messages[l] == nil && !h.until.After(now) {
			delete(s.holds, l)
		}
	}
	slices.SortStableFunc(order, func(a, b lane) int { return s.holds[a].served.Compare(s.holds[b].served) })
	for _, l := range order {
		until := s.holds[l].until
		switch {
		case s.busy[l]:
		case until.After(now):
			if next.IsZero() || until.Before(next) {
				next = until
			}
		case len(s.busy) < s.Lanes:
			s.busy[l] = true
			s.lanes.Go(func() { s.turn(ctx, l, messages[l]) })
		}
	}
	return next
}

// turn is what a lane does before others have their turn.
func (s *Sender) turn(ctx context.Context, l lane, messages []notification.OnItsWay) {
	reached, err := s.deliver(ctx, l, messages)
	h := hold{served: s.Now()}
	if err != nil || !reached {
		h.until = h.served.Add(s.backOff(1))
	}
	if err != nil && ctx.Err() == nil {
		// Of whom and where to is not for the log.
		s.Logger.Error("notifications cannot be delivered at the moment", "rule", l.rule, "channel", l.channel, "error", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.holds[l] = h
	delete(s.busy, l)
	close(s.freed)
	s.freed = make(chan struct{})
}

// deliver delivers messages of a lane: webhooks one by one, mail in one letter.
// It ends when the receiver cannot be reached: what waits behind would fail too.
func (s *Sender) deliver(ctx context.Context, l lane, messages []notification.OnItsWay) (reached bool, err error) {
	atOnce := 1
	if l.channel == notification.ChannelMail {
		atOnce = letterSize
	}
	messages = messages[:min(len(messages), turnSize*atOnce)]
	for len(messages) > 0 {
		n := min(atOnce, len(messages))
		claimed, err := s.claim(ctx, l.account, messages[:n])
		if err != nil {
			return true, err
		}
		if len(claimed) > 0 {
			if reached, err = s.try(ctx, l, claimed); err != nil {
				s.release(ctx, l.account, claimed)
			}
			if err != nil || !reached {
				return reached, err
			}
		}
		messages = messages[n:]
	}
	return true, nil
}

// release lets others deliver what could not be tried.
func (s *Sender) release(ctx context.Context, account string, claimed []notification.Delivery) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	err := s.append(ctx, account, func(now time.Time) (events []any) {
		for _, d := range claimed {
			events = append(events, notification.Claimed{ID: d.ID, Until: now})
		}
		return events
	})
	if err != nil {
		s.Logger.Warn("what was not delivered could not be let go; it is tried again in a few minutes", "error", err)
	}
}

// claim returns those of some messages that nobody else delivers: whoever
// appends the claim at the revision up to which it has seen everything.
func (s *Sender) claim(ctx context.Context, account string, messages []notification.OnItsWay) (claimed []notification.Delivery, err error) {
	err = s.append(ctx, account, func(now time.Time) []any {
		claimed = nil
		var events []any
		for _, m := range messages {
			d, ok := s.Rules.OnItsWay(account, m.ID)
			if ok && !d.Due.After(now) && !d.ClaimedUntil.After(now) {
				claimed = append(claimed, d)
				events = append(events, notification.Claimed{ID: d.ID, Until: now.Add(claimTime)})
			}
		}
		return events
	})
	return claimed, err
}

// append records what decide says over everything that happened to an account's
// deliveries so far, again after each conflict.
func (s *Sender) append(ctx context.Context, account string, decide func(now time.Time) []any) error {
	stream := notification.DeliveriesOf(account)
	for attempts := 1; ; attempts++ {
		last, exists, err := s.Log.LastEvent(ctx, stream)
		if err != nil || !exists { // it is gone with the account
			return err
		}
		if err := s.Rules.WaitFor(ctx, last.Position); err != nil {
			return err
		}
		now := s.Now().UTC().Truncate(time.Millisecond)
		var drafts []domain.Draft
		for _, e := range decide(now) {
			id := uuid.New() // each claim is its own: nobody takes another's for theirs
			at := now
			if at.Before(last.Metadata.OccurredAt) {
				at = last.Metadata.OccurredAt
			}
			drafts = append(drafts, domain.Draft{ID: id, Event: e, Metadata: domain.Metadata{OccurredAt: at, Actor: by, CorrelationID: id, CausationID: id}})
		}
		if len(drafts) == 0 {
			return nil
		}
		version := domain.Version{Exists: true, Revision: last.Revision, ChainHash: last.Metadata.ChainHash}
		_, _, err = s.Log.Append(ctx, stream, version, drafts)
		if domain.ErrorCode(err) != domain.CodeConflict || attempts == maxAttempts {
			return err
		}
	}
}

// try delivers claimed messages and records what came of it. reached is false if
// nobody answered.
func (s *Sender) try(ctx context.Context, l lane, claimed []notification.Delivery) (reached bool, err error) {
	began := s.Now()
	var told []toldMessage
	dropped := map[uuid.UUID]string{}
	rule, p, why := s.receiver(l)
	for _, d := range claimed {
		if why != "" {
			dropped[d.ID] = why
			continue
		}
		words, ok, err := s.Teller.Tell(ctx, p, d.Notified)
		switch {
		case err != nil:
			return true, err
		case !ok:
			dropped[d.ID] = "what it told of is nothing that the account sees any more"
		default:
			told = append(told, toldMessage{d.Message, words})
		}
	}
	a := answered{}
	if len(told) > 0 {
		if a, err = s.send(ctx, l, rule, told, began); err != nil {
			return true, err
		}
	}
	took := s.Now().Sub(began).Milliseconds()
	// What was sent is recorded also when the process is about to end.
	recording, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	outcomes := map[notification.Outcome]int{}
	err = s.append(recording, l.account, func(now time.Time) (events []any) {
		clear(outcomes)
		for _, d := range claimed {
			e := notification.Tried{ID: d.ID, Try: d.Failed + 1, At: began.UTC().Truncate(time.Millisecond), Took: took}
			if reason, is := dropped[d.ID]; is {
				e.Outcome, e.Error = notification.OutcomeDropped, reason
			} else {
				s.judge(&e, a, d, now)
			}
			outcomes[e.Outcome]++
			events = append(events, e)
		}
		return events
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	for outcome, n := range outcomes {
		s.tries[Tally{l.channel, outcome}] += uint64(n)
	}
	return a.err == "" || a.status != 0, err
}

const recordTime = 5 * time.Second

// judge says what comes of an answer.
func (s *Sender) judge(e *notification.Tried, a answered, d notification.Delivery, now time.Time) {
	e.Status, e.Error = a.status, a.err
	switch {
	case a.err == "":
		e.Outcome = notification.OutcomeDelivered
	case a.final || e.Try >= maxTries:
		e.Outcome = notification.OutcomeGivenUp
	default:
		e.Outcome = notification.OutcomeRetry
		e.Next = now.Add(max(s.backOff(e.Try), a.after)).Truncate(time.Millisecond)
		m := d.Message
		e.Message = &m
	}
}

// receiver returns the rule that a lane is for and who gets its messages; why
// says what is in the way, if anything is.
func (s *Sender) receiver(l lane) (rule notification.Rule, p domain.Principal, why string) {
	rule, exists := s.Rules.ByAccount(l.account).Get(l.rule)
	if l.rule == notification.MentionRule.ID {
		rule, exists = notification.MentionRule, true
	}
	p, in := s.People.Principal(l.account)
	switch {
	case !exists:
		why = "the rule was deleted"
	case !in:
		why = "the account is not active"
	case l.channel == notification.ChannelMail && !rule.Mail, l.channel == notification.ChannelWebhook && rule.Webhook == "":
		why = "the rule does not use this channel any more"
	}
	return rule, p, why
}

// send sends messages of a rule. An error is one of the portal's own.
func (s *Sender) send(ctx context.Context, l lane, rule notification.Rule, messages []toldMessage, now time.Time) (answered, error) {
	if l.channel == notification.ChannelWebhook {
		last, _, err := s.Log.LastEvent(ctx, notification.SecretsOf(l.account))
		if err != nil {
			return answered{}, err
		}
		secrets, _ := last.Event.(notification.Secrets)
		a := s.post(ctx, rule.Webhook, secrets.ByRule[rule.ID], messages[0].Message, messages[0].told, now)
		if a.err != "" && ctx.Err() != nil {
			return a, ctx.Err() // that was not the receiver's fault
		}
		return a, nil
	}
	person, _ := s.People.Get(l.account)
	switch {
	case s.Mail == nil:
		return answered{err: "this server sends no mail", final: true}, nil
	case person.Person.Email == "":
		return answered{err: "the account has no mail address", final: true}, nil
	}
	subject, text := s.letterOf(messages)
	err := s.Mail.SendAs(ctx, messages[0].ID.String(), person.Person.Email, subject, text)
	if err != nil && ctx.Err() != nil {
		return answered{}, ctx.Err()
	}
	if err != nil {
		return answered{err: "the mail server did not take the mail"}, nil
	}
	return answered{}, nil
}
