package audit

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"backlot/domain"
	"backlot/domain/seal"
)

// exports holds the log against exported seals, whatever the stored ones say.
type exports struct {
	compared int

	left      []seal.Listed // by count
	rolling   seal.Rolling
	agreed    uint64 // count of the last one that was reproduced
	disagreed bool
}

func newExports(list []seal.Listed) *exports {
	left := slices.Clone(list)
	slices.SortFunc(left, func(a, b seal.Listed) int { return cmp.Compare(a.Count, b.Count) })
	return &exports{left: left}
}

func (x *exports) add(a actual, found *findings) {
	if len(x.left) == 0 || x.disagreed {
		return
	}
	x.rolling.Add(a.stream, a.revision, a.hash)
	for len(x.left) > 0 && x.left[0].Count == x.rolling.Count {
		s := x.left[0]
		x.left = x.left[1:]
		x.compared++
		if s.Hash == x.rolling.Hash() {
			x.agreed = s.Count
			continue
		}
		// After the first one all others differ as well.
		x.disagreed = true
		found.add(x.contradiction(s, a.position))
		return
	}
}

func (x *exports) contradiction(s seal.Listed, at domain.Position) seal.Finding {
	return seal.Finding{
		Kind: seal.Rewritten, Position: at,
		Text: fmt.Sprintf("The first %d events do not lead to the hash of the seal of %s that was exported: something behind the first %d, which do, was changed.", s.Count, when(s), x.agreed),
	}
}

// conclude finds that the log ends before what was exported.
func (x *exports) conclude(covered uint64, streams map[string]*chain, found *findings) {
	if len(x.left) == 0 || x.disagreed {
		return
	}
	x.compared += len(x.left)
	s := x.left[len(x.left)-1]
	text := fmt.Sprintf("The log has %d sealed or sealable events; the seal of %s that was exported covers %d, up to event %d of stream %q.", covered, when(s), s.Count, s.LastRevision, s.LastStream)
	c := streams[s.LastStream]
	switch {
	case c == nil:
		found.add(seal.Finding{Kind: seal.StreamRemoved, Stream: s.LastStream, Position: s.Position, Text: text})
	case c.next <= s.LastRevision:
		found.add(seal.Finding{Kind: seal.TailRemoved, Stream: s.LastStream, Revision: c.next, Position: s.Position, Text: text})
	default:
		found.add(seal.Finding{Kind: seal.Rewritten, Position: s.Position, Text: text})
	}
}

func when(s seal.Listed) string { return s.SealedAt.UTC().Format(time.RFC3339) }

// CompareSeals compares exported seals with those that a store has now, and
// returns the first that is not among them. The store's own have to be verified
// apart from that.
func CompareSeals(exported, stored []seal.Listed) (f seal.Finding, differs bool) {
	hashes := make(map[uint64]string, len(stored))
	for _, s := range stored {
		hashes[s.Count] = s.Hash
	}
	x := newExports(exported)
	for _, s := range x.left {
		if hashes[s.Count] != s.Hash {
			return x.contradiction(s, s.Position), true
		}
		x.agreed = s.Count
	}
	return seal.Finding{}, false
}
