package main

import "context"

// noStream is what a writer expects of a stream without events.
const noStream = -1

// store is a contender.
type store interface {
	// connect returns what the writers of a measure share, over as many
	// connections, unless its client has its own way.
	connect(ctx context.Context, connections int) (appender, error)
	// readAll reads every event in the order of the log, with everything that
	// is recorded of it, and returns how many there were.
	readAll(ctx context.Context) (int, error)
}

// appender may be used concurrently, but not for one stream.
type appender interface {
	// append writes the events, all or none, to a stream whose last event has
	// the expected revision, and returns when they are on disk.
	append(ctx context.Context, stream string, expected int64, events []event) error
	close()
}
