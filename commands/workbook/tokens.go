package workbook

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"

	"backlot/domain"
)

const (
	maxToken = 1 << 20 // bytes of one tag or piece of text; the longest cell escaped in full is shorter
	maxDepth = 64      // of elements within elements; a sheet has less than ten
)

// tokens reads a part's XML in bounded memory: no token and no nesting beyond
// a limit, no document type and so no entities but XML's own five.
type tokens struct {
	in    *limited
	xml   *xml.Decoder
	open  []string // local names of the elements around
	spare [1]byte
}

func newTokens(ctx context.Context, part io.Reader) *tokens {
	in := &limited{ctx: ctx, from: part, buffer: make([]byte, 64<<10)}
	return &tokens{in: in, xml: xml.NewDecoder(in)}
}

var (
	errToken   = fmt.Errorf("a tag or text of more than %d bytes", maxToken)
	errDepth   = fmt.Errorf("more than %d elements within each other", maxDepth)
	errDoctype = errors.New("a document type, which no workbook has")
)

// next returns the next start or end of an element or text. At an end the
// element is no longer among the open ones; at a start it is the last of them.
// io.EOF comes only after every element has ended.
func (t *tokens) next() (xml.Token, error) {
	for {
		t.in.left = maxToken
		token, err := t.xml.RawToken()
		if err != nil {
			if errors.Is(err, io.EOF) && len(t.open) > 0 {
				err = fmt.Errorf("it ends within <%s>", t.open[len(t.open)-1])
			}
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if len(t.open) == maxDepth {
				return nil, errDepth
			}
			t.open = append(t.open, token.Name.Local)
			return token, nil
		case xml.EndElement:
			last := len(t.open) - 1
			if last < 0 || t.open[last] != token.Name.Local {
				return nil, fmt.Errorf("</%s> where nothing of that name is open", token.Name.Local)
			}
			t.open = t.open[:last]
			return token, nil
		case xml.CharData:
			return token, nil
		case xml.Directive:
			return nil, errDoctype
		}
	}
}

// within reports whether the element that just started has these ancestors,
// the nearest last.
func (t *tokens) within(ancestors ...string) bool {
	above := t.open[:len(t.open)-1]
	if len(above) < len(ancestors) {
		return false
	}
	for i, name := range ancestors {
		if above[len(above)-len(ancestors)+i] != name {
			return false
		}
	}
	return true
}

// skip reads over the rest of the element that just started.
func (t *tokens) skip() error {
	for depth := len(t.open) - 1; len(t.open) > depth; {
		if _, err := t.next(); err != nil {
			return err
		}
	}
	return nil
}

// text appends the text of the element that just started, up to maxCell bytes.
func (t *tokens) text(into []byte) ([]byte, error) {
	for depth := len(t.open) - 1; len(t.open) > depth; {
		token, err := t.next()
		if err != nil {
			return into, err
		}
		if text, is := token.(xml.CharData); is {
			if into = append(into, text...); len(into) > maxCell {
				return into, errCell
			}
		}
	}
	return into, nil
}

// drain reads the part to its end, where its checksum is compared.
func (t *tokens) drain() error {
	for {
		t.in.left = maxToken
		if _, err := t.in.Read(t.spare[:]); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		t.in.at = t.in.end
	}
}

// attribute returns an attribute that has no prefix.
func attribute(e xml.StartElement, name string) (value string, ok bool) {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value, true
		}
	}
	return "", false
}

// limited reads on until left is used up. It is an io.ByteReader, so that the
// decoder does not read ahead of its token.
type limited struct {
	ctx     context.Context
	from    io.Reader
	buffer  []byte
	at, end int
	left    int
}

// ReadByte implements io.ByteReader.
func (l *limited) ReadByte() (byte, error) {
	if l.at == l.end {
		if err := l.fill(); err != nil {
			return 0, err
		}
	}
	if l.left--; l.left < 0 {
		return 0, errToken
	}
	b := l.buffer[l.at]
	l.at++
	return b, nil
}

// Read implements io.Reader.
func (l *limited) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := l.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = b
	return 1, nil
}

func (l *limited) fill() error {
	if err := l.ctx.Err(); err != nil {
		return err
	}
	for {
		n, err := l.from.Read(l.buffer)
		if n > 0 {
			l.at, l.end = 0, n
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// maxCell is the length of the longest cell in bytes: 32,767 characters.
const maxCell = 32_767 * 4

var errCell = domain.Errorf(domain.CodeTooLarge, "a cell of the workbook is longer than 32,767 characters")
