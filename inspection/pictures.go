package inspection

import (
	"bytes"
	"fmt"
	goimage "image"
	_ "image/jpeg" // formats of artwork
	_ "image/png"
	"io"

	"backlot/domain/finding"
)

// What artwork can be. Ten thousand pixels are a poster a metre wide.
const (
	maxSide = 30_000
	minSide = 100
	// An image of so many pixels is decoded whole; of a larger one only the header.
	maxDecoded = 64 << 20
)

// picture looks at an image. Errors of the reader are returned.
func picture(from io.ReadSeeker, name string, l *finding.List) (note string, err error) {
	if name != "PNG" && name != "JPEG" {
		if name == "TIFF" || name == "Photoshop" {
			return "Only the beginning was looked at: inspection does not read " + name + ".", nil
		}
		l.Add(finding.FormatMismatch, "", "Artwork is delivered as PNG, JPEG, TIFF or Photoshop, and this is %s.", name)
		return "", nil
	}
	watched := &watched{Reader: from}
	config, _, err := goimage.DecodeConfig(watched)
	switch {
	case watched.failure != nil:
		return "", watched.failure
	case err != nil:
		l.Add(finding.DamagedImage, "", "The header cannot be decoded: %v.", err)
		return "", nil
	case config.Width > maxSide || config.Height > maxSide:
		l.Add(finding.ExcessiveDimensions, "", "The image claims %d × %d pixels; at most %d a side.", config.Width, config.Height, maxSide)
		return "", nil
	case config.Width < minSide || config.Height < minSide:
		l.Add(finding.ImageTooSmall, "", "The image has %d × %d pixels; at least %d a side.", config.Width, config.Height, minSide)
	}
	if config.Width*config.Height*4 > maxDecoded {
		return fmt.Sprintf("Only the header was decoded: %d × %d pixels.", config.Width, config.Height), nil
	}
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	if _, _, err = goimage.Decode(watched); watched.failure != nil {
		return "", watched.failure
	}
	if err != nil {
		l.Add(finding.DamagedImage, "", "The image cannot be decoded: %v.", err)
	}
	return "", nil
}

// watched keeps why a reading failed, which a decoder would take for its own.
type watched struct {
	io.Reader
	failure error
}

// Read implements io.Reader.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if err != nil && err != io.EOF {
		w.failure = err
	}
	return n, err
}

// isDocument reports whether a file is what a script comes as: PDF, Office, RTF,
// plain text, Final Draft (XML), or the ZIP that newer Office documents are.
func isDocument(k kind, head []byte) bool {
	office := bytes.Contains(head, []byte("[Content_Types].xml")) || bytes.Contains(head, []byte("word/")) || bytes.Contains(head, []byte("mimetypeapplication/vnd.oasis"))
	return k == document || k == text || k == archive && office
}
