package bench

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"backlot/internal/postgres"
)

// postgresSettings give PostgreSQL the memory for everything and let it use
// both processors sooner. Compiling queries took longer than it saved.
var postgresSettings = []string{
	"shared_buffers=2GB", "work_mem=128MB", "maintenance_work_mem=512MB", "effective_cache_size=8GB", "random_page_cost=1.1",
	"max_parallel_workers_per_gather=2", "max_parallel_workers=4", "parallel_setup_cost=500", "parallel_tuple_cost=0.01",
	"jit=off", "max_wal_size=8GB", "wal_level=minimal", "max_wal_senders=0", "autovacuum=off",
}

// Indexes that a portal like this one would have. A partner's requests are what
// most people look at: their index covers every column that counts and filters
// look at, so that the rows need not be fetched.
var postgresIndexes = []string{
	"alter table requests add primary key (request_id)",
	"alter table titles add primary key (id)",
	"create index on requests (fulfillment_partner, due_date) include (status, movie_type, is_original, source_type, service_type, language, is_open, usable, critical_at, at_risk_at, overdue_at)",
	"create index on requests (due_date, request_id)",
	"create index on requests (language)",
	"create index on requests (content_partner, due_date)",
	"create index on requests (title_id)",
	"create index on titles using gin (folded gin_trgm_ops)",
	"create index on title_words (word_id)",
	"create index on words using gin (word gin_trgm_ops)",
	"vacuum (analyze, freeze)",
	"checkpoint",
}

// postgresSystem is PostgreSQL over its unix socket, with prepared statements.
type postgresSystem struct {
	server *postgres.Server
	conn   *pgx.Conn
}

func (*postgresSystem) name() string { return postgresName }

func startPostgres(ctx context.Context, dir string, n int) (_ *postgresSystem, err error) {
	server, err := postgres.Start(ctx, dir, postgresSettings...)
	if err != nil {
		return nil, err
	}
	s := &postgresSystem{server: server}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.conn, err = server.Connect(ctx, "postgres", nil); err != nil {
		return nil, err
	}
	setUp := "create extension pg_trgm; create extension fuzzystrmatch;" + createEnumerations() + createTables
	if _, err := s.conn.PgConn().Exec(ctx, setUp).ReadAll(); err != nil {
		return nil, err
	}
	if err := s.load(ctx, n); err != nil {
		return nil, err
	}
	for _, statement := range postgresIndexes {
		if _, err := s.conn.Exec(ctx, statement); err != nil {
			return nil, fmt.Errorf("%s: %w", statement, err)
		}
	}
	return s, nil
}

// load copies the tables, each over a connection of its own.
func (s *postgresSystem) load(ctx context.Context, n int) (err error) {
	type copying struct {
		rows *csv.Writer
		pipe *io.PipeWriter
		done chan error
	}
	copies := map[string]*copying{}
	finish := func() (err error) {
		for _, c := range copies {
			c.rows.Flush()
			err = errors.Join(err, c.rows.Error(), c.pipe.Close(), <-c.done)
		}
		clear(copies)
		return err
	}
	defer func() { err = errors.Join(err, finish()) }()
	list := func(values []string) string { return `{"` + strings.Join(values, `","`) + `"}` }
	return tables(ctx, n, list, func(table string, row []string) error {
		c := copies[table]
		if c == nil {
			conn, err := s.server.Connect(ctx, "postgres", nil)
			if err != nil {
				return err
			}
			r, w := io.Pipe()
			c = &copying{rows: csv.NewWriter(w), pipe: w, done: make(chan error, 1)}
			copies[table] = c
			go func() {
				_, err := conn.PgConn().CopyFrom(ctx, r, "copy "+table+" from stdin (format csv)")
				_ = r.CloseWithError(err)
				c.done <- errors.Join(err, conn.Close(ctx))
			}()
		}
		return c.rows.Write(row)
	})
}

func (s *postgresSystem) close() {
	if s.conn != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = s.conn.Close(ctx) // its work is done
	}
	s.server.Close()
}

func (s *postgresSystem) prepare(_ context.Context, q question) (asker, error) {
	return &postgresAsker{conn: s.conn, q: q, statements: q.statements(func(word, of string) string {
		return "levenshtein_less_equal(" + word + ", " + of + ", 2) <= 2"
	})}, nil
}

type postgresAsker struct {
	conn       *pgx.Conn
	q          question
	statements []string
}

// arguments: a statement without $1 takes none.
func arguments(statement string, now time.Time) []any {
	if strings.Contains(statement, "$1") {
		return []any{now.UnixMilli()}
	}
	return nil
}

// ask reads the rows' bytes and decodes none of them.
func (a *postgresAsker) ask(ctx context.Context, now time.Time) (time.Duration, error) {
	begun := time.Now()
	for _, statement := range a.statements {
		rows, err := a.conn.Query(ctx, statement, arguments(statement, now)...)
		if err != nil {
			return 0, err
		}
		for rows.Next() {
			_ = rows.RawValues()
		}
		if err := rows.Err(); err != nil {
			return 0, err
		}
	}
	return time.Since(begun), nil
}

func (a *postgresAsker) answer(ctx context.Context, now time.Time) (*answer, error) {
	var results [][][]string
	for _, statement := range a.statements {
		args := arguments(statement, now)
		rows, err := a.conn.Query(ctx, statement, append([]any{pgx.QueryResultFormats{pgx.TextFormatCode}}, args...)...)
		if err != nil {
			return nil, err
		}
		var result [][]string
		for rows.Next() {
			var r []string
			for _, v := range rows.RawValues() {
				r = append(r, string(bytes.Clone(v)))
			}
			result = append(result, r)
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
		results = append(results, result)
	}
	return a.q.answerOf(results)
}
