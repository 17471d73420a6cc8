package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"backlot/domain"
	"backlot/domain/seal"
	"backlot/eventstore"
	"backlot/eventstore/audit"
	"backlot/eventstore/embedded"
)

// verifyTimeout is how long an event store may take for the next step.
const verifyTimeout = 30 * time.Second

func verifyClient(ctx context.Context, config *esdb.Configuration, o audit.Options) (seal.Report, error) {
	store, err := eventstore.Connect(eventstore.Config{Client: config, CallTimeout: verifyTimeout})
	if err != nil {
		return seal.Report{}, err
	}
	report, err := audit.Verify(ctx, store, o)
	return report, errors.Join(err, store.Close())
}

// verifyAddress verifies an EventStoreDB.
func verifyAddress(ctx context.Context, address string, o audit.Options) (seal.Report, error) {
	config, err := eventstore.ParseAddress(address)
	if err != nil {
		return seal.Report{}, err
	}
	return verifyClient(ctx, config, o)
}

// verifyFolder verifies the embedded store in a data folder, through its server
// if that is running. Damaged files of a stopped one are findings; what can
// still be read is verified.
func verifyFolder(ctx context.Context, data string, o audit.Options) (seal.Report, error) {
	dir, err := storeIn(data)
	if err != nil {
		return seal.Report{}, err
	}
	damaged, err := embedded.Inspect(dir)
	if errors.Is(err, embedded.ErrInUse) {
		config, err := embedded.Running(dir)
		if err != nil {
			return seal.Report{}, fmt.Errorf("the event store in %s is in use, and its server cannot be reached: %w", dir, err)
		}
		return verifyClient(ctx, config, o)
	}
	if err != nil {
		return seal.Report{}, err
	}
	report, err := verifyStopped(ctx, dir, o)
	if err != nil && len(damaged) == 0 {
		return seal.Report{}, err
	}
	return withDamage(report, dir, damaged), nil
}

// verifyStopped opens the store in a directory, changing nothing, and verifies
// it. A damaged file that keeps it from being opened is a finding.
func verifyStopped(ctx context.Context, dir string, o audit.Options) (report seal.Report, err error) {
	server, err := embedded.Open(ctx, embedded.Options{Dir: dir, ReadOnly: true})
	var damage *embedded.DamagedFileError
	if errors.As(err, &damage) {
		return withDamage(seal.Report{}, dir, []*embedded.DamagedFileError{damage}), nil
	}
	if err != nil {
		return seal.Report{}, err
	}
	o.Streams = func(ctx context.Context, found func(seal.Finding)) error {
		err := server.CheckIndex(ctx, func(f embedded.IndexFault) { found(indexFinding(f)) })
		if errors.As(err, &damage) {
			found(damageFinding(dir, damage))
			return nil
		}
		return err
	}
	report, err = verifyClient(ctx, server.ClientConfiguration(), o)
	return report, errors.Join(err, server.Close())
}

// indexFinding tells a fault in the index of the streams as a finding.
func indexFinding(f embedded.IndexFault) seal.Finding {
	kinds := map[embedded.IndexFaultKind]seal.Kind{
		embedded.EventHidden: seal.Hidden, embedded.EventForeign: seal.Inserted, embedded.EventLost: seal.Removed,
		embedded.StreamLost: seal.StreamRemoved, embedded.NumberReused: seal.Altered,
	}
	return seal.Finding{Kind: kinds[f.Kind], Stream: f.Stream, Revision: f.Revision, Position: domain.Position(f.Position), Text: f.Detail}
}

func damageFinding(dir string, d *embedded.DamagedFileError) seal.Finding {
	return seal.Finding{Kind: seal.Corrupt, File: d.File, Text: fmt.Sprintf("The file %s is damaged: %s.", filepath.Join(dir, d.File), d.Detail)}
}

// withDamage puts damaged files first, each once.
func withDamage(r seal.Report, dir string, damaged []*embedded.DamagedFileError) seal.Report {
	known := map[string]bool{}
	for _, f := range r.Findings {
		known[f.File] = f.File != ""
	}
	var findings []seal.Finding
	for _, d := range damaged {
		if !known[d.File] {
			findings = append(findings, damageFinding(dir, d))
			r.Found++
		}
	}
	r.Findings = append(findings, r.Findings...)
	return r
}

// verifyServer lets a running server verify its store, and compares its seals
// with exported ones here.
func verifyServer(ctx context.Context, server client, o audit.Options) (seal.Report, error) {
	var a struct {
		Events    int    `json:"events"`
		Streams   int    `json:"streams"`
		Unchained int    `json:"unchained"`
		Seals     int    `json:"seals"`
		Sealed    uint64 `json:"sealed"`
		SealedTo  string `json:"sealed_to"`
		Unsealed  int    `json:"unsealed"`
		Found     int    `json:"found"`
		Findings  []struct {
			Kind     seal.Kind `json:"kind"`
			Stream   string    `json:"stream"`
			Revision uint64    `json:"revision"`
			Position string    `json:"position"`
			File     string    `json:"file"`
			Text     string    `json:"text"`
		} `json:"findings"`
	}
	if err := server.command(ctx, http.MethodPost, "/audit/verify", map[string]bool{"deep": o.Deep}, &a); err != nil {
		return seal.Report{}, err
	}
	r := seal.Report{Events: a.Events, Streams: a.Streams, Unchained: a.Unchained, Seals: a.Seals, Sealed: a.Sealed, Unsealed: a.Unsealed, Found: a.Found}
	var err error
	if r.SealedTo, err = domain.ParsePosition(a.SealedTo); err != nil {
		return seal.Report{}, err
	}
	for _, f := range a.Findings {
		position, _ := domain.ParsePosition(f.Position) // none is 0
		r.Findings = append(r.Findings, seal.Finding{Kind: f.Kind, Stream: f.Stream, Revision: f.Revision, Position: position, File: f.File, Text: f.Text})
	}
	if len(o.Exported) == 0 {
		return r, nil
	}
	stored, err := server.seals(ctx)
	if err != nil {
		return seal.Report{}, err
	}
	r.Exported = len(o.Exported)
	if f, differs := audit.CompareSeals(o.Exported, stored); differs {
		r.Findings = append(r.Findings, f)
		r.Found++
	}
	return r, nil
}
