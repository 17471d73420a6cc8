package readapi

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain/sourcerequest"
	"backlot/readapi/facets"
)

// liveRow is the live stream as it begins; what it tells later is below.
func liveRow() scopeRow {
	return scopeRow{operation: "watchLive", check: func(c *scopeCell) {
		watches := url.Values{}
		for _, g := range facets.Groupings() {
			watches.Add("watch", "status=All&group="+g.Name)
		}
		a := c.call(scopeCall{query: watches.Encode()})
		c.status(a, http.StatusOK)
		seen := len(seenOf(c.who))
		c.counts("searches that count what is seen", len(facets.Groupings()), strings.Count(string(a.body), fmt.Sprintf(`Z","matched":%d,`, seen)))
		for _, r := range c.some(1) {
			call := scopeCall{query: "request=" + r.id()}
			if r.relation(c.who).may(toSee) {
				c.status(c.call(call), http.StatusOK)
				continue
			}
			c.status(c.alike(r.word, never, call), http.StatusNotFound)
			c.status(c.alike(r.word, never, scopeCall{query: "watch=" + url.QueryEscape("request="+r.id())}), http.StatusOK)
		}
		for _, n := range namings(c.who) {
			c.alike(n.hidden, n.never, scopeCall{query: "status=All&group=title&" + queryOf(n.modifier, n.hidden)})
		}
		c.hasShown("")
	}}
}

var eventIDs = regexp.MustCompile(`(?m)^(id|retry)?: .*\n`)

// live opens a live stream, reads what it begins with and ends it.
func (c call) live(query string) answer {
	r := c.watch(query)
	defer r.close()
	header := r.answer.Header.Clone()
	header.Del("Date")
	if r.answer.StatusCode != http.StatusOK {
		header.Del("Content-Length")
		a := r.refused()
		a.header = header
		return a
	}
	require.Eventually(c.portal.t, func() bool { return strings.Contains(r.everything(), "\n: \n") }, 20*time.Second, time.Millisecond)
	beginning, _, _ := strings.Cut(r.everything(), "\n: \n")
	return answer{t: c.portal.t, portal: c.portal, status: http.StatusOK, header: header, body: []byte(eventIDs.ReplaceAllString(beginning, ""))}
}

// Whatever happens to requests in whatever relation, streams tell those who may
// see it, tell nothing else, and are not even stirred by the rest.
func TestLiveStreamsKeepToTheScope(t *testing.T) {
	w := newScopeWorld(t)
	watched := url.Values{"watch": {"status=All&group=title"}}
	for _, r := range scopeRequests {
		watched.Add("watch", "request="+r.id())
	}
	streams := map[string]*reader{}
	drain := func(p scopePerson) (events []said) {
		for {
			select {
			case e := <-streams[p.word].events:
				events = append(events, e)
			default:
				return events
			}
		}
	}
	settled := func() {
		for _, p := range scopeCallers {
			streams[p.word].settle()
		}
	}
	for _, p := range scopeCallers {
		streams[p.word] = w.as(p.principal()).watch(watched.Encode())
	}
	settled()
	for _, p := range scopeCallers {
		assert.Len(t, drain(p), 1+len(scopeRequests), "%s is told how things are", p)
	}
	for _, r := range scopeRequests {
		w.give(anOperator, r.id(), sourcerequest.AddComment{CommentID: uuid.NewString(), Text: "Something"})
		settled()
		for _, p := range scopeCallers {
			c := &scopeCell{scopeWorld: w, t: t, operation: "watchLive", who: p, about: ", on " + r.word}
			events := drain(p)
			if r.relation(p).may(toSee) {
				assert.NotEmpty(t, events, "%s is told of %s", p, r.word)
			} else {
				assert.Empty(t, events, "%s is told of %s", p, r.word)
			}
			for _, e := range events {
				c.reads("", answer{t: t, body: []byte(e.raw)})
			}
		}
	}
}
