package engine

import (
	"errors"
	"sync"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// reuse says whether a write-ahead log that is no longer needed may become the
// next one. That is faster to sync, but leaves what it held beyond the end of
// what is written since.
type reuse struct {
	mu        sync.RWMutex
	forbidden bool
}

// forbid returns when no file is being reused and none will be.
func (r *reuse) forbid() { r.set(true) }

func (r *reuse) allow() { r.set(false) }

func (r *reuse) set(forbidden bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forbidden = forbidden
}

// reuseFS makes a new file where none may be reused.
type reuseFS struct {
	vfs.FS
	reuse *reuse
}

func (fs reuseFS) ReuseForWrite(oldname, newname string, category vfs.DiskWriteCategory) (vfs.File, error) {
	fs.reuse.mu.RLock()
	defer fs.reuse.mu.RUnlock()
	if !fs.reuse.forbidden {
		return fs.FS.ReuseForWrite(oldname, newname, category)
	}
	f, err := fs.Create(newname, category)
	if err != nil {
		return nil, err
	}
	if err := fs.Remove(oldname); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Unwrap lets Pebble find the file system below.
func (fs reuseFS) Unwrap() vfs.FS { return fs.FS }
