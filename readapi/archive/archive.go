// Package archive writes files as one ZIP, as they are: they are compressed
// already. Its length is known before its first byte, so that whoever gets it
// sees how far it is, and notices if it breaks off. Nothing of it is kept
// anywhere, and a piece at a time is in memory.
package archive

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"math"
	"time"
)

// Entry is a file of an archive.
type Entry struct {
	Name     string // with slashes, in UTF-8; each once
	Size     int64  // bytes
	Modified time.Time
	Open     func(context.Context) (io.ReadCloser, error) // of exactly Size bytes
}

// pieceSize is how much of a file is in memory at a time.
const pieceSize = 256 << 10 // bytes

// Write writes the archive, Size(entries) bytes. Any error leaves it broken.
func Write(ctx context.Context, out io.Writer, entries []Entry) error {
	w := zip.NewWriter(out)
	piece := make([]byte, pieceSize)
	for _, e := range entries {
		to, err := w.CreateHeader(&zip.FileHeader{Name: e.Name, Method: zip.Store, Modified: e.Modified})
		if err != nil {
			return err
		}
		if err := copyWhole(ctx, to, e, piece); err != nil {
			return fmt.Errorf("%s: %w", e.Name, err)
		}
	}
	return w.Close()
}

func copyWhole(ctx context.Context, to io.Writer, e Entry, piece []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	from, err := e.Open(ctx)
	if err != nil {
		return err
	}
	defer from.Close()
	n, err := io.CopyBuffer(struct{ io.Writer }{to}, struct{ io.Reader }{io.LimitReader(from, e.Size+1)}, piece)
	if err == nil && n != e.Size {
		err = fmt.Errorf("the file has %d bytes or more, not %d: %w", n, e.Size, io.ErrUnexpectedEOF)
	}
	return err
}

// The lengths of what archive/zip writes beside names and contents, in bytes.
const (
	localHeader     = 30
	timestamp       = 9 // in both headers
	descriptor      = 16
	descriptor64    = 24
	centralHeader   = 46
	central64       = 28
	endOfCentral    = 22
	endOfCentral64  = 56
	locatorOfThat64 = 20
)

// Size is how many bytes Write writes.
func Size(entries []Entry) int64 {
	var offset, central int64
	for _, e := range entries {
		header := int64(len(e.Name))
		if !e.Modified.IsZero() {
			header += timestamp
		}
		central += centralHeader + header
		if e.Size >= math.MaxUint32 || offset >= math.MaxUint32 {
			central += central64
		}
		offset += localHeader + header + e.Size + descriptor
		if e.Size >= math.MaxUint32 {
			offset += descriptor64 - descriptor
		}
	}
	total := offset + central + endOfCentral
	if len(entries) >= math.MaxUint16 || central >= math.MaxUint32 || offset >= math.MaxUint32 {
		total += endOfCentral64 + locatorOfThat64
	}
	return total
}
