package commands

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// wideFile is a file of rows of one width, made where it is read.
type wideFile struct {
	rows int
	at   int64
}

const wideRow = 150 // bytes

func (f *wideFile) line(n int64) string {
	if n == 0 {
		return fmt.Sprintf("%-*s\n", wideRow-1, "request_id,title,status,language,due_date")
	}
	return fmt.Sprintf("REQ-%012d,%-*s,Open,Dutch,2026-12-24\n", n, wideRow-40, "The Long Harbour: Season 1")
}

func (f *wideFile) ReadAt(p []byte, at int64) (n int, err error) {
	for n < len(p) {
		row := (at + int64(n)) / wideRow
		if row > int64(f.rows) {
			return n, io.EOF
		}
		n += copy(p[n:], f.line(row)[(at+int64(n))%wideRow:])
	}
	return n, nil
}

func (f *wideFile) Read(p []byte) (int, error) {
	n, err := f.ReadAt(p, f.at)
	f.at += int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

// BenchmarkAGigabyteOfRows reads 7,000,000 rows, a gigabyte, as an import that
// reads on does, and says what noting their ids takes.
func BenchmarkAGigabyteOfRows(b *testing.B) {
	const rows = 7_000_000
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		f := &wideFile{rows: rows}
		require.Len(b, f.line(0), wideRow)
		require.Len(b, f.line(rows), wideRow)
		r, err := newRowReader(f)
		require.NoError(b, err)
		n := 0
		for {
			row, err := r.next()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(b, err)
			require.Nil(b, row.refusal)
			n++
		}
		require.Equal(b, rows, n)
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/rows, "heap-B/row")
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "heap-MB")
		b.ReportMetric(float64(after.HeapSys)/(1<<20), "HeapSys-MB")
		runtime.KeepAlive(r)
	}
	b.SetBytes(rows * wideRow)
}
