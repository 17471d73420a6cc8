package commands

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"backlot/domain"
	"backlot/domain/job"
)

// keptFor is how long a job waits for a process that holds its file.
const keptFor = 5 * time.Minute

const (
	arriving = "arriving-" // begins the names of files that are not of a job yet
	isCSV    = ".csv"
)

// keptFile is where the file of a job is.
func (m *Jobs) keptFile(id string, f *job.File) string {
	return filepath.Join(m.Incoming, id+"-"+f.SHA256[:min(16, len(f.SHA256))]+isCSV)
}

// keptElsewhere reports whether a job needs a file that another process holds,
// or held not long ago.
func (m *Jobs) keptElsewhere(j job.Job) bool {
	if j.Kind != job.Import || m.now().After(j.UpdatedAt.Add(keptFor)) {
		return false
	}
	_, err := os.Stat(m.keptFile(j.ID, j.File))
	return errors.Is(err, os.ErrNotExist)
}

// arrived is a file that came in whole, as CSV, in a place of its own.
type arrived struct {
	path   string
	size   int64  // bytes of the CSV
	sha256 string // of what was sent, hex
}

// takeIn stores a file, of size bytes unless that is negative. CodeInvalid for
// one that does not arrive whole, or that as a whole cannot be imported.
func (m *Jobs) takeIn(ctx context.Context, size int64, body io.Reader) (a arrived, err error) {
	file, err := os.CreateTemp(m.Incoming, arriving+"*")
	if err != nil {
		return a, fmt.Errorf("keeping the import file: %w", err)
	}
	defer func() {
		_ = file.Close()
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(file, hash), body)
	if err != nil || size >= 0 && n != size {
		return a, &domain.Error{Code: domain.CodeInvalid, Message: fmt.Sprintf("the file did not arrive whole: %d bytes of %d; send it again", n, size), Err: err}
	}
	sha := hex.EncodeToString(hash.Sum(nil))
	// A workbook is replaced with its sheet.
	if file, n, err = asCSV(ctx, file, n); err != nil {
		return a, err
	}
	if _, err = newRowReader(file); err != nil {
		return a, err
	}
	return arrived{file.Name(), n, sha}, file.Sync()
}

// keep gives a file that arrived to a job, so that a crash does not take it.
func (m *Jobs) keep(a arrived, to string) error {
	if err := os.Rename(a.path, to); err != nil {
		return fmt.Errorf("keeping the import file: %w", err)
	}
	dir, err := os.Open(m.Incoming)
	if err != nil {
		return err
	}
	defer func() { _ = dir.Close() }()
	return dir.Sync()
}

// discard removes the file of a job that has ended.
func (r *run) discard(s job.State) {
	if s.Kind != job.Import {
		return
	}
	if err := os.Remove(r.keptFile(r.id, s.File)); err != nil && !errors.Is(err, os.ErrNotExist) {
		r.logger.Warn("an imported file cannot be removed", slog.String("job", r.id), slog.Any("error", err))
	}
}

// incomingFiles lists the files that an earlier process left.
func (m *Jobs) incomingFiles() []string {
	entries, err := os.ReadDir(m.Incoming)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() && (strings.HasPrefix(e.Name(), arriving) || strings.HasSuffix(e.Name(), isCSV)) {
			names = append(names, e.Name())
		}
	}
	return names
}

// removeUnneeded removes those of an earlier process's files that no running
// job needs.
func (m *Jobs) removeUnneeded(names []string) {
	if len(names) == 0 {
		return
	}
	needed := map[string]bool{}
	for _, j := range m.Directory.Running() {
		if j.Kind == job.Import {
			needed[filepath.Base(m.keptFile(j.ID, j.File))] = true
		}
	}
	for _, name := range names {
		if !needed[name] {
			_ = os.Remove(filepath.Join(m.Incoming, name))
		}
	}
}
