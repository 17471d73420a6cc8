package sourcerequest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"backlot/domain"
)

// ErrNotFound is what a request outside the asker's scope and one that was
// never opened have in common.
var ErrNotFound = domain.Errorf(domain.CodeNotFound, "there is no such source request")

var idPattern = regexp.MustCompile(`^[A-Za-z0-9._-]{1,32}$`)

// ValidateID checks a request id: 1 to 32 letters, digits, dots, underscores
// or hyphens, other than "." and "..". The error is CodeInvalid.
func ValidateID(id string) error {
	// A path cannot name "." and "..".
	if idPattern.MatchString(id) && id != "." && id != ".." {
		return nil
	}
	return domain.Invalid("request_id", fmt.Sprintf("%q is not a request id: 1 to 32 letters, digits, dots, underscores or hyphens, and not only one or two dots", id))
}

// Lengths of free text, in characters.
const (
	maxName    = 300
	maxReason  = 2_000
	maxComment = 10_000
)

// text trims free text and checks it: present if required, no longer than
// limit, valid UTF-8, no control characters but line breaks and tabs.
func text(field, s string, limit int, required bool) (string, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "" && required:
		return "", domain.Invalid(field, field+" is required")
	case !utf8.ValidString(s):
		return "", domain.Invalid(field, field+" is not valid UTF-8")
	case utf8.RuneCountInString(s) > limit:
		return "", domain.Invalid(field, fmt.Sprintf("%s has %d characters; at most %d", field, utf8.RuneCountInString(s), limit))
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' }):
		return "", domain.Invalid(field, field+" holds control characters")
	}
	return s, nil
}

// name is text on one line.
func name(field, s string) (string, error) {
	s, err := text(field, s, maxName, true)
	if err == nil && strings.ContainsAny(s, "\r\n\t") {
		return "", domain.Invalid(field, field+" holds line breaks or tabs")
	}
	return s, err
}

// optionalName is name, or "".
func optionalName(field, s string) (string, error) {
	if strings.TrimSpace(s) == "" {
		return "", nil
	}
	return name(field, s)
}

// FileName checks what a file is called: present, on one line, at most 300
// characters. It is shown, never a path to anything.
func FileName(field, s string) (string, error) { return name(field, s) }

// Checksum checks a SHA-256 in hex and returns it in lower case; "" is none.
func Checksum(field, s string) (string, error) { return checksum(field, s, false) }

// identifier checks the id of a thing inside a request: present, on one line
// and as it is, for two spellings would be two things.
func identifier(field, s string) error {
	trimmed, err := name(field, s)
	if err == nil && trimmed != s {
		err = domain.Invalid(field, field+" begins or ends with a space")
	}
	return err
}

// day checks a date that is required.
func day(field string, d domain.Date) error {
	switch {
	case d.IsZero():
		return domain.Invalid(field, field+" is required")
	case !d.InRange():
		return domain.Invalid(field, field+" lies outside the years 1971 to 2199")
	}
	return nil
}

var checksumPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// checksum checks a SHA-256 in hex and returns it in lower case.
func checksum(field, s string, required bool) (string, error) {
	s = strings.ToLower(s)
	if s == "" && !required || checksumPattern.MatchString(s) {
		return s, nil
	}
	return "", domain.Invalid(field, field+" is not a SHA-256 in 64 hexadecimal digits")
}

func countries(in []string) ([]string, error) {
	out := make([]string, 0, len(in))
	for _, c := range in {
		c, err := name("country", c)
		if err != nil {
			return nil, err
		}
		if strings.Contains(c, "|") {
			return nil, domain.Invalid("country", fmt.Sprintf("%q holds a |, which separates countries", c))
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return nil, domain.Invalid("country", "country is required: at least one")
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
