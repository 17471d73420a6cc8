package main

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// pool is a fixed number of connections that writers take turns with.
type pool struct {
	free  chan *pgx.Conn
	write func(ctx context.Context, c *pgx.Conn, stream string, expected int64, events []event) error
}

// newPool opens as many connections as there are writers, but not more than
// the server was found to be fastest with.
func newPool(ctx context.Context, p *postgres, database string, writers int, write func(ctx context.Context, c *pgx.Conn, stream string, expected int64, events []event) error) (*pool, error) {
	size := min(writers, p.connections)
	out := &pool{make(chan *pgx.Conn, size), write}
	for range size {
		c, err := p.connect(ctx, database)
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
