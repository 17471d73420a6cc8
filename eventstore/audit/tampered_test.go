package audit_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/seal"
	"backlot/eventstore/embedded/tamper"
)

// attack changes the database and says what has to be found then: the kinds, in
// streams of sealed events that nobody else touches.
type attack struct {
	name     string
	change   func(t *testing.T, s *tamper.Store, victim, other string) []place
	exported bool // only exported seals can tell
	whole    bool // it concerns more than the streams that it is given
}

func stream(t testing.TB, s *tamper.Store, name string) []tamper.Record {
	t.Helper()
	records, err := s.Stream(name)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(records), 10, "the test needs a longer stream")
	return records
}

var attacks = []attack{
	{name: "data altered", change: func(t *testing.T, s *tamper.Store, victim, other string) []place {
		r := stream(t, s, victim)[4]
		r.Data = bytes.Replace(r.Data, []byte("comment"), []byte("comMent"), 1)
		require.NoError(t, s.Put(r))
		return []place{{seal.Altered, victim, 4}}
	}},
	{name: "metadata altered", change: func(t *testing.T, s *tamper.Store, victim, other string) []place {
		r := stream(t, s, victim)[5]
		r.Metadata = bytes.Replace(r.Metadata, []byte(`"account":"ada"`), []byte(`"account":"bob"`), 1)
		require.NoError(t, s.Put(r))
		return []place{{seal.Altered, victim, 5}}
	}},
	{name: "type altered", change: func(t *testing.T, s *tamper.Store, victim, other string) []place {
		r := stream(t, s, victim)[0]
		r.Type = "SourceRequestCancelled.v1"
		require.NoError(t, s.Put(r))
		return []place{{seal.Altered, victim, 0}}
	}},
	{name: "hash taken away", change: func(t *testing.T, s *tamper.Store, victim, other string) []place {
		r := stream(t, s, victim)[6]
		r.Metadata = append(r.Metadata[:len(r.Metadata)-len(`,"chainHash":""}`)-64:len(r.Metadata)], '}')
		require.NoError(t, s.Put(r))
		return []place{{seal.Altered, victim, 6}}
	}},
	{name: "first event altered and its hash made fit", change: func(t *testing.T, s *tamper.Store, victim, other string) []place {
		rewrite(t, s, stream(t, s, victim)[:1])
		return []place{{seal.Altered, victim, 0}}
	}},
	{name: "one removed", change: func(t *testing.T, s *tamper.Store, victim, other string) []place {
		require.NoError(t, s.Remove(stream(t, s, victim)[3]))
		return []place{{seal.Removed, victim, 3}}
	}},
	{name: "the first removed", change: func(t *testing.T, s *tamper.Store, victim, other string) []place {
		require.NoError(t, s.Remove(stream(t, s, victim)[0]))
		return []place{{seal.Removed, victim, 0}}
	}},
	{name: "a stream removed", change: func(t *testing.T, s *tamper.Store, victim, other string) []place {
		require.NoError(t, s.Remove(stream(t, s, victim)...))
		return []place{{seal.StreamRemoved, victim, 0}}
	}},
	{name: "two streams removed", change: func(t *testing.T, s *tamper.Store, victim, other string) []place {
		require.NoError(t, s.Remove(append(stream(t, s, victim), stream(t, s, other)...)...))
		return []place{{seal.StreamRemoved, victim, 0}, {seal.StreamRemoved, other, 0}}
	}},
	{name: "a stream's tail removed", change: func(t *testing.T, s *tamper.Store, victim, other string) []place {
		require.NoError(t, s.Remove(stream(t, s, victim)[8:]...))
		return []place{{seal.TailRemoved, victim, 8}}
	}},
	{name: "swapped within a stream", change: func(t *testing.T, s *tamper.Store, victim, other string) []place {
		r := stream(t, s, victim)
		require.NoError(t, s.Swap(r[2], r[9]))
		return []place{{seal.Reordered, victim, 2}}
	}},
	{name: "neighbours swapped within a stream", change: func(t *testing.T, s *tamper.Store, victim, other string) []place {
		r := stream(t, s, victim)
		require.NoError(t, s.Swap(r[2], r[3]))
		return []place{{seal.Reordered, victim, 2}}
	}},
	{name: "contents swapped within a stream", change: func(t *testing.T, s *tamper.Store, victim, other string) []place {
		r := stream(t, s, victim)
		a, b := r[2], r[9]
		a.ID, b.ID, a.Type, b.Type, a.Data, b.Data, a.Metadata, b.Metadata = b.ID, a.ID, b.Type, a.Type, b.Data, a.Data, b.Metadata, a.Metadata
		require.NoError(t, s.Put(a))
		require.NoError(t, s.Put(b))
		return []place{{seal.Altered, victim, 2}}
	}},
	{name: "swapped across streams", change: func(t *testing.T, s *tamper.Store, victim, other string) []place {
		a, b := stream(t, s, victim), stream(t, s, other)
		i, j := exchangeable(t, a, b)
		require.NoError(t, s.Swap(a[i], b[j]))
		return []place{{seal.Reordered, victim, uint64(i)}, {seal.Reordered, other, uint64(j)}}
	}},
	{name: "rewritten to the end of its stream", change: func(t *testing.T, s *tamper.Store, victim, other string) []place {
		rewrite(t, s, stream(t, s, victim)[3:])
		return []place{{seal.Altered, victim, 3}}
	}},
	{name: "forged event put into its stream, chained", change: func(t *testing.T, s *tamper.Store, victim, other string) []place {
		// It takes the place of another stream's event, and the rest is moved up.
		end, err := s.End()
		require.NoError(t, err)
		r := stream(t, s, victim)
		forged := r[4]
		forged.ID[0] ^= 1
		moved := append([]tamper.Record{forged}, r[4:]...)
		for i := range moved {
			moved[i].Revision = uint64(4 + i)
			if i+1 < len(moved) {
				moved[i].Position = r[4+i].Position
			} else {
				moved[i].Position = end + 1
			}
		}
		chainAgain(t, s, r[3], moved)
		return []place{{seal.Altered, victim, 4}}
	}},
	{name: "the log's tail removed, with the seals over it", exported: true, whole: true, change: func(t *testing.T, s *tamper.Store, _, _ string) []place {
		end, err := s.End()
		require.NoError(t, err)
		sealed := stream(t, s, seal.Stream)
		from := sealed[len(sealed)-3].Position - 20
		var gone []tamper.Record
		var last tamper.Record // of what is exported
		for p := from; p <= end; p++ {
			r, err := s.At(p)
			require.NoError(t, err)
			gone = append(gone, r)
			if r.Stream != seal.Stream && !domain.IsErasable(r.Stream) && r.Stream != unsealed {
				last = r
			}
		}
		require.NoError(t, s.Remove(gone...))
		first := last.Revision
		for _, r := range gone {
			if r.Stream == last.Stream {
				first = min(first, r.Revision)
			}
		}
		kind := seal.TailRemoved
		if first == 0 {
			kind = seal.StreamRemoved
		}
		return []place{{kind, last.Stream, first}}
	}},
	{name: "a seal removed", whole: true, change: func(t *testing.T, s *tamper.Store, _, _ string) []place {
		require.NoError(t, s.Remove(stream(t, s, seal.Stream)[6]))
		return []place{{seal.Removed, seal.Stream, 6}}
	}},
	{name: "a seal altered", whole: true, change: func(t *testing.T, s *tamper.Store, _, _ string) []place {
		r := stream(t, s, seal.Stream)[6]
		r.Data = bytes.Replace(r.Data, []byte(`"hash":"`), []byte(`"hash":"0`), 1)
		require.NoError(t, s.Put(r))
		return []place{{seal.Altered, seal.Stream, 6}}
	}},
	{name: "an event and its seal rewritten with all seals after it", exported: true, whole: true, change: func(t *testing.T, s *tamper.Store, victim, other string) []place {
		rewrite(t, s, stream(t, s, victim)[3:])
		sealAgain(t, s)
		return []place{{seal.Rewritten, "", 0}}
	}},
}

// exchangeable finds events of two streams that can take each other's place
// without a change of the order within either.
func exchangeable(t testing.TB, a, b []tamper.Record) (i, j int) {
	t.Helper()
	fits := func(in []tamper.Record, n int, position uint64) bool {
		return (n == 0 || in[n-1].Position < position) && (n == len(in)-1 || position < in[n+1].Position)
	}
	for i := range a {
		for j := range b {
			if fits(a, i, b[j].Position) && fits(b, j, a[i].Position) {
				return i, j
			}
		}
	}
	require.Fail(t, "the test needs other streams")
	return 0, 0
}

// rewrite changes the first of the last events of a stream and makes the hashes
// of all of them fit.
func rewrite(t testing.TB, s *tamper.Store, records []tamper.Record) {
	t.Helper()
	records[0].Data = bytes.Replace(records[0].Data, []byte("comment"), []byte("comMent"), 1)
	all := stream(t, s, records[0].Stream)
	var before tamper.Record
	if records[0].Revision > 0 {
		before = all[records[0].Revision-1]
	}
	chainAgain(t, s, before, records)
}

const hashDigits = 64

// chainAgain puts events with the hashes that the published encoding gives
// them behind another one.
func chainAgain(t testing.TB, s *tamper.Store, before tamper.Record, records []tamper.Record) {
	t.Helper()
	var previous []byte
	if before.Stream != "" {
		var err error
		previous, err = hex.DecodeString(string(before.Metadata[len(before.Metadata)-2-hashDigits : len(before.Metadata)-2]))
		require.NoError(t, err)
	}
	for _, r := range records {
		bare := append([]byte(nil), r.Metadata[:len(r.Metadata)-len(`,"chainHash":""}`)-hashDigits]...)
		number := func(n int) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }
		h := sha256.New()
		h.Write([]byte("backlot event chain 1\n"))
		for _, part := range [][]byte{
			number(len(previous)), previous, number(len(r.Stream)), []byte(r.Stream), number(int(r.Revision)), r.ID[:],
			number(len(r.Type)), []byte(r.Type), number(len(r.Data)), r.Data, number(len(bare) + 1), bare, []byte("}"),
		} {
			h.Write(part)
		}
		previous = h.Sum(nil)
		r.Metadata = append(append(bare, `,"chainHash":"`...), hex.EncodeToString(previous)+`"}`...)
		require.NoError(t, s.Put(r))
	}
}

// sealAgain rewrites all seals so that they fit what is in the log.
func sealAgain(t testing.TB, s *tamper.Store) {
	t.Helper()
	hashes := map[string]map[uint64][]byte{}
	hashOf := func(stream string, revision uint64) []byte {
		if hashes[stream] == nil {
			hashes[stream] = map[uint64][]byte{}
			records, err := s.Stream(stream)
			require.NoError(t, err)
			for _, r := range records {
				b, err := hex.DecodeString(string(r.Metadata[len(r.Metadata)-2-hashDigits : len(r.Metadata)-2]))
				require.NoError(t, err)
				hashes[stream][r.Revision] = b
			}
		}
		return hashes[stream][revision]
	}
	var rolling seal.Rolling
	records := stream(t, s, seal.Stream)
	for i := range records {
		sealed := decodeSeal(t, records[i].Data)
		for j, e := range sealed.Entries {
			hash := hashOf(e.Stream, e.Revision)
			sealed.Entries[j].Hash = seal.Prefix(hash[:8])
			rolling.Add(e.Stream, e.Revision, [sha256.Size]byte(hash))
		}
		sealed.Hash = rolling.Hash()
		records[i].Data = encodeSeal(t, sealed)
	}
	chainAgain(t, s, tamper.Record{}, records)
}

// sealedStore is a stopped store of sealed events, with a few that are not
// sealed at its end.
type sealedStore struct {
	dir    string
	seals  []seal.Listed
	events int // sealed or not, seals among them
}

const (
	unsealed       = "sourceRequest-unsealed"
	unsealedEvents = 5
)

func build(t testing.TB, streams, events, rounds int) sealedStore {
	t.Helper()
	b := sealedStore{dir: filepath.Join(t.TempDir(), "eventstore")}
	o := open(t, b.dir)
	sealer := runSealer(t, o, nil, nil)
	versions := make([]domain.Version, streams)
	for round := range rounds {
		o.populate(t, versions, events/rounds, round)
		_, ok, err := sealer.Seal(testContext(t))
		require.NoError(t, err)
		require.True(t, ok)
	}
	o.write(t, unsealed, noEvents, unsealedEvents)
	b.seals = o.seals(t)
	b.events = events + unsealedEvents + len(b.seals)
	o.stop()
	return b
}

// after opens a copy that was changed.
func (b sealedStore) after(t *testing.T, change func(*tamper.Store)) *opened {
	t.Helper()
	dir := copyFolder(t, b.dir)
	s, err := tamper.Open(dir)
	require.NoError(t, err)
	change(s)
	require.NoError(t, s.Close())
	return open(t, dir)
}

func victims(i int) (victim, other string) { return streamName(2 * i), streamName(2*i + 1) }

// TestAttacks makes each attack on a small store of its own.
func TestAttacks(t *testing.T) {
	small := build(t, 16, 3_200, 10)
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			victim, other := victims(1)
			var want []place
			store := small.after(t, func(s *tamper.Store) { want = a.change(t, s, victim, other) })
			r := store.verifyDeep(t) // and nothing else is found by reading the streams
			if a.exported {
				assert.Empty(t, r.Findings, "the store is consistent in itself")
				r = store.verify(t, small.seals...)
			}
			assert.ElementsMatch(t, want, places(r), "%+v", r.Findings)
			assert.Equal(t, len(want), r.Found)
		})
	}
}
