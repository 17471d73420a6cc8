package archive_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/readapi/archive"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func text(name, content string) archive.Entry {
	return archive.Entry{Name: name, Size: int64(len(content)), Modified: noon, Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(content)), nil
	}}
}

// some is a file that is nowhere; what is in it is whatever there was.
func some(name string, size int64) archive.Entry {
	return archive.Entry{Name: name, Size: size, Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(io.LimitReader(nothing{}, size)), nil
	}}
}

type nothing struct{}

func (nothing) Read(p []byte) (int, error) { return len(p), nil }

// counter forgets all but the ends of what is written to it.
type counter struct {
	n    int64
	tail []byte
	each func()
}

func (c *counter) Write(b []byte) (int, error) {
	c.n += int64(len(b))
	c.tail = append(c.tail, b...)
	if over := len(c.tail) - 1<<20; over > 0 {
		c.tail = append(c.tail[:0], c.tail[over:]...)
	}
	if c.each != nil {
		c.each()
	}
	return len(b), nil
}

func TestAnArchiveIsReadBackAndHasTheLengthThatItWasSaidToHave(t *testing.T) {
	for name, entries := range map[string][]archive.Entry{
		"nothing":         nil,
		"one":             {text("a.txt", "hello")},
		"empty":           {text("empty", "")},
		"folders":         {text("Ä / 1/Übersicht.pdf", "x"), text("Ä / 1/b", strings.Repeat("long ", 100_000)), text("c/日本.srt", "y")},
		"without a time":  {some("z", 10)},
		"65,534 of them":  many(65_534),
		"65,535 of them":  many(65_535),
		"65,536 and more": many(66_000),
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			require.NoError(t, archive.Write(t.Context(), &out, entries))
			require.EqualValues(t, archive.Size(entries), out.Len())
			r, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
			require.NoError(t, err)
			require.Len(t, r.File, len(entries))
			for i, f := range r.File {
				if i > 100 {
					break
				}
				require.Equal(t, entries[i].Name, f.Name)
				require.Equal(t, zip.Store, f.Method)
				require.False(t, f.NonUTF8)
				if !entries[i].Modified.IsZero() {
					require.True(t, noon.Equal(f.Modified))
				}
				in, err := f.Open()
				require.NoError(t, err)
				got, err := io.ReadAll(in)
				require.NoError(t, err, "the checksum holds")
				want, _ := entries[i].Open(t.Context())
				expected, _ := io.ReadAll(want)
				require.Equal(t, expected, got)
			}
		})
	}
}

func many(n int) []archive.Entry {
	entries := make([]archive.Entry, n)
	for i := range entries {
		entries[i] = some(fmt.Sprint(i), 0)
	}
	return entries
}

// Files around 4 GiB, where sizes no longer fit 32 bits, and behind it, where
// places do not: the length is exact, the directory says what is there, and
// memory stays flat.
func TestLargeArchives(t *testing.T) {
	const limit = math.MaxUint32
	for name, entries := range map[string][]archive.Entry{
		"a file of the first length that is too long, and one behind it": {text("a", "x"), some("b", limit), text("c", "y")},
	} {
		t.Run(name, func(t *testing.T) {
			var before, now runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			highest, writes := uint64(0), 0
			out := &counter{each: func() {
				if writes++; writes%4096 == 0 {
					runtime.ReadMemStats(&now)
					highest = max(highest, now.HeapAlloc)
				}
			}}
			require.NoError(t, archive.Write(t.Context(), out, entries))
			assert.Equal(t, archive.Size(entries), out.n)
			assert.Less(t, int64(highest)-int64(before.HeapAlloc), int64(8<<20), "heap")

			r, err := zip.NewReader(&tail{out}, out.n)
			require.NoError(t, err)
			require.Len(t, r.File, len(entries))
			for i, f := range r.File {
				assert.EqualValues(t, entries[i].Size, f.UncompressedSize64)
				if i > 0 && f.UncompressedSize64 == 1 {
					in, err := f.Open()
					require.NoError(t, err)
					_, err = io.ReadAll(in)
					require.NoError(t, err, "what is behind 4 GiB is where the directory says")
				}
			}
		})
	}
}

// tail reads the end of what a counter got.
type tail struct{ *counter }

func (c *tail) ReadAt(p []byte, at int64) (int, error) {
	begin := at - (c.n - int64(len(c.tail)))
	if begin < 0 {
		return 0, errors.New("that is forgotten")
	}
	n := copy(p, c.tail[begin:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func TestAFileThatIsNotAsSaidBreaksTheArchive(t *testing.T) {
	broken := errors.New("broken")
	opens := func(open func() (io.ReadCloser, error)) archive.Entry {
		return archive.Entry{Name: "b", Size: 5, Open: func(context.Context) (io.ReadCloser, error) { return open() }}
	}
	for name, c := range map[string]struct {
		entry archive.Entry
		want  error
	}{
		"too short": {opens(func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("four")), nil }), io.ErrUnexpectedEOF},
		"too long":  {opens(func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("six in")), nil }), io.ErrUnexpectedEOF},
		"not there": {opens(func() (io.ReadCloser, error) { return nil, broken }), broken},
		"fails halfway": {opens(func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader("hal"), iotest.ErrReader(broken))), nil
		}), broken},
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorIs(t, archive.Write(t.Context(), io.Discard, []archive.Entry{text("a", "x"), c.entry, text("c", "y")}), c.want)
		})
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, archive.Write(ended, io.Discard, []archive.Entry{text("a", "x")}), context.Canceled)
	require.ErrorIs(t, archive.Write(t.Context(), failing{broken}, []archive.Entry{some("a", 1<<20)}), broken)
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func BenchmarkWrite(b *testing.B) {
	entries := []archive.Entry{some("a", 1<<30)}
	b.SetBytes(archive.Size(entries))
	b.ReportAllocs()
	for b.Loop() {
		if err := archive.Write(b.Context(), io.Discard, entries); err != nil {
			b.Fatal(err)
		}
	}
}
