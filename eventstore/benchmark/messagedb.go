package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"backlot/internal/postgres"
)

// messageDB is Message DB as its own script installs it.
type messageDB struct{ server *postgres.Server }

const messageDatabase = "message_store"

// searchPath finds the functions of Message DB.
var searchPath = map[string]string{"search_path": "message_store,public"}

// installMessageDB runs the script of the npm package in the given folder.
func installMessageDB(ctx context.Context, p *postgres.Server, folder string) (*messageDB, error) {
	script, err := filepath.Abs(filepath.Join(folder, "database", "install.sh"))
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(script); err != nil {
		return nil, fmt.Errorf("no Message DB; run `npm ci` in eventstore/benchmark: %w", err)
	}
	install := exec.CommandContext(ctx, "bash", script)
	install.Env = append(os.Environ(), "PATH="+p.Programs()+string(os.PathListSeparator)+os.Getenv("PATH"),
		"PGHOST="+p.Dir(), "PGUSER="+postgres.User, "DATABASE_NAME="+messageDatabase)
	if out, err := install.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("install Message DB: %w\n%s", err, out)
	}
	return &messageDB{p}, nil
}

func (s *messageDB) version(ctx context.Context) (string, error) {
	conn, err := s.server.Connect(ctx, messageDatabase, searchPath)
	if err != nil {
		return "", err
	}
	var v string
	err = conn.QueryRow(ctx, "select message_store_version()").Scan(&v)
	return strings.TrimSpace(v), errors.Join(err, conn.Close(ctx))
}

func (s *messageDB) connect(ctx context.Context, connections int) (appender, error) {
	return newPool(ctx, s.server, messageDatabase, connections, writeMessages)
}

const writeMessage = "select write_message($1, $2, $3, $4, $5, $6)"

// writeMessages calls write_message once for each event, as Message DB wants it; the
// calls of several events are one pipelined transaction, not one round trip
// each.
func writeMessages(ctx context.Context, c *pgx.Conn, stream string, expected int64, events []event) error {
	position := int64(0)
	if len(events) == 1 {
		e := events[0]
		if err := c.QueryRow(ctx, writeMessage, e.id.String(), stream, e.kind, e.data, e.metadata, expected).Scan(&position); err != nil {
			return err
		}
	} else {
		// The driver sends a batch as one implicit transaction.
		b := &pgx.Batch{}
		for i, e := range events {
			b.Queue(writeMessage, e.id.String(), stream, e.kind, e.data, e.metadata, expected+int64(i)).
				QueryRow(func(row pgx.Row) error { return row.Scan(&position) })
		}
		if err := c.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
	}
	if want := expected + int64(len(events)); position != want {
		return fmt.Errorf("%s is at %d after an append, not at %d", stream, position, want)
	}
	return nil
}

func (s *messageDB) readAll(ctx context.Context) (int, error) {
	return readRows(ctx, s.server, messageDatabase,
		"select global_position, position, time, stream_name, type, data, metadata, id from messages order by global_position")
}

// row is a recorded event as PostgreSQL has it.
type row struct {
	global, position int64
	time             time.Time
	stream, kind     string
	data, metadata   []byte
	id               [16]byte
}

// readRows makes a value of its own of every row, as the event store's client
// does of every event.
func readRows(ctx context.Context, p *postgres.Server, database, query string) (n int, err error) {
	conn, err := p.Connect(ctx, database, searchPath)
	if err != nil {
		return 0, err
	}
	defer closeConn(conn)
	rows, err := conn.Query(ctx, query)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		r := new(row)
		if err := rows.Scan(&r.global, &r.position, &r.time, &r.stream, &r.kind, &r.data, &r.metadata, &r.id); err != nil {
			return n, err
		}
		if err := complete(r.kind, r.data, r.metadata); err != nil {
			return n, err
		}
		n++
	}
	return n, rows.Err()
}
