package notification

import "backlot/domain"

// RuleOutcome is the answer to a command.
type RuleOutcome struct {
	Position domain.Position // of the last event that the command led to, or that the account's rules stand at
	Revision uint64          // of the stream of the account's rules, after the command
	Rules    Rules           // after the command
	Changed  bool            // false when there was nothing to change
	Replayed bool            // the key was known: this is its first answer again
	Secret   string          // what the rule's webhook is signed with, if this command made it; else ""
}
