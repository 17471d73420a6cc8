package workbook

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// maxDigits of a number that is written out.
const maxDigits = 400

// number returns a number as a sheet stores it the way one would write it:
// whole ones to the last digit and without an exponent, others as short as they
// can be told apart.
func number(stored string) (string, error) {
	if isWhole(stored) {
		return stored, nil
	}
	v, err := strconv.ParseFloat(stored, 64)
	if err != nil || strings.Trim(stored, "0123456789+-.eE") != "" {
		return "", fmt.Errorf("%q is not a number", shortened(stored))
	}
	if whole, ok := writtenOut(stored); ok {
		return whole, nil
	}
	return strconv.FormatFloat(v, 'f', -1, 64), nil
}

func isWhole(s string) bool {
	s = strings.TrimPrefix(s, "-")
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// writtenOut returns a decimal number without point and exponent, if it is a
// whole one.
func writtenOut(s string) (string, bool) {
	sign := ""
	if s[0] == '-' || s[0] == '+' {
		sign, s = strings.Trim(s[:1], "+"), s[1:]
	}
	exponent := 0
	if e := strings.IndexAny(s, "eE"); e >= 0 {
		var err error
		if exponent, err = strconv.Atoi(s[e+1:]); err != nil {
			return "", false
		}
		s = s[:e]
	}
	whole, fraction, _ := strings.Cut(s, ".")
	fraction = strings.TrimRight(fraction, "0")
	zeros := exponent - len(fraction)
	digits := strings.TrimLeft(whole+fraction, "0")
	switch {
	case digits == "":
		return "0", true
	case zeros < 0:
		kept := strings.TrimRight(digits, "0")
		if len(digits)-len(kept) < -zeros {
			return "", false
		}
		return sign + digits[:len(digits)+zeros], true
	case zeros > maxDigits:
		return "", false
	}
	return sign + digits + strings.Repeat("0", zeros), true
}

// padded gives a whole number the leading zeros of its format.
func padded(s string, digits int) string {
	if n := digits - len(s); n > 0 && digits <= maxDigits && isWhole(s) && s[0] != '-' {
		return strings.Repeat("0", n) + s
	}
	return s
}

// The last day that a sheet knows, 9999-12-31, and its two beginnings. In the
// first system day 60 is 1900-02-29, which never was.
const (
	lastDay    = 2_958_465
	between    = 1462 // days from the first beginning to the second
	neverWas   = 60
	dayLayout  = time.DateOnly
	timeLayout = time.DateTime
)

var firstDay = time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)

// date returns the date that a sheet stores as a number of days, with the time
// of the day if it is not midnight.
func date(stored string, from1904 bool) (string, error) {
	v, err := strconv.ParseFloat(stored, 64)
	if err != nil || v < 0 {
		return "", fmt.Errorf("%q is not a date", shortened(stored))
	}
	if from1904 {
		v += between
	}
	seconds := math.Round(v * 86_400)
	day := math.Floor(seconds / 86_400)
	if !(day >= 1 && day <= lastDay) || day == neverWas {
		return "", fmt.Errorf("%s is not the number of a day", shortened(stored))
	}
	if day < neverWas {
		seconds += 86_400
	}
	// In two steps: all of it in nanoseconds does not fit into a duration.
	at := firstDay.AddDate(0, 0, int(seconds/86_400)).Add(time.Duration(math.Mod(seconds, 86_400)) * time.Second)
	return dayOrTime(at), nil
}

// isoDate returns a date that a sheet stores as such.
func isoDate(stored string) (string, error) {
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04:05", time.RFC3339, "2006-01-02T15:04"} {
		if at, err := time.Parse(layout, stored); err == nil {
			return dayOrTime(at), nil
		}
	}
	return "", fmt.Errorf("%q is not a date", shortened(stored))
}

func dayOrTime(at time.Time) string {
	if at.Hour() == 0 && at.Minute() == 0 && at.Second() == 0 {
		return at.Format(dayLayout)
	}
	return at.Format(timeLayout)
}

// shortened keeps an error's sentence readable.
func shortened(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
