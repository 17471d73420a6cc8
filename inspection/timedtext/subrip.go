package timedtext

import (
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"backlot/domain/finding"
)

const arrow = "-->"

var subRipTime = regexp.MustCompile(`^(\d{1,3}):(\d{2}):(\d{2}),(\d{3})$`)

func inspectSubRip(from io.Reader, l *finding.List) {
	s, all, expected := newLines(from, l), &cues{l: l}, 1
	for {
		line, ok := s.next()
		for ok && strings.TrimSpace(line) == "" {
			line, ok = s.next()
		}
		if !ok || all.full(s.where()) {
			break
		}
		if n, err := strconv.Atoi(strings.TrimSpace(line)); err == nil {
			if n != expected {
				l.Add(finding.CueNumbering, s.where(), "The cue has the number %d where %d comes next.", n, expected)
			}
			expected = n + 1
			if line, ok = s.next(); !ok {
				l.Add(finding.MalformedTimedText, s.where(), "The file ends after the number of a cue.")
				break
			}
		} else if strings.Contains(line, arrow) {
			l.Add(finding.CueNumbering, s.where(), "The cue has no number; %d comes next.", expected)
			expected++
		}
		if !strings.Contains(line, arrow) {
			l.Add(finding.MalformedTimedText, s.where(), "Here the times of a cue should stand, as in 00:00:01,000 --> 00:00:02,500, and not %q.", line)
			s.skipCue()
			all.any = true
			continue
		}
		q, timed := subRipTimes(line, s, l)
		text := s.text()
		if timed {
			all.add(q, text == "" && !s.broken)
		}
		all.any = true
	}
	if all.any || !s.refused() {
		all.finish()
	}
}

// refused reports whether reading ended for another reason than the end.
func (s *lines) refused() bool {
	return s.l.Count(finding.ExcessiveStructure)+s.l.Count(finding.NotUTF8)+s.l.Count(finding.MalformedTimedText) > 0
}

// skipCue reads to the next empty line.
func (s *lines) skipCue() {
	for line, ok := s.next(); ok && strings.TrimSpace(line) != ""; line, ok = s.next() {
	}
}

// text reads the lines of a cue and returns its beginning.
func (s *lines) text() string {
	text := ""
	for line, ok := s.next(); ok && strings.TrimSpace(line) != ""; line, ok = s.next() {
		if strings.Contains(line, arrow) {
			s.l.Add(finding.MalformedTimedText, s.where(), "The times of a cue stand within the text of another one: an empty line is missing.")
		}
		if text == "" {
			text = strings.TrimSpace(line)
		}
	}
	return text
}

func subRipTimes(line string, s *lines, l *finding.List) (cue, bool) {
	in, out, _ := strings.Cut(line, arrow)
	out = strings.TrimSpace(out)
	// Some programs write coordinates behind the times.
	if i := strings.IndexAny(out, " \t"); i >= 0 {
		out = out[:i]
	}
	q, good := cue{line: s.number}, true
	for _, t := range []struct {
		text string
		to   *time.Duration
	}{{strings.TrimSpace(in), &q.begin}, {out, &q.end}} {
		m := subRipTime.FindStringSubmatch(t.text)
		if m != nil {
			*t.to, good = hours(m[1], m[2], m[3], m[4], good)
		}
		if m == nil || !good {
			l.Add(finding.InvalidTime, s.where(), "%q is no time of SubRip, which is written as 00:01:02,345.", t.text)
			return q, false
		}
	}
	return q, good
}

// hours adds up a time whose parts are digits; false if minutes or seconds are
// more than 59, or before was.
func hours(h, m, s, ms string, before bool) (time.Duration, bool) {
	at := func(digits string) time.Duration { n, _ := strconv.Atoi(digits); return time.Duration(n) }
	d := at(h)*time.Hour + at(m)*time.Minute + at(s)*time.Second + at(ms)*time.Millisecond
	return d, before && at(m) < 60 && at(s) < 60
}
