// Package audit guards the past of an event store: a Sealer seals the log
// while it grows, and Verify compares the whole log with its hash chains, with
// the seals that it holds, and with seals that were exported before. It reads
// through the ordinary adapter, whatever serves the store.
package audit
