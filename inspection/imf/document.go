package imf

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"

	"backlot/domain/finding"
	"backlot/inspection/internal/safexml"
)

// read decodes a document of the package; false, with a finding, if it cannot be.
func (i *inspection) read(n int, root string, to any) (bool, error) {
	f := i.files[n]
	if f.Size > MaxDocument {
		i.l.Add(finding.FileTooLarge, f.Name, "The document has %d bytes; at most %d are read.", f.Size, int64(MaxDocument))
		return false, nil
	}
	r, err := f.Open(i.ctx)
	if err != nil {
		return false, err
	}
	defer r.Close()
	tokens := &opening{Decoder: safexml.New(io.LimitReader(r, MaxDocument))}
	err = xml.NewTokenDecoder(tokens).Decode(to)
	if err == nil {
		err = tokens.rest()
	}
	var wrong *safexml.Error
	switch {
	case errors.As(err, &wrong):
		i.l.Add(finding.MalformedIMF, fmt.Sprintf("%s, line %d", f.Name, wrong.Line), "%s", wrong.Text)
		return false, nil
	case tokens.failure != nil:
		return false, tokens.failure
	case err != nil:
		i.l.Add(finding.MalformedIMF, fmt.Sprintf("%s, line %d", f.Name, tokens.Line()), "The document cannot be understood: %v.", err)
		return false, nil
	case tokens.root != root:
		i.l.Add(finding.MalformedIMF, f.Name, "The document's outermost element is %s, and not %s.", tokens.root, root)
		return false, nil
	}
	return true, nil
}

// opening remembers the outermost element, and why reading failed.
type opening struct {
	*safexml.Decoder
	root     string
	elements int
	failure  error // of the reader
}

// Token implements xml.TokenReader.
func (o *opening) Token() (xml.Token, error) {
	t, err := o.Decoder.Token()
	if e, is := t.(xml.StartElement); is {
		if o.root == "" {
			o.root = e.Name.Local
		}
		if o.elements++; o.elements > maxElements {
			return nil, &safexml.Error{Kind: safexml.Excessive, Line: o.Line(), Text: fmt.Sprintf("The document has more than %d elements.", maxElements)}
		}
	}
	var wrong *safexml.Error
	if err != nil && !errors.Is(err, io.EOF) && !errors.As(err, &wrong) {
		o.failure = err
	}
	return t, err
}

// rest reads on to the end of the document.
func (o *opening) rest() error {
	for {
		if _, err := o.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// rootOf returns the outermost element of a document, "" if there is none.
func (i *inspection) rootOf(n int) (string, error) {
	r, err := i.files[n].Open(i.ctx)
	if err != nil {
		return "", err
	}
	defer r.Close()
	o := &opening{Decoder: safexml.New(io.LimitReader(r, safexml.MaxToken))}
	for o.root == "" {
		if _, err := o.Token(); err != nil {
			return "", o.failure
		}
	}
	return o.root, nil
}
