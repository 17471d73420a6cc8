package export

import (
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/readapi/facets"
)

// manyRows makes its rows as they are asked for.
func manyRows(columns []Column, rows int) Table {
	return Table{Columns: columns, Rows: rows, Each: func(each func(*facets.Row) error) error {
		for i := range rows {
			row := aRow()
			row.RequestID, row.Title = strconv.Itoa(i), "House of Cards "+strconv.Itoa(i%997)
			if err := each(&row); err != nil {
				return err
			}
		}
		return nil
	}}
}

// meter discards what is written and looks at the heap as it comes.
type meter struct {
	look          func() uint64 // bytes
	written, next int
	peak          uint64
	first         time.Duration
	started       time.Time
}

func (m *meter) Write(b []byte) (int, error) {
	if m.written == 0 {
		m.first = time.Since(m.started)
	}
	m.written += len(b)
	if m.written >= m.next {
		m.next = m.written + 1<<18
		m.peak = max(m.peak, m.look())
	}
	return len(b), nil
}

// live returns what is left of the heap after a collection.
func live() uint64 {
	runtime.GC()
	return used()
}

// used returns the whole heap, garbage and all.
func used() uint64 {
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}

// A file of many rows takes the memory of one of few. The bound is generous:
// the difference is a few kilobytes, and all of the rows would be megabytes.
func TestMemoryIsBounded(t *testing.T) {
	peak := func(f Format, rows int) uint64 {
		write, err := f.Prepare(manyRows(columnsOf(t), rows))
		require.NoError(t, err)
		before := live()
		m := &meter{look: live}
		require.NoError(t, write(m))
		require.Greater(t, m.peak, uint64(0))
		return m.peak - min(before, m.peak)
	}
	for _, f := range Formats() {
		assert.Less(t, peak(f, 6_000), peak(f, 500)+1<<20, f)
	}
}

// BenchmarkExport reports how long the first byte takes and how much of the
// heap an export takes at most, garbage and all.
func BenchmarkExport(b *testing.B) {
	for _, f := range Formats() {
		for _, rows := range []int{1_000, 100_000} {
			b.Run(string(f)+"/"+strconv.Itoa(rows), func(b *testing.B) {
				columns := columnsOf(b)
				before := live()
				var m meter
				for b.Loop() {
					m = meter{look: used, started: time.Now(), peak: m.peak}
					write, err := f.Prepare(manyRows(columns, rows))
					require.NoError(b, err)
					require.NoError(b, write(&m))
				}
				b.ReportMetric(float64(m.first.Microseconds()), "µs/first-byte")
				b.ReportMetric(float64(m.written), "bytes")
				b.ReportMetric(float64(m.peak-before)/1e6, "MB-heap")
			})
		}
	}
}
