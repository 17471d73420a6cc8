package imf_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain/finding"
	. "backlot/inspection/imf"
)

// packed makes an archive of a package, with more in it.
func packed(t testing.TB, d *delivery, more func(*zip.Writer)) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range d.list("TITLE/") {
		e, err := w.Create(f.Name)
		require.NoError(t, err)
		r, err := f.Open(t.Context())
		require.NoError(t, err)
		_, err = io.Copy(e, r)
		require.NoError(t, err)
	}
	if more != nil {
		more(w)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

func inspectedZIP(t testing.TB, archive []byte) []finding.Finding {
	t.Helper()
	files, found, err := OpenZIP(bytes.NewReader(archive), int64(len(archive)))
	require.NoError(t, err)
	if found != nil {
		require.Nil(t, files)
		return found
	}
	found, err = Inspect(context.Background(), files)
	require.NoError(t, err)
	return found
}

func TestAPackageAsOneArchive(t *testing.T) {
	folder := func(w *zip.Writer) { _, _ = w.Create("TITLE/empty/") }
	assert.Empty(t, inspectedZIP(t, packed(t, build(nil), folder)))
	broken := build(whole("delivered picture.mxf", strings.Repeat("PICTURE", 1_000)))
	assert.Equal(t, []string{finding.ChecksumMismatch}, codes(inspectedZIP(t, packed(t, broken, nil))))
}

// entry writes an entry with a header of its own, whatever it holds.
func entry(t testing.TB, h zip.FileHeader, content []byte) func(*zip.Writer) {
	return func(w *zip.Writer) {
		e, err := w.CreateRaw(&h)
		require.NoError(t, err)
		_, err = e.Write(content)
		require.NoError(t, err)
	}
}

func TestArchivesThatAreNotHonest(t *testing.T) {
	named := func(name string) func(*zip.Writer) {
		return func(w *zip.Writer) { _, _ = w.Create(name) }
	}
	link := zip.FileHeader{Name: "TITLE/link.mxf"}
	link.SetMode(fs.ModeSymlink | 0o777)
	good := packed(t, build(nil), nil)
	for name, c := range map[string]struct {
		archive []byte
		want    string
	}{
		"nothing":                {[]byte{}, finding.DamagedArchive},
		"no archive":             {[]byte("PK\x03\x04 and nothing more"), finding.DamagedArchive},
		"cut off":                {good[:len(good)/2], finding.DamagedArchive},
		"out of the archive":     {packed(t, build(nil), named("../evil.xml")), finding.UnsafeArchive},
		"an absolute path":       {packed(t, build(nil), named("/etc/passwd")), finding.UnsafeArchive},
		"backslashes":            {packed(t, build(nil), named(`..\evil.xml`)), finding.UnsafeArchive},
		"a drive":                {packed(t, build(nil), named("C:evil.xml")), finding.UnsafeArchive},
		"a zero byte":            {packed(t, build(nil), named("a\x00b")), finding.UnsafeArchive},
		"a link":                 {packed(t, build(nil), entry(t, link, nil)), finding.UnsafeArchive},
		"a name twice":           {packed(t, build(nil), named("TITLE/CPL.xml")), finding.UnsafeArchive},
		"a petabyte":             {packed(t, build(nil), entry(t, zip.FileHeader{Name: "TITLE/a.mxf", Method: zip.Deflate, UncompressedSize64: 1 << 50, CompressedSize64: 3}, []byte{3, 0, 0})), finding.UnsafeArchive},
		"many a little too much": {packed(t, build(nil), func(w *zip.Writer) { bombs(t, w, 40) }), finding.UnsafeArchive},
		"encrypted":              {packed(t, build(nil), entry(t, zip.FileHeader{Name: "TITLE/a.mxf", Flags: 1}, nil)), finding.DamagedArchive},
		"an unknown method":      {packed(t, build(nil), entry(t, zip.FileHeader{Name: "TITLE/a.mxf", Method: 99}, nil)), finding.DamagedArchive},
		"thousands of entries": {packed(t, build(nil), func(w *zip.Writer) {
			for range 20_001 {
				_, _ = w.CreateHeader(&zip.FileHeader{Name: "a"}) // stored
			}
		}), finding.UnsafeArchive},
	} {
		t.Run(name, func(t *testing.T) {
			found := inspectedZIP(t, c.archive)
			require.NotEmpty(t, found)
			assert.Equal(t, c.want, found[0].Code, "%+v", found)
		})
	}
}

// bombs are entries that share few bytes and unpack to much.
func bombs(t testing.TB, w *zip.Writer, n int) {
	for i := range n {
		entry(t, zip.FileHeader{Name: "b" + string(rune('a'+i%26)) + string(rune('a'+i/26)), UncompressedSize64: 10 << 20, CompressedSize64: 3, Method: zip.Deflate}, []byte{3, 0, 0})(w)
	}
}

// An entry that unpacks to more than it declares is read no further.
func TestAnEntryThatLiesAboutItsSize(t *testing.T) {
	var deflated bytes.Buffer
	w := zip.NewWriter(&deflated)
	e, err := w.Create("x")
	require.NoError(t, err)
	zeros := make([]byte, 1<<20)
	for range 8 {
		_, _ = e.Write(zeros)
	}
	require.NoError(t, w.Close())
	real, err := zip.NewReader(bytes.NewReader(deflated.Bytes()), int64(deflated.Len()))
	require.NoError(t, err)
	raw, err := real.File[0].OpenRaw()
	require.NoError(t, err)
	body, err := io.ReadAll(raw)
	require.NoError(t, err)

	h := zip.FileHeader{Name: "ASSETMAP.xml", Method: zip.Deflate, UncompressedSize64: 2_000, CompressedSize64: uint64(len(body)), CRC32: crc32.ChecksumIEEE(zeros[:2_000])}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	entry(t, h, body)(z)
	require.NoError(t, z.Close())

	files, found, err := OpenZIP(bytes.NewReader(out.Bytes()), int64(out.Len()))
	require.NoError(t, err)
	require.Empty(t, found)
	r, err := files[0].Open(t.Context())
	require.NoError(t, err)
	n, err := io.Copy(io.Discard, r)
	var damaged *Damaged
	require.ErrorAs(t, err, &damaged)
	assert.LessOrEqual(t, n, int64(64<<10))
}

// patient counts what is read of an archive.
type patient struct {
	io.ReaderAt
	read    int64
	failing error
}

func (p *patient) ReadAt(b []byte, off int64) (int, error) {
	if p.failing != nil {
		return 0, p.failing
	}
	n, err := p.ReaderAt.ReadAt(b, off)
	p.read += int64(n)
	return n, err
}

// filler is an archive of which only the end is real.
type filler struct {
	size int64
	end  []byte
	body []byte
}

func (f *filler) ReadAt(p []byte, off int64) (int, error) {
	for i := range p {
		switch at := off + int64(i); {
		case at >= f.size:
			return i, io.EOF
		case at >= f.size-int64(len(f.end)):
			p[i] = f.end[at-(f.size-int64(len(f.end)))]
		default:
			p[i] = f.body[at%int64(len(f.body))]
		}
	}
	return len(p), nil
}

// An archive of a gigabyte that is nothing but directory is not read whole.
func TestAnEndlessDirectory(t *testing.T) {
	const size = 1 << 30
	header := make([]byte, 46+1)
	copy(header, "PK\x01\x02")
	binary.LittleEndian.PutUint16(header[28:], 1) // length of the name
	header[46] = 'a'
	end := make([]byte, 22)
	copy(end, "PK\x05\x06")
	binary.LittleEndian.PutUint16(end[8:], 0xfffe)
	binary.LittleEndian.PutUint16(end[10:], 0xfffe)
	binary.LittleEndian.PutUint32(end[12:], size-22)
	from := &patient{ReaderAt: &filler{size: size, end: end, body: header}}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	files, found, err := OpenZIP(from, size)
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	assert.Nil(t, files)
	assert.NotEmpty(t, found)
	assert.LessOrEqual(t, from.read, int64(17<<20))
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(128<<20))
}

func TestAFailingStoreIsNotTheArchivesFault(t *testing.T) {
	gone := errors.New("the store is gone")
	archive := packed(t, build(nil), nil)
	from := &patient{ReaderAt: bytes.NewReader(archive), failing: gone}
	_, _, err := OpenZIP(from, int64(len(archive)))
	require.ErrorIs(t, err, gone)
	from.failing = nil
	files, _, err := OpenZIP(from, int64(len(archive)))
	require.NoError(t, err)
	from.failing = gone
	_, err = Inspect(t.Context(), files)
	assert.ErrorIs(t, err, gone)
}

func FuzzOpenZIP(f *testing.F) {
	f.Add(packed(f, build(nil), nil))
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, archive []byte) { inspectedZIP(t, archive) })
}
