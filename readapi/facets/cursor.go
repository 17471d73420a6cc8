package facets

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"backlot/domain"
)

// cursor is what the opaque form holds: the place after a row, by values and
// not by codes, since those may be others on the next page.
type cursor struct {
	Query  string        `json:"q"` // hash of what the cursor belongs to
	Now    int64         `json:"n"` // Unix ms
	Values []cursorValue `json:"v"` // of the row, one for each sort key
	ID     string        `json:"i"`
}

// cursorValue is a sort key's value: a label, or a number; neither if empty.
type cursorValue struct {
	Label  *string `json:"l,omitempty"`
	Number *uint64 `json:"n,omitempty"`
}

// queryHash identifies what rows a query lists and in which order.
func (q *RowQuery) hash() string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%q", q.Selection.String())
	if q.Bucket != nil {
		fmt.Fprintf(&b, " bucket %s", *q.Bucket)
	}
	names := make([]string, 0, len(q.Group))
	for name := range q.Group {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, " %s %q", name, q.Group[name])
	}
	if q.asOf != 0 {
		fmt.Fprintf(&b, " as of %d", q.asOf)
	}
	if q.IDs != nil {
		fmt.Fprintf(&b, " of %q", q.IDs)
	}
	if q.Except != nil {
		fmt.Fprintf(&b, " except %q", q.Except)
	}
	for _, k := range q.Sort {
		fmt.Fprintf(&b, " by %s %t", k.Column, k.Descending)
	}
	sum := sha256.Sum256(b.Bytes())
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// cursorAfter returns the cursor of the place after a row.
func (o *sorter) cursorAfter(q *RowQuery, now time.Time, last candidate) string {
	c, i := o.place(last.row)
	cur := cursor{Query: q.hash(), Now: now.UnixMilli(), ID: strings.Clone(c.ids[i]), Values: make([]cursorValue, len(o.keys))}
	for n := range o.keys {
		k := &o.keys[n]
		v := k.code(c, i)
		switch {
		case v == 0:
		case k.label != nil:
			order := k.label.order()
			cur.Values[n].Label = &k.label.text[order.codes[order.first[(v-2)/2]]]
		default:
			cur.Values[n].Number = &v
		}
	}
	b, err := json.Marshal(cur)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// parseCursor reads a cursor of a query. The error is CodeInvalid.
func parseCursor(q *RowQuery) (*cursor, error) {
	var c cursor
	b, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	year := time.UnixMilli(c.Now).UTC().Year()
	switch {
	case err != nil || c.Query == "" || year < 1971 || year > 9999:
		return nil, domain.Invalid("cursor", "this is not a cursor that an answer gave")
	case c.Query != q.hash():
		return nil, domain.Invalid("cursor", "the cursor belongs to another search; leave it out to begin anew")
	case len(c.Values) != max(len(q.Sort), 1):
		return nil, domain.Invalid("cursor", "this is not a cursor that an answer gave")
	}
	return &c, nil
}

// marker returns the place of a cursor among the snapshot's rows.
func (o *sorter) marker(c *cursor) *marker {
	m := &marker{id: c.ID, keys: make([]uint64, len(o.keys))}
	for n := range o.keys {
		k, v := &o.keys[n], c.Values[n]
		var code uint64
		switch {
		case k.label != nil && v.Label != nil:
			before, found := k.label.seek(*v.Label)
			code = 2*uint64(before) + 1
			if found {
				code++
			}
		case k.label == nil && v.Number != nil:
			code = *v.Number
		}
		m.keys[n] = k.directed(code)
	}
	return m
}
