package facets

import (
	"fmt"
	"sync"
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
)

// columns are the rows of a chunk. A place whose status is 0 holds no row.
type columns struct {
	n int // places in use, those without a row included

	// firstDay and lastDay bound the dates of all rows that the chunk ever held;
	// both are 0 before the first.
	firstDay, lastDay uint32

	// ids are shared by all copies of the chunk: a place gets its id once.
	ids *[chunkRows]string

	title, pack, contentPartner, fulfillmentPartner, subAssignee, language, countrySet, issueSet codeColumn
	responsible, subResponsible                                                                  codeColumn
	dueDate, estimatedDate                                                                       codeColumn // days, as domain.Date
	sourceType, serviceType, movieType, status, materialStatus, flags                            byteColumn
	critical, atRisk, overdue, redeliveryAsked                                                   instantColumn
	revision                                                                                     [chunkRows]uint64
}

// chunk is a run of rows. Published chunks never change.
type chunk struct {
	columns
	classes atomic.Pointer[classColumn]
	lists   postingLists
}

func newChunk() *chunk {
	c := &chunk{}
	c.ids = new([chunkRows]string)
	return c
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
)

// put writes a row; the codes of its dictionaries are not checked here.
func (c *chunk) put(i int, r *readmodel.Row) error {
	switch {
	case r.Status == 0 || r.Status > maxStatus:
		return fmt.Errorf("facets: row %s has status %d", r.ID, r.Status)
	case r.SourceType > maxSourceType || r.ServiceType > maxServiceType || r.MovieType > maxMovieType || r.MaterialStatus > maxMaterialStatus:
		return fmt.Errorf("facets: row %s has a code outside its vocabulary", r.ID)
	case r.DueDate < 0 || r.DueDate >= dayCount || r.EstimatedDate < 0 || r.EstimatedDate >= dayCount:
		return fmt.Errorf("facets: row %s has a date out of range", r.ID)
	}
	before, inUse := c.postedCodes(i), c.n
	defer func() { c.forget(i, before, inUse) }()
	c.n = max(c.n, i+1)
	if c.ids[i] == "" {
		c.ids[i] = r.ID
	} else if c.ids[i] != r.ID {
		return fmt.Errorf("facets: row %s is where %s was", r.ID, c.ids[i])
	}
	c.title[i], c.pack[i], c.language[i] = r.Title, r.Package, r.Language
	c.contentPartner[i], c.fulfillmentPartner[i], c.subAssignee[i] = r.ContentPartner, r.FulfillmentPartner, r.SubAssignee
	c.responsible[i], c.subResponsible[i] = r.Responsible, r.SubResponsible
	c.countrySet[i], c.issueSet[i] = r.CountrySet, r.IssueSet
	c.dueDate[i], c.estimatedDate[i] = uint32(r.DueDate), uint32(r.EstimatedDate)
	c.bound(c.dueDate[i])
	c.bound(c.estimatedDate[i])
	c.sourceType[i], c.serviceType[i], c.movieType[i] = r.SourceType, r.ServiceType, r.MovieType
	c.status[i], c.materialStatus[i], c.flags[i] = r.Status, r.MaterialStatus, uint8(r.Flags)
	c.critical[i], c.atRisk[i], c.overdue[i], c.redeliveryAsked[i] = r.Critical, r.AtRisk, r.Overdue, r.RedeliveryAsked
	c.revision[i] = r.Revision
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

// idIndex finds a row's place by its request id. Places never change within a
// generation, so all its snapshots share one index; an id that a snapshot does
// not hold yet has status 0 there, or lies beyond its chunks.
type idIndex struct {
	mu     sync.RWMutex
	places map[string]uint32
}

func newIDIndex() *idIndex { return &idIndex{places: map[string]uint32{}} }

func (x *idIndex) find(id string) (uint32, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	n, ok := x.places[id]
	return n, ok
}

func (s *Snapshot) locate(id string) (*chunk, int, bool) {
	n, ok := s.ids.find(id)
	if !ok || int(n/chunkRows) >= len(s.chunks) {
		return nil, 0, false
	}
	c, i := s.chunks[n/chunkRows], int(n%chunkRows)
	return c, i, c.status[i] != 0
}
