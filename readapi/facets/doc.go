// Package facets answers every search over source requests: counts in buckets
// and groups, rows, and the values of a modifier. It keeps the facet rows of
// the read model as columns in memory, follows their change feed in Redis, and
// evaluates queries by scanning the columns.
//
// Rows live in chunks of 1,024, each column an array. A change copies the
// chunks that it touches and publishes a new Snapshot; readers keep the one
// they have, so that an answer is always consistent and never waits.
//
// A query compiles its modifiers to tables over dictionary codes, narrows a
// selection vector chunk by chunk, and counts what is left into a histogram of
// group and bucket class. Nothing is allocated per row. Where a filter wants few
// rows, of one partner or language, a chunk lists these by postings, which it
// makes when they are first asked for and leaves to its copies as far as they
// are right still; all others are not looked at.
//
// What the asker may not see is filtered first: every count, value,
// suggestion, near miss and warning is computed inside the scope.
package facets
