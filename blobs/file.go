package blobs

import (
	"context"
	"fmt"
	"io"
	"time"

	"gocloud.dev/blob"
)

// File is a file of the store, open for reading. Read and Seek are for one
// reader at a time, ReadAt for many.
type File struct {
	ctx      context.Context
	bucket   *blob.Bucket
	id       string
	size     int64
	modified time.Time
	path     string       // where it lies in a folder; "" in a bucket
	reader   *blob.Reader // opened by the first Read
	offset   int64        // where Seek left it before that
}

var _ interface {
	io.ReadSeekCloser
	io.ReaderAt
} = (*File)(nil)

// Open opens a file for as long as the context lives. A file that is not there
// is CodeNotFound, a store that does not answer CodeUnavailable; so are the
// errors of the file's methods.
func (s *Store) Open(ctx context.Context, id string) (*File, error) {
	a, err := s.bucket.Attributes(ctx, id)
	if err != nil {
		return nil, translate("open the file "+id, err)
	}
	f := &File{ctx: ctx, bucket: s.bucket, id: id, size: a.Size, modified: a.ModTime}
	if s.folder != "" {
		f.path = s.path(id)
	}
	return f, nil
}

// Size is the file's length in bytes.
func (f *File) Size() int64 { return f.size }

// Path is where the file lies in the file system; "" if it is in a bucket. What
// lies there is only to be read.
func (f *File) Path() string { return f.path }

// Modified is when the file was written.
func (f *File) Modified() time.Time { return f.modified }

// Read implements io.Reader.
func (f *File) Read(p []byte) (int, error) {
	if f.reader == nil {
		if f.offset >= f.size {
			return 0, io.EOF
		}
		reader, err := f.bucket.NewRangeReader(f.ctx, f.id, f.offset, -1, nil)
		if err != nil {
			return 0, translate("read the file "+f.id, err)
		}
		f.reader = reader
	}
	n, err := f.reader.Read(p)
	f.offset += int64(n)
	if err != nil && err != io.EOF {
		err = translate("read the file "+f.id, err)
	}
	return n, err
}

// Seek implements io.Seeker. It costs nothing until the next Read.
func (f *File) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.offset
	case io.SeekEnd:
		offset += f.size
	}
	if offset < 0 {
		return 0, fmt.Errorf("seek in the file %s: %d is before its beginning", f.id, offset)
	}
	if offset == f.offset {
		return offset, nil
	}
	f.offset = offset
	return offset, f.Close()
}

// ReadAt implements io.ReaderAt. Each call asks the store once.
func (f *File) ReadAt(p []byte, offset int64) (int, error) {
	if offset >= f.size {
		return 0, io.EOF
	}
	want := min(int64(len(p)), f.size-offset)
	r, err := f.bucket.NewRangeReader(f.ctx, f.id, offset, want, nil)
	if err != nil {
		return 0, translate("read the file "+f.id, err)
	}
	defer r.Close()
	n, err := io.ReadFull(r, p[:want])
	switch {
	case err != nil:
		return n, translate("read the file "+f.id, err)
	case want < int64(len(p)):
		return n, io.EOF
	}
	return n, nil
}

// Close lets go of what Read holds; reading on opens it again.
func (f *File) Close() error {
	if f.reader == nil {
		return nil
	}
	err := f.reader.Close()
	f.reader = nil
	return err
}
