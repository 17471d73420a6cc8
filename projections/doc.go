// Package projections keeps the facet read model of package readmodel in
// Redis: it folds pages of the log and writes each in one transaction that is
// guarded by the checkpoint.
//
// The rule behind all of it: what Redis holds is the truth about the read
// model, memory is only a copy of it. Whatever fails, memory is dropped and
// loaded again, and the subscription continues from the checkpoint that was
// found. So a lost guard, a crash, a flushed Redis and one that failed over to
// an older replica are all the same case.
//
// A generation is built beside the live one and becomes live when it has
// caught up; then the keys of all others are removed.
package projections
