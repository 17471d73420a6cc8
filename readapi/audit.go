package readapi

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readapi/facets"
	"backlot/readapi/words"
)

// auditParameters are what the audit search and export have in common, beside
// the modifiers.
var auditParameters = []string{"actor", "organisation", "partner", "kind", "from", "until", "now", "after"}

// maxIdentifier is the length of an account id, or of an organisation's name.
const maxIdentifier = 200 // characters

// auditQuery is what a search or an export of the audit log asks for.
type auditQuery struct {
	by           domain.Principal
	words        *words.Words
	now          time.Time
	selected     *facets.Set   // the requests that the modifiers select, nil for every one
	partners     []*facets.Set // a partner's requests, by what it is on them; nil for every one
	actor        string        // account id, "" for everybody
	organisation string        // of the actor, "" for every one
	kinds        []string      // sorted, nil for all
	from, until  time.Time     // both included; the zero time is no bound
	stale        bool
	text         string // equal questions have equal ones
}

// auditKinds are the kinds that entries can have.
func auditKinds() []string { return append(sourcerequest.Kinds(), kindUnknown) }

// auditQuery reads the query. now is the cursor's if there is one, else zero.
func (s *server) auditQuery(x *exchange, now time.Time) (*auditQuery, error) {
	if err := sourcerequest.AuthorizeAudit(x.by); err != nil {
		return nil, err
	}
	q := &auditQuery{by: x.by, words: x.words(), now: now}
	var err error
	if q.now.IsZero() {
		if q.now, err = s.now(x); err != nil {
			return nil, err
		}
	}
	if q.actor, err = x.identifier("actor"); err != nil {
		return nil, err
	}
	if q.kinds, err = x.kinds(); err != nil {
		return nil, err
	}
	if err := s.period(x, q); err != nil {
		return nil, err
	}
	return q, s.auditSelection(x, q)
}

// identifier returns a parameter that may be left out, but not be empty.
func (x *exchange) identifier(name string) (string, error) {
	v, given := x.parameter(name)
	v = strings.TrimSpace(v)
	switch {
	case !given:
		return "", nil
	case v == "":
		return "", domain.Invalid(name, name+" is empty; leave it out for all")
	case len([]rune(v)) > maxIdentifier:
		return "", domain.Invalid(name, fmt.Sprintf("%s has more than %d characters", name, maxIdentifier))
	}
	return v, nil
}

func (x *exchange) kinds() ([]string, error) {
	v, given := x.parameter("kind")
	if !given {
		return nil, nil
	}
	all := auditKinds()
	kinds := strings.Split(v, ",")
	for _, k := range kinds {
		if !slices.Contains(all, k) {
			return nil, domain.Invalid("kind", fmt.Sprintf("%q is not a kind of event; what is: %s", k, strings.Join(all, ", ")), all...)
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds), nil
}

func (s *server) period(x *exchange, q *auditQuery) (err error) {
	if v, given := x.parameter("from"); given {
		if q.from, err = s.moment("from", v, false); err != nil {
			return err
		}
	}
	if v, given := x.parameter("until"); given {
		if q.until, err = s.moment("until", v, true); err != nil {
			return err
		}
		if q.until.Before(q.from) {
			return domain.Invalid("until", fmt.Sprintf("until (%s) is before from (%s)", q.until.Format(time.RFC3339), q.from.Format(time.RFC3339)))
		}
	}
	return nil
}

// auditSelection says which requests are meant. Who sees all and names no
// modifier needs no index for that.
func (s *server) auditSelection(x *exchange, q *auditQuery) error {
	modifiers := x.modifiers()
	given := len(modifiers) > 0
	if !modifiers.Has("status") && !modifiers.Has("-status") {
		modifiers.Set("status", "All") // what was done on a cancelled request counts as well
	}
	selection, err := facets.ParseSelection(modifiers)
	if err != nil {
		return err
	}
	snapshot, err := s.snapshot(x)
	if err != nil {
		return err
	}
	q.stale = snapshot.Stale()
	if given || !x.by.SeesAll() {
		if q.selected, err = snapshot.Select(facets.RowQuery{Principal: x.by, Selection: selection, Now: q.now}); err != nil {
			return err
		}
	}
	if q.organisation, err = s.auditOrganisation(x, "organisation"); err != nil {
		return err
	}
	partner, err := s.auditOrganisation(x, "partner")
	if err != nil {
		return err
	}
	if partner != "" {
		all, err := facets.ParseSelection(map[string][]string{"status": {"All"}})
		if err != nil {
			return err
		}
		for _, role := range []domain.Role{domain.RoleContentPartner, domain.RoleFulfillmentPartner} {
			set, err := snapshot.Select(facets.RowQuery{Principal: domain.Principal{Organisation: partner, Role: role}, Selection: all, Now: q.now})
			if err != nil {
				return err
			}
			q.partners = append(q.partners, set)
		}
	}
	q.text = fmt.Sprintf("%q %q %q %q %q %d %d", selection, q.actor, q.organisation, partner, q.kinds, q.from.UnixMilli(), q.until.UnixMilli())
	return nil
}

// auditOrganisation returns the id of the organisation that a parameter names.
// Who sees all is told when there is none; to anybody else one that is unknown
// and one that is hidden look alike: nothing is found.
func (s *server) auditOrganisation(x *exchange, field string) (string, error) {
	v, err := x.identifier(field)
	if err != nil || v == "" {
		return "", err
	}
	if _, ok := s.Organisations.Get(v); ok {
		return v, nil
	}
	if id, ok := s.Organisations.Find(v); ok {
		return id, nil
	}
	if x.by.SeesAll() {
		return "", domain.Invalid(field, fmt.Sprintf("there is no organisation %q; /api/v1/organisations lists them", v))
	}
	return v, nil
}

// selects reports whether a request is one of those that are meant.
func (q *auditQuery) selects(id string) bool {
	return (q.selected == nil || q.selected.Has(id)) &&
		(q.partners == nil || slices.ContainsFunc(q.partners, func(s *facets.Set) bool { return s.Has(id) }))
}

// wants reports whether an event is what is asked for, whatever its request.
func (q *auditQuery) wants(r domain.Recorded) bool {
	at := instant(r.Metadata.OccurredAt)
	switch {
	case q.actor != "" && r.Metadata.Actor.Account != q.actor,
		q.organisation != "" && r.Metadata.Actor.Organisation != q.organisation,
		!q.from.IsZero() && at.Before(q.from),
		!q.until.IsZero() && at.After(q.until):
		return false
	}
	return q.kinds == nil || slices.Contains(q.kinds, kindOf(r))
}

func kindOf(r domain.Recorded) string {
	if e, ok := r.Event.(sourcerequest.Event); ok {
		return e.Kind()
	}
	return kindUnknown
}

// Where so few requests are meant, and so little was done on them, their
// streams are read instead of the log. Tests make these small.
var (
	fewRequests = 500
	fewEvents   = uint64(20_000)
)

// few returns the requests that are meant if they are few.
func (q *auditQuery) few() (ids []string, ok bool) {
	var sets []*facets.Set
	if q.selected != nil {
		sets = []*facets.Set{q.selected}
	}
	if q.partners != nil && (sets == nil || q.partners[0].Len()+q.partners[1].Len() < q.selected.Len()) {
		sets = q.partners
	}
	if sets == nil {
		return nil, false
	}
	found, events := map[string]bool{}, uint64(0)
	for id, revision := range everyOf(sets) {
		if found[id] || !q.selects(id) {
			continue
		}
		found[id] = true
		if events += revision + 1; len(found) > fewRequests || events > fewEvents {
			return nil, false
		}
	}
	return slices.Sorted(maps.Keys(found)), true
}

func everyOf(sets []*facets.Set) iter.Seq2[string, uint64] {
	return func(yield func(string, uint64) bool) {
		for _, s := range sets {
			for id, revision := range s.All() {
				if !yield(id, revision) {
					return
				}
			}
		}
	}
}

func (q *auditQuery) hash() string {
	sum := sha256.Sum256([]byte(q.text))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// auditCursor is the place before an event of the log.
type auditCursor struct {
	Query  string          `json:"q"` // hash of what the cursor belongs to
	Now    int64           `json:"n"` // Unix ms
	End    domain.Position `json:"e"` // of the log when the first page was answered
	Before domain.Position `json:"b"`
}

func (c auditCursor) String() string {
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// auditCursor returns the query's cursor, nil for the first page.
func (x *exchange) auditCursor() (*auditCursor, error) {
	v, given := x.parameter("cursor")
	if !given {
		return nil, nil
	}
	var c auditCursor
	b, err := base64.RawURLEncoding.DecodeString(v)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	now := time.UnixMilli(c.Now)
	if err != nil || c.Query == "" || c.Before == 0 || c.Before > c.End || now.Before(earliest) || !now.Before(latest) {
		return nil, domain.Invalid("cursor", "this is not a cursor that an answer gave")
	}
	return &c, nil
}

// newestFirst orders entries as a search answers them.
func newestFirst(a, b told) int { return cmp.Compare(b.position, a.position) }
