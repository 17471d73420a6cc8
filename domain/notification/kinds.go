package notification

import (
	"slices"

	"backlot/domain/sourcerequest"
)

// Kinds of what is told beside what happens to requests (sourcerequest.Kinds).
const (
	// What passing time does to a request, or an event that moves its dates. A
	// request becomes At Risk when it was better off before; one that was
	// Critical and is At Risk now is better off.
	KindBecameAtRisk   = "became_at_risk"
	KindBecameCritical = "became_critical"
	KindBecameOverdue  = "became_overdue"

	// That a comment speaks to the account. It is told also without a rule.
	KindMentioned = "mentioned"

	KindDigest = "digest" // several of them in one
	KindTest   = "test"   // whether a channel works; it is in no inbox
)

// TimeKinds lists the kinds that passing time can speak of.
func TimeKinds() []string {
	return []string{KindBecameAtRisk, KindBecameCritical, KindBecameOverdue}
}

// Kinds lists what a rule can be about.
func Kinds() []string {
	return slices.Concat(sourcerequest.Kinds(), TimeKinds(), []string{KindMentioned})
}

// MentionRule is what tells an account of being mentioned where no rule of its
// own about that does: at once, in the inbox and by mail. Its id is no rule's.
var MentionRule = Rule{ID: "mentions", Content: Content{Name: "Mentions", Kinds: []string{KindMentioned}, Mail: true}}
