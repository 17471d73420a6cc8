package readmodel

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"backlot/domain"
)

// Change is one entry of the change feed: what a page of the log did to the
// rows and dictionaries. Applied in order, changes turn the rows at From into
// those at To. A reader that stands at another position than From, or at
// another generation, has missed something and loads everything again.
type Change struct {
	Generation Generation
	From, To   domain.Position
	Rows       []NumberedRow
	Added      map[Dictionary]Added
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
)

// Fields returns the change as the fields of a Redis stream entry.
func (c *Change) Fields() ([]any, error) {
	fields := []any{fieldGeneration, string(c.Generation), fieldFrom, c.From.String(), fieldTo, c.To.String()}
	if len(c.Rows) > 0 {
		b := make([]byte, 0, len(c.Rows)*(4+RowSize))
		for i := range c.Rows {
			b = binary.LittleEndian.AppendUint32(b, c.Rows[i].Number)
			b = c.Rows[i].Row.Append(b)
		}
		fields = append(fields, fieldRows, b)
	}
	if len(c.Added) > 0 {
		added := map[string]dictionaryEntry{}
		for d, a := range c.Added {
			added[d.String()] = dictionaryEntry(a)
		}
		b, err := json.Marshal(added)
		if err != nil {
			return nil, err
		}
		fields = append(fields, fieldAdded, b)
	}
	return fields, nil
}

// ParseChange reads the fields of a feed entry.
func ParseChange(fields map[string]any) (*Change, error) {
	str := func(name string) string { s, _ := fields[name].(string); return s }
	c := &Change{Generation: Generation(str(fieldGeneration))}
	var err error
	if c.From, err = domain.ParsePosition(str(fieldFrom)); err != nil {
		return nil, fmt.Errorf("readmodel: a change without from: %w", err)
	}
	if c.To, err = domain.ParsePosition(str(fieldTo)); err != nil {
		return nil, fmt.Errorf("readmodel: a change without to: %w", err)
	}
	rows := []byte(str(fieldRows))
	if len(rows)%(4+RowSize) != 0 {
		return nil, fmt.Errorf("readmodel: a change with %d bytes of rows", len(rows))
	}
	c.Rows = make([]NumberedRow, len(rows)/(4+RowSize))
	for i := range c.Rows {
		b := rows[i*(4+RowSize):]
		c.Rows[i].Number = binary.LittleEndian.Uint32(b)
		if err := c.Rows[i].Row.Decode(b[4 : 4+RowSize]); err != nil {
			return nil, err
		}
	}
	if s := str(fieldAdded); s != "" {
		var added map[string]dictionaryEntry
		if err := json.Unmarshal([]byte(s), &added); err != nil {
			return nil, fmt.Errorf("readmodel: a change's dictionary values: %w", err)
		}
		c.Added = make(map[Dictionary]Added, len(added))
		for d := range Dictionary(DictionaryCount) {
			if a, ok := added[d.String()]; ok {
				c.Added[d] = Added(a)
			}
		}
	}
	return c, nil
}
