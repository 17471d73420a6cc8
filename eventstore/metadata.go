package eventstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"backlot/domain"
)

const (
	maxCountMember       = "$maxCount"
	truncateBeforeMember = "$tb"
	// deletedBefore is the $tb of a stream that was deleted, but not for good.
	deletedBefore = "9223372036854775807"
)

// SetMaxCount limits a stream to its last n events; what else its metadata
// says stays. Nothing is written if it says so already.
func (s *Store) SetMaxCount(ctx context.Context, stream string, n int) error {
	if n < 1 {
		return domain.Errorf(domain.CodeInternal, "a stream keeps at least one event, not %d", n)
	}
	var err error
	for range maxAttempts {
		// Whoever was quicker probably wrote the same.
		if err = s.setMaxCount(ctx, stream, n); domain.ErrorCode(err) != domain.CodeConflict {
			return err
		}
	}
	return err
}

func (s *Store) setMaxCount(ctx context.Context, stream string, n int) error {
	_, err := call(ctx, s, "limit "+stream, func(ctx context.Context, client *esdb.Client) (struct{}, error) {
		m, err := s.readStreamMetadata(ctx, client, stream)
		if err != nil {
			return struct{}{}, err
		}
		want := strconv.Itoa(n)
		if string(m.members[maxCountMember]) == want {
			return struct{}{}, nil
		}
		m.members[maxCountMember] = json.RawMessage(want)
		return struct{}{}, s.writeStreamMetadata(ctx, client, stream, m)
	})
	return err
}

// firstRevision returns the revision that the first event of a stream gets that
// has none. A stream that was deleted goes on counting where it was, which only
// its metadata tells once it is back: the server brings it back, empty, when
// its metadata is written.
func (s *Store) firstRevision(ctx context.Context, client *esdb.Client, stream string) (uint64, error) {
	m, err := s.readStreamMetadata(ctx, client, stream)
	if err != nil {
		return 0, err
	}
	if string(m.members[truncateBeforeMember]) == deletedBefore {
		if err := s.writeStreamMetadata(ctx, client, stream, m); err != nil {
			return 0, err
		}
		if m, err = s.readStreamMetadata(ctx, client, stream); err != nil {
			return 0, err
		}
	}
	before, ok := m.members[truncateBeforeMember]
	if !ok {
		return 0, nil
	}
	first, err := strconv.ParseUint(string(before), 10, 63)
	if err != nil || string(before) == deletedBefore {
		return 0, fmt.Errorf("metadata of the stream: %s %s is not where it goes on", truncateBeforeMember, before)
	}
	return first, nil
}

// streamMetadata keeps the members as they are: the client's own type would
// lose the exact value of a large $tb.
type streamMetadata struct {
	members  map[string]json.RawMessage
	expected esdb.ExpectedRevision
}

func (s *Store) readStreamMetadata(ctx context.Context, client *esdb.Client, stream string) (streamMetadata, error) {
	m := streamMetadata{members: map[string]json.RawMessage{}, expected: esdb.NoStream{}}
	last, err := s.readBackwards(ctx, client, "$$"+stream, esdb.End{})
	if errors.Is(err, errNoStream) {
		return m, nil
	} else if err != nil {
		return m, err
	}
	m.expected = esdb.Revision(last.EventNumber)
	if err := unmarshal(last.Data, &m.members); err != nil {
		return m, fmt.Errorf("metadata of the stream: %w", err)
	}
	if m.members == nil { // null
		m.members = map[string]json.RawMessage{}
	}
	return m, nil
}

func (s *Store) writeStreamMetadata(ctx context.Context, client *esdb.Client, stream string, m streamMetadata) error {
	data, err := marshal(m.members)
	if err != nil {
		return err
	}
	_, err = s.appendTo(ctx, client, "$$"+stream, m.expected, esdb.EventData{
		EventID: uuid.New(), EventType: "$metadata", ContentType: esdb.ContentTypeJson, Data: data,
	})
	return err
}
