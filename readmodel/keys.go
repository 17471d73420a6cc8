package readmodel

import (
	"strconv"
	"strings"
)

// Versions of the layouts; a change of one raises it.
const (
	Version           = "6" // of Facets
	DeliveriesVersion = "3" // of Deliveries
)

// LiveKey holds the id of the generation of Facets that readers use.
const LiveKey = "backlot:live"

// BuildingKey holds the id of the generation of Facets that is being built.
const BuildingKey = "backlot:building"

// Generation is the id of one build of a read model.
type Generation string

func (g Generation) key(rest string) string {
	name, _, named := strings.Cut(string(g), ofModel)
	if !named {
		name = ""
	}
	return Model{name: name}.key("{" + string(g) + "}:" + rest)
}

// Checkpoint is the key of the log position that the generation stands at.
func (g Generation) Checkpoint() string { return g.key("checkpoint") }

// Info is the key of the hash that describes the generation.
func (g Generation) Info() string { return g.key("info") }

// Rows is the key of a segment of rows.
func (g Generation) Rows(segment uint32) string {
	return g.key("rows:" + strconv.FormatUint(uint64(segment), 10))
}

// Dictionary is the key of a dictionary's list of values.
func (g Generation) Dictionary(d Dictionary) string { return g.key("dictionary:" + d.String()) }

// Feed is the key of the change feed.
func (g Generation) Feed() string { return g.key("feed") }

// Past returns the key of a segment of versions of rows that ended.
func (g Generation) Past(segment uint32) string {
	return g.key("past:" + strconv.FormatUint(uint64(segment), 10))
}

// Document is the key of a request's document.
func (g Generation) Document(id string) string { return g.key("document:" + id) }

// Fields of the info hash.
const (
	InfoVersion = "version"
	InfoPolicy  = "policy"
	InfoStarted = "started" // when the build began, RFC 3339
	InfoEvents  = "events"  // of requests, folded so far

	InfoPastFirst = "past_first" // the first segment of ended versions that is kept
	InfoPastCount = "past_count" // ended versions so far, those that are not kept any more included
	InfoPastFrom  = "past_from"  // Unix ms: from here on all of them are kept
)
