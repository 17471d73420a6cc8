package transfer

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"backlot/domain"
	"backlot/eventstore"
	"backlot/eventstore/embedded"
)

// storeFolder is where a server's data folder has the embedded store.
const storeFolder = "eventstore"

// OpenSource opens the event store at a place: esdb://…, or a server's data
// folder, whose embedded store is read through the server if that is running.
func OpenSource(ctx context.Context, place string) (Source, error) {
	if isAddress(place) {
		config, err := eventstore.ParseAddress(place)
		if err != nil {
			return nil, err
		}
		return connect(config, nil)
	}
	return openStore(ctx, filepath.Join(place, storeFolder))
}

// openStore reads the embedded store in a directory.
func openStore(ctx context.Context, dir string) (Source, error) {
	if entries, err := os.ReadDir(dir); err != nil || len(entries) == 0 {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: "there is no event store in " + dir, Err: err}
	}
	server, err := embedded.Open(ctx, embedded.Options{Dir: dir})
	if errors.Is(err, embedded.ErrInUse) {
		config, err := embedded.Running(dir)
		if err != nil {
			return nil, unavailable("the event store in "+dir+" is in use, and its server cannot be reached", err)
		}
		return connect(config, nil)
	}
	if err != nil {
		return nil, unavailable("the event store in "+dir+" cannot be opened", err)
	}
	return connect(server.ClientConfiguration(), server)
}

func connect(config *esdb.Configuration, closer io.Closer) (Source, error) {
	client, err := esdb.NewClient(config)
	if err != nil {
		if closer != nil {
			err = errors.Join(err, closer.Close())
		}
		return nil, unavailable("the event store cannot be reached", err)
	}
	return &clientSource{client, closer}, nil
}

// OpenTarget opens the event store at a place to write into: esdb://…, or a
// data folder whose server is not running.
func OpenTarget(ctx context.Context, place string) (Target, error) {
	if isAddress(place) {
		config, err := eventstore.ParseAddress(place)
		if err != nil {
			return nil, err
		}
		return openClientTarget(ctx, config)
	}
	return openStoreTarget(filepath.Join(place, storeFolder))
}

func isAddress(place string) bool {
	return strings.HasPrefix(place, "esdb://") || strings.HasPrefix(place, "esdb+discover://")
}
