package inspection

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"backlot/domain/finding"
	"backlot/domain/sourcerequest"
	"backlot/inspection/imf"
	"backlot/inspection/probe"
	"backlot/inspection/timedtext"
)

// Asset is what a request asks for.
type Asset struct {
	SourceType sourcerequest.SourceType
	Language   string
}

// Verdict is what came of an inspection. Its findings have no identifiers yet.
type Verdict struct {
	Findings []sourcerequest.Finding
	Examined []sourcerequest.Examination
}

// Tools are what an inspection may use.
type Tools struct {
	Prober *probe.Prober // nil where ffprobe is not installed
	Temp   string        // folder for parts of files that lie elsewhere; "" is the system's
}

// purpose is what an asset has to be.
type purpose int

const (
	forPicture purpose = iota
	forSound
	forTimedText
	forPackage
	forArtwork
	forScript
)

// purposes says what each source type has to be.
var purposes = map[sourcerequest.SourceType]purpose{
	sourcerequest.SourceAVMuxed: forPicture, sourcerequest.SourceSecondaryAVMuxed: forPicture, sourcerequest.SourceTrailer: forPicture,
	sourcerequest.SourceProductionLockedProxy: forPicture,
	sourcerequest.SourceDubs:                  forSound, sourcerequest.SourceAudioDescription: forSound, sourcerequest.SourceAudioME: forSound,
	sourcerequest.SourceAudioPrintMaster: forSound,
	sourcerequest.SourceSubs:             forTimedText, sourcerequest.SourceForcedSubs: forTimedText, sourcerequest.SourceCCSDH: forTimedText,
	sourcerequest.SourceIMF: forPackage, sourcerequest.SourceArtwork: forArtwork, sourcerequest.SourceFinalScript: forScript,
}

// looked is a file, what it is, and what was found in it.
type looked struct {
	File
	head []byte
	kind kind
	name string // of the format
	as   string
	note string
	l    finding.List
}

// Inspect looks at the files of one delivery. The error is why a file could not
// be read or looked at, which may pass and says nothing of the file.
func (t Tools) Inspect(ctx context.Context, a Asset, files []File) (Verdict, error) {
	p, known := purposes[a.SourceType]
	if !known {
		return Verdict{}, fmt.Errorf("inspection does not know the source type %q", a.SourceType)
	}
	all := make([]*looked, len(files))
	whole := true
	for i, f := range files {
		f.Open = whileAlive(f.Open)
		all[i] = &looked{File: f}
		if err := all[i].arrives(ctx); err != nil {
			return Verdict{}, err
		}
		whole = whole && len(all[i].l.All()) == 0
	}
	switch {
	case !whole:
		// Nothing else can be said of files that are not those that were declared.
		for _, f := range all {
			f.as = cmp.Or(f.as, "Bytes")
		}
	case p == forPackage:
		if err := t.pack(ctx, all); err != nil {
			return Verdict{}, err
		}
	default:
		asset := slices.ContainsFunc(all, func(f *looked) bool { return fits(p, f) })
		for _, f := range all {
			if err := t.one(ctx, a, p, f, asset); err != nil {
				return Verdict{}, err
			}
		}
	}
	var v Verdict
	for _, f := range all {
		for _, found := range f.l.All() {
			v.Findings = append(v.Findings, sourcerequest.Finding{FileID: f.ID, Code: found.Code, Where: found.Where, Text: found.Text})
		}
		v.Examined = append(v.Examined, sourcerequest.Examination{FileID: f.ID, As: f.as, Note: f.note})
	}
	return v, nil
}

// arrives compares a file with what was declared, and looks at its beginning.
func (f *looked) arrives(ctx context.Context) error {
	c, err := f.Open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	switch size := c.Size(); {
	case size != f.Size:
		f.l.Add(finding.SizeMismatch, "", "The file was declared with %d bytes and has %d.", f.Size, size)
		return nil
	case size == 0:
		f.l.Add(finding.EmptyFile, "", "The file has no bytes.")
		return nil
	}
	f.head = make([]byte, min(f.Size, 4096))
	if _, err := io.ReadFull(c, f.head); err != nil {
		return err
	}
	f.kind, f.name = kindOf(f.head)
	if f.SHA256 == "" {
		return nil
	}
	if _, err := c.Seek(0, io.SeekStart); err != nil {
		return err
	}
	h := sha256.New()
	if _, err := io.CopyBuffer(h, c, make([]byte, block)); err != nil {
		return err
	}
	if sum := hex.EncodeToString(h.Sum(nil)); !strings.EqualFold(sum, f.SHA256) {
		f.l.Add(finding.ChecksumMismatch, "", "The file has the SHA-256 %s, and %s was declared.", sum, f.SHA256)
	}
	return nil
}

// fits reports whether a file can be an asset of that purpose, by its beginning.
func fits(p purpose, f *looked) bool {
	switch p {
	case forPicture:
		return f.kind == movie || f.kind == unknown
	case forSound:
		return f.kind == sound || f.kind == movie || f.kind == unknown // sound comes in containers of pictures, too
	case forTimedText:
		return f.kind == text || f.kind == unknown
	case forArtwork:
		return f.kind == image
	case forScript:
		return isDocument(f.kind, f.head)
	}
	return false
}

// one looks at a file by itself. Beside an asset there may be others, a report
// or a list of checksums.
func (t Tools) one(ctx context.Context, a Asset, p purpose, f *looked, asset bool) error {
	f.as = cmp.Or(f.name, strings.ToUpper(string(f.kind[:1]))+string(f.kind[1:]))
	if !fits(p, f) {
		if asset {
			f.note = "It lies beside the asset and was not looked at."
		} else {
			f.l.Add(finding.IncorrectAssetType, "", "The file is %s, and the request is for %s.", describe(f), a.SourceType)
		}
		return nil
	}
	c, err := f.Open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	switch p {
	case forTimedText:
		r, err := timedtext.Inspect(c, f.Size, f.Name, timedtext.Wanted{Language: a.Language, Forced: a.SourceType == sourcerequest.SourceForcedSubs})
		f.take(r.As, r.Note, r.Found)
		return err
	case forArtwork:
		f.note, err = picture(c, f.name, &f.l)
		return err
	case forScript:
		f.as, f.note = cmp.Or(f.name, "Text"), "Only the beginning was looked at: scripts are for people."
		return nil
	}
	return t.media(ctx, a, p, f, c)
}

func describe(f *looked) string {
	if f.name == "" {
		return string(f.kind)
	}
	return string(f.kind) + " (" + f.name + ")"
}

func (f *looked) take(as, note string, found []finding.Finding) {
	f.as, f.note = cmp.Or(as, f.as), note
	for _, each := range found {
		f.l.Add(each.Code, each.Where, "%s", each.Text)
	}
}

// media looks at video and audio.
func (t Tools) media(ctx context.Context, a Asset, p purpose, f *looked, c Content) error {
	if t.Prober == nil {
		f.note = "It was not probed: ffprobe is not installed where the portal runs."
		return nil
	}
	name, whole := "", true
	if l, is := c.(*alive).Content.(local); is {
		name = l.Path()
	}
	if name == "" {
		part, complete, err := t.part(c)
		if err != nil {
			return err
		}
		defer part.remove()
		name, whole = part.name, complete
	}
	r, err := t.Prober.Probe(ctx, name, whole)
	if err != nil {
		return err
	}
	switch {
	case r.Late:
		f.note = "It was not probed to the end: ffprobe took too long."
		if len(r.Streams) == 0 {
			return nil
		}
	case !whole && len(r.Streams) == 0:
		f.note = "It was not probed: its beginning and its end were not enough for that."
		return nil
	case !whole:
		f.note = "Its beginning and its end were probed; nothing of it was decoded."
		r.Errors = nil // they come of what was left out
	}
	silent := a.SourceType == sourcerequest.SourceProductionLockedProxy
	probe.Judge(r, probe.Wanted{Picture: p == forPicture, Silent: silent}, &f.l)
	return nil
}

// pack looks at the files of a package together.
func (t Tools) pack(ctx context.Context, all []*looked) error {
	if len(all) == 1 && all[0].kind == archive && all[0].name == "ZIP" {
		return packed(ctx, all[0])
	}
	files := make([]imf.File, len(all))
	byName := map[string]*looked{}
	document := false
	for i, f := range all {
		f.as = cmp.Or(f.name, "Part of an IMF package")
		files[i] = imf.File{Name: f.Name, Size: f.Size, Open: func(ctx context.Context) (io.ReadCloser, error) { return f.Open(ctx) }}
		byName[f.Name] = f
		document = document || f.kind == text
	}
	if !document {
		all[0].l.Add(finding.IncorrectAssetType, "", "The delivery is %s, and the request is for an IMF package.", describe(all[0]))
		return nil
	}
	found, err := imf.Inspect(ctx, files)
	if err != nil {
		return err
	}
	for _, each := range found {
		// A place names the file first; what is nowhere concerns all of them.
		at, _, _ := strings.Cut(each.Where, ",")
		f := byName[at]
		if f == nil {
			f = byName[path.Base(at)]
		}
		if f == nil {
			f = all[0]
		}
		f.l.Add(each.Code, each.Where, "%s", each.Text)
	}
	return nil
}

// packed looks at a package in one archive.
func packed(ctx context.Context, f *looked) error {
	f.as = "IMF package in a ZIP"
	c, err := f.Open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	files, found, err := imf.OpenZIP(&ahead{from: c, size: f.Size}, f.Size)
	if err == nil && len(found) == 0 {
		found, err = imf.Inspect(ctx, files)
	}
	f.take("", "", found)
	return err
}
