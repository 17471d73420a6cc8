package facets

import "backlot/domain"

// responsibility is what a principal may know of who is responsible: the rules
// of sourcerequest.SeenBy over rows. To everybody else it is as if nobody were.
type responsibility struct {
	all     bool   // the fulfillment partner's people, whoever that is
	partner uint32 // else the people of this organisation alone
	me      string // the principal's own account
}

func (s *Snapshot) responsibility(p domain.Principal) responsibility {
	r := responsibility{all: p.SeesAll(), partner: nobodys, me: p.Account}
	if p.Role == domain.RoleFulfillmentPartner {
		r.partner = s.organisation(p)
	}
	return r
}

// at returns the account code of a row, 0 for nobody.
func (r *responsibility) at(c *columns, i int) uint32 {
	switch {
	case r.all || c.fulfillmentPartner[i] == r.partner:
		return c.responsible[i]
	case c.subAssignee[i] == r.partner:
		return c.subResponsible[i]
	}
	return 0
}

// column returns the account codes of a chunk's rows. Where it is the
// chunk's own column it costs nothing, else a pass over the chunk.
func (r *responsibility) column(c *columns) *codeColumn {
	if r.all {
		return c.responsible
	}
	if r.partner == nobodys {
		return &noCodes
	}
	seen := new(codeColumn)
	for i, partner := range c.fulfillmentPartner[:c.n] {
		if partner == r.partner {
			seen[i] = c.responsible[i]
		} else if c.subAssignee[i] == r.partner {
			seen[i] = c.subResponsible[i]
		}
	}
	return seen
}

// valueMe stands for the account of whoever asks.
const valueMe = "me"

// codes returns the codes that a value of the modifier means: me, an account
// id, or the name of one or several people.
func (r *responsibility) codes(s *Snapshot, value string) []uint32 {
	return matching(s.words.accounts, namesPerson(s.accounts, value, r.me))
}

// accountName returns how a person is shown.
func (s *Snapshot) accountName(id string) string { return shownName(s.accounts, id) }

// accountLabels returns the names of the people by code, as of now.
func (s *Snapshot) accountLabels() *labelList {
	names := make([]string, len(s.words.accounts))
	for code, id := range s.words.accounts {
		if id != "" {
			names[code] = s.accountName(id)
		}
	}
	return newLabelList(names)
}

func (s *Snapshot) person(code uint32) Person {
	id := s.words.accounts[code]
	if id == "" {
		return Person{}
	}
	return Person{Account: id, Name: s.accountName(id)}
}
