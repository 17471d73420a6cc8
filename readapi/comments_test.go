package readapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/domain/text"
	"backlot/eventstore"
	"backlot/internal/redistest"
	"backlot/readmodel"
)

const commentsOfJuice = "/requests/north-juice/comments"

// redisHolds reports whether a value or a key of the read models holds some bytes.
func (p *portal) redisHolds(what string) bool {
	p.t.Helper()
	return strings.Contains(redistest.Dump(p.t, p.redis), what)
}

func TestARedactedCommentIsShownWithoutItsText(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	said := p.as(ofJuice).post(commentsOfJuice, `{"text":"Wilhelmina is ill"}`).done().text("comment_id")
	p.as(ofNorth).post(commentsOfJuice, `{"text":"Then later"}`).done()
	path := commentsOfJuice + "/" + said + "/redact"

	comments := p.as(ofJuice).get(commentsOfJuice).ok(http.StatusOK)
	assert.Equal(t, []string{"Wilhelmina is ill", "Then later"}, comments.each("comments", "text"))
	assert.Equal(t, []any{true, false}, []any{comments.at("comments.0.redactable"), comments.at("comments.1.redactable")}, "one's own")
	assert.Equal(t, true, p.as(anOperator).get(commentsOfJuice).ok(http.StatusOK).at("comments.1.redactable"))
	assert.False(t, p.redisHolds("Wilhelmina"), "a document has the text's id only")
	for _, reader := range []string{"/requests/north-juice/history", "/audit", "/audit/export?format=jsonl"} {
		assert.Contains(t, string(p.as(anOperator).get(reader).body), "Juice commented: Wilhelmina is ill", reader)
	}

	p.as(ofNorth).post(path, "").problem(domain.CodeForbidden)
	p.as(anAuditor).post(path, "").problem(domain.CodeForbidden)
	p.as(ofSDI).post(path, "").problem(domain.CodeNotFound)
	p.as(anOperator).post(commentsOfJuice+"/none/redact", "").problem(domain.CodeNotFound)
	p.as(anOperator).post(path, `{"reason":"x"}`).problem(domain.CodeInvalid)
	done := p.as(anOperator).post(path, "").done()
	assert.Equal(t, true, done.at("changed"))
	assert.Equal(t, false, p.as(ofJuice).post(path, "{}").done().at("changed"), "once more changes nothing")

	comments = p.as(ofJuice).get(commentsOfJuice).ok(http.StatusOK)
	assert.Equal(t, []any{nil, true, false}, []any{comments.at("comments.0.text"), comments.at("comments.0.redacted"), comments.at("comments.0.redactable")})
	assert.Equal(t, "Then later", comments.text("comments.1.text"))
	for _, who := range []domain.Principal{anOperator, ofJuice} {
		history := p.as(who).get("/requests/north-juice/history").ok(http.StatusOK)
		assert.Equal(t, []string{"comment_redacted", "commented", "commented"}, history.each("entries", "kind")[:3])
		assert.Equal(t, "An operator redacted a comment", history.text("entries.0.summary"))
		assert.Equal(t, "Juice commented; the text is no longer kept", history.text("entries.2.summary"))
		assert.Nil(t, history.at("entries.2.text"))
	}
	for _, reader := range []string{"/requests/north-juice/history", "/audit", "/audit/export?format=jsonl", "/audit/export"} {
		assert.NotContains(t, string(p.as(anOperator).get(reader).body), "Wilhelmina", reader)
	}
}

func TestARedactionIsAsHiddenAsTheComment(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	said := p.as(ofJuice).post(commentsOfJuice, `{"text":"among us"}`).done().text("comment_id")
	etag := p.as(anOperator).get("/requests/north-juice").header.Get("ETag")
	p.as(anOperator).with("If-Match", etag).patch("/requests/north-juice", `{"fulfillment_partner":"SDI"}`).done()
	p.as(anOperator).post(commentsOfJuice+"/"+said+"/redact", "").done()
	assert.NotContains(t, p.as(ofSDI).get("/requests/north-juice/history").ok(http.StatusOK).each("entries", "kind"), "comment_redacted")
	assert.Contains(t, p.as(ofNorth).get("/requests/north-juice/history").ok(http.StatusOK).each("entries", "kind"), "comment_redacted")
}

// Comments of the first version have their texts in their events, and in
// documents that were written before.
func TestACommentFromBeforeTextsWereKeptApart(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	stream := sourcerequest.StreamOf("north-juice")
	opened, _, err := p.store.LastEvent(t.Context(), stream)
	require.NoError(t, err)
	_, at, err := p.store.Append(t.Context(), stream, domain.Version{Exists: true, Revision: opened.Revision, ChainHash: opened.Metadata.ChainHash}, []domain.Draft{{
		ID: uuid.New(), Event: sourcerequest.Commented{CommentID: "old", Text: "as ever"},
		Metadata: domain.Metadata{OccurredAt: p.now(), Actor: ofJuice, CorrelationID: uuid.New(), CausationID: uuid.New()},
	}})
	require.NoError(t, err)
	p.await(at.String())
	comments := p.as(anOperator).get(commentsOfJuice).ok(http.StatusOK)
	assert.Equal(t, []any{"as ever", false, false}, []any{comments.at("comments.0.text"), comments.at("comments.0.redacted"), comments.at("comments.0.redactable")})
	assert.Equal(t, "Juice commented: as ever", p.as(anOperator).get("/requests/north-juice/history").ok(http.StatusOK).text("entries.0.summary"))
	p.as(anOperator).post(commentsOfJuice+"/old/redact", "").problem(domain.CodeRefused)

	var d readmodel.Document
	require.NoError(t, json.Unmarshal([]byte(`{"id":"north-juice","state":{"comments":[{"id":"old","text":"as ever"}]}}`), &d))
	assert.Equal(t, "as ever", d.State.Comments[0].Text)
}

// A text that somebody deleted round the portal is missing, and nothing else.
func TestAMissingTextIsNoError(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	p.as(ofJuice).post(commentsOfJuice, `{"text":"gone"}`).done()
	state := sourcerequest.State{}
	require.NoError(t, p.store.ReadStream(t.Context(), sourcerequest.StreamOf("north-juice"), func(r domain.Recorded) error {
		state = sourcerequest.Fold(state, r)
		return nil
	}))
	require.NoError(t, p.store.DeleteStream(t.Context(), text.StreamOf(state.Comments[0].TextID)))
	comments := p.as(ofJuice).get(commentsOfJuice).ok(http.StatusOK)
	assert.Equal(t, []any{nil, false}, []any{comments.at("comments.0.text"), comments.at("comments.0.redacted")})
	assert.Equal(t, "Juice commented; the text is no longer kept", p.as(ofJuice).get("/requests/north-juice/history").ok(http.StatusOK).text("entries.0.summary"))
}

func TestTheKeyOfACommentKnowsItsText(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	call := p.as(ofJuice).with("Idempotency-Key", "k")
	first := call.post(commentsOfJuice, `{"text":"hello"}`).done()
	assert.Equal(t, true, call.post(commentsOfJuice, `{"text":"hello"}`).done().at("replayed"))
	call.post(commentsOfJuice, `{"text":"bye"}`).problem(domain.CodeKeyReused)
	p.as(ofJuice).post(commentsOfJuice, `{"text":""}`).problem(domain.CodeInvalid)
	p.as(anAuditor).post(commentsOfJuice, `{"text":""}`).problem(domain.CodeForbidden)
	p.as(ofJuice).post(commentsOfJuice+"/"+first.text("comment_id")+"/redact", "").done()
	assert.Equal(t, true, call.post(commentsOfJuice, `{"text":"hello"}`).done().at("replayed"))
	assert.Nil(t, p.as(ofJuice).get(commentsOfJuice).ok(http.StatusOK).at("comments.0.text"), "it does not come back")
}

// countingStreams counts the reads of texts, and how many ran at once.
type countingStreams struct {
	Streams
	mu                 sync.Mutex
	reads, now, atOnce int
	gate               chan struct{} // holds the first reads until several wait
}

func (s *countingStreams) ReadStream(ctx context.Context, stream string, each func(domain.Recorded) error) error {
	if strings.HasPrefix(stream, text.StreamPrefix) {
		s.mu.Lock()
		s.reads++
		s.now++
		if s.atOnce = max(s.atOnce, s.now); s.now == 2 && s.gate != nil {
			close(s.gate)
			s.gate = nil
		}
		gate := s.gate
		s.mu.Unlock()
		if gate != nil {
			select {
			case <-gate:
			case <-ctx.Done():
			}
		}
		defer func() {
			s.mu.Lock()
			s.now--
			s.mu.Unlock()
		}()
	}
	return s.Streams.ReadStream(ctx, stream, each)
}

func TestTextsAreReadAtOnceAndOnce(t *testing.T) {
	streams := &countingStreams{}
	p := newPortal(t, func(c *Config) { streams.Streams, c.Streams = c.Streams, streams })
	p.bring(fourRequests)
	const n = 10
	for i := range n {
		p.as(ofJuice).post(commentsOfJuice, fmt.Sprintf(`{"text":"comment %d"}`, i)).done()
	}
	for _, reader := range []string{commentsOfJuice, "/requests/north-juice/history", "/audit?kind=commented", "/audit/export?kind=commented"} {
		streams.mu.Lock()
		streams.reads, streams.atOnce, streams.gate = 0, 0, make(chan struct{})
		streams.mu.Unlock()
		body := string(p.as(anOperator).get(reader).body)
		for i := range n {
			assert.Contains(t, body, fmt.Sprintf("comment %d", i), reader)
		}
		assert.Equal(t, n, streams.reads, reader)
		assert.GreaterOrEqual(t, streams.atOnce, 2, reader)
	}
}

// A bulk command keeps its text once: neither the job nor the requests hold it.
func TestCommentsOfABulkCommandHaveOneText(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	const body = `{"ids":["north-juice","north-juice-2"],"text":"Wilhelmina is ill"}`
	call := p.as(ofJuice).with("Idempotency-Key", "k")
	report := call.post("/bulk/comment", body).report(ofJuice)
	require.Equal(t, 2, report.count("changed"))
	assert.Equal(t, report.text("id"), call.post("/bulk/comment", body).ok(http.StatusAccepted).text("id"))
	call.post("/bulk/comment", strings.Replace(body, "ill", "well", 1)).problem(domain.CodeKeyReused)

	holding := map[string]int{}
	require.NoError(t, p.store.ReadForwards(t.Context(), 0, func(r domain.Recorded, _ time.Time) error {
		return p.store.ReadRaw(t.Context(), r.Stream, func(raw eventstore.RawEvent) error {
			if strings.Contains(string(raw.Data), "Wilhelmina") {
				holding[r.Stream]++
			}
			return nil
		})
	}))
	assert.Len(t, holding, 1, "the text's own stream: %v", holding)

	both := []string{"/requests/north-juice/comments", "/requests/north-juice-2/comments"}
	for _, path := range both {
		assert.Equal(t, []string{"Wilhelmina is ill"}, p.as(ofNorth).get(path).ok(http.StatusOK).each("comments", "text"))
	}
	first := p.as(ofJuice).get(both[0]).ok(http.StatusOK).text("comments.0.id")
	p.as(ofJuice).post(both[0]+"/"+first+"/redact", "").done()
	for i, path := range both {
		comment := p.as(ofNorth).get(path).ok(http.StatusOK)
		assert.Equal(t, []any{nil, i == 0}, []any{comment.at("comments.0.text"), comment.at("comments.0.redacted")}, path)
	}
}
