package web

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var script = strings.Repeat("console.log('backlot');", 100)

func built() fstest.MapFS {
	return fstest.MapFS{
		".gitkeep":               {Data: nil},
		"index.html":             {Data: []byte(`<!doctype html><meta property="csp-nonce" nonce="BACKLOT_NONCE"><div id="root"></div>`)},
		"favicon.svg":            {Data: []byte(`<svg/>`)},
		"assets/index-abc.js":    {Data: []byte(script)},
		"assets/inter-def.woff2": {Data: []byte("wOF2")},
	}
}

func get(t *testing.T, h http.Handler, path string, edit ...func(*http.Request)) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for _, e := range edit {
		e(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return string(b)
}

func TestUnknownPathsGetThePage(t *testing.T) {
	h := newHandler(built())
	for _, path := range []string{"/", "/index.html", "/requests/100000001", "/requests/a.b", "/.gitkeep", "/assets/../requests/1", "/apiary"} {
		r := get(t, h, path)
		assert.Equal(t, http.StatusOK, r.StatusCode, path)
		assert.Equal(t, "no-store", r.Header.Get("Cache-Control"), path)
		assert.Contains(t, body(t, r), `<div id="root">`, path)
	}
}

func TestPathsOfTheServerNeverGetThePage(t *testing.T) {
	h := newHandler(built())
	for _, path := range []string{"/api", "/api/v1/requests", "/api/v1/nothing\"here", "/uploads/1", "/healthz", "/metrics", "/assets/../api/v1/x"} {
		r := get(t, h, "http://backlot"+strings.ReplaceAll(path, `"`, "%22"))
		assert.Equal(t, http.StatusNotFound, r.StatusCode, path)
		assert.Equal(t, "application/problem+json", r.Header.Get("Content-Type"), path)
		var problem struct{ Code, Detail string }
		require.NoError(t, json.NewDecoder(r.Body).Decode(&problem), path)
		assert.Equal(t, "not_found", problem.Code, path)
	}
}

func TestHashedAssetsAreKeptForEver(t *testing.T) {
	h := newHandler(built())
	r := get(t, h, "/assets/index-abc.js")
	assert.Equal(t, "public, max-age=31536000, immutable", r.Header.Get("Cache-Control"))
	assert.Equal(t, "text/javascript; charset=utf-8", r.Header.Get("Content-Type"))
	assert.Equal(t, "nosniff", r.Header.Get("X-Content-Type-Options"))
	assert.Equal(t, script, body(t, r))

	assert.Equal(t, "no-cache", get(t, h, "/favicon.svg").Header.Get("Cache-Control"))
	assert.Equal(t, "font/woff2", get(t, h, "/assets/inter-def.woff2").Header.Get("Content-Type"))
}

func TestAnAssetOfAnotherBuildIsNotThePage(t *testing.T) {
	r := get(t, newHandler(built()), "/assets/index-old.js")
	assert.Equal(t, http.StatusNotFound, r.StatusCode)
	assert.Empty(t, r.Header.Get("Cache-Control"))
}

func TestCompression(t *testing.T) {
	h := newHandler(built())
	with := func(coding string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Accept-Encoding", coding) }
	}
	r := get(t, h, "/assets/index-abc.js", with("br, gzip;q=0.8"))
	require.Equal(t, "gzip", r.Header.Get("Content-Encoding"))
	assert.Equal(t, "Accept-Encoding", r.Header.Get("Vary"))
	z, err := gzip.NewReader(r.Body)
	require.NoError(t, err)
	b, err := io.ReadAll(z)
	require.NoError(t, err)
	assert.Equal(t, script, string(b))

	refused := get(t, h, "/assets/index-abc.js", with("gzip; q=0"))
	assert.Empty(t, refused.Header.Get("Content-Encoding"))
	assert.NotEqual(t, r.Header.Get("ETag"), refused.Header.Get("ETag"))
	assert.Empty(t, get(t, h, "/assets/inter-def.woff2", with("gzip")).Header.Get("Content-Encoding"))
}

func TestAKnownFileIsNotSentAgain(t *testing.T) {
	h := newHandler(built())
	etag := get(t, h, "/favicon.svg").Header.Get("ETag")
	require.NotEmpty(t, etag)
	r := get(t, h, "/favicon.svg", func(r *http.Request) { r.Header.Set("If-None-Match", etag) })
	assert.Equal(t, http.StatusNotModified, r.StatusCode)
}

func TestContentSecurityPolicy(t *testing.T) {
	h := newHandler(built())
	nonceIn := func(r *http.Response) string {
		policy := r.Header.Get("Content-Security-Policy")
		assert.Contains(t, policy, "default-src 'none'; script-src 'self'; ")
		assert.NotContains(t, policy, "unsafe")
		assert.NotContains(t, policy, "http")
		m := regexp.MustCompile(`'nonce-([A-Za-z0-9_-]{22})'`).FindStringSubmatch(policy)
		require.NotNil(t, m, policy)
		assert.Contains(t, body(t, r), `nonce="`+m[1]+`"`)
		return m[1]
	}
	assert.NotEqual(t, nonceIn(get(t, h, "/")), nonceIn(get(t, h, "/")), "each answer has a nonce of its own")
}

func TestAPageThatWasNotBuiltSaysHowToBuildIt(t *testing.T) {
	h := newHandler(fstest.MapFS{".gitkeep": {}})
	r := get(t, h, "/requests/1")
	assert.Equal(t, http.StatusServiceUnavailable, r.StatusCode)
	assert.Contains(t, body(t, r), "npm run build")
	assert.Equal(t, http.StatusNotFound, get(t, h, "/api/v1/session").StatusCode)
}

func TestOnlyReading(t *testing.T) {
	h := newHandler(built())
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
	assert.Equal(t, http.StatusMethodNotAllowed, w.Code)

	w = httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodHead, "/", nil))
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Zero(t, w.Body.Len())
}

func TestTheEmbeddedFolderIsServed(t *testing.T) {
	r := get(t, Handler(), "/")
	assert.Contains(t, []int{http.StatusOK, http.StatusServiceUnavailable}, r.StatusCode)
	assert.Contains(t, body(t, r), "<!doctype html>")
}

func TestDevHandler(t *testing.T) {
	vite := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "vite "+r.URL.Path)
	}))
	h, err := DevHandler(vite.URL)
	require.NoError(t, err)
	assert.Equal(t, "vite /src/main.tsx", body(t, get(t, h, "/src/main.tsx")))
	assert.Equal(t, http.StatusNotFound, get(t, h, "/api/v1/session").StatusCode)

	vite.Close()
	r := get(t, h, "/")
	assert.Equal(t, http.StatusBadGateway, r.StatusCode)
	assert.Contains(t, body(t, r), "npm run dev")

	for _, bad := range []string{"", "127.0.0.1:5173", "https://", "ftp://x", "http://\x00"} {
		_, err := DevHandler(bad)
		assert.Error(t, err, bad)
	}
}
