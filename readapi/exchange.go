package readapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"backlot/domain"
	"backlot/readapi/words"
)

// exchange is one HTTP request under way and what is known of it so far.
type exchange struct {
	http.ResponseWriter
	r *http.Request

	id        uuid.UUID        // of this exchange, in the log and as the correlation id of commands
	operation string           // operationId, once routed
	by        domain.Principal // once authenticated
	query     url.Values
	status    int
	started   time.Time
	refused   error // why a file is not taken, while tusd answers

	asked    sync.Once    // for language; several goroutines may answer
	language *words.Words // see words
}

// WriteHeader implements http.ResponseWriter.
func (x *exchange) WriteHeader(status int) {
	if x.status == 0 && status >= 200 {
		x.status = status
	}
	x.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (x *exchange) Write(b []byte) (int, error) {
	if x.status == 0 {
		x.status = http.StatusOK
	}
	return x.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController find what the connection can do.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// words returns the language that the answer is told in: the reader's.
func (x *exchange) words() *words.Words {
	x.asked.Do(func() { x.language = words.For(x.r.Header.Get("Accept-Language")) })
	return x.language
}

func (x *exchange) variable(name string) string { return mux.Vars(x.r)[name] }

// jsonAppender is an answer that writes its JSON itself.
type jsonAppender interface {
	appendJSON(b []byte) ([]byte, error)
}

// bodies are answers that were sent: a list of groups is a hundred kilobytes, which
// the next one need not find memory for.
var bodies = sync.Pool{New: func() any { return new([]byte) }}

const keptBody = 1 << 20 // bytes; longer ones are left to the garbage collector

// answer writes a value as JSON.
func (x *exchange) answer(status int, value any) (err error) {
	kept := bodies.Get().(*[]byte)
	body := (*kept)[:0]
	if a, ok := value.(jsonAppender); ok {
		body, err = a.appendJSON(body)
	} else {
		body, err = appendJSON(body, value)
	}
	if err != nil {
		return err
	}
	body = append(body, '\n')
	x.Header().Set("Content-Type", "application/json")
	if x.language != nil {
		x.Header().Set("Content-Language", x.language.Tag.String())
		x.Header().Set("Vary", "Accept-Language")
	}
	x.Header().Set("Content-Length", strconv.Itoa(len(body))) // else a long one is sent in chunks
	x.WriteHeader(status)
	_, _ = x.Write(body) // an error here means that nobody is there to read it
	if cap(body) <= keptBody {
		*kept = body
		bodies.Put(kept)
	}
	return nil
}

type exchangeKey struct{}

func exchangeOf(r *http.Request) *exchange { return r.Context().Value(exchangeKey{}).(*exchange) }

// ServeHTTP implements http.Handler: one exchange from its first byte to its
// line in the log.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{ResponseWriter: w, id: uuid.New(), operation: "none", started: time.Now()}
	x.r = r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x))
	s.metrics.inFlight.Inc()
	defer s.finish(x)
	defer s.recover(x)
	if !ownPath(r.URL.Path) && s.Web != nil {
		x.operation = "page"
		s.Web.ServeHTTP(x, x.r)
		return
	}
	setSecurityHeaders(x.Header())
	x.Header().Set("X-Request-Id", x.id.String())
	s.router.ServeHTTP(x, x.r)
}

// ownPath reports whether a path is the API's; all others are the page's.
func ownPath(p string) bool {
	for _, own := range []string{"/api", "/uploads", "/healthz", "/readyz", "/metrics"} {
		if p == own || strings.HasPrefix(p, own+"/") {
			return true
		}
	}
	return false
}

func setSecurityHeaders(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
}

func (s *server) recover(x *exchange) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	s.Logger.Error("panic", slog.Any("panic", p), slog.String("request", x.id.String()), slog.String("stack", string(debug.Stack())))
	if x.status == 0 {
		s.fail(x, domain.Errorf(domain.CodeInternal, "panic"))
	}
}

// fail answers with an error's problem document and logs what is our fault.
func (s *server) fail(x *exchange, err error) {
	if x.status != 0 {
		s.Logger.Error("failed after the answer began", slog.String("operation", x.operation), slog.String("request", x.id.String()), slog.Any("error", err))
		return
	}
	if x.r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		// Nobody is there to read an answer; the log should not call it a fault.
		err = &domain.Error{Code: domain.CodeUnavailable, Message: "The request was cancelled.", Err: err}
	}
	p := problemOf(err, x.words())
	if p.Status >= 500 {
		s.Logger.Log(x.r.Context(), levelOf(p.Status), "failed", slog.String("operation", x.operation), slog.String("request", x.id.String()), slog.Any("error", err))
	}
	if p.Code == domain.CodeInternal {
		p.Request = x.id.String()
	}
	var c *currentError
	if errors.As(err, &c) && c.current != nil {
		p.Current = c.current
		x.Header().Set("ETag", c.current.ETag)
	}
	languages := x.words().Tag.String()
	if x.words() != words.English {
		languages += ", " + words.English.Tag.String() // of the detail
	}
	x.Header().Set("Content-Language", languages)
	x.Header().Set("Vary", "Accept-Language")
	p.write(x)
}

func levelOf(status int) slog.Level {
	if status == http.StatusInternalServerError {
		return slog.LevelError
	}
	return slog.LevelWarn
}

func (s *server) finish(x *exchange) {
	took := time.Since(x.started)
	if x.status == 0 {
		x.status = http.StatusOK
	}
	s.metrics.inFlight.Dec()
	s.metrics.observe(x.operation, x.status, took)
	level := slog.LevelInfo
	switch x.operation {
	case "page", "getHealth", "getReadiness", "getMetrics":
		level = slog.LevelDebug
	}
	s.Logger.Log(context.WithoutCancel(x.r.Context()), level, "http",
		slog.String("method", x.r.Method), slog.String("path", x.r.URL.Path), slog.String("operation", x.operation), slog.Int("status", x.status),
		slog.Duration("took", took), slog.String("account", x.by.Account), slog.String("request", x.id.String()))
}
