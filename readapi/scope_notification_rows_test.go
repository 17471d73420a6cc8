package readapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/notification"
	"backlot/domain/sourcerequest"
)

// bringNotifications gives everybody a rule of their own, and tells everybody
// of everything that happened to every request, as if each had seen all of it
// before it was taken away.
func (w *scopeWorld) bringNotifications() {
	var told []notification.Notified
	require.NoError(w.t, w.store.ReadForwards(w.t.Context(), 0, func(r domain.Recorded, _ time.Time) error {
		id, is := sourcerequest.IDOf(r.Stream)
		e, ok := r.Event.(sourcerequest.Event)
		if !is || !ok {
			return nil
		}
		n := notification.Notified{Kind: e.Kind(), At: r.Metadata.OccurredAt, Request: id, Revision: r.Revision, Position: r.Position, By: r.Metadata.Actor}
		told = append(told, n)
		if e.Kind() == "opened" {
			n.Kind, n.By, n.Position = notification.KindBecameCritical, domain.Principal{}, 0
			told = append(told, n)
		}
		return nil
	}))
	require.Greater(w.t, len(told), 60)
	require.Less(w.t, len(told), notification.MaxInbox-2)
	for _, p := range scopeCallers {
		body := fmt.Sprintf(`{"name":"Zqrule%s","kinds":["opened"],"query":"language=Zqrulequery%s","webhook_url":"https://zqhook%s.example.com/in"}`, p.word, p.word, p.word)
		saved := w.as(p.principal()).post("/notification-rules", body).ok(http.StatusCreated)
		rule := saved.text("rule.id")
		w.ids["rule of "+p.word] = rule
		for _, kind := range []string{"zqrule", "zqrulequery", "zqhook"} {
			w.hide(scopeSecret{text: kind + p.word, what: "the rule of " + p.word, known: []string{p.id()}, shownBy: []string{"listNotificationRules", "getNotificationRule"}})
		}
		var inbox, way []any
		for i, n := range append(told, notification.Notified{Kind: notification.KindDigest, At: told[0].At, Digest: notification.DigestOf(false, told)}) {
			n.Rule = rule
			inbox = append(inbox, n)
			if i%7 == 0 {
				way = append(way, notification.Queued{Message: notification.Message{ID: uuid.New(), Notification: uuid.New(), Channel: notification.ChannelWebhook, Notified: n}})
			}
		}
		ids := w.log(notification.InboxOf(p.id()), inbox)
		w.log(notification.DeliveriesOf(p.id()), way)
		for i, n := range told {
			if word, ours := strings.CutPrefix(n.Request, "zqid"); ours && n.Kind == "opened" {
				w.ids["told "+p.word+" of "+word] = ids[i]
			}
		}
	}
}

// log records events that no use case records, and returns their ids.
func (w *scopeWorld) log(stream string, events []any) (ids []string) {
	var version domain.Version
	for part := range slices.Chunk(events, 100) {
		drafts := make([]domain.Draft, len(part))
		for i, e := range part {
			drafts[i] = domain.Draft{ID: uuid.New(), Event: e, Metadata: domain.Metadata{OccurredAt: w.now(), Actor: someMachine}}
			ids = append(ids, drafts[i].ID.String())
		}
		var err error
		version, _, err = w.store.Append(w.t.Context(), stream, version, drafts)
		require.NoError(w.t, err)
	}
	return ids
}

// foreignRules are those of others.
func (c *scopeCell) foreignRules() (ids []string) {
	for _, p := range scopeCallers {
		if p.id() != c.who.id() {
			ids = append(ids, c.ids["rule of "+p.word])
		}
	}
	return ids
}

// inboxPages reads the caller's whole inbox.
func (c *scopeCell) inboxPages(query string) (unread int, told []string) {
	for cursor := ""; ; {
		a := c.call(scopeCall{query: query + "&limit=60" + cursor})
		c.status(a, http.StatusOK)
		page := a.ok(http.StatusOK)
		unread = page.count("unread")
		told = append(told, page.each("notifications", "id")...)
		if page.at("next") == nil {
			return unread, told
		}
		cursor = "&cursor=" + page.text("next")
	}
}

// toldOf are the ids of what the caller was told: that requests were opened
// that it sees, and that it does not.
func (c *scopeCell) toldOf() (seen, hidden []string) {
	for _, r := range scopeRequests {
		id, is := c.ids["told "+c.who.word+" of "+r.word]
		switch {
		case !is:
		case r.relation(c.who).may(toSee):
			seen = append(seen, id)
		default:
			hidden = append(hidden, id)
		}
	}
	return seen, hidden
}

// notificationRows are what accounts want to be told of, and what they were told.
func notificationRows() []scopeRow {
	const body = `{"name":"Taken","kinds":["opened"],"query":""}`
	own := func(operation string, call scopeCall, status int, changes bool) scopeRow {
		mine := func(c *scopeCell) {
			call := call
			call.variables = append([]string{c.ids["rule of "+c.who.word]}, call.variables...)
			c.status(c.call(call), status)
			c.hasShown("")
		}
		row := scopeRow{operation: operation, check: func(c *scopeCell) {
			for _, id := range c.foreignRules() {
				call := call
				call.variables = append([]string{id}, call.variables...)
				c.alikeID(id, call)
			}
			if !changes {
				mine(c)
			}
		}}
		if changes {
			row.change = mine
		}
		return row
	}
	marks := func(operation string) scopeRow {
		return scopeRow{operation: operation, check: func(c *scopeCell) {
			_, hidden := c.toldOf()
			for _, id := range hidden {
				c.alikeID(id, scopeCall{variables: []string{id}})
			}
			for _, p := range scopeCallers {
				for name, id := range c.ids {
					if p.id() != c.who.id() && strings.HasPrefix(name, "told "+p.word+" of ") {
						c.alikeID(id, scopeCall{variables: []string{id}})
						break // one of each
					}
				}
			}
		}, change: func(c *scopeCell) {
			seen, _ := c.toldOf()
			for _, id := range seen {
				c.status(c.call(scopeCall{variables: []string{id}}), http.StatusOK)
			}
			if seen == nil {
				c.status(c.call(scopeCall{variables: []string{uuid.NewString()}}), http.StatusNotFound)
			}
		}}
	}
	return []scopeRow{
		{operation: "listNotificationRules", check: func(c *scopeCell) {
			c.status(c.call(scopeCall{}), http.StatusOK)
			c.hasShown("")
		}},
		own("getNotificationRule", scopeCall{}, http.StatusOK, false),
		own("listNotificationDeliveries", scopeCall{query: "limit=200"}, http.StatusOK, false),
		own("renewWebhookSecret", scopeCall{}, http.StatusOK, true),
		own("testNotificationRule", scopeCall{}, http.StatusAccepted, true),
		own("resendNotification", scopeCall{variables: []string{uuid.NewString()}}, http.StatusNotFound, false),
		own("replaceNotificationRule", scopeCall{body: body}, http.StatusOK, true),
		{operation: "saveNotificationRule", check: func(c *scopeCell) {
			for _, n := range namings(c.who) {
				if n.modifier == "responsible" || n.modifier == "-responsible" {
					c.alike(n.hidden, n.never, scopeCall{body: `{"name":"Mine","kinds":["opened"],"query":"` + queryOf(n.modifier, n.hidden) + `"}`})
				}
			}
		}, change: func(c *scopeCell) {
			c.status(c.call(scopeCall{body: `{"name":"Mine","kinds":["opened"],"query":"language=Korean"}`}), http.StatusCreated)
		}},
		{operation: "getInbox", check: func(c *scopeCell) {
			unread, told := c.inboxPages("")
			assert.Len(c.t, told, unread, "what is hidden is not counted either, as %s", c.who)
			seen, hidden := c.toldOf()
			assert.Subset(c.t, told, seen, "as %s", c.who)
			for _, id := range hidden {
				assert.NotContains(c.t, told, id, "as %s", c.who)
			}
			for _, r := range scopeRequests {
				if !r.relation(c.who).may(toSee) {
					c.alike(r.id(), "never-was", scopeCall{query: "request_id=" + r.id()})
				}
			}
		}},
		marks("markNotificationRead"),
		marks("markNotificationUnread"),
		{operation: "markInboxRead", check: func(c *scopeCell) {
			_, hidden := c.toldOf()
			for _, id := range hidden {
				c.alikeID(id, scopeCall{body: `{"up_to":"` + id + `"}`})
			}
		}, change: func(c *scopeCell) {
			c.status(c.call(scopeCall{}), http.StatusOK)
			unread := c.as(c.who.principal()).get("/inbox?limit=0").ok(http.StatusOK).count("unread")
			assert.Zero(c.t, unread)
		}},
		own("deleteNotificationRule", scopeCall{}, http.StatusOK, true),
	}
}
