package imf_test

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain/finding"
	. "backlot/inspection/imf"
)

// The identifiers of the package.
const (
	mapID   = "urn:uuid:10000000-0000-4000-8000-000000000000"
	pklID   = "urn:uuid:20000000-0000-4000-8000-000000000000"
	cplID   = "urn:uuid:30000000-0000-4000-8000-000000000000"
	imageID = "urn:uuid:40000000-0000-4000-8000-000000000000"
	soundID = "urn:uuid:50000000-0000-4000-8000-000000000000"
)

// delivery is a package in the making: each document can be changed before what
// depends on it is made, so that nothing else is wrong.
type delivery struct {
	cpl, pkl, assetMap, volume string
	files                      map[string]string
}

const goodCPL = `<?xml version="1.0" encoding="UTF-8"?>
<CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2016">
  <Id>` + cplID + `</Id>
  <ContentTitle>A Title</ContentTitle>
  <EditRate>24000 1001</EditRate>
  <SegmentList><Segment><Id>urn:uuid:31000000-0000-4000-8000-000000000000</Id>
    <SequenceList>
      <cc:MainImageSequence xmlns:cc="http://www.smpte-ra.org/schemas/2067-2/2016"><Id>urn:uuid:32000000-0000-4000-8000-000000000000</Id>
        <ResourceList><Resource><Id>urn:uuid:33000000-0000-4000-8000-000000000000</Id><IntrinsicDuration>240</IntrinsicDuration><EntryPoint>24</EntryPoint><SourceDuration>192</SourceDuration><TrackFileId>` + imageID + `</TrackFileId></Resource></ResourceList>
      </cc:MainImageSequence>
      <cc:MainAudioSequence xmlns:cc="http://www.smpte-ra.org/schemas/2067-2/2016"><Id>urn:uuid:34000000-0000-4000-8000-000000000000</Id>
        <ResourceList><Resource><Id>urn:uuid:35000000-0000-4000-8000-000000000000</Id><EditRate>48000 1</EditRate><IntrinsicDuration>400000</IntrinsicDuration><SourceDuration>384384</SourceDuration><TrackFileId>` + soundID + `</TrackFileId></Resource></ResourceList>
      </cc:MainAudioSequence>
    </SequenceList>
  </Segment></SegmentList>
</CompositionPlaylist>
`

func sha1Of(s string) string {
	sum := sha1.Sum([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// build makes a package; each stage may be changed on the way.
func build(change map[string]func(string) string) *delivery {
	at := func(stage, s string) string {
		if f := change[stage]; f != nil {
			return f(s)
		}
		return s
	}
	d := &delivery{cpl: at("cpl", goodCPL), files: map[string]string{"picture.mxf": strings.Repeat("picture", 1_000), "sound.mxf": strings.Repeat("sound", 1_000)}}
	listed := func(id, name, content, kind, hash string) string {
		return fmt.Sprintf(`<Asset><Id>%s</Id><Hash>%s</Hash><Size>%d</Size><Type>%s</Type><OriginalFileName>%s</OriginalFileName>%s</Asset>
`, id, hash, len(content), kind, name, map[bool]string{true: `<HashAlgorithm Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>`}[len(hash) > 30])
	}
	sum := sha256.Sum256([]byte(d.files["sound.mxf"]))
	d.pkl = at("pkl", `<?xml version="1.0" encoding="UTF-8"?>
<PackingList xmlns="http://www.smpte-ra.org/schemas/2067-2/2016/PKL"><Id>`+pklID+`</Id><AssetList>
`+listed(cplID, "CPL.xml", d.cpl, "text/xml", sha1Of(d.cpl))+
		listed(imageID, "picture.mxf", d.files["picture.mxf"], "application/mxf", sha1Of(d.files["picture.mxf"]))+
		listed(soundID, "sound.mxf", d.files["sound.mxf"], "application/mxf", base64.StdEncoding.EncodeToString(sum[:]))+
		`</AssetList></PackingList>
`)
	chunk := func(id, name string, length int, packing string) string {
		return fmt.Sprintf(`<Asset><Id>%s</Id>%s<ChunkList><Chunk><Path>%s</Path><VolumeIndex>1</VolumeIndex><Offset>0</Offset><Length>%d</Length></Chunk></ChunkList></Asset>
`, id, packing, name, length)
	}
	d.assetMap = at("map", `<?xml version="1.0" encoding="UTF-8"?>
<AssetMap xmlns="http://www.smpte-ra.org/schemas/429-9/2007/AM"><Id>`+mapID+`</Id><VolumeCount>1</VolumeCount><AssetList>
`+chunk(pklID, "PKL.xml", len(d.pkl), "<PackingList>true</PackingList>")+chunk(cplID, "CPL.xml", len(d.cpl), "")+
		chunk(imageID, "picture.mxf", len(d.files["picture.mxf"]), "")+chunk(soundID, "sound.mxf", len(d.files["sound.mxf"]), "")+`</AssetList></AssetMap>
`)
	d.volume = at("volume", `<?xml version="1.0" encoding="UTF-8"?>
<VolumeIndex xmlns="http://www.smpte-ra.org/schemas/429-9/2007/AM"><Index>1</Index></VolumeIndex>
`)
	d.files["CPL.xml"], d.files["PKL.xml"], d.files["ASSETMAP.xml"], d.files["VOLINDEX.xml"] = d.cpl, d.pkl, d.assetMap, d.volume
	for _, name := range []string{"picture.mxf", "sound.mxf", "CPL.xml", "PKL.xml", "ASSETMAP.xml", "VOLINDEX.xml"} {
		if f := change["delivered "+name]; f != nil {
			if s := f(d.files[name]); s != "" {
				d.files[name] = s
			} else {
				delete(d.files, name)
			}
		}
	}
	return d
}

func (d *delivery) list(folder string) []File {
	var out []File
	for name, content := range d.files {
		out = append(out, File{Name: folder + name, Size: int64(len(content)), Open: func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(content)), nil
		}})
	}
	slices.SortFunc(out, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func codes(found []finding.Finding) []string {
	out := []string{}
	for _, f := range found {
		out = append(out, f.Code)
	}
	return out
}

func inspected(t *testing.T, files []File) []finding.Finding {
	t.Helper()
	found, err := Inspect(t.Context(), files)
	require.NoError(t, err)
	for _, f := range found {
		_, known := finding.Find(f.Code)
		require.True(t, known, f.Code)
		require.NotEmpty(t, f.Text)
	}
	return found
}

func TestAGoodPackageHasNoFindings(t *testing.T) {
	assert.Empty(t, inspected(t, build(nil).list("")))
	assert.Empty(t, inspected(t, build(nil).list("TITLE_OV/")), "in a folder of its own")
	flat := build(map[string]func(string) string{"map": func(s string) string { return strings.ReplaceAll(s, "<Path>", "<Path>assets/") }})
	assert.Empty(t, inspected(t, flat.list("")), "files that are sent one by one have no folders")
}

// in changes one thing in one stage.
func in(t *testing.T, stage, old, with string) map[string]func(string) string {
	return map[string]func(string) string{stage: func(s string) string {
		require.Equal(t, 1, strings.Count(s, old), "%q has to be in the %s once", old, stage)
		return strings.Replace(s, old, with, 1)
	}}
}

func whole(stage, with string) map[string]func(string) string {
	return map[string]func(string) string{stage: func(string) string { return with }}
}

func TestEachThingThatIsWrongIsFound(t *testing.T) {
	same := strings.Repeat("PICTURE", 1_000)
	for name, c := range map[string]struct {
		change map[string]func(string) string
		want   []string
	}{
		"no asset map":                       {whole("delivered ASSETMAP.xml", ""), []string{finding.MissingAssetMap}},
		"an asset map cut off":               {in(t, "map", "</AssetList></AssetMap>", ""), []string{finding.MalformedIMF}},
		"an asset map that is none":          {whole("map", "<Map/>"), []string{finding.MalformedIMF}},
		"an asset map with entities":         {whole("map", `<!DOCTYPE a [<!ENTITY b "c">]><AssetMap/>`), []string{finding.MalformedIMF}},
		"an empty asset map":                 {whole("map", `<AssetMap><AssetList/></AssetMap>`), []string{finding.MalformedIMF}},
		"an asset without a UUID":            {in(t, "map", "<Asset><Id>"+soundID, "<Asset><Id>sound"), []string{finding.MalformedIMF, finding.MissingAsset, finding.UnresolvedResource, finding.UnlistedAsset}},
		"an asset in two chunks":             {in(t, "map", "<Chunk><Path>sound.mxf", "<Chunk><Path>a</Path></Chunk><Chunk><Path>sound.mxf"), []string{finding.MalformedIMF, finding.MissingAsset, finding.UnresolvedResource, finding.UnlistedAsset}},
		"an asset twice":                     {in(t, "map", "<AssetList>", "<AssetList><Asset><Id>"+soundID+"</Id><ChunkList><Chunk><Path>sound.mxf</Path></Chunk></ChunkList></Asset>"), []string{finding.DuplicateID}},
		"a path out of the package":          {in(t, "map", "<Path>sound.mxf", "<Path>../../etc/passwd"), []string{finding.UnsafePath, finding.MissingAsset, finding.UnresolvedResource, finding.UnlistedAsset}},
		"an absolute path":                   {in(t, "map", "<Path>sound.mxf", "<Path>/etc/passwd"), []string{finding.UnsafePath, finding.MissingAsset, finding.UnresolvedResource, finding.UnlistedAsset}},
		"a path of Windows":                  {in(t, "map", "<Path>sound.mxf", `<Path>C:\sound.mxf`), []string{finding.UnsafePath, finding.MissingAsset, finding.UnresolvedResource, finding.UnlistedAsset}},
		"another length in the asset map":    {in(t, "map", "<Length>7000</Length>", "<Length>6999</Length>"), []string{finding.SizeMismatch}},
		"no packing list marked":             {in(t, "map", "<PackingList>true</PackingList>", ""), []string{finding.MissingPackingList}},
		"the packing list not sent":          {whole("delivered PKL.xml", ""), []string{finding.MissingPackingList}},
		"a packing list that is none":        {whole("pkl", "<List/>"), []string{finding.MalformedIMF}},
		"a packing list of another id":       {in(t, "pkl", "<Id>"+pklID, "<Id>"+mapID), []string{finding.MalformedIMF}},
		"a packed asset twice":               {in(t, "pkl", "<AssetList>", "<AssetList><Asset><Id>"+soundID+"</Id><Hash>AAAAAAAAAAAAAAAAAAAAAAAAAAA=</Hash><Size>1</Size></Asset>"), []string{finding.SizeMismatch, finding.DuplicateID}},
		"a packed asset that nobody maps":    {in(t, "pkl", "<AssetList>", "<AssetList><Asset><Id>urn:uuid:60000000-0000-4000-8000-000000000000</Id><Size>1</Size></Asset>"), []string{finding.MissingAsset}},
		"no volume index":                    {whole("delivered VOLINDEX.xml", ""), []string{finding.MissingVolumeIndex}},
		"a volume index without one":         {whole("volume", "<VolumeIndex/>"), []string{finding.MalformedIMF}},
		"essence not sent":                   {whole("delivered picture.mxf", ""), []string{finding.MissingAsset}},
		"essence with other bytes":           {whole("delivered picture.mxf", same), []string{finding.ChecksumMismatch}},
		"essence cut off":                    {whole("delivered picture.mxf", same[:6_000]), []string{finding.SizeMismatch, finding.SizeMismatch}},
		"sound with other bytes, SHA-256":    {whole("delivered sound.mxf", strings.Repeat("SOUND", 1_000)), []string{finding.ChecksumMismatch}},
		"a hash that is none":                {in(t, "pkl", sha1Of(strings.Repeat("picture", 1_000)), "abc"), []string{finding.MalformedIMF}},
		"a hash of nobody's":                 {in(t, "pkl", "xmlenc#sha256", "xmldsig-more#md5"), []string{finding.UnknownHash}},
		"no playlist":                        {whole("cpl", `<OutputProfileList xmlns="http://www.smpte-ra.org/schemas/2067-100/2014"/>`), []string{finding.MissingComposition}},
		"a playlist that is no XML":          {whole("cpl", "playlist"), []string{finding.MalformedIMF, finding.MissingComposition}},
		"a playlist of digital cinema":       {in(t, "cpl", "2067-3/2016", "429-7/2006/CPL"), []string{finding.MalformedIMF}},
		"a playlist of another id":           {in(t, "cpl", "<Id>"+cplID, "<Id>"+mapID), []string{finding.MalformedIMF}},
		"a playlist cut off":                 {in(t, "cpl", "</CompositionPlaylist>", ""), []string{finding.MalformedIMF}},
		"no edit rate":                       {in(t, "cpl", "<EditRate>24000 1001</EditRate>", ""), []string{finding.InvalidEditRate}},
		"an edit rate of nothing":            {in(t, "cpl", "24000 1001", "24 0"), []string{finding.InvalidEditRate}},
		"picture at another rate":            {in(t, "cpl", "<IntrinsicDuration>240", "<EditRate>24 1</EditRate><IntrinsicDuration>240"), []string{finding.InvalidEditRate}},
		"a duration that is no number":       {in(t, "cpl", "<SourceDuration>192", "<SourceDuration>long"), []string{finding.MalformedIMF}},
		"no intrinsic duration":              {in(t, "cpl", "<IntrinsicDuration>240</IntrinsicDuration>", ""), []string{finding.MalformedIMF}},
		"beyond the end of the track file":   {in(t, "cpl", "<EntryPoint>24", "<EntryPoint>49"), []string{finding.ResourceOutOfRange}},
		"nothing of the track file":          {in(t, "cpl", "<SourceDuration>192", "<SourceDuration>0"), []string{finding.ResourceOutOfRange}},
		"a number that overflows":            {in(t, "cpl", "<EntryPoint>24", "<EntryPoint>9223372036854775807"), []string{finding.ResourceOutOfRange}},
		"sound a second shorter":             {in(t, "cpl", "<SourceDuration>384384", "<SourceDuration>336336"), []string{finding.SequenceMismatch}},
		"a track file that is not there":     {in(t, "cpl", "<TrackFileId>"+soundID, "<TrackFileId>urn:uuid:60000000-0000-4000-8000-000000000000"), []string{finding.UnresolvedResource}},
		"no picture":                         {map[string]func(string) string{"cpl": func(s string) string { return strings.ReplaceAll(s, "MainImageSequence", "SubtitlesSequence") }}, []string{finding.NoMainImage}},
		"no segment":                         {map[string]func(string) string{"cpl": func(s string) string { return s[:strings.Index(s, "<SegmentList>")] + "</CompositionPlaylist>" }}, []string{finding.MalformedIMF}},
		"a playlist in UTF-16":               {whole("cpl", "\xff\xfe<\x00a\x00"), []string{finding.MalformedIMF, finding.MissingComposition}},
		"a playlist nested beyond reason":    {in(t, "cpl", "<ContentTitle>", strings.Repeat("<a>", 100)+strings.Repeat("</a>", 100)+"<ContentTitle>"), []string{finding.MalformedIMF}},
		"an attribute twice":                 {in(t, "cpl", "<ContentTitle>", `<ContentTitle a="1" a="2">`), []string{finding.MalformedIMF}},
		"a crowd of attributes":              {in(t, "cpl", "<ContentTitle>", "<ContentTitle"+crowd()+">"), []string{finding.MalformedIMF}},
		"the sound a part of a frame longer": {in(t, "cpl", "<SourceDuration>384384", "<SourceDuration>385000"), []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			found := inspected(t, build(c.change).list(""))
			assert.Equal(t, c.want, codes(found), "%+v", found)
		})
	}
	extra := build(nil)
	extra.files["readme.txt"] = "hello"
	assert.Equal(t, []string{finding.UnlistedAsset}, codes(inspected(t, extra.list(""))))
}

// crowd is more attributes than any element has.
func crowd() string {
	var s strings.Builder
	for n := range 300 {
		fmt.Fprintf(&s, ` a%d="1"`, n)
	}
	return s.String()
}

// A file that cannot be read for a reason that may pass is no finding.
func TestAFailingStoreIsNotThePackagesFault(t *testing.T) {
	gone := errors.New("the store is gone")
	for _, f := range build(nil).list("") {
		for name, open := range map[string]func(context.Context) (io.ReadCloser, error){
			"opening": func(context.Context) (io.ReadCloser, error) { return nil, gone },
			"reading": func(context.Context) (io.ReadCloser, error) {
				return io.NopCloser(io.MultiReader(strings.NewReader("<?xml"), iotest.ErrReader(gone))), nil
			},
		} {
			files := build(nil).list("")
			files[slices.IndexFunc(files, func(g File) bool { return g.Name == f.Name })].Open = open
			_, err := Inspect(t.Context(), files)
			assert.ErrorIs(t, err, gone, "%s %s", name, f.Name)
		}
	}
}

func TestALargeDocumentIsNotRead(t *testing.T) {
	files := build(nil).list("")
	n := slices.IndexFunc(files, func(f File) bool { return f.Name == "ASSETMAP.xml" })
	files[n].Size = MaxDocument + 1
	files[n].Open = func(context.Context) (io.ReadCloser, error) { return nil, errors.New("was opened") }
	assert.Equal(t, []string{finding.FileTooLarge}, codes(inspected(t, files)))
}

func FuzzDocuments(f *testing.F) {
	good := build(nil)
	for n, s := range []string{good.assetMap, good.pkl, good.cpl, good.volume} {
		f.Add(n, []byte(s))
	}
	f.Fuzz(func(t *testing.T, n int, document []byte) {
		stage := []string{"map", "pkl", "cpl", "volume"}[uint(n)%4]
		found, err := Inspect(context.Background(), build(whole(stage, string(document))).list(""))
		require.NoError(t, err)
		for _, each := range found {
			_, known := finding.Find(each.Code)
			require.True(t, known, each.Code)
		}
	})
}
