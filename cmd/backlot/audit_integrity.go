package main

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"backlot/domain/seal"
	"backlot/eventstore/audit"
)

type auditVerifyCommand struct {
	Data       string `help:"Data folder of the embedded event store; of a stopped server its files and indexes are looked at as well, and not a byte is changed." default:"./data" type:"path"`
	Eventstore string `help:"An EventStoreDB instead: esdb://…" placeholder:"URL"`
	Server     string `help:"A running server instead, which verifies its own store." placeholder:"URL"`
	Token      string `help:"An operator's or auditor's API token, for --server."`
	Seals      string `help:"A list of seals that audit seal kept." type:"existingfile" placeholder:"FILE"`
	PublicKey  string `help:"The public key that its signature is checked with." type:"existingfile" placeholder:"FILE"`
	Deep       bool   `help:"Of a running server or an EventStoreDB, read every stream whole, and not only its end. A stopped server's are always compared whole."`
}

// errNotIntact ends a verification that found something.
var errNotIntact = errors.New("the log is not what was recorded")

// Run prints what was found. The error is errNotIntact if that is anything.
func (c *auditVerifyCommand) Run(ctx context.Context) error { return c.run(ctx, os.Stdout) }

func (c *auditVerifyCommand) run(ctx context.Context, out io.Writer) error {
	exported, err := c.exported(out)
	if err != nil {
		return err
	}
	o := audit.Options{Exported: exported.Seals, Deep: c.Deep}
	var report seal.Report
	switch {
	case c.Server != "":
		report, err = verifyServer(ctx, client{Server: c.Server, Token: c.Token}, o)
	case c.Eventstore != "":
		report, err = verifyAddress(ctx, c.Eventstore, o)
	default:
		report, err = verifyFolder(ctx, c.Data, o)
	}
	if err != nil {
		return err
	}
	printReport(out, report)
	if report.Found > 0 {
		return errNotIntact
	}
	return nil
}

// exported reads the list of seals and checks its signature.
func (c *auditVerifyCommand) exported(out io.Writer) (seal.Export, error) {
	if c.Seals == "" && c.PublicKey == "" {
		return seal.Export{}, nil
	}
	if c.Seals == "" || c.PublicKey == "" {
		return seal.Export{}, errors.New("--seals and --public-key go together: without its signature a list of seals proves nothing")
	}
	key, err := readPublicKey(c.PublicKey)
	if err != nil {
		return seal.Export{}, err
	}
	file, err := os.ReadFile(c.Seals)
	if err != nil {
		return seal.Export{}, err
	}
	var export seal.Export
	if err := json.Unmarshal(file, &export); err != nil {
		return seal.Export{}, fmt.Errorf("%s is no list of seals: %w", c.Seals, err)
	}
	if err := export.Check(key); err != nil {
		return seal.Export{}, fmt.Errorf("%s: %w", c.Seals, err)
	}
	_, err = fmt.Fprintf(out, "The signature of %s is good: %d seals, exported %s.\n", c.Seals, len(export.Seals), export.ExportedAt.Format(time.RFC3339))
	return export, err
}

type auditSealCommand struct {
	Server string `help:"Where the server is." default:"http://127.0.0.1:8080"`
	Token  string `help:"An operator's or auditor's API token." required:""`
	Key    string `help:"The private key that signs; it stays on this machine." required:"" type:"existingfile" placeholder:"FILE"`
	Out    string `help:"Where the list is kept: away from those who can write to the event store." required:"" type:"path" placeholder:"FILE"`
}

// Run seals, fetches all seals and signs them.
func (c *auditSealCommand) Run(ctx context.Context) error {
	key, err := readPrivateKey(c.Key)
	if err != nil {
		return err
	}
	server := client{Server: c.Server, Token: c.Token}
	if err := server.command(ctx, http.MethodPost, "/audit/seals", nil, &struct{}{}); err != nil {
		return err
	}
	export := seal.Export{ExportedAt: time.Now().UTC().Truncate(time.Millisecond)}
	if export.Seals, err = server.seals(ctx); err != nil {
		return err
	}
	if err := export.Sign(key); err != nil {
		return err
	}
	file, err := json.MarshalIndent(export, "", "  ")
	if err != nil {
		return err
	}
	if err := writeWhole(c.Out, append(file, '\n'), 0o644); err != nil {
		return err
	}
	covered := uint64(0)
	if n := len(export.Seals); n > 0 {
		covered = export.Seals[n-1].Count
	}
	fmt.Printf("%d seals over %d events in %s; whoever has the public key can check it:\n%s", len(export.Seals), covered, c.Out, encodePublicKey(key.Public().(ed25519.PublicKey)))
	return nil
}

type auditKeygenCommand struct {
	Key string `help:"Where the private key is written, for its owner only; one that is there stays." required:"" type:"path" placeholder:"FILE"`
}

// Run makes the key pair and says where the public key is.
func (c *auditKeygenCommand) Run() error {
	public, err := makeKeys(c.Key)
	if err != nil {
		return err
	}
	fmt.Printf("The private key is in %s, the public key in %s.\n", c.Key, public)
	return nil
}

// seals fetches all seals, page by page.
func (c *client) seals(ctx context.Context) ([]seal.Listed, error) {
	var all []seal.Listed
	for from := "0"; ; {
		var page struct {
			Seals []seal.ListedJSON `json:"seals"`
			Next  *string           `json:"next"`
		}
		if err := c.get(ctx, "/audit/seals?from="+from, &page); err != nil {
			return nil, err
		}
		for _, j := range page.Seals {
			l, err := j.Listed()
			if err != nil {
				return nil, fmt.Errorf("an answer that cannot be read: %w", err)
			}
			all = append(all, l)
		}
		if page.Next == nil {
			return all, nil
		}
		from = *page.Next
	}
}

func printReport(out io.Writer, r seal.Report) {
	for _, f := range r.Findings {
		_, _ = fmt.Fprintf(out, "%-14s %s\n", f.Kind, placeOf(f))
		_, _ = fmt.Fprintf(out, "%-14s %s\n", "", f.Text)
	}
	if more := r.Found - len(r.Findings); more > 0 {
		_, _ = fmt.Fprintf(out, "and %d more\n", more)
	}
	_, _ = fmt.Fprintf(out, "%d events in %d streams; %d seals over %d events, up to position %s; %d events after the last seal are covered by their hash chains only.\n",
		r.Events, r.Streams, r.Seals, r.Sealed, r.SealedTo, r.Unsealed)
	if r.Unchained > 0 {
		_, _ = fmt.Fprintf(out, "%d events are in streams without hashes, which the portal did not write.\n", r.Unchained)
	}
	if r.Exported > 0 {
		_, _ = fmt.Fprintf(out, "%d exported seals were compared.\n", r.Exported)
	}
	switch r.Found {
	case 0:
		_, _ = fmt.Fprintln(out, "Nothing is wrong.")
	case 1:
		_, _ = fmt.Fprintln(out, "1 finding.")
	default:
		_, _ = fmt.Fprintf(out, "%d findings.\n", r.Found)
	}
}

func placeOf(f seal.Finding) string {
	switch {
	case f.File != "":
		return "file " + f.File
	case f.Stream == "":
		return "position " + f.Position.String()
	}
	place := "stream " + f.Stream + ", revision " + strconv.FormatUint(f.Revision, 10)
	if f.Position > 0 {
		place += ", position " + f.Position.String()
	}
	return place
}
