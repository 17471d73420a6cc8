// Package transfer moves whole event stores: into a backup file and back, and
// from one store to another, embedded or behind esdb://. Streams keep their
// revisions, ids, data, metadata and hash chains, and what deletions and
// truncations did to them.
package transfer
