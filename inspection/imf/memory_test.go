//go:build !race

package imf_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"backlot/domain/finding"
)

// The race detector makes this twenty times as slow; make test runs it without.

// Documents that are nothing but what is kept of them are read in part.
func TestHostileDocumentsAreRefusedEarlyAndInLittleMemory(t *testing.T) {
	for name, c := range map[string]struct{ file, begin, again string }{
		"assets":    {"ASSETMAP.xml", "<AssetMap><AssetList>", "<Asset/>"},
		"chunks":    {"ASSETMAP.xml", "<AssetMap><AssetList><Asset><ChunkList>", "<Chunk/>"},
		"packed":    {"PKL.xml", "<PackingList><AssetList>", "<Asset/>"},
		"resources": {"CPL.xml", `<CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2016"><SegmentList><Segment><SequenceList><a><ResourceList>`, "<Resource/>"},
		"sequences": {"CPL.xml", `<CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2016"><SegmentList><Segment><SequenceList>`, "<a/>"},
		"nesting":   {"PKL.xml", "<PackingList>", "<a>"},
		"a text":    {"ASSETMAP.xml", "<AssetMap><Id>", "aaaaaaaa"},
	} {
		t.Run(name, func(t *testing.T) {
			stage := map[string]string{"ASSETMAP.xml": "map", "PKL.xml": "pkl", "CPL.xml": "cpl"}[c.file]
			document := c.begin + strings.Repeat(c.again, (6<<20)/len(c.again))
			files := build(whole(stage, document)).list("")
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			found := inspected(t, files)
			runtime.ReadMemStats(&after)
			assert.Contains(t, codes(found), finding.MalformedIMF)
			assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(400<<20), "all that was ever allocated")
		})
	}
}
