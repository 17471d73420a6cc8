package domain

import "github.com/google/uuid"

// Instruction is who gives a command and under which key: all that a command
// carries beside itself.
type Instruction struct {
	By            Principal
	Key           string    // the client's Idempotency-Key, 1 to 128 printable ASCII characters
	BodyHash      string    // SHA-256, hex, of what the client sent: the same key with another body is refused
	IfMatch       *uint64   // the field revision that an edit was based on; nil for commands that need none
	CorrelationID uuid.UUID // the user action that this is part of; the zero UUID begins one
}

var commandKeys = uuid.MustParse("5c1f7a52-7a0c-5a57-9d5a-6d3c1d0b7b11")

// CommandKey is what makes a command known again: the account and its key.
func (i Instruction) CommandKey() string { return i.By.Account + "/" + i.Key }

// NewID derives an identifier from the command key: a command that is sent
// again names the same things again.
func (i Instruction) NewID(name string) string {
	return uuid.NewSHA1(commandKeys, []byte(i.CommandKey()+"\x00"+name)).String()
}
