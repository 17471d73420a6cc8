// Package embedded is an EventStoreDB in process: the same gRPC protocol, for
// any official client, over the engine in internal/engine.
//
// It offers streams (append, batch append, read, subscribe, delete, tombstone,
// metadata), the server's features and the gossip of a single node. Persistent
// subscriptions, projections and operations are answered Unimplemented.
//
// There is no authentication: whoever can connect can do everything. In
// process it listens on a unix socket in a directory of its own that only its
// user can enter; TCP is off unless asked for.
package embedded
