package eventstore

import (
	"fmt"
	"strings"
)

// damagedFile is how the embedded event store begins to say which of its files
// is damaged; the file's name and a colon follow.
const damagedFile = "damaged file "

// DamagedFileError is a file of the embedded event store that is not what was
// written to it.
type DamagedFileError struct {
	File   string // name in the store's folder
	Detail string
}

// Error implements error.
func (e *DamagedFileError) Error() string {
	return fmt.Sprintf("%s%s: %s", damagedFile, e.File, e.Detail)
}

// damaged reads what a server says of a damaged file.
func damaged(message string) (*DamagedFileError, bool) {
	_, rest, found := strings.Cut(message, damagedFile)
	file, detail, ok := strings.Cut(rest, ": ")
	return &DamagedFileError{File: file, Detail: detail}, found && ok
}
