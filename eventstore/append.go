package eventstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"backlot/domain"
)

// maxAppendSize is EventStoreDB's default. Beyond it a server cuts the call off,
// and the client cannot say why.
const maxAppendSize = 1 << 20 // bytes

// Append records drafts, all or none, after exactly the expected version, and
// returns the version and the log position that they led to. It fills their
// schema version and chain hash. A stream that was deleted, but not for good,
// does not exist: its revisions go on where they were and its chain starts
// anew. The error is CodeConflict when the stream stands elsewhere,
// CodeTooLarge beyond 1 MiB, CodeRefused when the stream was deleted for good.
//
// Repeating an append with the same drafts and version gives the same answer.
// The store recognises a repetition by the drafts' ids alone: with the same
// ids but other contents the first append stays, and the hash in the returned
// version is not the recorded one.
func (s *Store) Append(ctx context.Context, stream string, expected domain.Version, drafts []domain.Draft) (domain.Version, domain.Position, error) {
	proposed, next, err := events.prepare(stream, expected, 0, drafts)
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
	type appended struct {
		version  domain.Version
		position domain.Position
	}
	done, err := ask(ctx, s, "append to "+stream, func(ctx context.Context, client *esdb.Client) (appended, error) {
		o, proposed, next := revisionOf(expected), proposed, next
		if !expected.Exists {
			if s.local != nil {
				result, err := s.local.AppendToNewStream(ctx, stream, proposed...)
				if !hasCode(err, esdb.ErrorCodeWrongExpectedVersion) {
					if err != nil {
						return appended{}, err
					}
					return appended{next, domain.Position(result.CommitPosition)}, nil
				}
			}
			first, err := s.firstRevision(ctx, client, stream)
			if err != nil {
				return appended{}, err
			}
			if first > 0 {
				o = esdb.Revision(first - 1)
				if proposed, next, err = events.prepare(stream, expected, first, drafts); err != nil {
					return appended{}, err
				}
			}
		}
		position, err := s.appendAt(ctx, client, o, stream, next.Revision, proposed)
		return appended{next, position}, err
	})
	if err != nil {
		return domain.Version{}, 0, err
	}
	return done.version, done.position, nil
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

func (s *Store) appendAt(ctx context.Context, client *esdb.Client, expected esdb.ExpectedRevision, stream string, last uint64, proposed []esdb.EventData) (domain.Position, error) {
	result, err := s.appendTo(ctx, client, stream, expected, proposed...)
	if err != nil {
		return 0, err
	}
	if result.NextExpectedVersion != last {
		return 0, fmt.Errorf("the event was recorded at revision %d instead of %d: the stream was deleted in the same moment", result.NextExpectedVersion, last)
	}
	if result.CommitPosition > 0 {
		return domain.Position(result.CommitPosition), nil
	}
	return s.positionOf(ctx, client, stream, last)
}

// positionOf finds out what a server may leave out of its answer to a
// repetition. An event that $maxCount has hidden since stands before the log's
// end, which serves those who wait for it as well.
func (s *Store) positionOf(ctx context.Context, client *esdb.Client, stream string, revision uint64) (domain.Position, error) {
	read, err := s.readBackwards(ctx, client, stream, esdb.Revision(revision))
	switch {
	case errors.Is(err, errNoStream):
		return endOf(ctx, client)
	case err != nil:
		return 0, err
	}
	return domain.Position(read.Position.Commit), nil
}
