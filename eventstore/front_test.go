package eventstore

import (
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"backlot/eventstore/embedded"
)

// cluster is several addresses over one embedded server, of which one leads.
// Its nodes do what no embedded server does: they refuse, leave out, delay and
// break off.
type cluster struct {
	t        testing.TB
	upstream *grpc.ClientConn
	nodes    []*node
	leader   atomic.Int64 // -1 for none: an election
	gossips  atomic.Int64 // how often it was asked who leads
	stale    atomic.Int64 // calls that a follower would have answered

	mu sync.Mutex
	// asked is told how often gossip was asked for.
	asked func(times int64)
	// refuse ends a call before it reaches the server.
	refuse func(ctx context.Context, method string) error
	// answer changes an answer or leaves it out (nil), and ends the call after
	// it with an error, errEnd for none.
	answer func(ctx context.Context, message proto.Message) (proto.Message, error)
}

// node is one of them; its number is its index.
type node struct {
	*cluster
	number int64
	server *grpc.Server
	addr   *net.TCPAddr
}

func newCluster(t testing.TB, nodes int) *cluster {
	t.Helper()
	onlyThroughGRPC(t)
	server, err := embedded.Open(context.Background(), embedded.Options{FS: vfs.NewMem(), Dir: "store"})
	require.NoError(t, err)
	c := &cluster{t: t}
	c.upstream, err = grpc.NewClient(server.ClientConfiguration().Address,
		grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultCallOptions(grpc.ForceCodec(frames{})))
	require.NoError(t, err)
	var serving sync.WaitGroup
	for i := range nodes {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		n := &node{cluster: c, number: int64(i), addr: listener.Addr().(*net.TCPAddr)}
		n.server = grpc.NewServer(grpc.ForceServerCodec(frames{}), grpc.UnknownServiceHandler(n.handle))
		serving.Go(func() { _ = n.server.Serve(listener) })
		c.nodes = append(c.nodes, n)
	}
	t.Cleanup(func() {
		for _, n := range c.nodes {
			n.server.Stop()
		}
		serving.Wait()
		require.NoError(t, c.upstream.Close())
		require.NoError(t, server.Close())
	})
	return c
}

// connect is a store that knows these nodes only.
func (c *cluster) connect(cfg Config, known ...int) *Store {
	c.t.Helper()
	hosts := make([]string, len(known))
	for i, k := range known {
		hosts[i] = c.nodes[k].addr.String()
	}
	return connectTo(c.t, cfg, hosts...)
}

func connectTo(t testing.TB, cfg Config, hosts ...string) *Store {
	t.Helper()
	client, err := ParseAddress("esdb://" + strings.Join(hosts, ",") + "?tls=false&discoveryInterval=5&gossipTimeout=1&nodePreference=leader")
	require.NoError(t, err)
	cfg.Client = client
	return connect(t, cfg)
}

func (c *cluster) onGossip(asked func(times int64)) {
	c.mu.Lock()
	c.asked = asked
	c.mu.Unlock()
}

func (c *cluster) onCall(refuse func(ctx context.Context, method string) error) {
	c.mu.Lock()
	c.refuse = refuse
	c.mu.Unlock()
}

func (c *cluster) onAnswer(answer func(ctx context.Context, message proto.Message) (proto.Message, error)) {
	c.mu.Lock()
	c.answer = answer
	c.mu.Unlock()
}

// frames passes messages on as they are.
type frames struct{}

func (frames) Name() string                  { return "proto" }
func (frames) Marshal(v any) ([]byte, error) { return *v.(*[]byte), nil }
func (frames) Unmarshal(data []byte, v any) error {
	*v.(*[]byte) = append([]byte{}, data...)
	return nil
}

func (n *node) handle(_ any, down grpc.ServerStream) error {
	method, _ := grpc.MethodFromServerStream(down)
	if method == gossip.Gossip_Read_FullMethodName {
		return n.tellMembers(down)
	}
	in, _ := metadata.FromIncomingContext(down.Context())
	if leader := n.leader.Load(); leader != n.number && strings.Contains(method, "Streams") {
		if len(in.Get("requires-leader")) == 0 {
			n.stale.Add(1)
		}
		if leader < 0 {
			return status.Error(codes.Unknown, "No leader info available in response")
		}
		to := n.nodes[leader].addr
		down.SetTrailer(metadata.Pairs("exception", "not-leader",
			"leader-endpoint-host", to.IP.String(), "leader-endpoint-port", strconv.Itoa(to.Port)))
		return status.Error(codes.NotFound, "Leader info available")
	}
	n.mu.Lock()
	refuse, answer := n.refuse, n.answer
	n.mu.Unlock()
	if refuse != nil {
		if err := refuse(down.Context(), method); err != nil {
			return err
		}
	}
	return n.forward(down, method, answer)
}

func (n *node) tellMembers(down grpc.ServerStream) error {
	n.mu.Lock()
	asked := n.asked
	n.mu.Unlock()
	if times := n.gossips.Add(1); asked != nil {
		asked(times)
	}
	leader := n.leader.Load()
	info := &gossip.ClusterInfo{}
	for _, m := range n.nodes {
		state := gossip.MemberInfo_Follower
		if m.number == leader {
			state = gossip.MemberInfo_Leader
		}
		info.Members = append(info.Members, &gossip.MemberInfo{
			State: state, IsAlive: true,
			HttpEndPoint: &gossip.EndPoint{Address: m.addr.IP.String(), Port: uint32(m.addr.Port)},
		})
	}
	frame, err := proto.Marshal(info)
	if err != nil {
		return err
	}
	return down.SendMsg(&frame)
}

// errEnd ends a call as if the server had nothing more to say.
var errEnd = errors.New("end of the call")

type requestKey struct{}

// readRequest is what an answer hook's Read was asked for.
func readRequest(ctx context.Context) *streams.ReadReq {
	r := &streams.ReadReq{}
	_ = proto.Unmarshal(ctx.Value(requestKey{}).([]byte), r)
	return r
}

func isSubscription(ctx context.Context) bool {
	return readRequest(ctx).GetOptions().GetSubscription() != nil
}

func (n *node) forward(down grpc.ServerStream, method string, answer func(context.Context, proto.Message) (proto.Message, error)) error {
	var request []byte
	if err := down.RecvMsg(&request); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.WithValue(down.Context(), requestKey{}, request))
	defer cancel()
	up, err := n.upstream.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, method)
	if err != nil {
		return err
	}
	go func() {
		for frame := request; up.SendMsg(&frame) == nil; {
			frame = nil
			if down.RecvMsg(&frame) != nil {
				_ = up.CloseSend()
				return
			}
		}
	}()
	for {
		var frame []byte
		if err := up.RecvMsg(&frame); err != nil {
			down.SetTrailer(up.Trailer())
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		var end error
		if answer != nil {
			frame, end = change(ctx, method, frame, answer)
		}
		if frame != nil {
			if err := down.SendMsg(&frame); err != nil {
				return err
			}
		}
		if errors.Is(end, errEnd) {
			return nil
		} else if end != nil {
			return end
		}
	}
}

func change(ctx context.Context, method string, frame []byte, answer func(context.Context, proto.Message) (proto.Message, error)) ([]byte, error) {
	var message proto.Message
	switch method {
	case streams.Streams_Read_FullMethodName:
		message = &streams.ReadResp{}
	case streams.Streams_Append_FullMethodName:
		message = &streams.AppendResp{}
	default:
		return frame, nil
	}
	if err := proto.Unmarshal(frame, message); err != nil {
		return nil, err
	}
	message, end := answer(ctx, message)
	if message == nil {
		return nil, end
	}
	frame, err := proto.Marshal(message)
	return frame, errors.Join(err, end)
}
