package deliveries

import (
	"fmt"
	"slices"

	"backlot/domain"
	"backlot/domain/figures"
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// maxRows bounds row numbers, so that a damaged one does not take all memory.
const maxRows = 1 << 27

// chunkRows is how many rows share one set of arrays; see package facets.
const chunkRows = 1024

type (
	codes    = [chunkRows]uint32
	bytes    = [chunkRows]uint8
	days     = [chunkRows]domain.Date
	instants = [chunkRows]int64
)

// chunk is a run of rows. Published chunks never change.
type chunk struct {
	n int // places in use

	// firstDay and lastDay bound the days of all deliveries and blockers that
	// the chunk ever held: rows come in the order of time, so that most chunks
	// are nothing to a short period.
	firstDay, lastDay domain.Date

	ids                                                                       *[chunkRows]string // shared by all copies: a place gets its id once
	number, files                                                             [chunkRows]uint16
	sourceType, serviceType, cause, scope, inspection, flags                  bytes
	parts                                                                     bytes // see partsOf
	partner, maker, contentPartner, fulfillmentPartner, subAssignee, language codes
	dueDate, day, blockerDay                                                  days
	at, sentBack, blocker, wait                                               instants
}

// timeless is how many figures do not depend on the clock: all before BlockerTime.
const timeless = int(figures.BlockerTime)

// partSlots is above every value of partsOf.
const partSlots = 128

// partsOf packs the parts of a delivery in the timeless figures into one number.
func partsOf(f figures.Facts) uint8 {
	packed := 0
	for figure := timeless - 1; figure >= 0; figure-- {
		packed = packed*figures.PartCount + int(f.PartIn(figures.Figure(figure), 0))
	}
	return uint8(packed)
}

// partIn unpacks the part in one of the timeless figures.
func partIn(f figures.Figure, packed uint8) figures.Part {
	for range f {
		packed /= uint8(figures.PartCount)
	}
	return figures.Part(packed % uint8(figures.PartCount))
}

var (
	maxSourceType  = uint8(len(sourcerequest.SourceTypes()))
	maxServiceType = uint8(len(sourcerequest.ServiceTypes()))
	maxCause       = uint8(len(sourcerequest.Causes()))
	maxScope       = uint8(len(sourcerequest.RedeliveryScopes()))
	maxVerdict     = uint8(len(sourcerequest.Verdicts()))
)

// put writes a row.
func (c *chunk) put(i int, r *readmodel.Delivery) error {
	switch {
	case r.SourceType > maxSourceType || r.ServiceType > maxServiceType || r.Cause > maxCause || r.Scope > maxScope || r.Inspection > maxVerdict:
		return fmt.Errorf("deliveries: row %s has a code outside its vocabulary", r.Key())
	case r.Number == 0 || r.Day == 0:
		return fmt.Errorf("deliveries: row %s has no number or no day", r.Key())
	case c.ids[i] != "" && (c.ids[i] != r.ID || c.number[i] != r.Number):
		return fmt.Errorf("deliveries: row %s is where that of %s was", r.Key(), c.ids[i])
	}
	if c.ids[i] == "" {
		c.ids[i] = r.ID
	}
	c.n = max(c.n, i+1)
	c.number[i], c.sourceType[i], c.serviceType[i], c.cause[i], c.scope[i], c.flags[i] = r.Number, r.SourceType, r.ServiceType, r.Cause, r.Scope, uint8(r.Flags)
	c.partner[i], c.maker[i], c.contentPartner[i], c.fulfillmentPartner[i], c.subAssignee[i], c.language[i] = r.Partner, r.Maker, r.ContentPartner, r.FulfillmentPartner, r.SubAssignee, r.Language
	c.files[i], c.inspection[i] = r.Files, r.Inspection
	c.dueDate[i], c.day[i], c.blockerDay[i] = r.DueDate, r.Day, r.BlockerDay
	c.at[i], c.sentBack[i], c.blocker[i], c.wait[i] = r.At, r.SentBack, r.Blocker, r.Wait
	c.parts[i] = partsOf(r.Facts())
	for _, day := range [...]domain.Date{r.Day, r.BlockerDay} {
		if day != 0 {
			if c.firstDay == 0 || day < c.firstDay {
				c.firstDay = day
			}
			c.lastDay = max(c.lastDay, day)
		}
	}
	return nil
}

// row returns what was put at a place.
func (c *chunk) row(i int) readmodel.Delivery {
	return readmodel.Delivery{
		ID: c.ids[i], Number: c.number[i], SourceType: c.sourceType[i], ServiceType: c.serviceType[i], Cause: c.cause[i], Scope: c.scope[i],
		Flags: readmodel.DeliveryFlags(c.flags[i]), Partner: c.partner[i], Maker: c.maker[i], ContentPartner: c.contentPartner[i],
		FulfillmentPartner: c.fulfillmentPartner[i], SubAssignee: c.subAssignee[i], Language: c.language[i], Files: c.files[i], Inspection: c.inspection[i],
		DueDate: c.dueDate[i], Day: c.day[i], BlockerDay: c.blockerDay[i], At: c.at[i], SentBack: c.sentBack[i], Blocker: c.blocker[i], Wait: c.wait[i],
	}
}

// part returns the part that a row has in a figure.
func (c *chunk) part(i int, f figures.Figure, now int64) figures.Part {
	if int(f) < timeless {
		return partIn(f, c.parts[i])
	}
	row := c.row(i)
	return row.Facts().PartIn(f, now)
}

// builder makes the snapshots of one generation.
type builder struct {
	generation readmodel.Generation
	position   domain.Position
	chunks     []*chunk
	owned      []bool // by chunk: no snapshot has it yet, so it may be written
	length     int
	words      words
	names      Names
}

// Put implements mirror.Builder.
func (b *builder) Put(number uint32, rows []byte) error {
	var row readmodel.Delivery
	for ; len(rows) > 0; number, rows = number+1, rows[readmodel.DeliverySize:] {
		if rows[0] == 0 {
			continue // never written
		}
		if err := row.Decode(rows[:readmodel.DeliverySize]); err != nil {
			return err
		}
		if err := b.put(number, &row); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) put(number uint32, r *readmodel.Delivery) error {
	if number >= maxRows {
		return fmt.Errorf("deliveries: %d is not a row's number", number)
	}
	n, i := int(number/chunkRows), int(number%chunkRows)
	for len(b.chunks) <= n {
		b.chunks, b.owned = append(b.chunks, &chunk{ids: new([chunkRows]string)}), append(b.owned, true)
	}
	if !b.owned[n] {
		c := *b.chunks[n]
		b.chunks[n], b.owned[n] = &c, true
	}
	if b.chunks[n].number[i] == 0 {
		b.length++
	}
	return b.chunks[n].put(i, r)
}

// Add implements mirror.Builder.
func (b *builder) Add(to readmodel.Dictionary, from uint32, values []string) error {
	var list *[]string
	switch to {
	case readmodel.Partners:
		list = &b.words.partners
	case readmodel.Languages:
		list = &b.words.languages
	default:
		return nil // these rows have none of them
	}
	have := uint32(len(*list))
	if from > have {
		return fmt.Errorf("deliveries: %s continue at code %d, but end at %d", to, from, have)
	}
	overlap := min(have-from, uint32(len(values)))
	if !slices.Equal((*list)[from:from+overlap], values[:overlap]) {
		return fmt.Errorf("deliveries: %s from code %d on are not those that were loaded", to, from)
	}
	*list = append(*list, values[overlap:]...)
	return nil
}

// Check implements mirror.Builder.
func (b *builder) Check() error {
	for _, c := range b.chunks {
		for i := range c.n {
			if c.number[i] == 0 {
				continue
			}
			row := c.row(i)
			if err := b.check(&row); err != nil {
				return err
			}
		}
	}
	return nil
}

// check refuses a row with codes that its dictionaries do not have.
func (b *builder) check(r *readmodel.Delivery) error {
	for _, code := range [...]uint32{r.Partner, r.Maker, r.ContentPartner, r.FulfillmentPartner, r.SubAssignee} {
		if int(code) >= len(b.words.partners) {
			return fmt.Errorf("deliveries: row %s has code %d of %d partners", r.Key(), code, len(b.words.partners))
		}
	}
	if int(r.Language) >= len(b.words.languages) {
		return fmt.Errorf("deliveries: row %s has code %d of %d languages", r.Key(), r.Language, len(b.words.languages))
	}
	return nil
}

// Apply implements mirror.Builder.
func (b *builder) Apply(e *readmodel.Entry) error {
	if e.Generation != b.generation || e.From != b.position || e.To < e.From {
		return fmt.Errorf("deliveries: a change of generation %s from %s to %s does not continue generation %s at %s", e.Generation, e.From, e.To, b.generation, b.position)
	}
	for d, added := range e.Added {
		if err := b.Add(d, added.From, added.Values); err != nil {
			return err
		}
	}
	for _, encoded := range e.Rows {
		var row readmodel.Delivery
		if err := row.Decode(encoded.Bytes); err != nil {
			return err
		}
		if err := b.check(&row); err != nil {
			return err
		}
		if err := b.put(encoded.Number, &row); err != nil {
			return err
		}
	}
	b.position = e.To
	return nil
}

// Position implements mirror.Builder.
func (b *builder) Position() domain.Position { return b.position }

// Len implements mirror.Builder.
func (b *builder) Len() int { return b.length }

// Snapshot implements mirror.Builder.
func (b *builder) Snapshot() *Snapshot {
	clear(b.owned)
	return &Snapshot{position: b.position, chunks: slices.Clone(b.chunks), length: b.length, words: b.words, names: b.names}
}
