package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/atomicfs"
)

const (
	logSuffix      = ".log"
	tableSuffix    = ".sst"
	manifestPrefix = "MANIFEST-"
	optionsPrefix  = "OPTIONS-"
	manifestMarker = "manifest"
)

// Inspect looks at every byte of the files of a store that nobody has open,
// changes nothing, and returns those that are damaged. What a crash leaves is no
// damage; so damage to what was written last before a crash cannot be told from
// it. It fails with ErrLocked while the store is open.
func Inspect(o Options) ([]*DamagedFileError, error) {
	o.ReadOnly = true
	o.setDefaults()
	lock, err := pebble.LockDirectory(o.Dir, o.FS)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrLocked, o.Dir, err)
	}
	damaged, err := inspect(o.FS, o.Dir)
	if err == nil {
		var tables []*DamagedFileError
		tables, err = inspectTables(o.FS, o.Dir)
		for _, d := range tables {
			if !slices.ContainsFunc(damaged, func(known *DamagedFileError) bool { return known.File == d.File }) {
				damaged = append(damaged, d)
			}
		}
	}
	return damaged, errors.Join(err, lock.Close())
}

// inspect looks at all but the contents of tables, which have checksums of
// their own: what Pebble would take for the end of what was written.
func inspect(fs vfs.FS, dir string) ([]*DamagedFileError, error) {
	names, err := fs.List(dir)
	if err != nil {
		return nil, fmt.Errorf("engine: list %s: %w", dir, err)
	}
	slices.Sort(names)
	damaged, err := inspectListing(fs, dir, names)
	if err != nil {
		return nil, err
	}
	look := func(name string, format logFormat) error {
		if slices.ContainsFunc(damaged, func(d *DamagedFileError) bool { return d.File == name }) {
			return nil
		}
		data, err := readFile(fs, fs.PathJoin(dir, name))
		if err != nil {
			return err
		}
		if offset, is := format.damageOf(data); is {
			damaged = append(damaged, &DamagedFileError{name, fmt.Sprintf("what stands at byte %d is not what was written", offset)})
		}
		return nil
	}
	for _, name := range names {
		digits, isLog := strings.CutSuffix(name, logSuffix)
		if number, err := strconv.ParseUint(digits, 10, 64); isLog && err == nil {
			if err := look(name, walFormat(uint32(number))); err != nil {
				return nil, err
			}
		}
	}
	// Only the current manifest was synced as a whole.
	current, err := atomicfs.ReadMarker(fs, dir, manifestMarker)
	if err != nil {
		return append(damaged, &DamagedFileError{"marker." + manifestMarker, err.Error()}), nil
	}
	if slices.Contains(names, current) {
		err = look(current, manifestFormat())
	}
	return damaged, err
}

// inspectTables verifies the checksums of every table.
func inspectTables(fs vfs.FS, dir string) ([]*DamagedFileError, error) {
	names, err := fs.List(dir)
	if err != nil {
		return nil, fmt.Errorf("engine: list %s: %w", dir, err)
	}
	slices.Sort(names)
	var damaged []*DamagedFileError
	for _, name := range names {
		if !strings.HasSuffix(name, tableSuffix) {
			continue
		}
		if err := inspectTable(fs, fs.PathJoin(dir, name)); err != nil {
			damaged = append(damaged, &DamagedFileError{name, err.Error()})
		}
	}
	return damaged, nil
}

func inspectTable(fs vfs.FS, name string) (err error) {
	defer func() {
		if p := recover(); p != nil { // of a table that is no table any more
			err = fmt.Errorf("it cannot be read: %v", p)
		}
	}()
	file, err := fs.Open(name)
	if err != nil {
		return err
	}
	readable, err := sstable.NewSimpleReadable(file)
	if err != nil {
		return errors.Join(err, file.Close())
	}
	opts := &pebble.Options{Logger: silent{}}
	opts.EnsureDefaults()
	reader, err := sstable.NewReader(context.Background(), readable, opts.MakeReaderOptions())
	if err != nil {
		return errors.Join(err, readable.Close())
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	return reader.ValidateBlockChecksums()
}

// silent keeps Pebble from ending the process over a table.
type silent struct{}

func (silent) Infof(string, ...any)  {}
func (silent) Errorf(string, ...any) {}
func (silent) Fatalf(format string, args ...any) {
	panic(fatalError(fmt.Sprintf(format, args...)))
}

func readFile(fs vfs.FS, name string) ([]byte, error) {
	file, err := fs.Open(name)
	if err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	data, err := io.ReadAll(file)
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, fmt.Errorf("engine: %s: %w", name, err)
	}
	return data, nil
}

func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
