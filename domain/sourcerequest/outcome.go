package sourcerequest

import "backlot/domain"

// Outcome is the answer to a command.
type Outcome struct {
	ID       string          // of the request
	Position domain.Position // of the last event that the command led to, or that the request stands at
	Revision uint64          // of the request's stream, after the command
	State    State           // after the command
	Changed  bool            // false when there was nothing to change
	Replayed bool            // the key was known: this is its first answer again
}
