// Package text is what people write into comments. Each text is kept in a
// stream of its own, so that it can be deleted from a log that is for ever:
// everything else carries its id.
package text

import "backlot/domain"

// StreamPrefix begins the name of every text's stream; the id follows.
const StreamPrefix = domain.TextStreamPrefix

// StreamOf names the stream of a text. It holds one event.
func StreamOf(id string) string { return StreamPrefix + id }

// Kept is a text as it was written. Its JSON is a storage format.
type Kept struct {
	Text string `json:"text"`
}
