package readapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// watchedLog calls at before each event of a forward reading, counted from 1,
// and keeps how the last reading ended.
type watchedLog struct {
	Log
	at    func(ctx context.Context, n int) error
	ended chan error
}

func (l *watchedLog) ReadForwards(ctx context.Context, after domain.Position, each func(domain.Recorded, time.Time) error) error {
	n := 0
	err := l.Log.ReadForwards(ctx, after, func(r domain.Recorded, recorded time.Time) error {
		n++
		if err := l.at(ctx, n); err != nil {
			return err
		}
		return each(r, recorded)
	})
	l.ended <- err
	return err
}

// manyComments puts n comments of 200 characters on each of some new requests.
func (p *portal) manyComments(requests, n int) {
	p.t.Helper()
	var file strings.Builder
	file.WriteString(fileHeader + "\n")
	for i := range requests {
		fmt.Fprintf(&file, "bulk-%d,p,m,Bulk,Standalone,Yes,Northlight,Juice,Dubs,Create,Korean,Japan,2026-12-24,2026-12-24,Received,Open\n", i)
	}
	p.bring(file.String())
	var last domain.Position
	for i := range requests {
		stream := sourcerequest.StreamOf(fmt.Sprint("bulk-", i))
		opened, ok, err := p.store.LastEvent(p.t.Context(), stream)
		require.NoError(p.t, err)
		require.True(p.t, ok)
		drafts := make([]domain.Draft, n)
		for j := range drafts {
			drafts[j] = domain.Draft{
				ID: uuid.New(), Event: sourcerequest.Commented{CommentID: fmt.Sprint(j), Text: strings.Repeat("x", 200)},
				Metadata: domain.Metadata{OccurredAt: p.now(), Actor: ofJuice, CorrelationID: uuid.New(), CausationID: uuid.New()},
			}
		}
		_, last, err = p.store.Append(p.t.Context(), stream, domain.Version{Exists: true, Revision: opened.Revision, ChainHash: opened.Metadata.ChainHash}, drafts)
		require.NoError(p.t, err)
	}
	p.await(last.String())
}

func (p *portal) export(s *httptest.Server, ctx context.Context, query string) *http.Response {
	p.t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+base+"/audit/export?"+query, nil)
	require.NoError(p.t, err)
	r.Header.Set("Authorization", "Bearer token-of-"+anOperator.Account)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(p.t, err)
	return answer
}

func TestAuditExportThatFails(t *testing.T) {
	log := &watchedLog{ended: make(chan error, 1)}
	p := newPortal(t, func(c *Config) { log.Log, c.Log = c.Log, log })
	p.manyComments(10, 100)
	s := httptest.NewServer(p.handler)
	defer s.Close()
	for _, format := range []string{"csv", "jsonl"} {
		// In the middle: the client notices that it has not everything.
		log.at = func(_ context.Context, n int) error {
			if n == 900 {
				return errBroken
			}
			return nil
		}
		answer := p.export(s, t.Context(), "format="+format)
		require.Equal(t, http.StatusOK, answer.StatusCode)
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, answer.Body.Close())
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.NotEmpty(t, body)
		assert.NotContains(t, string(body), errBroken.Error())
		require.ErrorIs(t, <-log.ended, errBroken)
		assert.Contains(t, p.log.String(), "an audit export was cut off")

		// Before anything was sent: a problem like any other.
		log.at = func(context.Context, int) error { return domain.Errorf(domain.CodeUnavailable, "not now") }
		problem := p.as(anOperator).get("/audit/export?format=" + format)
		problem.problem(domain.CodeUnavailable)
		assert.Empty(t, problem.header.Get("Content-Disposition"))
		<-log.ended
	}
}

func TestAuditExportStopsWhenTheClientGoes(t *testing.T) {
	log := &watchedLog{ended: make(chan error, 1)}
	p := newPortal(t, func(c *Config) { log.Log, c.Log = c.Log, log })
	p.manyComments(10, 100)
	s := httptest.NewServer(p.handler)
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	log.at = func(ctx context.Context, n int) error {
		if n != 900 {
			return nil
		}
		cancel()
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(20 * time.Second):
			return errors.New("nobody has noticed")
		}
	}
	answer := p.export(s, ctx, "format=csv")
	_, err := io.Copy(io.Discard, answer.Body)
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, answer.Body.Close())
	err = <-log.ended
	require.Equal(t, domain.CodeTimeout, domain.ErrorCode(err), "%v", err)
}

func TestAuditExportHead(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	head := p.as(anOperator).send(http.MethodHead, "/audit/export", "")
	assert.Equal(t, http.StatusOK, head.status)
	assert.Equal(t, "text/csv; charset=utf-8", head.header.Get("Content-Type"))
}
