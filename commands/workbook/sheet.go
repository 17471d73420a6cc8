package workbook

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"backlot/domain"
)

// sheet turns a sheet's rows into lines.
type sheet struct {
	book    *book
	formats []format
	texts   *sharedStrings
	out     *lines
	header  func([]string) error
	value   func(string) string

	row    int      // number of the present row, from 1
	column int      // of the present cell, from 1
	values []string // of the present row, up to its last value
	buffer []byte
}

// read reads the rows of a sheet's part.
func (s *sheet) read(t *tokens) error {
	found := false
	for {
		token, err := t.next()
		if err != nil {
			return err // a sheet does not end before its rows do
		}
		switch e := token.(type) {
		case xml.StartElement:
			switch {
			case len(t.open) == 2 && e.Name.Local == "sheetData":
				found = true
			case e.Name.Local == "row" && t.within("worksheet", "sheetData"):
				if err := s.readRow(t, e); err != nil {
					return err
				}
			}
		case xml.EndElement:
			if len(t.open) == 1 && e.Name.Local == "sheetData" {
				return nil
			}
			if len(t.open) == 0 && !found {
				return errors.New("it has no rows")
			}
		}
	}
}

func (s *sheet) readRow(t *tokens, e xml.StartElement) error {
	number := s.row + 1
	if r, ok := attribute(e, "r"); ok {
		var err error
		if number, err = strconv.Atoi(r); err != nil || number < 1 {
			return fmt.Errorf("%q is not the number of a row", shortened(r))
		}
	}
	switch {
	case number > maxRows:
		return domain.Errorf(domain.CodeTooLarge, "the sheet has more than %d rows", maxRows)
	case number <= s.row:
		return fmt.Errorf("row %d comes after row %d", number, s.row)
	}
	s.row, s.column = number, 0
	clear(s.values)
	s.values = s.values[:0]
	for depth := len(t.open) - 1; len(t.open) > depth; {
		token, err := t.next()
		if err != nil {
			return err
		}
		if e, is := token.(xml.StartElement); is {
			if e.Name.Local == "c" && len(t.open) == depth+2 {
				err = s.readCell(t, e)
			} else {
				err = t.skip()
			}
			if err != nil {
				return err
			}
		}
	}
	if len(s.values) == 0 {
		return nil
	}
	if s.out.width == 0 {
		if err := s.checkHeader(); err != nil {
			return err
		}
	}
	if s.value != nil {
		for i, v := range s.values {
			s.values[i] = s.value(v)
		}
	}
	return s.out.write(s.row, s.values)
}

func (s *sheet) checkHeader() error {
	for _, name := range s.values {
		if reason, bad := Unreadable(name); bad {
			return domain.Errorf(domain.CodeInvalid, "the header cannot be read: %s", reason)
		}
	}
	if s.header == nil {
		return nil
	}
	if err := s.header(s.values); err != nil {
		return &failure{err}
	}
	return nil
}

// cell is one as it is stored.
type cell struct {
	kind    string // of its value: "" or n, s, str, inlineStr, b, d, e
	style   string
	value   string
	valued  bool // there is a value, if only an empty one
	formula bool
}

func (s *sheet) readCell(t *tokens, e xml.StartElement) error {
	var c cell
	s.column++
	for _, a := range e.Attr {
		if a.Name.Space != "" {
			continue
		}
		switch a.Name.Local {
		case "r":
			column, err := s.columnOf(a.Value)
			if err != nil {
				return err
			}
			s.column = column
		case "s":
			c.style = a.Value
		case "t":
			c.kind = a.Value
		}
	}
	if s.column > maxColumns {
		return domain.Errorf(domain.CodeTooLarge, "row %d of the sheet has more than %d columns", s.row, maxColumns)
	}
	for depth := len(t.open) - 1; len(t.open) > depth; {
		token, err := t.next()
		if err != nil {
			return err
		}
		e, is := token.(xml.StartElement)
		if !is {
			continue
		}
		switch e.Name.Local {
		case "v":
			s.buffer, err = t.text(s.buffer[:0])
			c.value, c.valued = string(s.buffer), true
		case "is":
			s.buffer, err = t.richText(s.buffer[:0])
			c.value, c.valued, c.kind = string(s.buffer), true, "inlineStr"
		case "f":
			c.formula = true
			err = t.skip()
		default:
			err = t.skip()
		}
		if err != nil {
			return err
		}
	}
	value, err := s.valueOf(c)
	var unreadable *domain.Error
	if errors.As(err, &unreadable) {
		value = unreadableMark + plain(unreadable.Message)
	} else if err != nil {
		return &failure{err}
	}
	if value == "" {
		return nil
	}
	if s.column <= len(s.values) {
		if s.values[s.column-1] != "" {
			return fmt.Errorf("it has the cell %s twice", s.name())
		}
	}
	for len(s.values) < s.column {
		s.values = append(s.values, "")
	}
	s.values[s.column-1] = value
	return nil
}

// columnOf reads a cell's name, whose row is the present one.
func (s *sheet) columnOf(name string) (int, error) {
	column, i := 0, 0
	for ; i < len(name) && name[i] >= 'A' && name[i] <= 'Z' && column <= maxColumns; i++ {
		column = column*26 + int(name[i]-'A') + 1
	}
	if row, err := strconv.Atoi(name[i:]); err != nil || column == 0 || row != s.row {
		return 0, fmt.Errorf("%q is not the name of a cell in row %d", shortened(name), s.row)
	}
	return column, nil
}

// name returns the name of the present cell.
func (s *sheet) name() string {
	var letters string
	for c := s.column; c > 0; c = (c - 1) / 26 {
		letters = string(rune('A'+(c-1)%26)) + letters
	}
	return letters + strconv.Itoa(s.row)
}

// valueOf returns a cell's value as text. A domain error is about this cell
// alone; any other is about temporary files.
func (s *sheet) valueOf(c cell) (string, error) {
	if c.kind != "str" && c.kind != "inlineStr" {
		c.value = strings.TrimSpace(c.value)
	}
	if !c.valued || c.value == "" && c.kind != "str" && c.kind != "inlineStr" {
		if c.formula {
			return "", s.unreadable("has a formula without a value; open the workbook in a spreadsheet program and save it, or enter the value itself")
		}
		return "", nil
	}
	var value string
	var err error
	switch c.kind {
	case "s":
		n, wrong := strconv.Atoi(c.value)
		text, ok, err := s.texts.get(n)
		switch {
		case err != nil:
			return "", err
		case wrong != nil || !ok:
			return "", s.unreadable("refers to a text that the workbook does not have; enter it again")
		}
		return plain(text), nil
	case "str", "inlineStr":
		return plain(c.value), nil
	case "b":
		if c.value == "1" || c.value == "true" {
			return "TRUE", nil
		}
		return "FALSE", nil
	case "e":
		return "", s.unreadable("has the error " + shortened(c.value) + " instead of a value")
	case "d":
		value, err = isoDate(c.value)
	case "", "n":
		switch f := s.formatOf(c.style); {
		case f.date:
			value, err = date(c.value, s.book.from1904)
		default:
			value, err = number(c.value)
			value = padded(value, f.digits)
		}
	default:
		return "", s.unreadable("has a value of the unknown type " + shortened(c.kind))
	}
	if err != nil {
		return "", s.unreadable("cannot be read: " + err.Error())
	}
	return value, nil
}

func (s *sheet) formatOf(style string) format {
	if n, err := strconv.Atoi(style); err == nil && n >= 0 && n < len(s.formats) {
		return s.formats[n]
	}
	return format{}
}

func (s *sheet) unreadable(why string) error {
	return domain.Errorf(domain.CodeInvalid, "cell %s %s", s.name(), why)
}
