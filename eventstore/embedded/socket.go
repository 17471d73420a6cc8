package embedded

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
)

// maxSocketPath is below what any system takes in a socket address (104 bytes
// on BSD).
const maxSocketPath = 100

// listenUnix listens in a fresh directory that only this user can enter, and
// returns that directory.
func listenUnix() (net.Listener, string, error) {
	var refused error
	for _, parent := range []string{os.TempDir(), "/tmp"} {
		dir, err := os.MkdirTemp(parent, "backlot-") // mode 0700
		if err != nil {
			refused = errors.Join(refused, err)
			continue
		}
		path := filepath.Join(dir, "es")
		if len(path) > maxSocketPath {
			refused = errors.Join(refused, fmt.Errorf("path too long for a socket: %s", path), os.Remove(dir))
			continue
		}
		l, err := net.Listen("unix", path)
		if err != nil {
			refused = errors.Join(refused, err, os.Remove(dir))
			continue
		}
		return l, dir, nil
	}
	return nil, "", fmt.Errorf("embedded: listen on a unix socket: %w", refused)
}
