//go:build ffprobe

package probe_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain/finding"
	. "backlot/inspection/probe"
)

// TestFfprobe makes files with ffmpeg, breaks some, and looks at them through
// the ffprobe of this machine.
func TestFfprobe(t *testing.T) {
	dir := t.TempDir()
	ffmpeg := func(name string, args ...string) string {
		out := filepath.Join(dir, name)
		said, err := exec.Command("ffmpeg", append(append([]string{"-v", "error", "-y"}, args...), out)...).CombinedOutput()
		require.NoError(t, err, "%s", said)
		return out
	}
	written := func(name string, content []byte) string {
		out := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(out, content, 0o600))
		return out
	}
	picture, tone := []string{"-f", "lavfi", "-i", "testsrc=size=320x240:rate=24000/1001"}, []string{"-f", "lavfi", "-i", "sine=sample_rate=48000"}
	join := func(parts ...[]string) []string {
		var out []string
		for _, p := range parts {
			out = append(out, p...)
		}
		return out
	}
	good := ffmpeg("good.mp4", join(picture, tone, []string{"-t", "8", "-c:v", "mpeg4", "-c:a", "aac", "-movflags", "+faststart"})...)
	whole, err := os.ReadFile(good)
	require.NoError(t, err)
	damaged := append([]byte(nil), whole...)
	for i := len(damaged) / 5; i < len(damaged)/2; i += 7 {
		damaged[i] ^= 0x5a
	}
	p := &Prober{Command: Find("")}
	for name, c := range map[string]struct {
		file   string
		wanted Wanted
		want   []string
	}{
		"good":           {good, muxed, []string{}},
		"MXF":            {ffmpeg("a.mxf", join(picture, tone, []string{"-t", "5", "-c:v", "mpeg2video", "-c:a", "pcm_s16le"})...), muxed, []string{}},
		"sound":          {ffmpeg("a.wav", join(tone, []string{"-t", "5"})...), sound, []string{}},
		"sound asked as": {ffmpeg("b.wav", join(tone, []string{"-t", "5"})...), muxed, []string{finding.IncorrectAssetType}},
		"17 frames":      {ffmpeg("c.mov", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=17", "-t", "2", "-c:v", "mpeg4"), Wanted{Picture: true, Silent: true}, []string{finding.UnusualFrameRate}},
		"cut off":        {written("cut.mp4", whole[:len(whole)*2/3]), muxed, []string{finding.DecodeError}},
		"damaged":        {written("damaged.mp4", damaged), muxed, []string{finding.DecodeError}},
		"huge frames":    {ffmpeg("huge.mkv", "-f", "lavfi", "-i", "color=size=12000x12000:rate=25", "-frames:v", "1", "-c:v", "mjpeg", "-q:v", "31"), Wanted{Picture: true, Silent: true}, []string{finding.DecodeError}},
		"noise":          {written("noise.mov", []byte("neither this nor that")), muxed, []string{finding.DecodeError}},
		"a playlist":     {written("list.mp4", []byte("#EXTM3U\n#EXTINF:1,\nfile:"+good+"\n")), muxed, []string{finding.DecodeError}},
		"a script":       {written("list.mov", []byte("ffconcat version 1.0\nfile "+good+"\n")), muxed, []string{finding.DecodeError}},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := p.Probe(t.Context(), c.file, true)
			require.NoError(t, err)
			var l finding.List
			Judge(r, c.wanted, &l)
			assert.Equal(t, c.want, codes(l.All()), "%+v\n%q", l.All(), r.Errors)
		})
	}
}
