package embedded

import (
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"

	"backlot/eventstore/embedded/internal/engine"
)

// streamsService speaks EventStoreDB's protocol for the engine.
type streamsService struct {
	streams.UnimplementedStreamsServer
	engine        *engine.Engine
	maxAppendSize int
	closing       <-chan struct{}
}
