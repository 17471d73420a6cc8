package bench

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// seed makes every run's requests the same. The first n requests are the same
// whatever the size of the data set.
const seed = 20261123

// Now is the instant that questions are asked about, and around which dates lie.
var Now = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

var (
	policy = sourcerequest.DefaultPolicy()
	today  = domain.DateOf(Now, policy.Zone)
)

// importer is who brought the requests in.
var importer = domain.Principal{Account: "bench-operator", Role: domain.RoleOperator}

// request is a source request with what its buckets depend on.
type request struct {
	number   int // from 0
	id       string
	title    int // number of its title, from 0, dense
	state    sourcerequest.State
	facts    sourcerequest.Facts
	instants sourcerequest.Instants
	history  []happening
}

// happening is an event of a request and when it was.
type happening struct {
	event sourcerequest.Event
	at    time.Time
}

// catalogue yields n requests in the order of their numbers. Each yielded one is
// the yield's own.
func catalogue(n int) iter.Seq[*request] {
	return func(yield func(*request) bool) {
		number := 0
		for pack := 0; number < n; pack++ {
			p := newPackage(pack)
			for range p.size {
				if number == n {
					return
				}
				if !yield(p.request(number)) {
					return
				}
				number++
			}
		}
	}
}

// parcel is a package: the requests of one title, which share most of what is
// said of them.
type parcel struct {
	random      *rand.Rand
	size        int
	pack        string
	number      int
	title       string
	movie       string
	movieType   sourcerequest.MovieType
	original    bool
	content     string
	fulfillment string
	countries   []string
	due         domain.Date
}

// Distances of due dates from today, in days, about evenly spread.
const earliestDue, latestDue = -50, 175

func newPackage(n int) *parcel {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	p := &parcel{
		random: r, size: 3 + r.IntN(22), pack: fmt.Sprint(500_000 + n), number: n, movie: fmt.Sprint(80_000_000 + n),
		movieType: movieTypes.pick(r), original: r.IntN(100) < 37,
		content: studios[contentPartners.pick(r)].id, fulfillment: postHouses[r.IntN(len(postHouses))].id,
		due: today + domain.Date(earliestDue+r.IntN(latestDue-earliestDue)),
	}
	p.title = titleOf(r, p.movieType)
	p.countries = []string{countries.pick(r)}
	if r.IntN(100) < 15 {
		if c := countries.pick(r); c != p.countries[0] {
			p.countries = append(p.countries, c)
			slices.Sort(p.countries)
		}
	}
	return p
}

func (p *parcel) request(number int) *request {
	r := p.random
	opened := sourcerequest.Opened{
		PackageID: p.pack, MovieID: p.movie, Title: p.title, MovieType: p.movieType, IsOriginal: p.original,
		ContentPartner: p.content, FulfillmentPartner: p.fulfillment,
		SourceType: sourceTypes.pick(r), ServiceType: serviceTypes.pick(r), Language: languages.pick(r), Countries: p.countries,
		DueDate: p.due + domain.Date(r.IntN(31)-15), MaterialStatus: sourcerequest.MaterialNotReceived, Status: statuses.pick(r), Import: true,
	}
	at := Now.Add(-time.Duration(r.Int64N(int64(120 * 24 * time.Hour)))).Truncate(time.Millisecond)
	if opened.Status == sourcerequest.StatusRedeliveryRequested {
		// It counts from its import: some of them are not late yet.
		at = Now.Add(-time.Duration(r.Int64N(int64(200 * time.Hour)))).Truncate(time.Millisecond)
	}
	q := &request{number: number, id: fmt.Sprint(100_000_000 + number), title: p.number}
	q.happens(opened, at)
	if r.IntN(100) < 28 {
		days := 1 + r.IntN(12)
		if r.IntN(2) == 0 {
			days = -1 - r.IntN(10)
		}
		at = at.Add(time.Minute)
		q.happens(sourcerequest.EstimatedDeliveryDateChanged{Date: opened.DueDate + domain.Date(days), Reason: "The mix took longer than planned"}, at)
	}
	if m := materialStatuses.pick(r); m != sourcerequest.MaterialNotReceived {
		q.happens(sourcerequest.MaterialStatusChanged{MaterialStatus: m}, at.Add(time.Minute))
	}
	q.facts = q.state.Facts()
	q.instants = policy.Instants(q.facts)
	return q
}

func (q *request) happens(e sourcerequest.Event, at time.Time) {
	q.state = sourcerequest.Evolve(q.state, e, domain.Occurrence{At: at, By: importer, Revision: uint64(len(q.history))})
	q.history = append(q.history, happening{e, at})
}
