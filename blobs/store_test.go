package blobs_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/require"
	tus "github.com/tus/tusd/v2/pkg/handler"

	"backlot/blobs"
	"backlot/domain"
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
	t.Setenv("AWS_ACCESS_KEY_ID", "nobody")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "nothing")
	backend := s3mem.New()
	require.NoError(t, backend.CreateBucket("assets"))
	server := httptest.NewServer(gofakes3.New(backend).Server())
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
