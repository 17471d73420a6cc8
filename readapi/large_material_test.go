package readapi

import (
	"archive/zip"
	"errors"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/blobs"
	"backlot/domain/sourcerequest"
)

var wholeMaterial = flag.Bool("whole-material", false, "let TestALargeMaterial download an archive of 5 GB to its end, and not only its beginning")

// TestALargeMaterial downloads a sparse material of 5 GB in parts and in an
// archive, while memory stays flat.
func TestALargeMaterial(t *testing.T) {
	folder := t.TempDir()
	store, err := blobs.OpenFolder(folder)
	require.NoError(t, err)
	p := newPortal(t, func(c *Config) { c.Files = files{store} })
	p.bring(fourRequests)
	const size = 5_000_000_000
	for name, content := range map[string]string{"film": "", "notes": "the end"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600))
	}
	film, err := os.OpenFile(filepath.Join(folder, "film"), os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = film.WriteAt([]byte("last"), size-4)
	require.NoError(t, errors.Join(err, film.Close()))
	p.act(anOperator, "north-juice", sourcerequest.ProvideMaterials{Materials: []sourcerequest.MaterialFile{
		{ID: "film", Kind: sourcerequest.MaterialVideo, Name: "film.mov", Size: size}, {ID: "notes", Kind: sourcerequest.MaterialDocument, Name: "notes.txt", Size: 7},
	}})
	server := httptest.NewServer(p.handler)
	defer server.Close()
	get := func(path, part string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+base+"/requests/north-juice"+path, nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer token-of-jo")
		if part != "" {
			r.Header.Set("Range", part)
		}
		a, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		t.Cleanup(func() { _ = a.Body.Close() })
		return a
	}
	part := get("/materials/film/content", "bytes=-6")
	require.Equal(t, http.StatusPartialContent, part.StatusCode)
	got, err := io.ReadAll(part.Body)
	require.NoError(t, err)
	require.Equal(t, "\x00\x00last", string(got))

	whole := get("/materials.zip", "")
	require.Equal(t, http.StatusOK, whole.StatusCode)
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	out := &ending{}
	began := time.Now()
	var body io.Reader = whole.Body
	if !*wholeMaterial {
		body = io.LimitReader(body, 100<<20)
	}
	_, err = io.CopyBuffer(out, struct{ io.Reader }{body}, make([]byte, 1<<20))
	require.NoError(t, err)
	if !*wholeMaterial {
		require.NoError(t, whole.Body.Close()) // else the server would wait until nobody reads
	}
	t.Logf("%d bytes at %.0f MB/s; at most %.1f MB of heap more than before", out.n, float64(out.n)/time.Since(began).Seconds()/1e6, float64(out.heap-int64(before.HeapAlloc))/1e6)
	require.Greater(t, whole.ContentLength, int64(size))
	assert.Positive(t, out.heap)
	assert.Less(t, out.heap-int64(before.HeapAlloc), int64(32<<20))
	if !*wholeMaterial {
		return
	}
	require.Equal(t, whole.ContentLength, out.n)
	r, err := zip.NewReader(out, out.n)
	require.NoError(t, err)
	sizes := map[string]uint64{}
	for _, f := range r.File {
		sizes[f.Name] = f.UncompressedSize64
	}
	require.EqualValues(t, size, sizes["film.mov"])
	notes, err := r.Open("notes.txt")
	require.NoError(t, err)
	text, err := io.ReadAll(notes)
	require.NoError(t, err)
	require.Equal(t, "the end", string(text))
}

// ending keeps the last megabyte or two that were written to it, and how high
// the heap was.
type ending struct {
	n, heap int64
	last    []byte
}

func (e *ending) Write(b []byte) (int, error) {
	if e.n>>24 != (e.n+int64(len(b)))>>24 {
		var now runtime.MemStats
		runtime.ReadMemStats(&now)
		e.heap = max(e.heap, int64(now.HeapAlloc))
	}
	e.n += int64(len(b))
	if e.last = append(e.last, b...); len(e.last) > 2<<20 {
		e.last = append(e.last[:0], e.last[len(e.last)-1<<20:]...)
	}
	return len(b), nil
}

func (e *ending) ReadAt(p []byte, at int64) (int, error) {
	begin := at - (e.n - int64(len(e.last)))
	if begin < 0 || begin > int64(len(e.last)) {
		return 0, errors.New("that is forgotten")
	}
	n := copy(p, e.last[begin:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
