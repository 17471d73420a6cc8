package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"

	"backlot/eventstore/transfer"
)

type backupCommand struct {
	File string `arg:"" help:"The backup file; one that is there is continued." type:"path"`
	From string `help:"An EventStoreDB instead of the embedded one: esdb://…" placeholder:"URL"`
	Data string `help:"Data folder of the embedded event store, whose server may be running." default:"./data" type:"path"`
}

// Run backs up, and says what was new.
func (c *backupCommand) Run(ctx context.Context) error {
	from := c.Data
	if c.From != "" {
		from = c.From
	}
	report, err := withProgress(func(p transfer.Progress) (transfer.Report, error) {
		return transfer.Backup(ctx, from, c.File, p)
	})
	if err != nil {
		return err
	}
	fmt.Printf("%d new events in %s\n", report.Written, c.File)
	return nil
}

type restoreCommand struct {
	File  string `arg:"" help:"The backup file." type:"existingfile"`
	Data  string `help:"Data folder to make the event store in." default:"./data" type:"path"`
	Until string `help:"Leave out what came after this log position, or was recorded after this time (RFC 3339)." placeholder:"POSITION|TIME"`
}

// Run restores, and says what is there now.
func (c *restoreCommand) Run(ctx context.Context) error {
	until, err := transfer.ParseUntil(c.Until)
	if err != nil {
		return err
	}
	report, err := withProgress(func(p transfer.Progress) (transfer.Report, error) {
		return transfer.Restore(ctx, c.File, c.Data, until, p)
	})
	if err != nil {
		return err
	}
	fmt.Printf("restored into %s: %s\n", c.Data, described(report.Summary))
	return nil
}

type copyCommand struct {
	From string `help:"Where to copy from: esdb://…, or a data folder, whose server may be running." required:"" placeholder:"URL|DIR"`
	To   string `help:"Where to copy to: esdb://…, or a data folder that no server is using." required:"" placeholder:"URL|DIR"`
}

// Run copies, and says what was new.
func (c *copyCommand) Run(ctx context.Context) error {
	report, err := withProgress(func(p transfer.Progress) (transfer.Report, error) {
		return transfer.Copy(ctx, c.From, c.To, p)
	})
	if err != nil {
		return err
	}
	fmt.Printf("copied %d events that were not there; the target has everything: %s\n", report.Written, described(report.Summary))
	if report.Skipped > 0 {
		fmt.Printf("%d events of the source's own system streams were left out\n", report.Skipped)
	}
	return nil
}

func described(s *transfer.Summary) string {
	text := fmt.Sprintf("%d events in %d streams, %d of them in hash chains without a break", s.Events, s.Streams, s.Chained)
	if s.Unanchored > 0 {
		text += fmt.Sprintf(" (and %d whose predecessor was truncated, so that their hash cannot be compared)", s.Unanchored)
	}
	return text
}

func withProgress(run func(transfer.Progress) (transfer.Report, error)) (transfer.Report, error) {
	bar := progressbar.NewOptions64(-1,
		progressbar.OptionSetWriter(os.Stderr), progressbar.OptionSetWidth(10), progressbar.OptionShowCount(),
		// Nothing turns the spinner but progress: by itself it would race with it.
		progressbar.OptionSetSpinnerChangeInterval(0),
		progressbar.OptionSetElapsedTime(false), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	report, err := run(func(step string, events int64) {
		bar.Describe(step)
		_ = bar.Set64(events)
	})
	_ = bar.Finish()
	return report, err
}
