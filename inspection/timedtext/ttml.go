package timedtext

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"backlot/domain/finding"
	"backlot/inspection/internal/safexml"
)

// The namespaces of TTML, and what those of before it was a recommendation had
// in common.
const (
	ttml   = "http://www.w3.org/ns/ttml"
	legacy = "/ttaf1"
	smpte  = "http://www.smpte-ra.org/schemas/2052-1/"
	imsc   = "http://www.w3.org/ns/ttml/profile/imsc1#styling"
	xmlNS  = "http://www.w3.org/XML/1998/namespace"
)

// is reports whether a name lies in a namespace of TTML, or in the one below it
// with such an end.
func is(name xml.Name, local, below string) bool {
	if name.Local != local {
		return false
	}
	space := strings.TrimSuffix(name.Space, "#")
	return space == strings.TrimSuffix(ttml+below, "#") ||
		strings.HasPrefix(space, "http://www.w3.org/") && strings.HasSuffix(space, strings.TrimSuffix(legacy+below, "#"))
}

// element is an open element with what it passes on to those within.
type element struct {
	name       xml.Name
	line       int
	begin, end time.Duration // end is never for none
	timed      bool          // has times of its own
	seq        bool          // its children follow one another
	inner      bool          // a child with times of its own has told its cue
	text       bool
	region     string
	forced     bool
}

const never = time.Duration(1<<63 - 1)

// document reads one TTML file.
type document struct {
	d      *safexml.Decoder
	l      *finding.List
	wanted Wanted
	clock  timing
	open   []element
	all    cues

	ids       map[string]bool
	used      map[string]int // region or style, by its id: the line that refers to it first
	usedOrder []string
	names     int
	forced    int // cues
	unforced  int
	pictures  bool
}

func inspectTTML(from io.Reader, wanted Wanted, l *finding.List) error {
	p := &document{d: safexml.New(from), l: l, wanted: wanted, all: cues{l: l}, ids: map[string]bool{}, used: map[string]int{}}
	for {
		token, err := p.d.Token()
		var wrong *safexml.Error
		switch {
		case errors.Is(err, io.EOF):
			p.finish()
			return nil
		case errors.As(err, &wrong):
			l.Add(kinds[wrong.Kind], fmt.Sprintf("line %d", wrong.Line), "%s", wrong.Text)
			return nil
		case err != nil:
			return err
		case !p.take(token):
			return nil
		}
	}
}

var kinds = map[safexml.Kind]string{
	safexml.Malformed: finding.MalformedTimedText, safexml.OtherEncoding: finding.NotUTF8,
	safexml.Forbidden: finding.ForbiddenMarkup, safexml.Excessive: finding.ExcessiveStructure,
}

func (p *document) where() string { return fmt.Sprintf("line %d", p.d.Line()) }

// take looks at a token; false ends the inspection.
func (p *document) take(token xml.Token) bool {
	switch token := token.(type) {
	case xml.StartElement:
		if p.all.full(p.where()) || len(p.open) == 0 && !p.root(token) {
			return false
		}
		return p.element(token)
	case xml.EndElement:
		p.close()
	case xml.CharData:
		if n := len(p.open); n > 0 && strings.TrimSpace(string(token)) != "" {
			p.open[n-1].text = true
		}
	}
	return true
}

// root looks at the outermost element, which declares how the rest is meant.
func (p *document) root(e xml.StartElement) bool {
	if !is(e.Name, "tt", "") {
		p.l.Add(finding.FormatMismatch, p.where(), "The outermost element is %s in the namespace %q, and not tt of TTML.", e.Name.Local, e.Name.Space)
		return false
	}
	declared := map[string]string{}
	language, told := "", false
	for _, a := range e.Attr {
		switch {
		case a.Name == xml.Name{Space: xmlNS, Local: "lang"}:
			language, told = a.Value, a.Value != ""
		case is(a.Name, a.Name.Local, "#parameter"):
			declared[a.Name.Local] = strings.TrimSpace(a.Value)
		}
	}
	if told {
		checkLanguage(language, p.wanted.Language, p.where(), p.l)
	} else {
		p.l.Add(finding.MissingLanguage, p.where(), "The element tt has no xml:lang.")
	}
	p.clock = newTiming(declared, p.where(), p.l)
	for _, profile := range strings.Fields(declared["profile"] + " " + declared["contentProfiles"]) {
		if !supported(profile) {
			p.l.Add(finding.UnsupportedProfile, p.where(), "The file declares the profile %s.", profile)
		}
	}
	return true
}

// supported reports whether a profile is IMSC text or one that it grew from.
func supported(profile string) bool {
	for _, end := range []string{"/imsc1/text", "/imsc1.1/text", "/imsc1.2/text", "/dfxp-transformation", "/dfxp-presentation", "/dfxp-full", "/sdp-us", "/smpte-tt-full", "all", "any"} {
		if strings.HasSuffix(profile, end) {
			return true
		}
	}
	return strings.Contains(profile, "ebu-tt")
}

// element opens an element.
func (p *document) element(e xml.StartElement) bool {
	within := element{end: never}
	if n := len(p.open); n > 0 {
		within = p.open[n-1]
	}
	now := element{name: e.Name, line: p.d.Line(), begin: within.begin, end: within.end, seq: within.seq, region: within.region, forced: within.forced}
	var begin, end, dur string
	defines := is(e.Name, "region", "") || is(e.Name, "style", "")
	for _, a := range e.Attr {
		switch {
		case a.Name.Space == xmlNS && a.Name.Local == "id":
			if p.ids[a.Value] {
				p.l.Add(finding.DuplicateID, p.where(), "The identifier %q was used before.", a.Value)
			}
			p.ids[a.Value] = true
			p.names++
		case a.Name.Space == "" && (a.Name.Local == "region" || a.Name.Local == "style"):
			ids := strings.Fields(a.Value)
			for _, id := range ids {
				p.refers(id)
			}
			if a.Name.Local == "region" && len(ids) == 1 {
				now.region = ids[0]
			}
		case a.Name == xml.Name{Local: "begin"}:
			begin = a.Value
		case a.Name == xml.Name{Local: "end"}:
			end = a.Value
		case a.Name == xml.Name{Local: "dur"}:
			dur = a.Value
		case a.Name == xml.Name{Local: "timeContainer"}:
			now.seq = now.seq || a.Value == "seq"
		case a.Name == xml.Name{Space: imsc, Local: "forcedDisplay"} && !defines:
			now.forced = a.Value == "true"
		case strings.HasPrefix(a.Name.Space, smpte) && a.Name.Local == "backgroundImage":
			p.picture(e.Name.Local)
			now.text = true
		}
	}
	if is(e.Name, "image", "") || strings.HasPrefix(e.Name.Space, smpte) && e.Name.Local == "image" {
		p.picture(e.Name.Local)
	}
	if p.names > maxNames {
		p.l.Add(finding.ExcessiveStructure, p.where(), "The file has more than %d identifiers and references.", maxNames)
		return false
	}
	now.timed = begin+end+dur != ""
	if now.timed && !p.times(&now, within, begin, end, dur) {
		now.inner = true // its times are not known: it tells no cue
		p.all.any = true
	}
	p.open = append(p.open, now)
	return true
}

func (p *document) picture(name string) {
	if !p.pictures {
		p.l.Add(finding.UnsupportedProfile, p.where(), "The element %s shows a picture instead of text.", name)
	}
	p.pictures = true
}

func (p *document) refers(id string) {
	if _, known := p.used[id]; !known {
		p.used[id] = p.d.Line()
		p.usedOrder = append(p.usedOrder, id)
		p.names++
	}
}

// times sets when an element shows; false if that cannot be known.
func (p *document) times(now *element, within element, begin, end, dur string) bool {
	var at, to, length time.Duration
	for _, t := range []struct {
		name, text string
		value      *time.Duration
	}{{"begin", begin, &at}, {"end", end, &to}, {"dur", dur, &length}} {
		if t.text == "" {
			continue
		}
		var good bool
		if *t.value, good = p.clock.read(t.text, t.name, p.where(), p.l); !good {
			return false
		}
	}
	now.begin = add(within.begin, at)
	if end != "" {
		now.end = min(now.end, add(within.begin, to))
	}
	if dur != "" {
		now.end = min(now.end, add(now.begin, length))
	}
	return true
}

// add is a sum that does not overflow.
func add(a, b time.Duration) time.Duration {
	if a > never-b {
		return never
	}
	return a + b
}

// close ends an element. A paragraph is a cue, and so is a part of one with
// times of its own; then the paragraph itself is none.
func (p *document) close() {
	n := len(p.open) - 1
	e := p.open[n]
	p.open = p.open[:n]
	paragraph := is(e.name, "p", "")
	inParagraph := false
	for _, o := range p.open {
		inParagraph = inParagraph || is(o.name, "p", "")
	}
	if !paragraph && !(inParagraph && is(e.name, "span", "")) {
		return
	}
	tells := !e.inner && (paragraph || e.timed)
	if n > 0 {
		up := &p.open[n-1]
		up.text = up.text || e.text
		up.inner = up.inner || inParagraph && (e.timed || e.inner)
	}
	if !tells {
		return
	}
	if e.forced {
		p.forced++
	} else {
		p.unforced++
	}
	p.all.any = true
	if e.end == never {
		p.l.Add(finding.CueWithoutEnd, fmt.Sprintf("line %d, %s", e.line, clock(e.begin)), "The cue has neither end nor duration, nor has anything around it.")
		return
	}
	place := e.region
	if e.seq {
		place = fmt.Sprintf("\x00%d", len(p.all.list)) // when it shows depends on what comes before it
	}
	p.all.add(cue{begin: e.begin, end: e.end, line: e.line, place: place}, !e.text)
}

// finish looks at the file as a whole.
func (p *document) finish() {
	for _, id := range p.usedOrder {
		if !p.ids[id] {
			p.l.Add(finding.UndefinedReference, fmt.Sprintf("line %d", p.used[id]), "%q is not defined.", id)
		}
	}
	switch {
	case p.wanted.Forced && p.forced > 0 && p.unforced > 0:
		p.l.Add(finding.ForcedMismatch, "", "%d cues are marked for forced display and %d are not, and the request is for forced subtitles.", p.forced, p.unforced)
	case !p.wanted.Forced && p.forced > 0 && p.unforced == 0:
		p.l.Add(finding.ForcedMismatch, "", "Every cue is marked for forced display, and the request is not for forced subtitles.")
	}
	p.all.finish()
}
