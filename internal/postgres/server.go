package postgres

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// durable are Debian's defaults, but for connections: whoever listens is on the
// socket, and nothing is acknowledged before it is on disk.
var durable = []string{"fsync=on", "synchronous_commit=on", "full_page_writes=on", "max_connections=200", "listen_addresses="}

const (
	patience = 30 * time.Second // to start and to end

	// User is the superuser, who needs no password on the socket.
	User = "postgres"
)

// Server is a PostgreSQL that nobody else reaches.
type Server struct {
	programs string // folder of initdb, postgres and psql
	dir      string // of the socket
	exited   chan struct{}
	stop     context.CancelFunc
}

// Start makes a database cluster in a new directory below dir and serves it on
// a unix socket there. Settings are "name=value", beside durable ones. Whoever
// the server runs as has to reach dir: PostgreSQL refuses to be root.
func Start(ctx context.Context, dir string, settings ...string) (*Server, error) {
	programs, err := findPrograms()
	if err != nil {
		return nil, err
	}
	dir = filepath.Join(dir, "postgres")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	as, err := unprivileged(dir)
	if err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	initdb := exec.CommandContext(ctx, filepath.Join(programs, "initdb"), "--pgdata", data, "--username", User,
		"--auth=trust", "--encoding=UTF8", "--locale=C")
	initdb.Dir, initdb.SysProcAttr = dir, as
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	args := []string{"-D", data, "-c", "unix_socket_directories=" + dir}
	for _, s := range append(slices.Clone(durable), settings...) {
		args = append(args, "-c", s)
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	cmd := exec.CommandContext(running, filepath.Join(programs, "postgres"), args...)
	cmd.Dir, cmd.SysProcAttr = dir, as
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // its fast shutdown
	cmd.WaitDelay = patience
	var output strings.Builder
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		stop()
		return nil, err
	}
	p := &Server{programs: programs, dir: dir, exited: make(chan struct{}), stop: stop}
	go func() {
		defer close(p.exited)
		_ = cmd.Wait() // it ends by a signal
	}()
	if err := p.await(ctx); err != nil {
		p.Close()
		return nil, fmt.Errorf("PostgreSQL does not start: %w\n%s", err, output.String())
	}
	return p, nil
}

// await returns when the server takes connections.
func (p *Server) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		conn, err := p.Connect(ctx, "postgres", nil)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-p.exited:
			return errors.New("it ended")
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-again.C:
		}
	}
}

// Close ends the server. What it holds stays in its directory.
func (p *Server) Close() {
	p.stop()
	<-p.exited
}

// Dir is the folder of the server's socket.
func (p *Server) Dir() string { return p.dir }

// Programs is the folder of psql and the other programs.
func (p *Server) Programs() string { return p.programs }

// Connect returns a connection to a database with run-time parameters, if any.
func (p *Server) Connect(ctx context.Context, database string, parameters map[string]string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(fmt.Sprintf("host=%s user=%s dbname=%s sslmode=disable", p.dir, User, database))
	if err != nil {
		return nil, err
	}
	maps.Copy(config.RuntimeParams, parameters)
	return pgx.ConnectConfig(ctx, config)
}

// Exec runs statements in a database over a connection of their own.
func (p *Server) Exec(ctx context.Context, database, sql string) error {
	conn, err := p.Connect(ctx, database, nil)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}

// Version is what the server calls itself.
func (p *Server) Version(ctx context.Context) (string, error) {
	conn, err := p.Connect(ctx, "postgres", nil)
	if err != nil {
		return "", err
	}
	var v string
	err = conn.QueryRow(ctx, "show server_version").Scan(&v)
	return v, errors.Join(err, conn.Close(ctx))
}

// findPrograms prefers what the path names to Debian's newest; Debian keeps
// the server's programs out of the path.
func findPrograms() (string, error) {
	if initdb, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(initdb), nil
	}
	newest, folder := 0, ""
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is well formed
	for _, initdb := range found {
		bin := filepath.Dir(initdb)
		version, err := strconv.Atoi(filepath.Base(filepath.Dir(bin)))
		if err == nil && version > newest {
			newest, folder = version, bin
		}
	}
	if folder == "" {
		return "", errors.New("PostgreSQL's initdb is missing; install postgresql (15 or newer)")
	}
	return folder, nil
}

// unprivileged says who runs PostgreSQL, which refuses to be run by root, and
// gives him the directory.
func unprivileged(dir string) (*syscall.SysProcAttr, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup(User)
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	if err := os.Chown(dir, int(uid), int(gid)); err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}
