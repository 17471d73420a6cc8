package main

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The recount knows nothing of the program: it reads the CSV file and the
// rules as the README of the trade has them.

type counts map[string]int // bucket key, and "matched"

// recount counts the rows that match by group; the group "" is everything.
func recount(t *testing.T, file []byte, now time.Time, match func(row map[string]string) bool, groups func(row map[string]string) []string) map[string]counts {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	require.NoError(t, err)
	out := map[string]counts{"": {}}
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, column := range records[0] {
			row[column] = record[i]
		}
		if row["status"] == "Cancelled" || !match(row) {
			continue
		}
		for _, g := range append(groups(row), "") {
			if out[g] == nil {
				out[g] = counts{}
			}
			out[g]["matched"]++
			for _, b := range bucketsOf(row, now) {
				out[g][b]++
			}
		}
	}
	return out
}

func bucketsOf(row map[string]string, now time.Time) []string {
	redelivery := row["status"] == "Redelivery Requested"
	if row["status"] != "Open" && !redelivery {
		return nil
	}
	today := now.Format("2006-01-02")
	day := func(s string) time.Time { d, _ := time.Parse("2006-01-02", s); return d }
	due, edd := row["due_date"], row["estimated_delivery_date"]
	left := int(day(due).Sub(day(today)).Hours() / 24)
	usable := slices.Contains([]string{"Received", "Accepted"}, row["material_status"])
	out := []string{"requests", "on_track", "awaiting_materials"}
	if usable {
		out[2] = "materials_available"
	}
	switch {
	case due < today, edd < today, edd > due && left <= 2:
		out[1] = "critical"
	case !usable && left <= 5, edd > due, redelivery, row["material_status"] == "Rejected":
		out[1] = "at_risk"
	}
	if due < today {
		out = append(out, "overdue_undelivered")
	}
	return out
}

func everything(map[string]string) bool { return true }

func ungrouped(map[string]string) []string { return nil }

func byTypeAndLanguage(row map[string]string) []string {
	return []string{row["source_type"] + "/" + row["language"]}
}

func byCountry(row map[string]string) []string { return strings.Split(row["country"], "|") }
