package embedded

import (
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// unimplemented answers every service that is not offered.
func unimplemented(_ any, stream grpc.ServerStream) error {
	method, _ := grpc.MethodFromServerStream(stream)
	return status.Errorf(codes.Unimplemented, "The embedded event store has no %s%s.", method, instead(method))
}

func instead(method string) string {
	switch {
	case strings.HasPrefix(method, "/event_store.client.persistent_subscriptions."):
		return "; subscribe to the stream or to $all and keep the position yourself"
	case strings.HasPrefix(method, "/event_store.client.projections."):
		return "; subscribe to $all with a filter"
	default:
		return ""
	}
}
