package eventstore

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

func TestAppendAndRead(t *testing.T) {
	s, ctx := openStore(t), testContext(t)

	first, p1, err := s.Append(ctx, "sourceRequest-1", domain.Version{}, comments(0, 2))
	require.NoError(t, err)
	require.Equal(t, domain.Version{Exists: true, Revision: 1, ChainHash: first.ChainHash}, first)
	second, p2, err := s.Append(ctx, "sourceRequest-1", first, comments(2, 1))
	require.NoError(t, err)
	require.EqualValues(t, 2, second.Revision)
	require.Greater(t, p2, p1)

	events := readAll(t, s, "sourceRequest-1")
	require.Len(t, events, 3)
	for i, r := range events {
		want := comment(i)
		require.Equal(t, "sourceRequest-1", r.Stream)
		require.EqualValues(t, i, r.Revision)
		require.Equal(t, want.ID, r.ID)
		require.Equal(t, "SourceRequestCommented.v3", r.Type)
		require.Equal(t, want.Event, r.Event)
		want.Metadata.SchemaVersion, want.Metadata.ChainHash = 3, r.Metadata.ChainHash
		require.Equal(t, want.Metadata, r.Metadata)
	}
	require.Equal(t, p1, events[1].Position, "an append answers with its last event's position")
	require.Equal(t, p2, events[2].Position)
	require.Equal(t, first.ChainHash, events[1].Metadata.ChainHash)
	require.Equal(t, second.ChainHash, events[2].Metadata.ChainHash)

	previous, n := "", 0
	require.NoError(t, s.ReadRaw(ctx, "sourceRequest-1", func(raw RawEvent) (err error) {
		previous, err = Verify(previous, raw)
		n++
		return err
	}))
	require.Equal(t, 3, n)

	last, ok, err := s.LastEvent(ctx, "sourceRequest-1")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, events[2], last)
}

func TestMissingStreamHasNoEvents(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	require.Empty(t, readAll(t, s, "sourceRequest-none"))
	_, ok, err := s.LastEvent(ctx, "sourceRequest-none")
	require.NoError(t, err)
	require.False(t, ok)
}

func TestReadStreamReturnsTheCallersErrorAsItIs(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	_, _, err := s.Append(ctx, "sourceRequest-1", domain.Version{}, comments(0, 500))
	require.NoError(t, err)
	mine, n := errors.New("enough"), 0
	err = s.ReadStream(ctx, "sourceRequest-1", func(domain.Recorded) error {
		if n++; n == 3 {
			return mine
		}
		return nil
	})
	require.Equal(t, mine, err)
	require.Equal(t, 3, n)
}

func TestAppendConflicts(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	v, _, err := s.Append(ctx, "sourceRequest-1", domain.Version{}, comments(0, 2))
	require.NoError(t, err)
	older := v
	older.Revision--
	newer := v
	newer.Revision++
	for name, expected := range map[string]domain.Version{"no stream": {}, "older": older, "newer": newer} {
		_, _, err := s.Append(ctx, "sourceRequest-1", expected, comments(10, 1))
		require.Equal(t, domain.CodeConflict, domain.ErrorCode(err), "%s: %v", name, err)
	}
	_, _, err = s.Append(ctx, "sourceRequest-2", v, comments(10, 1))
	require.Equal(t, domain.CodeConflict, domain.ErrorCode(err), "%v", err)
	require.Len(t, readAll(t, s, "sourceRequest-1"), 2)
}

func TestAppendAgainGivesTheSameAnswer(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	v0, p0, err := s.Append(ctx, "sourceRequest-1", domain.Version{}, comments(0, 1))
	require.NoError(t, err)
	v1, p1, err := s.Append(ctx, "sourceRequest-1", v0, comments(1, 2))
	require.NoError(t, err)
	_, _, err = s.Append(ctx, "sourceRequest-1", v1, comments(3, 1))
	require.NoError(t, err)

	again, p, err := s.Append(ctx, "sourceRequest-1", domain.Version{}, comments(0, 1))
	require.NoError(t, err)
	require.Equal(t, v0, again)
	require.Equal(t, p0, p)
	again, p, err = s.Append(ctx, "sourceRequest-1", v0, comments(1, 2))
	require.NoError(t, err)
	require.Equal(t, v1, again)
	require.Equal(t, p1, p)
	require.Len(t, readAll(t, s, "sourceRequest-1"), 4)

	_, _, err = s.Append(ctx, "sourceRequest-1", v0, append(comments(1, 1), comment(99)))
	require.Equal(t, domain.CodeConflict, domain.ErrorCode(err), "half of it is there: %v", err)
}

func TestAppendRefusesWhatCannotBeRecorded(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	v, _, err := s.Append(ctx, "sourceRequest-1", domain.Version{}, comments(0, 1))
	require.NoError(t, err)
	noID := comment(1)
	noID.ID = [16]byte{}
	large := draft(1, sourcerequest.Commented{Text: strings.Repeat("x", 1<<20)})
	for name, c := range map[string]struct {
		stream   string
		expected domain.Version
		drafts   []domain.Draft
		code     domain.Code
	}{
		"nothing":              {"sourceRequest-1", v, nil, domain.CodeInternal},
		"no stream":            {"", v, comments(1, 1), domain.CodeInternal},
		"no id":                {"sourceRequest-1", v, []domain.Draft{noID}, domain.CodeInternal},
		"no previous hash":     {"sourceRequest-1", domain.Version{Exists: true}, comments(1, 1), domain.CodeInternal},
		"hash without stream":  {"sourceRequest-1", domain.Version{ChainHash: v.ChainHash}, comments(1, 1), domain.CodeInternal},
		"not in the catalog":   {"sourceRequest-1", v, []domain.Draft{draft(1, struct{ A int }{1})}, domain.CodeInternal},
		"no event":             {"sourceRequest-1", v, []domain.Draft{draft(1, nil)}, domain.CodeInternal},
		"more than the server": {"sourceRequest-1", v, []domain.Draft{large}, domain.CodeTooLarge},
	} {
		_, _, err := s.Append(ctx, c.stream, c.expected, c.drafts)
		require.Equal(t, c.code, domain.ErrorCode(err), "%s: %v", name, err)
	}
	require.Len(t, readAll(t, s, "sourceRequest-1"), 1)
}

func TestSetMaxCount(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	require.NoError(t, s.SetMaxCount(ctx, "checkpoint-bus", 1))
	require.NoError(t, s.SetMaxCount(ctx, "checkpoint-bus", 1))
	v, _, err := s.Append(ctx, "checkpoint-bus", domain.Version{}, comments(0, 1))
	require.NoError(t, err)
	_, _, err = s.Append(ctx, "checkpoint-bus", v, comments(1, 2))
	require.NoError(t, err)
	events := readAll(t, s, "checkpoint-bus")
	require.Len(t, events, 1)
	require.EqualValues(t, 2, events[0].Revision)

	require.NoError(t, s.SetMaxCount(ctx, "checkpoint-bus", 2))
	require.Equal(t, domain.CodeInternal, domain.ErrorCode(s.SetMaxCount(ctx, "checkpoint-bus", 0)))
	limit, ok, err := s.LastEvent(ctx, "$$checkpoint-bus")
	require.NoError(t, err)
	require.True(t, ok)
	require.EqualValues(t, 1, limit.Revision, "the same limit again writes nothing")
}

func TestEndIsTheLastEventThatIsNotASystemEvent(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	end, err := s.End(ctx)
	require.NoError(t, err)
	require.Zero(t, end)
	require.NoError(t, s.SetMaxCount(ctx, "a", 1))
	end, err = s.End(ctx)
	require.NoError(t, err)
	require.Zero(t, end)
	_, p, err := s.Append(ctx, "sourceRequest-1", domain.Version{}, comments(0, 2))
	require.NoError(t, err)
	require.NoError(t, s.SetMaxCount(ctx, "b", 1))
	end, err = s.End(ctx)
	require.NoError(t, err)
	require.Equal(t, p, end)
}

func TestDeletedStreams(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	for _, stream := range []string{"person-1", "person-2"} {
		_, _, err := s.Append(ctx, stream, domain.Version{}, comments(0, 2))
		require.NoError(t, err)
	}
	require.NoError(t, s.with(ctx, func(client *esdb.Client) error {
		if _, err := client.DeleteStream(ctx, "person-1", esdb.DeleteStreamOptions{}); err != nil {
			return err
		}
		_, err := client.TombstoneStream(ctx, "person-2", esdb.TombstoneStreamOptions{})
		return err
	}))
	for _, stream := range []string{"person-1", "person-2"} {
		require.Empty(t, readAll(t, s, stream))
		_, ok, err := s.LastEvent(ctx, stream)
		require.NoError(t, err)
		require.False(t, ok)
	}
	_, _, err := s.Append(ctx, "person-2", domain.Version{}, comments(5, 1))
	require.Equal(t, domain.CodeRefused, domain.ErrorCode(err), "%v", err)
}

func deleteStream(t testing.TB, ctx context.Context, s *Store, stream string) {
	t.Helper()
	require.NoError(t, s.with(ctx, func(client *esdb.Client) error {
		_, err := client.DeleteStream(ctx, stream, esdb.DeleteStreamOptions{})
		return err
	}))
}

func TestDeletedStreamIsOpenedAgainWithAChainOfItsOwn(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	const stream = "person-1"
	_, _, err := s.Append(ctx, stream, domain.Version{}, comments(0, 3))
	require.NoError(t, err)
	for again := range 3 {
		from := 10 * (again + 1)
		deleteStream(t, ctx, s, stream)
		require.NoError(t, s.SetMaxCount(ctx, stream, 10), "what its metadata says stays")
		v, p, err := s.Append(ctx, stream, domain.Version{}, comments(from, 2))
		require.NoError(t, err)
		repeated, p2, err := s.Append(ctx, stream, domain.Version{}, comments(from, 2))
		require.NoError(t, err)
		require.Equal(t, v, repeated)
		require.Equal(t, p, p2)
		_, _, err = s.Append(ctx, stream, domain.Version{}, comments(from+5, 1))
		require.Equal(t, domain.CodeConflict, domain.ErrorCode(err), "%v", err)
		v, _, err = s.Append(ctx, stream, v, comments(from+2, 1))
		require.NoError(t, err)

		recorded := readAll(t, s, stream)
		require.Len(t, recorded, 3)
		previous := ""
		require.NoError(t, s.ReadRaw(ctx, stream, func(raw RawEvent) (err error) {
			require.Equal(t, recorded[0].Revision, v.Revision-2)
			previous, err = Verify(previous, raw)
			return err
		}))
		require.Equal(t, v.ChainHash, previous)
		require.EqualValues(t, 3*again+5, v.Revision, "revisions go on")
	}
}

func TestDeletedStreamThatCameBackEmptyGoesOn(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	_, _, err := s.Append(ctx, "person-1", domain.Version{}, comments(0, 3))
	require.NoError(t, err)
	deleteStream(t, ctx, s, "person-1")
	require.NoError(t, s.with(ctx, func(client *esdb.Client) error {
		first, err := s.firstRevision(ctx, client, "person-1") // and then the process ends
		require.EqualValues(t, 3, first)
		return err
	}))
	require.Empty(t, readAll(t, s, "person-1"))
	v, _, err := s.Append(ctx, "person-1", domain.Version{}, comments(10, 1))
	require.NoError(t, err)
	require.EqualValues(t, 3, v.Revision)
}
