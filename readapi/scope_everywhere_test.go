//go:build !race

package readapi

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// The race detector makes this several times as slow; make test runs it
// without. Every route has other tests, which run with it.

// Every route × everybody × every request in every relation: nobody is told,
// in any byte of any answer, what is not theirs to know, or does what the
// design's matrix does not give them.
func TestScopeTable(t *testing.T) {
	w := newScopeWorld(t)
	rows := scopeRows()
	requireRows(t, w, rows)
	for _, r := range rows {
		t.Run(r.operation, func(t *testing.T) {
			w.t = t
			for _, who := range scopeCallers {
				before := w.end()
				r.check(&scopeCell{scopeWorld: w, t: t, operation: r.operation, who: who})
				assert.Empty(t, w.appended(before), "%s as %s", r.operation, who)
				assert.True(t, w.calls[r.operation][who.id()] || r.change != nil, "%s was not called as %s", r.operation, who)
			}
		})
	}
	w.t = t
	w.bringCells()
	for _, r := range rows {
		if r.change == nil {
			continue
		}
		t.Run(r.operation+", allowed", func(t *testing.T) {
			w.t = t
			for _, who := range scopeCallers {
				r.change(&scopeCell{scopeWorld: w, t: t, operation: r.operation, who: who})
				assert.True(t, w.calls[r.operation][who.id()], "%s was not called as %s", r.operation, who)
			}
		})
	}
}
