package domain

import "strings"

// The prefixes of the streams whose events may vanish.
const (
	PersonStreamPrefix    = "person-"    // names, addresses and secrets of an account
	LoginStreamPrefix     = "login-"     // whose a login is, until it is released
	TextStreamPrefix      = "text-"      // texts that can be redacted
	TemplatesStreamPrefix = "templates-" // searches that an account saved, under names of its own
	// What an account wants to be told of, and what it was told. Names, addresses
	// and secrets are among it.
	NotificationsStreamPrefix = "notifications-"
	InboxStreamPrefix         = "inbox-"
	InboxMarksStreamPrefix    = "inboxMarks-"
	DigestsStreamPrefix       = "digests-"
	DeliveriesStreamPrefix    = "deliveries-"
	WebhooksStreamPrefix      = "webhooks-"

	CheckpointStreamPrefix = "checkpoint-" // how far somebody who acts on the world has come
)

// erasable lists them once, for whoever has to know.
var erasable = []string{
	PersonStreamPrefix, LoginStreamPrefix, TextStreamPrefix, TemplatesStreamPrefix,
	NotificationsStreamPrefix, InboxStreamPrefix, InboxMarksStreamPrefix, DigestsStreamPrefix, DeliveriesStreamPrefix, WebhooksStreamPrefix,
	CheckpointStreamPrefix,
}

// IsErasable reports whether the events of a stream may be cut off or vanish.
// Every other stream is for ever: it begins at revision 0, has no gap and is
// covered by seals.
func IsErasable(stream string) bool {
	for _, prefix := range erasable {
		if strings.HasPrefix(stream, prefix) {
			return true
		}
	}
	return false
}
