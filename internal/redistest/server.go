package redistest

import (
	"bufio"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// Server is a redis-server process.
type Server struct {
	t       testing.TB
	addr    string
	args    []string
	process *exec.Cmd
}

// Start starts a redis-server that ends with the test, with further arguments
// if any. The test fails if redis-server is not installed.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Fatal("install redis-server: apt-get install redis-server")
	}
	s := &Server{t: t, args: args}
	// Somebody may take a free port before redis-server does.
	var err error
	for range 5 {
		s.addr = freeAddress(t)
		if err = s.start(); err == nil {
			break
		}
	}
	require.NoError(t, err)
	t.Cleanup(s.Stop)
	return s
}

// Addr returns the server's address, host:port.
func (s *Server) Addr() string { return s.addr }

// URL returns the server's address as redis://host:port.
func (s *Server) URL() string { return "redis://" + s.addr }

// Client returns a new client that is closed with the test.
func (s *Server) Client() *redis.Client { return client(s.t, s.addr) }

// Flush removes everything that the server holds.
func (s *Server) Flush() {
	s.t.Helper()
	require.NoError(s.t, s.Client().FlushAll(s.t.Context()).Err())
}

// Stop kills the server; what it held is lost. Stopping twice is allowed.
func (s *Server) Stop() {
	if s.process == nil {
		return
	}
	_ = s.process.Process.Kill()
	_ = s.process.Wait()
	s.process = nil
}

// Restart starts the server again, empty and on the same port.
func (s *Server) Restart() {
	s.t.Helper()
	s.Stop()
	require.NoError(s.t, s.start())
}

// start returns when the server accepts connections.
func (s *Server) start() error {
	host, port, err := net.SplitHostPort(s.addr)
	if err != nil {
		return err
	}
	args := append([]string{"--bind", host, "--port", port, "--save", "", "--appendonly", "no", "--dir", s.t.TempDir()}, s.args...)
	process := exec.Command("redis-server", args...)
	output, err := process.StdoutPipe()
	if err != nil {
		return err
	}
	if err := process.Start(); err != nil {
		return err
	}
	lines := bufio.NewScanner(output)
	var said strings.Builder
	for lines.Scan() {
		if strings.Contains(lines.Text(), "Ready to accept connections") {
			s.process = process
			go func() {
				for lines.Scan() {
				}
			}()
			return nil
		}
		fmt.Fprintln(&said, lines.Text())
	}
	_ = process.Wait()
	return fmt.Errorf("redis-server on %s ended:\n%s", s.addr, &said)
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return "127.0.0.1:" + strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}
