package probe_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain/finding"
	. "backlot/inspection/probe"
)

// recorded is what ffprobe 5.1 said of a file, with some of it changed.
func recorded(t *testing.T, name string, changes ...string) Report {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name + ".json")
	require.NoError(t, err)
	s := string(b)
	for i := 0; i < len(changes); i += 2 {
		require.Contains(t, s, changes[i])
		s = strings.ReplaceAll(s, changes[i], changes[i+1])
	}
	r, err := Read([]byte(s))
	require.NoError(t, err)
	return r
}

func codes(found []finding.Finding) []string {
	out := []string{}
	for _, f := range found {
		out = append(out, f.Code)
	}
	return out
}

var (
	muxed = Wanted{Picture: true}
	sound = Wanted{}
)

func TestJudge(t *testing.T) {
	failed := func(lines ...string) Report { return Report{Errors: lines} }
	with := func(r Report, lines ...string) Report { r.Errors = lines; return r }
	for name, c := range map[string]struct {
		report Report
		wanted Wanted
		want   []string
	}{
		"picture and sound":                {recorded(t, "good.mp4"), muxed, []string{}},
		"surround sound":                   {recorded(t, "surround.wav"), sound, []string{}},
		"sound with a cover":               {recorded(t, "cover.mp3"), sound, []string{}},
		"sound for a picture":              {recorded(t, "surround.wav"), muxed, []string{finding.IncorrectAssetType}},
		"a cover is no picture":            {recorded(t, "cover.mp3"), muxed, []string{finding.IncorrectAssetType}},
		"a picture for sound":              {recorded(t, "good.mp4"), sound, []string{finding.IncorrectAssetType}},
		"picture without sound":            {recorded(t, "v.mxf"), muxed, []string{finding.MissingSound}},
		"a silent proxy":                   {recorded(t, "v.mxf"), Wanted{Picture: true, Silent: true}, []string{}},
		"a duration in the container only": {recorded(t, "v.mkv"), Wanted{Picture: true, Silent: true}, []string{}},
		"17 frames a second":               {recorded(t, "rate17.mp4"), Wanted{Picture: true, Silent: true}, []string{finding.UnusualFrameRate}},
		"a rate that varies":               {recorded(t, "vfr.mp4"), Wanted{Picture: true, Silent: true}, []string{finding.VariableFrameRate}},
		"59.94 fields a second":            {recorded(t, "v.mxf", `"r_frame_rate": "25/1"`, `"r_frame_rate": "50/1"`), Wanted{Picture: true, Silent: true}, []string{}},
		"no length":                        {recorded(t, "surround.wav", `"duration": "1.000000"`, `"duration": "0.000000"`), sound, []string{finding.NoDuration}},
		"a length of nobody knows":         {recorded(t, "surround.wav", `"duration": "1.000000"`, `"duration": "N/A"`), sound, []string{finding.NoDuration}},
		"channels without names":           {recorded(t, "surround.wav", `"channel_layout": "5.1",`, ""), sound, []string{finding.UnknownChannels}},
		"channels that are only counted":   {recorded(t, "surround.wav", `"5.1"`, `"6 channels"`), sound, []string{finding.UnknownChannels}},
		"nothing to see or hear":           {recorded(t, "surround.wav", `"codec_type": "audio"`, `"codec_type": "data"`), sound, []string{finding.NoStreams}},
		"no file of the trade":             {failed("[mov,mp4,m4a,3gp,3g2,mj2 @ 0x55] moov atom not found", "file:/tmp/x: Invalid data found when processing input"), muxed, []string{finding.DecodeError}},
		"a picture that breaks":            {with(recorded(t, "good.mp4"), "[h264 @ 0x55] co located POCs unavailable", "[h264 @ 0x55] error while decoding MB 18 11"), muxed, []string{finding.DecodeError}},
		"a file that was cut off":          {with(recorded(t, "good.mp4"), "[mov,mp4,m4a,3gp,3g2,mj2 @ 0x55] stream 1, offset 0xcaa3: partial file"), muxed, []string{finding.DecodeError}},
		"decoding from the middle on":      {with(recorded(t, "good.mp4"), "[h264 @ 0x55] co located POCs unavailable"), muxed, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			var l finding.List
			Judge(c.report, c.wanted, &l)
			assert.Equal(t, c.want, codes(l.All()), "%+v", l.All())
		})
	}
}

// What a person reads tells nothing of this machine.
func TestComplaintsWithoutAddressesAndPaths(t *testing.T) {
	for line, want := range map[string]string{
		"[h264 @ 0x55f507c31b40] error while decoding MB 18 11":     "ffprobe says: h264: error while decoding MB 18 11",
		"[NULL @ 0x55f2a869cb00] Invalid NAL unit size (678 > 58).": "ffprobe says: Invalid NAL unit size (678 > 58).",
		"file:/var/secret/x: Invalid data found when processing it": "ffprobe says: Invalid data found when processing it",
	} {
		var l finding.List
		Judge(Report{Errors: []string{line}}, muxed, &l)
		assert.Equal(t, want, l.All()[0].Text)
	}
}

func TestReadingWhatIsNoJSON(t *testing.T) {
	_, err := Read([]byte("{"))
	assert.Error(t, err)
	r, err := Read([]byte("  "))
	assert.NoError(t, err)
	assert.Empty(t, r.Streams)
}

func FuzzJudge(f *testing.F) {
	for _, name := range []string{"good.mp4", "vfr.mp4", "cover.mp3"} {
		b, err := os.ReadFile("testdata/" + name + ".json")
		require.NoError(f, err)
		f.Add(b, "[a @ 0x1] corrupt")
	}
	f.Fuzz(func(t *testing.T, output []byte, complaint string) {
		r, err := Read(output)
		if err != nil {
			return
		}
		r.Errors = []string{complaint}
		var l finding.List
		Judge(r, muxed, &l)
		for _, each := range l.All() {
			_, known := finding.Find(each.Code)
			require.True(t, known, each.Code)
		}
	})
}
