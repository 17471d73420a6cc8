package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"backlot/eventstore/embedded"
	"backlot/readapi"
)

type scavengeCommand struct {
	Server string `help:"Where the server is." default:"http://127.0.0.1:8080"`
	Token  string `help:"An operator's API token."`
	Data   string `help:"Data folder of a stopped server, in place of --server and --token." type:"path"`
}

// Run removes what was deleted or truncated from the files of an embedded event
// store, and says how much that was.
func (c *scavengeCommand) Run(ctx context.Context) error {
	var report readapi.Scavenged
	var err error
	switch {
	case c.Data != "":
		report, err = c.stopped(ctx)
	case c.Token == "":
		return errors.New("scavenge needs an operator's --token for a running server, or the --data folder of a stopped one")
	default:
		report, err = c.running(ctx)
	}
	if err != nil {
		return err
	}
	fmt.Printf("events removed: %d; the event store took %d bytes and takes %d now\n", report.Events, report.BytesBefore, report.BytesAfter)
	return nil
}

func (c *scavengeCommand) running(ctx context.Context) (report readapi.Scavenged, err error) {
	server := client{Server: c.Server, Token: c.Token}
	return report, server.command(ctx, http.MethodPost, "/scavenge", nil, &report)
}

func (c *scavengeCommand) stopped(ctx context.Context) (readapi.Scavenged, error) {
	dir, err := storeIn(c.Data)
	if err != nil {
		return readapi.Scavenged{}, err
	}
	report, err := embedded.Scavenge(ctx, embedded.Options{Dir: dir})
	if errors.Is(err, embedded.ErrInUse) {
		err = fmt.Errorf("the event store in %s is in use: stop its server, or ask that with --token: %w", dir, err)
	}
	return readapi.Scavenged(report), err
}
