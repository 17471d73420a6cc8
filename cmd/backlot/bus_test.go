package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"backlot/internal/redistest"
	"backlot/projections/bus"
)

const busStream = "backlot.source_requests"

// statuses reads the status of every request from the read API.
func (p *portal) statuses() map[string]string {
	p.t.Helper()
	out := map[string]string{}
	for cursor := ""; ; {
		var page struct {
			Rows []struct {
				ID     string `json:"request_id"`
				Status string
			}
			Next *string
		}
		p.get("/api/v1/requests?status=All&columns=status&limit=500"+cursor, &page)
		for _, r := range page.Rows {
			out[r.ID] = r.Status
		}
		if page.Next == nil || *page.Next == "" {
			return out
		}
		cursor = "&cursor=" + *page.Next
	}
}

// published waits until the bus has everything up to a position.
func (p *portal) published(position string) {
	p.t.Helper()
	p.eventually("published", func() bool {
		var ready struct {
			Detail struct{ Bus struct{ Position string } }
		}
		p.get("/readyz", &ready)
		return ready.Detail.Bus.Position == position
	})
}

// The example consumer, beside the real program: killed, restarted and on a
// flushed Redis.
func TestABusConsumerSeesTheStatusesThatThePortalShows(t *testing.T) {
	consumer := filepath.Join(t.TempDir(), "consumer")
	out, err := exec.Command("go", "build", "-o", consumer, "../../projections/bus/consumer").CombinedOutput()
	require.NoError(t, err, "%s", out)
	file, data, server := catalogue(), t.TempDir(), redistest.Start(t)
	c := server.Client()
	fold := func() map[string]string {
		said, err := exec.Command(consumer, "-redis", server.URL(), "-once").CombinedOutput()
		require.NoError(t, err, "%s", said)
		kept, err := c.HGetAll(t.Context(), busStream+":statuses").Result()
		require.NoError(t, err)
		statuses := map[string]string{}
		for id, text := range kept {
			var r struct{ Status string }
			require.NoError(t, json.Unmarshal([]byte(text), &r))
			statuses[id] = r.Status
		}
		return statuses
	}

	p := start(t, data, "--redis", server.URL(), "--bus", "redis")
	said, err := p.importFile(t.Context(), writeFile(t, "requests.csv", file))
	require.NoError(t, err, said)
	p.waitForRows(bytes.Count(file, []byte("\n")) - 1)
	for id, status := range p.statuses() {
		if status == "Open" {
			p.published(p.do(http.MethodPost, "/api/v1/requests/"+id+"/cancel", "cancel", `{"reason":"not needed"}`))
			break
		}
	}
	require.Equal(t, p.statuses(), fold())

	p.kill()
	p = start(t, data, "--redis", server.URL(), "--bus", "redis")
	shown := p.statuses()
	var position string
	for id, status := range shown {
		if status == "Cancelled" {
			position = p.do(http.MethodPost, "/api/v1/requests/"+id+"/reinstate", "reinstate", `{}`)
		}
	}
	p.published(position)
	var after struct{ Position string }
	p.get("/api/v1/requests?limit=1&after="+position, &after)
	require.Equal(t, p.statuses(), fold())

	require.NoError(t, c.FlushAll(t.Context()).Err())
	last := p.do(http.MethodPost, "/api/v1/requests", "open", `{"request_id":"on-the-bus","package_id":"1","movie_id":"1","title":"Harbour Lights",
		"movie_type":"Episode","is_original":false,"content_partner":"`+p.aContentPartner()+`","source_type":"Dubs","service_type":"Create","language":"Korean","countries":["Peru"],"due_date":"2027-01-09"}`)
	p.published(last)
	messages, err := c.XRange(t.Context(), busStream, "-", "+").Result()
	require.NoError(t, err)
	require.Len(t, messages, 1, "what was there before the flush does not come again")
	require.Contains(t, messages[0].Values["payload"], "on-the-bus")

	var metrics bytes.Buffer
	for path, into := range map[string]*bytes.Buffer{"/metrics": &metrics, "/api/v1/asyncapi.yaml": {}} {
		answer, err := http.Get(p.url + path)
		require.NoError(t, err)
		_, err = into.ReadFrom(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		if path != "/metrics" {
			require.Equal(t, string(bus.Document), into.String())
		}
	}
	require.Contains(t, metrics.String(), "backlot_bus_active 1")
	p.stop()
}

// aContentPartner returns the id of one.
func (p *portal) aContentPartner() string {
	var known struct {
		Organisations []struct {
			ID    string
			Kinds []string
		}
	}
	p.get("/api/v1/organisations", &known)
	for _, o := range known.Organisations {
		if fmt.Sprint(o.Kinds) == "[content_partner]" {
			return o.ID
		}
	}
	require.Fail(p.t, "no content partner")
	return ""
}

func TestABusNeedsSomethingThatOthersCanRead(t *testing.T) {
	for arguments, said := range map[string]string{
		"--bus=redis":       "the embedded one is for this process alone",
		"--bus=http://x":    `"http://x" is not a bus`,
		"--bus=kafka://one": "does not say which Kafka",
	} {
		out, err := exec.Command(binary, "serve", "--listen", "127.0.0.1:0", "--data", t.TempDir(), arguments).CombinedOutput()
		require.Error(t, err)
		require.Contains(t, string(out), said)
	}
}
