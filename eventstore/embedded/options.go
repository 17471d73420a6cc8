package embedded

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"backlot/eventstore/embedded/internal/engine"
)

// defaultMaxAppendSize is EventStoreDB's.
const defaultMaxAppendSize = 1 << 20

// Options say where the store lives and who may reach it.
type Options struct {
	// Dir is the data directory; it is created when missing. Required unless
	// FS is given, which has a default one.
	Dir string
	// FS is the file system that Dir is in; the operating system's by default.
	FS vfs.FS
	// Listen is an additional TCP address, host:port; empty for none. Port 0
	// picks a free one. There is no authentication on it, so the host must be
	// a loopback one unless ForceListen is set.
	Listen      string
	ForceListen bool
	// Logger is silent by default.
	Logger *slog.Logger
	// Now is the clock that stamps events and ages them; time.Now by default.
	Now func() time.Time
	// MaxAppendSize limits one append, in bytes; EventStoreDB's 1 MiB by
	// default.
	MaxAppendSize int
	// ScavengeEvery is the time between two scavenges in the background, the
	// first of which follows the opening; 0 for none but those that are asked
	// for.
	ScavengeEvery time.Duration
	// ReadOnly serves a store that is there without changing a byte of it:
	// what would is refused.
	ReadOnly bool

	// For tests, which need small bounds.
	engine engine.Options
}

func (o *Options) setDefaults() {
	if o.Dir == "" && o.FS != nil {
		o.Dir = "eventstore"
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MaxAppendSize == 0 {
		o.MaxAppendSize = defaultMaxAppendSize
	}
}

func (o *Options) validate() error {
	if o.Dir == "" {
		return errors.New("embedded: Dir is required")
	}
	if o.MaxAppendSize < 0 {
		return errors.New("embedded: MaxAppendSize is negative")
	}
	if o.ScavengeEvery < 0 {
		return errors.New("embedded: ScavengeEvery is negative")
	}
	if o.ReadOnly && o.ScavengeEvery > 0 {
		return errors.New("embedded: a store that is open for reading only is not scavenged")
	}
	if o.Listen == "" {
		return nil
	}
	host, _, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return fmt.Errorf("embedded: Listen: %w", err)
	}
	if !o.ForceListen && !isLoopback(host) {
		return fmt.Errorf("embedded: Listen %q is not a loopback address, and the store asks nobody for a password; force it if that is meant", o.Listen)
	}
	return nil
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func (o *Options) engineOptions() engine.Options {
	e := o.engine
	e.Dir, e.FS, e.Logger, e.Now, e.ReadOnly = o.Dir, o.FS, o.Logger, o.Now, o.ReadOnly
	return e
}
