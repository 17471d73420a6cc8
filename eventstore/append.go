package eventstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"backlot/domain"
)

// maxAppendSize is EventStoreDB's default. Beyond it a server cuts the call off,
// and the client cannot say why.
const maxAppendSize = 1 << 20 // bytes

// Append records drafts, all or none, after exactly the expected version, and
// returns the version and the log position that they led to. It fills their
// schema version and chain hash. The error is CodeConflict when the stream
// stands elsewhere, CodeTooLarge beyond 1 MiB, CodeRefused when the stream was
// deleted for good.
//
// Repeating an append with the same drafts and version gives the same answer.
// The store recognises a repetition by the drafts' ids alone: with the same
// ids but other contents the first append stays, and the hash in the returned
// version is not the recorded one.
func (s *Store) Append(ctx context.Context, stream string, expected domain.Version, drafts []domain.Draft) (domain.Version, domain.Position, error) {
	proposed, next, err := events.prepare(stream, expected, drafts)
	if err != nil {
		return domain.Version{}, 0, &domain.Error{Code: domain.CodeInternal, Message: "the events cannot be recorded", Err: err}
	}
	size := 0
	for _, e := range proposed {
		size += len(e.Data) + len(e.Metadata)
	}
	if size > maxAppendSize {
		return domain.Version{}, 0, domain.Errorf(domain.CodeTooLarge, "this is %d bytes in one step; the limit is %d", size, maxAppendSize)
	}
	position, err := call(ctx, s, "append to "+stream, func(ctx context.Context, client *esdb.Client) (domain.Position, error) {
		return appendAt(ctx, client, s.options(revisionOf(expected)), stream, next.Revision, proposed)
	})
	if err != nil {
		return domain.Version{}, 0, err
	}
	return next, position, nil
}

func (s *Store) options(expected esdb.ExpectedRevision) esdb.AppendToStreamOptions {
	return esdb.AppendToStreamOptions{ExpectedRevision: expected, Deadline: &s.timeout}
}

func revisionOf(v domain.Version) esdb.ExpectedRevision {
	if !v.Exists {
		return esdb.NoStream{}
	}
	return esdb.Revision(v.Revision)
}

func appendAt(ctx context.Context, client *esdb.Client, o esdb.AppendToStreamOptions, stream string, last uint64, proposed []esdb.EventData) (domain.Position, error) {
	result, err := client.AppendToStream(ctx, stream, o, proposed...)
	if err != nil {
		return 0, err
	}
	if result.NextExpectedVersion != last {
		// A soft-deleted stream goes on counting where it was. Its events
		// were chained as the first ones.
		return 0, fmt.Errorf("the event was recorded at revision %d instead of %d: the stream had been deleted", result.NextExpectedVersion, last)
	}
	if result.CommitPosition > 0 {
		return domain.Position(result.CommitPosition), nil
	}
	// A server may answer a repetition without the position.
	read, err := readBackwards(ctx, client, stream, esdb.Revision(last))
	if err != nil {
		return 0, err
	}
	return domain.Position(read.Position.Commit), nil
}

// SetMaxCount limits a stream to its last n events; what else its metadata
// says stays. Nothing is written if it says so already.
func (s *Store) SetMaxCount(ctx context.Context, stream string, n int) error {
	if n < 1 {
		return domain.Errorf(domain.CodeInternal, "a stream keeps at least one event, not %d", n)
	}
	_, err := call(ctx, s, "limit "+stream, func(ctx context.Context, client *esdb.Client) (struct{}, error) {
		return struct{}{}, s.setMaxCount(ctx, client, "$$"+stream, n)
	})
	return err
}

// setMaxCount keeps the other members as they are: the client's own type would
// lose the exact value of a large $tb.
func (s *Store) setMaxCount(ctx context.Context, client *esdb.Client, metaStream string, n int) error {
	var expected esdb.ExpectedRevision = esdb.NoStream{}
	members := map[string]json.RawMessage{}
	last, err := readBackwards(ctx, client, metaStream, esdb.End{})
	switch {
	case err == nil:
		expected = esdb.Revision(last.EventNumber)
		if err := unmarshal(last.Data, &members); err != nil {
			return fmt.Errorf("metadata of the stream: %w", err)
		}
	case !errors.Is(err, errNoStream):
		return err
	}
	want, err := marshal(n)
	if err != nil {
		return err
	}
	if string(members["$maxCount"]) == string(want) {
		return nil
	}
	members["$maxCount"] = want
	data, err := marshal(members)
	if err != nil {
		return err
	}
	_, err = client.AppendToStream(ctx, metaStream, s.options(expected), esdb.EventData{
		EventID: uuid.New(), EventType: "$metadata", ContentType: esdb.ContentTypeJson, Data: data,
	})
	return err
}
