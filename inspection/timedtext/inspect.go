package timedtext

import (
	"bytes"
	"errors"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"backlot/domain/finding"
)

// MaxSize is how many bytes a file may have. A feature film's subtitles have
// some hundred thousand.
const MaxSize = 32 << 20

// Limits within a file.
const (
	maxLine  = 64 << 10  // bytes of a line of SubRip or WebVTT
	maxLines = 1_000_000 // of such a file
	maxCues  = 50_000    // of a file
	maxNames = 20_000    // identifiers and references of a file
)

// The formats, as people know them.
const (
	TTML   = "TTML"
	SubRip = "SubRip subtitles"
	WebVTT = "WebVTT"
	SCC    = "Scenarist closed captions"
	STL    = "EBU STL subtitles"
)

// extensions are the ends of names and what they promise.
var extensions = map[string]string{
	".ttml": TTML, ".dfxp": TTML, ".xml": TTML, ".imsc": TTML, ".imsc1": TTML, ".itt": TTML,
	".srt": SubRip, ".vtt": WebVTT, ".webvtt": WebVTT, ".scc": SCC, ".stl": STL,
}

// Wanted is what the request asks for.
type Wanted struct {
	Language string // the English name that requests have, for example Spanish (Latin America)
	Forced   bool   // forced subtitles only
}

// Result is what came of an inspection.
type Result struct {
	As    string // the format that the file was taken for; "" if none fits
	Note  string // what was not looked at, and why
	Found []finding.Finding
}

// Inspect reads a file of timed text. The error is that of the reader: whatever
// is wrong with the file is a finding.
func Inspect(file io.Reader, size int64, name string, wanted Wanted) (Result, error) {
	var l finding.List
	promised := extensions[strings.ToLower(path.Ext(name))]
	if size > MaxSize {
		l.Add(finding.FileTooLarge, "", "%d bytes are more than timed text has; at most %d are read.", size, int64(MaxSize))
		return Result{As: promised, Found: l.All()}, nil
	}
	from := &source{from: io.LimitReader(file, MaxSize+1)}
	head := make([]byte, 1024)
	n, err := io.ReadFull(from, head)
	if head = head[:n]; err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return Result{}, err
	}
	is, known := sniff(head)
	switch {
	case n == 0:
		l.Add(finding.EmptyFile, "", "The file has no bytes.")
	case !known && otherEncoding(head) != "":
		l.Add(finding.NotUTF8, "line 1", "The text is encoded as %s.", otherEncoding(head))
		is = promised
	case promised == "":
		l.Add(finding.FormatMismatch, "", "The name %q ends like no format of timed text that inspection knows: .ttml, .dfxp, .xml, .srt, .vtt, .scc, .stl.", path.Base(name))
	case !known:
		l.Add(finding.FormatMismatch, "line 1", "The name %q promises %s, and the file does not begin like that.", path.Base(name), promised)
	case is != promised:
		l.Add(finding.FormatMismatch, "line 1", "The name %q promises %s, and the file is %s.", path.Base(name), promised, is)
	default:
		err = nil
		whole := io.MultiReader(bytes.NewReader(head), from)
		switch is {
		case TTML:
			err = inspectTTML(whole, wanted, &l)
		case SubRip:
			inspectSubRip(whole, &l)
		case WebVTT:
			inspectWebVTT(whole, wanted, &l)
		default:
			return Result{As: is, Note: "Only the beginning was looked at: inspection does not read this format."}, nil
		}
		if err == nil {
			err = from.failure
		}
		return Result{As: is, Found: l.All()}, err
	}
	return Result{As: is, Found: l.All()}, nil
}

// source keeps why a reading failed, which a parser would take for the end.
type source struct {
	from    io.Reader
	failure error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.failure = err
	}
	return n, err
}

var bom = []byte("\xef\xbb\xbf")

// sniff says which format a file is by its beginning; false if by none.
func sniff(head []byte) (string, bool) {
	if len(head) > 11 && bytes.HasPrefix(head[3:], []byte("STL")) && bytes.HasPrefix(head[8:], []byte(".01")) {
		return STL, true
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, bom), " \t\r\n")
	switch {
	case bytes.HasPrefix(text, []byte("WEBVTT")):
		return WebVTT, true
	case bytes.HasPrefix(text, []byte("Scenarist_SCC")):
		return SCC, true
	case bytes.HasPrefix(text, []byte("<")) && (bytes.HasPrefix(text, []byte("<?xml")) || !bytes.Contains(text, []byte("-->")) || bytes.HasPrefix(text, []byte("<!"))):
		return TTML, true
	}
	// SubRip has nothing of its own to begin with: a number or a time comes first.
	line, _, _ := bytes.Cut(text, []byte("\n"))
	line = bytes.TrimSpace(line)
	if len(line) > 0 && len(bytes.Trim(line, "0123456789")) == 0 || bytes.Contains(line, []byte("-->")) {
		return SubRip, true
	}
	return "", false
}

// otherEncoding names the encoding of a text that is not UTF-8, as far as its
// beginning tells; "" for UTF-8 and for what is no text.
func otherEncoding(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("<\x00")), bytes.HasPrefix(head, []byte("1\x00\r\x00")):
		return "UTF-16, little-endian"
	case bytes.HasPrefix(head, []byte("\xfe\xff")), bytes.HasPrefix(head, []byte("\x00<")):
		return "UTF-16, big-endian"
	case !utf8.Valid(head[:max(0, len(head)-utf8.UTFMax)]) && !bytes.ContainsRune(head, 0):
		return "something other than UTF-8"
	}
	return ""
}
