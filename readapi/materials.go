package readapi

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

type materialsAnswer struct {
	standing
	Columns   []materialColumnAnswer `json:"columns"`
	Materials []materialAnswer       `json:"materials"`
}

type materialColumnAnswer struct {
	Kind  sourcerequest.MaterialKind  `json:"kind"`
	State sourcerequest.MaterialState `json:"state"`
	Count int                         `json:"count"` // of the materials to work from
}

type materialAnswer struct {
	ID         string                      `json:"id"`
	Kind       sourcerequest.MaterialKind  `json:"kind"`
	Name       string                      `json:"name"`
	Size       int64                       `json:"size"`
	SHA256     *string                     `json:"sha256"`
	State      sourcerequest.MaterialState `json:"state"`
	ReplacedBy *string                     `json:"replaced_by"`
	Content    string                      `json:"content"`
	ProvidedAt time.Time                   `json:"provided_at"`
	ProvidedBy actorAnswer                 `json:"provided_by"`
	Downloads  []downloadAnswer            `json:"downloads"`
}

type downloadAnswer struct {
	At time.Time   `json:"at"`
	By actorAnswer `json:"by"`
}

func (s *server) listMaterials(x *exchange) error {
	d, v, err := s.requested(x)
	if err != nil {
		return err
	}
	a := materialsAnswer{standing: documentStanding(d), Materials: []materialAnswer{}}
	for _, kind := range sourcerequest.MaterialKinds() {
		a.Columns = append(a.Columns, materialColumnAnswer{Kind: kind, State: d.State.MaterialColumn(kind), Count: len(d.State.ActiveMaterials(kind))})
	}
	for _, m := range d.State.Materials {
		a.Materials = append(a.Materials, v.material(m))
	}
	return x.answer(http.StatusOK, a)
}

func (v view) material(m sourcerequest.Material) materialAnswer {
	a := materialAnswer{
		ID: m.ID, Kind: m.Kind, Name: m.Name, Size: m.Size, SHA256: orNull(m.SHA256), State: sourcerequest.MaterialActive,
		Content:    base + "/requests/" + v.id + "/materials/" + url.PathEscape(m.ID) + "/content",
		ProvidedAt: instant(m.ProvidedAt), ProvidedBy: v.actor(m.ProvidedBy), Downloads: v.downloads(sourcerequest.FileRef{ID: m.ID}),
	}
	if newer := v.state.ReplacedBy(m.ID); newer != "" {
		a.State, a.ReplacedBy = sourcerequest.MaterialUpgraded, &newer
	}
	return a
}

// downloads tells who downloaded a file last when, as far as the viewer may know.
func (v view) downloads(f sourcerequest.FileRef) []downloadAnswer {
	known := []downloadAnswer{}
	for _, d := range v.state.Downloads {
		if d.FileRef == f && !sourcerequest.HidesDownload(v.by, v.state, d.By) {
			known = append(known, downloadAnswer{At: instant(d.At), By: v.actor(d.By)})
		}
	}
	return known
}

func (s *server) getMaterialContent(x *exchange) error {
	_, v, err := s.requested(x)
	if err != nil {
		return err
	}
	f, err := sourcerequest.FileSeenBy(x.by, v.state, sourcerequest.FileRef{ID: x.variable("materialId")})
	if err != nil {
		return err
	}
	return s.sendFile(x, v, f)
}

// maxProvided bounds what one command gives.
const maxProvided = 500 // files

type provideBody struct {
	Files []struct {
		FileID string                     `json:"file_id"`
		Kind   sourcerequest.MaterialKind `json:"kind"`
	} `json:"files"`
}

// command is what whoever asks can say: the rest is known of each file.
func (b *provideBody) command(*server, domain.Instruction) (sourcerequest.Command, error) {
	return b.asked()
}

func (b *provideBody) asked() (c sourcerequest.ProvideMaterials, err error) {
	if len(b.Files) > maxProvided {
		return c, domain.Invalid("files", fmt.Sprintf("files has %d; at most %d at once", len(b.Files), maxProvided))
	}
	for _, f := range b.Files {
		c.Materials = append(c.Materials, sourcerequest.MaterialFile{ID: f.FileID, Kind: f.Kind, Name: f.FileID})
	}
	return c, nil
}

func (s *server) provideMaterials(x *exchange) error {
	var body provideBody
	i, err := s.instruction(x, &body, false, false)
	if err != nil {
		return err
	}
	c, err := body.asked()
	if err != nil {
		return s.orDenied(x, c, err)
	}
	outcome, err := s.Materials.Provide(x.r.Context(), x.variable("id"), c, i)
	return s.answerCommand(x, http.StatusOK, c, outcome, err)
}
