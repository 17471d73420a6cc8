package embedded_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"

	"backlot/eventstore/embedded"
)

// victimDir tells a copy of the test binary to write there until it is killed.
const victimDir = "EMBEDDED_TEST_VICTIM_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimDir); dir != "" {
		if err := writeUntilKilled(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

const victimWriters = 8

// writeUntilKilled prints what is acknowledged.
func writeUntilKilled(dir string) error {
	s, err := embedded.Open(context.Background(), embedded.Options{Dir: dir})
	if err != nil {
		return err
	}
	c, err := esdb.NewClient(s.ClientConfiguration())
	if err != nil {
		return err
	}
	var printing sync.Mutex
	failed := make(chan error)
	for w := range victimWriters {
		go func() {
			stream := fmt.Sprintf("w-%d", w)
			for {
				e := event("e")
				result, err := c.AppendToStream(context.Background(), stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, e)
				if err != nil {
					failed <- err
					return
				}
				printing.Lock()
				fmt.Println(result.CommitPosition, stream, result.NextExpectedVersion, e.EventID)
				printing.Unlock()
			}
		}()
	}
	return <-failed
}

func TestKilledProcess(t *testing.T) {
	dir := t.TempDir()
	acknowledged := make(map[string]bool)
	for round := range 4 {
		victim := exec.Command(os.Args[0])
		victim.Env = append(os.Environ(), victimDir+"="+dir, "TMPDIR="+t.TempDir())
		victim.Stderr = os.Stderr
		out, err := victim.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, victim.Start())
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			acknowledged[lines.Text()] = true
			if n == 150+37*round {
				require.NoError(t, victim.Process.Kill())
			}
		}
		require.Error(t, victim.Wait())
		require.NotEmpty(t, acknowledged)

		s, err := embedded.Open(testContext(t), embedded.Options{Dir: dir})
		require.NoError(t, err)
		found := make(map[string]bool)
		next := make(map[string]uint64)
		for i, e := range readAll(t, connect(t, s), esdb.ReadAllOptions{}, all) {
			require.EqualValues(t, i+1, e.Position.Commit)
			require.Equal(t, next[e.StreamID], e.EventNumber)
			next[e.StreamID]++
			found[fmt.Sprintln(e.Position.Commit, e.StreamID, e.EventNumber, e.EventID)] = true
		}
		for line := range acknowledged {
			require.True(t, found[line+"\n"], line)
		}
		require.LessOrEqual(t, len(found)-len(acknowledged), (round+1)*victimWriters, "more than was under way")
		require.NoError(t, s.Close())
	}
}
