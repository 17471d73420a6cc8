// Command benchmark measures the embedded EventStoreDB through the unmodified
// Go client beside PostgreSQL, with Message DB and with a plain table, in one
// run on one machine: the contenders take turns within every round, so that
// what else the machine does meets all of them. It prints a table and, with
// -json, writes the figures of each round.
//
// It starts a PostgreSQL of its own, whose fsync is on, in a temporary
// directory, and ends it. `make bench-eventstore` installs what it needs.
package main
