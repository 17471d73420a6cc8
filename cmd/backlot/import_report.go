package main

import (
	"encoding/csv"
	"os"
	"strconv"
)

// writeReport writes the refused rows as CSV.
func writeReport(path string, job jobAnswer) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	w := csv.NewWriter(f)
	records := [][]string{{"line", "request_id", "column", "reason"}}
	for _, r := range job.Refusals {
		records = append(records, []string{strconv.Itoa(r.Line), r.ID, r.Column, r.Reason})
	}
	if err := w.WriteAll(records); err != nil {
		return err
	}
	return f.Close()
}
