package eventstore

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"

	"backlot/eventstore/embedded"
)

// gate stands between a store and its server, at an address that stays the
// same when the server is opened again, and can be shut in different ways.
type gate struct {
	t        testing.TB
	fs       vfs.FS
	listener net.Listener

	mu     sync.Mutex
	server *embedded.Server
	target string        // of the server's socket; "" while shut
	silent bool          // connections are taken but nothing comes through
	fast   chan struct{} // closed unless answers trickle
	conns  map[net.Conn]bool
}

// newGate opens a server over an in-memory file system behind a gate.
func newGate(t testing.TB) *gate {
	t.Helper()
	onlyThroughGRPC(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	g := &gate{t: t, fs: vfs.NewMem(), listener: listener, conns: map[net.Conn]bool{}, fast: make(chan struct{})}
	g.trickle(false)
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { g.serve(conn) })
		}
	})
	t.Cleanup(func() {
		require.NoError(t, listener.Close())
		g.shut()
		serving.Wait()
		g.stopServer()
	})
	g.startServer()
	g.open()
	return g
}

func (g *gate) configuration() *esdb.Configuration {
	return &esdb.Configuration{Address: g.listener.Addr().String(), DisableTLS: true, DiscoveryInterval: 5, GossipTimeout: 1}
}

func (g *gate) serve(client net.Conn) {
	g.mu.Lock()
	target, silent := g.target, g.silent
	g.conns[client] = true
	g.mu.Unlock()
	defer g.drop(client)
	if silent {
		_, _ = io.Copy(io.Discard, client)
		return
	}
	if target == "" {
		return
	}
	server, err := net.Dial("unix", target)
	if err != nil {
		return
	}
	g.mu.Lock()
	g.conns[server] = true
	g.mu.Unlock()
	defer g.drop(server)
	var answers sync.WaitGroup
	answers.Go(func() {
		g.answer(client, server)
		_ = client.Close()
	})
	_, _ = io.Copy(server, client)
	_ = server.Close()
	answers.Wait()
}

// answer copies, byte by byte while answers trickle.
func (g *gate) answer(client, server net.Conn) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := server.Read(buffer)
		for sent := 0; sent < n; {
			g.mu.Lock()
			fast := g.fast
			g.mu.Unlock()
			portion := buffer[sent:n]
			select {
			case <-fast:
			case <-time.After(10 * time.Millisecond):
				portion = portion[:1]
			}
			written, err := client.Write(portion)
			if err != nil {
				return
			}
			sent += written
		}
		if err != nil {
			return
		}
	}
}

// trickle makes answers come byte by byte, or fast again.
func (g *gate) trickle(on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if on {
		g.fast = make(chan struct{})
	} else {
		close(g.fast)
	}
}

func (g *gate) drop(c net.Conn) {
	_ = c.Close()
	g.mu.Lock()
	delete(g.conns, c)
	g.mu.Unlock()
}

// cut ends the connections that there are; new ones come through.
func (g *gate) cut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for c := range g.conns {
		_ = c.Close()
	}
}

// shut ends all connections and refuses new ones.
func (g *gate) shut() {
	g.mu.Lock()
	g.target, g.silent = "", false
	g.mu.Unlock()
	g.cut()
}

// silence ends all connections and leaves new ones without an answer.
func (g *gate) silence() {
	g.mu.Lock()
	g.silent = true
	g.mu.Unlock()
	g.cut()
}

// open lets new connections through to the server.
func (g *gate) open() {
	g.mu.Lock()
	g.target, g.silent = strings.TrimPrefix(g.server.ClientConfiguration().Address, "unix://"), false
	g.mu.Unlock()
	g.cut()
}

func (g *gate) startServer() {
	g.t.Helper()
	server, err := embedded.Open(context.Background(), embedded.Options{FS: g.fs, Dir: "store"})
	require.NoError(g.t, err)
	g.mu.Lock()
	g.server = server
	g.mu.Unlock()
}

func (g *gate) stopServer() {
	g.t.Helper()
	g.mu.Lock()
	server := g.server
	g.mu.Unlock()
	require.NoError(g.t, server.Close())
}

// restart stops the server, as a crash of its process looks to the client,
// and opens it again on the same data.
func (g *gate) restart() {
	g.t.Helper()
	g.shut()
	g.stopServer()
	g.startServer()
	g.open()
}
