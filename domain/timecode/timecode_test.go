package timecode_test

import (
	"flag"
	"fmt"
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	. "backlot/domain/timecode"
)

// What standards bodies and makers of editing systems publish, and what follows
// from the definition by hand.
func TestPublishedValues(t *testing.T) {
	for _, c := range []struct {
		rate  Rate
		code  string
		frame int64
	}{
		{Rate2997Drop, "00:00:59;29", 1_799},
		{Rate2997Drop, "00:01:00;02", 1_800},
		{Rate2997Drop, "00:01:59;29", 3_597},
		{Rate2997Drop, "00:02:00;02", 3_598},
		{Rate2997Drop, "00:09:59;29", 17_981},
		{Rate2997Drop, "00:10:00;00", 17_982},
		{Rate2997Drop, "00:10:59;29", 19_781},
		{Rate2997Drop, "00:11:00;02", 19_782},
		{Rate2997Drop, "01:00:00;00", 107_892},
		{Rate2997Drop, "23:59:59;29", 2_589_407},
		{Rate2997, "01:00:00:00", 108_000},
		{Rate5994Drop, "00:00:59;59", 3_599},
		{Rate5994Drop, "00:01:00;04", 3_600},
		{Rate5994Drop, "00:10:00;00", 35_964},
		{Rate5994Drop, "01:00:00;00", 215_784},
		{Rate5994Drop, "23:59:59;59", 5_178_815},
		{Rate5994, "01:00:00:00", 216_000},
		{Rate23976, "01:00:00:00", 86_400},
		{Rate24, "01:00:00:00", 86_400},
		{Rate25, "01:00:00:00", 90_000},
		{Rate25, "10:00:00:00", 900_000},
		{Rate30, "01:00:00:00", 108_000},
		{Rate48, "00:00:01:47", 95},
		{Rate50, "01:00:00:00", 180_000},
		{Rate60, "23:59:59:59", 5_183_999},
	} {
		t.Run(string(c.rate)+" "+c.code, func(t *testing.T) {
			parsed, err := c.rate.Parse(c.code)
			require.NoError(t, err)
			frame, err := c.rate.Frame(parsed)
			require.NoError(t, err)
			assert.Equal(t, c.frame, frame)
			assert.Equal(t, c.code, c.rate.At(c.frame).String())
		})
	}
}

func TestTimesAreExact(t *testing.T) {
	for _, c := range []struct {
		rate    Rate
		frame   int64
		seconds *big.Rat
		rounded time.Duration
	}{
		{Rate23976, 86_400, big.NewRat(36_036, 10), 3603*time.Second + 600*time.Millisecond},
		{Rate23976, 1, big.NewRat(1001, 24_000), 41_708_334}, // 41,708,333 and a third, rounded up
		{Rate24, 1, big.NewRat(1, 24), 41_666_667},
		{Rate25, 90_000, big.NewRat(3600, 1), time.Hour},
		{Rate2997Drop, 107_892, big.NewRat(35_999_964, 10_000), 3599*time.Second + 996_400*time.Microsecond},
		{Rate2997, 30, big.NewRat(1001, 1000), 1001 * time.Millisecond},
		{Rate48, 48, big.NewRat(1, 1), time.Second},
		{Rate50, 1, big.NewRat(1, 50), 20 * time.Millisecond},
		{Rate5994, 60_000, big.NewRat(1001, 1), 1001 * time.Second},
		{Rate60, -1, big.NewRat(-1, 60), -16_666_666},
	} {
		assert.Zero(t, c.seconds.Cmp(c.rate.Time(c.frame)), "%s %d: %s", c.rate, c.frame, c.rate.Time(c.frame))
		assert.Equal(t, c.rounded, c.rate.Duration(c.frame), "%s %d", c.rate, c.frame)
		assert.Equal(t, c.frame, c.rate.FrameAt(c.rounded), "%s %d", c.rate, c.frame)
		assert.Equal(t, c.frame-1, c.rate.FrameAt(c.rounded-1), "%s %d: a nanosecond earlier", c.rate, c.frame)
	}
	assert.Equal(t, "24000/1001", Rate23976.Exact().String())
	assert.Equal(t, "60000/1001", Rate5994Drop.Exact().String())
}

// Drop-frame timecode keeps to the clock: after a day it is off by less than a
// tenth of a second.
func TestDropFrameKeepsToTheClock(t *testing.T) {
	day := big.NewRat(24*3600, 1)
	for _, r := range []Rate{Rate2997Drop, Rate5994Drop} {
		off := new(big.Rat).Sub(day, r.Time(r.FramesPerDay()))
		assert.Equal(t, "54/625", off.String(), "%s", r) // 0.0864 s
	}
}

var wholeDay = flag.Bool("whole-day", false, "count every frame of a day at every rate, 38 million")

// The reference counts as a person would: frame by frame, carrying, and leaving
// out what drop-frame leaves out. The pattern repeats every ten minutes.
func TestEveryFrame(t *testing.T) {
	for _, r := range Rates() {
		t.Run(string(r), func(t *testing.T) {
			exact, _ := r.Exact().Float64()
			nominal := int(math.Round(exact))
			dropped := map[Rate]int{Rate2997Drop: 2, Rate5994Drop: 4}[r]
			want := Timecode{Drop: dropped > 0}
			hour := r.FramesPerDay() / 24
			for frame := int64(0); frame < r.FramesPerDay(); frame++ {
				if frame == hour+hour/6 && !*wholeDay {
					frame = r.FramesPerDay() - hour/3
					want = Timecode{Hours: 23, Minutes: 40, Drop: want.Drop}
				}
				// Comparisons that make no garbage: there are many frames.
				if got := r.At(frame); got != want {
					require.Equal(t, want, got, "frame %d", frame)
				}
				if got, err := r.Frame(want); got != frame || err != nil {
					require.NoError(t, err)
					require.Equal(t, frame, got, "%s", want)
				}
				want = following(want, nominal, dropped)
			}
			assert.Equal(t, Timecode{Drop: dropped > 0}, want, "a day later it begins again")
		})
	}
}

func following(t Timecode, nominal, dropped int) Timecode {
	t.Frames++
	if t.Frames < nominal {
		return t
	}
	t.Frames = 0
	t.Seconds++
	if t.Seconds < 60 {
		return t
	}
	t.Seconds = 0
	t.Minutes++
	if t.Minutes == 60 {
		t.Minutes = 0
		t.Hours = (t.Hours + 1) % 24
	}
	if t.Minutes%10 != 0 {
		t.Frames = dropped
	}
	return t
}

func TestConversionsLeadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.SampledFrom(Rates()).Draw(t, "rate")
		frame := rapid.Int64Range(-1<<36, 1<<36).Draw(t, "frame")
		code := r.At(frame)
		parsed, err := r.Parse(code.String())
		require.NoError(t, err)
		require.Equal(t, code, parsed)
		number, err := r.Frame(parsed)
		require.NoError(t, err)
		require.Equal(t, ((frame%r.FramesPerDay())+r.FramesPerDay())%r.FramesPerDay(), number, "a day is wrapped")

		// The time is exact, its rounding is the next nanosecond, and both lead back.
		exact := new(big.Rat).Quo(new(big.Rat).SetInt64(frame), r.Exact())
		require.Zero(t, exact.Cmp(r.Time(frame)))
		rounded := big.NewRat(int64(r.Duration(frame)), int64(time.Second))
		late := new(big.Rat).Sub(rounded, exact)
		require.True(t, late.Sign() >= 0 && late.Cmp(big.NewRat(1, int64(time.Second))) < 0, "%s late", late)
		require.Equal(t, frame, r.FrameAt(r.Duration(frame)))
		require.Equal(t, frame-1, r.FrameAt(r.Duration(frame)-1))
		require.Greater(t, r.Duration(frame+1), r.Duration(frame))

		next := r.At(frame + 1)
		if next != (Timecode{Drop: r.DropFrame()}) {
			require.Equal(t, -1, code.Compare(next), "within a day timecodes rise")
			require.Equal(t, 1, next.Compare(code))
		}
		require.Zero(t, code.Compare(code))
	})
}

func TestDigitsFillFromTheRight(t *testing.T) {
	for typed, want := range map[string][2]string{
		"0": {"00:00:00:00", "00:00:00;00"}, "7": {"00:00:00:07", "00:00:00;07"}, "24": {"00:00:00:24", "00:00:00;24"},
		"410": {"00:00:04:10", "00:00:04;10"}, "120410": {"00:12:04:10", "00:12:04;10"}, "00120410": {"00:12:04:10", "00:12:04;10"},
		"1120410": {"01:12:04:10", "01:12:04;10"}, " 23595924 ": {"23:59:59:24", "23:59:59;24"}, "10000": {"00:01:00:00", ""},
	} {
		for i, r := range []Rate{Rate25, Rate2997Drop} {
			got, err := r.Parse(typed)
			if want[i] == "" {
				require.ErrorContains(t, err, "begins with frame 02")
				continue
			}
			require.NoError(t, err)
			assert.Equal(t, want[i], got.String(), "%s at %s", typed, r)
		}
		got, err := Parse(typed)
		require.NoError(t, err)
		assert.Equal(t, want[0], got.String(), "at a rate that nobody told")
	}
}

func TestWhatIsWrongIsSaid(t *testing.T) {
	const form = " is not a timecode: write HH:MM:SS:FF, HH:MM:SS;FF for drop-frame, or up to eight digits"
	for _, c := range []struct {
		rate       Rate // "": not known
		code, want string
	}{
		{Rate2997, "00:00:00:30", "00:00:00:30 has no frame 30 at 29.97: frames run from 00 to 29"},
		{Rate23976, "01:00:00:24", "01:00:00:24 has no frame 24 at 23.976: frames run from 00 to 23"},
		{Rate25, "25", "00:00:00:25 has no frame 25 at 25: frames run from 00 to 24"},
		{Rate2997Drop, "00:01:00;00", "00:01:00;00 does not exist at 29.97 DF: each minute but each tenth begins with frame 02"},
		{Rate2997Drop, "00:59:00;01", "00:59:00;01 does not exist at 29.97 DF: each minute but each tenth begins with frame 02"},
		{Rate5994Drop, "00:01:00;03", "00:01:00;03 does not exist at 59.94 DF: each minute but each tenth begins with frame 04"},
		{Rate2997Drop, "00:12:04:10", "00:12:04:10 is not written as drop-frame, which 29.97 DF is; write 00:12:04;10"},
		{Rate25, "00:12:04;10", "00:12:04;10 is written as drop-frame, which 25 is not; write 00:12:04:10"},
		{Rate25, "24:00:00:00", "24:00:00:00 has the hour 24: hours run from 00 to 23"},
		{Rate25, "00:60:00:00", "00:60:00:00 has the minute 60: minutes run from 00 to 59"},
		{Rate25, "6000", "00:00:60:00 has the second 60: seconds run from 00 to 59"},
		{Rate25, "", `""` + form},
		{Rate25, "1:2:3:4", `"1:2:3:4"` + form},
		{Rate25, "00:00:00.00", `"00:00:00.00"` + form},
		{Rate25, "123456789", `"123456789"` + form},
		{Rate25, "-1", `"-1"` + form},
		{Rate25, "٣", `"٣"` + form},
		{Rate25, "0a:00:00:00", `"0a:00:00:00"` + form},
		{"26", "00:00:00:00", `"26" is not a frame rate`},
		{"", "00:00:00:60", "00:00:00:60 has no frame 60 at any rate: frames run to 59 at most"},
		{"", "00:01:00;01", "00:01:00;01 does not exist: drop-frame leaves out the first frame numbers of each minute but each tenth"},
		{"", "24:00:00;00", "24:00:00;00 has the hour 24: hours run from 00 to 23"},
		{"", "noon", `"noon"` + form},
	} {
		parse := Parse
		if c.rate != "" {
			parse = c.rate.Parse
		}
		_, err := parse(c.code)
		var e *domain.Error
		require.ErrorAs(t, err, &e, "%s at %s", c.code, c.rate)
		assert.Equal(t, &domain.Error{Code: domain.CodeInvalid, Field: "timecode", Message: c.want}, e)
	}
	for _, code := range []string{"00:10:00;00", "00:01:00;02", "23:59:59;59", "00:00:00:59", "00:01:00:00"} {
		_, err := Parse(code)
		assert.NoError(t, err, code)
	}
}

func TestFrameRefusesWhatARateDoesNotHave(t *testing.T) {
	for _, code := range []Timecode{{Hours: 24}, {Minutes: 60}, {Seconds: 60}, {Frames: 25}, {Frames: -1}, {Hours: -1}, {Drop: true}} {
		_, err := Rate25.Frame(code)
		assert.Equal(t, domain.CodeInvalid, domain.ErrorCode(err), "%+v", code)
	}
	_, err := Rate("26").Frame(Timecode{})
	assert.Equal(t, domain.CodeInvalid, domain.ErrorCode(err))
}

func TestAnUnknownRateIsHarmless(t *testing.T) {
	for _, r := range []Rate{"", "26", "29.97 df"} {
		assert.False(t, r.Known())
		assert.False(t, r.DropFrame())
		assert.Equal(t, Timecode{}, r.At(90_000))
	}
	for _, r := range Rates() {
		assert.True(t, r.Known())
	}
}

func ExampleRate_Parse() {
	in, _ := Rate2997Drop.Parse("1000000")
	frame, _ := Rate2997Drop.Frame(in)
	fmt.Println(in, frame, Rate2997Drop.Time(frame).FloatString(4))
	// Output: 01:00:00;00 107892 3599.9964
}

// Whatever is accepted is written in one way, which is accepted again and names
// the same frame.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"00:00:00:00", "01:00:00;00", "00:01:00;01", "120410", "99999999", "::;", "٣٣٣٣٣٣٣٣", "\xff"} {
		for i := range Rates() {
			f.Add(s, i)
		}
	}
	f.Fuzz(func(t *testing.T, s string, i int) {
		r := Rates()[uint(i)%uint(len(Rates()))]
		code, err := r.Parse(s)
		if err != nil {
			require.Equal(t, domain.CodeInvalid, domain.ErrorCode(err))
			return
		}
		frame, err := r.Frame(code)
		require.NoError(t, err)
		require.Equal(t, code, r.At(frame))
		again, err := r.Parse(code.String())
		require.NoError(t, err)
		require.Equal(t, code, again)
		_, err = Parse(code.String())
		require.NoError(t, err, "what a rate has, somebody who does not know the rate must accept")
	})
}
