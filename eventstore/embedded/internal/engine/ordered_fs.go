package engine

import (
	"errors"
	"strings"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// orderedFS syncs a directory before a marker is made in it. Pebble creates a
// manifest and the marker that names it, and then syncs both at once; a file
// system that keeps the second and loses the first would leave a store that
// does not open.
type orderedFS struct{ vfs.FS }

const markerPrefix = "marker."

func (fs orderedFS) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	if strings.HasPrefix(fs.PathBase(name), markerPrefix) {
		if err := syncDirectory(fs.FS, fs.PathDir(name)); err != nil {
			return nil, err
		}
	}
	return fs.FS.Create(name, category)
}

// Unwrap lets Pebble find the file system below.
func (fs orderedFS) Unwrap() vfs.FS { return fs.FS }

func syncDirectory(fs vfs.FS, name string) error {
	dir, err := fs.OpenDir(name)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
