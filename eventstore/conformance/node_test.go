package conformance_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const nodeClient = "nodeclient"

// TestNodeClient has the official Node client do what it can.
func TestNodeClient(t *testing.T) {
	uri, features := server(t)
	installNodeClient(t)
	cmd := nodeCommand(t, "node", "--test-reporter=spec", "test.mjs")
	cmd.Env = append(os.Environ(), "ESDB="+uri, "MAX_APPEND_SIZE="+strconv.Itoa(features.MaxAppendSize))
	if features.Complete {
		cmd.Env = append(cmd.Env, "COMPLETE=1")
	}
	out, err := cmd.CombinedOutput()
	t.Logf("%s\n%s", strings.Join(cmd.Args, " "), out)
	require.NoError(t, err)
}

// installNodeClient installs what the lock file says, unless that is there.
func installNodeClient(t *testing.T) {
	t.Helper()
	// Reading them here makes the test run again when they change.
	for _, file := range []string{"test.mjs", "package.json"} {
		_, err := os.ReadFile(filepath.Join(nodeClient, file))
		require.NoError(t, err)
	}
	lock, err := os.Stat(filepath.Join(nodeClient, "package-lock.json"))
	require.NoError(t, err)
	installed, err := os.Stat(filepath.Join(nodeClient, "node_modules", ".package-lock.json"))
	if err == nil && !installed.ModTime().Before(lock.ModTime()) {
		return
	}
	out, err := nodeCommand(t, "npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error").CombinedOutput()
	require.NoError(t, err, "npm could not install the official Node client: %s", out)
}

func nodeCommand(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath(name)
	require.NoError(t, err, "%s is missing; install Node.js 20 or newer, with npm", name)
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = nodeClient
	return cmd
}
