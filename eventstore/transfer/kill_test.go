package transfer_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"backlot/eventstore/transfer"
)

// victimVariable tells a copy of the test binary what to do until it is killed:
// what, from, to, and the step at which it waits for that.
const victimVariable = "TRANSFER_TEST_VICTIM"

func TestMain(m *testing.M) {
	if task := os.Getenv(victimVariable); task != "" {
		fmt.Fprintln(os.Stderr, perform(strings.Split(task, "|")))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// perform prints "waiting" when it is far enough. It does not wait for the
// writes that are under way.
func perform(task []string) error {
	what, from, to, step := task[0], task[1], task[2], task[3]
	progress := func(s string, events int64) {
		if fmt.Sprint(s, " ", events) == step {
			fmt.Println("waiting")
			select {}
		}
	}
	_, err := transfers[what](context.Background(), from, to, progress)
	return fmt.Errorf("came through: %w", err)
}

var transfers = map[string]func(ctx context.Context, from, to string, p transfer.Progress) (transfer.Report, error){
	"copy":   transfer.Copy,
	"backup": transfer.Backup,
	"restore": func(ctx context.Context, from, to string, p transfer.Progress) (transfer.Report, error) {
		return transfer.Restore(ctx, from, to, transfer.Until{}, p)
	},
}

// kill runs a transfer in another process and kills it at a step.
func kill(t *testing.T, task ...string) {
	t.Helper()
	victim := exec.Command(os.Args[0])
	victim.Env = append(os.Environ(), victimVariable+"="+strings.Join(task, "|"))
	victim.Stderr = os.Stderr
	out, err := victim.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, victim.Start())
	lines := bufio.NewScanner(out)
	require.True(t, lines.Scan(), "it ended before it was killed")
	require.Equal(t, "waiting", lines.Text())
	require.NoError(t, victim.Process.Kill())
	require.Error(t, victim.Wait())
}

// many is a source of some thousand events, read by a process that is not the
// one that has it open.
func many(t *testing.T) *server {
	from := serve(t, t.TempDir())
	populate(t, from)
	for i := range 8 {
		from.append(t, fmt.Sprintf("many-%d", i), numbered(0, 500)...)
	}
	goOn(t, from)
	return from
}

func TestKilledTransfersGoOn(t *testing.T) {
	from := many(t)
	want := everything(t, from.data)
	file := filepath.Join(t.TempDir(), "backup")
	kill(t, "backup", from.data, file, "reading 3000")
	// Not enough for a block: the file is there, and refused.
	_, err := transfer.Restore(testContext(t), file, t.TempDir(), transfer.Until{}, nil)
	require.Error(t, err)
	backup(t, from.data, file)

	t.Run("restore", func(t *testing.T) {
		data := t.TempDir()
		for _, step := range []string{"restoring 1000", "restoring 3000", "comparing 2000"} {
			kill(t, "restore", file, data, step)
			require.NoDirExists(t, filepath.Join(data, "eventstore"), "it appears when it is complete")
		}
		report, err := transfer.Restore(testContext(t), file, data, transfer.Until{}, nil)
		require.NoError(t, err)
		require.Zero(t, report.Written, "it was there")
		require.Equal(t, want, everything(t, data))
	})
	t.Run("copy to a data folder", func(t *testing.T) {
		data := t.TempDir()
		for _, step := range []string{"copying 1000", "copying 3000"} {
			kill(t, "copy", from.data, data, step)
		}
		report, err := transfer.Copy(testContext(t), from.data, data, nil)
		require.NoError(t, err)
		require.NotZero(t, report.Written)
		require.Less(t, report.Written, report.Summary.Events-2000, "not all over again")
		require.Equal(t, want, everything(t, data))
	})
	t.Run("copy to an EventStoreDB", func(t *testing.T) {
		to := serve(t, t.TempDir())
		for _, step := range []string{"copying 1000", "copying 3000", "comparing 1000"} {
			kill(t, "copy", from.data, to.address(), step)
		}
		report, err := transfer.Copy(testContext(t), from.data, to.address(), nil)
		require.NoError(t, err)
		require.Zero(t, report.Written)
		want, got := byStream(want), byStream(everything(t, to.data))
		require.Equal(t, want, got)
		requireStates(t, to, wentOn)
	})
}
