package eventstore

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"backlot/domain"
)

const (
	// stall is how long a page that is not full waits for more while the reader
	// is behind. It matters only when the server pauses without saying CaughtUp.
	stall = 100 * time.Millisecond
	// quiet is after how many looks at the log's end, each twice as late as the
	// former one, a reading that waits for a far checkpoint is given up.
	quiet = 4
)

// errQuiet is a server that says nothing although the log goes on.
var errQuiet = errors.New("no checkpoint comes")

// notice is what a subscription says, one field set, or only that it is open.
type notice struct {
	event      *esdb.RecordedEvent
	decoded    []domain.Recorded // in order
	failed     error             // of the event after those: it cannot be decoded
	checkpoint *esdb.Position
	caughtUp   bool
	fellBehind bool
}

// pager cuts what a subscription says into pages. While the reader is behind
// it fills pages and keeps some ready; once it has caught up a page is handed
// over as soon as nothing more has arrived.
type pager struct {
	decode   func(RawEvent) (domain.Recorded, error)
	pageSize int // events
	prefetch int // full pages kept ready beside the one being filled
	// pace is how long after a page the next one is handed over at the soonest,
	// unless it is full, once the reader has caught up.
	pace time.Duration

	// end is asked where the log ends when the server pauses while behind: an
	// EventStoreDB before 23.10 never says CaughtUp. Nil for one that does.
	end     func(context.Context) (domain.Position, error)
	givesUp bool // with errQuiet

	queue  []domain.Page // the last one is still open
	handed time.Time     // when the last page was
	at     domain.Position
	live   bool
	failed error // an event that cannot be decoded: nothing after it is taken
}

// run pages until notices is closed or an event cannot be decoded; pages that
// are ready by then are handed over first. It returns the decoding error.
func (p *pager) run(ctx context.Context, notices <-chan notice, out chan<- domain.Page) error {
	timer := time.NewTimer(stall)
	defer timer.Stop()
	pacer := time.NewTimer(math.MaxInt64)
	defer pacer.Stop()
	stalled := false
	ends := make(chan domain.Position, 1)
	looks, looking := 0, false
	heard := func() {
		stalled, looks = false, 0
		timer.Reset(stall)
	}
	for {
		if notices != nil && p.take(notices) {
			heard()
		}
		if p.failed != nil {
			notices = nil
		}
		if notices == nil && len(p.queue) == 0 {
			return p.failed
		}

		in := notices
		if !p.hasRoom() {
			in = nil
		}
		var to chan<- domain.Page
		var head domain.Page
		if len(p.queue) > 0 {
			head = p.queue[0]
			if stalled || notices == nil || p.live || head.CaughtUp || p.isFull(head) || len(p.queue) > 1 {
				to = out
			}
		}
		var paced <-chan time.Time
		if to != nil && notices != nil {
			if early := p.early(head); early > 0 {
				to = nil
				pacer.Reset(early)
				paced = pacer.C
			}
		}
		if to != nil {
			// Whoever waits for a page comes before what makes it longer.
			select {
			case to <- head:
				p.pop()
				continue
			default:
			}
		}
		select {
		case to <- head:
			p.pop()
		case n, open := <-in:
			if !open {
				notices = nil
				continue
			}
			p.add(n)
			heard()
		case <-paced:
		case <-timer.C:
			stalled = true
			if p.end != nil && !p.live && !looking && in != nil {
				looking = true
				go p.look(ctx, ends)
			}
		case end := <-ends:
			looking = false
			switch {
			case p.live:
			case p.at >= end:
				p.add(notice{caughtUp: true})
			case looks == quiet && p.givesUp && end != unknownEnd:
				return errQuiet
			default:
				timer.Reset(stall << looks)
				looks = min(looks+1, quiet)
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// unknownEnd is behind everything.
const unknownEnd = domain.Position(math.MaxUint64)

func (p *pager) look(ctx context.Context, ends chan<- domain.Position) {
	end, err := p.end(ctx)
	if err != nil {
		end = unknownEnd
	}
	ends <- end
}

// take adds what has arrived already, up to the end of a page, and reports
// whether that was anything.
func (p *pager) take(notices <-chan notice) (any bool) {
	for p.hasRoom() && p.failed == nil {
		select {
		case n, open := <-notices:
			if !open {
				return any
			}
			p.add(n)
			any = true
			if l := len(p.queue); l > 0 && p.isFull(p.queue[l-1]) {
				return any
			}
		default:
			return any
		}
	}
	return any
}

func (p *pager) isFull(page domain.Page) bool { return len(page.Events) >= p.pageSize }

func (p *pager) hasRoom() bool {
	n := len(p.queue)
	return n == 0 || n <= p.prefetch || !p.isFull(p.queue[n-1])
}

// early is how long the page that is next has to wait for its time.
func (p *pager) early(next domain.Page) time.Duration {
	if p.pace == 0 || !p.live || p.isFull(next) || p.handed.IsZero() {
		return 0
	}
	return p.pace - time.Since(p.handed)
}

func (p *pager) pop() {
	p.handed = time.Now()
	p.queue[0] = domain.Page{}
	p.queue = p.queue[1:]
}

func (p *pager) add(n notice) {
	switch {
	case n.event != nil:
		r, err := p.decode(rawOf(n.event))
		if err != nil {
			p.failed = err
			return
		}
		p.addEvent(r)
	case n.decoded != nil:
		for i := range n.decoded {
			p.addEvent(n.decoded[i])
		}
		p.failed = n.failed
	case n.checkpoint != nil:
		if to := domain.Position(n.checkpoint.Commit); to > p.at {
			p.move(p.last(), to)
		}
	case n.caughtUp:
		p.live = true
		p.last().CaughtUp = true
	case n.fellBehind:
		p.live = false
	}
}

func (p *pager) addEvent(r domain.Recorded) {
	page := p.tail()
	page.Events = append(page.Events, r)
	p.move(page, r.Position)
}

func (p *pager) move(page *domain.Page, to domain.Position) { page.To, p.at = to, to }

// last returns the newest page, full or not.
func (p *pager) last() *domain.Page {
	if len(p.queue) == 0 {
		p.queue = append(p.queue, domain.Page{From: p.at, To: p.at})
	}
	return &p.queue[len(p.queue)-1]
}

// tail returns the page that takes the next event.
func (p *pager) tail() *domain.Page {
	page := p.last()
	if p.isFull(*page) {
		p.queue = append(p.queue, domain.Page{From: p.at, To: p.at})
		page = &p.queue[len(p.queue)-1]
	}
	if page.Events == nil && !p.live {
		page.Events = make([]domain.Recorded, 0, p.pageSize)
	}
	return page
}
