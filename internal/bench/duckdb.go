package bench

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// duckdbSystem is DuckDB in a Node.js process, which takes the times around the
// query itself.
type duckdbSystem struct {
	*process
	in      io.WriteCloser
	out     *bufio.Reader
	version string
}

func (*duckdbSystem) name() string { return duckdbName }

// startDuckDB runs duckdb.mjs in its folder, where `npm ci` put DuckDB.
func startDuckDB(ctx context.Context, folder, dir string, n int) (_ *duckdbSystem, err error) {
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "@duckdb", "node-api")); err != nil {
		return nil, fmt.Errorf("no DuckDB; run `npm ci` in internal/bench/duckdb: %w", err)
	}
	cmd := exec.Command("node", "--max-old-space-size=4096", "duckdb.mjs", strconv.Itoa(runtime.GOMAXPROCS(0)))
	cmd.Dir = folder
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	r, w := io.Pipe()
	s := &duckdbSystem{in: in, out: bufio.NewReaderSize(r, 1<<20)}
	if s.process, err = start(cmd, "DuckDB in Node.js", func(out io.Reader) {
		_, err := io.Copy(w, out)
		_ = w.CloseWithError(errors.Join(err, io.EOF))
	}); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	a, err := s.do(map[string]any{"op": "version"})
	if err != nil {
		return nil, err
	}
	s.version = a.Version
	return s, s.load(ctx, dir, n)
}

// load writes the tables as CSV, which DuckDB reads.
func (s *duckdbSystem) load(ctx context.Context, dir string, n int) (err error) {
	dir = filepath.Join(dir, "duckdb")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	files, writers := map[string]*os.File{}, map[string]*csv.Writer{}
	list := func(values []string) string { return "[" + strings.Join(values, ", ") + "]" }
	err = tables(ctx, n, list, func(table string, row []string) error {
		if writers[table] == nil {
			f, err := os.Create(filepath.Join(dir, table+".csv"))
			if err != nil {
				return err
			}
			files[table], writers[table] = f, csv.NewWriter(f)
		}
		return writers[table].Write(row)
	})
	for table, w := range writers {
		w.Flush()
		err = errors.Join(err, w.Error(), files[table].Close())
	}
	if err != nil {
		return err
	}
	if _, err := s.do(map[string]any{"op": "run", "sql": createEnumerations() + createTables}); err != nil {
		return err
	}
	for table := range files {
		statement := fmt.Sprintf("copy %s from %s (format csv, header false)", table, literal(filepath.Join(dir, table+".csv")))
		if _, err := s.do(map[string]any{"op": "run", "sql": statement}); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	_, err = s.do(map[string]any{"op": "run", "sql": "analyze"})
	return err
}

type duckdbAnswer struct {
	Error       string       `json:"error"`
	Version     string       `json:"version"`
	Nanoseconds int64        `json:"nanoseconds"`
	Results     [][][]string `json:"results"`
}

func (s *duckdbSystem) do(request map[string]any) (a duckdbAnswer, err error) {
	b, err := json.Marshal(request)
	if err != nil {
		return a, err
	}
	if _, err := s.in.Write(append(b, '\n')); err != nil {
		return a, fmt.Errorf("DuckDB: %w\n%s", err, s.said)
	}
	line, err := s.out.ReadBytes('\n')
	if err != nil {
		return a, fmt.Errorf("DuckDB: %w\n%s", err, s.said)
	}
	if err := json.Unmarshal(line, &a); err != nil {
		return a, err
	}
	if a.Error != "" {
		return a, fmt.Errorf("DuckDB: %s", a.Error)
	}
	return a, nil
}

func (s *duckdbSystem) close() error {
	_ = s.in.Close() // then it ends by itself
	return s.stop()
}

func (s *duckdbSystem) prepare(_ context.Context, q question) (asker, error) {
	statements := q.statements(func(word, of string) string { return "levenshtein(" + word + ", " + of + ") <= 2" })
	_, err := s.do(map[string]any{"op": "prepare", "name": q.name, "statements": statements})
	return &duckdbAsker{s, q}, err
}

type duckdbAsker struct {
	system *duckdbSystem
	q      question
}

func (a *duckdbAsker) ask(_ context.Context, now time.Time) (time.Duration, error) {
	got, err := a.system.do(map[string]any{"op": "ask", "name": a.q.name, "now": strconv.FormatInt(now.UnixMilli(), 10)})
	return time.Duration(got.Nanoseconds), err
}

func (a *duckdbAsker) answer(_ context.Context, now time.Time) (*answer, error) {
	got, err := a.system.do(map[string]any{"op": "answer", "name": a.q.name, "now": strconv.FormatInt(now.UnixMilli(), 10)})
	if err != nil {
		return nil, err
	}
	return a.q.answerOf(got.Results)
}
