package readapi

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readapi/facets"
)

const (
	maxMatched    = 500    // files of one question
	maxKnown      = 50_000 // titles, packages and movies that names are looked up in, of each
	maxNamed      = 300    // of each that the files name
	maxOfOne      = 200    // open requests of one title, package or movie that are looked at
	maxCandidates = 10     // that are told of one file
	sureEnough    = 0.7    // from which on one candidate, if it is alone, is the match
)

type matchBody struct {
	Files []struct {
		Name string `json:"name"`
		Size *int64 `json:"size"`
	} `json:"files"`
}

type matchAnswer struct {
	standing
	Files []fileMatchAnswer `json:"files"`
}

type fileMatchAnswer struct {
	Name       string            `json:"name"`
	Size       *int64            `json:"size"`
	Match      *string           `json:"match"`
	Ambiguous  bool              `json:"ambiguous"`
	Candidates []candidateAnswer `json:"candidates"`
	More       int               `json:"more"`
}

type candidateAnswer struct {
	RequestID  string                   `json:"request_id"`
	Title      string                   `json:"title"`
	PackageID  string                   `json:"package_id"`
	Language   string                   `json:"language"`
	SourceType sourcerequest.SourceType `json:"source_type"`
	Status     sourcerequest.Status     `json:"status"`
	DueDate    domain.Date              `json:"due_date"`
	Confidence float64                  `json:"confidence"`
	Reasons    []string                 `json:"reasons"`
}

// matchDeliveries proposes the open requests that files belong to, by their
// names. It is a read.
func (s *server) matchDeliveries(x *exchange) error {
	var body matchBody
	if _, err := readBodies(s.MaxBulk, x, false, &body); err != nil {
		return err
	}
	if x.by.Role != domain.RoleOperator && x.by.Role != domain.RoleFulfillmentPartner {
		return domain.Errorf(domain.CodeForbidden, "the role %s delivers no files", x.by.Role)
	}
	if len(body.Files) == 0 || len(body.Files) > maxMatched {
		return domain.Invalid("files", fmt.Sprintf("files lists 1 to %d files", maxMatched))
	}
	names := make([]fileWords, len(body.Files))
	for i, f := range body.Files {
		if _, err := sourcerequest.FileName(fmt.Sprintf("files[%d].name", i), f.Name); err != nil {
			return err
		}
		names[i] = readName(f.Name)
	}
	snapshot, err := s.snapshot(x)
	if err != nil {
		return err
	}
	m := &matcher{snapshot: snapshot, by: x.by, now: s.Now()}
	found, err := m.candidates(names)
	if err != nil {
		return err
	}
	a := matchAnswer{standing: standing{Position: snapshot.Position().String(), Stale: snapshot.Stale()}}
	for i, f := range body.Files {
		a.Files = append(a.Files, rated(f.Name, f.Size, names[i], found[i]))
	}
	return x.answer(http.StatusOK, a)
}

// matcher looks for requests by the words of names.
type matcher struct {
	snapshot *facets.Snapshot
	by       domain.Principal
	now      time.Time
}

// namedBy is what a name has of a request.
type namedBy struct {
	what string // of worth
	key  string
	row  *facets.Row
}

var openOnly = url.Values{"status": {string(sourcerequest.StatusOpen), string(sourcerequest.StatusRedeliveryRequested)}}

// candidates returns, for each name, the open requests that it has something of.
func (m *matcher) candidates(names []fileWords) ([][]namedBy, error) {
	found, err := m.byID(names)
	if err != nil {
		return nil, err
	}
	all := map[string]bool{}
	for _, n := range names {
		maps.Copy(all, n.joined)
	}
	for _, by := range []struct{ what, modifier string }{
		{"package id", "package_id"}, {"movie id", "movie_id"}, {"title", "title"},
	} {
		values, err := m.known(by.modifier, all)
		if err != nil {
			return nil, err
		}
		for _, value := range values {
			rows, err := m.rows(by.modifier, value)
			if err != nil {
				return nil, err
			}
			k := key(value)
			for i, name := range names {
				if !name.joined[k] {
					continue
				}
				for r := range rows {
					found[i] = append(found[i], namedBy{by.what, k, &rows[r]})
				}
			}
		}
	}
	return found, nil
}

// byID returns, for each name, the open requests whose ids it has.
func (m *matcher) byID(names []fileWords) ([][]namedBy, error) {
	found := make([][]namedBy, len(names))
	in := map[string][]int{}
	for i, n := range names {
		for _, id := range n.ids {
			if at := in[id]; len(at) == 0 || at[len(at)-1] != i {
				in[id] = append(at, i)
			}
		}
	}
	selection, err := facets.ParseSelection(openOnly)
	if err != nil {
		return nil, err
	}
	q := facets.RowQuery{Principal: m.by, Selection: selection, IDs: append([]string{}, slices.Collect(maps.Keys(in))...), Now: m.now, Limit: 2 * maxMatched}
	rows, err := m.snapshot.Rows(q)
	if err != nil {
		return nil, err
	}
	for r := range rows.Rows {
		row := &rows.Rows[r]
		for _, i := range in[row.RequestID] {
			found[i] = append(found[i], namedBy{"request id", key(row.RequestID), row})
		}
	}
	return found, nil
}

// known returns the values of a modifier, of open requests, that a name has.
func (m *matcher) known(modifier string, named map[string]bool) ([]string, error) {
	selection, err := facets.ParseSelection(openOnly)
	if err != nil {
		return nil, err
	}
	all, err := m.snapshot.Values(facets.ValuesQuery{Principal: m.by, Modifier: modifier, Selection: selection, Limit: maxKnown, Now: m.now})
	if err != nil {
		return nil, err
	}
	var values []string
	for _, v := range all.Values {
		if v.Value == nil || len(values) == maxNamed {
			continue
		}
		// One letter or digit is in too many names to say anything.
		k := key(*v.Value)
		if len(k) > 1 && named[k] {
			values = append(values, *v.Value)
		}
	}
	return values, nil
}

// rows returns open requests that have exactly a value.
func (m *matcher) rows(modifier, value string) ([]facets.Row, error) {
	of := url.Values{"status": openOnly["status"]}
	q := facets.RowQuery{Principal: m.by, Now: m.now, Limit: maxOfOne}
	if modifier == "title" { // the modifier takes any title with the text in it
		q.Group = map[string]string{"title": value}
	} else {
		of.Set(modifier, value)
	}
	var err error
	if q.Selection, err = facets.ParseSelection(of); err != nil {
		return nil, err
	}
	rows, err := m.snapshot.Rows(q)
	if err != nil {
		return nil, err
	}
	return rows.Rows, nil
}

// rated returns what a file may belong to, the likeliest first.
func rated(name string, size *int64, words fileWords, found []namedBy) fileMatchAnswer {
	a := fileMatchAnswer{Name: name, Size: size, Candidates: []candidateAnswer{}}
	byID := map[string]int{}
	for _, f := range found {
		i, known := byID[f.row.RequestID]
		if !known {
			i = len(a.Candidates)
			byID[f.row.RequestID] = i
			a.Candidates = append(a.Candidates, candidateAnswer{
				RequestID: f.row.RequestID, Title: f.row.Title, PackageID: f.row.PackageID, Language: f.row.Language, SourceType: f.row.SourceType,
				Status: f.row.Status, DueDate: f.row.DueDate, Reasons: []string{},
			})
		}
		c := &a.Candidates[i]
		where := "the name"
		if words.inFolder(f.key) {
			where = "a folder"
		}
		c.Reasons = append(c.Reasons, where+" has its "+f.what)
		c.Confidence = max(c.Confidence, worth[f.what])
	}
	for i := range a.Candidates {
		c := &a.Candidates[i]
		if words.saysLanguage(c.Language) {
			c.Reasons = append(c.Reasons, "the name says "+c.Language)
			c.Confidence += detail
		}
		if words.saysSourceType(c.SourceType) {
			c.Reasons = append(c.Reasons, "the name says "+string(c.SourceType))
			c.Confidence += detail
		}
		c.Confidence = min(1, c.Confidence)
	}
	slices.SortFunc(a.Candidates, func(x, y candidateAnswer) int {
		return cmp.Or(cmp.Compare(y.Confidence, x.Confidence), cmp.Compare(x.DueDate, y.DueDate), cmp.Compare(x.RequestID, y.RequestID))
	})
	if len(a.Candidates) > 0 {
		first := a.Candidates[0]
		a.Ambiguous = len(a.Candidates) > 1 && a.Candidates[1].Confidence >= first.Confidence
		if !a.Ambiguous && first.Confidence >= sureEnough {
			a.Match = &first.RequestID
		}
	}
	if a.More = len(a.Candidates) - maxCandidates; a.More > 0 {
		a.Candidates = a.Candidates[:maxCandidates]
	}
	a.More = max(0, a.More)
	return a
}

// worth is how sure a name is of a request by what it has of it; detail is what
// its language and its source type add each.
var worth = map[string]float64{"request id": 1, "package id": 0.5, "movie id": 0.5, "title": 0.4}

const detail = 0.2
