package audit

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"backlot/domain"
	"backlot/domain/seal"
)

// actual is an event of the log that seals cover, or will.
type actual struct {
	stream   string
	revision uint64
	hash     [sha256.Size]byte
	position domain.Position
}

func (a actual) name() named { return named{a.stream, a.revision} }

func (a actual) is(e expected) bool {
	return a.stream == e.Stream && a.revision == e.Revision && a.has(e.Hash)
}

func (a actual) has(p seal.Prefix) bool { return seal.Prefix(a.hash[:len(p)]) == p }

const (
	// window is how many sealed events are looked at to find out where the
	// log goes on after a difference.
	window = 16 << 10
	// run is how many events in a row have to fit there.
	run = 4
	// firstTry is after how many events that do not fit this is tried, and
	// lastTry after how many the window is given up.
	firstTry = 2 * run
	lastTry  = 4096
)

// comparison holds the log against what the seals name, in order. While both
// agree it takes no memory. After a difference it collects what does not fit,
// until both agree again: what the log then lacks is missing, what it has more
// is surplus. What is both was moved, unless it is in its place after all.
type comparison struct {
	seals     int
	matched   uint64
	matchedTo domain.Position
	unsealed  int

	from    *seals
	ahead   []expected // taken from the seals, next first
	ended   bool       // nothing more comes from the seals
	stray   []actual   // of the log, since the difference
	tried   int        // len(stray) at the last try
	missing map[named]*missed
	surplus map[named]actual
	gap     []*missed // missing since the last event that fitted
	misses  int

	rolling seal.Rolling
	sound   bool // every event of the present seal was there
	wrong   []wrongSeal
}

// missed is a sealed event that did not fit where it was looked for: between
// the two events that fitted.
type missed struct {
	named
	hash          seal.Prefix
	after, before domain.Position
	order         int // among all that were missed
}

// wrongSeal is a seal whose hash is not that of the events that it names.
type wrongSeal struct {
	head     *sealHead
	position domain.Position
}

func newComparison(from *seals) *comparison {
	return &comparison{from: from, missing: map[named]*missed{}, surplus: map[named]actual{}, sound: true}
}

// fill takes what the seals name until n of it are ahead.
func (c *comparison) fill(n int) error {
	for !c.ended && len(c.ahead) < n {
		e, err := c.from.next()
		if errors.Is(err, io.EOF) {
			c.ended = true
			return nil
		}
		if err != nil {
			return err
		}
		c.ahead = append(c.ahead, e)
	}
	return nil
}

func (c *comparison) add(a actual) error {
	if len(c.stray) > 0 {
		c.stray = append(c.stray, a)
		return c.resume(false)
	}
	if m, ok := c.missing[a.name()]; ok && a.has(m.hash) {
		c.surplus[a.name()] = a // it comes late
		return nil
	}
	if err := c.fill(1); err != nil {
		return err
	}
	switch {
	case len(c.ahead) == 0:
		c.unsealed++
	case c.ahead[0].unknown > 0:
		c.skip(a)
	case a.is(c.ahead[0]):
		c.match(a)
	default:
		c.stray, c.tried = append(c.stray, a), 0
	}
	return nil
}

// skip takes an event in the place of one whose seal is gone.
func (c *comparison) skip(a actual) {
	c.matchedTo = a.position
	c.sound = false
	if c.ahead[0].unknown--; c.ahead[0].unknown == 0 {
		c.drop()
	}
}

func (c *comparison) drop() {
	c.ahead[0] = expected{}
	c.ahead = c.ahead[1:]
}

func (c *comparison) match(a actual) {
	e := c.ahead[0]
	c.drop()
	c.matched++
	c.matchedTo = a.position
	for _, m := range c.gap {
		m.before = a.position
	}
	c.gap = nil
	c.rolling.Add(a.stream, a.revision, a.hash)
	c.pass(e)
}

// miss passes over an event that is not there.
func (c *comparison) miss() {
	e := c.ahead[0]
	c.drop()
	c.sound = false
	if e.unknown > 0 {
		return
	}
	m := &missed{named: e.name(), hash: e.Hash, after: c.matchedTo, before: math.MaxUint64, order: c.misses}
	c.misses++
	c.missing[m.named] = m
	c.gap = append(c.gap, m)
	c.pass(e)
}

// pass goes on behind an event of a seal. At the end of one the hash has to be
// the seal's; the next begins from there, so that each is judged by itself.
func (c *comparison) pass(e expected) {
	if !e.isLast {
		return
	}
	c.seals++
	if c.sound && e.seal.known && c.rolling.Hash() != e.seal.hash {
		c.wrong = append(c.wrong, wrongSeal{e.seal, c.matchedTo})
	}
	if next, err := seal.Resume(e.seal.count, e.seal.hash); err == nil {
		c.rolling, c.sound = next, true
	} else {
		c.sound = false // the hash is wrong already
	}
}

// resume looks for where the log and the seals agree again. At the end of the
// log it takes what there is.
func (c *comparison) resume(atEnd bool) error {
	if n := len(c.stray); !atEnd && (n < firstTry || n < 2*c.tried) {
		return nil
	}
	c.tried = len(c.stray)
	if err := c.fill(window); err != nil {
		return err
	}
	surplus, lacking, ok := c.agreement()
	if !ok {
		if !atEnd && len(c.stray) < lastTry {
			return nil
		}
		if len(c.ahead) == 0 || atEnd && c.ended {
			surplus = len(c.stray)
		} else {
			lacking = max(1, len(c.ahead)/2)
		}
	}
	for range lacking {
		c.miss()
	}
	for _, a := range c.stray[:surplus] {
		c.surplus[a.name()] = a
	}
	again := slices.Clone(c.stray[surplus:])
	c.stray, c.tried = nil, 0
	for _, a := range again {
		if err := c.add(a); err != nil {
			return err
		}
	}
	if atEnd && len(c.stray) > 0 {
		return c.resume(true)
	}
	return nil
}

// agreement returns how many stray events and how many sealed ones to pass
// over, as few as can be, for a run of events to fit.
func (c *comparison) agreement() (surplus, lacking int, ok bool) {
	places := make(map[named]int, len(c.ahead))
	for i, e := range c.ahead {
		if e.unknown == 0 {
			places[e.name()] = i
		}
	}
	best := len(c.stray) + len(c.ahead) + 1
	for i, a := range c.stray {
		if i >= best {
			break
		}
		j, found := places[a.name()]
		if found && i+j < best && c.fits(i, j) {
			best, surplus, lacking, ok = i+j, i, j, true
		}
	}
	return surplus, lacking, ok
}

func (c *comparison) fits(i, j int) bool {
	for n := range run {
		switch {
		case j+n == len(c.ahead) && c.ended && n > 0, i+n == len(c.stray) && n > 0:
			return true
		case j+n >= len(c.ahead) || i+n >= len(c.stray) || c.ahead[j+n].unknown == 0 && !c.stray[i+n].is(c.ahead[j+n]):
			return false
		}
	}
	return true
}

// finish takes the end of the log: what the seals still name is missing.
func (c *comparison) finish() error {
	if len(c.stray) > 0 {
		if err := c.resume(true); err != nil {
			return err
		}
	}
	for {
		if err := c.fill(1); err != nil {
			return err
		}
		if len(c.ahead) == 0 {
			return nil
		}
		c.miss()
	}
}

// conclude makes findings of the differences.
func (c *comparison) conclude(streams map[string]*chain, found *findings) {
	for _, w := range c.wrong {
		found.add(seal.Finding{
			Kind: seal.Altered, Stream: seal.Stream, Revision: w.head.revision, Position: w.position,
			Text: fmt.Sprintf("Seal %d does not have the hash of the %d events that it covers.", w.head.revision, w.head.count),
		})
	}
	c.settle()
	for name, a := range c.surplus {
		m, sealed := c.missing[name]
		delete(c.missing, name)
		switch {
		case sealed && a.has(m.hash):
			found.add(seal.Finding{
				Kind: seal.Reordered, Stream: name.stream, Revision: name.revision, Position: a.position,
				Text: fmt.Sprintf("Event %d of stream %q is not in the place of the log in which it was sealed.", name.revision, name.stream),
			})
		case sealed:
			found.add(seal.Finding{
				Kind: seal.Altered, Stream: name.stream, Revision: name.revision, Position: a.position,
				Text: fmt.Sprintf("Event %d of stream %q carries the hash %x…, but %x… was sealed: it was rewritten with its chain.", name.revision, name.stream, a.hash[:len(m.hash)], m.hash),
			})
		case a.position > c.matchedTo:
			c.unsealed++ // it came after the last seal
		default:
			found.add(seal.Finding{
				Kind: seal.Inserted, Stream: name.stream, Revision: name.revision, Position: a.position,
				Text: fmt.Sprintf("Event %d of stream %q stands among sealed events, but was not sealed.", name.revision, name.stream),
			})
		}
	}
	for _, m := range c.missing {
		found.add(missingFinding(m, streams[m.stream]))
	}
}

// settle takes those events out of the differences that are in their places
// after all: few stand between what is missing, fewer than a run. They stand
// between the same events as they were sealed, and in the same order.
func (c *comparison) settle() {
	type pair struct {
		missed *missed
		at     domain.Position
	}
	gaps := map[domain.Position][]pair{}
	for name, a := range c.surplus {
		if m := c.missing[name]; m != nil && a.has(m.hash) && m.after < a.position && a.position < m.before {
			gaps[m.after] = append(gaps[m.after], pair{m, a.position})
		}
	}
	for _, pairs := range gaps {
		slices.SortFunc(pairs, func(a, b pair) int { return cmp.Compare(a.missed.order, b.missed.order) })
		highest := make([]domain.Position, len(pairs)+1) // before each
		for i, p := range pairs {
			highest[i+1] = max(highest[i], p.at)
		}
		lowest := domain.Position(math.MaxUint64) // behind each
		for i, p := range slices.Backward(pairs) {
			if highest[i] < p.at && p.at < lowest {
				delete(c.missing, p.missed.named)
				delete(c.surplus, p.missed.named)
				c.matched++
				c.matchedTo = max(c.matchedTo, p.at)
			}
			lowest = min(lowest, p.at)
		}
	}
}

func missingFinding(m *missed, c *chain) seal.Finding {
	f := seal.Finding{Stream: m.stream, Revision: m.revision, Position: m.after}
	switch {
	case c == nil || !c.chained:
		f.Kind, f.Revision = seal.StreamRemoved, 0
		f.Text = fmt.Sprintf("Nothing of stream %q is there, although its events were sealed.", m.stream)
	case m.revision >= c.next:
		f.Kind = seal.TailRemoved
		f.Text = fmt.Sprintf("Stream %q ends before event %d, which was sealed.", m.stream, m.revision)
	default:
		f.Kind = seal.Removed
		f.Text = fmt.Sprintf("Event %d of stream %q was sealed and is not there.", m.revision, m.stream)
	}
	return f
}
