package web

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httputil"
	"net/url"
)

// DevHandler serves the page from a running Vite, with hot reload, instead of
// the embedded build. While Vite does not answer, the page says how to start
// it. The error says what is wrong with viteURL, an absolute http URL such as
// http://127.0.0.1:5173.
func DevHandler(viteURL string) (http.Handler, error) {
	target, err := url.Parse(viteURL)
	if err != nil {
		return nil, fmt.Errorf("web: the address of Vite cannot be read: %w", err)
	}
	if target.Scheme != "http" || target.Host == "" {
		return nil, fmt.Errorf("web: %q is not the address of Vite; write http://host:port", viteURL)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) },
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			setSecurityHeaders(w.Header())
			sayPage(w, http.StatusBadGateway, "Vite does not answer", fmt.Sprintf(
				"Nothing answers at <code>%s</code>: %s. Run <code>make web-dev</code>, or <code>npm run dev</code> in the folder <code>web</code>, and load this page again.",
				html.EscapeString(target.String()), html.EscapeString(err.Error())))
		},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ownedByServer(r.URL.Path) {
			notFound(w, r.URL.Path)
			return
		}
		proxy.ServeHTTP(w, r)
	}), nil
}
