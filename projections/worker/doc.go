// Package worker follows the log for somebody who acts on the world: the event
// bus, inspection, notifications. What was done is known by a checkpoint in the
// event store, not in Redis, so that nothing is done again when Redis is lost.
//
// A page of the log is acted on, and then the checkpoint is moved at an exact
// revision. Whoever was stopped in between acts on the page again: each event at
// least once, in the order of the log; or, where that takes long, side by side. Of several workers with one checkpoint, in
// several processes, one acts and the others stand by; until one of them has
// found out that it is not alone, both may act on the same page.
package worker
