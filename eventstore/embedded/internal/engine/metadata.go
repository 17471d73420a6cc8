package engine

import (
	"encoding/json"
	"math"
	"strings"
	"time"
)

const metastreamPrefix = "$$"

// softDeleted as $tb hides every event there can be.
const softDeleted = math.MaxInt64

// MetastreamOf names the stream that holds a stream's metadata.
func MetastreamOf(stream string) string { return metastreamPrefix + stream }

// OriginalOf names the stream whose metadata metastream holds.
func OriginalOf(metastream string) (string, bool) {
	return strings.CutPrefix(metastream, metastreamPrefix)
}

// metadata is the part of a stream's metadata that hides events from reads.
type metadata struct {
	maxCount       int64 // 0 for none
	maxAge         time.Duration
	truncateBefore int64
}

// metastreamMetadata is every metastream's own: only the newest one counts.
var metastreamMetadata = metadata{maxCount: 1}

// parseMetadata takes what it cannot understand for no metadata at all, as
// EventStoreDB does.
func parseMetadata(isJSON bool, data []byte) metadata {
	if !isJSON {
		return metadata{}
	}
	var raw struct {
		MaxCount       *int64 `json:"$maxCount"`
		MaxAge         *int64 `json:"$maxAge"`
		TruncateBefore *int64 `json:"$tb"`
	}
	if json.Unmarshal(data, &raw) != nil {
		return metadata{}
	}
	var m metadata
	if raw.MaxCount != nil {
		if *raw.MaxCount <= 0 {
			return metadata{}
		}
		m.maxCount = *raw.MaxCount
	}
	if raw.MaxAge != nil {
		if *raw.MaxAge <= 0 {
			return metadata{}
		}
		m.maxAge = seconds(*raw.MaxAge)
	}
	if raw.TruncateBefore != nil {
		if *raw.TruncateBefore < 0 {
			return metadata{}
		}
		m.truncateBefore = *raw.TruncateBefore
	}
	return m
}

func seconds(n int64) time.Duration {
	if n > int64(math.MaxInt64/time.Second) {
		return math.MaxInt64
	}
	return time.Duration(n) * time.Second
}

func (m metadata) softDeleted() bool { return m.truncateBefore == softDeleted }

// first is the lowest revision that may be read of a stream that ends at last.
func (m metadata) first(last int64) int64 {
	first := m.truncateBefore
	if m.maxCount > 0 {
		first = max(first, last-m.maxCount+1)
	}
	return first
}

// oldest is the earliest Created that may be read.
func (m metadata) oldest(now int64) int64 {
	if m.maxAge <= 0 {
		return math.MinInt64
	}
	return now - int64(m.maxAge/tick)
}

// deletedMetadata is what a soft delete writes.
var deletedMetadata = []byte(`{"$tb":9223372036854775807}`)

// withTruncateBefore changes $tb and keeps everything else of data.
func withTruncateBefore(data []byte, revision int64) []byte {
	props := make(map[string]json.RawMessage)
	if json.Unmarshal(data, &props) != nil || props == nil {
		props = make(map[string]json.RawMessage)
	}
	props["$tb"], _ = json.Marshal(revision)
	changed, _ := json.Marshal(props)
	return changed
}
