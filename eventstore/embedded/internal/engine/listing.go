package engine

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// A store that was closed leaves a list of its files, so that whatever happens
// to one of them until it is opened again is seen, although only tables have
// checksums that cover every byte. The list is a storage format:
//
//	listingLabel, then a line per file: SHA-256 of the contents, hex, or "-"
//	for a table; size in bytes; name; and, as the last line, the SHA-256 of
//	all lines before
//
// The list is removed, durably, before anything else is written.
const (
	listingFile  = "CLOSED"
	listingLabel = "backlot store closed 1\n"
)

// isListed reports whether a file is one of Pebble's that a store consists of.
func isListed(name string) bool {
	return strings.HasSuffix(name, tableSuffix) || strings.HasSuffix(name, logSuffix) || strings.HasPrefix(name, manifestPrefix) ||
		strings.HasPrefix(name, optionsPrefix) || strings.HasPrefix(name, markerPrefix)
}

// writeListing lists the files of a store that has just been closed.
func writeListing(fs vfs.FS, dir string) error {
	// What Pebble has just removed must not come back beside the list.
	if err := syncDirectory(fs, dir); err != nil {
		return err
	}
	names, err := fs.List(dir)
	if err != nil {
		return err
	}
	slices.Sort(names)
	text := []byte(listingLabel)
	for _, name := range names {
		if !isListed(name) {
			continue
		}
		line, err := listed(fs, dir, name)
		if err != nil {
			return err
		}
		text = append(text, line...)
	}
	text = fmt.Appendf(text, "%x\n", sha256.Sum256(text))
	return writeFile(fs, dir, listingFile, text)
}

// listed returns the line of a file.
func listed(fs vfs.FS, dir, name string) (string, error) {
	path := fs.PathJoin(dir, name)
	if strings.HasSuffix(name, tableSuffix) {
		info, err := fs.Stat(path)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("- %d %s\n", info.Size(), name), nil
	}
	data, err := readFile(fs, path)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%x %d %s\n", sha256.Sum256(data), len(data), name), nil
}

// writeFile writes a file whole or not at all.
func writeFile(fs vfs.FS, dir, name string, data []byte) error {
	draft, path := fs.PathJoin(dir, name+".new"), fs.PathJoin(dir, name)
	file, err := fs.Create(draft, vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := fs.Rename(draft, path); err != nil {
		return err
	}
	return syncDirectory(fs, dir)
}

// inspectListing compares the files with the list that the store was closed
// with; without one, after a crash, there is nothing to compare.
func inspectListing(fs vfs.FS, dir string, names []string) ([]*DamagedFileError, error) {
	text, err := readFile(fs, fs.PathJoin(dir, listingFile))
	if isMissing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	lines, ok := parseListing(text)
	if !ok {
		return []*DamagedFileError{{listingFile, "it is not what was written when the store was closed"}}, nil
	}
	var damaged []*DamagedFileError
	known := map[string]bool{}
	for _, line := range lines {
		name := line[strings.LastIndexByte(line, ' ')+1:]
		known[name] = true
		if !slices.Contains(names, name) {
			damaged = append(damaged, &DamagedFileError{name, "it is not there any more"})
			continue
		}
		now, err := listed(fs, dir, name)
		if err != nil {
			return nil, err
		}
		if now != line+"\n" {
			damaged = append(damaged, &DamagedFileError{name, "it is not what it was when the store was closed"})
		}
	}
	for _, name := range names {
		if strings.HasPrefix(name, markerPrefix) && !known[name] {
			damaged = append(damaged, &DamagedFileError{name, "it was not there when the store was closed"})
		}
	}
	return damaged, nil
}

// parseListing returns the lines of a list that is as it was written.
func parseListing(text []byte) (lines []string, ok bool) {
	const sumLine = 2*sha256.Size + 1
	if len(text) < len(listingLabel)+sumLine || !bytes.HasPrefix(text, []byte(listingLabel)) {
		return nil, false
	}
	body, sum := text[:len(text)-sumLine], text[len(text)-sumLine:]
	if fmt.Sprintf("%x\n", sha256.Sum256(body)) != string(sum) {
		return nil, false
	}
	for line := range strings.Lines(string(body[len(listingLabel):])) {
		lines = append(lines, strings.TrimSuffix(line, "\n"))
	}
	return lines, true
}

// removeListing removes the list before the store changes.
func removeListing(fs vfs.FS, dir string) error {
	err := fs.Remove(fs.PathJoin(dir, listingFile))
	if isMissing(err) {
		return nil
	}
	return errors.Join(err, syncDirectory(fs, dir))
}
