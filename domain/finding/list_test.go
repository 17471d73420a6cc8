package finding_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	. "backlot/domain/finding"
)

func TestAListIsBoundedAndCounts(t *testing.T) {
	var l List
	assert.Empty(t, l.All())
	for i := range 1_000 {
		l.Add(EmptyCue, "line 1", "cue %d", i)
	}
	l.Add(NoCues, "", "none")
	all := l.All()
	assert.Len(t, all, 11)
	assert.Equal(t, Finding{EmptyCue, "line 1", "cue 0"}, all[0])
	assert.Equal(t, "cue 9 (and 990 more like it)", all[9].Text)
	assert.Equal(t, "none", all[10].Text)
	assert.Equal(t, all, l.All(), "asking changes nothing")
}

func TestWhatIsQuotedIsOneCleanLine(t *testing.T) {
	var l List
	l.Add(EmptyCue, "line\x00 1\n", "a\xffb\u2028c\td%s", strings.Repeat("é", 10_000))
	f := l.All()[0]
	assert.Equal(t, "line  1", f.Where)
	assert.True(t, strings.HasPrefix(f.Text, "a b c déé"), f.Text)
	assert.Len(t, []rune(f.Text), 500)
}
