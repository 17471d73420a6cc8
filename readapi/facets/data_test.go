package facets

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// request is a source request as the reference sees it.
type request struct {
	id       string
	revision uint64
	state    sourcerequest.State
}

// orgs is a Names over a fixed list.
type orgs map[string]string

func (o orgs) Name(id string) string {
	if n, ok := o[id]; ok {
		return n
	}
	return id
}

func (o orgs) Find(name string) (string, bool) {
	for id, n := range o {
		if strings.EqualFold(n, name) {
			return id, true
		}
	}
	return "", false
}

// testNames lacks an organisation that rows have: its id stands for its name.
var testNames = orgs{"juice": "Juice", "pix": "Pixelogic", "zoo": "Zoo Digital", "nbcu": "NBCU", "eclair": "Éclair", "gaumont": "Gaumont"}

// people is an AccountNames over a fixed list. Two of one name are different
// people, and one is unknown.
type people map[string]string

func (p people) Name(account string) string {
	if n, ok := p[account]; ok {
		return n
	}
	return account
}

var testPeople = people{"a-ann": "Ann Éluard", "a-bob": "Bob", "a-kim": "Kim Lee", "a-kim2": "Kim Lee"}

var (
	accountIDs     = []string{"a-ann", "a-bob", "a-kim", "a-kim2", "a-ghost"}
	contentIDs     = []string{"nbcu", "eclair", "gaumont", "juice"}
	fulfillmentIDs = []string{"juice", "pix", "zoo", "nameless"}
	testLanguages  = []string{"Korean", "Dutch", "Japanese", "Français", "Éwé"}
	testCountries  = []string{"Japan", "Netherlands", "United States", "Côte d'Ivoire", "Åland"}
	testTitles     = []string{
		"House, M.D.", "House of Cards", "Amélie", "Pokémon: Indigo League", "The Crown: Season 1: Episode 2", "Crown Jewels",
		"Hause der Lüge", "Narcos", "narcos", "Straße", "한국 드라마", "Grey’s Anatomy",
	}
	testCodes      = []string{"audio_dropout", "typo", "Burned-in Subtitles"}
	testCategories = []string{"Audio", "Timed Text", ""}
)

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

// randomRequest makes a request around a moment.
func randomRequest(r *rand.Rand, id string, now time.Time) request {
	today := domain.DateOf(now, time.UTC)
	day := func() domain.Date {
		if r.IntN(8) == 0 {
			return today + domain.Date(r.IntN(800)-400)
		}
		return today + domain.Date(r.IntN(17)-8)
	}
	s := sourcerequest.State{
		PackageID: fmt.Sprint(500 + r.IntN(6)), MovieID: fmt.Sprint(800 + r.IntN(4)), Title: pick(r, testTitles),
		MovieType: pick(r, sourcerequest.MovieTypes()), IsOriginal: r.IntN(2) == 0,
		ContentPartner: pick(r, contentIDs), SourceType: pick(r, sourcerequest.SourceTypes()[:5]), ServiceType: pick(r, sourcerequest.ServiceTypes()),
		Language: pick(r, testLanguages), DueDate: day(), Status: pick(r, sourcerequest.Statuses()), MaterialStatus: pick(r, sourcerequest.MaterialStatuses()),
		MaterialSinceRejected: r.IntN(4) == 0, WasDelivered: r.IntN(2) == 0,
	}
	if r.IntN(5) > 0 {
		s.FulfillmentPartner = pick(r, fulfillmentIDs)
		if r.IntN(4) == 0 {
			s.SubAssignee = pick(r, fulfillmentIDs)
			if r.IntN(3) > 0 {
				s.SubResponsible = pick(r, accountIDs)
			}
		}
		if r.IntN(3) > 0 {
			s.Responsible = pick(r, accountIDs)
		}
	}
	for range 1 + r.IntN(3) {
		s.Countries = append(s.Countries, pick(r, testCountries))
	}
	slices.Sort(s.Countries)
	s.Countries = slices.Compact(s.Countries)
	if r.IntN(2) == 0 {
		s.MovedDeliveryDate = day()
	}
	if s.Status == sourcerequest.StatusRedeliveryRequested {
		at := now.Add(-48 * time.Hour).Add(time.Duration(r.IntN(5)-2) * time.Millisecond)
		if r.IntN(2) == 0 {
			at = now.Add(-time.Duration(r.IntN(100)) * time.Hour)
		}
		s.Redelivery = &sourcerequest.Redelivery{RequestedAt: at}
	}
	if r.IntN(3) == 0 {
		qc := sourcerequest.QualityControl{ID: "qc", Passed: r.IntN(2) == 0}
		for range 1 + r.IntN(2) {
			qc.Issues = append(qc.Issues, sourcerequest.IssueState{Issue: sourcerequest.Issue{Code: pick(r, testCodes), Category: pick(r, testCategories)}})
		}
		s.QualityControls = []sourcerequest.QualityControl{qc}
	}
	return request{id: id, revision: r.Uint64N(50), state: s}
}

func randomRequests(seed uint64, n int, now time.Time) []request {
	r := rand.New(rand.NewPCG(seed, 1))
	requests := make([]request, n)
	for i := range requests {
		// Ids out of order, so that the order by id is not that of the rows.
		requests[i] = randomRequest(r, fmt.Sprintf("%c%d", 'A'+rune(r.IntN(3)), 1000-i), now)
	}
	return requests
}

// writer turns requests into changes, as a projector does.
type writer struct {
	generation readmodel.Generation
	policy     sourcerequest.Policy
	position   domain.Position
	codes      [readmodel.DictionaryCount]map[string]uint32
	numbers    map[string]uint32
	at         int64 // Unix ms: when the requests changed
	rows       map[string]readmodel.Row
	ended      uint32 // versions so far
}

func newWriter(g readmodel.Generation, policy sourcerequest.Policy) *writer {
	w := &writer{generation: g, policy: policy, numbers: map[string]uint32{}, rows: map[string]readmodel.Row{}}
	for d := range w.codes {
		w.codes[d] = map[string]uint32{"": 0}
	}
	return w
}

// change returns the change that writes the requests and moves on.
func (w *writer) change(to domain.Position, requests ...request) *readmodel.Change {
	c := &readmodel.Change{Generation: w.generation, From: w.position, To: to, Added: map[readmodel.Dictionary]readmodel.Added{}}
	c.Ended.From = w.ended
	w.position = to
	code := func(d readmodel.Dictionary, value string) uint32 {
		n, ok := w.codes[d][value]
		if !ok {
			n = uint32(len(w.codes[d]))
			w.codes[d][value] = n
			a := c.Added[d]
			if len(a.Values) == 0 {
				a.From = n
			}
			a.Values = append(a.Values, value)
			c.Added[d] = a
		}
		return n
	}
	for _, r := range requests {
		number, ok := w.numbers[r.id]
		if !ok {
			number = uint32(len(w.numbers))
			w.numbers[r.id] = number
		}
		row := rowOf(r, code, w.policy)
		before, was := w.rows[r.id]
		row.Since = w.at
		same := row
		same.Since, same.Revision = before.Since, before.Revision
		switch {
		case was && same == before:
			row.Since = before.Since
		case was && before.Since < w.at:
			e := readmodel.Ended{Number: number, Until: w.at, Row: before}
			e.Row.Revision = 0
			c.Ended.Rows = e.Append(c.Ended.Rows)
			w.ended++
		}
		w.rows[r.id] = row
		c.Rows = append(c.Rows, readmodel.NumberedRow{Number: number, Row: row})
	}
	return c
}

func rowOf(r request, code func(readmodel.Dictionary, string) uint32, policy sourcerequest.Policy) readmodel.Row {
	s := r.state
	facts := s.Facts()
	in := policy.Instants(facts)
	row := readmodel.Row{
		ID: r.id, Revision: r.revision,
		Title: code(readmodel.Titles, readmodel.TitleValue(s.MovieID, s.Title)), Package: code(readmodel.Packages, s.PackageID),
		ContentPartner: code(readmodel.Partners, s.ContentPartner), FulfillmentPartner: code(readmodel.Partners, s.FulfillmentPartner), SubAssignee: code(readmodel.Partners, s.SubAssignee),
		Responsible: code(readmodel.Accounts, s.Responsible), SubResponsible: code(readmodel.Accounts, s.SubResponsible),
		Language: code(readmodel.Languages, s.Language), CountrySet: code(readmodel.CountrySets, readmodel.SetValue(s.Countries)), IssueSet: code(readmodel.IssueSets, readmodel.SetValue(s.Issues())),
		SourceType: ordinal(s.SourceType, sourcerequest.SourceTypes()), ServiceType: ordinal(s.ServiceType, sourcerequest.ServiceTypes()),
		MovieType: ordinal(s.MovieType, sourcerequest.MovieTypes()), Status: ordinal(s.Status, sourcerequest.Statuses()),
		MaterialStatus: ordinal(s.MaterialStatus, sourcerequest.MaterialStatuses()),
		QualityControl: ordinal(s.QualityControl(), sourcerequest.QualityControlStatuses()),
		DueDate:        s.DueDate, EstimatedDate: s.EstimatedDeliveryDate(),
		Critical: in.Critical, AtRisk: in.AtRisk, Overdue: in.Overdue, RedeliveryAsked: facts.RedeliveryAsked,
	}
	set := func(f readmodel.Flags, is bool) {
		if is {
			row.Flags |= f
		}
	}
	set(readmodel.FlagOriginal, s.IsOriginal)
	set(readmodel.FlagUsableMaterials, facts.UsableMaterials)
	set(readmodel.FlagMaterialRejected, facts.MaterialRejected)
	set(readmodel.FlagWasDelivered, s.WasDelivered)
	set(readmodel.FlagOpen, facts.Open)
	return row
}

func ordinal[T comparable](v T, vocabulary []T) uint8 { return uint8(slices.Index(vocabulary, v) + 1) }

// snapshotOf builds a snapshot in memory, in several changes.
func snapshotOf(requests []request, policy sourcerequest.Policy, names Names) (*Snapshot, error) {
	b := newBuilder("g", &Config{Policy: policy, Names: names, Accounts: testPeople})
	w := newWriter("g", policy)
	for part := range slices.Chunk(requests, 37) {
		if err := b.apply(w.change(w.position+10, part...)); err != nil {
			return nil, err
		}
		b.snapshot() // as if somebody read it: the next change copies
	}
	return b.snapshot(), nil
}
