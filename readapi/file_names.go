package readapi

import (
	"mime"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// attachment is a Content-Disposition for a file's name: as it is, and in ASCII
// for those who cannot read that.
func attachment(name string) string {
	name = safeName(name)
	plain := asciiOf(name)
	header := mime.FormatMediaType("attachment", map[string]string{"filename": plain})
	if plain != name {
		header += strings.TrimPrefix(mime.FormatMediaType("attachment", map[string]string{"filename": name}), "attachment")
	}
	return header
}

// asciiOf puts an underscore in the place of what is not ASCII.
func asciiOf(name string) string {
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII {
			return '_'
		}
		return r
	}, name)
}

// maxNameBytes is how long a name may be in the file systems that people use.
const maxNameBytes = 200

// safeName makes of what a partner calls a file a name that every file system
// takes and that leads nowhere else: no path, no control characters, nothing
// that Windows keeps for itself or that turns the direction of writing.
func safeName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`/\:*?"<>|`, r), r == utf8.RuneError, !unicode.IsPrint(r):
			return '_'
		}
		return r
	}, name)
	name = strings.TrimRight(strings.TrimSpace(name), ". ")
	stem, _, _ := strings.Cut(name, ".")
	if name == "" || strings.Trim(name, ".") == "" || isDevice(strings.TrimSpace(stem)) {
		name = "_" + name
	}
	return shortName(name)
}

// shortName cuts a name that is too long before its extension.
func shortName(name string) string {
	extension := path.Ext(name)
	if len(extension) > 20 {
		extension = ""
	}
	stem := strings.TrimSuffix(name, extension)
	return strings.TrimRight(cutBytes(stem, maxNameBytes-len(extension)), " ") + extension
}

// cutBytes cuts a text to at most n bytes, between two characters.
func cutBytes(s string, n int) string {
	for len(s) > n {
		_, last := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-last]
	}
	return s
}

// isDevice reports whether Windows takes a name for a device.
func isDevice(stem string) bool {
	stem = strings.ToUpper(stem)
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	port, numbered := strings.CutPrefix(stem, "COM")
	if !numbered {
		port, numbered = strings.CutPrefix(stem, "LPT")
	}
	return numbered && utf8.RuneCountInString(port) == 1 && strings.ContainsAny(port, "0123456789¹²³")
}
