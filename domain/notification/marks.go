package notification

import (
	"slices"

	"backlot/domain"
)

// MarksOf names the stream of what an account has read of its inbox. Only its
// last event counts.
func MarksOf(account string) string { return domain.InboxMarksStreamPrefix + account }

// Marks is what an account has read, by the revisions of its inbox. It is
// recorded whole each time, and its JSON is a storage format.
type Marks struct {
	Before uint64   `json:"before"`         // everything below this revision
	Also   []uint64 `json:"also,omitempty"` // and these, sorted
}

// Has reports whether a notification was read.
func (m Marks) Has(revision uint64) bool {
	_, also := slices.BinarySearch(m.Also, revision)
	return revision < m.Before || also
}

// Read returns the marks with one notification read.
func (m Marks) Read(revision uint64) Marks {
	i, also := slices.BinarySearch(m.Also, revision)
	if revision < m.Before || also {
		return m
	}
	return Marks{m.Before, slices.Insert(slices.Clone(m.Also), i, revision)}.settled()
}

// ReadUpTo returns the marks with a notification and all before it read.
func (m Marks) ReadUpTo(revision uint64) Marks {
	m.Before = max(m.Before, revision+1)
	return m.settled()
}

// Unread returns the marks with one notification not read; first is the oldest
// that the inbox keeps.
func (m Marks) Unread(revision, first uint64) Marks {
	if !m.Has(revision) {
		return m
	}
	var also []uint64
	if revision < m.Before {
		for r := max(revision, first); r < m.Before; r++ {
			also = append(also, r)
		}
		m.Before = min(m.Before, max(revision, first))
	}
	also = append(also, m.Also...)
	return Marks{m.Before, slices.DeleteFunc(also, func(r uint64) bool { return r == revision })}
}

// settled moves Before over what is marked beyond it.
func (m Marks) settled() Marks {
	also := m.Also
	for len(also) > 0 && also[0] <= m.Before {
		m.Before = max(m.Before, also[0]+1)
		also = also[1:]
	}
	m.Also = slices.Clone(also)
	return m
}

// FoldMarks returns the marks as a recorded event has them; the stream's other
// events are older.
func FoldMarks(m Marks, r domain.Recorded) Marks {
	if e, ok := r.Event.(Marks); ok {
		return e
	}
	return m
}
