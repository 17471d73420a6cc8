package eventstore

import (
	"encoding/hex"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"backlot/domain"
)

// prepare encodes drafts as the events that follow a version, each chained to
// the one before, and returns the version that the stream has after them. The
// same drafts give the same bytes, so that an append can be repeated. The chain
// of a stream that does not exist starts with nothing before its first event,
// which has revision first: 0 unless the stream was deleted.
func (c *catalog) prepare(stream string, after domain.Version, first uint64, drafts []domain.Draft) ([]esdb.EventData, domain.Version, error) {
	fail := func(err error) ([]esdb.EventData, domain.Version, error) {
		return nil, domain.Version{}, fmt.Errorf("append to %q: %w", stream, err)
	}
	if len(drafts) == 0 {
		return fail(errors.New("no events"))
	}
	if stream == "" || !utf8.ValidString(stream) {
		return fail(errors.New("no stream name"))
	}
	var previous []byte
	if after.Exists {
		var err error
		if previous, err = parseChainHash(after.ChainHash); err != nil {
			return fail(fmt.Errorf("event %d: %w", after.Revision, err))
		}
	} else if after != (domain.Version{}) {
		return fail(errors.New("the version is of a stream that does not exist, yet has a revision or hash"))
	}
	next := after
	if !after.Exists {
		next.Revision = first
	}
	out := make([]esdb.EventData, len(drafts))
	for i, d := range drafts {
		if d.ID == uuid.Nil {
			return fail(fmt.Errorf("draft %d has no id", i))
		}
		if next.Exists {
			next.Revision++
		}
		next.Exists = true
		name, version, data, err := c.encode(d.Event)
		if err != nil {
			return fail(err)
		}
		m := d.Metadata
		m.SchemaVersion, m.ChainHash = version, ""
		metadata, err := marshal(m)
		if err != nil {
			return fail(err)
		}
		raw := RawEvent{Recorded: domain.Recorded{Stream: stream, Revision: next.Revision, ID: d.ID, Type: name}, Data: data}
		previous = chainHash(previous, raw, metadata)
		out[i] = esdb.EventData{EventID: d.ID, EventType: name, ContentType: esdb.ContentTypeJson, Data: data, Metadata: withChainHash(metadata, previous)}
	}
	next.ChainHash = hex.EncodeToString(previous)
	return out, next, nil
}

// Propose returns drafts as the events that Append would record after a version
// of a stream, and the version that they lead to: for whoever writes into a
// store without a Store.
func Propose(stream string, after domain.Version, drafts []domain.Draft) ([]esdb.EventData, domain.Version, error) {
	return events.prepare(stream, after, 0, drafts)
}
