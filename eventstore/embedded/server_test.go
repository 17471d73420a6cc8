package embedded_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"backlot/eventstore/embedded"
)

var insecureCredentials = insecure.NewCredentials()

func TestADirectoryIsOpenOnce(t *testing.T) {
	for name, o := range map[string]embedded.Options{
		"on disk":   {Dir: filepath.Join(t.TempDir(), "made", "as needed")},
		"in memory": {FS: vfs.NewMem()},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := embedded.Open(testContext(t), o)
			require.NoError(t, err)
			_, err = embedded.Open(testContext(t), o)
			require.ErrorContains(t, err, "another store is open in "+o.Dir)
			require.NoError(t, s.Close())
			s, err = embedded.Open(testContext(t), o)
			require.NoError(t, err)
			require.NoError(t, s.Close())
		})
	}
}

func TestEverythingIsThereAfterReopening(t *testing.T) {
	dir := t.TempDir()
	var want []*esdb.RecordedEvent
	for round := range 4 {
		s, err := embedded.Open(testContext(t), embedded.Options{Dir: dir})
		require.NoError(t, err)
		c := connect(t, s)
		require.Equal(t, want, readAll(t, c, esdb.ReadAllOptions{}, all))
		for i := range 10 {
			appendTo(t, c, fmt.Sprintf("s-%d-%d", round, i), esdb.NoStream{}, numbered(2)...)
		}
		appendTo(t, c, "all rounds", esdb.Any{}, event("round"))
		want = readAll(t, c, esdb.ReadAllOptions{}, all)
		require.Len(t, want, (round+1)*21)
		require.Len(t, readStream(t, c, "all rounds", esdb.ReadStreamOptions{}, all), round+1)
		require.NoError(t, s.Close())
	}
}

func TestCloseEndsSubscriptions(t *testing.T) {
	s, err := embedded.Open(testContext(t), embedded.Options{FS: vfs.NewMem()})
	require.NoError(t, err)
	c := connect(t, s)
	sub := subscribeAll(t, c, esdb.SubscribeToAllOptions{From: esdb.Start{}})
	expect(t, sub, "CAUGHT-UP")
	batches := openBatchAppend(t, s)
	require.NoError(t, batches.Send(batchOf(stringUUID(uuid.New()), batchAny("s"), true, "e")))
	_, err = batches.Recv()
	require.NoError(t, err)
	expect(t, sub, "e")

	require.NoError(t, s.Close())
	require.NoError(t, s.Close())
	require.Equal(t, codes.Unavailable, status.Code(sub.Recv().SubscriptionDropped.Error))
	_, err = batches.Recv()
	require.Equal(t, codes.Unavailable, status.Code(err))
}

// TestCloseDoesNotWaitForEver has a client that stopped reading its
// subscription, and one that never ends its append.
func TestCloseDoesNotWaitForEver(t *testing.T) {
	s, err := embedded.Open(testContext(t), embedded.Options{FS: vfs.NewMem()})
	require.NoError(t, err)
	s.SetCloseTimeout(time.Millisecond)
	c := connect(t, s)
	subscribeAll(t, c, esdb.SubscribeToAllOptions{From: esdb.Start{}})
	for range 10 {
		appendTo(t, c, "s", esdb.Any{}, esdb.EventData{EventID: uuid.New(), EventType: "e", Data: make([]byte, 500_000)})
	}
	unfinished, err := streams.NewStreamsClient(dial(t, s)).Append(testContext(t))
	require.NoError(t, err)
	require.NoError(t, unfinished.Send(appendOptions("s", "any")))
	require.NoError(t, s.Close())
}

func TestCloseLeavesNothingBehind(t *testing.T) {
	s, err := embedded.Open(testContext(t), embedded.Options{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	c := connect(t, s)
	for i := range 20 {
		sub := subscribeAll(t, c, esdb.SubscribeToAllOptions{From: esdb.Start{}})
		appendTo(t, c, "s", esdb.Any{}, event("e"))
		if i%2 == 0 {
			require.NoError(t, sub.Close())
		}
	}
	socket := strings.TrimPrefix(s.ClientConfiguration().Address, "unix://")
	_, err = os.Stat(socket)
	require.NoError(t, err)
	require.NoError(t, s.Close())

	_, err = os.Stat(filepath.Dir(socket))
	require.ErrorIs(t, err, os.ErrNotExist)
	require.Eventually(t, func() bool {
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		return !strings.Contains(string(stacks), "embedded.(*") && !strings.Contains(string(stacks), "internal/engine.(*")
	}, patience, patience/10_000)
}

func TestEndedSubscriptionsLeaveTheServer(t *testing.T) {
	s := openServer(t, embedded.Options{})
	c := connect(t, s)
	for range 50 {
		sub := subscribeAll(t, c, esdb.SubscribeToAllOptions{From: esdb.Start{}})
		expect(t, sub, "CAUGHT-UP")
		require.NoError(t, sub.Close())
	}
	require.Eventually(t, func() bool {
		stacks := make([]byte, 1<<20)
		return !strings.Contains(string(stacks[:runtime.Stack(stacks, true)]), "streamsService).follow")
	}, patience, patience/10_000)
}

func TestSocketIsPrivate(t *testing.T) {
	s := openServer(t, embedded.Options{})
	socket := strings.TrimPrefix(s.ClientConfiguration().Address, "unix://")
	info, err := os.Stat(filepath.Dir(socket))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
}

func TestSocketPathStaysShort(t *testing.T) {
	long := filepath.Join(t.TempDir(), strings.Repeat("x", 90))
	require.NoError(t, os.Mkdir(long, 0o700))
	t.Setenv("TMPDIR", long)
	c := newClient(t)
	appendTo(t, c, "s", esdb.Any{}, event("e"))
	left, err := os.ReadDir(long)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestListen(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "localhost:0", "[::1]:0"} {
		s, err := embedded.Open(testContext(t), embedded.Options{FS: vfs.NewMem(), Listen: address})
		if err != nil && strings.Contains(address, "::1") {
			continue // no IPv6 here
		}
		require.NoError(t, err)
		config := s.ClientConfiguration()
		config.Address = s.Addr()
		c, err := esdb.NewClient(config)
		require.NoError(t, err)
		appendTo(t, c, "s", esdb.Any{}, event("over TCP"))
		require.Equal(t, "over TCP", types(readAll(t, connect(t, s), esdb.ReadAllOptions{}, all)))
		require.NoError(t, c.Close())
		require.NoError(t, s.Close())
	}
}

func TestListenIsLoopbackUnlessForced(t *testing.T) {
	for _, address := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.com:0"} {
		_, err := embedded.Open(testContext(t), embedded.Options{FS: vfs.NewMem(), Listen: address})
		require.ErrorContains(t, err, "not a loopback address", address)
	}
	s := openServer(t, embedded.Options{Listen: "0.0.0.0:0", ForceListen: true})
	require.NotEmpty(t, s.Addr())
	require.Empty(t, openServer(t, embedded.Options{}).Addr())
}

func TestOpenFailsCleanly(t *testing.T) {
	_, err := embedded.Open(testContext(t), embedded.Options{})
	require.ErrorContains(t, err, "Dir is required")
	_, err = embedded.Open(testContext(t), embedded.Options{FS: vfs.NewMem(), Listen: "nonsense"})
	require.ErrorContains(t, err, "Listen")

	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	_, err = embedded.Open(testContext(t), embedded.Options{FS: vfs.NewMem(), Listen: taken.Addr().String()})
	require.ErrorContains(t, err, "address already in use")

	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = embedded.Open(cancelled, embedded.Options{FS: vfs.NewMem()})
	require.ErrorIs(t, err, context.Canceled)
}
