package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"

	"backlot/eventstore/embedded/internal/engine"
)

// closeTimeout is how long Close waits for calls under way.
const closeTimeout = 5 * time.Second

// Server is an open store that serves.
type Server struct {
	engine    *engine.Engine
	grpc      *grpc.Server
	streams   *streamsService
	log       *slog.Logger
	socket    net.Addr
	socketDir string
	dir       string // where a file names the socket, empty for nowhere
	tcp       net.Addr

	scavengeSoon chan struct{} // holds one that is asked for
	scavenged    scavenged

	closing      chan struct{} // closed when subscriptions are to end
	visitors     visitors
	closeTimeout time.Duration
	serving      sync.WaitGroup
	close        sync.Once
	closeErr     error
}

// Open opens or creates the store and serves it until Close. ctx bounds only
// the opening. A directory can be open once at a time.
func Open(ctx context.Context, o Options) (*Server, error) {
	o.setDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	listeners, socketDir, err := listen(ctx, o)
	if err != nil {
		return nil, err
	}
	e, err := engine.Open(o.engineOptions())
	if err != nil {
		if errors.Is(err, engine.ErrLocked) {
			err = fmt.Errorf("embedded: another store is open in %s: %w", o.Dir, err)
		}
		for _, l := range listeners {
			err = errors.Join(err, l.Close())
		}
		return nil, errors.Join(err, os.RemoveAll(socketDir))
	}
	s := &Server{
		engine:       e,
		log:          o.Logger,
		socket:       listeners[0].Addr(),
		socketDir:    socketDir,
		scavengeSoon: make(chan struct{}, 1),
		closing:      make(chan struct{}),
		closeTimeout: closeTimeout,
	}
	s.visitors.open()
	if len(listeners) > 1 {
		s.tcp = listeners[1].Addr()
		if o.ForceListen && !isLoopback(s.tcp.(*net.TCPAddr).IP.String()) {
			s.log.Warn("event store is reachable from other machines without a password", "address", s.Addr())
		}
	}
	if o.FS == nil && !o.ReadOnly {
		s.dir = o.Dir
		if err := writeSocketFile(o.Dir, s.socket.String()); err != nil {
			// Only tools beside the process miss it.
			s.log.Warn("event store cannot say where it is", "error", err)
		}
	}
	s.grpc = newGRPC(s, o)
	s.serving.Go(func() { s.keepScavenged(o.ScavengeEvery) })
	for _, l := range listeners {
		s.serving.Go(func() {
			if err := s.grpc.Serve(l); err != nil {
				s.log.Error("event store stopped serving", "address", l.Addr(), "error", err)
			}
		})
	}
	return s, nil
}

// listen returns the unix socket's listener first.
func listen(ctx context.Context, o Options) ([]net.Listener, string, error) {
	unix, dir, err := listenUnix()
	if err != nil {
		return nil, "", err
	}
	if o.Listen == "" {
		return []net.Listener{unix}, dir, nil
	}
	tcp, err := new(net.ListenConfig).Listen(ctx, "tcp", o.Listen)
	if err != nil {
		return nil, "", errors.Join(fmt.Errorf("embedded: %w", err), unix.Close(), os.RemoveAll(dir))
	}
	return []net.Listener{unix, tcp}, dir, nil
}

func newGRPC(s *Server, o Options) *grpc.Server {
	g := grpc.NewServer(
		grpc.ForceServerCodecV2(newFrameCodec()),
		// Clients choose how often they ping, also when nothing else happens;
		// the default policy would cut them off for it.
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 1, PermitWithoutStream: true}),
		// Finds clients that vanished, whose subscriptions would stay.
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: 30 * time.Second, Timeout: 20 * time.Second}),
		grpc.MaxRecvMsgSize(max(maxMessageSize, o.MaxAppendSize+maxMessageOverhead)),
		grpc.UnknownServiceHandler(unimplemented),
		// The engine closes after the server; nobody may read it then.
		grpc.WaitForHandlers(true),
	)
	s.streams = &streamsService{engine: s.engine, maxAppendSize: o.MaxAppendSize, closing: s.closing}
	streams.RegisterStreamsServer(g, s.streams)
	serverfeatures.RegisterServerFeaturesServer(g, featuresService{})
	gossip.RegisterGossipServer(g, newGossipService(o.Now))
	return g
}

// What an append must fit into to be refused by its size and not by gRPC.
const (
	maxMessageSize     = 17 << 20
	maxMessageOverhead = 1 << 20
)

// ClientConfiguration is for clients in this process; each call returns a new
// one. A connection string could not say it.
func (s *Server) ClientConfiguration() *esdb.Configuration {
	return socketConfiguration(s.socket.String())
}

func socketConfiguration(path string) *esdb.Configuration {
	return &esdb.Configuration{
		Address:        "unix://" + path,
		DisableTLS:     true,
		NodePreference: esdb.NodePreferenceLeader,
		// The socket is there until Close and never comes back, so there is
		// little to wait for.
		MaxDiscoverAttempts: 30,
		DiscoveryInterval:   100,
		GossipTimeout:       5,
		KeepAliveInterval:   10 * time.Second,
		KeepAliveTimeout:    10 * time.Second,
		Logger:              esdb.NoopLogging(),
	}
}

// Addr is the TCP address that is listened on, empty for none.
func (s *Server) Addr() string {
	if s.tcp == nil {
		return ""
	}
	return s.tcp.String()
}

// Close ends subscriptions, lets calls under way finish, and closes the store.
// It may be called again and then returns the same.
func (s *Server) Close() error {
	s.close.Do(func() {
		close(s.closing)
		s.visitors.leave()
		s.stop()
		s.serving.Wait()
		if s.dir != "" {
			// Before the store is closed, as the next one to open it writes its own.
			_ = os.Remove(filepath.Join(s.dir, socketFile))
		}
		s.closeErr = errors.Join(s.engine.Close(), os.RemoveAll(s.socketDir))
	})
	return s.closeErr
}

// stop does not wait for ever on a client that does not read its answers.
func (s *Server) stop() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.grpc.GracefulStop()
	}()
	timeout := time.NewTimer(s.closeTimeout)
	defer timeout.Stop()
	select {
	case <-done:
	case <-timeout.C:
		s.grpc.Stop()
		<-done
	}
}
