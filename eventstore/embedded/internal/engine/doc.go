// Package engine is the store behind the embedded EventStoreDB: an
// append-only log of events in one Pebble database, with an index by stream.
//
// One goroutine decides what an append does (expected revision, idempotency)
// and applies it; another waits for the write-ahead log to be on disk, moves
// the durable watermark, and only then answers. Readers never see past the
// watermark, because Pebble shows a write before it is synced. The newest
// events stay in a bounded tail in memory, for those who follow the log live.
//
// A scavenge removes what can no longer be read: another goroutine looks for it,
// the decider looks again and removes it between two appends.
//
// It knows nothing of gRPC.
package engine
