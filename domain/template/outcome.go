package template

import "backlot/domain"

// Outcome is the answer to a command.
type Outcome struct {
	Position domain.Position // of the last event that the command led to, or that the account's templates stand at
	Revision uint64          // of the stream of the account's templates, after the command
	State    State           // after the command
	Changed  bool            // false when there was nothing to change
	Replayed bool            // the key was known: this is its first answer again
}
