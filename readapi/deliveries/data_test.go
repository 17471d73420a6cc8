package deliveries

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

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

var (
	testOrgs      = orgs{"juice": "Juice", "pix": "Pixelogic", "zoo": "Zoo Digital", "nbcu": "NBCU", "gaumont": "Gaumont"}
	testPartners  = []string{"", "juice", "pix", "zoo"}
	testContent   = []string{"nbcu", "gaumont"}
	testLanguages = []string{"Korean", "Dutch", "Éwé"}
	testNow       = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	testToday     = domain.DateOf(testNow, time.UTC)
)

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

// plain is a delivery as the reference sees it, its values written out.
type plain struct {
	readmodel.Delivery
	partner, maker, content, assignee, sub, language string
}

// randomDelivery makes one of the last months.
func randomDelivery(r *rand.Rand, id string, number int) plain {
	p := plain{partner: pick(r, testPartners), content: pick(r, testContent), assignee: pick(r, testPartners), language: pick(r, testLanguages)}
	if r.IntN(2) == 0 {
		p.assignee = p.partner
	}
	if r.IntN(3) == 0 {
		p.sub = pick(r, testPartners[1:])
		if r.IntN(2) == 0 {
			p.maker = p.sub
		}
	}
	at := testNow.Add(-time.Duration(r.IntN(90*24*60)) * time.Minute)
	p.Delivery = readmodel.Delivery{
		ID: id, Number: uint16(number), SourceType: uint8(1 + r.IntN(3)), ServiceType: uint8(r.IntN(4)),
		Files: uint16(r.IntN(300)), Inspection: uint8(r.IntN(1 + len(sourcerequest.Verdicts()))),
		At: at.UnixMilli(), Day: domain.DateOf(at, time.UTC), DueDate: testToday - domain.Date(r.IntN(90)),
	}
	set := func(f readmodel.DeliveryFlags, is bool) {
		if is {
			p.Flags |= f
		}
	}
	set(readmodel.DeliveryUnknown, number == 1 && r.IntN(8) == 0)
	set(readmodel.DeliveryFirst, number == 1)
	set(readmodel.DeliveryOnTime, p.Day <= p.DueDate)
	if r.IntN(3) == 0 {
		sent := at.Add(time.Duration(r.IntN(72)) * time.Hour)
		p.SentBack, p.Cause, p.Scope = sent.UnixMilli(), uint8(1+r.IntN(len(sourcerequest.Causes()))), uint8(1+r.IntN(2))
		if r.IntN(2) == 0 {
			p.Blocker, p.BlockerDay = p.SentBack, domain.DateOf(sent, time.UTC)
			switch waited := time.Duration(r.IntN(96)) * time.Hour; r.IntN(3) {
			case 0:
				p.Flags |= readmodel.DeliveryRedelivered
				p.Wait = waited.Milliseconds()
			case 1:
				p.Flags |= readmodel.DeliveryWaits
				p.Wait = testNow.Add(-waited).UnixMilli()
			default:
				p.Wait = waited.Milliseconds()
			}
		}
	}
	return p
}

// writer turns deliveries into entries, as a projector does.
type writer struct {
	generation readmodel.Generation
	position   domain.Position
	codes      [readmodel.DictionaryCount]map[string]uint32
	numbers    map[string]uint32
}

func newWriter(g readmodel.Generation) *writer {
	w := &writer{generation: g, numbers: map[string]uint32{}}
	for d := range w.codes {
		w.codes[d] = map[string]uint32{"": 0}
	}
	return w
}

func (w *writer) entry(to domain.Position, deliveries ...plain) *readmodel.Entry {
	e := &readmodel.Entry{Generation: w.generation, From: w.position, To: to, Added: map[readmodel.Dictionary]readmodel.Added{}}
	w.position = to
	code := func(d readmodel.Dictionary, value string) uint32 {
		n, ok := w.codes[d][value]
		if !ok {
			n = uint32(len(w.codes[d]))
			w.codes[d][value] = n
			a := e.Added[d]
			if len(a.Values) == 0 {
				a.From = n
			}
			a.Values = append(a.Values, value)
			e.Added[d] = a
		}
		return n
	}
	for _, p := range deliveries {
		row := p.Delivery
		row.Partner, row.Maker, row.ContentPartner = code(readmodel.Partners, p.partner), code(readmodel.Partners, p.maker), code(readmodel.Partners, p.content)
		row.FulfillmentPartner, row.SubAssignee, row.Language = code(readmodel.Partners, p.assignee), code(readmodel.Partners, p.sub), code(readmodel.Languages, p.language)
		number, ok := w.numbers[row.Key()]
		if !ok {
			number = uint32(len(w.numbers))
			w.numbers[row.Key()] = number
		}
		e.Rows = append(e.Rows, readmodel.EncodedRow{Number: number, Bytes: row.Append(nil)})
	}
	return e
}

func newTestBuilder(names Names) *builder {
	return &builder{generation: "deliveries.g", names: names, words: words{partners: []string{""}, languages: []string{""}}}
}

func randomDeliveries(seed uint64, n int) []plain {
	r := rand.New(rand.NewPCG(seed, 1))
	var all []plain
	for i := 0; len(all) < n; i++ {
		id := fmt.Sprintf("%c%d", 'A'+rune(r.IntN(3)), 1000-i)
		for number := range 1 + r.IntN(3) {
			all = append(all, randomDelivery(r, id, number+1))
		}
	}
	return all[:n]
}

// snapshotOf builds a snapshot in several changes.
func snapshotOf(all []plain, names Names) (*Snapshot, error) {
	b, w := newTestBuilder(names), newWriter("deliveries.g")
	for from := 0; from < len(all); from += 37 {
		if err := b.Apply(w.entry(w.position+10, all[from:min(from+37, len(all))]...)); err != nil {
			return nil, err
		}
		b.Snapshot() // as if somebody read it: the next change copies
	}
	return b.Snapshot(), b.Check()
}
