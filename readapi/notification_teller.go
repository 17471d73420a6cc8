package readapi

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"backlot/domain"
	"backlot/domain/notification"
	"backlot/domain/sourcerequest"
	"backlot/readapi/facets"
	"backlot/readapi/words"
)

// Teller puts notifications into words for those who get them elsewhere than
// through the API. It is safe for concurrent use.
type Teller struct{ server *server }

// NewTeller returns a teller. Of the configuration it needs what histories and
// rows are made of: Index, Streams, Organisations, People, Notifications and
// Policy.
func NewTeller(c Config) (*Teller, error) {
	if c.Index == nil || c.Streams == nil || c.Organisations == nil || c.People == nil || c.Notifications == nil || c.Policy.Zone == nil {
		return nil, errors.New("readapi: Index, Streams, Organisations, People, Notifications and Policy are required to tell notifications")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Teller{&server{Config: c}}, nil
}

// Tell returns what a notification says to a principal now; ok is false if
// there is nothing left that it may know of.
func (t *Teller) Tell(ctx context.Context, p domain.Principal, n notification.Notified) (told notification.Told, ok bool, err error) {
	return t.server.newNotificationTeller(p, words.English).tell(ctx, n)
}

// notificationTeller tells one principal of notifications while one answer is
// made. For one goroutine.
type notificationTeller struct {
	*server
	by    domain.Principal
	words *words.Words
	rules notification.Rules
	texts *texts
	known map[string][]step // by request
}

func (s *server) newNotificationTeller(by domain.Principal, w *words.Words) *notificationTeller {
	return &notificationTeller{server: s, by: by, words: w, rules: s.Notifications.ByAccount(by.Account), texts: s.newTexts(), known: map[string][]step{}}
}

// keptSteps bounds the requests whose steps a teller remembers.
const keptSteps = 200

func (t *notificationTeller) stepsOf(ctx context.Context, id string) ([]step, error) {
	if steps, known := t.known[id]; known {
		return steps, nil
	}
	steps, err := t.steps(ctx, id)
	if err != nil {
		return nil, err
	}
	if len(t.known) >= keptSteps {
		clear(t.known)
	}
	t.known[id] = steps
	return steps, nil
}

// tell finds the words; ok is false if there is nothing that the reader may
// know of.
func (t *notificationTeller) tell(ctx context.Context, n notification.Notified) (told notification.Told, ok bool, err error) {
	rule, _ := t.rules.Get(n.Rule)
	if n.Rule == notification.MentionRule.ID {
		rule = notification.MentionRule
	}
	told.Rule, told.Query = rule.Name, rule.Query
	switch {
	case n.Kind == notification.KindTest:
		told.Summary = string(t.words.Test)
		return told, true, nil
	case n.Digest != nil:
		err := t.digest(ctx, n, &told)
		return told, len(told.Items) > 0, err
	}
	v, p, ok, err := t.stepOf(ctx, n)
	if err != nil || !ok {
		return told, false, err
	}
	request := notification.ToldRequestOf(n.Request, p.after)
	told.Request = &request
	if !slices.Contains(notification.TimeKinds(), n.Kind) {
		e, err := v.entry(ctx, p)
		told.Summary = e.Summary
		return told, err == nil, err
	}
	told.Summary = t.spoken(n, p.after)
	return told, true, nil
}

// stepOf returns the step of a request that a notification tells of, or after
// which time spoke; ok is false if the reader may not know of it.
func (t *notificationTeller) stepOf(ctx context.Context, n notification.Notified) (v view, p step, ok bool, err error) {
	steps, err := t.stepsOf(ctx, n.Request)
	if err != nil || n.Revision >= uint64(len(steps)) {
		return v, p, false, err
	}
	present := steps[len(steps)-1].after
	v, p = view{server: t.server, by: t.by, id: n.Request, state: present, words: t.words, texts: t.texts}, steps[n.Revision]
	if !present.Exists() || !sourcerequest.Visible(t.by, present) {
		return v, p, false, nil
	}
	return v, p, slices.Contains(notification.TimeKinds(), n.Kind) || !v.hidesStep(p), nil
}

// mayBeHidden reports whether an event of a visible request can be one that is
// kept from the reader.
func (t *notificationTeller) mayBeHidden(n notification.Notified) bool {
	switch n.Kind {
	case sourcerequest.ResponsibleChanged{}.Kind(), sourcerequest.FilesDownloaded{}.Kind():
		return !t.by.SeesAll()
	case sourcerequest.FileDelivered{}.Kind(), sourcerequest.DeliveryCompleted{}.Kind(), sourcerequest.DeliveryInspected{}.Kind(),
		sourcerequest.FindingOverridden{}.Kind(), sourcerequest.CommentRedacted{}.Kind():
		return t.by.Role == domain.RoleFulfillmentPartner
	}
	return t.by.Role == domain.RoleFulfillmentPartner && n.By.Role == domain.RoleFulfillmentPartner && n.By.Organisation != t.by.Organisation
}

// spoken says what time did to a request.
func (t *notificationTeller) spoken(n notification.Notified, then sourcerequest.State) string {
	w := t.words
	var rules []string
	for _, r := range t.Policy.Why(then.Facts(), n.At.UnixMilli()) {
		rules = append(rules, w.Inside(w.Rule(r.String())))
	}
	why := ""
	if rules != nil {
		why = w.Say(w.Why, words.Parts{"reason": strings.Join(rules, w.Semicolon)})
	}
	switch n.Kind {
	case notification.KindBecameCritical:
		return w.Say(w.BecameCritical, words.Parts{"why": why})
	case notification.KindBecameAtRisk:
		return w.Say(w.BecameAtRisk, words.Parts{"why": why})
	}
	return w.Say(w.BecameOverdue, words.Parts{"date": w.Day(then.DueDate)})
}

// digest tells of the requests of a digest that the reader sees now.
func (t *notificationTeller) digest(ctx context.Context, n notification.Notified, told *notification.Told) error {
	snapshot, err := t.Index.Snapshot()
	if err != nil {
		return err
	}
	ids := make([]string, len(n.Digest.Items))
	for i, item := range n.Digest.Items {
		ids[i] = item.Request
	}
	rows, err := snapshot.Rows(facets.RowQuery{Principal: t.by, IDs: ids, Now: t.Now()})
	if err != nil {
		return err
	}
	seen := make(map[string]*facets.Row, len(rows.Rows))
	for i := range rows.Rows {
		seen[rows.Rows[i].RequestID] = &rows.Rows[i]
	}
	told.Kinds = map[string]int{}
	for _, item := range n.Digest.Items {
		r := seen[item.Request]
		if r == nil {
			continue
		}
		kinds, err := t.kindsOf(ctx, item)
		if err != nil {
			return err
		}
		if len(kinds) == 0 {
			continue
		}
		told.Items = append(told.Items, notification.ToldItem{Kinds: kinds, ToldRequest: notification.ToldRequest{
			ID: r.RequestID, PackageID: r.PackageID, MovieID: r.MovieID, Title: r.Title, SourceType: r.SourceType, Language: r.Language, Status: r.Status,
			MaterialStatus: r.MaterialStatus, DueDate: r.DueDate, EstimatedDeliveryDate: r.EstimatedDeliveryDate,
		}})
		for _, kind := range kinds {
			told.Kinds[kind]++
		}
	}
	told.More = n.Digest.Total > len(n.Digest.Items)
	told.Summary = t.gathered(n, *told)
	return nil
}

// kindsOf returns what happened to a request in a digest, as far as the reader
// may know.
func (t *notificationTeller) kindsOf(ctx context.Context, item notification.DigestItem) (kinds []string, err error) {
	for _, e := range item.Events {
		n := item.Notified(e)
		if t.mayBeHidden(n) {
			_, _, ok, err := t.stepOf(ctx, n)
			if err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
		}
		kinds = append(kinds, e.Kind)
	}
	return kinds, nil
}

// gathered counts what a digest tells of, in the order of the kinds.
func (t *notificationTeller) gathered(n notification.Notified, told notification.Told) string {
	w := t.words
	var events []string
	for _, kind := range notification.Kinds() {
		if count := told.Kinds[kind]; count > 0 {
			events = append(events, w.Say(w.Happened, words.Parts{"n": strconv.Itoa(count), "kind": w.Kind(kind)}))
		}
	}
	requests := w.Count(len(told.Items), w.Requests)
	if told.More {
		requests = w.Say(w.MoreThan, words.Parts{"count": requests})
	}
	s := w.News
	if n.Digest.Missed {
		s = w.Missed
	}
	return w.Say(s, words.Parts{"requests": requests, "events": w.All(events)})
}
