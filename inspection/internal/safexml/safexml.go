// Package safexml reads XML of strangers in bounded memory. What only an attack
// would hold is refused: declarations and entities, endless tags and texts, deep
// nesting, crowds of attributes. Everything else that is wrong with the XML is
// told with its line.
package safexml

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits of a document.
const (
	MaxToken      = 256 << 10 // bytes of a tag, a text or a comment
	MaxAttributes = 200       // of an element
	MaxDepth      = 64        // of elements
)

// Kind is why a document cannot be read.
type Kind int

// The kinds.
const (
	Malformed     Kind = iota // not well-formed
	OtherEncoding             // not UTF-8
	Forbidden                 // a declaration
	Excessive                 // beyond the limits
)

// Error is why a document cannot be read, and where.
type Error struct {
	Kind Kind
	Line int
	Text string // a sentence
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Text) }

// bounded hands bytes to the decoder until one token has had too many: the
// decoder itself keeps a token whole, however long it is.
type bounded struct {
	from    *bufio.Reader
	left    int
	failure error // of the reader
}

var (
	errTooLong       = errors.New("too long")
	errOtherEncoding = errors.New("another encoding is declared")
)

// ReadByte implements io.ByteReader, which the decoder prefers.
func (b *bounded) ReadByte() (byte, error) {
	if b.left == 0 {
		return 0, errTooLong
	}
	b.left--
	c, err := b.from.ReadByte()
	if err != nil && !errors.Is(err, io.EOF) {
		b.failure = err
	}
	return c, err
}

// Read implements io.Reader.
func (b *bounded) Read([]byte) (int, error) { return 0, errors.New("read byte by byte") }

// Decoder reads a document, token by token.
type Decoder struct {
	xml    *xml.Decoder
	from   *bounded
	line   int
	depth  int
	rooted bool
}

// New returns a decoder of a document in UTF-8, with or without a byte order mark.
func New(from io.Reader) *Decoder {
	b := &bounded{from: bufio.NewReader(from)}
	if mark, _ := b.from.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = b.from.Discard(3)
	}
	d := &Decoder{xml: xml.NewDecoder(b), from: b}
	d.xml.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errOtherEncoding }
	return d
}

// Line is the line on which the latest token begins.
func (d *Decoder) Line() int { return d.line }

// Token returns the next token, valid until the one after it. The error is
// io.EOF at the end, an *Error for what is wrong with the document, or that of
// the reader.
func (d *Decoder) Token() (xml.Token, error) {
	d.from.left = MaxToken
	d.line, _ = d.xml.InputPos()
	token, err := d.xml.Token()
	if err != nil {
		return nil, d.explain(err)
	}
	switch token := token.(type) {
	case xml.Directive:
		return nil, d.fails(Forbidden, "The file has a declaration <!%.40s…>.", token)
	case xml.StartElement:
		// A token beside an error would make the error go unseen, by the contract of
		// xml.TokenReader.
		if err := d.start(token); err != nil {
			return nil, err
		}
	case xml.EndElement:
		d.depth--
	case xml.CharData:
		if d.depth == 0 && strings.TrimSpace(string(token)) != "" {
			return nil, d.fails(Malformed, "The XML is not well-formed: text stands outside of the outermost element.")
		}
	}
	return token, nil
}

// start looks at a start tag. Two things that XML forbids escape the decoder: a
// second outermost element, and an attribute that comes twice.
func (d *Decoder) start(e xml.StartElement) error {
	switch {
	case d.depth == 0 && d.rooted:
		return d.fails(Malformed, "The XML is not well-formed: there is a second outermost element.")
	case d.depth >= MaxDepth:
		return d.fails(Excessive, "Elements are nested more than %d deep.", MaxDepth)
	case len(e.Attr) > MaxAttributes:
		return d.fails(Excessive, "The element %s has %d attributes; at most %d.", e.Name.Local, len(e.Attr), MaxAttributes)
	}
	d.rooted = true
	d.depth++
	seen := make(map[xml.Name]bool, len(e.Attr))
	for _, a := range e.Attr {
		if seen[a.Name] {
			return d.fails(Malformed, "The XML is not well-formed: the element %s has the attribute %s twice.", e.Name.Local, a.Name.Local)
		}
		seen[a.Name] = true
	}
	return nil
}

func (d *Decoder) fails(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Line: d.line, Text: fmt.Sprintf(format, args...)}
}

func (d *Decoder) explain(err error) error {
	var syntax *xml.SyntaxError
	isSyntax := errors.As(err, &syntax)
	switch {
	case d.from.failure != nil:
		return d.from.failure
	case errors.Is(err, errTooLong):
		return d.fails(Excessive, "A tag, text or comment has more than %d bytes.", MaxToken)
	case errors.Is(err, errOtherEncoding):
		return d.fails(OtherEncoding, "The file declares another encoding than UTF-8.")
	case isSyntax && syntax.Msg == "invalid UTF-8":
		return d.fails(OtherEncoding, "The text is not valid UTF-8.")
	case isSyntax:
		return &Error{Kind: Malformed, Line: syntax.Line, Text: "The XML is not well-formed: " + syntax.Msg + "."}
	case errors.Is(err, io.EOF):
		return io.EOF
	}
	return d.fails(Malformed, "The XML is not well-formed: %s.", err)
}
