package imf

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"backlot/domain/finding"
)

// Limits of an archive.
const (
	maxEntries   = 20_000
	maxDirectory = 16 << 20 // bytes that listing the entries may read
	maxRatio     = 100      // of what entries unpack to, to what the archive has
	slack        = 64 << 20 // bytes that may unpack beside that
)

// OpenZIP lists the files of a package that came as one ZIP. Nothing is
// unpacked: a file is read from the archive when it is opened. What no honest
// archive has is a finding, and then there are no files. The error is the
// reader's.
func OpenZIP(archive io.ReaderAt, size int64) ([]File, []finding.Finding, error) {
	var l finding.List
	limited := &directory{from: archive, size: size, left: maxDirectory}
	z, err := zip.NewReader(limited, size)
	switch {
	case limited.failure != nil:
		return nil, nil, limited.failure
	case errors.Is(err, errLargeDirectory):
		l.Add(finding.UnsafeArchive, "", "The directory of the archive has more than %d bytes.", maxDirectory)
		return nil, l.All(), nil
	case err != nil && !errors.Is(err, zip.ErrInsecurePath):
		l.Add(finding.DamagedArchive, "", "The archive cannot be listed: %v.", err)
		return nil, l.All(), nil
	case len(z.File) > maxEntries:
		l.Add(finding.UnsafeArchive, "", "The archive has %d entries; at most %d.", len(z.File), maxEntries)
		return nil, l.All(), nil
	}
	limited.left = -1 // entries are read as they are needed
	var files []File
	seen := map[string]bool{}
	unpacked, most := uint64(0), uint64(size)*maxRatio+slack
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		switch {
		case !local(f.Name):
			l.Add(finding.UnsafeArchive, f.Name, "The entry %q leads out of the archive.", f.Name)
		case !f.Mode().IsRegular():
			l.Add(finding.UnsafeArchive, f.Name, "The entry %q is no file but a link or a device.", f.Name)
		case seen[f.Name]:
			l.Add(finding.UnsafeArchive, f.Name, "The entry %q is there twice.", f.Name)
		case f.UncompressedSize64 > most || unpacked+f.UncompressedSize64 > most:
			l.Add(finding.UnsafeArchive, f.Name, "The entries unpack to more than %d times the archive.", maxRatio)
			return nil, l.All(), nil
		case f.Flags&1 != 0:
			l.Add(finding.DamagedArchive, f.Name, "The entry %q is encrypted.", f.Name)
		case f.Method != zip.Store && f.Method != zip.Deflate:
			l.Add(finding.DamagedArchive, f.Name, "The entry %q is packed by the method %d; stored and deflated entries are read.", f.Name, f.Method)
		}
		seen[f.Name] = true
		unpacked += f.UncompressedSize64
		files = append(files, entry(f, limited))
	}
	if found := l.All(); len(found) > 0 {
		return nil, found, nil
	}
	return files, nil, nil
}

// entry is a file of the archive.
func entry(f *zip.File, archive *directory) File {
	return File{Name: f.Name, Size: int64(f.UncompressedSize64), Open: func(ctx context.Context) (io.ReadCloser, error) {
		r, err := f.Open()
		if err != nil {
			return nil, archive.explain(f.Name, err)
		}
		return &unpacking{ctx: ctx, r: r, name: f.Name, archive: archive}, nil
	}}
}

// unpacking reads an entry. That it unpacks to no more than it declares, the
// archive/zip package sees to.
type unpacking struct {
	ctx     context.Context
	r       io.ReadCloser
	name    string
	archive *directory
}

// Read implements io.Reader.
func (u *unpacking) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := u.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = u.archive.explain(u.name, err)
	}
	return n, err
}

// Close implements io.Closer.
func (u *unpacking) Close() error { return u.r.Close() }

var errLargeDirectory = errors.New("the directory is too large")

// directory reads an archive, at first not more than a directory may have.
type directory struct {
	from    io.ReaderAt
	size    int64
	left    int64 // negative for no limit
	failure error // of the reader
}

// ReadAt implements io.ReaderAt.
func (d *directory) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off > d.size {
		return 0, zip.ErrFormat // what the archive says of itself, and not the reader's failure
	}
	if d.left >= 0 {
		if d.left < int64(len(p)) {
			return 0, errLargeDirectory
		}
		d.left -= int64(len(p))
	}
	n, err := d.from.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) {
		d.failure = err
	}
	return n, err
}

// explain tells a reader's error, which may pass, from an archive's.
func (d *directory) explain(name string, err error) error {
	if d.failure != nil {
		return d.failure
	}
	return &Damaged{fmt.Errorf("the entry %s: %w", name, err)}
}
