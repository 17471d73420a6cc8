package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"backlot/internal/postgres"
)

// plainTable is the least that PostgreSQL can do for event sourcing: a table
// whose unique index refuses a second writer. It keeps the bytes as they are
// and promises nobody an order in which new events become visible, so a
// subscriber could not follow it; it bounds what Message DB could reach.
type plainTable struct{ server *postgres.Server }

const plainDatabase = "plain"

const plainSchema = `create table events (
	global_position bigserial primary key,
	stream_name     text not null,
	position        bigint not null,
	time            timestamp not null default (now() at time zone 'utc'),
	type            text not null,
	data            bytea not null,
	metadata        bytea not null,
	id              uuid not null,
	unique (stream_name, position)
)`

func createPlainTable(ctx context.Context, p *postgres.Server) (*plainTable, error) {
	err := p.Exec(ctx, "postgres", "create database "+plainDatabase)
	if err == nil {
		err = p.Exec(ctx, plainDatabase, plainSchema)
	}
	return &plainTable{p}, err
}

func (s *plainTable) connect(ctx context.Context, connections int) (appender, error) {
	return newPool(ctx, s.server, plainDatabase, connections, insertEvents)
}

const (
	// A position is taken only when the one before it is, so that a stream
	// has no gaps.
	insertOne = `insert into events (stream_name, position, type, data, metadata, id)
		select $1::text, $2::bigint, $3, $4, $5, $6
		where $2 = 0 or exists (select from events where stream_name = $1 and position = $2 - 1)`
	insertMany = `insert into events (stream_name, position, type, data, metadata, id)
		select $1::text, $2::bigint + e.n - 1, e.type, e.data, e.metadata, e.id
		from unnest($3::text[], $4::bytea[], $5::bytea[], $6::uuid[]) with ordinality as e (type, data, metadata, id, n)
		where $2 = 0 or exists (select from events where stream_name = $1 and position = $2 - 1)`
)

// insertEvents is one statement, however many events.
func insertEvents(ctx context.Context, c *pgx.Conn, stream string, expected int64, events []event) error {
	query, args := insertOne, []any{stream, expected + 1}
	if len(events) == 1 {
		e := events[0]
		args = append(args, e.kind, e.data, e.metadata, [16]byte(e.id))
	} else {
		query = insertMany
		kinds, data, metadata, ids := make([]string, len(events)), make([][]byte, len(events)), make([][]byte, len(events)), make([][16]byte, len(events))
		for i, e := range events {
			kinds[i], data[i], metadata[i], ids[i] = e.kind, e.data, e.metadata, e.id
		}
		args = append(args, kinds, data, metadata, ids)
	}
	tag, err := c.Exec(ctx, query, args...)
	if err != nil {
		return err
	}
	if tag.RowsAffected() != int64(len(events)) {
		return errors.New("the stream is not at the expected revision")
	}
	return nil
}

func (s *plainTable) readAll(ctx context.Context) (int, error) {
	return readRows(ctx, s.server, plainDatabase,
		"select global_position, position, time, stream_name, type, data, metadata, id from events order by global_position")
}

// settle gives the planner its statistics and the rows their hint bits, which
// the first readers would otherwise pay for.
func settle(ctx context.Context, p *postgres.Server) error {
	for _, database := range []string{messageDatabase, plainDatabase} {
		if err := p.Exec(ctx, database, "vacuum analyze"); err != nil {
			return fmt.Errorf("vacuum: %w", err)
		}
	}
	return p.Exec(ctx, "postgres", "checkpoint")
}
