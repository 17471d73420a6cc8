package embedded_test

import (
	"bytes"
	"net"
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	"google.golang.org/protobuf/proto"

	"backlot/eventstore/embedded"
)

// TestPingsAreWelcome speaks HTTP/2 itself, because grpc-go's client never
// pings more often than every ten seconds. By the default policy the third
// ping within five minutes ends the connection.
func TestPingsAreWelcome(t *testing.T) {
	s := openServer(t, embedded.Options{})
	for name, subscribed := range map[string]bool{"idle subscription": true, "no stream at all": false} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("unix", strings.TrimPrefix(s.ClientConfiguration().Address, "unix://"))
			require.NoError(t, err)
			defer conn.Close()
			_, err = conn.Write([]byte(http2.ClientPreface))
			require.NoError(t, err)
			framer := http2.NewFramer(conn, conn)
			require.NoError(t, framer.WriteSettings())
			if subscribed {
				startSubscription(t, framer)
			}
			for i := range 100 {
				ping := [8]byte{byte(i), 1}
				require.NoError(t, framer.WritePing(false, ping))
				for {
					frame, err := framer.ReadFrame()
					require.NoError(t, err, "ping %d", i)
					require.NotEqual(t, http2.FrameGoAway, frame.Header().Type)
					if ack, ok := frame.(*http2.PingFrame); ok && ack.IsAck() && ack.Data == ping {
						break
					}
				}
			}
		})
	}
}

func startSubscription(t *testing.T, framer *http2.Framer) {
	var headers bytes.Buffer
	encoder := hpack.NewEncoder(&headers)
	for _, h := range [][2]string{
		{":method", "POST"}, {":scheme", "http"}, {":path", "/event_store.client.streams.Streams/Read"},
		{":authority", "localhost"}, {"content-type", "application/grpc"}, {"te", "trailers"},
	} {
		require.NoError(t, encoder.WriteField(hpack.HeaderField{Name: h[0], Value: h[1]}))
	}
	require.NoError(t, framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: headers.Bytes(), EndHeaders: true}))
	message, err := proto.Marshal(readRequest(&streams.ReadReq_Options{CountOption: &streams.ReadReq_Options_Subscription{
		Subscription: &streams.ReadReq_Options_SubscriptionOptions{},
	}}))
	require.NoError(t, err)
	require.Less(t, len(message), 256)
	require.NoError(t, framer.WriteData(1, true, append([]byte{0, 0, 0, 0, byte(len(message))}, message...)))
	for {
		frame, err := framer.ReadFrame()
		require.NoError(t, err)
		if data, ok := frame.(*http2.DataFrame); ok && data.StreamID == 1 {
			return
		}
	}
}
