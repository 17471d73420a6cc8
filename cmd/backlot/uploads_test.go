package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const oneRequest = `request_id,package_id,movie_id,title,movie_type,is_original,content_partner,fulfillment_partner,source_type,service_type,language,country,due_date,estimated_delivery_date,material_status,status
U1,P1,M1,Night Ferry,Standalone,No,Halden Pictures,House One,Dubs,Create,Dutch,Netherlands,2026-12-24,2026-12-24,Received,Open
`

// begunDelivery is what these tests read of a delivery.
type begunDelivery struct {
	ID          string
	CompletedAt *string `json:"completed_at"`
	Files       []struct {
		ID       string
		Status   string
		SHA256   string
		Received int64
		Content  string
		Upload   struct {
			Endpoint, URL string
			Metadata      map[string]string
		}
	}
}

// declares begins a delivery of one file.
func (p *portal) declares(size int, sum string) begunDelivery {
	p.t.Helper()
	var a struct{ Delivery begunDelivery }
	body := fmt.Sprintf(`{"files":[{"name":"dub.wav","size":%d,"sha256":%q}]}`, size, sum)
	require.Equal(p.t, http.StatusCreated, p.try(http.MethodPost, "/api/v1/requests/U1/deliveries", "deliver "+sum, body, &a))
	return a.Delivery
}

func (p *portal) delivery() begunDelivery {
	p.t.Helper()
	var a struct{ Deliveries []begunDelivery }
	p.get("/api/v1/requests/U1/deliveries", &a)
	return a.Deliveries[len(a.Deliveries)-1]
}

// asksTus sends a request of the protocol.
func (p *portal) asksTus(method, url string, header map[string]string, body io.Reader) (*http.Response, error) {
	r, err := http.NewRequest(method, p.url+url, body)
	require.NoError(p.t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Tus-Resumable", "1.0.0")
	for name, value := range header {
		r.Header.Set(name, value)
	}
	a, err := http.DefaultClient.Do(r)
	if err == nil {
		_ = a.Body.Close()
	}
	return a, err
}

func (p *portal) offset(url string) int {
	p.t.Helper()
	a, err := p.asksTus(http.MethodHead, url, nil, nil)
	require.NoError(p.t, err)
	require.Equal(p.t, http.StatusOK, a.StatusCode)
	n, err := strconv.Atoi(a.Header.Get("Upload-Offset"))
	require.NoError(p.t, err)
	return n
}

func (p *portal) create(d begunDelivery, size int) string {
	p.t.Helper()
	var of []string
	for name, value := range d.Files[0].Upload.Metadata {
		of = append(of, name+" "+base64.StdEncoding.EncodeToString([]byte(value)))
	}
	a, err := p.asksTus(http.MethodPost, d.Files[0].Upload.Endpoint, map[string]string{"Upload-Length": strconv.Itoa(size), "Upload-Metadata": strings.Join(of, ",")}, nil)
	require.NoError(p.t, err)
	require.Equal(p.t, http.StatusCreated, a.StatusCode)
	return a.Header.Get("Location")
}

func (p *portal) send(url string, offset int, body io.Reader) (*http.Response, error) {
	return p.asksTus(http.MethodPatch, url, map[string]string{"Content-Type": "application/offset+octet-stream", "Upload-Offset": strconv.Itoa(offset)}, body)
}

// arrives waits until the file is delivered, and holds what can be read of it
// against what was sent.
func (p *portal) arrives(data string, content []byte) {
	p.t.Helper()
	p.eventually("arrived", func() bool {
		s := p.delivery().Files[0].Status
		return s != "Declared" && s != "Uploading" && s != "Checking"
	})
	d := p.delivery()
	require.NotNil(p.t, d.CompletedAt)
	sum := sha256.Sum256(content)
	require.Equal(p.t, hex.EncodeToString(sum[:]), d.Files[0].SHA256)
	r, err := http.NewRequest(http.MethodGet, p.url+d.Files[0].Content, nil)
	require.NoError(p.t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	a, err := http.DefaultClient.Do(r)
	require.NoError(p.t, err)
	defer func() { _ = a.Body.Close() }()
	got, err := io.ReadAll(a.Body)
	require.NoError(p.t, err)
	require.True(p.t, bytes.Equal(content, got), "another content")
	p.stop()
	delivered := 0
	for _, e := range everyEvent(p.t, data) {
		if strings.HasPrefix(e.EventType, "SourceRequestFileDelivered") || strings.HasPrefix(e.EventType, "SourceRequestDeliveryCompleted") {
			delivered++
		}
	}
	require.Equal(p.t, 2, delivered, "each once")
}

func somethingOf(t *testing.T, size int) (content []byte, sum string) {
	t.Helper()
	content = make([]byte, size)
	_, _ = rand.Read(content)
	s := sha256.Sum256(content)
	return content, hex.EncodeToString(s[:])
}

// again starts the server where it was.
func (p *portal) again(data string) *portal {
	p.t.Helper()
	return start(p.t, data, "--listen", strings.TrimPrefix(p.url, "http://"))
}

func openFor(t *testing.T, data string) *portal {
	p := start(t, data)
	out, err := p.importFile(t.Context(), writeFile(t, "one.csv", []byte(oneRequest)))
	require.NoError(t, err, out)
	p.waitForRows(1)
	return p
}

// A server that is killed while bytes come, and again while it looks at the
// file, goes on where it was.
func TestAKilledServerGoesOnWithAnUpload(t *testing.T) {
	const size = 20 << 20
	content, sum := somethingOf(t, size)
	data := t.TempDir()
	p := openFor(t, data)
	d := p.declares(size, sum)
	url := p.create(d, size)

	in, out := io.Pipe()
	sent := make(chan error, 1)
	go func() {
		_, err := p.send(url, 0, in)
		sent <- err
	}()
	_, err := out.Write(content[:7<<20])
	require.NoError(t, err)
	p.eventually("under way", func() bool { return p.delivery().Files[0].Received > 5<<20 })
	p.kill()
	_ = out.CloseWithError(io.ErrUnexpectedEOF)
	require.Error(t, <-sent)

	p = p.again(data)
	from := p.offset(url)
	require.Greater(t, from, 5<<20)
	require.Less(t, from, size)
	a, err := p.send(url, from, bytes.NewReader(content[from:]))
	require.NoError(t, err)
	require.Equal(t, http.StatusNoContent, a.StatusCode)
	p.kill() // whether or not it has looked at the file by now
	p.again(data).arrives(data, content)
}

// A standard client sends a file, over a server that is killed and a client
// that is killed, and sends no byte twice but those that were under way.
func TestAStandardClientGoesOn(t *testing.T) {
	const size, chunk = 20 << 20, 1 << 20
	installTusClient(t)
	content, sum := somethingOf(t, size)
	file, urls, data := writeFile(t, "dub.wav", content), filepath.Join(t.TempDir(), "urls.json"), t.TempDir()
	p := openFor(t, data)
	d := p.declares(size, sum)

	c := startTusClient(t, p, d, file, urls, chunk, 7*chunk, 10*chunk)
	require.EqualValues(t, 0, c.until("previous")["previous"])
	require.EqualValues(t, 7*chunk, c.until("stalled")["stalled"])
	p.kill()
	c.goesOn()
	c.until("retries") // the server is gone
	p = p.again(data)
	for {
		if said := c.until("method"); said["method"] == http.MethodPatch {
			require.EqualValues(t, 7*chunk, said["offset"])
			break
		}
	}
	require.EqualValues(t, 10*chunk, c.until("stalled")["stalled"])
	c.kill()

	c = startTusClient(t, p, d, file, urls, chunk, 15*chunk)
	require.EqualValues(t, 1, c.until("previous")["previous"], "it knows the upload")
	require.Equal(t, http.MethodHead, c.until("method")["method"])
	require.EqualValues(t, 10*chunk, c.until("method")["offset"])
	c.until("stalled")
	c.goesOn()
	require.Equal(t, p.url+d.Files[0].Upload.URL, c.until("done")["done"])
	p.arrives(data, content)
}

const tusClient = "tusclient"

// installTusClient installs what the lock file says, unless that is there.
func installTusClient(t *testing.T) {
	t.Helper()
	for _, file := range []string{"upload.mjs", "package.json"} { // so that the test runs again when they change
		_, err := os.ReadFile(filepath.Join(tusClient, file))
		require.NoError(t, err)
	}
	lock, err := os.Stat(filepath.Join(tusClient, "package-lock.json"))
	require.NoError(t, err)
	installed, err := os.Stat(filepath.Join(tusClient, "node_modules", ".package-lock.json"))
	if err == nil && !installed.ModTime().Before(lock.ModTime()) {
		return
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	npm := exec.CommandContext(ctx, "npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
	npm.Dir = tusClient
	out, err := npm.CombinedOutput()
	require.NoError(t, err, "npm could not install the tus client: %s", out)
}

// tusProcess is a client under way.
type tusProcess struct {
	t    *testing.T
	cmd  *exec.Cmd
	in   io.Writer
	said *bufio.Scanner
	log  lines
}

func startTusClient(t *testing.T, p *portal, d begunDelivery, file, urls string, chunk int, stallAt ...int) *tusProcess {
	t.Helper()
	of, err := json.Marshal(d.Files[0].Upload.Metadata)
	require.NoError(t, err)
	c := &tusProcess{t: t, cmd: exec.Command("node", "upload.mjs")}
	c.cmd.Dir = tusClient
	c.cmd.Env = append(os.Environ(), "ENDPOINT="+p.url+d.Files[0].Upload.Endpoint, "TOKEN="+token, "FILE="+file, "METADATA="+string(of),
		"URLS="+urls, "CHUNK="+strconv.Itoa(chunk), "STALL_AT="+strings.Trim(strings.ReplaceAll(fmt.Sprint(stallAt), " ", ","), "[]"))
	out, err := c.cmd.StdoutPipe()
	require.NoError(t, err)
	c.in, err = c.cmd.StdinPipe()
	require.NoError(t, err)
	c.cmd.Stderr = &c.log
	require.NoError(t, c.cmd.Start())
	c.said = bufio.NewScanner(out)
	t.Cleanup(c.kill)
	return c
}

// until reads what the client says until that has a field.
func (c *tusProcess) until(field string) map[string]any {
	c.t.Helper()
	for c.said.Scan() {
		var said map[string]any
		require.NoError(c.t, json.Unmarshal(c.said.Bytes(), &said))
		if _, there := said[field]; there {
			return said
		}
		require.NotContains(c.t, said, "failed")
	}
	ended := c.cmd.Wait()
	require.Fail(c.t, "the client ended", "before it said %s: %v: %s", field, ended, &c.log)
	return nil
}

func (c *tusProcess) goesOn() {
	c.t.Helper()
	_, err := io.WriteString(c.in, "go on\n")
	require.NoError(c.t, err)
}

func (c *tusProcess) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}
