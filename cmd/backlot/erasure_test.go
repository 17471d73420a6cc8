package main

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/alecthomas/kong"
	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain/job"
	"backlot/eventstore/embedded"
	"backlot/internal/redistest"
)

// house is a portal with all of its insides to look into.
type house struct {
	*portal
	data  string
	redis redis.UniversalClient
	close func()
}

// openHouse starts the portal in this process, as its own Redis lets nobody
// else in.
func openHouse(t *testing.T, data string) *house {
	t.Helper()
	var cli commandLine
	parser, err := kong.New(&cli, kong.Vars{"measures": benchMeasures()})
	require.NoError(t, err)
	_, err = parser.Parse([]string{"serve", "--listen", "127.0.0.1:0", "--data", data, "--bootstrap-token", token, "--webhook-allow-private"})
	require.NoError(t, err)
	p := &portal{t: t}
	s, err := newServer(t.Context(), &cli.Serve, slog.New(slog.NewTextHandler(&p.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	p.url = s.URL()
	p.eventually("ready", func() bool { return p.try(http.MethodGet, "/readyz", "", "", nil) == http.StatusOK })
	return &house{portal: p, data: data, redis: s.redis, close: func() { require.NoError(t, s.Close()) }}
}

// TestErasureLeavesNothing is the promise of an erasure, with all that a person
// can leave: afterwards no name and no address is in the event store's live
// data or files, in the read models, in any answer, in an export or in the log.
func TestErasureLeavesNothing(t *testing.T) {
	t.Run("embedded Redis", func(t *testing.T) {
		erases(t, func(data string) *house { return openHouse(t, data) })
	})
	t.Run("redis", func(t *testing.T) {
		server := redistest.Start(t)
		erases(t, func(data string) *house {
			p := start(t, data, "--redis", server.URL(), "--log-level", "debug", "--webhook-allow-private")
			return &house{portal: p, data: data, redis: server.Client(), close: p.stop}
		})
	})
}

func erases(t *testing.T, open func(data string) *house) {
	data := t.TempDir()
	h := open(data)
	// What the person is known by. ASCII letters and digits are the same in
	// JSON, XML and URLs; at random they are nobody else's.
	name, address, other, said := "W"+rand.Text(), rand.Text(), rand.Text(), rand.Text()
	words := []string{name, address, other, said}

	out, err := h.importFile(t.Context(), writeFile(t, "two.csv", []byte(twoRequests)))
	require.NoError(t, err, out)
	h.waitForRows(2)
	const request = "/api/v1/requests/audited-1"
	readers := map[string]string{"operator": token}
	_, readers["auditor"] = h.newcomer("Audrey", "audrey@example.com", `"role":"auditor"`, "reading")
	ofHouse := `"role":"fulfillment_partner","organisation":"House One"`
	_, readers["colleague"] = h.newcomer("Colin", "colin@example.com", ofHouse, "reading")
	id, theirs := h.newcomer(name+" Smith", address+"@example.com", ofHouse, name+"'s laptop")
	receiver, posted := hookReceiver(t)
	ruled := h.must(theirs, http.MethodPost, "/api/v1/notification-rules", `{"name":"Of `+name+`","kinds":["commented"],"query":"","own_actions":true,"webhook_url":"`+receiver+`/`+address+`"}`)
	words = append(words, strings.TrimPrefix(ruled["webhook_secret"].(string), "whsec_")[:20])
	h.must(readers["colleague"], http.MethodPost, "/api/v1/notification-rules", `{"name":"Talk","kinds":["commented"],"query":""}`)
	h.must(theirs, http.MethodPost, request+"/comments", `{"text":"Ask `+name+`, `+address+`@example.com: `+said+`"}`)
	many := h.must(theirs, http.MethodPost, "/api/v1/bulk/comment", `{"ids":["audited-1"],"text":"I am `+name+`: `+said+`"}`)["id"].(string)
	h.eventually("done", func() bool {
		return strings.Contains(h.read(theirs, "/api/v1/jobs/"+many), `"phase":"`+string(job.Finished)+`"`)
	})
	h.must(theirs, http.MethodPost, request+"/responsible", `{"account":"me"}`)
	saved := h.must(theirs, http.MethodPost, "/api/v1/templates", `{"name":"For `+name+`","query":"language=Dutch","groups":[],"shared":true,"default":true}`)
	h.must(token, http.MethodPatch, "/api/v1/accounts/"+id, `{"email":"`+other+`@example.com"}`)
	h.must(theirs, http.MethodPatch, "/api/v1/account", `{"name":"`+name+` Smith-Jones"}`)
	h.waitForText(token, "/api/v1/accounts/"+id, other)
	rule := ruled["rule"].(map[string]any)["id"].(string)
	h.waitForText(theirs, "/api/v1/notification-rules/"+rule+"/deliveries", `"status":"delivered"`)
	h.waitForText(readers["colleague"], "/api/v1/inbox", said)
	assert.Equal(t, "/"+address, <-posted)
	of := map[string]string{"requests": "audited-1", "jobs": many, "accounts": id, "templates": saved["template"].(map[string]any)["id"].(string), "modifiers": "responsible", "quality-control": "dialogue-out-of-sync", "inspection": "empty-cue", "partner-figures": "on_time_rate"}
	of["notification-rules"] = rule

	// The search finds what there is to find, also when nothing of it is in a
	// write-ahead log any more.
	h.must(token, http.MethodPost, "/api/v1/scavenge", "")
	for _, w := range words {
		assert.NotEmpty(t, h.files(".sst", w), "%s is in no table", w)
	}
	log := h.everyEvent()
	for _, w := range words[:2] { // of addresses, the log itself keeps the last one only
		assert.Contains(t, log, w)
	}
	found := holding(h.answers(readers, of), words)
	for _, where := range []string{
		"operator /api/v1/accounts", "operator " + request + "/comments", "operator " + request + "/history", "colleague /api/v1/templates", "auditor /api/v1/audit", "auditor /api/v1/audit/export", "colleague " + request, "colleague /api/v1/inbox",
	} {
		assert.Contains(t, found, where)
	}
	assert.False(t, slices.ContainsFunc(found, func(where string) bool { return strings.Contains(where, "/requests/export") }), "exports tell people by ids")

	var comments struct{ Comments []struct{ ID string } }
	h.get(request+"/comments", &comments)
	require.Len(t, comments.Comments, 2)
	for _, c := range comments.Comments {
		h.must(token, http.MethodPost, request+"/comments/"+c.ID+"/redact", "")
	}
	assert.Empty(t, h.files("", said), "a redaction takes effect by itself")
	h.must(token, http.MethodDelete, "/api/v1/accounts/"+id, "")

	gone := func() {
		t.Helper()
		assert.Empty(t, holding(h.answers(readers, of), words))
		assert.Empty(t, holding(map[string]string{"log": h.everyEvent()}, words))
		models := redistest.Dump(t, h.redis)
		assert.Contains(t, models, "audited-1")
		assert.Empty(t, holding(map[string]string{"Redis": models}, words))
		for _, w := range words {
			assert.Empty(t, h.files("", w))
		}
	}
	gone()
	h.close()
	assert.Empty(t, holding(map[string]string{"the server's log": h.log.String(), "its output": h.said.String()}, words))
	h = open(data)
	h.waitForRows(2)
	gone()
	h.close()
	for _, w := range words {
		assert.Empty(t, h.files("", w))
	}
}

// hookReceiver takes webhooks, and says where they were sent to.
func hookReceiver(t *testing.T) (address string, posted <-chan string) {
	paths := make(chan string, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		paths <- r.URL.Path
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(server.Close)
	return server.URL, paths
}

// holding lists where one of some words is, in whatever case.
func holding(texts map[string]string, words []string) []string {
	var found []string
	for where, text := range texts {
		text = strings.ToLower(text)
		for _, w := range words {
			if strings.Contains(text, strings.ToLower(w)) {
				found = append(found, where)
				break
			}
		}
	}
	return found
}

// files lists the files of the data folder whose name ends so and that hold a
// word, in whatever case.
func (h *house) files(suffix, word string) []string {
	h.t.Helper()
	var found []string
	h.eventually("still", func() bool {
		found = nil
		err := filepath.WalkDir(h.data, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || !strings.HasSuffix(path, suffix) {
				return err
			}
			content, err := os.ReadFile(path)
			if holdsHalf(bytes.ToLower(content), strings.ToLower(word)) {
				found = append(found, path)
			}
			return err
		})
		if errors.Is(err, fs.ErrNotExist) {
			return false // the store has put another file in the place of one
		}
		require.NoError(h.t, err)
		return true
	})
	return found
}

// holdsHalf reports whether one half of a word is there: a compression that
// refers back can break a word in two where it begins as something before did.
func holdsHalf(content []byte, word string) bool {
	half := len(word) / 2
	return bytes.Contains(content, []byte(word[:half])) || bytes.Contains(content, []byte(word[half:]))
}

// everyEvent returns all that the event store gives out, system events included.
func (h *house) everyEvent() string {
	h.t.Helper()
	config, err := embedded.Running(filepath.Join(h.data, "eventstore"))
	require.NoError(h.t, err)
	client, err := esdb.NewClient(config)
	require.NoError(h.t, err)
	defer func() { require.NoError(h.t, client.Close()) }()
	all, err := client.ReadAll(h.t.Context(), esdb.ReadAllOptions{From: esdb.Start{}}, math.MaxInt64)
	require.NoError(h.t, err)
	defer all.Close()
	var text strings.Builder
	for {
		e, err := all.Recv()
		if errors.Is(err, io.EOF) {
			return text.String()
		}
		require.NoError(h.t, err)
		fmt.Fprintf(&text, "%s %s %s %s\n", e.Event.StreamID, e.Event.EventType, e.Event.Data, e.Event.UserMetadata)
	}
}

// answers returns what every GET of the API's document answers each reader,
// by reader and path.
func (h *house) answers(readers, of map[string]string) map[string]string {
	h.t.Helper()
	paths := []string{"/api/v1/buckets?group=responsible", "/api/v1/requests?responsible=" + of["accounts"], "/api/v1/audit?actor=" + of["accounts"], "/api/v1/audit/export?format=jsonl",
		"/api/v1/requests/export.xlsx?columns=request_id,responsible&responsible=" + of["accounts"], "/api/v1/requests/export.csv?columns=request_id,responsible"}
	document := h.read(token, "/api/v1/openapi.yaml")
	for _, m := range regexp.MustCompile(`(?m)^  (/\S+):\n(?:    .*\n)+`).FindAllStringSubmatch(document, -1) {
		if !strings.Contains(m[0], "\n    get:\n") {
			continue
		}
		collection := strings.Split(m[1]+"///", "/")[3]
		path := regexp.MustCompile(`\{(id|name|code|materialId|deliveryId|fileId|figure)\}`).ReplaceAllString(m[1], of[collection])
		require.NotContains(h.t, path, "{", "say what to ask for")
		require.NotContains(h.t, path, "//", "say what to ask for")
		paths = append(paths, path)
	}
	require.Greater(h.t, len(paths), 25)
	answers := map[string]string{}
	for who, secret := range readers {
		for _, path := range paths {
			answers[who+" "+path] = h.read(secret, path)
		}
	}
	return answers
}

// read returns an answer's head and body, unpacked if it is a workbook. What
// never ends is read for a moment.
func (h *house) read(secret, path string) string {
	h.t.Helper()
	status, body := h.ask(secret, http.MethodGet, path, "")
	require.Less(h.t, status, 500, "%s: %s", path, body)
	if !strings.HasPrefix(body, "PK") {
		return body
	}
	book, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	require.NoError(h.t, err)
	var text strings.Builder
	for _, f := range book.File {
		part, err := f.Open()
		require.NoError(h.t, err)
		_, err = io.Copy(&text, part)
		require.NoError(h.t, err)
	}
	return text.String()
}

func (h *house) waitForText(secret, path, text string) {
	h.t.Helper()
	h.eventually("there: "+text, func() bool { return strings.Contains(h.read(secret, path), text) })
}

// endless is how long an answer that never ends is read.
const endless = time.Second

func (h *house) ask(secret, method, path, body string) (status int, text string) {
	h.t.Helper()
	r, err := http.NewRequest(method, h.url+path, strings.NewReader(body))
	require.NoError(h.t, err)
	if cookie, ok := strings.CutPrefix(secret, "cookie "); ok {
		r.AddCookie(&http.Cookie{Name: "backlot_session", Value: cookie})
	} else if secret != "" {
		r.Header.Set("Authorization", "Bearer "+secret)
	}
	if method != http.MethodGet {
		r.Header.Set("Idempotency-Key", uuid.NewString())
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	client := http.Client{}
	if strings.HasSuffix(path, "/events") || strings.HasSuffix(path, "/live") {
		client.Timeout = endless
	}
	answer, err := client.Do(r)
	require.NoError(h.t, err)
	defer func() { _ = answer.Body.Close() }()
	b, err := io.ReadAll(answer.Body)
	if err != nil && client.Timeout == 0 {
		require.NoError(h.t, err)
	}
	return answer.StatusCode, string(b)
}

// must gives a command that has to succeed.
func (h *house) must(secret, method, path, body string) map[string]any {
	h.t.Helper()
	status, text := h.ask(secret, method, path, body)
	require.Less(h.t, status, 300, "%s %s: %s", method, path, text)
	var answer map[string]any
	require.NoError(h.t, json.Unmarshal([]byte(text), &answer), text)
	return answer
}

// newcomer invites somebody, who accepts, signs in and makes a token.
func (h *house) newcomer(name, email, rights, label string) (id, secret string) {
	h.t.Helper()
	opened := h.must(token, http.MethodPost, "/api/v1/accounts", fmt.Sprintf(`{"name":%q,"email":%q,%s}`, name, email, rights))
	_, invitation, _ := strings.Cut(opened["link"].(string), "#")
	h.must("", http.MethodPost, "/api/v1/session/invitation", fmt.Sprintf(`{"secret":%q,"password":"correct horse battery"}`, invitation))
	status, cookie := h.signIn(email, "correct horse battery")
	require.Equal(h.t, http.StatusOK, status)
	issued := h.must("cookie "+cookie, http.MethodPost, "/api/v1/account/tokens", fmt.Sprintf(`{"label":%q}`, label))
	return opened["account"].(map[string]any)["id"].(string), issued["token"].(string)
}
