package audit

import (
	"cmp"
	"fmt"
	"slices"

	"backlot/domain/seal"
)

// findings keeps the first broken place of each stream, and what concerns none.
type findings struct {
	byStream map[string]seal.Finding
	others   []seal.Finding
}

func newFindings() *findings { return &findings{byStream: make(map[string]seal.Finding)} }

// add notes a finding unless an earlier place of its stream is known.
func (f *findings) add(n seal.Finding) {
	if n.Stream == "" {
		f.others = append(f.others, n)
		return
	}
	if known, ok := f.byStream[n.Stream]; ok && known.Revision <= n.Revision && n.Kind != seal.StreamRemoved {
		return
	}
	f.byStream[n.Stream] = n
}

// replace changes what was found of a stream, which is understood better now.
func (f *findings) replace(n seal.Finding) { f.byStream[n.Stream] = n }

// damaged notes a damaged file, and what it kept from being done.
func (f *findings) damaged(file, undone string, err error) {
	f.others = append(f.others, seal.Finding{
		Kind: seal.Corrupt, File: file, Text: fmt.Sprintf("The file %s is damaged; %s: %v", file, undone, err),
	})
}

func (f *findings) count() int { return len(f.byStream) + len(f.others) }

// list returns the first findings in the order of the log, those without a
// position first.
func (f *findings) list() []seal.Finding {
	all := slices.Clone(f.others)
	for _, n := range f.byStream {
		all = append(all, n)
	}
	slices.SortFunc(all, func(a, b seal.Finding) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.Text, b.Text))
	})
	return all[:min(len(all), seal.MaxFindings)]
}
