package notify

import (
	"slices"

	"backlot/domain/notification"
	"backlot/domain/sourcerequest"
)

// mention tells of a comment those to whom it speaks: by their own rules about
// mentions, or without one at once. Nobody is told of mentioning themselves. It
// returns who was told.
func (b *batch) mention(m matching, mentions []sourcerequest.Mention) map[string]bool {
	if len(mentions) == 0 {
		return nil
	}
	m.kind = notification.KindMentioned
	told := map[string]bool{}
	subject := b.SubjectOf(m.id, m.state, m.at)
	for _, e := range b.People.All() {
		p, knows := b.knows(e.ID, &m)
		if !knows || e.ID == m.actor.Account || !slices.ContainsFunc(mentions, func(one sourcerequest.Mention) bool { return sourcerequest.Mentions(m.state, one, p) }) {
			continue
		}
		told[e.ID] = true
		of := []*notification.Rule{}
		rules := b.Rules.ByAccount(e.ID).Rules
		for i := range rules {
			r := &rules[i]
			if !r.Wants(m.kind) || !m.before(r) {
				continue
			}
			if is, err := subject.Matches(r.Query, p); err == nil && is {
				of = append(of, r)
			}
		}
		if len(of) == 0 {
			r := notification.MentionRule
			r.Mail = b.Mail != nil && e.Person.Email != ""
			of = append(of, &r)
		}
		for _, r := range of {
			b.add(notification.Owned{Account: e.ID, Rule: r}, notification.Notified{Rule: r.ID, Kind: m.kind, At: m.at, Request: m.id, Revision: m.revision, Position: m.position, By: m.actor})
		}
	}
	return told
}
