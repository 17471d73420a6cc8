package engine

import (
	"os"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// roomFS is a file system whose writes wait for room. A sync is never tried
// again: after one that failed, a second may succeed over data that is lost.
type roomFS struct {
	vfs.FS
	room *room
}

// Unwrap lets Pebble find the file system below.
func (fs roomFS) Unwrap() vfs.FS { return fs.FS }

func (fs roomFS) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	return fs.file(func() (vfs.File, error) { return fs.FS.Create(name, category) })
}

func (fs roomFS) OpenReadWrite(name string, category vfs.DiskWriteCategory, opts ...vfs.OpenOption) (vfs.File, error) {
	return fs.file(func() (vfs.File, error) { return fs.FS.OpenReadWrite(name, category, opts...) })
}

func (fs roomFS) ReuseForWrite(oldname, newname string, category vfs.DiskWriteCategory) (vfs.File, error) {
	return fs.file(func() (vfs.File, error) { return fs.FS.ReuseForWrite(oldname, newname, category) })
}

func (fs roomFS) file(open func() (vfs.File, error)) (f vfs.File, err error) {
	err = fs.room.until(func() error {
		f, err = open()
		return err
	})
	if err != nil {
		return nil, err
	}
	return roomFile{f, fs.room}, nil
}

func (fs roomFS) Link(oldname, newname string) error {
	return fs.room.until(func() error { return fs.FS.Link(oldname, newname) })
}

func (fs roomFS) Rename(oldname, newname string) error {
	return fs.room.until(func() error { return fs.FS.Rename(oldname, newname) })
}

func (fs roomFS) MkdirAll(dir string, perm os.FileMode) error {
	return fs.room.until(func() error { return fs.FS.MkdirAll(dir, perm) })
}

func (fs roomFS) Remove(name string) error {
	return fs.room.until(func() error { return fs.FS.Remove(name) })
}

type roomFile struct {
	vfs.File
	room *room
}

// Write goes on after what was written before the disk was full.
func (f roomFile) Write(p []byte) (written int, err error) {
	err = f.room.until(func() error {
		n, err := f.File.Write(p[written:])
		written += n
		return err
	})
	return written, err
}

func (f roomFile) WriteAt(p []byte, offset int64) (written int, err error) {
	err = f.room.until(func() error {
		n, err := f.File.WriteAt(p[written:], offset+int64(written))
		written += n
		return err
	})
	return written, err
}

func (f roomFile) Preallocate(offset, length int64) error {
	return f.room.until(func() error { return f.File.Preallocate(offset, length) })
}
