package main

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/internal/bench"
)

// The whole run, without the peers that have to be installed: events, projector,
// the portal as a process, and the questions over HTTP and in process.
func TestBench(t *testing.T) {
	figures := filepath.Join(t.TempDir(), "figures.json")
	args := []string{"bench", "--sizes", "1000", "--peers", "bitmaps", "--only", "questions,history", "--rounds", "1", "--dir", t.TempDir(), "--json", figures, "--chart", figures + ".svg"}
	out, err := exec.CommandContext(t.Context(), binary, args...).CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Contains(t, string(out), "| group by source type × language |")
	report, err := bench.Read(figures)
	require.NoError(t, err)
	assert.NotEmpty(t, report.Questions)
	require.FileExists(t, figures+".svg")

	out, err = exec.CommandContext(t.Context(), binary, "bench", "--only", "nothing").CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), `there is no measure "nothing"; there are questions, history`)
}
