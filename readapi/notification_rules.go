package readapi

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"backlot/domain"
	"backlot/domain/notification"
	"backlot/readapi/words"
)

type notificationRuleAnswer struct {
	ID         string       `json:"id"`
	Name       string       `json:"name"`
	Kinds      []string     `json:"kinds"`
	Query      string       `json:"query"`
	Modifiers  []termAnswer `json:"modifiers"`
	OwnActions bool         `json:"own_actions"`
	When       string       `json:"when"`
	Hour       int          `json:"hour"`
	Zone       string       `json:"zone"`
	Mail       bool         `json:"mail"`
	WebhookURL *string      `json:"webhook_url"`
	Valid      bool         `json:"valid"`
	Problem    *string      `json:"problem"`
	UpdatedAt  time.Time    `json:"updated_at"`
}

type notificationRuleOutcome struct {
	Position string                  `json:"position"`
	Revision uint64                  `json:"revision"`
	Changed  bool                    `json:"changed"`
	Replayed bool                    `json:"replayed"`
	Rule     *notificationRuleAnswer `json:"rule"`
	Secret   *string                 `json:"webhook_secret"`
}

// notificationRules is the path of an account's rules.
const notificationRules = base + "/notification-rules"

// When a rule tells.
const (
	whenAtOnce = "at_once"
	whenDaily  = "daily"
)

// defaultHour is when a digest comes that nobody chose an hour for.
const defaultHour = 8

func (s *server) notificationRuleOf(by domain.Principal, r notification.Rule) *notificationRuleAnswer {
	a := &notificationRuleAnswer{
		ID: r.ID, Name: r.Name, Kinds: list(r.Kinds), Query: r.Query, Modifiers: []termAnswer{}, OwnActions: r.OwnActions, When: whenAtOnce,
		Hour: r.Hour, Zone: r.Zone, Mail: r.Mail, WebhookURL: orNull(r.Webhook), UpdatedAt: instant(r.UpdatedAt),
	}
	if r.Daily {
		a.When = whenDaily
	}
	selection, err := parseTemplate(r.Query, nil)
	if err != nil {
		a.Problem = orNull(problemOf(err, words.English).Detail)
		return a
	}
	a.Valid = true
	for _, term := range s.named(by, selection).Terms() {
		a.Modifiers = append(a.Modifiers, termAnswer{Name: term.Modifier, Exclude: term.Exclude, Values: term.Values})
	}
	return a
}

func (s *server) awaitRules(x *exchange) error {
	return s.awaitFollower(x, s.Notifications, "notification rules")
}

type kindAnswer struct {
	Kind  string `json:"kind"`
	Label string `json:"label"`
	Time  bool   `json:"by_time"`
}

// kindLabel is a kind of event as people call it.
func kindLabel(kind string) string {
	switch kind {
	case notification.KindBecameAtRisk:
		return "Became At Risk"
	case notification.KindBecameCritical:
		return "Became Critical"
	case notification.KindBecameOverdue:
		return "Became overdue"
	case "qc_issue_answered":
		return "QC issue answered"
	}
	label := strings.ReplaceAll(kind, "_", " ")
	return strings.ToUpper(label[:1]) + label[1:]
}

func (s *server) listNotificationRules(x *exchange) error {
	if err := s.awaitRules(x); err != nil {
		return err
	}
	rules := []*notificationRuleAnswer{}
	for _, r := range s.Notifications.ByAccount(x.by.Account).Rules {
		rules = append(rules, s.notificationRuleOf(x.by, r))
	}
	slices.SortFunc(rules, func(a, b *notificationRuleAnswer) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.ID, b.ID))
	})
	kinds := []kindAnswer{}
	for _, kind := range notification.Kinds() {
		kinds = append(kinds, kindAnswer{kind, kindLabel(kind), slices.Contains(notification.TimeKinds(), kind)})
	}
	mail := map[string]any{"available": true, "reason": nil}
	if !s.SendsMail {
		mail = map[string]any{"available": false, "reason": "This server sends no mail: whoever runs it has to start it with --smtp."}
	} else if e, _ := s.People.Get(x.by.Account); e.Person.Email == "" {
		mail = map[string]any{"available": false, "reason": "This account has no mail address; whoever keeps the account can give it one."}
	}
	return x.answer(http.StatusOK, map[string]any{"rules": rules, "kinds": kinds, "mail": mail})
}

// ownRule returns a rule of whoever asks.
func (s *server) ownRule(x *exchange) (notification.Rule, error) {
	if err := s.awaitRules(x); err != nil {
		return notification.Rule{}, err
	}
	r, ok := s.Notifications.ByAccount(x.by.Account).Get(x.variable("id"))
	if !ok {
		return r, notification.ErrNoRule
	}
	return r, nil
}

func (s *server) getNotificationRule(x *exchange) error {
	r, err := s.ownRule(x)
	if err != nil {
		return err
	}
	return x.answer(http.StatusOK, s.notificationRuleOf(x.by, r))
}

type notificationRuleBody struct {
	Name       string   `json:"name"`
	Kinds      []string `json:"kinds"`
	Query      *string  `json:"query"`
	OwnActions bool     `json:"own_actions"`
	When       string   `json:"when"`
	Hour       *int     `json:"hour"`
	Zone       string   `json:"zone"`
	Mail       bool     `json:"mail"`
	WebhookURL nullable `json:"webhook_url"`
}

func (b *notificationRuleBody) content(s *server, by domain.Principal) (notification.Content, error) {
	c := notification.Content{
		Name: b.Name, Kinds: b.Kinds, OwnActions: b.OwnActions, Hour: defaultHour, Zone: cmp.Or(b.Zone, s.Policy.Zone.String()), Mail: b.Mail, Webhook: b.WebhookURL.value,
	}
	if b.Hour != nil {
		c.Hour = *b.Hour
	}
	switch b.When {
	case whenDaily:
		c.Daily = true
	case "", whenAtOnce:
	default:
		return c, domain.Invalid("when", fmt.Sprintf("when is at_once or daily, not %q", b.When), whenAtOnce, whenDaily)
	}
	var err error
	c.Query, err = s.storableQuery(by, b.Query, nil)
	return c, err
}

func (s *server) ruleContent(x *exchange) (notification.Content, domain.Instruction, error) {
	var body notificationRuleBody
	i, err := s.instruction(x, &body, false, false)
	if err != nil {
		return notification.Content{}, i, err
	}
	content, err := body.content(s, x.by)
	return content, i, err
}

func (s *server) saveNotificationRule(x *exchange) error {
	content, i, err := s.ruleContent(x)
	if err != nil {
		return err
	}
	return s.changeRules(x, http.StatusCreated, notification.SaveRule{ID: i.NewID("notification rule"), Content: content}, i)
}

func (s *server) replaceNotificationRule(x *exchange) error {
	content, i, err := s.ruleContent(x)
	if err != nil {
		return err
	}
	return s.changeRules(x, http.StatusOK, notification.ReplaceRule{ID: x.variable("id"), Content: content}, i)
}

func (s *server) deleteNotificationRule(x *exchange) error {
	i, err := s.instruction(x, &struct{}{}, false, true)
	if err != nil {
		return err
	}
	return s.changeRules(x, http.StatusOK, notification.DeleteRule{ID: x.variable("id")}, i)
}

func (s *server) changeRules(x *exchange, status int, c notification.RuleCommand, i domain.Instruction) error {
	o, err := s.NotificationCommands.ChangeRule(x.r.Context(), c, i)
	if err != nil {
		return err
	}
	if status == http.StatusCreated {
		x.Header().Set("Location", base+"/notification-rules/"+c.Target())
	}
	a := notificationRuleOutcome{Position: o.Position.String(), Revision: o.Revision, Changed: o.Changed, Replayed: o.Replayed, Secret: orNull(o.Secret)}
	if r, ok := o.Rules.Get(c.Target()); ok {
		a.Rule = s.notificationRuleOf(x.by, r)
	}
	return x.answer(status, a)
}

func (s *server) renewWebhookSecret(x *exchange) error {
	i, err := s.instruction(x, &struct{}{}, false, true)
	if err != nil {
		return err
	}
	secret, err := s.NotificationCommands.RenewSecret(x.r.Context(), x.variable("id"), i)
	if err != nil {
		return err
	}
	return x.answer(http.StatusOK, map[string]any{"webhook_secret": secret})
}

type messageAnswer struct {
	ID             uuid.UUID            `json:"id"`
	NotificationID uuid.UUID            `json:"notification_id"`
	Channel        notification.Channel `json:"channel"`
	Kind           string               `json:"kind"`
	RequestID      *string              `json:"request_id"`
	At             time.Time            `json:"at"`
	Status         string               `json:"status"`
	QueuedAt       *time.Time           `json:"queued_at"`
	NextTryAt      *time.Time           `json:"next_try_at"`
	Tries          []messageTry         `json:"tries"`
}

type messageTry struct {
	Try        int                  `json:"try"`
	At         time.Time            `json:"at"`
	DurationMS int64                `json:"duration_ms"`
	Status     *int                 `json:"http_status"`
	Error      *string              `json:"error"`
	Outcome    notification.Outcome `json:"outcome"`
}

// statusWaiting is the status of a delivery that is on its way.
const statusWaiting = "waiting"

func messageOf(d notification.Delivery) messageAnswer {
	a := messageAnswer{
		ID: d.ID, NotificationID: d.Notification, Channel: d.Channel, Kind: d.Kind, RequestID: orNull(d.Request), At: instant(d.At), Status: string(d.Outcome),
		QueuedAt: timeOrNull(d.QueuedAt), Tries: []messageTry{},
	}
	if d.OnItsWay() {
		a.Status, a.NextTryAt = statusWaiting, timeOrNull(d.Due)
	}
	for _, t := range d.Tries {
		a.Tries = append(a.Tries, messageTry{Try: t.Try, At: instant(t.At), DurationMS: t.Took, Status: orNull(t.Status), Error: orNull(t.Error), Outcome: t.Outcome})
	}
	return a
}

const maxMessages, defaultMessages = 200, 50

func (s *server) listNotificationDeliveries(x *exchange) error {
	limit, err := x.number("limit", 1, maxMessages, defaultMessages)
	if err != nil {
		return err
	}
	offset, err := x.number("offset", 0, notification.MaxDeliveries, 0)
	if err != nil {
		return err
	}
	rule, err := s.ownRule(x)
	if err != nil {
		return err
	}
	var state notification.Deliveries
	err = s.Streams.ReadStream(x.r.Context(), notification.DeliveriesOf(x.by.Account), func(r domain.Recorded) error {
		state = notification.FoldDeliveries(state, r)
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading what was delivered: %w", err)
	}
	all := state.OfRule(rule.ID)
	page := all[min(offset, len(all)):min(offset+limit, len(all))]
	deliveries, err := s.messages(x, page)
	if err != nil {
		return err
	}
	var next *int
	if end := offset + len(page); end < len(all) {
		next = &end
	}
	return x.answer(http.StatusOK, map[string]any{"deliveries": deliveries, "next": next})
}

// messages answers some, without the ids of requests that the asker does not
// see any more.
func (s *server) messages(x *exchange, some []notification.Delivery) ([]messageAnswer, error) {
	snapshot, err := s.snapshot(x)
	if err != nil {
		return nil, err
	}
	ids := []string{}
	for _, d := range some {
		ids = append(ids, d.Request)
	}
	visible, err := snapshot.Visible(x.by, ids, s.Now())
	if err != nil {
		return nil, err
	}
	answers := []messageAnswer{}
	for _, d := range some {
		if !visible[d.Request] {
			d.Request = ""
		}
		answers = append(answers, messageOf(d))
	}
	return answers, nil
}

func (s *server) testNotificationRule(x *exchange) error {
	i, err := s.instruction(x, &struct{}{}, false, true)
	if err != nil {
		return err
	}
	put, position, err := s.NotificationCommands.Test(x.r.Context(), x.variable("id"), i)
	if err != nil {
		return err
	}
	deliveries, err := s.messages(x, put)
	if err != nil {
		return err
	}
	return x.answer(http.StatusAccepted, map[string]any{"position": position.String(), "deliveries": deliveries})
}

func (s *server) resendNotification(x *exchange) error {
	i, err := s.instruction(x, &struct{}{}, false, true)
	if err != nil {
		return err
	}
	d, position, err := s.NotificationCommands.Resend(x.r.Context(), x.variable("id"), x.variable("deliveryId"), i)
	if err != nil {
		return err
	}
	deliveries, err := s.messages(x, []notification.Delivery{d})
	if err != nil {
		return err
	}
	return x.answer(http.StatusAccepted, map[string]any{"position": position.String(), "delivery": deliveries[0]})
}
