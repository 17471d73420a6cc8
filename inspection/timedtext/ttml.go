package timedtext

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"backlot/domain/finding"
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

// bounded hands bytes to the decoder until one token has had too many: the
// decoder itself keeps a token whole, however long it is.
type bounded struct {
	from *bufio.Reader
	left int
}

var errTooLong = errors.New("a tag, text or comment is too long")

// ReadByte implements io.ByteReader, which the decoder prefers.
func (b *bounded) ReadByte() (byte, error) {
	if b.left == 0 {
		return 0, errTooLong
	}
	b.left--
	return b.from.ReadByte()
}

// Read implements io.Reader.
func (b *bounded) Read([]byte) (int, error) { return 0, errors.New("read byte by byte") }

var errOtherEncoding = errors.New("another encoding is declared")

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
	d      *xml.Decoder
	l      *finding.List
	wanted Wanted
	clock  timing
	open   []element
	rooted bool
	line   int // on which the present token begins
	all    cues

	ids       map[string]bool
	used      map[string]int // region or style, by its id: the line that refers to it first
	usedOrder []string
	names     int
	forced    int // cues
	unforced  int
	pictures  bool
}

func inspectTTML(from io.Reader, wanted Wanted, l *finding.List) {
	b := &bounded{from: bufio.NewReader(from)}
	if mark, _ := b.from.Peek(len(bom)); string(mark) == string(bom) {
		_, _ = b.from.Discard(len(bom))
	}
	p := &document{d: xml.NewDecoder(b), l: l, wanted: wanted, all: cues{l: l}, ids: map[string]bool{}, used: map[string]int{}}
	p.d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errOtherEncoding }
	for {
		b.left = maxToken
		p.line, _ = p.d.InputPos()
		token, err := p.d.Token()
		switch {
		case errors.Is(err, io.EOF):
			p.finish()
			return
		case err != nil:
			p.fails(err)
			return
		case !p.take(token):
			return
		}
	}
}

func (p *document) where() string { return fmt.Sprintf("line %d", p.line) }

func (p *document) fails(err error) {
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, errTooLong):
		p.l.Add(finding.ExcessiveStructure, p.where(), "A tag, text or comment has more than %d bytes.", maxToken)
	case errors.Is(err, errOtherEncoding):
		p.l.Add(finding.NotUTF8, p.where(), "The file declares another encoding than UTF-8.")
	case errors.As(err, &syntax) && syntax.Msg == "invalid UTF-8":
		p.l.Add(finding.NotUTF8, p.where(), "The text is not valid UTF-8.")
	case errors.As(err, &syntax):
		p.l.Add(finding.MalformedTimedText, fmt.Sprintf("line %d", syntax.Line), "The XML is not well-formed: %s.", syntax.Msg)
	default:
		// What the reader says is told apart: whoever reads knows it already.
		p.l.Add(finding.MalformedTimedText, p.where(), "The XML is not well-formed: %s.", err)
	}
}

// take looks at a token; false ends the inspection.
func (p *document) take(token xml.Token) bool {
	switch token := token.(type) {
	case xml.Directive:
		p.l.Add(finding.ForbiddenMarkup, p.where(), "The file has a declaration <!%.40s…>.", token)
		return false
	case xml.StartElement:
		return p.start(token)
	case xml.EndElement:
		p.close()
	case xml.CharData:
		if strings.TrimSpace(string(token)) == "" {
			return true
		}
		if len(p.open) == 0 {
			p.l.Add(finding.MalformedTimedText, p.where(), "The XML is not well-formed: text stands outside of the outermost element.")
			return false
		}
		p.open[len(p.open)-1].text = true
	}
	return true
}

func (p *document) start(e xml.StartElement) bool {
	switch {
	case len(p.open) >= maxDepth:
		p.l.Add(finding.ExcessiveStructure, p.where(), "Elements are nested more than %d deep.", maxDepth)
		return false
	case len(e.Attr) > maxAttributes:
		p.l.Add(finding.ExcessiveStructure, p.where(), "The element %s has %d attributes; at most %d.", e.Name.Local, len(e.Attr), maxAttributes)
		return false
	case p.all.full(p.where()):
		return false
	}
	seen := make(map[xml.Name]bool, len(e.Attr))
	for _, a := range e.Attr {
		if seen[a.Name] {
			p.l.Add(finding.MalformedTimedText, p.where(), "The element %s has the attribute %s twice.", e.Name.Local, a.Name.Local)
			return false
		}
		seen[a.Name] = true
	}
	if len(p.open) == 0 {
		if p.rooted {
			p.l.Add(finding.MalformedTimedText, p.where(), "The XML is not well-formed: there is a second outermost element.")
			return false
		}
		p.rooted = true
		if !p.root(e) {
			return false
		}
	}
	return p.element(e)
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
	now := element{name: e.Name, line: p.line, begin: within.begin, end: within.end, seq: within.seq, region: within.region, forced: within.forced}
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
		p.used[id] = p.line
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
