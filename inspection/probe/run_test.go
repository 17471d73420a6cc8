package probe_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "backlot/inspection/probe"
)

// script is a program in ffprobe's place.
func script(t *testing.T, body string) *Prober {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Fatal("these tests need a shell")
	}
	name := filepath.Join(t.TempDir(), "ffprobe")
	require.NoError(t, os.WriteFile(name, []byte("#!/bin/sh\n"+body+"\n"), 0o700))
	return &Prober{Command: name, Timeout: 20 * time.Second}
}

func TestFfprobeIsFound(t *testing.T) {
	p := script(t, "")
	assert.Equal(t, p.Command, Find(p.Command))
	assert.Empty(t, Find(p.Command+"-not"))
}

func TestWhatFfprobeSaysAndComplainsOf(t *testing.T) {
	p := script(t, `echo '{"streams":[{"index":0,"codec_type":"audio"}],"format":{"duration":"10"}}'; echo "[a @ 0x1] corrupt" >&2; exit 1`)
	r, err := p.Probe(t.Context(), "/nowhere", false)
	require.NoError(t, err)
	assert.Equal(t, "audio", r.Streams[0].CodecType)
	assert.Equal(t, []string{"[a @ 0x1] corrupt"}, r.Errors)
}

// The beginning and the end are decoded, of the file and of nothing else.
func TestHowFfprobeIsCalled(t *testing.T) {
	p := script(t, `echo "$@" >> "$0.calls"; env >> "$0.calls"; echo '{"streams":[{}],"format":{"duration":"100.5"}}'`)
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	_, err := p.Probe(t.Context(), "/a b.mov", true)
	require.NoError(t, err)
	b, err := os.ReadFile(p.Command + ".calls")
	require.NoError(t, err)
	calls := string(b)
	assert.Contains(t, calls, "-protocol_whitelist file -format_whitelist mov,mp4")
	assert.Contains(t, calls, "-read_intervals %+2 ")
	assert.Contains(t, calls, "-read_intervals 98.500% ")
	assert.Contains(t, calls, "-i file:/a b.mov\n")
	assert.NotContains(t, calls, "secret")
}

func TestAnFfprobeThatDoesNotEnd(t *testing.T) {
	p := script(t, "exec sleep 60")
	p.Timeout = 50 * time.Millisecond
	r, err := p.Probe(t.Context(), "/nowhere", true)
	require.NoError(t, err)
	assert.True(t, r.Late)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = p.Probe(ctx, "/nowhere", true)
	assert.ErrorIs(t, err, context.Canceled)
}

func TestAnFfprobeThatSaysTooMuch(t *testing.T) {
	p := script(t, "yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | head -c 50000000")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := p.Probe(t.Context(), "/nowhere", false)
	runtime.ReadMemStats(&after)
	assert.Error(t, err, "what it says is no JSON")
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(32<<20))
}

// One that crashes, or that the system ends for want of memory, is no verdict.
func TestAnFfprobeThatIsEnded(t *testing.T) {
	for _, body := range []string{"kill -9 $$", "kill -11 $$", "exit 1", "echo something >&2; kill -9 $$"} {
		_, err := script(t, body).Probe(t.Context(), "/nowhere", false)
		assert.Error(t, err, body)
	}
}

func TestAnFfprobeThatIsNotThere(t *testing.T) {
	_, err := (&Prober{Command: fmt.Sprint(t.TempDir(), "/none")}).Probe(t.Context(), "/nowhere", false)
	assert.Error(t, err)
}
