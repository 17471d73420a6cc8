package workbook

import (
	"encoding/xml"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// richText appends the text of the string item that just started: its own, or
// that of its runs one after the other; how it is pronounced is left out.
func (t *tokens) richText(into []byte) ([]byte, error) {
	from := len(into)
	for depth := len(t.open) - 1; len(t.open) > depth; {
		token, err := t.next()
		if err != nil {
			return into, err
		}
		e, is := token.(xml.StartElement)
		if !is {
			continue
		}
		switch e.Name.Local {
		case "t":
			into, err = t.text(into)
		case "rPh":
			err = t.skip()
		}
		if err != nil {
			return into, err
		}
		if len(into)-from > maxCell {
			return into, errCell
		}
	}
	return into, nil
}

// plain returns a cell's text on one line: escaped characters (_x000D_) are
// decoded, and line breaks and the character 0 become spaces.
func plain(s string) string {
	if strings.Contains(s, "_x") {
		s = unescape(s)
	}
	if !strings.ContainsAny(s, "\r\n\x00") {
		return s
	}
	return onOneLine.Replace(s)
}

var onOneLine = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\x00", " ")

const escapeLength = len("_x000D_")

func unescape(s string) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		unit, ok := escaped(s[i:])
		if !ok {
			out = append(out, s[i])
			i++
			continue
		}
		i += escapeLength
		if utf16.IsSurrogate(unit) {
			low, ok := escaped(s[i:])
			if unit = utf16.DecodeRune(unit, low); ok && unit != utf8.RuneError {
				i += escapeLength
			}
		}
		out = utf8.AppendRune(out, unit)
	}
	return string(out)
}

// escaped returns the character or half character that a string begins with in
// escaped form.
func escaped(s string) (rune, bool) {
	if len(s) < escapeLength || s[0] != '_' || s[1] != 'x' || s[6] != '_' {
		return 0, false
	}
	v, err := strconv.ParseUint(s[2:6], 16, 16)
	return rune(v), err == nil
}
