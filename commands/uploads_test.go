package commands

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/require"
	tus "github.com/tus/tusd/v2/pkg/handler"

	"backlot/blobs"
	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/domain/upload"
)

var errCrashed = errors.New("the process was killed")

// dying is a store of files, and a log, of a process that is killed at one of
// its steps: before that has an effect, or after.
type dying struct {
	*blobs.Store
	mu     sync.Mutex
	left   int  // steps until then
	after  bool // the last one has its effect
	killed bool
	dead   chan struct{}
}

// step does something if the process still lives.
func (d *dying) step(do func() error) error {
	d.mu.Lock()
	if d.killed {
		d.mu.Unlock()
		return errCrashed
	}
	d.left--
	last := d.left < 0
	if last {
		d.killed = true
		close(d.dead)
	}
	d.mu.Unlock()
	if last && !d.after {
		return errCrashed
	}
	err := do()
	if last {
		return errCrashed
	}
	return err
}

func (d *dying) Amend(ctx context.Context, id string, t upload.Ticket) error {
	return d.step(func() error { return d.Store.Amend(ctx, id, t) })
}

func (d *dying) Restart(ctx context.Context, id string, size int64, t upload.Ticket) error {
	return d.step(func() error { return d.Store.Restart(ctx, id, size, t) })
}

func (d *dying) Drop(ctx context.Context, id string) error {
	return d.step(func() error { return d.Store.Drop(ctx, id) })
}

func (d *dying) Settle(ctx context.Context, id string) error {
	return d.step(func() error { return d.Store.Settle(ctx, id) })
}

func (d *dying) Finish(ctx context.Context, id string) error {
	return d.step(func() error { return d.Store.Finish(ctx, id) })
}

func (d *dying) SHA256(ctx context.Context, id string) (sum string, err error) {
	err = d.step(func() (err error) { sum, err = d.Store.SHA256(ctx, id); return err })
	return sum, err
}

// dyingLog is the log of such a process.
type dyingLog struct {
	Log
	*dying
}

func (l dyingLog) Append(ctx context.Context, stream string, expected domain.Version, drafts []domain.Draft) (v domain.Version, p domain.Position, err error) {
	err = l.step(func() (err error) { v, p, err = l.Log.Append(ctx, stream, expected, drafts); return err })
	return v, p, err
}

// onEachStore runs a test over a folder and over a server that speaks S3.
func onEachStore(t *testing.T, test func(t *testing.T, files *blobs.Store)) {
	open := func(t *testing.T, address string) *blobs.Store {
		files, err := blobs.Open(t.Context(), address)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, files.Close()) })
		return files
	}
	t.Run("folder", func(t *testing.T) { test(t, open(t, "file://"+t.TempDir())) })
	t.Run("bucket", func(t *testing.T) {
		t.Setenv("AWS_ACCESS_KEY_ID", "nobody")
		t.Setenv("AWS_SECRET_ACCESS_KEY", "nothing")
		backend := s3mem.New()
		require.NoError(t, backend.CreateBucket("assets"))
		server := httptest.NewServer(gofakes3.New(backend).Server())
		t.Cleanup(server.Close)
		q := url.Values{"region": {"eu-central-1"}, "endpoint": {server.URL}, "use_path_style": {"true"}, "response_checksum_validation": {"when_required"}, "prefix": {"backlot"}}
		test(t, open(t, "s3://assets?"+q.Encode()))
	})
}

// declares opens a request and begins a delivery of one file.
func (b *bench) declares(id, content, sum string) {
	b.t.Helper()
	b.open(id)
	_, err := b.requests.Change(b.t.Context(), id, sourcerequest.StartDelivery{
		DeliveryID: "d-" + id, Method: sourcerequest.MethodAPI, AutoComplete: true,
		Files: []sourcerequest.DeclaredFile{{ID: "f-" + id, Name: "a.wav", Size: int64(len(content)), SHA256: sum}},
	}, by(juniper, "start "+id, "start"))
	require.NoError(b.t, err)
}

// sends brings every byte of an upload into the store, as tus does, and is
// killed before it can say so.
func (b *bench) sends(files *blobs.Store, uploads *Uploads, id, content string) {
	b.t.Helper()
	ctx := b.t.Context()
	fileID, ticket, err := uploads.Begin(ctx, juniper, "f-"+id, upload.Ticket{RequestID: id, DeliveryID: "d-" + id}, int64(len(content)))
	require.NoError(b.t, err)
	composer := tus.NewStoreComposer()
	files.UseIn(composer)
	_, err = composer.Core.NewUpload(ctx, tus.FileInfo{ID: fileID, Size: int64(len(content)), MetaData: ticket.Metadata()})
	require.NoError(b.t, err)
	u, err := composer.Core.GetUpload(ctx, fileID) // as the request after the one that created it
	require.NoError(b.t, err)
	info, err := u.GetInfo(ctx)
	require.NoError(b.t, err)
	require.Equal(b.t, fileID, info.ID)
	_, err = u.WriteChunk(ctx, info.Offset, strings.NewReader(content[info.Offset:]))
	require.NoError(b.t, err)
}

func (b *bench) delivered(id string) (files, completed int) {
	for _, e := range b.requestEvents(id) {
		switch e.Event.(type) {
		case sourcerequest.FileDelivered:
			files++
		case sourcerequest.DeliveryCompleted:
			completed++
		}
	}
	return files, completed
}

func newUploads(t *testing.T, c UploadsConfig) *Uploads {
	t.Helper()
	c.Pause, c.Logger = time.Millisecond, slog.New(slog.DiscardHandler)
	u := NewUploads(c)
	t.Cleanup(func() { require.NoError(t, u.Close()) })
	return u
}

// eventually waits for a condition.
func eventually(t *testing.T, condition func() bool) {
	t.Helper()
	require.Eventually(t, condition, 20*time.Second, time.Millisecond)
}

// A process that is killed at any step between the last byte of a file and the
// end of what is to be done with it leaves what the next one needs, and nothing
// is done twice.
func TestAFileArrivesOnceWhereverTheProcessIsKilled(t *testing.T) {
	onEachStore(t, func(t *testing.T, files *blobs.Store) {
		b := newBench(t)
		for _, after := range []bool{false, true} {
			steps := 0
			for survived := false; !survived; steps++ {
				id := fmt.Sprintf("r-%v-%d", after, steps)
				b.declares(id, "right", hexSum("right"))
				d := &dying{Store: files, left: steps, after: after, dead: make(chan struct{})}
				first := newUploads(t, UploadsConfig{Files: d, Requests: NewSourceRequests(Config{Log: dyingLog{b.log, d}, Organisations: b.directory})})
				b.sends(files, first, id, "right")
				if err := first.Whole(t.Context(), "f-"+id); err == nil {
					eventually(t, func() bool {
						up, err := files.Upload(t.Context(), "f-"+id)
						select {
						case <-d.dead:
							return true
						default:
							survived = err == nil && up.Done
							return survived
						}
					})
				}
				require.NoError(t, first.Close())

				next := newUploads(t, UploadsConfig{Files: files, Requests: b.requests})
				require.NoError(t, next.Sweep(t.Context()))
				eventually(t, func() bool {
					up, err := files.Upload(t.Context(), "f-"+id)
					require.NoError(t, err, id)
					return up.Done
				})
				delivered, completed := b.delivered(id)
				require.Equal(t, 1, delivered, id)
				require.Equal(t, 1, completed, id)
				f, err := files.Open(t.Context(), "f-"+id)
				require.NoError(t, err)
				require.EqualValues(t, 5, f.Size())
			}
			require.Greater(t, steps, 4, "there are steps to be killed at")
		}
	})
}

// Of a file that is not the declared one nothing stays, wherever the process is
// killed; and the declared one comes after it.
func TestAWrongFileIsTakenAwayWhereverTheProcessIsKilled(t *testing.T) {
	onEachStore(t, func(t *testing.T, files *blobs.Store) {
		b := newBench(t)
		for _, after := range []bool{false, true} {
			for steps := range 4 {
				id := fmt.Sprintf("r-%v-%d", after, steps)
				b.declares(id, "right", hexSum("right"))
				d := &dying{Store: files, left: steps, after: after, dead: make(chan struct{})}
				first := newUploads(t, UploadsConfig{Files: d, Requests: b.requests})
				b.sends(files, first, id, "wrong")
				_ = first.Whole(t.Context(), "f-"+id)
				eventually(t, func() bool { return first.Stats().Pending == 0 || d.isDead() })
				require.NoError(t, first.Close())

				next := newUploads(t, UploadsConfig{Files: files, Requests: b.requests})
				require.NoError(t, next.Sweep(t.Context()))
				eventually(t, func() bool {
					up, err := files.Upload(t.Context(), "f-"+id)
					if next.Stats().Pending > 0 {
						return false
					}
					// Killed after it was taken away it is as if it had never begun.
					gone := domain.ErrorCode(err) == domain.CodeNotFound
					return gone || err == nil && up.Offset == 0 && strings.Contains(up.Problem, hexSum("wrong"))
				})
				b.sends(files, next, id, "right")
				require.NoError(t, next.Whole(t.Context(), "f-"+id))
				eventually(t, func() bool { n, _ := b.delivered(id); return n == 1 })
				sum, err := files.SHA256(t.Context(), "f-"+id)
				require.NoError(t, err)
				require.Equal(t, hexSum("right"), sum)
			}
		}
	})
}

func (d *dying) isDead() bool {
	select {
	case <-d.dead:
		return true
	default:
		return false
	}
}

func hexSum(s string) string { return by(operator, "", s).BodyHash }

// slowStore takes its time to come back from beginning an upload anew.
type slowStore struct {
	*blobs.Store
	begun, goOn chan struct{}
}

func (s *slowStore) Restart(ctx context.Context, id string, size int64, t upload.Ticket) error {
	err := s.Store.Restart(ctx, id, size, t)
	close(s.begun)
	<-s.goOn
	return err
}

// The declared file can be there before the process is done with the wrong one.
func TestAFileThatComesWhileTheWrongOneIsTakenAway(t *testing.T) {
	onEachStore(t, func(t *testing.T, files *blobs.Store) {
		b := newBench(t)
		b.declares("r1", "right", hexSum("right"))
		slow := &slowStore{Store: files, begun: make(chan struct{}), goOn: make(chan struct{})}
		u := newUploads(t, UploadsConfig{Files: slow, Requests: b.requests})
		b.sends(files, u, "r1", "wrong")
		require.NoError(t, u.Whole(t.Context(), "f-r1"))
		<-slow.begun
		b.sends(files, u, "r1", "right")
		require.NoError(t, u.Whole(t.Context(), "f-r1"))
		close(slow.goOn)
		eventually(t, func() bool { n, _ := b.delivered("r1"); return n == 1 })
	})
}

// A file that is delivered is never taken away, whatever its upload's ticket
// says and whoever sees the request by now.
func TestADeliveredFileStays(t *testing.T) {
	onEachStore(t, func(t *testing.T, files *blobs.Store) {
		b := newBench(t)
		b.declares("r1", "right", "")
		// Killed between the event and the ticket.
		d := &dying{Store: files, left: 4, after: true, dead: make(chan struct{})}
		first := newUploads(t, UploadsConfig{Files: d, Requests: NewSourceRequests(Config{Log: dyingLog{b.log, d}, Organisations: b.directory})})
		b.sends(files, first, "r1", "right")
		require.NoError(t, first.Whole(t.Context(), "f-r1"))
		eventually(t, func() bool { n, _ := b.delivered("r1"); return n == 1 })
		require.NoError(t, first.Close())
		up, err := files.Upload(t.Context(), "f-r1")
		require.NoError(t, err)
		require.False(t, up.Done)

		other := lantern.Organisation
		_, err = b.requests.Change(t.Context(), "r1", sourcerequest.Edit{FulfillmentPartner: &other}, by(operator, "reassign", "x"))
		require.NoError(t, err)
		_, err = b.requests.Change(t.Context(), "r1", sourcerequest.Cancel{}, by(operator, "cancel", "x"))
		require.NoError(t, err)
		now := time.Now().Add(365 * 24 * time.Hour)
		next := newUploads(t, UploadsConfig{Files: files, Requests: b.requests, Now: func() time.Time { return now }})
		for range 3 {
			require.NoError(t, next.Sweep(t.Context()))
			eventually(t, func() bool { return next.Stats().Pending == 0 })
			now = now.Add(30 * 24 * time.Hour)
		}
		_, err = files.Upload(t.Context(), "f-r1")
		require.Equal(t, domain.CodeNotFound, domain.ErrorCode(err), "the ticket is settled")
		sum, err := files.SHA256(t.Context(), "f-r1")
		require.NoError(t, err)
		require.Equal(t, hexSum("right"), sum)
	})
}

// A store of files or a log that is away is waited for.
func TestWhatIsAwayIsWaitedFor(t *testing.T) {
	onEachStore(t, func(t *testing.T, files *blobs.Store) {
		b := newBench(t)
		b.declares("r1", "right", "")
		u := newUploads(t, UploadsConfig{Files: files, Requests: b.requests})
		b.sends(files, u, "r1", "right")
		tries := make(chan struct{}, 100)
		b.log.set(func(string) error {
			tries <- struct{}{}
			return domain.Errorf(domain.CodeUnavailable, "away")
		})
		require.NoError(t, u.Whole(t.Context(), "f-r1"))
		<-tries
		<-tries
		require.Equal(t, 1, u.Stats().Pending)
		b.log.set(nil)
		eventually(t, func() bool { return u.Stats().Arrived == 1 })
		n, completed := b.delivered("r1")
		require.Equal(t, 1, n)
		require.Equal(t, 1, completed)
	})
}

// What a crash left half written is no upload; it goes, but not what is just
// beginning.
func TestAHalfWrittenUploadGoes(t *testing.T) {
	b := newBench(t)
	files, err := blobs.OpenFolder(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, files.Create(t.Context(), "uploads/half.info", strings.NewReader(`{"ID":"ha`)))
	now := time.Now()
	u := newUploads(t, UploadsConfig{Files: files, Requests: b.requests, Now: func() time.Time { return now }})
	list := func() (ids []string) {
		require.NoError(t, files.EachUpload(t.Context(), func(id string) error { ids = append(ids, id); return nil }))
		return ids
	}
	require.NoError(t, u.Sweep(t.Context()))
	require.Equal(t, []string{"half"}, list())
	now = now.Add(2 * time.Hour)
	require.NoError(t, u.Sweep(t.Context()))
	require.Empty(t, list())
}
