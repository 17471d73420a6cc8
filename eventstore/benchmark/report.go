package main

import (
	"fmt"
	"slices"
	"strings"
)

// report is what a run found.
type report struct {
	Machine  machine   `json:"machine"`
	Measures []measure `json:"measures"`
}

// machine is what the figures depend on. It names nobody's.
type machine struct {
	CPUs          int     `json:"cpus"`
	Go            string  `json:"go"`
	GOGC          int     `json:"gogc"`
	PostgreSQL    string  `json:"postgresql"`
	MessageDB     string  `json:"messageDB"`
	SyncMillis    float64 `json:"syncMillis"` // median of a 4 KiB write and fsync
	Events        int     `json:"events"`     // of the log that is read
	DataBytes     float64 `json:"dataBytes"`  // mean of an event
	MetadataBytes float64 `json:"metadataBytes"`
}

// Columns of the table.
const (
	embeddedName = "embedded EventStoreDB"
	messageName  = "Message DB"
	plainName    = "plain table"
)

// markdown is the table, with medians of the rounds, and medians, least and
// greatest of the ratios within a round.
func (r report) markdown() string {
	var b strings.Builder
	m := r.Machine
	fmt.Fprintf(&b, "%d CPUs, write and fsync of 4 KiB %.2f ms, %s, GOGC %d, PostgreSQL %s, Message DB %s.\n",
		m.CPUs, m.SyncMillis, m.Go, m.GOGC, m.PostgreSQL, m.MessageDB)
	fmt.Fprintf(&b, "%d events in the log that is read; an event has %.0f bytes of data and %.0f of metadata on average.\n\n",
		m.Events, m.DataBytes, m.MetadataBytes)
	fmt.Fprintf(&b, "| | %s | %s | ratio | %s | ratio |\n|---|---:|---:|---:|---:|---:|\n", embeddedName, messageName, plainName)
	for _, line := range r.Measures {
		fmt.Fprintf(&b, "| %s (%s) | %s | %s | %s | %s | %s |\n", line.Name, line.Unit,
			number(line.values(embeddedName)),
			number(line.values(messageName)), ratio(line.ratios(embeddedName, messageName)),
			number(line.values(plainName)), ratio(line.ratios(embeddedName, plainName)))
	}
	return b.String()
}

func number(values []float64) string {
	if len(values) == 0 {
		return ""
	}
	if v := median(values); v < 100 {
		return fmt.Sprintf("%.2f", v)
	} else if v < 10_000 {
		return fmt.Sprintf("%.0f", v)
	} else {
		return fmt.Sprintf("%.1fk", v/1000)
	}
}

func ratio(values []float64) string {
	if len(values) == 0 {
		return ""
	}
	return fmt.Sprintf("**%.2f** (%.2f–%.2f)", median(values), slices.Min(values), slices.Max(values))
}
