package embedded

import (
	"context"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
)

// serverVersion is the EventStoreDB whose protocol this follows.
const serverVersion = "23.10.1"

const streamsServiceName = "event_store.client.streams.streams"

// featuresService tells clients what they may call.
type featuresService struct {
	serverfeatures.UnimplementedServerFeaturesServer
}

func (featuresService) GetSupportedMethods(context.Context, *shared.Empty) (*serverfeatures.SupportedMethods, error) {
	return &serverfeatures.SupportedMethods{
		EventStoreServerVersion: serverVersion,
		Methods: []*serverfeatures.SupportedMethod{
			{ServiceName: streamsServiceName, MethodName: "read"},
			{ServiceName: streamsServiceName, MethodName: "append"},
			{ServiceName: streamsServiceName, MethodName: "batchappend", Features: []string{"deadline_duration"}},
			{ServiceName: streamsServiceName, MethodName: "delete"},
			{ServiceName: streamsServiceName, MethodName: "tombstone"},
			{ServiceName: "event_store.client.gossip.gossip", MethodName: "read"},
			{ServiceName: "event_store.client.server_features.serverfeatures", MethodName: "getsupportedmethods"},
		},
	}, nil
}
