package timedtext

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"backlot/domain/finding"
)

// timing is how a TTML file counts time.
type timing struct {
	smpte      bool // times are labels of frames
	drop       bool // of which some do not exist
	told       bool // the frame rate was declared
	rate       int64
	num, den   int64 // multiplier
	ticks      int64 // a second
	sub        int64 // parts of a frame
	missed     bool  // that the rate is missing was noted
	conflicted bool  // that bases contradict each other was noted
}

var rates = []int64{24, 25, 30, 48, 50, 60}

// newTiming reads the parameters of the outermost element.
func newTiming(declared map[string]string, where string, l *finding.List) timing {
	t := timing{rate: 30, num: 1, den: 1, ticks: 1, sub: 1}
	number := func(name string, to *int64) {
		text := declared[name]
		if text == "" {
			return
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 1 || n > 1_000_000_000 {
			l.Add(finding.InvalidFrameRate, where, "%s is %q, and not a positive whole number.", name, text)
			return
		}
		*to = n
	}
	switch base := declared["timeBase"]; base {
	case "", "media":
	case "smpte":
		t.smpte = true
	default:
		l.Add(finding.InvalidTimeBase, where, "The time base is %q; media and smpte are accepted.", base)
	}
	if text := declared["frameRate"]; text != "" {
		before := l.Count(finding.InvalidFrameRate)
		number("frameRate", &t.rate)
		if l.Count(finding.InvalidFrameRate) == before && !slices.Contains(rates, t.rate) {
			l.Add(finding.InvalidFrameRate, where, "The frame rate is %s; pictures have 24, 25, 30, 48, 50 or 60, with a multiplier where it is less.", text)
		}
		t.told = true
	}
	number("subFrameRate", &t.sub)
	t.ticks = t.rate * t.sub
	if !t.told {
		t.ticks = 1
	}
	number("tickRate", &t.ticks)
	t.multiply(declared["frameRateMultiplier"], where, l)
	t.dropMode(declared["dropMode"], where, l)
	return t
}

func (t *timing) multiply(text, where string, l *finding.List) {
	if text == "" {
		return
	}
	num, den, _ := strings.Cut(strings.Join(strings.Fields(strings.ReplaceAll(text, ":", " ")), " "), " ")
	switch {
	case num == "1" && (den == "1" || den == ""):
	case num == "1000" && den == "1001" && !slices.Contains([]int64{25, 50}, t.rate):
		t.num, t.den = 1000, 1001
	default:
		l.Add(finding.InvalidFrameRate, where, "The multiplier of the frame rate %d is %q; it is 1 1, or 1000 1001 with 24, 30, 48 and 60.", t.rate, text)
	}
}

func (t *timing) dropMode(mode, where string, l *finding.List) {
	switch {
	case mode == "" || mode == "nonDrop":
	case mode != "dropNTSC":
		l.Add(finding.DropModeConflict, where, "The drop-frame mode is %q; dropNTSC and nonDrop are accepted.", mode)
	case !t.smpte:
		l.Add(finding.DropModeConflict, where, "Drop-frame counting is declared, and the time base is media.")
	case t.den != 1001 || t.rate != 30 && t.rate != 60:
		l.Add(finding.DropModeConflict, where, "Drop-frame counting is declared, and the frame rate is neither 29.97 nor 59.94.")
	default:
		t.drop = true
	}
}

var (
	clockTime  = regexp.MustCompile(`^(\d{2,3}):(\d{2}):(\d{2})(?:\.(\d{1,9})\d*|[:;](\d{2,3})(?:\.(\d{1,4}))?)?$`)
	offsetTime = regexp.MustCompile(`^(\d{1,12})(?:\.(\d{1,9})\d*)?(h|m|s|ms|f|t)$`)
)

// read understands a time expression; false, with a finding, if it cannot.
func (t *timing) read(text, attribute, where string, l *finding.List) (time.Duration, bool) {
	if m := clockTime.FindStringSubmatch(text); m != nil {
		return t.clock(m, attribute, where, l)
	}
	m := offsetTime.FindStringSubmatch(text)
	if m == nil {
		l.Add(finding.InvalidTime, where, "%s is %q; a time is written as 00:01:02.345, 00:01:02:12 or 62.345s.", attribute, text)
		return 0, false
	}
	if t.smpte {
		t.conflict(attribute, text, where, l)
		return 0, false
	}
	whole, _ := strconv.ParseInt(m[1], 10, 64)
	unit := map[string]time.Duration{"h": time.Hour, "m": time.Minute, "s": time.Second, "ms": time.Millisecond}[m[3]]
	per := int64(1)
	switch m[3] {
	case "f":
		t.needRate(where, l)
		unit, per = time.Second*time.Duration(t.den), t.rate*t.num
	case "t":
		unit, per = time.Second, t.ticks
	}
	// A float has 53 bits for it, which is a nanosecond in a hundred days.
	seconds := (float64(whole) + fraction(m[2])) * float64(unit) / float64(per)
	if seconds > float64(1000*time.Hour) {
		l.Add(finding.InvalidTime, where, "%s is %q, which is more than 1000 hours.", attribute, text)
		return 0, false
	}
	return time.Duration(seconds), true
}

// clock reads hours, minutes and seconds with a fraction or frames.
func (t *timing) clock(m []string, attribute, where string, l *finding.List) (time.Duration, bool) {
	text := m[0]
	at := func(i int) int64 { n, _ := strconv.ParseInt(m[i], 10, 64); return n }
	h, min, s, frames := at(1), at(2), at(3), at(5)
	counted := m[5] != ""
	switch {
	case min > 59 || s > 59:
		l.Add(finding.InvalidTime, where, "%s is %q: minutes and seconds end at 59.", attribute, text)
		return 0, false
	case t.smpte && !counted:
		t.conflict(attribute, text, where, l)
		return 0, false
	case counted:
		t.needRate(where, l)
	}
	if counted && frames >= t.rate {
		l.Add(finding.InvalidTime, where, "%s is %q, and a second has the frames 0 to %d.", attribute, text, t.rate-1)
		return 0, false
	}
	seconds := h*3600 + min*60 + s
	if !t.smpte {
		d := time.Duration(seconds)*time.Second + time.Duration(fraction(m[4])*float64(time.Second))
		return d + time.Duration(frames*t.den)*time.Second/time.Duration(t.rate*t.num), true
	}
	total := seconds*t.rate + frames
	if t.drop {
		dropped := t.rate / 15
		if s == 0 && frames < dropped && min%10 != 0 {
			l.Add(finding.InvalidTime, where, "%s is %q, which drop-frame counting leaves out.", attribute, text)
			return 0, false
		}
		minutes := h*60 + min
		total -= dropped * (minutes - minutes/10)
	}
	return time.Duration(float64(total) * float64(t.den) / float64(t.rate*t.num) * float64(time.Second)), true
}

// conflict notes once that a time is no label of a frame although times are.
func (t *timing) conflict(attribute, text, where string, l *finding.List) {
	if !t.conflicted {
		l.Add(finding.TimeBaseConflict, where, "The time base is smpte, and %s is %q, which is a media time.", attribute, text)
	}
	t.conflicted = true
}

func (t *timing) needRate(where string, l *finding.List) {
	if !t.told && !t.missed {
		l.Add(finding.MissingFrameRate, where, "Times count frames here, and tt declares no ttp:frameRate.")
		t.missed = true
	}
}

// fraction reads the digits behind a point.
func fraction(digits string) float64 {
	if digits == "" {
		return 0
	}
	f, _ := strconv.ParseFloat("0."+digits, 64)
	return f
}
