package facets

import (
	"fmt"
	"slices"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// maxRows bounds row numbers: an idIndex has no room for more, and a damaged one
// must not take all memory.
const maxRows = slotNumber

// builder makes the snapshots of one generation. It is not safe for
// concurrent use; the snapshots are.
type builder struct {
	generation readmodel.Generation
	position   domain.Position
	chunks     []*chunk
	owned      []bool // by chunk: no snapshot has it yet, so it may be written
	length     int
	words      *dictionaryBuilder
	ids        *idIndex
	names      Names
	accounts   AccountNames
	policy     sourcerequest.Policy
	past       pastBuilder
}

func newBuilder(g readmodel.Generation, cfg *Config) *builder {
	return &builder{generation: g, words: newDictionaryBuilder(), ids: newIDIndex(), names: cfg.Names, accounts: cfg.Accounts, policy: cfg.Policy}
}

// chunkFor returns the chunk of a row's number, which may be written.
func (b *builder) chunkFor(number uint32) (*chunk, error) {
	if number >= maxRows {
		return nil, fmt.Errorf("facets: %d is not a row's number", number)
	}
	n := int(number / chunkRows)
	for len(b.chunks) <= n {
		b.chunks, b.owned = append(b.chunks, newChunk()), append(b.owned, true)
	}
	if !b.owned[n] {
		b.chunks[n], b.owned[n] = b.chunks[n].clone(), true
	}
	return b.chunks[n], nil
}

// put writes a row at its place.
func (b *builder) put(number uint32, r *readmodel.Row) error {
	c, err := b.chunkFor(number)
	if err != nil {
		return err
	}
	i := number % chunkRows
	isNew := c.status[i] == 0
	if err := c.put(int(i), r); err != nil || !isNew {
		return err
	}
	b.length++
	return b.ids.add(number, c.ids, c.ids[i:i+1])
}

// check refuses a row with codes that its dictionaries do not have.
func (b *builder) check(r *readmodel.Row) error {
	for _, c := range [...]struct {
		of   readmodel.Dictionary
		code uint32
	}{
		{readmodel.Titles, r.Title}, {readmodel.Packages, r.Package}, {readmodel.Languages, r.Language},
		{readmodel.Partners, r.ContentPartner}, {readmodel.Partners, r.FulfillmentPartner}, {readmodel.Partners, r.SubAssignee},
		{readmodel.Accounts, r.Responsible}, {readmodel.Accounts, r.SubResponsible},
		{readmodel.CountrySets, r.CountrySet}, {readmodel.IssueSets, r.IssueSet},
	} {
		if int(c.code) >= b.words.now.size(c.of) {
			return fmt.Errorf("facets: row %s has code %d of %d %s", r.ID, c.code, b.words.now.size(c.of), c.of)
		}
	}
	return nil
}

// checkAll checks every row: segments are loaded before the dictionaries, so
// that these have all of their codes.
func (b *builder) checkAll() error {
	for _, column := range []struct {
		of    readmodel.Dictionary
		codes codesOf
	}{
		{readmodel.Titles, titles}, {readmodel.Packages, packages}, {readmodel.Languages, languages},
		{readmodel.Partners, contentPartners}, {readmodel.Partners, fulfillmentPartners}, {readmodel.Partners, subAssignees},
		{readmodel.Accounts, responsibles}, {readmodel.Accounts, subResponsibles},
		{readmodel.CountrySets, countrySets}, {readmodel.IssueSets, issueSets},
	} {
		size := uint32(b.words.now.size(column.of))
		for _, c := range slices.Concat(b.chunks, b.past.chunks) {
			for i, code := range column.codes(&c.columns)[:c.n] {
				if code >= size {
					return fmt.Errorf("facets: row %s has code %d of %d %s", c.ids[i], code, size, column.of)
				}
			}
		}
	}
	return nil
}

// apply brings the rows from Change.From to Change.To. The error says why they
// are not a continuation of what was loaded.
func (b *builder) apply(c *readmodel.Change) error {
	if c.Generation != b.generation || c.From != b.position || c.To < c.From {
		return fmt.Errorf("facets: a change of generation %s from %s to %s does not continue generation %s at %s", c.Generation, c.From, c.To, b.generation, b.position)
	}
	for d, added := range c.Added {
		if err := b.words.add(d, added.From, added.Values); err != nil {
			return err
		}
	}
	for i := range c.Rows {
		if err := b.check(&c.Rows[i].Row); err != nil {
			return err
		}
		if err := b.put(c.Rows[i].Number, &c.Rows[i].Row); err != nil {
			return err
		}
	}
	if len(c.Ended.Rows) > 0 {
		if err := b.end(c.Ended.From, c.Ended.Rows, true); err != nil {
			return err
		}
	}
	b.ForgetPast(c.PastFrom)
	b.position = c.To
	return nil
}

// snapshot returns the rows as they are; the builder goes on with copies.
func (b *builder) snapshot() *Snapshot {
	words := b.words.now
	s := &Snapshot{
		generation: b.generation, position: b.position, chunks: append([]*chunk(nil), b.chunks...), length: b.length,
		words: &words, ids: b.ids, names: b.names, accounts: b.accounts, policy: b.policy,
		past: append([]*chunk(nil), b.past.chunks...), pastFrom: b.past.from, moments: &moments{},
	}
	b.past.owned = false
	clear(b.owned)
	return s
}

// Put implements mirror.Builder. The rows are those of one segment.
func (b *builder) Put(number uint32, rows []byte) error {
	if len(rows) == 0 {
		return nil // a segment after the last, which needs no chunk
	}
	c, err := b.chunkFor(number)
	if err != nil {
		return err
	}
	// One string has all ids.
	var ids []byte
	for at := 0; at < len(rows); at += readmodel.RowSize {
		id, err := readmodel.RowID(rows[at:])
		if err != nil {
			return err
		}
		ids = append(ids, id...)
	}
	left := string(ids)
	var row readmodel.Row
	first := number % chunkRows
	i := int(first)
	for ; len(rows) > 0; i, rows = i+1, rows[readmodel.RowSize:] {
		n := int(rows[0])
		if n == 0 {
			continue // never written
		}
		row.DecodeFields(rows)
		row.ID, left = left[:n], left[n:]
		if c.status[i] == 0 {
			b.length++
		}
		if err := c.put(i, &row); err != nil {
			return err
		}
	}
	return b.ids.add(number, c.ids, c.ids[first:i])
}

// Add implements mirror.Builder.
func (b *builder) Add(to readmodel.Dictionary, from uint32, values []string) error {
	return b.words.add(to, from, values)
}

// Check implements mirror.Builder.
func (b *builder) Check() error { return b.checkAll() }

// Apply implements mirror.Builder.
func (b *builder) Apply(e *readmodel.Entry) error {
	c, err := e.Change()
	if err != nil {
		return err
	}
	return b.apply(c)
}

// Position implements mirror.Builder.
func (b *builder) Position() domain.Position { return b.position }

// Len implements mirror.Builder.
func (b *builder) Len() int { return b.length }

// Snapshot implements mirror.Builder.
func (b *builder) Snapshot() *Snapshot { return b.snapshot() }
