package notification

import (
	"maps"

	"backlot/domain"
)

// SecretsOf names the stream of what an account's webhooks are signed with.
// Only its last event counts, so that a secret that was renewed, or whose rule
// was deleted, is in no file any more. It has to be kept as it is: a signature
// cannot be made with a hash.
func SecretsOf(account string) string { return domain.WebhooksStreamPrefix + account }

// Secrets are what an account's webhooks are signed with, by rule id, as
// whsec_ and base64. They are recorded whole, and their JSON is a storage format.
type Secrets struct {
	ByRule map[string]string `json:"byRule"`
}

// With returns the secrets with another one of a rule; "" for none.
func (s Secrets) With(rule, secret string) Secrets {
	s.ByRule = maps.Clone(s.ByRule)
	if secret == "" {
		delete(s.ByRule, rule)
		return s
	}
	if s.ByRule == nil {
		s.ByRule = map[string]string{}
	}
	s.ByRule[rule] = secret
	return s
}

// FoldSecrets returns the secrets as a recorded event has them; the stream's
// other events are older.
func FoldSecrets(s Secrets, r domain.Recorded) Secrets {
	if e, ok := r.Event.(Secrets); ok {
		return e
	}
	return s
}
