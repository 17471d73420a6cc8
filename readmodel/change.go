package readmodel

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"backlot/domain"
)

// Change is one entry of the change feed of Facets: what a page of the log did to the
// rows and dictionaries. Applied in order, changes turn the rows at From into
// those at To. A reader that stands at another position than From, or at
// another generation, has missed something and loads everything again.
type Change struct {
	Generation Generation
	From, To   domain.Position
	Rows       []NumberedRow
	Added      map[Dictionary]Added
	Ended      EndedRows
	PastFrom   int64 // if it moved: from here on all ended versions are kept
}

// NumberedRow is a row and its place: segment number/RowsPerSegment.
type NumberedRow struct {
	Number uint32
	Row    Row
}

// Added are values appended to a dictionary, the first at code From.
type Added struct {
	From   uint32
	Values []string
}

// FeedID returns the stream id of the change that led to a position.
func FeedID(p domain.Position) string { return strconv.FormatUint(uint64(p), 10) + "-0" }

// ParseFeedID is the inverse of FeedID.
func ParseFeedID(id string) (domain.Position, error) {
	n, err := strconv.ParseUint(strings.TrimSuffix(id, "-0"), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("readmodel: %q is not the id of a change", id)
	}
	return domain.Position(n), nil
}

type dictionaryEntry struct {
	From   uint32   `json:"from"`
	Values []string `json:"values"`
}

// Names of the fields of a feed entry.
const (
	fieldGeneration = "generation"
	fieldFrom       = "from"
	fieldTo         = "to"
	fieldRows       = "rows"
	fieldAdded      = "added"
	fieldEnded      = "ended"
	fieldEndedFrom  = "ended_from"
	fieldPastFrom   = "past_from"
)

// Entry is a change of any read model, whose rows are bytes still.
type Entry struct {
	Generation Generation
	From, To   domain.Position
	Rows       []EncodedRow
	Added      map[Dictionary]Added
	Ended      EndedRows
	PastFrom   int64
}

// EncodedRow is the bytes of a row and its place.
type EncodedRow struct {
	Number uint32
	Bytes  []byte // RowSize of the model
}

// Fields returns the entry as the fields of a Redis stream entry.
func (e *Entry) Fields() ([]any, error) {
	fields := []any{fieldGeneration, string(e.Generation), fieldFrom, e.From.String(), fieldTo, e.To.String()}
	if len(e.Rows) > 0 {
		b := make([]byte, 0, len(e.Rows)*(4+len(e.Rows[0].Bytes)))
		for i := range e.Rows {
			b = binary.LittleEndian.AppendUint32(b, e.Rows[i].Number)
			b = append(b, e.Rows[i].Bytes...)
		}
		fields = append(fields, fieldRows, b)
	}
	if len(e.Added) > 0 {
		added := map[string]dictionaryEntry{}
		for d, a := range e.Added {
			added[d.String()] = dictionaryEntry(a)
		}
		b, err := json.Marshal(added)
		if err != nil {
			return nil, err
		}
		fields = append(fields, fieldAdded, b)
	}
	if len(e.Ended.Rows) > 0 {
		fields = append(fields, fieldEndedFrom, strconv.FormatUint(uint64(e.Ended.From), 10), fieldEnded, e.Ended.Rows)
	}
	if e.PastFrom != 0 {
		fields = append(fields, fieldPastFrom, strconv.FormatInt(e.PastFrom, 10))
	}
	return fields, nil
}

// ParseEntry reads the fields of a feed entry of a model.
func (m Model) ParseEntry(fields map[string]any) (*Entry, error) {
	str := func(name string) string { s, _ := fields[name].(string); return s }
	e := &Entry{Generation: Generation(str(fieldGeneration))}
	var err error
	if e.From, err = domain.ParsePosition(str(fieldFrom)); err != nil {
		return nil, fmt.Errorf("readmodel: a change without from: %w", err)
	}
	if e.To, err = domain.ParsePosition(str(fieldTo)); err != nil {
		return nil, fmt.Errorf("readmodel: a change without to: %w", err)
	}
	rows, size := []byte(str(fieldRows)), 4+m.RowSize
	if len(rows)%size != 0 {
		return nil, fmt.Errorf("readmodel: a change with %d bytes of rows", len(rows))
	}
	e.Rows = make([]EncodedRow, len(rows)/size)
	for i := range e.Rows {
		b := rows[i*size : (i+1)*size]
		e.Rows[i] = EncodedRow{Number: binary.LittleEndian.Uint32(b), Bytes: b[4:]}
	}
	if s := str(fieldEnded); s != "" {
		from, err := strconv.ParseUint(str(fieldEndedFrom), 10, 32)
		if err != nil || len(s)%EndedSize != 0 {
			return nil, fmt.Errorf("readmodel: a change with %d bytes of ended versions from %q", len(s), str(fieldEndedFrom))
		}
		e.Ended = EndedRows{From: uint32(from), Rows: []byte(s)}
	}
	if s := str(fieldPastFrom); s != "" {
		if e.PastFrom, err = strconv.ParseInt(s, 10, 64); err != nil {
			return nil, fmt.Errorf("readmodel: a change whose past begins at %q", s)
		}
	}
	if s := str(fieldAdded); s != "" {
		var added map[string]dictionaryEntry
		if err := json.Unmarshal([]byte(s), &added); err != nil {
			return nil, fmt.Errorf("readmodel: a change's dictionary values: %w", err)
		}
		e.Added = make(map[Dictionary]Added, len(added))
		for d := range Dictionary(DictionaryCount) {
			if a, ok := added[d.String()]; ok {
				e.Added[d] = Added(a)
			}
		}
	}
	return e, nil
}

// Fields returns the change as the fields of a Redis stream entry.
func (c *Change) Fields() ([]any, error) {
	e := Entry{Generation: c.Generation, From: c.From, To: c.To, Added: c.Added, Ended: c.Ended, PastFrom: c.PastFrom}
	for i := range c.Rows {
		e.Rows = append(e.Rows, EncodedRow{Number: c.Rows[i].Number, Bytes: c.Rows[i].Row.Append(nil)})
	}
	return e.Fields()
}

// ParseChange reads the fields of a feed entry of Facets.
func ParseChange(fields map[string]any) (*Change, error) {
	e, err := Facets.ParseEntry(fields)
	if err != nil {
		return nil, err
	}
	return e.Change()
}

// Change returns the entry, of Facets, with its rows decoded.
func (e *Entry) Change() (*Change, error) {
	c := &Change{
		Generation: e.Generation, From: e.From, To: e.To, Added: e.Added, Ended: e.Ended, PastFrom: e.PastFrom, Rows: make([]NumberedRow, len(e.Rows)),
	}
	for i := range e.Rows {
		c.Rows[i].Number = e.Rows[i].Number
		if err := c.Rows[i].Row.Decode(e.Rows[i].Bytes); err != nil {
			return nil, err
		}
	}
	return c, nil
}
