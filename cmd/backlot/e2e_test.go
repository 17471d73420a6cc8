package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// binary is the real program, built once for all tests of this package.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "backlot-e2e-")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "backlot")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the program: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// portal is a running server process.
type portal struct {
	t       *testing.T
	said    lines // on the standard output
	log     lines
	url     string
	after   []string // the position that the last command led to
	process *exec.Cmd
	exited  chan error
}

const token = "e2e-operator"

// start runs `backlot serve` on a free port and waits until it is ready.
func start(t *testing.T, data string, args ...string) *portal {
	t.Helper()
	p := &portal{t: t, exited: make(chan error, 1)}
	p.process = exec.Command(binary, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", data, "--log-level", "warn"}, args...)...)
	p.process.Env = append(os.Environ(), "BACKLOT_BOOTSTRAP_TOKEN="+token)
	p.run()
	return p
}

// startAlone is start without a token from the environment.
func startAlone(t *testing.T, data string) *portal {
	t.Helper()
	p := &portal{t: t, exited: make(chan error, 1)}
	p.process = exec.Command(binary, "serve", "--listen", "127.0.0.1:0", "--data", data, "--log-level", "warn")
	p.run()
	return p
}

// lines is what a process has said so far.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// run starts the process and waits until it is ready.
func (p *portal) run() {
	t := p.t
	t.Helper()
	p.process.Stderr = &p.log
	out, err := p.process.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.process.Start())
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("the server's log:\n%s", p.log.String())
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
			p.url = url
			break
		}
	}
	go func() {
		_, _ = io.Copy(&p.said, out)
		p.exited <- p.process.Wait()
	}()
	require.NotEmpty(t, p.url, "the server did not say where it listens:\n%s", &p.log)
	p.eventually("ready", func() bool { return p.try(http.MethodGet, "/readyz", "", "", nil) == http.StatusOK })
}

// stop ends the server as an operator would; kill as a crash would.
func (p *portal) stop() {
	p.t.Helper()
	require.NoError(p.t, p.process.Process.Signal(syscall.SIGTERM))
	require.NoError(p.t, <-p.exited)
	p.exited <- nil
}

func (p *portal) kill() {
	_ = p.process.Process.Kill()
	err := <-p.exited
	p.exited <- err
}

// patience bounds how long a condition may take on a busy machine.
const patience = 60 * time.Second

func (p *portal) eventually(what string, condition func() bool) {
	p.t.Helper()
	deadline := time.Now().Add(patience)
	for !condition() {
		if time.Now().After(deadline) {
			require.Fail(p.t, "not "+what+" in time")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// try sends a request and returns the status, 0 without an answer. The answer
// is decoded into into, if given.
func (p *portal) try(method, path, key, body string, into any) int {
	r, err := http.NewRequest(method, p.url+path, strings.NewReader(body))
	require.NoError(p.t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if method == http.MethodPatch {
		r.Header.Set("If-Match", p.etag(path))
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0
	}
	defer func() { _ = answer.Body.Close() }()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0
	}
	if into != nil {
		require.NoError(p.t, json.Unmarshal(b, into), "%s %s: %s", method, path, b)
	} else if answer.StatusCode >= 400 && path != "/readyz" {
		p.t.Logf("%s %s: %d %s", method, path, answer.StatusCode, b)
	}
	return answer.StatusCode
}

func (p *portal) etag(path string) string {
	r, err := http.NewRequest(http.MethodGet, p.url+path+"?"+url.Values{"after": p.after}.Encode(), nil)
	require.NoError(p.t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(p.t, err)
	_ = answer.Body.Close()
	require.Equal(p.t, http.StatusOK, answer.StatusCode, path)
	return answer.Header.Get("ETag")
}

// get decodes a 200 answer.
func (p *portal) get(path string, into any) {
	p.t.Helper()
	require.Equal(p.t, http.StatusOK, p.try(http.MethodGet, path, "", "", into), path)
}

// do gives a command that must succeed and returns the position it led to.
func (p *portal) do(method, path, key, body string) string {
	p.t.Helper()
	var answer struct{ Position string }
	status := p.try(method, path, key, body, &answer)
	require.Contains(p.t, []int{http.StatusOK, http.StatusCreated, http.StatusAccepted}, status, "%s %s", method, path)
	require.NotEmpty(p.t, answer.Position)
	p.after = []string{answer.Position}
	return answer.Position
}

// importFile runs `backlot import` and returns what it printed.
func (p *portal) importFile(ctx context.Context, file string) (string, error) {
	c := exec.CommandContext(ctx, binary, "import", file, "--server", p.url, "--token", token)
	out, err := c.Output()
	return string(out), err
}

// writeFile writes a file into the test's folder.
func writeFile(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, content, 0o600))
	return path
}
