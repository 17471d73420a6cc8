package timedtext

import (
	"io"
	"regexp"
	"strings"
	"time"

	"backlot/domain/finding"
)

var webVTTTime = regexp.MustCompile(`^(?:(\d{2,3}):)?(\d{2}):(\d{2})\.(\d{3})$`)

const percentage = `\d{1,3}(?:\.\d+)?%`

// settings are the settings of a cue and how their values are written.
var settings = map[string]*regexp.Regexp{
	"vertical": regexp.MustCompile(`^(rl|lr)$`),
	"line":     regexp.MustCompile(`^(-?\d+|` + percentage + `)(,(start|center|end))?$`),
	"position": regexp.MustCompile(`^` + percentage + `(,(line-left|center|line-right))?$`),
	"size":     regexp.MustCompile(`^` + percentage + `$`),
	"align":    regexp.MustCompile(`^(start|center|end|left|right)$`),
	"region":   regexp.MustCompile(`^\S+$`),
}

func inspectWebVTT(from io.Reader, wanted Wanted, l *finding.List) {
	s, all := newLines(from, l), &cues{l: l}
	regions, ids := map[string]bool{}, map[string]bool{}
	first, ok := s.next()
	if ok && first != "WEBVTT" && !strings.HasPrefix(first, "WEBVTT ") && !strings.HasPrefix(first, "WEBVTT\t") {
		l.Add(finding.MalformedTimedText, s.where(), "The first line is WEBVTT, by itself or followed by a space, and not %q.", first)
		return
	}
	// The header ends with the first empty line.
	for line, ok := s.next(); ok && line != ""; line, ok = s.next() {
		if strings.Contains(line, arrow) {
			l.Add(finding.MalformedTimedText, s.where(), "An empty line is missing between the header and the first cue.")
			return
		}
		if name, value, is := strings.Cut(line, ":"); is && strings.EqualFold(name, "Language") {
			checkLanguage(strings.TrimSpace(value), wanted.Language, s.where(), l)
		}
	}
	for {
		line, ok := s.next()
		for ok && line == "" {
			line, ok = s.next()
		}
		if !ok || all.full(s.where()) {
			break
		}
		word, _, _ := strings.Cut(line, " ")
		switch {
		case strings.Contains(line, arrow):
		case word == "NOTE":
			s.skipCue()
			continue
		case line == "STYLE" || line == "REGION":
			if all.any {
				l.Add(finding.MalformedTimedText, s.where(), "A %s block stands after the first cue.", line)
			}
			s.block(line == "REGION", regions)
			continue
		default:
			if len(ids) >= maxNames {
				l.Add(finding.ExcessiveStructure, s.where(), "The file has more than %d identifiers.", maxNames)
				return
			}
			if ids[line] {
				l.Add(finding.DuplicateID, s.where(), "The identifier %q was used before.", line)
			}
			ids[line] = true
			if line, ok = s.next(); !ok || !strings.Contains(line, arrow) {
				l.Add(finding.MalformedTimedText, s.where(), "Here the times of a cue should stand, as in 00:01.000 --> 00:02.500, and not %q.", line)
				if ok && line != "" {
					s.skipCue()
				}
				all.any = true
				continue
			}
		}
		q, timed := webVTTTimes(line, regions, s, l)
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

// block reads the lines of a style or region.
func (s *lines) block(region bool, regions map[string]bool) {
	for line, ok := s.next(); ok && line != ""; line, ok = s.next() {
		if !region || len(regions) >= maxNames {
			continue
		}
		for field := range strings.FieldsSeq(line) {
			if id, is := strings.CutPrefix(field, "id:"); is {
				regions[id] = true
			}
		}
	}
}

func webVTTTimes(line string, regions map[string]bool, s *lines, l *finding.List) (cue, bool) {
	in, rest, _ := strings.Cut(line, arrow)
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		fields = []string{""}
	}
	q, good := cue{line: s.number}, true
	for _, t := range []struct {
		text string
		to   *time.Duration
	}{{strings.TrimSpace(in), &q.begin}, {fields[0], &q.end}} {
		m := webVTTTime.FindStringSubmatch(t.text)
		if m != nil {
			*t.to, good = hours(m[1], m[2], m[3], m[4], good)
		}
		if m == nil || !good {
			l.Add(finding.InvalidTime, s.where(), "%q is no time of WebVTT, which is written as 01:02.345 or 00:01:02.345.", t.text)
			return q, false
		}
	}
	for _, setting := range fields[1:] {
		name, value, _ := strings.Cut(setting, ":")
		if pattern := settings[name]; pattern == nil || !pattern.MatchString(value) {
			l.Add(finding.InvalidCueSetting, s.where(), "%q is no setting of a cue.", setting)
			continue
		}
		switch name {
		case "region":
			if !regions[value] {
				l.Add(finding.UndefinedReference, s.where(), "The region %q is not defined above.", value)
			}
			q.place += " " + setting
		case "line", "position", "vertical":
			q.place += " " + setting
		}
	}
	return q, true
}
