package workbook

import (
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"backlot/domain"
)

// book is what is told of a workbook outside its sheets.
type book struct {
	sheetName   string
	sheetPart   string
	stringsPart string // "" without one
	stylesPart  string // "" without one
	from1904    bool   // days count from 1904-01-01
}

var errNoWorkbook = domain.Errorf(domain.CodeInvalid, "the file is an archive, but not a workbook; save it as .xlsx")

// book finds the first visible sheet.
func (a *archive) book() (*book, error) {
	if a.parts["mimetype"] != nil && a.parts["content.xml"] != nil {
		return nil, domain.Errorf(domain.CodeInvalid, "the file is an OpenDocument file; save it as .xlsx")
	}
	if a.parts["_rels/.rels"] == nil {
		return nil, errNoWorkbook
	}
	var main string
	err := a.relationships("", func(r relationship) {
		if r.kind == "officeDocument" && main == "" {
			main = r.target
		}
	})
	switch {
	case err != nil:
		return nil, err
	case main == "":
		return nil, errNoWorkbook
	case strings.HasSuffix(strings.ToLower(main), ".bin"):
		return nil, domain.Errorf(domain.CodeInvalid, "the file is a binary workbook (.xlsb); save it as .xlsx")
	}
	b := &book{}
	sheets, err := a.sheets(main, b)
	if err != nil {
		return nil, err
	}
	targets := map[string]relationship{}
	err = a.relationships(main, func(r relationship) {
		switch r.kind {
		case "worksheet":
			targets[r.id] = r
		case "sharedStrings":
			b.stringsPart = r.target
		case "styles":
			b.stylesPart = r.target
		}
	})
	if err != nil {
		return nil, err
	}
	for _, s := range sheets {
		if r, ok := targets[s.relationship]; ok && s.visible {
			b.sheetName, b.sheetPart = s.name, r.target
			return b, nil
		}
	}
	return nil, domain.Errorf(domain.CodeInvalid, "the workbook has no visible sheet; the first visible one must hold the source requests")
}

type sheetEntry struct {
	name, relationship string
	visible            bool
}

// maxSheets of a workbook, more than memory lets a spreadsheet program have.
const maxSheets = 10_000

func (a *archive) sheets(main string, b *book) (sheets []sheetEntry, err error) {
	isWorkbook := false
	err = a.read(main, func(t *tokens) error {
		return t.each(func(e xml.StartElement) error {
			switch {
			case len(t.open) == 1:
				isWorkbook = e.Name.Local == "workbook"
			case e.Name.Local == "workbookPr" && len(t.open) == 2:
				v, _ := attribute(e, "date1904")
				b.from1904 = v == "1" || v == "true"
			case e.Name.Local == "sheet" && t.within("workbook", "sheets"):
				if len(sheets) == maxSheets {
					return domain.Errorf(domain.CodeTooLarge, "the workbook has more than %d sheets", maxSheets)
				}
				s := sheetEntry{}
				s.name, _ = attribute(e, "name")
				state, _ := attribute(e, "state")
				s.visible = state == "" || state == "visible"
				for _, attr := range e.Attr {
					if attr.Name.Local == "id" && attr.Name.Space != "" {
						s.relationship = attr.Value
					}
				}
				sheets = append(sheets, s)
			}
			return nil
		})
	})
	if err == nil && !isWorkbook {
		err = errNoWorkbook
	}
	return sheets, err
}

type relationship struct{ id, kind, target string }

// relationships hands over what a part, "" for the whole archive, refers to
// within it. A part without such a list refers to nothing.
func (a *archive) relationships(of string, with func(relationship)) error {
	folder, base := path.Split(of)
	list := folder + "_rels/" + base + ".rels"
	if a.parts[partName(list)] == nil {
		return nil
	}
	return a.read(list, func(t *tokens) error {
		return t.each(func(e xml.StartElement) error {
			if mode, _ := attribute(e, "TargetMode"); e.Name.Local != "Relationship" || mode == "External" {
				return nil
			}
			var r relationship
			r.id, _ = attribute(e, "Id")
			kind, _ := attribute(e, "Type")
			r.kind = path.Base(kind)
			r.target, _ = attribute(e, "Target")
			if strings.HasPrefix(r.target, "/") {
				r.target = strings.TrimPrefix(path.Clean(r.target), "/")
			} else {
				r.target = strings.TrimPrefix(path.Join("/", folder, r.target), "/")
			}
			with(r)
			return nil
		})
	})
}

// each hands over every start of an element to the part's end.
func (t *tokens) each(with func(xml.StartElement) error) error {
	for {
		token, err := t.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if e, is := token.(xml.StartElement); is {
			if err := with(e); err != nil {
				return err
			}
		}
	}
}
