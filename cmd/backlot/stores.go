package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"backlot/blobs"
	"backlot/eventstore"
	"backlot/eventstore/embedded"
)

// openEventStore connects to the EventStoreDB that the flags name, or opens
// the embedded one in the data folder.
func (s *server) openEventStore(ctx context.Context, c *serveCommand) error {
	var client *esdb.Configuration
	var local eventstore.Local
	var err error
	if c.Eventstore != "" {
		if c.EventstoreListen != "" {
			return fmt.Errorf("--eventstore-listen opens the embedded event store; it does not go with --eventstore")
		}
		if client, err = eventstore.ParseAddress(c.Eventstore); err != nil {
			return err
		}
	} else {
		store, err := embedded.Open(ctx, embedded.Options{
			Dir: filepath.Join(c.Data, "eventstore"), Listen: c.EventstoreListen, ForceListen: c.EventstoreForceListen, Logger: s.logger,
			ScavengeEvery: c.ScavengeEvery,
		})
		if err != nil {
			return err
		}
		s.closers = append(s.closers, store)
		if store.Addr() != "" {
			s.logger.Warn("the embedded event store listens without a password: who reaches it goes round the portal's scope", slog.String("address", store.Addr()))
		}
		client, local = store.ClientConfiguration(), store
		s.scavenger = &scavenger{store}
	}
	if s.store, err = eventstore.Connect(eventstore.Config{Client: client, Local: local, Logger: s.logger}); err != nil {
		return err
	}
	s.closers = append(s.closers, s.store)
	return nil
}

// storeIn returns the folder of the embedded event store in a data folder, which
// has to be there: a misspelt one would be made and look empty.
func storeIn(data string) (string, error) {
	dir := filepath.Join(data, "eventstore")
	if entries, err := os.ReadDir(dir); err != nil || len(entries) == 0 {
		return "", fmt.Errorf("there is no event store in %s", dir)
	}
	return dir, nil
}

// openRedis connects to the Redis that the flags name, or starts one in this
// process, which is filled from the event store.
func (s *server) openRedis(c *serveCommand) error {
	if c.Redis == "" {
		return s.startRedis()
	}
	options, err := redis.ParseURL(c.Redis)
	if err != nil {
		return fmt.Errorf("--redis: %w; for example redis://127.0.0.1:6379", err)
	}
	redis.SetLogger(redisLog{s.logger})
	s.redis = redis.NewClient(options)
	s.closers = append(s.closers, s.redis)
	return nil
}

func (s *server) startRedis() error {
	m := miniredis.NewMiniRedis()
	// Only this process may read it: it knows no scope.
	password := rand.Text()
	m.RequireAuth(password)
	if err := m.Start(); err != nil {
		return fmt.Errorf("the embedded Redis: %w", err)
	}
	s.closers = append(s.closers, closerFunc(m.Close))
	s.redis = redis.NewClient(&redis.Options{Addr: m.Addr(), Password: password})
	s.closers = append(s.closers, s.redis)
	return nil
}

type closerFunc func()

func (f closerFunc) Close() error { f(); return nil }

// redisLog passes on what the Redis client has to say of its connections; what
// matters of that, the projector and the index say as well.
type redisLog struct{ logger *slog.Logger }

// Printf implements the client library's logger.
func (l redisLog) Printf(_ context.Context, format string, v ...any) {
	l.logger.Debug("redis client", "says", fmt.Sprintf(format, v...))
}

// openFiles opens the store of files that the flags name, or the folder of the
// data folder.
func (s *server) openFiles(ctx context.Context, c *serveCommand) (err error) {
	if c.Blobs == "" {
		s.files, err = blobs.OpenFolder(filepath.Join(c.Data, "files"))
	} else {
		s.files, err = blobs.Open(ctx, c.Blobs)
	}
	if err != nil {
		return err
	}
	s.closers = append(s.closers, s.files)
	return nil
}
