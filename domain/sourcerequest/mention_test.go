package sourcerequest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"backlot/domain"
	. "backlot/domain/sourcerequest"
)

func TestMentionsInATextEachOnce(t *testing.T) {
	june, juniper, operators := Mention{Account: "acct-june"}, Mention{Organisation: "juniper"}, Mention{Role: domain.RoleOperator}
	for name, c := range map[string]struct {
		body  string
		want  []Mention
		named string
	}{
		"nobody":           {"Mail me@example.com, or @june", nil, "Mail me@example.com, or @june"},
		"each kind":        {"@{account:acct-june}, @{organisation:juniper} and @{role:operator}: look", []Mention{june, juniper, operators}, "<acct-june>, <juniper> and <operator>: look"},
		"twice":            {"@{account:acct-june}@{account:acct-june}", []Mention{june}, "<acct-june><acct-june>"},
		"what is no token": {"@{account:} @{title:x} @{account:a b} @ {account:a}", nil, "@{account:} @{title:x} @{account:a b} @ {account:a}"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, MentionsIn(c.body))
			assert.Equal(t, c.named, NamedIn(c.body, func(m Mention) string { return "<" + m.Account + m.Organisation + string(m.Role) + ">" }))
		})
	}
}

func TestAMentionIsFoundAsItIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringMatching(`[A-Za-z0-9._-]{1,64}`).Draw(t, "id")
		m := rapid.SampledFrom([]Mention{{Account: id}, {Organisation: id}, {Role: domain.RoleOperator}}).Draw(t, "mention")
		around := rapid.StringMatching(`[a-z @{}:]{0,10}`)
		body := around.Draw(t, "before") + " " + m.String() + around.Draw(t, "after")
		assert.Equal(t, []Mention{m}, MentionsIn(body))
	})
}
