package notify

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"backlot/domain"
	"backlot/domain/checkpoint"
	"backlot/domain/notification"
	"backlot/projections/worker"
)

// Timer tells what passing time does to requests, and gives the daily digests.
// Several may run, in several processes: what one has told the others leave.
type Timer struct {
	*Config
	ledgers *ledgers
	given   map[string]time.Time // of Tick alone, by rule: the instant of the last digest that was seen to
	spoken  atomic.Int64         // Unix ms up to which time has spoken, as far as it is known here
	told    atomic.Uint64
	failure atomic.Pointer[string]
}

// NewTimer checks the configuration; the error is CodeInternal and names what
// is missing.
func NewTimer(c Config) (*Timer, error) {
	if err := c.setDefaults(); err != nil {
		return nil, err
	}
	return &Timer{Config: &c, ledgers: newLedgers(c.Log, c.Now), given: map[string]time.Time{}}, nil
}

// Run looks at the clock until ctx ends, whose error it returns. What goes
// wrong is logged and tried again.
func (t *Timer) Run(ctx context.Context) error {
	for failures := 0; ; {
		wait := t.Every
		if err := t.Tick(ctx); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			failures++
			wait = min(wait, worker.BackOff(failures))
			t.failed(err)
		} else {
			failures = 0
			t.failure.Store(nil)
		}
		if err := t.Wait(ctx, wait); err != nil {
			return err
		}
	}
}

func (t *Timer) failed(err error) {
	text := err.Error()
	if last := t.failure.Swap(&text); last == nil || *last != text {
		t.Logger.Error("time cannot speak at the moment", "error", err)
	}
}

// SpokenUpTo returns the instant up to which time has spoken, zero while it is
// not known here.
func (t *Timer) SpokenUpTo() time.Time {
	if ms := t.spoken.Load(); ms != 0 {
		return time.UnixMilli(ms)
	}
	return time.Time{}
}

// Told is how many notifications were made of passing time, since the start.
func (t *Timer) Told() uint64 { return t.told.Load() }

// Failure says why nothing is told at the moment, "" after a success.
func (t *Timer) Failure() string {
	if f := t.failure.Load(); f != nil {
		return *f
	}
	return ""
}

// Tick tells what the time that has passed has done. It is for one goroutine.
func (t *Timer) Tick(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, tickTime)
	defer cancel()
	now := t.Now().UTC().Truncate(time.Millisecond)
	if err := t.speak(ctx, now); err != nil {
		return err
	}
	return t.digest(ctx, now)
}

// tickTime bounds one look at the clock.
const tickTime = 5 * time.Minute

var clockStream = checkpoint.StreamOf("notifications-clock")

// spokenUpTo returns the checkpoint of passing time; known is false before the first.
func spokenUpTo(ctx context.Context, log Log) (s notification.SpokenUpTo, known bool, err error) {
	last, ok, err := log.LastEvent(ctx, clockStream)
	if err != nil || !ok {
		return s, false, err
	}
	s, ok = last.Event.(notification.SpokenUpTo)
	if !ok {
		return s, false, domain.Errorf(domain.CodeInternal, "event %d of %s is no instant", last.Revision, clockStream)
	}
	return s, true, nil
}

// speak tells what came to pass since the checkpoint. What nobody could tell in
// time is told in one digest for each rule: how far it goes is written down
// before, so that whoever goes on after a crash tells the same digests.
func (t *Timer) speak(ctx context.Context, now time.Time) error {
	upTo, err := t.Log.End(ctx)
	if err != nil {
		return err
	}
	if err := t.await(ctx, upTo); err != nil {
		return err
	}
	last, begun, err := t.Log.LastEvent(ctx, clockStream)
	if err != nil {
		return err
	}
	if !begun {
		return t.save(ctx, last, begun, notification.SpokenUpTo{At: now})
	}
	spoken, ok := last.Event.(notification.SpokenUpTo)
	if !ok {
		return domain.Errorf(domain.CodeInternal, "event %d of %s is no instant", last.Revision, clockStream)
	}
	t.spoken.Store(spoken.At.UnixMilli())
	to, missed := now, !spoken.Until.IsZero()
	switch {
	case missed:
		to = spoken.Until
	case !now.After(spoken.At):
		return nil
	case now.Sub(spoken.At) > t.Tolerance:
		return t.again(ctx, last, notification.SpokenUpTo{At: spoken.At, Until: now})
	}
	ids, err := t.Crossed(ctx, upTo, spoken.At, to)
	if err != nil {
		return err
	}
	b, err := t.crossed(ctx, ids, spoken.At, to)
	if err != nil {
		return err
	}
	if missed {
		b.intoDigests(to)
	}
	told, err := b.record(ctx, t.ledgers)
	t.told.Add(uint64(told))
	if err != nil || len(ids) == 0 && !missed && to.Sub(spoken.At) < t.Tolerance/3 {
		return err
	}
	return t.save(ctx, last, true, notification.SpokenUpTo{At: to})
}

// again writes down how far digests go, and speaks.
func (t *Timer) again(ctx context.Context, last domain.Recorded, s notification.SpokenUpTo) error {
	if err := t.save(ctx, last, true, s); err != nil {
		return err
	}
	return t.speak(ctx, s.Until)
}

// save moves the checkpoint, unless somebody else has done so: then there is
// nothing to do before the next look.
func (t *Timer) save(ctx context.Context, last domain.Recorded, exists bool, s notification.SpokenUpTo) error {
	var version domain.Version
	if exists {
		version = domain.Version{Exists: true, Revision: last.Revision, ChainHash: last.Metadata.ChainHash}
	} else if err := t.Log.SetMaxCount(ctx, clockStream, 1); err != nil {
		return err
	}
	id := uuid.New()
	at := t.Now().UTC().Truncate(time.Millisecond)
	if at.Before(last.Metadata.OccurredAt) {
		at = last.Metadata.OccurredAt
	}
	_, _, err := t.Log.Append(ctx, clockStream, version, []domain.Draft{{
		ID: id, Event: s, Metadata: domain.Metadata{OccurredAt: at, Actor: by, CorrelationID: id, CausationID: id},
	}})
	if err == nil {
		t.spoken.Store(s.At.UnixMilli())
	}
	if domain.ErrorCode(err) == domain.CodeConflict {
		return nil
	}
	return err
}

// crossed gathers what the rules want to be told of requests that changed
// bucket. The requests themselves decide: what is not so any more is not told.
func (t *Timer) crossed(ctx context.Context, ids []string, from, to time.Time) (*batch, error) {
	b := t.newBatch()
	slices.Sort(ids)
	for _, id := range ids {
		f, err := present(ctx, t.Log, id)
		if err != nil {
			return nil, err
		}
		if !f.state.Exists() {
			continue
		}
		crossings := crossingsOf(t.Policy, f.state)
		for _, kind := range notification.TimeKinds() {
			at := crossings[kind]
			passed := from.UnixMilli() < at && at <= to.UnixMilli()
			if !passed || kind == notification.KindBecameAtRisk && crossings[notification.KindBecameCritical] <= to.UnixMilli() {
				continue
			}
			instant := time.UnixMilli(at).UTC()
			b.match(matching{
				kind: kind, id: id, state: f.state, at: instant, revision: f.revision,
				before: func(r *notification.Rule) bool { return !r.UpdatedAt.After(instant) },
			})
		}
	}
	return b, nil
}

// intoDigests puts one notification for each rule that tells at once in the
// place of many.
func (b *batch) intoDigests(at time.Time) {
	for account, all := range b.told {
		slices.SortStableFunc(all, func(x, y wanted) int { return x.At.Compare(y.At) })
		var rules []*notification.Rule
		of := map[*notification.Rule][]notification.Notified{}
		var left []wanted
		for _, w := range all {
			if w.rule.Daily {
				left = append(left, w)
				continue
			}
			if of[w.rule] == nil {
				rules = append(rules, w.rule)
			}
			of[w.rule] = append(of[w.rule], w.Notified)
		}
		b.told[account] = left
		for _, r := range rules {
			b.add(notification.Owned{Account: account, Rule: r}, notification.Notified{
				Rule: r.ID, Kind: notification.KindDigest, At: at, Digest: notification.DigestOf(true, of[r]),
			})
		}
	}
}

// digest gives the digests whose hour has come.
func (t *Timer) digest(ctx context.Context, now time.Time) error {
	due := map[string][]*notification.Rule{}
	instants := map[string]time.Time{}
	for _, o := range t.Rules.Daily() {
		at, err := o.Rule.DigestDue(now)
		key := o.Account + "/" + o.Rule.ID
		if err == nil && t.given[key].Before(at) {
			due[o.Account] = append(due[o.Account], o.Rule)
			instants[key] = at
		}
	}
	for account, rules := range due {
		if err := t.digestOf(ctx, account, rules, instants); err != nil {
			return err
		}
		for _, r := range rules {
			t.given[account+"/"+r.ID] = instants[account+"/"+r.ID]
		}
	}
	return nil
}

// digestOf gives an account the digests of some rules. What a digest holds is
// written down first; then it is told, which is written down as well, so that a
// crash in between neither loses nor repeats any of it.
func (t *Timer) digestOf(ctx context.Context, account string, rules []*notification.Rule, at map[string]time.Time) error {
	stream := notification.DigestsOf(account)
	var s notification.Digests
	err := t.Log.ReadStream(ctx, stream, func(r domain.Recorded) error {
		s = notification.FoldDigests(s, r)
		return nil
	})
	if err != nil {
		return err
	}
	for _, r := range rules {
		for id, n := range s.Untold {
			if n.Rule == r.ID {
				if err := t.give(ctx, account, wanted{r, id, n}); err != nil {
					return err
				}
			}
		}
		instant := at[account+"/"+r.ID]
		if !s.Last[r.ID].Before(instant) {
			continue
		}
		var of []notification.Notified
		for _, n := range s.Waiting {
			if n.Rule == r.ID && !n.At.After(instant) {
				of = append(of, n)
			}
		}
		if of == nil {
			continue
		}
		slices.SortStableFunc(of, func(a, b notification.Notified) int {
			if c := a.At.Compare(b.At); c != 0 {
				return c
			}
			return strings.Compare(a.Request, b.Request)
		})
		n := notification.Notified{Rule: r.ID, Kind: notification.KindDigest, At: instant, Digest: notification.DigestOf(false, of)}
		w := wanted{r, notification.NewID(n), n}
		written, err := t.ledgers.append(ctx, stream, notification.MaxGathered, []entry{{w.id, notification.Digested{Notified: n}}})
		if err != nil {
			return err
		}
		if written == 0 { // somebody else did, perhaps with something more in it
			return t.digestOf(ctx, account, rules, at)
		}
		if err := t.give(ctx, account, w); err != nil {
			return err
		}
	}
	return nil
}

// give tells a digest that is written down.
func (t *Timer) give(ctx context.Context, account string, w wanted) error {
	n, err := tell(ctx, t.ledgers, account, []wanted{w})
	t.told.Add(uint64(n))
	if err != nil {
		return err
	}
	told := entry{uuid.NewSHA1(w.id, []byte("told")), notification.DigestTold{Rule: w.Rule, At: w.At}}
	_, err = t.ledgers.append(ctx, notification.DigestsOf(account), notification.MaxGathered, []entry{told})
	return err
}
