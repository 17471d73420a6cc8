// Package eventstore keeps the portal's events in an EventStoreDB: the catalog
// and codec of persisted events, the hash chain of each stream, the adapter
// over the official client, and the Watermill subscriber that hands projectors
// pages of the log.
//
// Any EventStoreDB will do, the embedded one included. One before 23.10 never
// tells a reader that it has caught up; the reader then looks where the log ends
// whenever nothing more comes.
package eventstore
