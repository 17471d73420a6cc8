package readapi

import (
	"net/http"
	"time"

	"backlot/domain"
	"backlot/readapi/facets"
	"backlot/readapi/words"
)

// Sizes of answers.
const (
	defaultValues, maxValues = 100, 1_000
	defaultGroups, maxGroups = 1_000, 100_000
	defaultRows, maxRows     = 100, 1_000
	maxOffset                = 1 << 30
)

type warningAnswer struct {
	Code     string `json:"code"`
	Modifier string `json:"modifier"`
	Value    string `json:"value"`
	Message  string `json:"message"`
}

func warningAnswers(warnings []facets.Warning) []warningAnswer {
	out := make([]warningAnswer, len(warnings))
	for i, w := range warnings {
		out[i] = warningAnswer(w)
	}
	return out
}

func snapshotStanding(s *facets.Snapshot) standing {
	return standing{Position: s.Position().String(), Stale: s.Stale()}
}

type valueAnswer struct {
	Value *string `json:"value"`
	Count int     `json:"count"`
}

func (s *server) listModifierValues(x *exchange) error {
	name := x.variable("name")
	if !isModifier(name) {
		return domain.Errorf(domain.CodeNotFound, "There is no modifier %q; /api/v1/modifiers lists them.", name)
	}
	q := facets.ValuesQuery{Principal: x.by, Modifier: name}
	var err error
	if q.Now, err = s.now(x); err != nil {
		return err
	}
	if q.Limit, err = x.number("limit", 1, maxValues, defaultValues); err != nil {
		return err
	}
	if q.Search, err = x.search("q"); err != nil {
		return err
	}
	if q.Selection, err = x.selection(); err != nil {
		return err
	}
	snapshot, err := s.snapshot(x)
	if err != nil {
		return err
	}
	values, err := snapshot.Values(q)
	if err != nil {
		return err
	}
	out := make([]valueAnswer, len(values.Values))
	for i, v := range values.Values {
		out[i] = valueAnswer{Value: v.Value, Count: v.Matched}
	}
	return x.answer(http.StatusOK, struct {
		standing
		Now      time.Time       `json:"now"`
		Values   []valueAnswer   `json:"values"`
		Total    int             `json:"total"`
		Warnings []warningAnswer `json:"warnings"`
	}{snapshotStanding(snapshot), q.Now, out, values.Total, warningAnswers(values.Warnings)})
}

func (s *server) countBuckets(x *exchange) error {
	q, err := x.countQuery()
	if err != nil {
		return err
	}
	if q.Now, err = s.now(x); err != nil {
		return err
	}
	snapshot, err := s.snapshot(x)
	if err != nil {
		return err
	}
	counts, err := snapshot.Count(q)
	if err != nil {
		return err
	}
	return x.answer(http.StatusOK, bucketsOf(snapshot, q, counts))
}

// countQuery reads what is counted, but for the instant.
func (x *exchange) countQuery() (q facets.CountQuery, err error) {
	q.Principal = x.by
	if by, given := x.parameter("group"); given && by != "" {
		if q.GroupBy, err = facets.ParseGroupBy(by); err != nil {
			return q, err
		}
	}
	q.Sort, _ = x.parameter("groups_sort")
	if q.Search, err = x.search("groups_q"); err != nil {
		return q, err
	}
	if q.Limit, err = x.number("groups_limit", 1, maxGroups, defaultGroups); err != nil {
		return q, err
	}
	if q.Offset, err = x.number("groups_offset", 0, maxOffset, 0); err != nil {
		return q, err
	}
	q.Selection, err = x.selection()
	return q, err
}

// rowQuery reads what selects and sorts rows.
func (s *server) rowQuery(x *exchange) (q facets.RowQuery, err error) {
	if q, err = rowsOf(x.by, x.query); err != nil {
		return q, err
	}
	if q.Now, err = s.now(x); err != nil {
		return q, err
	}
	if sort, given := x.parameter("sort"); given && sort != "" {
		if q.Sort, err = facets.ParseSort(sort); err != nil {
			return q, err
		}
	}
	return q, nil
}

func (s *server) listRequests(x *exchange) error {
	q, err := s.rowQuery(x)
	if err != nil {
		return err
	}
	names, _ := x.parameter("columns")
	columns, err := facets.ParseColumns(names)
	if err != nil {
		return err
	}
	if q.Limit, err = x.number("limit", 1, maxRows, defaultRows); err != nil {
		return err
	}
	if q.Offset, err = x.number("offset", 0, maxOffset, 0); err != nil {
		return err
	}
	var paged bool
	if q.Cursor, paged = x.parameter("cursor"); paged {
		if _, both := x.parameter("offset"); both {
			return domain.Invalid("offset", "offset does not go with cursor")
		}
		if q.Cursor == "" {
			return domain.Invalid("cursor", "the cursor is empty; use the next of an answer, or none")
		}
	}
	snapshot, err := s.snapshot(x)
	if err != nil {
		return err
	}
	rows, err := snapshot.Rows(q)
	if err != nil {
		return err
	}
	out := make([]map[string]any, len(rows.Rows))
	for i := range rows.Rows {
		out[i] = rowAnswer(&rows.Rows[i], columns)
	}
	return x.answer(http.StatusOK, struct {
		standing
		Now      time.Time        `json:"now"`
		Total    int              `json:"total"`
		Rows     []map[string]any `json:"rows"`
		Next     *string          `json:"next"`
		NearMiss bool             `json:"near_miss"`
		Warnings []warningAnswer  `json:"warnings"`
	}{snapshotStanding(snapshot), instant(rows.Now), rows.Total, out, orNull(rows.Next), rows.NearMiss, warningAnswers(rows.Warnings)})
}

// rowAnswer returns a row with some columns. Partners and people are objects; what else
// there is has the form that the facet index gives it.
func rowAnswer(r *facets.Row, columns []facets.Column) map[string]any {
	a := make(map[string]any, len(columns)+4)
	for _, c := range columns {
		switch c.Name {
		case "content_partner":
			a[c.Name] = rowPartner(r.ContentPartner)
		case "fulfillment_partner":
			a[c.Name] = rowPartner(r.FulfillmentPartner)
		case "sub_assignee":
			a[c.Name] = rowPartner(r.SubAssignee)
		case "responsible":
			a[c.Name] = rowPerson(r.Responsible)
		case "countries":
			a[c.Name] = list(r.Countries)
		case "issues":
			a[c.Name] = list(r.Issues)
		case "is_original":
			a[c.Name] = r.IsOriginal
		default:
			a[c.Name] = r.Value(c.Name)
		}
	}
	a["request_id"], a["near_miss"] = r.RequestID, r.NearMiss
	a["buckets"], a["why"] = bucketKeys(r.Buckets), ruleAnswers(r.Why, words.English)
	return a
}

func rowPartner(p facets.Partner) *partnerAnswer {
	if p.ID == "" {
		return nil
	}
	return &partnerAnswer{ID: p.ID, Name: p.Name}
}
