package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"backlot/internal/redistest"
)

// inspectedDelivery is a delivery as the API shows it.
type inspectedDelivery struct {
	ID          string  `json:"id"`
	InspectedAt *string `json:"inspected_at"`
	Findings    []struct{ ID, Code, Where, Text string }
	Examined    []struct{ As string }
}

// delivers declares a file and uploads it, as a tus client does.
func (p *portal) delivers(request, name, content string) {
	p.t.Helper()
	var started struct {
		Delivery struct {
			Files []struct {
				Upload struct {
					Endpoint string
					Metadata map[string]string
				}
			}
		}
	}
	body := fmt.Sprintf(`{"files":[{"name":%q,"size":%d}]}`, name, len(content))
	require.Equal(p.t, http.StatusCreated, p.try(http.MethodPost, "/api/v1/requests/"+request+"/deliveries", uuid.NewString(), body, &started))
	upload := started.Delivery.Files[0].Upload
	var metadata []string
	for key, value := range upload.Metadata {
		metadata = append(metadata, key+" "+base64.StdEncoding.EncodeToString([]byte(value)))
	}
	created := p.tus(http.MethodPost, upload.Endpoint, "", map[string]string{"Upload-Length": strconv.Itoa(len(content)), "Upload-Metadata": strings.Join(metadata, ",")})
	require.Equal(p.t, http.StatusCreated, created.StatusCode)
	sent := p.tus(http.MethodPatch, created.Header.Get("Location"), content, map[string]string{"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"})
	require.Equal(p.t, http.StatusNoContent, sent.StatusCode)
}

func (p *portal) tus(method, path, body string, header map[string]string) *http.Response {
	p.t.Helper()
	r, err := http.NewRequest(method, p.url+strings.TrimPrefix(path, p.url), strings.NewReader(body))
	require.NoError(p.t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Tus-Resumable", "1.0.0")
	for name, value := range header {
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(p.t, err)
	_, _ = io.Copy(io.Discard, answer.Body)
	require.NoError(p.t, answer.Body.Close())
	return answer
}

// stands waits for a status and returns the deliveries.
func (p *portal) stands(request, status string) []inspectedDelivery {
	p.t.Helper()
	p.eventually(request+" "+status, func() bool {
		var a struct{ Request struct{ Status string } }
		p.get("/api/v1/requests/"+request, &a)
		return a.Request.Status == status
	})
	var a struct{ Deliveries []inspectedDelivery }
	p.get("/api/v1/requests/"+request+"/deliveries", &a)
	return a.Deliveries
}

// verdicts counts those in a request's history.
func (p *portal) verdicts(request string) (n int) {
	p.t.Helper()
	var h historyAnswer
	p.get("/api/v1/requests/"+request+"/history", &h)
	for _, e := range h.Entries {
		if e.Kind == "delivery_inspected" {
			n++
		}
	}
	return n
}

const goodSubtitles = "1\n00:00:01,000 --> 00:00:02,500\nGoedenavond.\n"

// The real program: what is uploaded is inspected, once, whatever happens to
// the process and to Redis.
func TestWhatIsUploadedIsInspectedOnce(t *testing.T) {
	r, data := redistest.Start(t), t.TempDir()
	p := start(t, data, "--redis", r.URL())
	p.importOne()
	for _, id := range []string{"S1", "S2", "S3"} {
		p.do(http.MethodPost, "/api/v1/requests", uuid.NewString(), openBody(id))
	}
	p.delivers("S1", "night.srt", goodSubtitles)
	p.delivers("S2", "night.srt", strings.Replace(goodSubtitles, "02,500", "00,500", 1))
	p.delivers("S3", "night.ttml", `<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="pl"><body><div><p begin="1s" end="2s">Dobry wieczór.</p></div></body></tt>`)

	clean := p.stands("S1", "Processed")
	require.Equal(t, "SubRip subtitles", clean[0].Examined[0].As)
	broken := p.stands("S2", "Redelivery Requested")
	require.Equal(t, "Cue Ends Before It Begins", broken[0].Findings[0].Code)
	require.Equal(t, "line 2, 00:00:01.000", broken[0].Findings[0].Where)
	foreign := p.stands("S3", "Redelivery Requested")
	require.Equal(t, "Language Mismatch", foreign[0].Findings[0].Code)
	override := "/api/v1/requests/S3/deliveries/" + foreign[0].ID + "/findings/" + foreign[0].Findings[0].ID + "/override"
	p.do(http.MethodPost, override, uuid.NewString(), `{"reason":"only the declaration is wrong"}`)
	p.stands("S3", "Processed")
	refused := "/api/v1/requests/S2/deliveries/" + broken[0].ID + "/findings/" + broken[0].Findings[0].ID + "/override"
	require.Equal(t, http.StatusConflict, p.try(http.MethodPost, refused, uuid.NewString(), `{"reason":"as it is"}`, nil), "it is hard")
	var metrics strings.Builder
	answer, err := http.Get(p.url + "/metrics")
	require.NoError(t, err)
	_, err = io.Copy(&metrics, answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Contains(t, metrics.String(), `backlot_inspections_total{verdict="clean"} 1`)
	require.Contains(t, metrics.String(), `backlot_inspections_total{verdict="findings"} 2`)

	p.kill()
	require.NoError(t, r.Client().FlushAll(t.Context()).Err())
	p = start(t, data, "--redis", r.URL())
	p.delivers("S2", "night.srt", goodSubtitles)
	again := p.stands("S2", "Processed")
	require.Len(t, again, 2)
	require.Equal(t, []int{1, 2, 1}, []int{p.verdicts("S1"), p.verdicts("S2"), p.verdicts("S3")})
	p.stop()
}

// Without inspection here, a delivery waits for another process.
func TestAProcessThatDoesNotInspect(t *testing.T) {
	data := t.TempDir()
	p := start(t, data, "--inspections", "0")
	p.importOne()
	p.do(http.MethodPost, "/api/v1/requests", uuid.NewString(), openBody("S1"))
	p.delivers("S1", "night.srt", goodSubtitles)
	p.stands("S1", "Delivered")
	p.stop()
	p = start(t, data)
	p.stands("S1", "Processed")
	p.stop()
}
