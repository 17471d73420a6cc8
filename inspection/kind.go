package inspection

import (
	"bytes"
	"unicode/utf8"
)

// kind is what a file is, by its first bytes.
type kind string

const (
	image    kind = "an image"
	document kind = "a document"
	archive  kind = "an archive"
	sound    kind = "sound"
	movie    kind = "video"
	text     kind = "text"
	unknown  kind = "of no kind that inspection knows"
)

// signatures are beginnings of files. What says nothing for certain is not here.
var signatures = []struct {
	at    int
	bytes string
	kind  kind
	name  string
}{
	{0, "\x89PNG\r\n\x1a\n", image, "PNG"},
	{0, "\xff\xd8\xff", image, "JPEG"},
	{0, "GIF8", image, "GIF"},
	{8, "WEBP", image, "WebP"},
	{0, "II*\x00", image, "TIFF"},
	{0, "MM\x00*", image, "TIFF"},
	{0, "8BPS", image, "Photoshop"},
	{0, "%PDF-", document, "PDF"},
	{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", document, "Microsoft Office"},
	{0, "{\\rtf", document, "RTF"},
	{0, "PK\x03\x04", archive, "ZIP"},
	{0, "PK\x05\x06", archive, "ZIP"},
	{0, "\x1f\x8b", archive, "gzip"},
	{0, "Rar!", archive, "RAR"},
	{0, "7z\xbc\xaf", archive, "7-Zip"},
	{8, "WAVE", sound, "WAVE"},
	{8, "AIFF", sound, "AIFF"},
	{0, "fLaC", sound, "FLAC"},
	{0, "ID3", sound, "MP3"},
	{0, "\x0b\x77", sound, "AC-3"},
	{8, "AVI ", movie, "AVI"},
	{4, "ftyp", movie, "MP4 or QuickTime"},
	{4, "moov", movie, "QuickTime"},
	{4, "mdat", movie, "QuickTime"},
	{4, "wide", movie, "QuickTime"},
	{0, "\x06\x0e\x2b\x34", movie, "MXF"},
	{0, "\x1a\x45\xdf\xa3", movie, "Matroska"},
	{0, "\x00\x00\x01\xba", movie, "MPEG"},
}

// kindOf names what a file is by its beginning; name is "" where only the kind
// is known.
func kindOf(head []byte) (k kind, name string) {
	for _, s := range signatures {
		if len(head) >= s.at && bytes.HasPrefix(head[s.at:], []byte(s.bytes)) {
			return s.kind, s.name
		}
	}
	trimmed := head[:max(0, len(head)-utf8.UTFMax)]
	if len(head) < utf8.UTFMax {
		trimmed = head
	}
	utf16 := bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff"))
	// A text in an old encoding has no zero bytes, and few that are not printable.
	if utf16 || utf8.Valid(trimmed) && !bytes.ContainsRune(head, 0) {
		return text, ""
	}
	return unknown, ""
}
