package engine

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/sstable/block"
)

// Format versions are raised when the keys or records change their meaning. A
// store that was never scavenged is as it always was.
const (
	formatVersion   = 1
	formatScavenged = 2
)

func openDB(o Options, lock *pebble.Lock, room *room, reuse *reuse) (db *pebble.DB, err error) {
	defer func() {
		// Until it is open, Pebble's end need not be the process'.
		switch p := recover().(type) {
		case nil:
		case fatalError:
			// What Pebble held of the lock, it holds no more.
			db, err = nil, errors.Join(openError(o, p), lock.Close())
		default:
			panic(p)
		}
	}()
	opts := &pebble.Options{
		FS:   orderedFS{reuseFS{roomFS{o.FS, room}, reuse}},
		Lock: lock,
		// Write-ahead files are then replayed in memory.
		ReadOnly: o.ReadOnly,
		// Pinned, so that a new Pebble does not rewrite stores on its own.
		FormatMajorVersion: pebble.FormatTableFormatV6,
		// A write-ahead file is as long as the memtable it stands for: this
		// caps the files, and what a start after a crash replays.
		MemTableSize:                uint64(o.MemTableSize),
		MemTableStopWritesThreshold: 4,
		// Of two million events, names and where events stand take some 100 MB: while
		// they fit, opening a stream loads one block, however many streams there are.
		CacheSize:             256 << 20,
		L0CompactionThreshold: 4,
		L0StopWritesThreshold: 64,
		Logger:                pebbleLogger{o.Logger},
		EventListener: &pebble.EventListener{
			// Pebble's own would end the process. Whoever reads gets an error.
			DataCorruption: func(info pebble.DataCorruptionInfo) {
				o.Logger.Error("event store: a file is damaged", "file", info.Path, "error", info.Details)
			},
		},
	}
	for i := range opts.Levels {
		// Most new streams are asked for once before they exist.
		opts.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
		// Pebble's 4 KiB hold a handful of events: reading the log then spends
		// a quarter of its processor time on loading blocks.
		opts.Levels[i].BlockSize = 32 << 10
		if o.uncompressed {
			opts.Levels[i].Compression = func() *block.CompressionProfile { return block.NoCompression }
		}
	}
	for {
		if db, err = pebble.Open(o.Dir, opts); err != nil {
			return nil, openError(o, err)
		}
		isNew, err := checkFormat(db, o.ReadOnly)
		if err == nil && (!isNew || o.ReadOnly) {
			return db, nil
		}
		if err := errors.Join(err, db.Close()); err != nil {
			return nil, err
		}
		// A new store's first write-ahead file is of Pebble's oldest format, in
		// which damage cannot be told from the end. The next one is not.
	}
}

func openError(o Options, err error) error {
	if d := damageIn(err); d != nil {
		err = d
	}
	return fmt.Errorf("engine: open %s: %w", o.Dir, err)
}

// refuseDamage keeps Pebble from opening a store with a damaged file: what the
// file does not say any more it would drop, and remove what belongs to it.
func refuseDamage(o Options) error {
	damaged, err := inspect(o.FS, o.Dir)
	if err != nil {
		return err
	}
	for _, d := range damaged {
		if d.File == listingFile || strings.HasPrefix(d.File, optionsPrefix) {
			o.Logger.Error("event store: a file is damaged that opening does not need", "file", d.File, "error", d.Detail)
			continue
		}
		return fmt.Errorf("engine: open %s: %w", o.Dir, d)
	}
	if o.ReadOnly {
		return nil
	}
	return removeListing(o.FS, o.Dir)
}

func checkFormat(db *pebble.DB, readOnly bool) (isNew bool, err error) {
	version, found, err := getNumber(db, formatKey)
	switch {
	case err != nil:
		return false, err
	case !found && readOnly:
		return true, nil
	case !found:
		return true, db.Set(formatKey, encodeNumber(formatVersion), pebble.Sync)
	case version < formatVersion || version > formatScavenged:
		return false, fmt.Errorf("engine: store has format %d, this build knows %d to %d", version, formatVersion, formatScavenged)
	}
	return false, nil
}

func getNumber(db *pebble.DB, key []byte) (n uint64, found bool, err error) {
	v, closer, err := getOptional(db, key)
	if err != nil || closer == nil {
		return 0, false, err
	}
	defer closer.Close()
	if len(v) != 8 {
		return 0, false, fmt.Errorf("engine: key %q holds %d bytes, want 8", key, len(v))
	}
	return decodeNumber(v), true, nil
}

// getOptional returns a view that lasts until the closer is closed; no closer
// where there is no such key.
func getOptional(db *pebble.DB, key []byte) ([]byte, closer, error) {
	v, c, err := db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, readError(err)
	}
	return v, c, nil
}

// pebbleLogger keeps Pebble's own chatter at debug level.
type pebbleLogger struct{ log *slog.Logger }

func (l pebbleLogger) Infof(format string, args ...any) {
	l.log.Debug("pebble: " + fmt.Sprintf(format, args...))
}

func (l pebbleLogger) Errorf(format string, args ...any) {
	l.log.Error("pebble: " + fmt.Sprintf(format, args...))
}

// Fatalf is called where Pebble cannot go on, and must not return.
func (l pebbleLogger) Fatalf(format string, args ...any) {
	panic(fatalError("pebble: " + fmt.Sprintf(format, args...)))
}

type fatalError string

func (e fatalError) Error() string { return string(e) }
