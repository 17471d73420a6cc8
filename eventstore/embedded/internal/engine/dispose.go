package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// dispose gets rid of every file that holds a removed event: write-ahead logs
// by writing what they stand for into tables, tables by merging them with those
// that say what was removed.
func (s *scavenge) dispose(ctx context.Context) error {
	if err := s.disposeLogs(ctx); err != nil {
		return err
	}
	if err := s.disposeTables(ctx); err != nil {
		return err
	}
	e := s.engine
	if failed := e.failed.Load(); failed != nil {
		return failed
	}
	if err := e.db.Delete(spansKey, pebble.NoSync); err != nil {
		return fmt.Errorf("engine: scavenge: %w", err)
	}
	return nil
}

// disposeLogs also gets rid of logs that Pebble keeps for reuse: each flush
// begins another log, in the place of one of those.
func (s *scavenge) disposeLogs(ctx context.Context) error {
	e := s.engine
	e.reuse.forbid()
	defer e.reuse.allow()
	logs, err := e.files(".log")
	if err != nil {
		return err
	}
	return e.await(ctx, logs, func() error {
		flushed, err := e.db.AsyncFlush()
		if err != nil {
			return fmt.Errorf("engine: flush: %w", err)
		}
		select {
		case <-flushed:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// disposeTables merges twice: while the first runs, the level that it merges
// into can change, and leave what is removed in another than what removes it.
// The second then finds both, or next to nothing to do.
func (s *scavenge) disposeTables(ctx context.Context) error {
	e := s.engine
	for range 2 {
		for _, have := range s.spans {
			if err := e.db.Compact(ctx, eventKey(have.first), afterEventKey(have.last), false); err != nil {
				return fmt.Errorf("engine: compact: %w", err)
			}
		}
	}
	tables, err := e.files(".sst")
	if err != nil {
		return err
	}
	// Pebble removes those that it no longer needs when nobody reads them.
	return e.await(ctx, tables, func() error {
		levels, err := e.db.SSTables()
		if err != nil {
			return fmt.Errorf("engine: list tables: %w", err)
		}
		for _, level := range levels {
			for _, table := range level {
				delete(tables, fmt.Sprintf("%06d.sst", uint64(table.BackingSSTNum)))
			}
		}
		return nil
	})
}

// awaitPause is the time between two looks at the directory when the first
// found nothing new.
const awaitPause = 5 * time.Millisecond

// await takes steps until there is none of the files left.
func (e *Engine) await(ctx context.Context, gone map[string]bool, step func() error) error {
	pause := time.NewTicker(awaitPause)
	defer pause.Stop()
	for {
		if err := step(); err != nil {
			return err
		}
		there, err := e.files("")
		if err != nil {
			return err
		}
		left := len(gone)
		maps.DeleteFunc(gone, func(name string, _ bool) bool { return !there[name] })
		if len(gone) == 0 {
			return nil
		}
		if len(gone) < left {
			continue
		}
		select {
		case <-pause.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// size adds up the store's files, in bytes.
func (e *Engine) size() (sum int64, err error) {
	names, err := e.files("")
	if err != nil {
		return 0, err
	}
	for name := range names {
		info, err := e.fs.Stat(e.fs.PathJoin(e.dir, name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return 0, fmt.Errorf("engine: size of %s: %w", name, err)
		case !info.IsDir():
			sum += info.Size()
		}
	}
	return sum, nil
}

// files returns the names in the store's directory that end so.
func (e *Engine) files(suffix string) (map[string]bool, error) {
	names, err := e.fs.List(e.dir)
	if err != nil {
		return nil, fmt.Errorf("engine: list files: %w", err)
	}
	found := make(map[string]bool)
	for _, name := range names {
		if strings.HasSuffix(name, suffix) {
			found[name] = true
		}
	}
	return found, nil
}
