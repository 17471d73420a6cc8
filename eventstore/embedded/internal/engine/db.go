package engine

import (
	"errors"
	"fmt"
	"log/slog"

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
			db, err = nil, errors.Join(fmt.Errorf("engine: open %s: %w", o.Dir, p), lock.Close())
		default:
			panic(p)
		}
	}()
	opts := &pebble.Options{
		FS:   orderedFS{reuseFS{roomFS{o.FS, room}, reuse}},
		Lock: lock,
		// Pinned, so that a new Pebble does not rewrite stores on its own.
		FormatMajorVersion: pebble.FormatTableFormatV6,
		// A write-ahead file is as long as the memtable it stands for: this
		// caps the files, and what a start after a crash replays.
		MemTableSize:                uint64(o.MemTableSize),
		MemTableStopWritesThreshold: 4,
		CacheSize:                   64 << 20,
		L0CompactionThreshold:       4,
		L0StopWritesThreshold:       64,
		Logger:                      pebbleLogger{o.Logger},
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
	db, err = pebble.Open(o.Dir, opts)
	if err != nil {
		return nil, fmt.Errorf("engine: open %s: %w", o.Dir, err)
	}
	if err := checkFormat(db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func checkFormat(db *pebble.DB) error {
	version, found, err := getNumber(db, formatKey)
	switch {
	case err != nil:
		return err
	case !found:
		return db.Set(formatKey, encodeNumber(formatVersion), pebble.Sync)
	case version < formatVersion || version > formatScavenged:
		return fmt.Errorf("engine: store has format %d, this build knows %d to %d", version, formatVersion, formatScavenged)
	}
	return nil
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
		return nil, nil, fmt.Errorf("engine: read: %w", err)
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
