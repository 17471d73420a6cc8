// Package bench measures the portal beside what one would use instead of it:
// PostgreSQL, DuckDB and bitmaps in Redis, in one run, on the same requests and
// the same questions. A ratio counts only where the answers are equal.
//
// A run makes requests by distributions that are written down here
// (catalogue.go), records them as events in an embedded event store, starts the
// portal over it as a process of its own, and gives every other system the same
// requests in the form that suits it best. The systems are asked by turns, so
// that whatever else the machine does disturbs all of them.
//
// Beside the questions there are measures of the portal alone, each against
// what the machine could do at best. Every measure has a name, and what it must
// show; `backlot bench --only` selects some.
package bench
