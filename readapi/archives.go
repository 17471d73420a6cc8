package readapi

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"backlot/domain"
	"backlot/domain/job"
	"backlot/domain/sourcerequest"
	"backlot/readapi/archive"
	"backlot/readapi/export"
	"backlot/readmodel"
)

const (
	maxArchived  = 1_000  // requests in an archive
	maxFiles     = 20_000 // files in an archive
	sideBySide   = 16     // requests, or files, that are looked at at once
	contentsName = "contents.csv"
	sharedFolder = "several requests"
)

// getMaterialsArchive answers with materials of one request as a ZIP: those
// that are named, or those to work from.
func (s *server) getMaterialsArchive(x *exchange) error {
	d, _, err := s.requested(x)
	if err != nil {
		return err
	}
	kinds, err := x.materialKinds()
	if err != nil {
		return err
	}
	chosen := d.State.ActiveMaterials(kinds...)
	if list, given := x.parameter("ids"); given {
		if len(kinds) > 0 {
			return domain.Invalid("kinds", "kinds does not go with ids")
		}
		chosen = nil
		ids := splitNames(list)
		for i, id := range ids {
			m, ok := d.State.Material(id)
			if !ok {
				return domain.Errorf(domain.CodeNotFound, "The request has no material %q.", id)
			}
			if !slices.Contains(ids[:i], id) {
				chosen = append(chosen, m)
			}
		}
	}
	return s.sendArchive(x, "materials-"+d.ID, []packed{{d, chosen}})
}

func (x *exchange) materialKinds() ([]sourcerequest.MaterialKind, error) {
	list, _ := x.parameter("kinds")
	return parseKinds(splitNames(list))
}

func parseKinds(names []string) (kinds []sourcerequest.MaterialKind, err error) {
	for _, name := range names {
		kind, err := sourcerequest.ParseMaterialKind("kinds", name)
		if err != nil {
			return nil, err
		}
		kinds = append(kinds, kind)
	}
	return kinds, nil
}

type archiveBody struct {
	IDs    []string `json:"ids"`
	Query  *string  `json:"query"`
	Except []string `json:"except"`
	Kinds  []string `json:"kinds"`
}

// archiveMaterials answers with the materials of many requests as one ZIP. It
// is a read, so it has no Idempotency-Key; a page's form can ask for it.
func (s *server) archiveMaterials(x *exchange) error {
	var body archiveBody
	if err := s.readArchiveBody(x, &body); err != nil {
		return err
	}
	kinds, err := parseKinds(body.Kinds)
	if err != nil {
		return err
	}
	var order job.Order
	if err := s.choose(x, &order, manyBody{IDs: body.IDs, Query: body.Query, Except: body.Except}, nil); err != nil {
		return err
	}
	items, _, err := order.Choose(x.r.Context())
	if err != nil {
		return err
	}
	if len(items) > maxArchived {
		return domain.Errorf(domain.CodeTooLarge, "These are %d requests; an archive takes the materials of at most %d: narrow the search.", len(items), maxArchived)
	}
	requests := make([]packed, len(items))
	err = each(x.r.Context(), items, func(ctx context.Context, i int) error {
		d, err := s.document(ctx, x.by, items[i].ID)
		if domain.ErrorCode(err) == domain.CodeNotFound {
			return domain.Errorf(domain.CodeNotFound, "There is no source request %s.", items[i].ID)
		}
		requests[i] = packed{d, d.State.ActiveMaterials(kinds...)}
		return err
	})
	if err != nil {
		return err
	}
	return s.sendArchive(x, "materials-"+domain.DateOf(s.Now(), s.Policy.Zone).String(), requests)
}

// readArchiveBody reads JSON, or the fields of a form.
func (s *server) readArchiveBody(x *exchange, body *archiveBody) error {
	const form = "application/x-www-form-urlencoded"
	if wantMediaType(x.r, form) != nil {
		if err := wantMediaType(x.r, "application/json", form); err != nil {
			return err
		}
		_, err := readBodies(max(s.MaxBody, maxExportBody), x, false, body)
		return err
	}
	raw, err := io.ReadAll(http.MaxBytesReader(x, x.r.Body, max(s.MaxBody, maxExportBody)))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return domain.Errorf(domain.CodeTooLarge, "The body is larger than %d bytes.", tooLarge.Limit)
	}
	if err != nil {
		return &domain.Error{Code: domain.CodeInvalid, Message: "The body did not arrive whole.", Err: err}
	}
	fields, err := url.ParseQuery(string(raw))
	if err != nil {
		return &domain.Error{Code: domain.CodeInvalid, Message: "The form cannot be read.", Err: err}
	}
	for name, values := range fields {
		list := splitNames(strings.Join(values, ","))
		switch name {
		case "ids":
			body.IDs = list
		case "except":
			body.Except = list
		case "kinds":
			body.Kinds = list
		case "query":
			if len(values) > 1 {
				return domain.Invalid("query", "query is given twice")
			}
			body.Query = &values[0]
		default:
			return domain.Invalid(name, fmt.Sprintf("the form has a field that is not known here: %s", name), "ids", "query", "except", "kinds")
		}
	}
	return nil
}

// packed are the materials of a request that go into an archive.
type packed struct {
	readmodel.Document
	materials []sourcerequest.Material
}

// sendArchive answers with materials as a ZIP, each file once. Who gets them is
// in the log, and every file was looked for, before the first byte goes out;
// what goes wrong after that ends the connection.
func (s *server) sendArchive(x *exchange, name string, requests []packed) error {
	requests = slices.DeleteFunc(requests, func(r packed) bool { return len(r.materials) == 0 })
	if len(requests) == 0 {
		return domain.Errorf(domain.CodeNotFound, "There are no such materials to download.")
	}
	entries, err := s.pack(x.r.Context(), requests)
	if err != nil {
		return err
	}
	err = each(x.r.Context(), requests, func(ctx context.Context, i int) error {
		files := make([]sourcerequest.FileRef, len(requests[i].materials))
		for n, m := range requests[i].materials {
			files[n].ID = m.ID
		}
		return s.recordDownload(x, requests[i].ID, requests[i].State, files, true)
	})
	if err != nil {
		return err
	}
	h := x.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", attachment(name+".zip"))
	h.Set("Accept-Ranges", "none")
	h.Set("Content-Length", strconv.FormatInt(archive.Size(entries), 10))
	x.WriteHeader(http.StatusOK)
	if x.r.Method == http.MethodHead {
		return nil
	}
	to := newContentWriter(x)
	out := bufio.NewWriterSize(to, 64<<10)
	if err = archive.Write(x.r.Context(), out, entries); err == nil {
		err = out.Flush()
	}
	return to.end(s, err)
}

// pack lays materials out: a folder for each request, one for the files that
// several have, and before all a list of what is what.
func (s *server) pack(ctx context.Context, requests []packed) ([]archive.Entry, error) {
	owners := map[string]int{} // by file: of how many requests it is
	for _, r := range requests {
		for _, m := range r.materials {
			owners[m.ID]++
		}
	}
	if len(owners) > maxFiles {
		return nil, domain.Errorf(domain.CodeTooLarge, "These are %d files; an archive takes at most %d: narrow the search, or the kinds.", len(owners), maxFiles)
	}
	names := uniqueNames{}
	contents := newContents(names.unique(contentsName))
	placed := map[string]string{} // by file
	var files []sourcerequest.File
	for _, r := range requests {
		folder := safeName(cutBytes(r.State.Title, 100) + " " + cutBytes(r.State.PackageID, 40) + " " + r.ID)
		if len(requests) == 1 {
			folder = ""
		}
		for _, m := range r.materials {
			at, done := placed[m.ID]
			if !done {
				in := folder
				if owners[m.ID] > 1 {
					in = sharedFolder
				}
				at = names.unique(path.Join(in, safeName(m.Name)))
				placed[m.ID] = at
				f, _ := r.State.File(sourcerequest.FileRef{ID: m.ID})
				files = append(files, f)
			}
			contents.add(r, m, at)
		}
	}
	entries := make([]archive.Entry, len(files))
	err := each(ctx, files, func(ctx context.Context, i int) error {
		content, err := s.openContent(ctx, files[i])
		if err != nil {
			return err
		}
		entries[i] = archive.Entry{Name: placed[files[i].ID], Size: files[i].Size, Modified: files[i].At.UTC().Truncate(time.Second), Open: func(ctx context.Context) (io.ReadCloser, error) {
			return s.Files.Open(ctx, files[i].ID)
		}}
		return content.Close()
	})
	if err != nil {
		return nil, err
	}
	list, err := contents.entry()
	return append([]archive.Entry{list}, entries...), err
}

// uniqueNames are the names in an archive, in lower case: file systems differ
// in whether case makes a difference.
type uniqueNames map[string]bool

func (u uniqueNames) unique(name string) string {
	extension := path.Ext(name)
	stem := strings.TrimSuffix(name, extension)
	for n := 2; u[strings.ToLower(name)]; n++ {
		name = fmt.Sprintf("%s (%d)%s", stem, n, extension)
	}
	u[strings.ToLower(name)] = true
	return name
}

// contents lists, as CSV, which file of an archive is of which request.
type contents struct {
	name   string
	rows   [][]string
	latest time.Time
}

func newContents(name string) *contents {
	return &contents{name: name, rows: [][]string{{"request_id", "package_id", "title", "kind", "name", "file", "size", "sha256", "provided_at"}}}
}

func (c *contents) add(r packed, m sourcerequest.Material, file string) {
	row := []string{r.ID, r.State.PackageID, r.State.Title, string(m.Kind), m.Name, file, strconv.FormatInt(m.Size, 10), m.SHA256, instant(m.ProvidedAt).Format(time.RFC3339)}
	for i := range row {
		row[i] = export.Guarded(row[i])
	}
	c.rows = append(c.rows, row)
	if m.ProvidedAt.After(c.latest) {
		c.latest = m.ProvidedAt
	}
}

func (c *contents) entry() (archive.Entry, error) {
	var b bytes.Buffer
	w, err := export.NewCSV(&b)
	if err == nil {
		err = w.WriteAll(c.rows)
	}
	return archive.Entry{Name: c.name, Size: int64(b.Len()), Modified: c.latest.UTC().Truncate(time.Second), Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(b.Bytes())), nil
	}}, err
}

// each does something for every item, some side by side, and returns the error
// of the first that failed.
func each[T any](ctx context.Context, items []T, do func(ctx context.Context, i int) error) error {
	g, inner := errgroup.WithContext(ctx)
	g.SetLimit(sideBySide)
	for i := range items {
		g.Go(func() error { return do(inner, i) })
	}
	return g.Wait()
}
