package readapi

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"backlot/domain"
	"backlot/readapi/export"
)

// auditFormats are the forms of an export, by their parameter.
var auditFormats = map[string]struct{ contentType, fileName string }{
	"csv":   {"text/csv; charset=utf-8", "audit.csv"},
	"jsonl": {"application/x-ndjson", "audit.jsonl"},
}

// auditColumns head a CSV export; auditLine has the same names.
var auditColumns = []string{
	"position", "at", "request_id", "revision", "event_id", "kind", "event_type", "account", "role", "organisation_id", "organisation",
	"summary", "changes", "reason", "text", "correlation_id", "chain_hash",
}

// auditLine is a line of an export as JSON Lines. People are ids in it, never
// names.
type auditLine struct {
	Position       string        `json:"position"`
	At             time.Time     `json:"at"`
	RequestID      string        `json:"request_id"`
	Revision       uint64        `json:"revision"`
	EventID        uuid.UUID     `json:"event_id"`
	Kind           string        `json:"kind"`
	EventType      string        `json:"event_type"`
	Account        string        `json:"account"`
	Role           domain.Role   `json:"role"`
	OrganisationID *string       `json:"organisation_id"`
	Organisation   *string       `json:"organisation"`
	Summary        string        `json:"summary"`
	Changes        []auditChange `json:"changes"`
	Reason         *string       `json:"reason"`
	Text           *string       `json:"text"`
	CorrelationID  uuid.UUID     `json:"correlation_id"`
	ChainHash      *string       `json:"chain_hash"`
}

type auditChange struct {
	Field string  `json:"field"`
	From  *string `json:"from"`
	To    *string `json:"to"`
}

func auditLineOf(e auditEntryAnswer, r domain.Recorded) auditLine {
	l := auditLine{
		Position: e.Position, At: e.At, RequestID: e.RequestID, Revision: e.Revision, EventID: e.ID, Kind: e.Kind, EventType: r.Type,
		Account: e.Actor.Account, Role: e.Actor.Role, Summary: e.Summary, Changes: make([]auditChange, len(e.Changes)),
		Reason: e.Reason, Text: e.Text, CorrelationID: e.CorrelationID, ChainHash: orNull(r.Metadata.ChainHash),
	}
	if o := e.Actor.Organisation; o != nil {
		l.OrganisationID, l.Organisation = orNull(o.ID), orNull(o.Name)
	}
	for i, c := range e.Changes {
		l.Changes[i] = auditChange{c.Field, c.From, c.To}
	}
	return l
}

// record returns the line as cells, in the order of auditColumns.
func (l *auditLine) record() []string {
	text := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	changes := make([]string, len(l.Changes))
	for i, c := range l.Changes {
		changes[i] = c.Field + ": " + orDash(c.From) + " → " + orDash(c.To)
	}
	cells := []string{
		l.Position, l.At.Format(time.RFC3339Nano), l.RequestID, strconv.FormatUint(l.Revision, 10), l.EventID.String(), l.Kind, l.EventType,
		l.Account, string(l.Role), text(l.OrganisationID), text(l.Organisation),
		l.Summary, strings.Join(changes, "; "), text(l.Reason), text(l.Text), l.CorrelationID.String(), text(l.ChainHash),
	}
	for i := range cells {
		cells[i] = export.Guarded(cells[i])
	}
	return cells
}

func orDash(s *string) string {
	if s == nil {
		return "–"
	}
	return *s
}

func (x *exchange) auditFormat() (string, error) {
	v, given := x.parameter("format")
	if !given {
		return "csv", nil
	}
	if _, ok := auditFormats[v]; !ok {
		return "", domain.Invalid("format", fmt.Sprintf("format is csv or jsonl, not %q", v), "csv", "jsonl")
	}
	return v, nil
}

// flushEvery is how long a client waits for what is ready, and for a sign that
// something will come.
const flushEvery = time.Second

// auditWriter streams an export. Nothing of the answer is sent before the first
// bytes are, so that what fails early is still answered with a problem.
type auditWriter struct {
	x          *exchange
	connection *http.ResponseController
	format     string
	buffer     *bufio.Writer
	csv        *csv.Writer
	json       *json.Encoder
	begun      bool
	flushed    time.Time
}

func newAuditWriter(x *exchange, format string) (*auditWriter, error) {
	w := &auditWriter{x: x, connection: http.NewResponseController(x), format: format, flushed: time.Now()}
	w.buffer = bufio.NewWriterSize(w, 64<<10)
	if format != "csv" {
		w.json = json.NewEncoder(w.buffer)
		w.json.SetEscapeHTML(false)
		return w, nil
	}
	var err error
	if w.csv, err = export.NewCSV(w.buffer); err != nil {
		return nil, err
	}
	return w, w.csv.Write(slices.Clone(auditColumns))
}

func (w *auditWriter) begin() {
	if w.begun {
		return
	}
	w.begun = true
	f := auditFormats[w.format]
	w.x.Header().Set("Content-Type", f.contentType)
	w.x.Header().Set("Content-Disposition", `attachment; filename="`+f.fileName+`"`)
	w.x.Header().Set("X-Accel-Buffering", "no")
	w.x.WriteHeader(http.StatusOK)
}

// Write implements io.Writer, under the buffer.
func (w *auditWriter) Write(b []byte) (int, error) {
	w.begin()
	return (&hurriedWriter{w.x, w.connection}).Write(b)
}

func (w *auditWriter) write(e auditEntryAnswer, r domain.Recorded) error {
	line := auditLineOf(e, r)
	if w.csv != nil {
		return w.csv.Write(line.record())
	}
	return w.json.Encode(line)
}

// tick sends what is ready now and then.
func (w *auditWriter) tick() error {
	if time.Since(w.flushed) < flushEvery {
		return nil
	}
	return w.flush()
}

func (w *auditWriter) flush() error {
	if w.csv != nil {
		w.csv.Flush()
		if err := w.csv.Error(); err != nil {
			return err
		}
	}
	if err := w.buffer.Flush(); err != nil {
		return err
	}
	w.begin()
	w.flushed = time.Now()
	err := w.connection.Flush()
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}
