package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

type auditExportCommand struct {
	client
	From    string   `help:"Only what was done since this day (YYYY-MM-DD) or instant (RFC 3339)." placeholder:"DAY|TIME"`
	Until   string   `help:"Only what was done until the end of this day, or until this instant." placeholder:"DAY|TIME"`
	Actor   string   `help:"Only what this account did, by its id."`
	Partner string   `help:"Only what was done on this organisation's requests, by its name or id."`
	Kind    []string `help:"Only events of these kinds, for example commented,cancelled."`
	Format  string   `help:"csv, or jsonl for JSON Lines." enum:"csv,jsonl" default:"csv"`
	Out     string   `help:"The file to write, - for the standard output. A file appears only when it is whole." required:"" placeholder:"FILE|-"`
}

// Run writes the file, and says where it is.
func (c *auditExportCommand) Run(ctx context.Context) error {
	if c.Out == "-" {
		return c.export(ctx, os.Stdout)
	}
	if err := c.exportTo(ctx, c.Out); err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "Written to "+c.Out)
	return nil
}

// exportTo writes under another name first: what was cut off is never taken
// for the whole.
func (c *auditExportCommand) exportTo(ctx context.Context, path string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if err := c.export(ctx, f); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func (c *auditExportCommand) export(ctx context.Context, to io.Writer) error {
	query := url.Values{"format": {c.Format}}
	for name, value := range map[string]string{"from": c.From, "until": c.Until, "actor": c.Actor, "partner": c.Partner, "kind": strings.Join(c.Kind, ",")} {
		if value != "" {
			query.Set(name, value)
		}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url("/audit/export?"+query.Encode()), nil)
	if err != nil {
		return err
	}
	answer, err := c.send(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if _, err := io.Copy(to, answer.Body); err != nil {
		return fmt.Errorf("the export was cut off and is not whole: %w", err)
	}
	return nil
}
