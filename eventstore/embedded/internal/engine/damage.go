package engine

import (
	"errors"
	"fmt"
	"path"
	"regexp"

	"github.com/cockroachdb/pebble/v2"
)

// DamagedFileError is a file of the store that is not what was written to it.
type DamagedFileError struct {
	File   string // name in the store's directory
	Detail string
}

// Error implements error. Clients read the file's name out of it.
func (e *DamagedFileError) Error() string { return "damaged file " + e.File + ": " + e.Detail }

// readError says which file is damaged, if that is why a read failed.
func readError(err error) error {
	if d := damageIn(err); d != nil {
		return fmt.Errorf("engine: read: %w", d)
	}
	return fmt.Errorf("engine: read: %w", err)
}

// damageIn finds the damaged file in an error of Pebble's; nil for any other.
func damageIn(err error) *DamagedFileError {
	var known *DamagedFileError
	if errors.As(err, &known) {
		return known
	}
	if info := pebble.ExtractDataCorruptionInfo(err); info != nil {
		return &DamagedFileError{File: path.Base(info.Path), Detail: err.Error()}
	}
	text := fmt.Sprintf("%+v", err) // with what the message leaves out
	if m := replayedLog.FindStringSubmatch(text); m != nil && pebble.IsCorruptionError(err) {
		return &DamagedFileError{File: m[1] + logSuffix, Detail: err.Error()}
	}
	if file := storeFile.FindString(text); file != "" {
		return &DamagedFileError{File: file, Detail: err.Error()}
	}
	return nil
}

var (
	replayedLog = regexp.MustCompile(`replaying wal (\d+)`)
	storeFile   = regexp.MustCompile(`MANIFEST-\d{6,}|OPTIONS-\d{6,}|\d{6,}\.(sst|log)`)
)
