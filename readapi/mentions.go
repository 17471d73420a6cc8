package readapi

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"backlot/domain"
	"backlot/domain/account"
	"backlot/domain/sourcerequest"
)

// mentionAnswer is a mention in a comment, as its text has it for the reader.
type mentionAnswer struct {
	Text string `json:"text"`
	Me   bool   `json:"me"`
}

// mentionableAnswer is somebody who can be mentioned, and how to write that.
type mentionableAnswer struct {
	Mention      string         `json:"mention"`
	Kind         string         `json:"kind"`
	Name         string         `json:"name"`
	Organisation *partnerAnswer `json:"organisation"`
	Role         *domain.Role   `json:"role"`
}

// roleName is what the people of a role are called together; "" of one that
// cannot be mentioned.
func (v view) roleName(role domain.Role) string {
	switch role {
	case domain.RoleOperator:
		return string(v.words.MentionedOperators)
	case domain.RoleQualityControl:
		return string(v.words.MentionedQualityControl)
	}
	return ""
}

func (s *server) listMentionable(x *exchange) error {
	if err := s.awaitPeople(x); err != nil {
		return err
	}
	d, v, err := s.requested(x)
	if err != nil {
		return err
	}
	if err := sourcerequest.Authorize(x.by, d.State, sourcerequest.AddComment{}); err != nil {
		return err
	}
	return x.answer(http.StatusOK, struct {
		standing
		Mentionable []mentionableAnswer `json:"mentionable"`
	}{documentStanding(d), v.mentionable()})
}

// mentionable lists whom the viewer can mention: people by name, then the
// organisations, then the roles of the streaming service's own people.
func (v view) mentionable() []mentionableAnswer {
	all := []mentionableAnswer{}
	for _, e := range v.People.All() {
		p := principalOf(e)
		if !e.State.IsActive() || e.ID == v.by.Account || !sourcerequest.MayMention(v.by, v.state, p) {
			continue
		}
		all = append(all, mentionableAnswer{Mention: sourcerequest.Mention{Account: e.ID}.String(), Kind: "person", Name: v.personName(e), Organisation: v.partner(p.Organisation), Role: &p.Role})
	}
	for _, id := range sourcerequest.MentionedOrganisations(v.state) {
		of := v.partner(id)
		all = append(all, mentionableAnswer{Mention: sourcerequest.Mention{Organisation: id}.String(), Kind: "organisation", Name: of.Name, Organisation: of})
	}
	for _, role := range sourcerequest.MentionedRoles(v.state) {
		all = append(all, mentionableAnswer{Mention: sourcerequest.Mention{Role: role}.String(), Kind: "role", Name: v.roleName(role), Role: &role})
	}
	return all
}

func principalOf(e account.Entry) domain.Principal {
	return domain.Principal{Account: e.ID, Organisation: e.State.Organisation, Role: e.State.Role}
}

// withNames returns what a comment says with names in the place of its mentions, as
// far as the viewer may know them.
func (v view) withNames(body string) string {
	return sourcerequest.NamedIn(body, v.mentionName)
}

// mentionsIn returns the mentions of a comment as its text has them.
func (v view) mentionsIn(body string) []mentionAnswer {
	mentions := []mentionAnswer{}
	for _, m := range sourcerequest.MentionsIn(body) {
		a := mentionAnswer{Text: v.mentionName(m), Me: sourcerequest.Mentions(v.state, m, v.by)}
		if i := slices.IndexFunc(mentions, func(other mentionAnswer) bool { return other.Text == a.Text }); i < 0 {
			mentions = append(mentions, a)
		} else {
			mentions[i].Me = mentions[i].Me || a.Me
		}
	}
	return mentions
}

func (v view) mentionName(m sourcerequest.Mention) string {
	onRequest := sourcerequest.MentionedOrganisations(v.state)
	name := string(v.words.Somebody)
	switch {
	case m.Account != "":
		e, known := v.People.Get(m.Account)
		switch {
		case known && sourcerequest.Met(v.by, v.state, principalOf(e)):
			name = v.displayName(m.Account)
		case known && slices.Contains(onRequest, e.State.Organisation):
			name = v.Organisations.Name(e.State.Organisation)
		}
	case m.Organisation != "":
		if v.by.SeesAll() || m.Organisation == v.by.Organisation || slices.Contains(onRequest, m.Organisation) {
			name = v.Organisations.Name(m.Organisation)
		}
	default:
		name = cmp.Or(v.roleName(m.Role), name)
	}
	return "@" + strings.TrimPrefix(name, "@")
}
