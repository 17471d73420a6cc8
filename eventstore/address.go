package eventstore

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/url"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"backlot/domain"
)

// ParseAddress reads a connection string: esdb://host:port, several hosts
// separated by commas, or esdb+discover://. The error is CodeInvalid and never
// repeats the string, which may hold a password.
func ParseAddress(uri string) (*esdb.Configuration, error) {
	c, err := esdb.ParseConnectionString(uri)
	if err == nil {
		err = c.Validate()
	}
	if err != nil {
		var parse *url.Error
		if errors.As(err, &parse) {
			err = parse.Err
		}
		return nil, &domain.Error{
			Code:    domain.CodeInvalid,
			Field:   "eventstore",
			Message: fmt.Sprintf("this is not the address of an event store: %v; write for example esdb://127.0.0.1:2113?tls=false", err),
			Err:     err,
		}
	}
	harden(c, slog.New(slog.DiscardHandler))
	return c, nil
}

// harden fills what a configuration made by hand lacks, and keeps the client
// from closing itself: after its discovery attempts are used up it refuses
// every call, and goroutines that it caught in the middle hang for good.
func harden(c *esdb.Configuration, log *slog.Logger) {
	c.MaxDiscoverAttempts = math.MaxInt32
	if c.DiscoveryInterval <= 0 {
		c.DiscoveryInterval = 100
	}
	if c.GossipTimeout <= 0 {
		c.GossipTimeout = 5
	}
	if c.KeepAliveInterval == 0 {
		c.KeepAliveInterval = 10 * time.Second
	}
	if c.KeepAliveTimeout == 0 {
		c.KeepAliveTimeout = 10 * time.Second
	}
	if c.NodePreference == "" {
		c.NodePreference = esdb.NodePreferenceLeader
	}
	// The client reports every refused append and every cancelled read as an
	// error; what matters of that is returned as one.
	c.Logger = func(_ esdb.LogLevel, format string, args ...any) {
		log.Debug("event store client: " + fmt.Sprintf(format, args...))
	}
}
