package main

import (
	"context"
	"encoding/csv"
	"os"
	"strconv"
)

// reportPage is how many refused rows are asked for at a time.
const reportPage = 10_000

// writeReport writes the refused rows as CSV.
func (c *importCommand) writeReport(ctx context.Context, job jobAnswer) error {
	f, err := os.Create(c.Report)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	w := csv.NewWriter(f)
	if err := w.Write([]string{"line", "request_id", "column", "reason"}); err != nil {
		return err
	}
	for offset := 0; ; {
		page, err := c.refusals(ctx, job.ID, offset, reportPage)
		if err != nil {
			return err
		}
		for _, r := range page.Refusals {
			if err := w.Write([]string{strconv.Itoa(r.Line), r.ID, r.Field, r.Reason}); err != nil {
				return err
			}
		}
		if page.Next == nil {
			break
		}
		offset = *page.Next
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	return f.Close()
}
