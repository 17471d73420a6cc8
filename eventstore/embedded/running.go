package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"backlot/eventstore/embedded/internal/engine"
)

// ErrInUse answers who opens a store that is open already, in this process or
// another.
var ErrInUse = engine.ErrLocked

// socketFile holds the path of the socket of the process that has a store open.
// Only its user can reach either.
const socketFile = "SOCKET"

func writeSocketFile(dir, socket string) error {
	// Whole or not at all: somebody may be reading it.
	name := filepath.Join(dir, socketFile)
	if err := os.WriteFile(name+".new", []byte(socket+"\n"), 0o600); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}

// Running is for clients in other processes of the same user and machine: it
// says how to reach the server that has the store in dir open. The error wraps
// fs.ErrNotExist when there is no such server.
func Running(dir string) (*esdb.Configuration, error) {
	b, err := os.ReadFile(filepath.Join(dir, socketFile))
	if err != nil {
		return nil, fmt.Errorf("embedded: %w", err)
	}
	socket := strings.TrimSpace(string(b))
	if _, err := os.Stat(socket); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("embedded: the server that had %s open is gone: %w", dir, err)
		}
		return nil, fmt.Errorf("embedded: %w", err)
	}
	return socketConfiguration(socket), nil
}
