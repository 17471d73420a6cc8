package commands

import (
	"fmt"
	"slices"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// People know who an account acts as.
type People interface {
	// Principal returns the one that an account acts as; ok is false for one that
	// is not let in.
	Principal(account string) (p domain.Principal, ok bool)
}

// checkMentions refuses mentions of those who do not see the request, and of
// those whom the principal may not know: one is like the other.
func (s *SourceRequests) checkMentions(state sourcerequest.State, mentions []sourcerequest.Mention, by domain.Principal) error {
	for _, m := range mentions {
		var may bool
		switch {
		case m.Account != "":
			p, in := s.principal(m.Account)
			may = in && sourcerequest.MayMention(by, state, p)
		case m.Organisation != "":
			may = slices.Contains(sourcerequest.MentionedOrganisations(state), m.Organisation)
		default:
			may = slices.Contains(sourcerequest.MentionedRoles(state), m.Role)
		}
		if !may {
			return notMentioned(m)
		}
	}
	return nil
}

// mentionsOfMany refuses mentions of people whom the principal may not know
// whatever the request is. Who does not see a request is not told of it.
func (s *SourceRequests) mentionsOfMany(mentions []sourcerequest.Mention, by domain.Principal) error {
	for _, m := range mentions {
		if m.Account == "" {
			continue
		}
		if p, in := s.principal(m.Account); !in || !sourcerequest.Met(by, sourcerequest.State{}, p) {
			return notMentioned(m)
		}
	}
	return nil
}

func (s *SourceRequests) principal(account string) (domain.Principal, bool) {
	if s.people == nil {
		return domain.Principal{}, false
	}
	return s.people.Principal(account)
}

func notMentioned(m sourcerequest.Mention) error {
	return domain.Invalid("text", fmt.Sprintf("%s is nobody who can be mentioned here: GET mentionable lists who can", m))
}
