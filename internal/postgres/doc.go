// Package postgres starts a PostgreSQL of one's own for benchmarks, from
// Debian's package, in a temporary folder, and ends it.
package postgres
