package workbook

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkToCSV reports the greatest heap in use while a sheet is read: it is
// to be the same however many rows there are. Each row has 16 columns; four of
// its texts are its own.
func BenchmarkToCSV(b *testing.B) {
	for _, rows := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprint(rows, " rows"), func(b *testing.B) {
			file := large(b, rows)
			info, err := file.Stat()
			require.NoError(b, err)
			runtime.GC()
			var start runtime.MemStats
			runtime.ReadMemStats(&start)
			heap := &heapPeak{}
			for b.Loop() {
				last, err := ToCSV(b.Context(), sampledReader{file, heap}, info.Size(), sampledWriter{heap}, Options{TempDir: b.TempDir()})
				require.NoError(b, err)
				require.Equal(b, rows+1, last)
			}
			b.ReportMetric(float64(info.Size()), "file-bytes")
			b.ReportMetric(float64(heap.most-min(heap.most, start.HeapInuse)), "heap-bytes")
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// heapPeak looks at the heap now and then.
type heapPeak struct {
	calls int
	most  uint64
}

func (h *heapPeak) sample() {
	if h.calls++; h.calls%64 != 0 {
		return
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	h.most = max(h.most, m.HeapInuse)
}

type sampledReader struct {
	io.ReaderAt
	heap *heapPeak
}

func (r sampledReader) ReadAt(p []byte, at int64) (int, error) {
	r.heap.sample()
	return r.ReaderAt.ReadAt(p, at)
}

type sampledWriter struct{ heap *heapPeak }

func (w sampledWriter) Write(p []byte) (int, error) {
	w.heap.sample()
	return len(p), nil
}

// large writes a workbook of so many rows and a header.
func large(b *testing.B, rows int) *os.File {
	file, err := os.Create(filepath.Join(b.TempDir(), "large.xlsx"))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, file.Close()) })
	z := zip.NewWriter(file)
	part := func(name string, write func(w io.Writer)) {
		w, err := z.Create(name)
		require.NoError(b, err)
		buffered := bufio.NewWriterSize(w, 64<<10)
		write(buffered)
		require.NoError(b, buffered.Flush())
	}
	for name, content := range with("").but("xl/sharedStrings.xml", "").but("xl/worksheets/sheet1.xml", "") {
		part(name, func(w io.Writer) { _, _ = io.WriteString(w, content) })
	}
	const own, columns = 4, 16
	part("xl/sharedStrings.xml", func(w io.Writer) {
		_, _ = io.WriteString(w, "<sst>")
		for i := range own*(rows+1) + columns {
			_, _ = fmt.Fprintf(w, "<si><t>A title of some length, the %dth</t></si>", i)
		}
		_, _ = io.WriteString(w, "</sst>")
	})
	part("xl/worksheets/sheet1.xml", func(w io.Writer) {
		_, _ = io.WriteString(w, "<worksheet><sheetData>")
		for row := range rows + 1 {
			_, _ = fmt.Fprintf(w, `<row r="%d">`, row+1)
			for c := range columns {
				switch {
				case c < own:
					_, _ = fmt.Fprintf(w, `<c r="%c%d" t="s"><v>%d</v></c>`, 'A'+c, row+1, row*own+c)
				case c < 2*own:
					_, _ = fmt.Fprintf(w, `<c r="%c%d" s="1"><v>%d</v></c>`, 'A'+c, row+1, 46_000+row%300)
				default:
					_, _ = fmt.Fprintf(w, `<c r="%c%d" t="s"><v>%d</v></c>`, 'A'+c, row+1, own*(rows+1)+c)
				}
			}
			_, _ = io.WriteString(w, "</row>")
		}
		_, _ = io.WriteString(w, "</sheetData></worksheet>")
	})
	require.NoError(b, z.Close())
	return file
}
