// Package eventstore keeps the portal's events in an EventStoreDB: the catalog
// and codec of persisted events, the hash chain of each stream, the adapter
// over the official client, and the Watermill subscriber that hands projectors
// pages of the log.
//
// Any EventStoreDB from version 23.10 on will do, the embedded one included;
// older ones never tell a reader that it has caught up.
package eventstore
