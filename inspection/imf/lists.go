package imf

import (
	"crypto/sha1" //nolint:gosec // what packing lists use
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"io"
	"path"
	"strings"

	"backlot/domain/finding"
)

type assetMapDocument struct {
	ID     string `xml:"Id"`
	Assets []struct {
		ID          string  `xml:"Id"`
		PackingList *string `xml:"PackingList"`
		Chunks      []struct {
			Path   string `xml:"Path"`
			Length *int64 `xml:"Length"`
		} `xml:"ChunkList>Chunk"`
	} `xml:"AssetList>Asset"`
}

// assetMap reads the asset map; false if there is none that can be read.
func (i *inspection) assetMap() (bool, error) {
	n := i.top("ASSETMAP.xml", "ASSETMAP")
	if n < 0 {
		i.l.Add(finding.MissingAssetMap, "", "None of the %d files is called ASSETMAP.xml.", len(i.files))
		return false, nil
	}
	i.listed[n] = true
	if v := i.top("VOLINDEX.xml", "VOLINDEX"); v >= 0 {
		i.listed[v] = true
		var volume struct {
			Index *int `xml:"Index"`
		}
		if good, err := i.read(v, "VolumeIndex", &volume); err != nil {
			return false, err
		} else if good && volume.Index == nil {
			i.l.Add(finding.MalformedIMF, i.files[v].Name, "The volume index has no Index.")
		}
	} else {
		i.l.Add(finding.MissingVolumeIndex, "", "None of the %d files is called VOLINDEX.xml.", len(i.files))
	}
	var d assetMapDocument
	if good, err := i.read(n, "AssetMap", &d); !good {
		return false, err
	}
	where := i.files[n].Name
	if len(d.Assets) == 0 || len(d.Assets) > maxAssets {
		i.l.Add(finding.MalformedIMF, where, "The asset map has %d assets; it has at least one and at most %d.", len(d.Assets), maxAssets)
		return false, nil
	}
	folder := path.Dir(where)
	for _, a := range d.Assets {
		id := canonical(a.ID)
		switch {
		case id == "":
			i.l.Add(finding.MalformedIMF, where, "%q is no identifier; one is written as urn:uuid: and a UUID.", a.ID)
			continue
		case i.assets[id].id != "":
			i.l.Add(finding.DuplicateID, where, "The asset %s is listed twice.", a.ID)
			continue
		case len(a.Chunks) != 1:
			i.l.Add(finding.MalformedIMF, where, "The asset %s is in %d chunks; in a package each is in one.", a.ID, len(a.Chunks))
			continue
		}
		chunk := a.Chunks[0]
		name := strings.TrimPrefix(strings.TrimSpace(chunk.Path), "file:///")
		if !local(name) {
			i.l.Add(finding.UnsafePath, where, "The asset %s has the path %q.", a.ID, chunk.Path)
			continue
		}
		mapped := asset{id: id, path: path.Join(folder, name), file: i.find(path.Join(folder, name)), packing: a.PackingList != nil && !strings.EqualFold(strings.TrimSpace(*a.PackingList), "false")}
		i.assets[id] = mapped
		i.known = append(i.known, mapped)
		switch {
		case mapped.file >= 0:
			i.listed[mapped.file] = true
			if size := i.files[mapped.file].Size; chunk.Length != nil && *chunk.Length != size {
				i.l.Add(finding.SizeMismatch, mapped.path, "The asset map has %d bytes for %s, and it has %d.", *chunk.Length, mapped.path, size)
			}
		case !mapped.packing:
			i.l.Add(finding.MissingAsset, where, "%s was not delivered.", mapped.path)
		}
	}
	return true, nil
}

type packingListDocument struct {
	ID     string `xml:"Id"`
	Assets []struct {
		ID        string `xml:"Id"`
		Hash      string `xml:"Hash"`
		Size      int64  `xml:"Size"`
		Type      string `xml:"Type"`
		Algorithm struct {
			URI string `xml:"Algorithm,attr"`
		} `xml:"HashAlgorithm"`
	} `xml:"AssetList>Asset"`
}

// packingList compares what a packing list says with what was delivered, and
// returns the compositions that it names; false if not all of it was read.
func (i *inspection) packingList(list asset) ([]asset, bool, error) {
	var d packingListDocument
	if good, err := i.read(list.file, "PackingList", &d); !good {
		return nil, false, err
	}
	if canonical(d.ID) != list.id {
		i.l.Add(finding.MalformedIMF, list.path, "The packing list is %s, and the asset map has it as %s.", d.ID, list.id)
	}
	if len(d.Assets) == 0 || len(d.Assets) > maxAssets {
		i.l.Add(finding.MalformedIMF, list.path, "The packing list has %d assets; it has at least one and at most %d.", len(d.Assets), maxAssets)
		return nil, false, nil
	}
	var compositions []asset
	seen := map[string]bool{}
	for _, a := range d.Assets {
		id := canonical(a.ID)
		mapped, known := i.assets[id]
		switch {
		case id != "" && seen[id]:
			i.l.Add(finding.DuplicateID, list.path, "The asset %s is listed twice.", a.ID)
			continue
		case !known:
			i.l.Add(finding.MissingAsset, list.path, "The asset %s is not in the asset map.", a.ID)
			continue
		}
		seen[id] = true
		if mapped.file < 0 {
			continue // noted already
		}
		f := i.files[mapped.file]
		if a.Size != f.Size {
			i.l.Add(finding.SizeMismatch, mapped.path, "The packing list has %d bytes for %s, and it has %d.", a.Size, mapped.path, f.Size)
		} else if err := i.hash(list, mapped, strings.TrimSpace(a.Hash), a.Algorithm.URI); err != nil {
			return nil, false, err
		}
		if !strings.Contains(a.Type, "xml") {
			continue
		}
		root, err := i.rootOf(mapped.file)
		if err != nil {
			return nil, false, err
		}
		switch root {
		case "CompositionPlaylist":
			compositions = append(compositions, mapped)
		case "":
			i.l.Add(finding.MalformedIMF, mapped.path, "%s is listed as XML and is none.", mapped.path)
		}
	}
	return compositions, true, nil
}

// hash compares a file's bytes with the hash of the packing list.
func (i *inspection) hash(list, a asset, want, algorithm string) error {
	var h hash.Hash
	switch {
	case algorithm == "" || strings.HasSuffix(algorithm, "#sha1"):
		h = sha1.New() //nolint:gosec // what packing lists use
	case strings.HasSuffix(algorithm, "#sha256"):
		h = sha256.New()
	default:
		i.l.Add(finding.UnknownHash, list.path, "The hash of %s is of %s.", a.path, algorithm)
		return nil
	}
	sum, err := base64.StdEncoding.DecodeString(want)
	if err != nil || len(sum) != h.Size() {
		i.l.Add(finding.MalformedIMF, list.path, "%q is no hash of %d bytes in Base64.", want, h.Size())
		return nil
	}
	r, err := i.files[a.file].Open(i.ctx)
	if err != nil {
		return err
	}
	defer r.Close()
	if _, err := io.Copy(h, r); err != nil {
		return err
	}
	if string(h.Sum(nil)) != string(sum) {
		i.l.Add(finding.ChecksumMismatch, a.path, "%s does not have the hash of the packing list.", a.path)
	}
	return nil
}
