package readapi

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// liveSchemas are the schemas of what events hold.
var liveSchemas = map[string]string{"counts": "BucketCounts", "counts-changed": "LiveCountsChanged", "rows": "LiveRows", "request": "LiveRequest", "refused": "Problem", "end": "LiveEnd"}

// said is one event of a stream.
type said struct {
	object
	name, id, raw string
}

// reader reads a live stream over a real connection.
type reader struct {
	portal *portal
	answer *http.Response
	events chan said
	close  func()

	mu   sync.Mutex
	text strings.Builder // all that came
}

// watch opens a live stream, which ends with the test.
func (c call) watch(query string) *reader {
	p := c.portal
	p.t.Helper()
	p.serving.Do(func() {
		p.server = httptest.NewServer(p.handler)
		p.t.Cleanup(p.server.Close)
	})
	ctx, cancel := context.WithCancel(p.t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.server.URL+base+"/live?"+query, nil)
	require.NoError(p.t, err)
	r.Header = c.header.Clone()
	in := &reader{portal: p, events: make(chan said, 1000), close: cancel}
	p.t.Cleanup(cancel)
	in.answer, err = http.DefaultClient.Do(r)
	require.NoError(p.t, err)
	if in.answer.StatusCode == http.StatusOK {
		go in.read()
	}
	return in
}

// refused is the answer of a stream that did not begin.
func (r *reader) refused() answer {
	defer r.close()
	body, err := io.ReadAll(r.answer.Body)
	require.NoError(r.portal.t, err)
	return answer{t: r.portal.t, portal: r.portal, status: r.answer.StatusCode, header: r.answer.Header, body: body}
}

func (r *reader) read() {
	defer close(r.events)
	defer r.answer.Body.Close()
	lines := bufio.NewScanner(r.answer.Body)
	lines.Buffer(nil, 1<<22)
	var e said
	for lines.Scan() {
		r.mu.Lock()
		r.text.WriteString(lines.Text() + "\n")
		r.mu.Unlock()
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "event":
			e.name = value
		case "id":
			e.id = value
		case "data":
			e.raw = value
		case "":
			if e.raw != "" {
				r.events <- e
			}
			e = said{}
		}
	}
}

// everything is all that came so far.
func (r *reader) everything() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// next returns the next event, which has to have a name and fit the document.
func (r *reader) next(name string) said {
	r.portal.t.Helper()
	return r.nextOf(name, "")
}

// nextOf is next after any number of events of another name.
func (r *reader) nextOf(name, passing string) said {
	t := r.portal.t
	t.Helper()
	select {
	case e, more := <-r.events:
		require.True(t, more, "the stream has ended instead of telling %s", name)
		if e.name == passing {
			return r.nextOf(name, passing)
		}
		require.Equal(t, name, e.name, e.raw)
		require.NoError(t, json.Unmarshal([]byte(e.raw), &e.object))
		plain := map[string]any{}
		for field, value := range e.object {
			if field != "watch" {
				plain[field] = value
			}
		}
		require.NoError(t, r.portal.document.Components.Schemas[liveSchemas[name]].Value.VisitJSON(plain), e.raw)
		return e
	case <-time.After(20 * time.Second):
		require.Fail(t, "nothing came", "instead of %s", name)
		return said{}
	}
}

// quiet fails if the stream was told anything of what has happened.
func (r *reader) quiet() {
	r.portal.t.Helper()
	r.settle()
	select {
	case e := <-r.events:
		require.Fail(r.portal.t, "it was told", "%s: %s", e.name, e.raw)
	default:
	}
}

// settle waits until everything that has happened was looked at, and what there
// was to tell has come.
func (r *reader) settle() {
	t := r.portal.t
	t.Helper()
	end, err := r.portal.store.End(t.Context())
	require.NoError(t, err)
	r.portal.await(end.String())
	hub := r.portal.handler.(*server).live
	require.NoError(t, hub.reach(t.Context(), end))
	// What was found out is written to the reader by its own goroutine; a comment
	// that follows comes after it.
	before := strings.Count(r.everything(), "\n: \n")
	require.Eventually(t, func() bool { return strings.Count(r.everything(), "\n: \n") > before+1 }, 20*time.Second, time.Millisecond)
}

// ended waits for the end of the stream and returns why.
func (r *reader) ended() string {
	r.portal.t.Helper()
	why := r.next("end").text("reason")
	select {
	case _, more := <-r.events:
		assert.False(r.portal.t, more)
	case <-time.After(20 * time.Second):
		require.Fail(r.portal.t, "the stream goes on after its end")
	}
	return why
}
