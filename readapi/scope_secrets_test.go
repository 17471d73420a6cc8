package readapi

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"
)

// scopeSecret is a word of the scope table that stands in one place only, so
// that it tells where an answer has it from. All begin with zq and are letters.
type scopeSecret struct {
	text    string
	what    string
	request string   // word of the request that it is about, "" for none
	known   []string // parties and accounts that may know it
	shownBy []string // operations whose answers to those who know it have to show it
}

func (s scopeSecret) knownTo(p scopePerson) bool {
	return slices.Contains(s.known, p.party()) || slices.Contains(s.known, p.id())
}

func (w *scopeWorld) hide(s scopeSecret) {
	s.text = strings.ToLower(s.text)
	require.Regexp(w.t, `^zq[a-z]+$`, s.text)
	require.NotContains(w.t, w.secrets, s.text)
	w.secrets[s.text] = s
}

var secretWord = regexp.MustCompile(`zq[a-z]+`)

// secretsIn returns the secrets of a text, each once.
func secretsIn(text string) []string {
	words := secretWord.FindAllString(strings.ToLower(text), -1)
	slices.Sort(words)
	return slices.Compact(words)
}

var cursorField = regexp.MustCompile(`"next":"([A-Za-z0-9_-]+)"`)

// everything returns all that an answer says: its headers, its body, what is
// packed in a workbook and what a cursor holds.
func (a answer) everything() string {
	a.t.Helper()
	var text strings.Builder
	fmt.Fprintln(&text, a.status)
	_ = a.header.Write(&text) // a builder takes everything
	body := string(a.body)
	if slices.Contains([]string{workbookType, "application/zip"}, a.header.Get("Content-Type")) && a.status == http.StatusOK && len(a.body) > 0 {
		body = unzipped(a)
	}
	text.WriteString(body)
	for _, field := range cursorField.FindAllStringSubmatch(body, -1) {
		if held, err := base64.RawURLEncoding.DecodeString(field[1]); err == nil {
			text.Write(held)
		}
	}
	return text.String()
}

func unzipped(a answer) string {
	a.t.Helper()
	files, err := zip.NewReader(bytes.NewReader(a.body), int64(len(a.body)))
	require.NoError(a.t, err)
	var text strings.Builder
	for _, f := range files.File {
		r, err := f.Open()
		require.NoError(a.t, err)
		part, err := io.ReadAll(r)
		require.NoError(a.t, err)
		fmt.Fprintf(&text, "%s\n%s\n", f.Name, part)
	}
	return text.String()
}

// comparable is everything but what differs between any two answers.
func (a answer) comparable() string {
	header := a.header.Clone()
	header.Del("X-Request-Id")
	header.Del("Content-Length") // the body itself is compared
	a.header = header
	return a.everything()
}
