package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"backlot/eventstore/embedded"
)

// portal is the program itself, serving a data folder.
type portal struct {
	*process
	data   string
	url    string
	client *http.Client
	begun  time.Time
}

// token is the operator's.
const token = "bench-token-of-an-operator-0123456789"

// startPortal runs `backlot serve`; without a Redis it keeps the embedded one.
func startPortal(ctx context.Context, program, data string, redis *redisServer) (*portal, error) {
	args := []string{"serve", "--listen", "127.0.0.1:0", "--data", data, "--log-level", "warn", "--after-timeout", "30s", "--scavenge-every", "0"}
	if redis != nil {
		args = append(args, "--redis", redis.url())
	}
	cmd := exec.Command(program, args...)
	cmd.Env = []string{"BACKLOT_BOOTSTRAP_TOKEN=" + token}
	for _, kept := range []string{"PATH", "HOME", "TMPDIR", "GOGC", "GOMAXPROCS", "GOMEMLIMIT"} {
		if v, ok := os.LookupEnv(kept); ok {
			cmd.Env = append(cmd.Env, kept+"="+v)
		}
	}
	p := &portal{data: data, begun: time.Now(), client: &http.Client{Transport: &http.Transport{
		MaxIdleConnsPerHost: 256, DisableCompression: true, // nobody compresses on the way through one machine
	}}}
	listening := make(chan string, 1)
	var err error
	if p.process, err = start(cmd, "backlot serve", func(r io.Reader) {
		lines(r, "listening on ", func(url string) { listening <- url })
	}); err != nil {
		return nil, err
	}
	select {
	case p.url = <-listening:
		return p, nil
	case <-p.exited:
		return nil, p.failed()
	case <-time.After(10 * patience):
		return nil, errors.Join(errors.New("the portal does not listen"), p.stop())
	case <-ctx.Done():
		return nil, errors.Join(ctx.Err(), p.stop())
	}
}

// ready returns once every answer can be given.
func (p *portal) ready(ctx context.Context) error {
	for {
		r, err := p.client.Get(p.url + "/readyz")
		if err == nil {
			_, _ = io.Copy(io.Discard, r.Body)
			_ = r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-p.exited:
			return p.failed()
		default:
		}
		if err := pause(ctx, 2*time.Millisecond); err != nil {
			return err
		}
	}
}

// loaded returns once the index has so many requests and nothing is left to do.
func (p *portal) loaded(ctx context.Context, requests int) error {
	if err := p.ready(ctx); err != nil {
		return err
	}
	for {
		var a struct {
			Total int  `json:"total"`
			Stale bool `json:"stale"`
		}
		if err := p.get(ctx, "/requests?limit=1&columns=request_id&status=All", &a); err != nil {
			return err
		}
		if a.Total == requests && !a.Stale {
			break
		}
		if a.Total > requests {
			return fmt.Errorf("the portal has %d requests, not %d", a.Total, requests)
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return p.settle(ctx)
}

func (p *portal) close() error {
	p.client.CloseIdleConnections()
	return p.stop()
}

// store says how to reach the portal's event store through the client.
func (p *portal) store() (*esdb.Configuration, error) {
	return embedded.Running(filepath.Join(p.data, "eventstore"))
}

// fetch asks the API, and returns the answer as it came.
func (p *portal) fetch(ctx context.Context, path string, into *bytes.Buffer) error {
	return p.send(ctx, http.MethodGet, path, "", nil, into)
}

func (p *portal) get(ctx context.Context, path string, into any) error {
	var body bytes.Buffer
	if err := p.fetch(ctx, path, &body); err != nil {
		return err
	}
	return json.Unmarshal(body.Bytes(), into)
}

// send gives the API a body under an idempotency key, and puts its answer into
// the buffer. Any answer but 2xx is an error.
func (p *portal) send(ctx context.Context, method, path, key string, body io.Reader, into *bytes.Buffer) error {
	r, err := http.NewRequestWithContext(ctx, method, p.url+"/api/v1"+path, body)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
		if strings.HasPrefix(path, "/import") {
			r.Header.Set("Content-Type", "text/csv")
		}
		r.Header.Set("Idempotency-Key", key)
	}
	answer, err := p.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	into.Reset()
	if _, err := into.ReadFrom(answer.Body); err != nil {
		return err
	}
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, bytes.TrimSpace(into.Bytes()))
	}
	return nil
}
