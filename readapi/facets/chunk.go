package facets

import (
	"fmt"
	"sync/atomic"

	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// chunkRows is how many rows share one set of arrays: small enough that a
// chunk's columns stay in the cache while a query works on it and that copying
// a changed chunk is cheap, large enough that per-chunk work does not count.
const (
	chunkRows = 1024
	chunkMask = chunkRows - 1
)

type (
	codeColumn    = [chunkRows]uint32
	byteColumn    = [chunkRows]uint8
	instantColumn = [chunkRows]int64

	revisionColumn = [chunkRows]uint64
)

// columns are the rows of a chunk. A place whose status is 0 holds no row.
// Copies of a chunk share those that did not change: an event mostly changes a
// few of them.
type columns struct {
	n int // places in use, those without a row included

	// firstDay and lastDay bound the dates of all rows that the chunk ever held;
	// both are 0 before the first.
	firstDay, lastDay uint32

	// ids are shared by all copies of the chunk: a place gets its id once.
	ids *[chunkRows]string

	title, pack, contentPartner, fulfillmentPartner, subAssignee, language, countrySet, issueSet *codeColumn
	responsible, subResponsible                                                                  *codeColumn
	dueDate, estimatedDate                                                                       *codeColumn // days, as domain.Date
	sourceType, serviceType, movieType, status, materialStatus, qualityControl, flags            *byteColumn
	critical, atRisk, overdue, redeliveryAsked                                                   *instantColumn
	revision                                                                                     *revisionColumn
	since                                                                                        *instantColumn

	lastSince int64 // none of the rows that the chunk ever held is newer

	// Of a chunk of ended versions, else nil: the numbers of their rows, and until when they stood.
	number    *codeColumn
	until     *instantColumn
	lastUntil int64
}

// What columns of a chunk without rows are; nobody writes to them.
var (
	noCodes     codeColumn
	noBytes     byteColumn
	noInstants  instantColumn
	noRevisions revisionColumn
)

// chunk is a run of rows. Published chunks never change.
type chunk struct {
	columns
	own     uint32 // bits of the columns that no other chunk shares, while nobody reads this one
	classes atomic.Pointer[classColumn]
	lists   postingLists
	narrow  narrowColumns
	of      *chunk // that this one shows a part of: its lists are this one's
}

func newChunk() *chunk {
	codes, bytes, instants := &noCodes, &noBytes, &noInstants
	return &chunk{columns: columns{
		ids:   new([chunkRows]string),
		title: codes, pack: codes, contentPartner: codes, fulfillmentPartner: codes, subAssignee: codes, language: codes, countrySet: codes, issueSet: codes,
		responsible: codes, subResponsible: codes, dueDate: codes, estimatedDate: codes,
		sourceType: bytes, serviceType: bytes, movieType: bytes, status: bytes, materialStatus: bytes, qualityControl: bytes, flags: bytes,
		critical: instants, atRisk: instants, overdue: instants, redeliveryAsked: instants, revision: &noRevisions, since: instants,
	}}
}

// rowWriter writes one row. The bit of a column is its turn.
type rowWriter struct {
	own  *uint32
	turn uint32
	i    int
}

// write copies the column first if another chunk may have it.
func write[T comparable](w *rowWriter, column **[chunkRows]T, v T) {
	bit := uint32(1) << w.turn
	w.turn++
	if (*column)[w.i] == v {
		return
	}
	if *w.own&bit == 0 {
		own := **column
		*column = &own
		*w.own |= bit
	}
	(*column)[w.i] = v
}

func (c *chunk) clone() *chunk {
	d := &chunk{}
	d.columns = c.columns
	d.inherit(c)
	return d
}

// Limits of what a row can hold.
var (
	maxSourceType     = uint8(len(sourcerequest.SourceTypes()))
	maxServiceType    = uint8(len(sourcerequest.ServiceTypes()))
	maxMovieType      = uint8(len(sourcerequest.MovieTypes()))
	maxStatus         = uint8(len(sourcerequest.Statuses()))
	maxMaterialStatus = uint8(len(sourcerequest.MaterialStatuses()))
	maxQualityControl = uint8(len(sourcerequest.QualityControlStatuses()))
)

// put writes a row; the codes of its dictionaries are not checked here.
func (c *chunk) put(i int, r *readmodel.Row) error {
	switch {
	case r.Status == 0 || r.Status > maxStatus:
		return fmt.Errorf("facets: row %s has status %d", r.ID, r.Status)
	case r.SourceType > maxSourceType || r.ServiceType > maxServiceType || r.MovieType > maxMovieType || r.MaterialStatus > maxMaterialStatus || r.QualityControl > maxQualityControl:
		return fmt.Errorf("facets: row %s has a code outside its vocabulary", r.ID)
	case r.DueDate < 0 || r.DueDate >= dayCount || r.EstimatedDate < 0 || r.EstimatedDate >= dayCount:
		return fmt.Errorf("facets: row %s has a date out of range", r.ID)
	}
	if c.ids[i] == "" {
		c.ids[i] = r.ID
	} else if c.ids[i] != r.ID {
		return fmt.Errorf("facets: row %s is where %s was", r.ID, c.ids[i])
	}
	before, inUse := c.postedCodes(i), c.n
	c.n = max(c.n, i+1)
	w := rowWriter{own: &c.own, i: i}
	write(&w, &c.title, r.Title)
	write(&w, &c.pack, r.Package)
	write(&w, &c.contentPartner, r.ContentPartner)
	write(&w, &c.fulfillmentPartner, r.FulfillmentPartner)
	write(&w, &c.subAssignee, r.SubAssignee)
	write(&w, &c.language, r.Language)
	write(&w, &c.countrySet, r.CountrySet)
	write(&w, &c.issueSet, r.IssueSet)
	write(&w, &c.responsible, r.Responsible)
	write(&w, &c.subResponsible, r.SubResponsible)
	write(&w, &c.dueDate, uint32(r.DueDate))
	write(&w, &c.estimatedDate, uint32(r.EstimatedDate))
	write(&w, &c.sourceType, r.SourceType)
	write(&w, &c.serviceType, r.ServiceType)
	write(&w, &c.movieType, r.MovieType)
	write(&w, &c.status, r.Status)
	write(&w, &c.materialStatus, r.MaterialStatus)
	write(&w, &c.qualityControl, r.QualityControl)
	write(&w, &c.flags, uint8(r.Flags))
	write(&w, &c.critical, bounded(r.Critical))
	write(&w, &c.atRisk, bounded(r.AtRisk))
	write(&w, &c.overdue, bounded(r.Overdue))
	write(&w, &c.redeliveryAsked, r.RedeliveryAsked)
	write(&w, &c.revision, r.Revision)
	write(&w, &c.since, r.Since)
	c.lastSince = max(c.lastSince, r.Since)
	c.bound(uint32(r.DueDate))
	c.bound(uint32(r.EstimatedDate))
	c.reclass(i)
	c.forget(i, before, inUse)
	return nil
}

func (c *columns) bound(day uint32) {
	switch {
	case day == 0:
	case c.lastDay == 0:
		c.firstDay, c.lastDay = day, day
	default:
		c.firstDay, c.lastDay = min(c.firstDay, day), max(c.lastDay, day)
	}
}

func (s *Snapshot) locate(id string) (*chunk, int, bool) {
	n, ok := s.find(id)
	if !ok || int(n/chunkRows) >= len(s.chunks) {
		return nil, 0, false
	}
	c, i := s.chunks[n/chunkRows], int(n%chunkRows)
	return c, i, c.status[i] != 0
}
