package embedded

import (
	"context"
	"net"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/google/uuid"
	"google.golang.org/grpc/peer"
)

// gossipService presents a cluster of one leader.
type gossipService struct {
	gossip.UnimplementedGossipServer
	instance uuid.UUID
	now      func() time.Time
}

func newGossipService(now func() time.Time) *gossipService {
	return &gossipService{instance: uuid.New(), now: now}
}

func (s *gossipService) Read(ctx context.Context, _ *shared.Empty) (*gossip.ClusterInfo, error) {
	return &gossip.ClusterInfo{Members: []*gossip.MemberInfo{{
		InstanceId:   structuredUUID(s.instance),
		TimeStamp:    s.now().UnixNano() / 100,
		State:        gossip.MemberInfo_Leader,
		IsAlive:      true,
		HttpEndPoint: reachedEndPoint(ctx),
	}}}, nil
}

// reachedEndPoint is the address by which the client came, which is the one
// that works for it.
func reachedEndPoint(ctx context.Context) *gossip.EndPoint {
	if p, ok := peer.FromContext(ctx); ok {
		if tcp, ok := p.LocalAddr.(*net.TCPAddr); ok {
			return &gossip.EndPoint{Address: tcp.IP.String(), Port: uint32(tcp.Port)}
		}
	}
	return &gossip.EndPoint{}
}
