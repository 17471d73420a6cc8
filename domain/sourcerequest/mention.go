package sourcerequest

import (
	"regexp"
	"slices"
	"strings"

	"backlot/domain"
)

// Mention is who a text speaks to: a person, an organisation, or the people of
// a role. One of the three is given. Its JSON is a storage format.
type Mention struct {
	Account      string      `json:"account,omitempty"`      // account id
	Organisation string      `json:"organisation,omitempty"` // organisation id
	Role         domain.Role `json:"role,omitempty"`
}

// A text names whom it mentions by ids, as @{account:…}, @{organisation:…} and
// @{role:…}: names are put in their places when it is read, so that they can
// change and be erased.
var mention = regexp.MustCompile(`@\{(account|organisation|role):([\pL\pN._-]{1,100})\}`)

// String returns the mention as texts hold it.
func (m Mention) String() string {
	switch {
	case m.Account != "":
		return "@{account:" + m.Account + "}"
	case m.Organisation != "":
		return "@{organisation:" + m.Organisation + "}"
	}
	return "@{role:" + string(m.Role) + "}"
}

// MentionsIn returns whom a text mentions, in the order of the text, each once.
func MentionsIn(body string) []Mention {
	var found []Mention
	for _, parts := range mention.FindAllStringSubmatch(body, -1) {
		if m := mentionOf(parts); !slices.Contains(found, m) {
			found = append(found, m)
		}
	}
	return found
}

// NamedIn returns a text with what name says in the place of each mention.
func NamedIn(body string, name func(Mention) string) string {
	if !strings.Contains(body, "@{") {
		return body
	}
	return mention.ReplaceAllStringFunc(body, func(token string) string {
		return name(mentionOf(mention.FindStringSubmatch(token)))
	})
}

func mentionOf(parts []string) Mention {
	switch parts[1] {
	case "account":
		return Mention{Account: parts[2]}
	case "organisation":
		return Mention{Organisation: parts[2]}
	}
	return Mention{Role: domain.Role(parts[2])}
}

// maxMentions is how many a comment may mention.
const maxMentions = 20

// Met reports whether the principal may know somebody who has an account: all
// may be known to those who see everything; to everybody their colleagues, and
// whoever did something on the visible request that is not kept from them.
func Met(p domain.Principal, s State, somebody domain.Principal) bool {
	switch {
	case p.SeesAll(), p.Account == somebody.Account, p.Role == somebody.Role && p.Organisation == somebody.Organisation:
		return true
	case somebody.Account == "":
		return false
	}
	did := func(by domain.Principal) bool { return by.Account == somebody.Account && !HidesFrom(p, s, by) }
	return slices.ContainsFunc(s.Comments, func(c Comment) bool { return did(c.By) }) ||
		slices.ContainsFunc(s.Deliveries, func(d Delivery) bool { return did(d.StartedBy) }) ||
		slices.ContainsFunc(s.Materials, func(m Material) bool { return did(m.ProvidedBy) }) ||
		slices.ContainsFunc(s.QualityControls, func(q QualityControl) bool {
			return did(q.RecordedBy) || slices.ContainsFunc(q.Issues, func(i IssueState) bool { return did(i.AnsweredBy) })
		})
}

// MayMention reports whether the principal may mention somebody in a comment on
// a visible request: whom it may know and who sees the request.
func MayMention(p domain.Principal, s State, somebody domain.Principal) bool {
	return Visible(somebody, s) && Met(p, s, somebody)
}

// MentionedOrganisations returns the organisations that can be mentioned on a
// request: those that see it.
func MentionedOrganisations(s State) []string {
	var ids []string
	for _, id := range []string{s.ContentPartner, s.FulfillmentPartner, s.SubAssignee} {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// MentionedRoles returns the roles of the streaming service's own people that
// can be mentioned on a request: those that see it and work on it.
func MentionedRoles(s State) []domain.Role {
	if s.WasDelivered {
		return []domain.Role{domain.RoleOperator, domain.RoleQualityControl}
	}
	return []domain.Role{domain.RoleOperator}
}

// Mentions reports whether a mention on a request speaks to somebody: to them,
// their organisation or their role, if they see the request.
func Mentions(s State, m Mention, somebody domain.Principal) bool {
	if somebody.Account == "" || !Visible(somebody, s) {
		return false
	}
	switch {
	case m.Account != "":
		return m.Account == somebody.Account
	case m.Organisation != "":
		return m.Organisation == somebody.Organisation
	}
	return somebody.Organisation == "" && m.Role == somebody.Role && slices.Contains(MentionedRoles(s), m.Role)
}
