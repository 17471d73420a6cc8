package probe

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"backlot/domain/finding"
)

// Wanted is what a request asks for.
type Wanted struct {
	Picture bool // and sound beside it; otherwise sound alone
	Silent  bool // that there is no sound is usual
}

// rates are the frame rates of programmes.
var rates = []float64{24000.0 / 1001, 24, 25, 30000.0 / 1001, 30, 48, 50, 60000.0 / 1001, 60}

// Judge says what is wrong with a file by what ffprobe says of it.
func Judge(r Report, wanted Wanted, l *finding.List) {
	var pictures, sounds []Stream
	for _, s := range r.Streams {
		switch {
		case s.CodecType == "video" && s.Disposition["attached_pic"] == 0:
			pictures = append(pictures, s)
		case s.CodecType == "audio":
			sounds = append(sounds, s)
		}
	}
	if symptom := broken(r.Errors); symptom != "" {
		l.Add(finding.DecodeError, "", "ffprobe says: %s", symptom)
		if len(r.Streams) == 0 {
			return
		}
	}
	switch {
	case len(pictures)+len(sounds) == 0:
		l.Add(finding.NoStreams, "", "The file has neither picture nor sound.")
		return
	case wanted.Picture && len(pictures) == 0:
		l.Add(finding.IncorrectAssetType, "", "The file is sound without picture, and the request is for both.")
	case !wanted.Picture && len(pictures) > 0:
		l.Add(finding.IncorrectAssetType, stream(pictures[0]), "The file has a picture, and the request is for sound alone.")
	case wanted.Picture && len(sounds) == 0 && !wanted.Silent:
		l.Add(finding.MissingSound, "", "The file has picture and no sound.")
	}
	if d := seconds(r.Format.Duration); d <= 0 && !slices.ContainsFunc(append(pictures, sounds...), func(s Stream) bool { return seconds(s.Duration) > 0 }) {
		l.Add(finding.NoDuration, "", "Nothing says how long the file is, or it is %q.", r.Format.Duration)
	}
	for _, s := range pictures {
		frames(s, l)
	}
	for _, s := range sounds {
		if s.Channels > 2 && (s.ChannelLayout == "" || strings.HasPrefix(s.ChannelLayout, "unknown") || strings.Contains(s.ChannelLayout, "channels")) {
			l.Add(finding.UnknownChannels, stream(s), "The sound has %d channels, and nothing says which is which.", s.Channels)
		}
	}
}

func stream(s Stream) string { return fmt.Sprintf("stream %d, %s", s.Index, s.CodecName) }

func seconds(s string) float64 {
	d, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(d) {
		return 0
	}
	return d
}

// frames looks at the frame rate of a picture.
func frames(s Stream, l *finding.List) {
	real, average := fraction(s.RFrameRate), fraction(s.AvgFrameRate)
	near := func(a, b float64) bool { return math.Abs(a-b) <= b/2000 }
	if real > 0 && average > 0 && math.Abs(real-average) > real/100 && math.Abs(real-2*average) > real/100 { // fields may count as frames
		l.Add(finding.VariableFrameRate, stream(s), "Frames come at %s a second, %.3f on average.", s.RFrameRate, average)
		return
	}
	rate := average
	if rate <= 0 {
		rate = real
	}
	if !slices.ContainsFunc(rates, func(r float64) bool { return near(rate, r) }) {
		l.Add(finding.UnusualFrameRate, stream(s), "The frame rate is %s.", s.AvgFrameRate)
	}
}

func fraction(s string) float64 {
	num, den, _ := strings.Cut(s, "/")
	n, d := seconds(num), seconds(den)
	if d <= 0 {
		return 0
	}
	return n / d
}

// symptoms are what ffprobe's complaints contain where something is broken for
// certain; others come of decoding from the middle of a file on.
var symptoms = []string{
	"invalid data found", "moov atom not found", "partial file", "error while decoding", "error splitting the input", "error submitting packet",
	"truncat", "corrupt", "invalid nal unit", "damaged", "error at mb", "exceeds limit", "error in spectral data", "not on whitelist", nothing,
}

// broken returns the first complaint that says so; "" if none does.
func broken(complaints []string) string {
	for _, c := range complaints {
		lower := strings.ToLower(c)
		if slices.ContainsFunc(symptoms, func(s string) bool { return strings.Contains(lower, s) }) {
			// Addresses and paths of this machine tell nobody anything.
			if i := strings.Index(c, "] "); strings.HasPrefix(c, "[") && i > 0 {
				name, _, _ := strings.Cut(c[1:i], " @")
				return strings.TrimPrefix(name+": "+c[i+2:], "NULL: ")
			}
			if strings.HasPrefix(c, "file:") {
				_, c, _ = strings.Cut(c[len("file:"):], ": ")
			}
			return c
		}
	}
	return ""
}
