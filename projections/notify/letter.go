package notify

import (
	"fmt"
	"strings"

	"backlot/domain/notification"
)

// maxListed is how many notifications, or requests of a digest, a mail or a
// webhook spells out.
const maxListed = 50

// toldMessage is a message and what it says.
type toldMessage struct {
	notification.Message
	told notification.Told
}

// letterOf writes the mail of one or several messages of a rule.
func (c *Config) letterOf(messages []toldMessage) (subject, text string) {
	var b strings.Builder
	first := messages[0]
	switch {
	case len(messages) > 1:
		subject = fmt.Sprintf("%s: %d notifications", first.told.Rule, len(messages))
	case first.Kind == notification.KindTest:
		subject = first.told.Rule + ": a test"
	case first.Kind == notification.KindDigest:
		subject = fmt.Sprintf("%s: %s", first.told.Rule, first.told.Summary)
	default:
		r := first.told.Request
		subject = fmt.Sprintf("%s: %s, %s, %s: %s", first.told.Rule, r.Title, r.SourceType, r.Language, strings.ReplaceAll(first.Kind, "_", " "))
	}
	for i, m := range messages {
		if i == maxListed {
			fmt.Fprintf(&b, "and %d more.\n\n", len(messages)-i)
			break
		}
		c.write(&b, m)
	}
	if first.Rule == notification.MentionRule.ID {
		fmt.Fprintf(&b, "You get this mail because you were mentioned. A notification rule about being mentioned says otherwise. Your inbox:\n%s\n", c.PublicURL)
		return singleLine(subject), b.String()
	}
	fmt.Fprintf(&b, "You get this mail because of your notification rule “%s”. Your inbox has all of it:\n%s\n", first.told.Rule, c.PublicURL)
	return singleLine(subject), b.String()
}

func (c *Config) write(b *strings.Builder, m toldMessage) {
	if r := m.told.Request; r != nil {
		fmt.Fprintf(b, "%s\n%s, %s, request %s, due on %s\n", r.Title, r.SourceType, r.Language, r.ID, r.DueDate)
	}
	fmt.Fprintf(b, "%s.\n", strings.TrimSuffix(m.told.Summary, "."))
	for i, item := range m.told.Items {
		if i == maxListed {
			fmt.Fprintf(b, "- and %d more\n", len(m.told.Items)-i)
			break
		}
		kinds := strings.ReplaceAll(strings.Join(item.Kinds, ", "), "_", " ")
		fmt.Fprintf(b, "- %s, %s, %s (%s), %s, due on %s: %s\n", item.Title, item.SourceType, item.Language, item.ID, item.Status, item.DueDate, kinds)
	}
	fmt.Fprintf(b, "%s\n\n", c.linkOf(m.Notified, m.told))
}

const maxSubject = 200 // characters

func singleLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > maxSubject {
		return string(r[:maxSubject-1]) + "…"
	}
	return s
}
