package readapi

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"backlot/domain"
	"backlot/domain/notification"
	"backlot/domain/sourcerequest"
	"backlot/readapi/facets"
)

// NotificationCommands are the use cases of what an account wants to be told
// of, and of what it was told.
type NotificationCommands interface {
	// ChangeRule gives a command to the rules of the account that instructs.
	ChangeRule(ctx context.Context, c notification.RuleCommand, i domain.Instruction) (notification.RuleOutcome, error)
	// RenewSecret gives a rule's webhook another secret and returns it.
	RenewSecret(ctx context.Context, rule string, i domain.Instruction) (string, error)
	// Test puts a message on its way over each of a rule's channels but the inbox.
	Test(ctx context.Context, rule string, i domain.Instruction) ([]notification.Delivery, domain.Position, error)
	// Resend puts one of a rule's messages on its way once more.
	Resend(ctx context.Context, rule, delivery string, i domain.Instruction) (notification.Delivery, domain.Position, error)
	// MarkRead notes of one notification whether it was read.
	MarkRead(ctx context.Context, id string, read bool, i domain.Instruction) (domain.Position, error)
	// MarkAllRead notes that a notification and all before it were read, or all ("").
	MarkAllRead(ctx context.Context, upTo string, i domain.Instruction) (domain.Position, error)
}

type notificationAnswer struct {
	ID       uuid.UUID          `json:"id"`
	Kind     string             `json:"kind"`
	At       time.Time          `json:"at"`
	Read     bool               `json:"read"`
	Rule     *notificationRule  `json:"rule"`
	Summary  string             `json:"summary"`
	Request  *notifiedRequest   `json:"request"`
	Actor    *actorAnswer       `json:"actor"`
	Position *string            `json:"position"`
	Digest   *notificationBatch `json:"digest"`
}

// notificationRule is the rule that a notification comes of; null once it is deleted.
type notificationRule struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type notifiedRequest struct {
	RequestID             string                       `json:"request_id"`
	Title                 string                       `json:"title"`
	SourceType            sourcerequest.SourceType     `json:"source_type"`
	Language              string                       `json:"language"`
	Status                sourcerequest.Status         `json:"status"`
	MaterialStatus        sourcerequest.MaterialStatus `json:"material_status"`
	DueDate               domain.Date                  `json:"due_date"`
	EstimatedDeliveryDate domain.Date                  `json:"estimated_delivery_date"`
}

type notificationBatch struct {
	Missed   bool           `json:"missed"`
	Total    int            `json:"total"`
	More     bool           `json:"more"`
	Kinds    map[string]int `json:"kinds"`
	Query    string         `json:"query"`
	Requests []batchedItem  `json:"requests"`
}

type batchedItem struct {
	notifiedRequest
	Kinds []string `json:"kinds"`
}

// shownOfDigest is how many requests of a digest an inbox spells out.
const shownOfDigest = 50

func notifiedOf(r notification.ToldRequest) notifiedRequest {
	return notifiedRequest{
		RequestID: r.ID, Title: r.Title, SourceType: r.SourceType, Language: r.Language, Status: r.Status, MaterialStatus: r.MaterialStatus,
		DueDate: r.DueDate, EstimatedDeliveryDate: r.EstimatedDeliveryDate,
	}
}

// inboxEntry is a notification as the inbox keeps it.
type inboxEntry struct {
	id       uuid.UUID
	revision uint64
	notification.Notified
}

// inbox is an account's inbox while one answer is made.
type inbox struct {
	*notificationTeller
	entries  []inboxEntry // newest first
	marks    notification.Marks
	snapshot *facets.Snapshot
	visible  map[string]bool // by request
}

// openInbox reads the inbox of whoever asks.
func (s *server) openInbox(x *exchange) (*inbox, error) {
	if err := s.awaitFollower(x, s.Notifications, "notification rules"); err != nil {
		return nil, err
	}
	if err := s.awaitPeople(x); err != nil {
		return nil, err
	}
	snapshot, err := s.snapshot(x)
	if err != nil {
		return nil, err
	}
	b := &inbox{notificationTeller: s.newNotificationTeller(x.by, x.words()), snapshot: snapshot}
	ctx, account := x.r.Context(), x.by.Account
	err = s.Streams.ReadStream(ctx, notification.InboxOf(account), func(r domain.Recorded) error {
		if n, ok := r.Event.(notification.Notified); ok {
			b.entries = append(b.entries, inboxEntry{r.ID, r.Revision, n})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading an inbox: %w", err)
	}
	slices.Reverse(b.entries)
	err = s.Streams.ReadStream(ctx, notification.MarksOf(account), func(r domain.Recorded) error {
		b.marks = notification.FoldMarks(b.marks, r)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading what was read of an inbox: %w", err)
	}
	return b, b.look()
}

// look finds out at once which of the requests the reader sees.
func (b *inbox) look() error {
	var ids []string
	for _, e := range b.entries {
		if e.Request != "" {
			ids = append(ids, e.Request)
		}
		if e.Digest != nil {
			for _, item := range e.Digest.Items {
				ids = append(ids, item.Request)
			}
		}
	}
	var err error
	b.visible, err = b.snapshot.Visible(b.by, ids, b.Now())
	return err
}

// shows reports whether there is something in an entry that the reader may know
// of. What the index says decides, but for what it does not know yet and for
// what may be another partner's.
func (b *inbox) shows(ctx context.Context, e inboxEntry) (bool, error) {
	if e.Digest != nil {
		for _, item := range e.Digest.Items {
			if !b.visible[item.Request] {
				continue
			}
			if kinds, err := b.kindsOf(ctx, item); err != nil || len(kinds) > 0 {
				return err == nil, err
			}
		}
		return false, nil
	}
	ahead := e.Position > b.snapshot.Position()
	if !b.visible[e.Request] && !ahead {
		return false, nil
	}
	if !ahead && !b.mayBeHidden(e.Notified) {
		return true, nil
	}
	_, _, ok, err := b.stepOf(ctx, e.Notified)
	return ok, err
}

// answer tells an entry; nil if there is nothing that the reader may know of.
func (b *inbox) answer(ctx context.Context, e inboxEntry) (*notificationAnswer, error) {
	if ok, err := b.shows(ctx, e); err != nil || !ok {
		return nil, err
	}
	told, ok, err := b.tell(ctx, e.Notified)
	if err != nil || !ok {
		return nil, err
	}
	a := &notificationAnswer{ID: e.id, Kind: e.Kind, At: instant(e.At), Read: b.marks.Has(e.revision), Summary: told.Summary}
	if _, exists := b.rules.Get(e.Rule); exists {
		a.Rule = &notificationRule{ID: e.Rule, Name: told.Rule}
	}
	if told.Request != nil {
		r := notifiedOf(*told.Request)
		a.Request = &r
	}
	if e.By.Account != "" {
		actor := view{server: b.server, by: b.by, words: b.words}.actor(e.By)
		a.Actor = &actor
	}
	if e.Position > 0 {
		position := e.Position.String()
		a.Position = &position
	}
	if e.Digest != nil {
		a.Digest = &notificationBatch{Missed: e.Digest.Missed, Total: len(told.Items), More: told.More, Kinds: told.Kinds, Query: told.Query, Requests: []batchedItem{}}
		for _, item := range told.Items[:min(len(told.Items), shownOfDigest)] {
			a.Digest.Requests = append(a.Digest.Requests, batchedItem{notifiedOf(item.ToldRequest), item.Kinds})
		}
	}
	return a, nil
}

const maxInboxPage, defaultInboxPage = 200, 50

// inboxFilter is what of an inbox is asked for.
type inboxFilter struct {
	unread              bool
	kind, rule, request string
	before              uint64 // revision; 0 for all
}

func (x *exchange) inboxFilter() (f inboxFilter, err error) {
	f.kind, _ = x.parameter("kind")
	f.rule, _ = x.parameter("rule")
	f.request, _ = x.parameter("request_id")
	if kinds := append(notification.Kinds(), notification.KindDigest); f.kind != "" && !slices.Contains(kinds, f.kind) {
		return f, domain.Invalid("kind", fmt.Sprintf("there is no kind of notification %q", f.kind), kinds...)
	}
	if v, given := x.parameter("unread"); given {
		if f.unread, err = strconv.ParseBool(v); err != nil || v != "true" && v != "false" {
			return f, domain.Invalid("unread", fmt.Sprintf("unread is true or false, not %q", v), "true", "false")
		}
	}
	if v, given := x.parameter("cursor"); given {
		if f.before, err = strconv.ParseUint(v, 10, 64); err != nil || f.before == 0 {
			return f, domain.Invalid("cursor", fmt.Sprintf("%q is not a cursor; use the next of an answer, or none", v))
		}
	}
	return f, nil
}

func (f inboxFilter) wants(e inboxEntry, read bool, visible map[string]bool) bool {
	ofRequest := f.request == "" || e.Request == f.request || visible[f.request] && e.Digest != nil &&
		slices.ContainsFunc(e.Digest.Items, func(i notification.DigestItem) bool { return i.Request == f.request })
	return (f.before == 0 || e.revision < f.before) && (f.kind == "" || e.Kind == f.kind) && (f.rule == "" || e.Rule == f.rule) && ofRequest && !(f.unread && read)
}

func (s *server) getInbox(x *exchange) error {
	limit, err := x.number("limit", 0, maxInboxPage, defaultInboxPage)
	if err != nil {
		return err
	}
	filter, err := x.inboxFilter()
	if err != nil {
		return err
	}
	b, err := s.openInbox(x)
	if err != nil {
		return err
	}
	ctx := x.r.Context()
	unread := 0
	notifications := []*notificationAnswer{}
	var next *string
	last := uint64(0)
	for _, e := range b.entries {
		read := b.marks.Has(e.revision)
		if !read {
			shows, err := b.shows(ctx, e)
			if err != nil {
				return err
			}
			if shows {
				unread++
			}
		}
		if next != nil || limit == 0 || !filter.wants(e, read, b.visible) {
			continue
		}
		a, err := b.answer(ctx, e)
		if err != nil {
			return err
		}
		switch {
		case a == nil:
		case len(notifications) == limit:
			cursor := strconv.FormatUint(last, 10)
			next = &cursor
		default:
			notifications, last = append(notifications, a), e.revision
		}
	}
	return x.answer(http.StatusOK, map[string]any{"unread": unread, "notifications": notifications, "next": next})
}

// inInbox fails with CodeNotFound for what is not in the asker's inbox, or tells
// of what it may not know of any more.
func (s *server) inInbox(x *exchange, id string) error {
	b, err := s.openInbox(x)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(b.entries, func(e inboxEntry) bool { return e.id.String() == id })
	if i < 0 {
		return errNoNotification
	}
	if shows, err := b.shows(x.r.Context(), b.entries[i]); err != nil || !shows {
		return errOr(err, errNoNotification)
	}
	return nil
}

var errNoNotification = domain.Errorf(domain.CodeNotFound, "there is no such notification in your inbox")

func errOr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

type markReadBody struct {
	UpTo nullable `json:"up_to"`
}

func (s *server) markInboxRead(x *exchange) error {
	var body markReadBody
	i, err := s.instruction(x, &body, false, true)
	if err != nil {
		return err
	}
	if body.UpTo.value != "" {
		if err := s.inInbox(x, body.UpTo.value); err != nil {
			return err
		}
	}
	position, err := s.NotificationCommands.MarkAllRead(x.r.Context(), body.UpTo.value, i)
	return s.answerMarked(x, position, err)
}

// markRead returns what notes of a notification whether it was read.
func (s *server) markRead(read bool) func(*exchange) error {
	return func(x *exchange) error {
		i, err := s.instruction(x, &struct{}{}, false, true)
		if err != nil {
			return err
		}
		id := x.variable("id")
		if err := s.inInbox(x, id); err != nil {
			return err
		}
		position, err := s.NotificationCommands.MarkRead(x.r.Context(), id, read, i)
		return s.answerMarked(x, position, err)
	}
}

func (s *server) answerMarked(x *exchange, position domain.Position, err error) error {
	if err != nil {
		return err
	}
	return x.answer(http.StatusOK, map[string]any{"position": position.String()})
}
