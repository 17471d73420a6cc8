package timecode

import (
	"cmp"
	"fmt"
	"strings"

	"backlot/domain"
)

// Timecode is the number of a frame as people write it.
type Timecode struct {
	Hours, Minutes, Seconds, Frames int
	Drop                            bool // written with a semicolon
}

// String writes HH:MM:SS:FF, or HH:MM:SS;FF for drop-frame.
func (t Timecode) String() string {
	separator := ':'
	if t.Drop {
		separator = ';'
	}
	return fmt.Sprintf("%02d:%02d:%02d%c%02d", t.Hours, t.Minutes, t.Seconds, separator, t.Frames)
}

// Compare orders timecodes of one kind as their frames are: -1, 0 or 1.
func (t Timecode) Compare(u Timecode) int {
	return cmp.Or(cmp.Compare(t.Hours, u.Hours), cmp.Compare(t.Minutes, u.Minutes), cmp.Compare(t.Seconds, u.Seconds), cmp.Compare(t.Frames, u.Frames))
}

// Parse reads a timecode of a rate. It may be typed as digits alone, which fill
// it from the right as in editing systems: 410 is 00:00:04:10, and with a
// semicolon at a drop-frame rate. The error is CodeInvalid for the field
// timecode.
func (r Rate) Parse(s string) (Timecode, error) {
	if !r.Known() {
		return Timecode{}, invalid("%q is not a frame rate", string(r))
	}
	t, typed, err := read(s)
	if err != nil {
		return Timecode{}, err
	}
	if typed {
		t.Drop = r.DropFrame()
	}
	return t, r.check(t)
}

// Parse reads a timecode whose rate is not known: it refuses what no rate has.
// Digits alone are not taken for drop-frame. The error is CodeInvalid for the
// field timecode.
func Parse(s string) (Timecode, error) {
	t, _, err := read(s)
	switch {
	case err != nil:
		return Timecode{}, err
	case t.Frames > 59:
		return Timecode{}, invalid("%s has no frame %02d at any rate: frames run to 59 at most", t, t.Frames)
	case t.Drop && t.dropped(2):
		return Timecode{}, invalid("%s does not exist: drop-frame leaves out the first frame numbers of each minute but each tenth", t)
	}
	return t, nil
}

// Frame returns the number of a timecode's frame, from 0 to FramesPerDay - 1.
// The error is CodeInvalid for a timecode that the rate does not have.
func (r Rate) Frame(t Timecode) (int64, error) {
	if err := r.check(t); err != nil {
		return 0, err
	}
	f := r.figures()
	minutes := int64(t.Hours)*60 + int64(t.Minutes)
	return (minutes*60+int64(t.Seconds))*f.nominal + int64(t.Frames) - f.dropped*(minutes-minutes/10), nil
}

// At returns the timecode of a frame. Numbers wrap at midnight: FramesPerDay is
// 00:00:00:00 again, and -1 the last frame of the day. At an unknown rate it is
// always 00:00:00:00.
func (r Rate) At(frame int64) Timecode {
	f := r.figures()
	if f == unknown {
		return Timecode{}
	}
	_, n := floorDiv(frame, r.FramesPerDay())
	if f.dropped > 0 {
		// The numbers that were left out before this frame are counted in again.
		first := 60 * f.nominal // a tenth minute is whole
		minute := first - f.dropped
		tens, rest := n/(first+9*minute), n%(first+9*minute)
		n += 9 * f.dropped * tens
		if rest >= first {
			n += f.dropped * (1 + (rest-first)/minute)
		}
	}
	seconds := n / f.nominal
	return Timecode{
		Hours: int(seconds / secondsOfHour), Minutes: int(seconds / 60 % 60), Seconds: int(seconds % 60), Frames: int(n % f.nominal),
		Drop: f.dropped > 0,
	}
}

// check refuses a timecode that the rate does not have.
func (r Rate) check(t Timecode) error {
	f := r.figures()
	switch {
	case f == unknown:
		return invalid("%q is not a frame rate", string(r))
	case min(t.Hours, t.Minutes, t.Seconds, t.Frames) < 0:
		return invalid("%s has a negative part", t)
	case t.Drop && f.dropped == 0:
		return invalid("%s is written as drop-frame, which %s is not; write %s", t, r, Timecode{t.Hours, t.Minutes, t.Seconds, t.Frames, false})
	case !t.Drop && f.dropped > 0:
		return invalid("%s is not written as drop-frame, which %s is; write %s", t, r, Timecode{t.Hours, t.Minutes, t.Seconds, t.Frames, true})
	case int64(t.Frames) >= f.nominal:
		return invalid("%s has no frame %02d at %s: frames run from 00 to %02d", t, t.Frames, r, f.nominal-1)
	case t.dropped(int(f.dropped)):
		return invalid("%s does not exist at %s: each minute but each tenth begins with frame %02d", t, r, f.dropped)
	}
	return t.checkClock()
}

// dropped reports whether the timecode is one of the first n numbers of a
// minute that is not a tenth.
func (t Timecode) dropped(n int) bool { return t.Frames < n && t.Seconds == 0 && t.Minutes%10 != 0 }

func (t Timecode) checkClock() error {
	switch {
	case t.Hours > 23:
		return invalid("%s has the hour %d: hours run from 00 to 23", t, t.Hours)
	case t.Minutes > 59:
		return invalid("%s has the minute %d: minutes run from 00 to 59", t, t.Minutes)
	case t.Seconds > 59:
		return invalid("%s has the second %d: seconds run from 00 to 59", t, t.Seconds)
	}
	return nil
}

// read takes the parts of a timecode apart and checks its clock; typed says
// that it was digits alone.
func read(s string) (t Timecode, typed bool, err error) {
	s = strings.TrimSpace(s)
	digits, typed := s, true
	if len(s) == len("HH:MM:SS:FF") && s[2] == ':' && s[5] == ':' && (s[8] == ':' || s[8] == ';') {
		digits, typed, t.Drop = s[:2]+s[3:5]+s[6:8]+s[9:], false, s[8] == ';'
	}
	if digits == "" || len(digits) > 8 || strings.ContainsFunc(digits, func(c rune) bool { return c < '0' || c > '9' }) {
		return Timecode{}, false, invalid("%q is not a timecode: write HH:MM:SS:FF, HH:MM:SS;FF for drop-frame, or up to eight digits", s)
	}
	digits = "00000000"[len(digits):] + digits
	part := func(i int) int { return int(digits[i]-'0')*10 + int(digits[i+1]-'0') }
	t.Hours, t.Minutes, t.Seconds, t.Frames = part(0), part(2), part(4), part(6)
	return t, typed, t.checkClock()
}

func invalid(format string, args ...any) error {
	return domain.Invalid("timecode", fmt.Sprintf(format, args...))
}
