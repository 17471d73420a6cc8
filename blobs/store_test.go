package blobs_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/require"
	tus "github.com/tus/tusd/v2/pkg/handler"

	"backlot/blobs"
	"backlot/domain"
	"backlot/domain/upload"
)

// onEach runs the contract over a folder and over a server that speaks S3.
func onEach(t *testing.T, test func(t *testing.T, s *blobs.Store)) {
	t.Run("folder", func(t *testing.T) { test(t, open(t, "file://"+t.TempDir()+"/files")) })
	t.Run("bucket", func(t *testing.T) { test(t, open(t, bucket(t, ""))) })
	t.Run("bucket with a prefix", func(t *testing.T) { test(t, open(t, bucket(t, "backlot/files/"))) })
}

func open(t *testing.T, address string) *blobs.Store {
	t.Helper()
	s, err := blobs.Open(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// bucket starts a server that speaks S3 and returns a bucket's address.
func bucket(t *testing.T, prefix string) string {
	t.Helper()
	return bucketThat(t, prefix, func() {})
}

// bucketThat is a bucket that says when it has answered a request.
func bucketThat(t *testing.T, prefix string, answered func()) string {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "nobody")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "nothing")
	backend := s3mem.New()
	require.NoError(t, backend.CreateBucket("assets"))
	s3 := gofakes3.New(backend).Server()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s3.ServeHTTP(w, r)
		answered()
	}))
	t.Cleanup(server.Close)
	q := url.Values{
		"region": {"eu-central-1"}, "endpoint": {server.URL}, "use_path_style": {"true"},
		// Of a part, this server sends the checksum of the whole.
		"response_checksum_validation": {"when_required"},
	}
	if prefix != "" {
		q.Set("prefix", prefix)
	}
	return "s3://assets?" + q.Encode()
}

func TestAFileIsReadBackInAnyPart(t *testing.T) {
	onEach(t, func(t *testing.T, s *blobs.Store) {
		content := make([]byte, 3_000)
		_, _ = rand.Read(content)
		require.NoError(t, s.Create(t.Context(), "f-1", bytes.NewReader(content)))

		f, err := s.Open(t.Context(), "f-1")
		require.NoError(t, err)
		require.EqualValues(t, len(content), f.Size())
		require.False(t, f.Modified().IsZero())
		if f.Path() != "" {
			lies, err := os.ReadFile(f.Path())
			require.NoError(t, err)
			require.Equal(t, content, lies)
		}
		require.Equal(t, strings.Contains(t.Name(), "folder"), f.Path() != "")
		require.NoError(t, iotest.TestReader(f, content), "Read, Seek and ReadAt")
		require.NoError(t, f.Close())
		require.NoError(t, f.Close())
		_, err = f.Seek(-1, io.SeekStart)
		require.ErrorContains(t, err, "before its beginning")
	})
}

func TestAnEmptyFile(t *testing.T) {
	onEach(t, func(t *testing.T, s *blobs.Store) {
		require.NoError(t, s.Create(t.Context(), "empty", strings.NewReader("")))
		f, err := s.Open(t.Context(), "empty")
		require.NoError(t, err)
		require.NoError(t, iotest.TestReader(f, nil))
	})
}

func TestAFileIsWrittenOnce(t *testing.T) {
	onEach(t, func(t *testing.T, s *blobs.Store) {
		require.NoError(t, s.Create(t.Context(), "f-1", strings.NewReader("first")))
		err := s.Create(t.Context(), "f-1", strings.NewReader("second"))
		require.Equal(t, domain.CodeConflict, domain.ErrorCode(err), err)
		require.Equal(t, "first", read(t, s, "f-1"))
	})
}

func TestAFileThatIsNotThere(t *testing.T) {
	onEach(t, func(t *testing.T, s *blobs.Store) {
		_, err := s.Open(t.Context(), "nothing")
		require.Equal(t, domain.CodeNotFound, domain.ErrorCode(err), err)
		require.NoError(t, s.Delete(t.Context(), "nothing"))

		require.NoError(t, s.Create(t.Context(), "gone", strings.NewReader("x")))
		f, err := s.Open(t.Context(), "gone")
		require.NoError(t, err)
		require.NoError(t, s.Delete(t.Context(), "gone"))
		_, err = f.ReadAt(make([]byte, 1), 0)
		require.Equal(t, domain.CodeNotFound, domain.ErrorCode(err), err)
		_, err = f.Read(make([]byte, 1))
		require.Equal(t, domain.CodeNotFound, domain.ErrorCode(err), err)
	})
}

func TestAnUploadInPiecesBecomesTheFile(t *testing.T) {
	onEach(t, func(t *testing.T, s *blobs.Store) {
		composer := tus.NewStoreComposer()
		s.UseIn(composer)
		require.True(t, composer.UsesLocker)
		ctx := context.Background()
		upload, err := composer.Core.NewUpload(ctx, tus.FileInfo{ID: "f-1", Size: 12})
		require.NoError(t, err)
		info, err := upload.GetInfo(ctx)
		require.NoError(t, err)
		_, err = upload.WriteChunk(ctx, 0, strings.NewReader("a film"))
		require.NoError(t, err)
		upload, err = composer.Core.GetUpload(ctx, info.ID) // as another process finds it
		require.NoError(t, err)
		_, err = upload.WriteChunk(ctx, 6, strings.NewReader(" whole"))
		require.NoError(t, err)
		require.NoError(t, upload.FinishUpload(ctx))
		require.NoError(t, s.Sync(ctx, "f-1"))
		require.Equal(t, "a film whole", read(t, s, "f-1"))
	})
}

// Killed between any two requests to a bucket, restarting an upload leaves it
// whole, gone or begun anew, and what is sent then is the file.
func TestAnUploadIsRestartedWhereverTheProcessIsKilled(t *testing.T) {
	var left atomic.Int64
	var kill atomic.Pointer[context.CancelFunc]
	s := open(t, bucketThat(t, "", func() {
		if cancel := kill.Load(); left.Add(-1) == 0 && cancel != nil {
			(*cancel)()
		}
	}))
	composer := tus.NewStoreComposer()
	s.UseIn(composer)
	send := func(id, content string) {
		t.Helper()
		u, err := composer.Core.GetUpload(t.Context(), id)
		require.NoError(t, err)
		_, err = u.WriteChunk(t.Context(), 0, strings.NewReader(content))
		require.NoError(t, err)
		require.NoError(t, s.Finish(t.Context(), id))
	}
	ticket := upload.Ticket{Purpose: upload.Material, Name: "a.wav"}
	killed := 0
	for requests := int64(1); ; requests++ {
		id := fmt.Sprintf("f-%d", requests)
		_, err := composer.Core.NewUpload(t.Context(), tus.FileInfo{ID: id, Size: 5, MetaData: ticket.Metadata()})
		require.NoError(t, err)
		send(id, "wrong")

		ctx, cancel := context.WithCancel(t.Context())
		kill.Store(&cancel)
		left.Store(requests)
		restarted := s.Restart(ctx, id, 5, ticket)
		kill.Store(nil)
		cancel()
		if restarted == nil {
			require.Greater(t, killed, 4, "there are requests to be killed after")
			return
		}
		killed++

		if up, err := s.Upload(t.Context(), id); err == nil && up.Whole() {
			if err := s.Finish(t.Context(), id); err != nil {
				require.Equal(t, domain.CodeNotFound, domain.ErrorCode(err), "after %d requests: %v", requests, err)
			}
		}
		require.NoError(t, s.Restart(t.Context(), id, 5, ticket))
		send(id, "right")
		require.Equal(t, "right", read(t, s, id))
	}
}

func TestAStoreThatDoesNotAnswerIsUnavailable(t *testing.T) {
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	address := bucket(t, "")
	u, err := url.Parse(address)
	require.NoError(t, err)
	q := u.Query()
	q.Set("endpoint", "http://127.0.0.1:1")
	u.RawQuery = q.Encode()
	_, err = open(t, u.String()).Open(t.Context(), "f-1")
	require.Equal(t, domain.CodeUnavailable, domain.ErrorCode(err), err)
}

func TestAddresses(t *testing.T) {
	for _, wrong := range []string{"", "ftp://x", "s3://", "file:", "files", "gs://bucket", "file://host/folder"} {
		_, err := blobs.Open(t.Context(), wrong)
		require.Equal(t, domain.CodeInvalid, domain.ErrorCode(err), wrong)
	}
	folder := t.TempDir()
	_, err := blobs.OpenFolder(folder + "/made/of/two")
	require.NoError(t, err)
	require.DirExists(t, folder+"/made/of/two")
	require.NoError(t, os.WriteFile(folder+"/file", nil, 0o600))
	_, err = blobs.OpenFolder(folder + "/file")
	require.Error(t, err)
}

func read(t *testing.T, s *blobs.Store, id string) string {
	t.Helper()
	f, err := s.Open(t.Context(), id)
	require.NoError(t, err)
	defer f.Close()
	content, err := io.ReadAll(f)
	require.NoError(t, err)
	return string(content)
}
