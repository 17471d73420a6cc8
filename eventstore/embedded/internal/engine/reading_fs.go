package engine

import (
	"errors"
	"io"
	"os"
	"syscall"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// ErrReadOnly refuses what would change a store that is open for reading only.
var ErrReadOnly = errors.New("engine: open for reading only")

// readingFS refuses whatever would change a file, so that reading a store
// leaves it as it is, whatever Pebble may do.
type readingFS struct{ vfs.FS }

// Lock locks a file that is there. Without one nobody has the store open, nor
// on a file system that nobody can write to.
func (fs readingFS) Lock(name string) (io.Closer, error) {
	if _, err := fs.Stat(name); isMissing(err) {
		return io.NopCloser(nil), nil
	}
	lock, err := fs.FS.Lock(name)
	if errors.Is(err, syscall.EROFS) {
		return io.NopCloser(nil), nil
	}
	return lock, err
}

func (readingFS) Create(string, vfs.DiskWriteCategory) (vfs.File, error) { return nil, ErrReadOnly }

func (readingFS) OpenReadWrite(string, vfs.DiskWriteCategory, ...vfs.OpenOption) (vfs.File, error) {
	return nil, ErrReadOnly
}

func (readingFS) ReuseForWrite(string, string, vfs.DiskWriteCategory) (vfs.File, error) {
	return nil, ErrReadOnly
}

func (readingFS) Link(string, string) error          { return ErrReadOnly }
func (readingFS) Remove(string) error                { return ErrReadOnly }
func (readingFS) RemoveAll(string) error             { return ErrReadOnly }
func (readingFS) Rename(string, string) error        { return ErrReadOnly }
func (readingFS) MkdirAll(string, os.FileMode) error { return ErrReadOnly }

// Unwrap lets Pebble find the file system below.
func (fs readingFS) Unwrap() vfs.FS { return fs.FS }
