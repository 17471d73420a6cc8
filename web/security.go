package web

import (
	"fmt"
	"html"
	"net/http"
	"strings"
)

// contentSecurityPolicy allows this server's own files and nothing else: no
// inline script, no third-party host. Styles need a nonce because Mantine puts
// its theme's variables into a style element at run time; the style properties
// that React sets one by one go through the CSSOM, which no policy forbids, so
// 'unsafe-inline' is not needed.
func contentSecurityPolicy(nonce string) string {
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self' 'nonce-" + nonce + "'",
		"img-src 'self' data:", // data: for the small pictures that Vite writes into CSS
		"font-src 'self'",
		"media-src 'self'", // delivered files, in the player
		"connect-src 'self'",
		"manifest-src 'self'",
		"form-action 'self'",
		"base-uri 'none'",
		"frame-ancestors 'none'",
	}, "; ")
}

func setSecurityHeaders(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
}

// notFound answers for paths of the server that no route took.
func notFound(w http.ResponseWriter, p string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(http.StatusNotFound)
	_, _ = fmt.Fprintf(w, `{"type":"about:blank","title":"Not Found","status":404,"code":"not_found","detail":%q}`+"\n", "the server has nothing at "+printable(p))
}

// printable keeps what needs no escape in JSON, so that %q of Go is a string
// of JSON too.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
}

// sayPage answers with a page of one sentence; text is trusted HTML.
func sayPage(w http.ResponseWriter, status int, title, text string) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	nonce := newNonce()
	h.Set("Content-Security-Policy", contentSecurityPolicy(nonce))
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Backlot: %[1]s</title>
<style nonce="%[3]s">body{font:15px/1.6 system-ui,sans-serif;max-width:36rem;margin:20vh auto;padding:0 1rem}</style>
<h1>%[1]s</h1>
<p>%[2]s</p>
</html>
`, html.EscapeString(title), text, nonce)
}
