// Package commands holds the use cases that change something: each loads a
// stream, lets the domain decide, and appends at the exact revision it read.
//
// A command key (account and Idempotency-Key) makes a command known again. The
// stream itself remembers it: the first answer is given again, and the same
// key with another body is refused. On a conflict a command loads and decides
// anew, a bounded number of times.
package commands
