package web

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

const (
	index = "index.html"
	// noncePlaceholder stands in index.html where each answer has its own nonce;
	// html.cspNonce in vite.config.ts writes it.
	noncePlaceholder = "BACKLOT_NONCE"
)

// serverPaths belong to the server. A path below them that nobody answers is
// an error, never the page: a client that expects JSON must not get HTML.
var serverPaths = []string{"/api", "/uploads", "/healthz", "/readyz", "/metrics"}

func ownedByServer(p string) bool {
	for _, prefix := range serverPaths {
		if p == prefix || strings.HasPrefix(p, prefix+"/") {
			return true
		}
	}
	return false
}

type handler struct {
	files fs.FS
	index []byte // nil when the page was not built

	mu     sync.Mutex
	assets map[string]*asset // by path in files, filled when first asked for
}

// asset is a file as it is sent.
type asset struct {
	contentType string
	etag        string
	plain       []byte
	gzipped     []byte // nil where it would not be smaller
}

func newHandler(files fs.FS) *handler {
	h := &handler{files: files, assets: map[string]*asset{}}
	if b, err := fs.ReadFile(files, index); err == nil {
		h.index = b
	}
	return h
}

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	setSecurityHeaders(w.Header())
	p := path.Clean("/" + r.URL.Path)
	switch {
	case ownedByServer(p):
		notFound(w, p)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "The page can only be read.", http.StatusMethodNotAllowed)
	case h.index == nil:
		sayPage(w, http.StatusServiceUnavailable, "The page has not been built",
			"This program was compiled without its web page. Run <code>make</code>, or <code>npm ci &amp;&amp; npm run build</code> in the folder <code>web</code>, and compile again. The API works without it.")
	case p == "/" || p == "/"+index:
		h.serveIndex(w, r)
	default:
		h.serveFile(w, r, strings.TrimPrefix(p, "/"))
	}
}

func (h *handler) serveFile(w http.ResponseWriter, r *http.Request, name string) {
	a, err := h.asset(name)
	hashed := strings.HasPrefix(name, "assets/")
	switch {
	case errors.Is(err, fs.ErrNotExist) && !hashed:
		h.serveIndex(w, r)
		return
	case err != nil:
		// A file of another build: the page that asked for it is older than the
		// program and loads itself again.
		http.Error(w, "There is no such file in this build.", http.StatusNotFound)
		return
	}
	header := w.Header()
	header.Set("Content-Type", a.contentType)
	if hashed {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		header.Set("Cache-Control", "no-cache")
	}
	body, etag := a.plain, a.etag
	if a.gzipped != nil {
		header.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r) {
			header.Set("Content-Encoding", "gzip")
			body, etag = a.gzipped, a.etag+"-gzip"
		}
	}
	header.Set("ETag", `"`+etag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

func (h *handler) serveIndex(w http.ResponseWriter, r *http.Request) {
	nonce := newNonce()
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store") // the nonce is for this answer only
	header.Set("Content-Security-Policy", contentSecurityPolicy(nonce))
	body := bytes.ReplaceAll(h.index, []byte(noncePlaceholder), []byte(nonce))
	header.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(body) // the reader has gone: nobody to tell
	}
}

// asset returns a file, read and compressed once.
func (h *handler) asset(name string) (*asset, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if a, ok := h.assets[name]; ok {
		return a, nil
	}
	if path.Base(name) == ".gitkeep" || name == "." {
		return nil, fs.ErrNotExist
	}
	if info, err := fs.Stat(h.files, name); err != nil || info.IsDir() {
		return nil, fs.ErrNotExist
	}
	plain, err := fs.ReadFile(h.files, name)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(plain)
	a := &asset{contentType: contentType(name), etag: base64.RawURLEncoding.EncodeToString(sum[:12]), plain: plain}
	if compressible(a.contentType) {
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is a constant of the package
		_, _ = z.Write(plain)                                 // a bytes.Buffer takes everything
		_ = z.Close()
		if b.Len() < len(plain) {
			a.gzipped = b.Bytes()
		}
	}
	h.assets[name] = a
	return a, nil
}

// contentType goes by the extension. The table of the machine is not asked for
// what the page cannot do without.
func contentType(name string) string {
	switch ext := path.Ext(name); ext {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".webmanifest":
		return "application/manifest+json"
	default:
		if t := mime.TypeByExtension(ext); t != "" {
			return t
		}
		return "application/octet-stream"
	}
}

func compressible(contentType string) bool {
	return strings.HasPrefix(contentType, "text/") || strings.Contains(contentType, "json") || strings.Contains(contentType, "svg")
}

func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			return strings.ReplaceAll(q, " ", "") != "q=0"
		}
	}
	return false
}

func newNonce() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: it ends the program instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}
