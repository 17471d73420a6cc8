package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// postgresSettings are Debian's defaults but for memory, connections and
// checkpoints, which are larger to PostgreSQL's advantage.
var postgresSettings = []string{
	"fsync=on", "synchronous_commit=on", "full_page_writes=on",
	"shared_buffers=512MB", "max_wal_size=4GB", "max_connections=200", "listen_addresses=",
}

const (
	// postgresConnections is what many writers share, as a server's requests
	// do; Message DB did fewer appends over 4 and over 64.
	postgresConnections = 16

	postgresPatience = 30 * time.Second // to start and to end
	postgresUser     = "postgres"
)

// postgres is a server that nobody else reaches.
type postgres struct {
	programs string // folder of initdb, postgres and psql
	dir      string // of the socket
	exited   chan struct{}
	stop     context.CancelFunc
}

// startPostgres makes a database cluster in a new directory below dir and
// serves it on a unix socket there.
func startPostgres(ctx context.Context, dir string) (*postgres, error) {
	programs, err := postgresPrograms()
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
	initdb := exec.CommandContext(ctx, filepath.Join(programs, "initdb"), "--pgdata", data, "--username", postgresUser,
		"--auth=trust", "--encoding=UTF8", "--locale=C")
	initdb.Dir, initdb.SysProcAttr = dir, as
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	args := []string{"-D", data, "-c", "unix_socket_directories=" + dir}
	for _, s := range postgresSettings {
		args = append(args, "-c", s)
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	cmd := exec.CommandContext(running, filepath.Join(programs, "postgres"), args...)
	cmd.Dir, cmd.SysProcAttr = dir, as
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // its fast shutdown
	cmd.WaitDelay = postgresPatience
	var output strings.Builder
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		stop()
		return nil, err
	}
	p := &postgres{programs: programs, dir: dir, exited: make(chan struct{}), stop: stop}
	go func() {
		defer close(p.exited)
		_ = cmd.Wait() // it ends by a signal
	}()
	if err := p.await(ctx); err != nil {
		p.close()
		return nil, fmt.Errorf("PostgreSQL does not start: %w\n%s", err, output.String())
	}
	return p, nil
}

// await returns when the server takes connections.
func (p *postgres) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, postgresPatience)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		conn, err := p.connect(ctx, "postgres")
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

func (p *postgres) close() {
	p.stop()
	<-p.exited
}

func (p *postgres) connect(ctx context.Context, database string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(fmt.Sprintf("host=%s user=%s dbname=%s sslmode=disable", p.dir, postgresUser, database))
	if err != nil {
		return nil, err
	}
	config.RuntimeParams["search_path"] = "message_store,public"
	return pgx.ConnectConfig(ctx, config)
}

func (p *postgres) exec(ctx context.Context, database, sql string) error {
	conn, err := p.connect(ctx, database)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}

func (p *postgres) version(ctx context.Context) (string, error) {
	conn, err := p.connect(ctx, "postgres")
	if err != nil {
		return "", err
	}
	var v string
	err = conn.QueryRow(ctx, "show server_version").Scan(&v)
	return v, errors.Join(err, conn.Close(ctx))
}

// postgresPrograms prefers what the path names to Debian's newest; Debian keeps
// the server's programs out of the path.
func postgresPrograms() (string, error) {
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
	u, err := user.Lookup(postgresUser)
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
