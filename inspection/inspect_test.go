package inspection_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain/finding"
	"backlot/domain/sourcerequest"
	. "backlot/inspection"
	"backlot/inspection/probe"
)

// content is a file in memory.
type content struct{ *bytes.Reader }

func (content) Close() error { return nil }

// onDisk is a file that has a path.
type onDisk struct {
	content
	path string
}

func (d onDisk) Path() string { return d.path }

// file is a delivered file that is as it was declared.
func file(name string, bytes ...string) File {
	return declared(name, strings.Join(bytes, ""), strings.Join(bytes, ""))
}

// declared is a file that was declared as another one.
func declared(name, as, is string) File {
	sum := sha256.Sum256([]byte(as))
	return File{ID: "id of " + name, Name: name, Size: int64(len(as)), SHA256: hex.EncodeToString(sum[:]), Open: func(context.Context) (Content, error) {
		return content{bytes.NewReader([]byte(is))}, nil
	}}
}

func pictureOf(encode func(io.Writer, image.Image) error, width, height int) string {
	var out bytes.Buffer
	if err := encode(&out, image.NewRGBA(image.Rect(0, 0, width, height))); err != nil {
		panic(err)
	}
	return out.String()
}

func asJPEG(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) }

func office() string {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	_, _ = w.Create("[Content_Types].xml")
	_ = w.Close()
	return out.String()
}

const (
	srt  = "1\n00:00:01,000 --> 00:00:02,000\nHello.\n"
	ttml = `<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="ko"><body><div><p begin="1s" end="2s">a</p></div></body></tt>`
	pdf  = "%PDF-1.7\n"
	mov  = "\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  "
	wav  = "RIFF\x24\x00\x00\x00WAVEfmt "
	mxf  = "\x06\x0e\x2b\x34\x02\x05\x01\x01"
)

func inspected(t *testing.T, tools Tools, a Asset, files ...File) (Verdict, []string) {
	t.Helper()
	v, err := tools.Inspect(t.Context(), a, files)
	require.NoError(t, err)
	codes := []string{}
	for _, f := range v.Findings {
		codes = append(codes, f.Code)
		_, known := finding.Find(f.Code)
		require.True(t, known, f.Code)
	}
	require.Len(t, v.Examined, len(files))
	for n, e := range v.Examined {
		require.Equal(t, files[n].ID, e.FileID)
		require.NotEmpty(t, e.As)
	}
	return v, codes
}

func TestEachSourceTypeHasItsKindOfFile(t *testing.T) {
	poster, photo := pictureOf(png.Encode, 600, 400), pictureOf(asJPEG, 600, 400)
	for name, c := range map[string]struct {
		source sourcerequest.SourceType
		files  []File
		want   []string
	}{
		"subtitles":                   {sourcerequest.SourceSubs, []File{file("a.ttml", ttml)}, []string{}},
		"captions":                    {sourcerequest.SourceCCSDH, []File{file("a.srt", srt)}, []string{}},
		"subtitles with a mistake":    {sourcerequest.SourceSubs, []File{file("a.srt", strings.Replace(srt, "Hello.", "", 1))}, []string{finding.EmptyCue}},
		"a picture for subtitles":     {sourcerequest.SourceForcedSubs, []File{file("a.srt", poster)}, []string{finding.IncorrectAssetType}},
		"a film for subtitles":        {sourcerequest.SourceSubs, []File{file("a.mov", mov)}, []string{finding.IncorrectAssetType}},
		"a script for subtitles":      {sourcerequest.SourceSubs, []File{file("a.pdf", pdf)}, []string{finding.IncorrectAssetType}},
		"subtitles and a report":      {sourcerequest.SourceSubs, []File{file("a.srt", srt), file("report.pdf", pdf)}, []string{}},
		"subtitles for a film":        {sourcerequest.SourceAVMuxed, []File{file("a.srt", srt)}, []string{finding.IncorrectAssetType}},
		"sound for a film":            {sourcerequest.SourceSecondaryAVMuxed, []File{file("a.wav", wav)}, []string{finding.IncorrectAssetType}},
		"a poster for a trailer":      {sourcerequest.SourceTrailer, []File{file("a.png", poster)}, []string{finding.IncorrectAssetType}},
		"a film":                      {sourcerequest.SourceAVMuxed, []File{file("a.mxf", mxf)}, []string{}},
		"a dub":                       {sourcerequest.SourceDubs, []File{file("a.wav", wav)}, []string{}},
		"subtitles for a dub":         {sourcerequest.SourceDubs, []File{file("a.ttml", ttml)}, []string{finding.IncorrectAssetType}},
		"a script for a mix":          {sourcerequest.SourceAudioPrintMaster, []File{file("a.pdf", pdf)}, []string{finding.IncorrectAssetType}},
		"a poster":                    {sourcerequest.SourceArtwork, []File{file("a.png", poster)}, []string{}},
		"a photograph":                {sourcerequest.SourceArtwork, []File{file("a.jpg", photo)}, []string{}},
		"artwork of Photoshop":        {sourcerequest.SourceArtwork, []File{file("a.psd", "8BPS\x00\x01")}, []string{}},
		"a moving poster":             {sourcerequest.SourceArtwork, []File{file("a.gif", "GIF89a")}, []string{finding.FormatMismatch}},
		"a poster cut off":            {sourcerequest.SourceArtwork, []File{file("a.png", poster[:len(poster)/2])}, []string{finding.DamagedImage}},
		"only a header":               {sourcerequest.SourceArtwork, []File{file("a.png", poster[:12])}, []string{finding.DamagedImage}},
		"a thumbnail":                 {sourcerequest.SourceArtwork, []File{file("a.png", pictureOf(png.Encode, 40, 30))}, []string{finding.ImageTooSmall}},
		"a poster of a kilometre":     {sourcerequest.SourceArtwork, []File{file("a.png", wide(poster))}, []string{finding.ExcessiveDimensions}},
		"a film for artwork":          {sourcerequest.SourceArtwork, []File{file("a.mov", mov)}, []string{finding.IncorrectAssetType}},
		"a script":                    {sourcerequest.SourceFinalScript, []File{file("a.pdf", pdf)}, []string{}},
		"a script of Office":          {sourcerequest.SourceFinalScript, []File{file("a.docx", office())}, []string{}},
		"a plain script":              {sourcerequest.SourceFinalScript, []File{file("a.txt", "INT. HOUSE - DAY")}, []string{}},
		"a film for a script":         {sourcerequest.SourceFinalScript, []File{file("a.mov", mov)}, []string{finding.IncorrectAssetType}},
		"any archive for a script":    {sourcerequest.SourceFinalScript, []File{file("a.zip", "PK\x03\x04 a.mov")}, []string{finding.IncorrectAssetType}},
		"no package":                  {sourcerequest.SourceIMF, []File{file("a.mov", mov)}, []string{finding.IncorrectAssetType}},
		"a package without its map":   {sourcerequest.SourceIMF, []File{file("CPL.xml", "<CompositionPlaylist/>"), file("a.mxf", mxf)}, []string{finding.MissingAssetMap}},
		"an archive of no package":    {sourcerequest.SourceIMF, []File{file("a.zip", office())}, []string{finding.MissingAssetMap}},
		"an archive cut off":          {sourcerequest.SourceIMF, []File{file("a.zip", office()[:20])}, []string{finding.DamagedArchive}},
		"fewer bytes than declared":   {sourcerequest.SourceSubs, []File{declared("a.srt", srt, srt[:20])}, []string{finding.SizeMismatch}},
		"other bytes than declared":   {sourcerequest.SourceSubs, []File{declared("a.srt", srt, strings.ToUpper(srt))}, []string{finding.ChecksumMismatch}},
		"nothing":                     {sourcerequest.SourceSubs, []File{file("a.srt")}, []string{finding.EmptyFile}},
		"one of two is not whole":     {sourcerequest.SourceSubs, []File{file("a.srt", srt), declared("b.srt", srt, "")}, []string{finding.SizeMismatch}},
		"another language":            {sourcerequest.SourceSubs, []File{file("a.ttml", strings.Replace(ttml, `"ko"`, `"ja"`, 1))}, []string{finding.LanguageMismatch}},
		"two pictures, one too small": {sourcerequest.SourceArtwork, []File{file("a.png", poster), file("b.png", pictureOf(png.Encode, 40, 30))}, []string{finding.ImageTooSmall}},
	} {
		t.Run(name, func(t *testing.T) {
			v, codes := inspected(t, Tools{}, Asset{SourceType: c.source, Language: "Korean"}, c.files...)
			assert.Equal(t, c.want, codes, "%+v", v.Findings)
			for _, f := range v.Findings {
				assert.NotEmpty(t, f.FileID)
			}
		})
	}
}

// wide makes a PNG claim that it is very wide.
func wide(p string) string {
	b := []byte(p)
	copy(b[16:], "\x00\x10\x00\x00")
	return string(fixed(b))
}

// fixed gives the header of a PNG its checksum back.
func fixed(b []byte) []byte {
	sum := crc32.ChecksumIEEE(b[12:29])
	copy(b[29:], []byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)})
	return b
}

func TestEverySourceTypeIsInspected(t *testing.T) {
	for _, s := range sourcerequest.SourceTypes() {
		inspected(t, Tools{}, Asset{SourceType: s}, file("a.bin", "\x00\x01\x02"))
	}
	_, err := Tools{}.Inspect(t.Context(), Asset{SourceType: "Smell"}, nil)
	assert.Error(t, err)
}

// Without ffprobe a film is not failed: the verdict says that nobody looked.
func TestAFilmThatNobodyProbed(t *testing.T) {
	v, codes := inspected(t, Tools{}, Asset{SourceType: sourcerequest.SourceAVMuxed}, file("a.mov", mov))
	assert.Empty(t, codes)
	assert.Contains(t, v.Examined[0].Note, "ffprobe is not installed")
	assert.Equal(t, "MP4 or QuickTime", v.Examined[0].As)
}

// prober is a program in ffprobe's place that writes down which file it is given.
func prober(t *testing.T, says string) (*probe.Prober, func() string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "ffprobe")
	require.NoError(t, os.WriteFile(name, []byte("#!/bin/sh\nfor last; do :; done\necho \"$last\" >> "+name+".calls\nwc -c < \"${last#file:}\" >> "+name+".calls\necho '"+says+"'\n"), 0o700))
	return &probe.Prober{Command: name}, func() string {
		b, err := os.ReadFile(name + ".calls")
		require.NoError(t, err)
		return string(b)
	}
}

func TestAFilmIsProbedWhereItLiesOrByACopyOfItsEdges(t *testing.T) {
	const says = `{"streams":[{"codec_type":"audio","channels":2,"nb_read_frames":"1"}],"format":{"duration":"2"}}`
	p, calls := prober(t, says)
	temp := t.TempDir()
	tools := Tools{Prober: p, Temp: temp}

	path := filepath.Join(t.TempDir(), "stored")
	require.NoError(t, os.WriteFile(path, []byte(mov), 0o600))
	here := file("a.mov", mov)
	here.Open = func(context.Context) (Content, error) {
		return onDisk{content{bytes.NewReader([]byte(mov))}, path}, nil
	}
	_, codes := inspected(t, tools, Asset{SourceType: sourcerequest.SourceAVMuxed}, here)
	assert.Equal(t, []string{finding.IncorrectAssetType}, codes, "it is sound")
	assert.Contains(t, calls(), "file:"+path+"\n")

	v, codes := inspected(t, tools, Asset{SourceType: sourcerequest.SourceDubs}, file("a.mov", mov))
	assert.Empty(t, codes)
	assert.Empty(t, v.Examined[0].Note, "the copy was whole")
	assert.Contains(t, calls(), "file:"+temp+"/backlot-probe-")
	left, err := os.ReadDir(temp)
	require.NoError(t, err)
	assert.Empty(t, left)

	large := &sparse{head: mov, size: 300 << 20}
	far := File{ID: "id", Name: "a.mov", Size: large.size, Open: func(context.Context) (Content, error) { return large.open(), nil }}
	v, codes = inspected(t, tools, Asset{SourceType: sourcerequest.SourceDubs}, far)
	assert.Empty(t, codes)
	assert.Contains(t, v.Examined[0].Note, "beginning and its end")
	assert.Less(t, large.read, int64(130<<20), "only the edges were read")
	assert.Contains(t, calls(), "314572800\n")
	left, err = os.ReadDir(temp)
	require.NoError(t, err)
	assert.Empty(t, left)

	broken, _ := prober(t, `no JSON`)
	_, err = Tools{Prober: broken, Temp: temp}.Inspect(t.Context(), Asset{SourceType: sourcerequest.SourceDubs}, []File{file("a.wav", wav)})
	assert.Error(t, err, "that ffprobe does not work says nothing of the file")
}

// sparse is a large file that is nowhere.
type sparse struct {
	head string
	size int64
	read int64
}

func (s *sparse) open() Content { return &sparseReader{s: s} }

type sparseReader struct {
	s  *sparse
	at int64
}

func (r *sparseReader) Size() int64  { return r.s.size }
func (r *sparseReader) Close() error { return nil }
func (r *sparseReader) Seek(at int64, whence int) (int64, error) {
	if whence != io.SeekStart {
		return 0, errors.New("from the beginning only")
	}
	r.at = at
	return at, nil
}

func (r *sparseReader) ReadAt(p []byte, off int64) (int, error) {
	if off >= r.s.size {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), r.s.size-off))
	clear(p[:n])
	if off < int64(len(r.s.head)) {
		copy(p[:n], r.s.head[off:])
	}
	r.s.read += int64(n)
	return n, nil
}

func (r *sparseReader) Read(p []byte) (int, error) {
	n, err := r.ReadAt(p, r.at)
	r.at += int64(n)
	return n, err
}

// Whoever wants to end does not wait until a large file was read.
func TestALargeFileIsReadNoLongerThanItsContextLives(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	large := &sparse{head: mov, size: 1 << 50}
	reads := 0
	f := File{ID: "id", Name: "a.mov", Size: large.size, SHA256: strings.Repeat("ab", 32), Open: func(context.Context) (Content, error) {
		return &stopping{Content: large.open(), reads: &reads, cancel: cancel}, nil
	}}
	_, err := Tools{}.Inspect(ctx, Asset{SourceType: sourcerequest.SourceDubs}, []File{f})
	assert.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, 5, reads)
}

type stopping struct {
	Content
	reads  *int
	cancel func()
}

func (s *stopping) Read(p []byte) (int, error) {
	if *s.reads++; *s.reads == 5 {
		s.cancel()
	}
	return s.Content.Read(p)
}

// What the store fails at is an error, whatever kind of file was being read.
func TestAFailingStoreIsNoFinding(t *testing.T) {
	gone := errors.New("the store is gone")
	for source, f := range map[sourcerequest.SourceType]File{
		sourcerequest.SourceSubs: file("a.ttml", ttml), sourcerequest.SourceArtwork: file("a.png", pictureOf(png.Encode, 600, 400)), sourcerequest.SourceFinalScript: file("a.pdf", pdf),
		sourcerequest.SourceIMF: file("a.zip", office()), sourcerequest.SourceDubs: file("a.wav", wav),
	} {
		open := f.Open
		for opened := range 3 { // the first time, the second time …
			times := 0
			f.Open = func(ctx context.Context) (Content, error) {
				if times++; times > opened {
					return nil, gone
				}
				return open(ctx)
			}
			v, err := Tools{}.Inspect(t.Context(), Asset{SourceType: source}, []File{f})
			if err == nil {
				assert.LessOrEqual(t, times, opened, "%s: %+v", source, v)
				continue
			}
			assert.ErrorIs(t, err, gone, source)
		}
		f.Open = func(ctx context.Context) (Content, error) {
			c, err := open(ctx)
			return &failing{Content: c, after: 10, err: gone}, err
		}
		_, err := Tools{}.Inspect(t.Context(), Asset{SourceType: source}, []File{f})
		assert.ErrorIs(t, err, gone, source)
	}
}

type failing struct {
	Content
	after int
	err   error
}

func (f *failing) Read(p []byte) (int, error) {
	if f.after == 0 {
		return 0, f.err
	}
	n, err := f.Content.Read(p[:min(len(p), f.after)])
	f.after -= n
	return n, err
}
