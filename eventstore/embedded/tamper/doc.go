// Package tamper edits the embedded event store of a stopped server as
// somebody would who can write to the disk: below the store, past its rules. It
// is for the tests of what finds that out; only they import it. It knows the
// storage format by itself, as such a person would.
package tamper
