package imf

import (
	"context"
	"errors"
	"io"
	"path"
	"strings"

	"backlot/domain/finding"
)

// File is a file of a package.
type File struct {
	Name string // with slashes for folders
	Size int64  // bytes
	// Open opens it from the beginning. An error of it, or of the reader, is the
	// store's and may pass, unless it is a *Damaged.
	Open func(context.Context) (io.ReadCloser, error)
}

// Damaged is that a file cannot be read and never will be: an entry of a broken
// archive.
type Damaged struct{ Err error }

// Error implements error.
func (d *Damaged) Error() string { return d.Err.Error() }

// Unwrap returns the cause.
func (d *Damaged) Unwrap() error { return d.Err }

// MaxDocument is how many bytes a document of a package may have.
const MaxDocument = 16 << 20

// maxElements is how many elements a document may have: each of them is kept.
const maxElements = 300_000

// maxAssets is how many assets a list, and resources a composition, may have.
const maxAssets = 20_000

// inspection is a package being looked at.
type inspection struct {
	ctx    context.Context
	l      *finding.List
	files  []File
	byPath map[string]int // files by their names
	byBase map[string]int // and by the last parts of them; -1 for several
	listed map[int]bool   // files that the asset map names
	assets map[string]asset
	known  []asset // in the order of the asset map
}

// asset is what an asset map says of a file.
type asset struct {
	id      string
	path    string
	packing bool
	file    int // -1 if it was not delivered
}

// Inspect looks at a package. The error is that of a file that cannot be read
// for a reason that may pass: whatever is wrong with the package is a finding.
func Inspect(ctx context.Context, files []File) ([]finding.Finding, error) {
	var l finding.List
	i := &inspection{ctx: ctx, l: &l, files: files, byPath: map[string]int{}, byBase: map[string]int{}, listed: map[int]bool{}, assets: map[string]asset{}}
	for n, f := range files {
		i.byPath[f.Name] = n
		base := path.Base(f.Name)
		if _, twice := i.byBase[base]; twice {
			n = -1
		}
		i.byBase[base] = n
	}
	err := i.all()
	var damaged *Damaged
	if errors.As(err, &damaged) {
		l.Add(finding.DamagedArchive, "", "The archive cannot be read: %v.", damaged)
		err = nil
	}
	return l.All(), err
}

func (i *inspection) all() error {
	mapped, err := i.assetMap()
	if err != nil || !mapped {
		return err
	}
	var lists, compositions []asset
	for _, a := range i.known {
		if a.packing {
			lists = append(lists, a)
		}
	}
	if len(lists) == 0 {
		i.l.Add(finding.MissingPackingList, "ASSETMAP.xml", "No asset of the map is marked as a packing list.")
		return nil
	}
	complete := true
	for _, list := range lists {
		if list.file < 0 {
			i.l.Add(finding.MissingPackingList, "ASSETMAP.xml", "The packing list %s was not delivered.", list.path)
			complete = false
			continue
		}
		found, good, err := i.packingList(list)
		if err != nil {
			return err
		}
		complete = complete && good
		compositions = append(compositions, found...)
	}
	if len(compositions) == 0 && complete {
		i.l.Add(finding.MissingComposition, "", "No document that the packing lists name is a composition playlist.")
	}
	picture := false
	for _, c := range compositions {
		has, err := i.composition(c)
		if err != nil {
			return err
		}
		picture = picture || has
	}
	if len(compositions) > 0 && !picture {
		i.l.Add(finding.NoMainImage, "", "No composition has a MainImageSequence.")
	}
	i.unlisted()
	return nil
}

// find returns the file with a path. Files that are delivered one by one have no
// folders, so the last part of the path is enough where it is clear.
func (i *inspection) find(name string) int {
	if n, ok := i.byPath[name]; ok {
		return n
	}
	if n, ok := i.byBase[path.Base(name)]; ok && n >= 0 && !strings.Contains(i.files[n].Name, "/") {
		return n
	}
	return -1
}

// top finds a file beside the asset map, in any case.
func (i *inspection) top(names ...string) int {
	for n, f := range i.files {
		for _, name := range names {
			if strings.EqualFold(path.Base(f.Name), name) {
				return n
			}
		}
	}
	return -1
}

// unlisted names the files that no list has.
func (i *inspection) unlisted() {
	for n, f := range i.files {
		if !i.listed[n] {
			i.l.Add(finding.UnlistedAsset, f.Name, "The file %s is not in the asset map.", f.Name)
		}
	}
}

// local reports whether a path stays within the package.
func local(name string) bool {
	return name != "" && len(name) <= 1024 && !path.IsAbs(name) && !strings.ContainsAny(name, "\\:\x00") &&
		path.Clean(name) != ".." && !strings.HasPrefix(path.Clean(name), "../")
}
