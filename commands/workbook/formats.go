package workbook

import (
	"encoding/xml"
	"strconv"
	"strings"

	"backlot/domain"
)

// format is what a cell's number format says of the number's meaning.
type format struct {
	date   bool
	digits int // at least so many, with leading zeros; 0 for any other format
}

// maxFormats of a workbook; spreadsheet programs have less.
const maxFormats = 1 << 16

// formats reads the number formats of a part of styles, by the number that
// cells refer to; without a part there are none.
func (a *archive) formats(part string) (formats []format, err error) {
	if part == "" {
		return nil, nil
	}
	custom := map[string]format{}
	err = a.read(part, func(t *tokens) error {
		return t.each(func(e xml.StartElement) error {
			if len(custom) == maxFormats || len(formats) == maxFormats {
				return domain.Errorf(domain.CodeTooLarge, "the workbook has more than %d cell formats", maxFormats)
			}
			id, _ := attribute(e, "numFmtId")
			switch {
			case e.Name.Local == "numFmt" && t.within("styleSheet", "numFmts"):
				code, _ := attribute(e, "formatCode")
				custom[id] = formatOf(code)
			case e.Name.Local == "xf" && t.within("styleSheet", "cellXfs"):
				f, ok := custom[id]
				if !ok {
					f = builtIn(id)
				}
				formats = append(formats, f)
			}
			return nil
		})
	})
	return formats, err
}

// builtIn returns the format of an id that every workbook knows: 14 to 17 and 22
// are dates everywhere, 27 to 36 and 50 to 58 in East Asian languages.
func builtIn(id string) format {
	n, err := strconv.Atoi(id)
	return format{date: err == nil && (n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 36 || n >= 50 && n <= 58)}
}

// formatOf reads a format's code: one that shows a day, a year, or a month
// without hours and seconds is a date; one of zeros alone shows leading zeros.
func formatOf(code string) format {
	letters := formatLetters(code)
	if len(letters) > 1 && strings.Trim(letters, "0") == "" {
		return format{digits: len(letters)}
	}
	if strings.Contains(letters, "general") {
		return format{}
	}
	has := func(chars string) bool { return strings.ContainsAny(letters, chars) }
	return format{date: has("yd") || has("m") && !has("hs")}
}

// formatLetters returns the first section of a format's code in lower case
// without what it shows as it is: quoted and escaped text, colours, conditions
// and languages in brackets, fillers.
func formatLetters(code string) string {
	var out strings.Builder
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case ';':
			return strings.ToLower(out.String())
		case '"':
			i = after(code, i, '"')
		case '[':
			i = after(code, i, ']')
		case '\\', '_', '*':
			i++
		default:
			out.WriteByte(code[i])
		}
	}
	return strings.ToLower(out.String())
}

// after returns the index of the next such byte behind i, or of the last one.
func after(code string, i int, end byte) int {
	if n := strings.IndexByte(code[i+1:], end); n >= 0 {
		return i + 1 + n
	}
	return len(code)
}
