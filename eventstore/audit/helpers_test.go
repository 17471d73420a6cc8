package audit_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"backlot/domain"
	"backlot/domain/seal"
	"backlot/domain/sourcerequest"
	"backlot/eventstore"
	"backlot/eventstore/audit"
	"backlot/eventstore/embedded"
)

// patience bounds what should be immediate; no test waits for it to pass.
const patience = 60 * time.Second

func testContext(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// opened is a store that serves a folder, and can be stopped.
type opened struct {
	*eventstore.Store
	server *embedded.Server
	esdb   *esdb.Client // nil until somebody needs one
}

func open(t testing.TB, dir string) *opened {
	t.Helper()
	server, err := embedded.Open(t.Context(), embedded.Options{Dir: dir})
	require.NoError(t, err)
	store, err := eventstore.Connect(eventstore.Config{Client: server.ClientConfiguration(), CallTimeout: patience})
	require.NoError(t, err)
	o := &opened{Store: store, server: server}
	t.Cleanup(o.stop)
	return o
}

func (o *opened) stop() {
	if o.esdb != nil {
		_ = o.esdb.Close()
	}
	_ = o.Close()
	_ = o.server.Close()
}

var base = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func comments(stream string, from, n int) []domain.Draft {
	drafts := make([]domain.Draft, n)
	for i := range drafts {
		drafts[i] = domain.Draft{
			ID:       uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "%s %d", stream, from+i)),
			Event:    sourcerequest.Commented{CommentID: fmt.Sprint(from + i), Text: fmt.Sprintf("comment %d", from+i)},
			Metadata: domain.Metadata{OccurredAt: base.Add(time.Duration(from+i) * time.Second), Actor: domain.Principal{Account: "ada", Role: domain.RoleOperator}, CommandKey: fmt.Sprint("ada/", from+i)},
		}
	}
	return drafts
}

// write appends n events to a stream.
func (o *opened) write(t testing.TB, stream string, after domain.Version, n int) domain.Version {
	t.Helper()
	from := 0
	if after.Exists {
		from = int(after.Revision) + 1
	}
	v, _, err := o.Append(t.Context(), stream, after, comments(stream, from, n))
	require.NoError(t, err)
	return v
}

// populate fills streams in turns, some events at a time, with some that are
// erasable among them. Several write at once, as in the portal.
func (o *opened) populate(t testing.TB, versions []domain.Version, events, round int) {
	t.Helper()
	const writers = 8
	var group errgroup.Group
	for w := range writers {
		group.Go(func() error {
			random := rand.New(rand.NewPCG(uint64(round), uint64(w)))
			order := random.Perm(len(versions) / writers)
			for left := events / writers; left > 0; order = append(order[1:], order[0]) {
				i := order[0]*writers + w
				n := min(1+random.IntN(max(40, events/100)), left)
				from := 0
				if versions[i].Exists {
					from = int(versions[i].Revision) + 1
				}
				var err error
				if versions[i], _, err = o.Append(t.Context(), streamName(i), versions[i], comments(streamName(i), from, n)); err != nil {
					return err
				}
				left -= n
			}
			return nil
		})
	}
	require.NoError(t, group.Wait())
}

func streamName(i int) string {
	if i%50 == 49 {
		return fmt.Sprintf("%s%d", domain.PersonStreamPrefix, i)
	}
	return fmt.Sprintf("sourceRequest-%d", i)
}

// runSealer runs one that seals only full seals, on demand and by ticks.
func runSealer(t testing.TB, log audit.Log, tick <-chan time.Time, now func() time.Time) *audit.Sealer {
	t.Helper()
	if tick == nil {
		tick = make(chan time.Time)
	}
	s, err := audit.NewSealer(audit.SealerConfig{Log: log, Tick: tick, Now: now})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() { cancel(); require.ErrorIs(t, <-ended, context.Canceled) })
	return s
}

func (o *opened) sealAll(t testing.TB) seal.Listed {
	t.Helper()
	last, ok, err := runSealer(t, o, nil, nil).Seal(testContext(t))
	require.NoError(t, err)
	require.True(t, ok)
	return last
}

func (o *opened) seals(t testing.TB) (list []seal.Listed) {
	t.Helper()
	require.NoError(t, o.ReadStream(testContext(t), seal.Stream, func(r domain.Recorded) error {
		l, ok := seal.ListedOf(r)
		require.True(t, ok)
		list = append(list, l)
		return nil
	}))
	return list
}

func (o *opened) verify(t testing.TB, exported ...seal.Listed) seal.Report {
	t.Helper()
	r, err := audit.Verify(testContext(t), o, audit.Options{Exported: exported})
	require.NoError(t, err)
	return r
}

// copyFolder copies the files of a stopped store.
func copyFolder(t testing.TB, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "eventstore")
	require.NoError(t, os.CopyFS(to, os.DirFS(from)))
	return to
}

// place is what a test expects of a finding.
type place struct {
	kind     seal.Kind
	stream   string
	revision uint64
}

func places(r seal.Report) []place {
	list := []place{}
	for _, f := range r.Findings {
		list = append(list, place{f.Kind, f.Stream, f.Revision})
	}
	return list
}

var noEvents domain.Version

func decodeSeal(t testing.TB, data []byte) (s seal.Sealed) {
	t.Helper()
	require.NoError(t, json.Unmarshal(data, &s))
	return s
}

func encodeSeal(t testing.TB, s seal.Sealed) []byte {
	t.Helper()
	data, err := json.Marshal(s)
	require.NoError(t, err)
	return data
}
