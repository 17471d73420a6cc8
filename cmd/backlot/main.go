// Command backlot is the portal: the server, and the tools that talk to it.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
)

type commandLine struct {
	Serve    serveCommand    `cmd:"" help:"Run the portal."`
	Import   importCommand   `cmd:"" help:"Send a CSV file of source requests to a running server."`
	Rebuild  rebuildCommand  `cmd:"" help:"Let a running server build its read models anew beside the live ones."`
	Scavenge scavengeCommand `cmd:"" help:"Remove what was deleted or truncated from the embedded event store's files."`
	Policy   policyCommand   `cmd:"" help:"Look at a policy file."`
	Audit    auditCommand    `cmd:"" help:"Look back on what was done; verify and seal the log."`
	Account  accountCommand  `cmd:"" help:"Keep accounts."`
	Token    tokenCommand    `cmd:"" help:"Keep one's own API tokens."`

	Backup  backupCommand  `cmd:"" help:"Write what the event store holds into a file, while it runs; or what is new since."`
	Restore restoreCommand `cmd:"" help:"Make an embedded event store of a backup, in a data folder that has none."`
	Copy    copyCommand    `cmd:"" help:"Copy an event store to another one and compare them."`

	Bench benchCommand `cmd:"" help:"Measure the portal beside PostgreSQL, DuckDB and Redis bitmaps, from a checkout of its source: see make bench."`
}

// heapGrowth is how much the heap may grow between two collections, in percent of
// what is in use, where GOGC does not say otherwise. Indexes and caches live long:
// at Go's 100, walking them again and again took a seventh of the time of projecting.
const heapGrowth = 200

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
	var cli commandLine
	k := kong.Parse(&cli,
		kong.Name("backlot"),
		kong.Description("A partner portal for source requests. Every flag can be set by an environment variable BACKLOT_<FLAG> as well."),
		kong.DefaultEnvars("BACKLOT"),
		kong.Vars{"measures": benchMeasures()},
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	k.BindTo(ctx, (*context.Context)(nil))
	if err := k.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "backlot:", err)
		os.Exit(1)
	}
}
