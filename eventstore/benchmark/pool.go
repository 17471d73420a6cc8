package main

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"backlot/internal/postgres"
)

// pool is a fixed number of connections that writers take turns with.
type pool struct {
	free  chan *pgx.Conn
	write func(ctx context.Context, c *pgx.Conn, stream string, expected int64, events []event) error
}

// newPool opens a number of connections.
func newPool(ctx context.Context, p *postgres.Server, database string, connections int, write func(ctx context.Context, c *pgx.Conn, stream string, expected int64, events []event) error) (*pool, error) {
	out := &pool{make(chan *pgx.Conn, connections), write}
	for range connections {
		c, err := p.Connect(ctx, database, searchPath)
		if err != nil {
			out.close()
			return nil, err
		}
		out.free <- c
	}
	return out, nil
}

func (p *pool) append(ctx context.Context, stream string, expected int64, events []event) error {
	select {
	case c := <-p.free:
		defer func() { p.free <- c }()
		return p.write(ctx, c, stream, expected, events)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close must not be called while a writer appends.
func (p *pool) close() {
	close(p.free)
	for c := range p.free {
		closeConn(c)
	}
}

// closeConn is for connections whose work is done: an error says nothing more.
func closeConn(c *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_ = c.Close(ctx)
}
