// Package checkpoint is how far somebody who acts on the world has come in the
// log. It is kept in the event store and not in Redis, so that nothing is done
// again when Redis is lost.
package checkpoint

import "backlot/domain"

// Moved says up to which event everything was done. The event is named by its
// stream and revision, which stay when a log is copied; its position does not.
type Moved struct {
	Stream   string          `json:"stream"`
	Revision uint64          `json:"revision"`
	Position domain.Position `json:"position"` // in the log that the checkpoint was made in
}

// StreamOf returns the stream that keeps a checkpoint. Only its last event
// counts, and each is appended at an exact revision: of two instances that do
// the same, one finds out that it is not alone.
func StreamOf(name string) string { return domain.CheckpointStreamPrefix + name }
