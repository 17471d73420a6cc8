package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
)

// patience is how long a process may take to start or to end.
const patience = 60 * time.Second

// process is a program that this run started and ends again.
type process struct {
	name   string
	cmd    *exec.Cmd
	said   *tail
	exited chan struct{}
	err    error // of its end
}

// start runs a program whose standard output goes to read, and whose complaints
// are kept for the error.
func start(cmd *exec.Cmd, name string, read func(io.Reader)) (*process, error) {
	p := &process{name: name, cmd: cmd, said: &tail{}, exited: make(chan struct{})}
	cmd.Stderr = p.said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	go func() {
		defer close(p.exited)
		read(out)
		_, _ = io.Copy(io.Discard, out)
		p.err = cmd.Wait()
	}()
	return p, nil
}

// stop asks the program to end, and makes it after a while.
func (p *process) stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-p.exited:
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		<-p.exited
		return fmt.Errorf("%s did not end and was killed", p.name)
	}
	var exit *exec.ExitError
	if errors.As(p.err, &exit) && exit.ExitCode() > 0 {
		return fmt.Errorf("%s ended with %w\n%s", p.name, p.err, p.said)
	}
	return nil
}

// failed is why a program ended that should not have.
func (p *process) failed() error { return fmt.Errorf("%s ended: %w\n%s", p.name, p.err, p.said) }

// resident is how much memory the program has in use, in bytes.
func (p *process) resident() (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kB, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return kB << 10, err
		}
	}
	return 0, errors.New("/proc has no VmRSS here")
}

// processorTime is how long the program has computed.
func (p *process) processorTime() (time.Duration, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	// The name, in brackets, may hold spaces.
	fields := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
	var ticks int64
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil
}

// settle returns when the program computes next to nothing any more: what it
// has to catch up with must not be measured.
func (p *process) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	for {
		before, err := p.processorTime()
		if err != nil {
			return err
		}
		const window = time.Second
		if err := pause(ctx, window); err != nil {
			return fmt.Errorf("%s is busy for minutes without being asked anything: %w", p.name, err)
		}
		after, err := p.processorTime()
		if err != nil {
			return err
		}
		if after-before < window/20 {
			return nil
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// tail keeps the last of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailSize = 4 << 10

// Write implements io.Writer.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	t.text = t.text[max(0, len(t.text)-tailSize):]
	return len(b), nil
}

// String returns what is kept.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}

// redisServer is a Redis of its own that writes nothing to disk.
type redisServer struct {
	*process
	socket string
	client *redis.Client
}

func startRedis(ctx context.Context, dir, name string) (*redisServer, error) {
	socket := filepath.Join(dir, name+".sock")
	cmd := exec.Command("redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", dir, "--loglevel", "warning")
	p, err := start(cmd, "redis-server", func(io.Reader) {})
	if err != nil {
		return nil, fmt.Errorf("%w; install redis-server", err)
	}
	r := &redisServer{process: p, socket: socket, client: redis.NewClient(&redis.Options{Network: "unix", Addr: socket, ReadTimeout: 5 * time.Minute, PoolSize: 8})}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for r.client.Ping(ctx).Err() != nil {
		select {
		case <-p.exited:
			return nil, errors.Join(p.failed(), r.client.Close())
		default:
		}
		if err := pause(ctx, 5*time.Millisecond); err != nil {
			return nil, errors.Join(fmt.Errorf("redis-server does not start: %w", err), r.close())
		}
	}
	return r, nil
}

func (r *redisServer) close() error { return errors.Join(r.client.Close(), r.stop()) }

func (r *redisServer) url() string { return "unix://" + r.socket }

// used is what Redis has allocated, in bytes.
func (r *redisServer) used(ctx context.Context) (int64, error) {
	info, err := r.client.InfoMap(ctx, "memory").Result()
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(info["Memory"]["used_memory"], 10, 64)
}

// lines reads lines until the first that has a prefix, and returns its rest.
func lines(r io.Reader, prefix string, found func(rest string)) {
	scanner := bufio.NewScanner(r)
	for scanner.Scan() {
		if rest, ok := strings.CutPrefix(scanner.Text(), prefix); ok {
			found(strings.TrimSpace(rest))
			return
		}
	}
}
