package timecode

import (
	"math/big"
	"time"
)

// Rate is a frame rate with its way of counting. Its values are the labels that
// people see and a storage format.
type Rate string

// The rates. DF counts drop-frame.
const (
	Rate23976    Rate = "23.976"
	Rate24       Rate = "24"
	Rate25       Rate = "25"
	Rate2997     Rate = "29.97"
	Rate2997Drop Rate = "29.97 DF"
	Rate30       Rate = "30"
	Rate48       Rate = "48"
	Rate50       Rate = "50"
	Rate5994     Rate = "59.94"
	Rate5994Drop Rate = "59.94 DF"
	Rate60       Rate = "60"
)

const (
	nanoseconds   = int64(time.Second)
	secondsOfHour = 3600
	minutesOfDay  = 24 * 60
	secondsOfDay  = 24 * secondsOfHour
)

// figures of a rate: num/den frames a second, nominal frame numbers in each
// second of timecode, dropped of them in each minute but the tenth.
type figures struct {
	rate                       Rate
	nominal, num, den, dropped int64
}

var rates = []figures{
	{Rate23976, 24, 24_000, 1001, 0},
	{Rate24, 24, 24, 1, 0},
	{Rate25, 25, 25, 1, 0},
	{Rate2997, 30, 30_000, 1001, 0},
	{Rate2997Drop, 30, 30_000, 1001, 2},
	{Rate30, 30, 30, 1, 0},
	{Rate48, 48, 48, 1, 0},
	{Rate50, 50, 50, 1, 0},
	{Rate5994, 60, 60_000, 1001, 0},
	{Rate5994Drop, 60, 60_000, 1001, 4},
	{Rate60, 60, 60, 1, 0},
}

// unknown makes every conversion of a rate that is none of the rates answer
// with zero values.
var unknown = figures{num: 1, den: 1, nominal: 1}

// Rates returns the rates, slowest first.
func Rates() []Rate {
	out := make([]Rate, len(rates))
	for i, f := range rates {
		out[i] = f.rate
	}
	return out
}

func (r Rate) figures() figures {
	for i := range rates {
		if rates[i].rate == r {
			return rates[i]
		}
	}
	return unknown
}

// Known reports whether the rate is one of the rates.
func (r Rate) Known() bool { return r.figures() != unknown }

// Exact returns the frames a second as a fraction: 24000/1001 for 23.976.
func (r Rate) Exact() *big.Rat {
	f := r.figures()
	return big.NewRat(f.num, f.den)
}

// DropFrame reports whether the rate leaves out numbers.
func (r Rate) DropFrame() bool { return r.figures().dropped > 0 }

// FramesPerDay is the number of timecodes there are before they begin again,
// for example 2,589,408 at 29.97 DF.
func (r Rate) FramesPerDay() int64 {
	f := r.figures()
	return secondsOfDay*f.nominal - f.dropped*(minutesOfDay-minutesOfDay/10)
}

// Time returns the exact time, in seconds, at which a frame begins, counted
// from the frame 0.
func (r Rate) Time(frame int64) *big.Rat {
	f := r.figures()
	t := new(big.Rat).SetInt64(frame)
	return t.Mul(t, big.NewRat(f.den, f.num))
}

// Duration is Time in nanoseconds, rounded up: the first whole nanosecond that
// lies in the frame. FrameAt leads back. Beyond 290 years it overflows.
func (r Rate) Duration(frame int64) time.Duration {
	f := r.figures()
	// In parts, so that no product overflows.
	rounds, rest := floorDiv(frame, f.num)
	whole, part := floorDiv(rest*f.den*nanoseconds, f.num)
	if part > 0 {
		whole++
	}
	return time.Duration(rounds*f.den*nanoseconds + whole)
}

// FrameAt returns the number of the frame that is on the screen at a time.
func (r Rate) FrameAt(t time.Duration) int64 {
	f := r.figures()
	rounds, rest := floorDiv(int64(t), f.den*nanoseconds)
	return rounds*f.num + rest*f.num/(f.den*nanoseconds)
}

// floorDiv divides with a remainder that is never negative.
func floorDiv(a, b int64) (quotient, remainder int64) {
	quotient, remainder = a/b, a%b
	if remainder < 0 {
		quotient, remainder = quotient-1, remainder+b
	}
	return quotient, remainder
}
