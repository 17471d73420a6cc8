package bench

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"backlot/domain/sourcerequest"
)

// PostgreSQL and DuckDB are asked the same SQL over the same tables: one row a
// request, labels as enumerations, and the instants at which the request changes
// bucket beside them, as our own rows have them; titles apart, and their words,
// for those who look for near misses.
//
//	requests(request_id, title_id, package_id, movie_type, is_original, content_partner, fulfillment_partner, source_type,
//	         service_type, language, countries, due_date, estimated_delivery_date, material_status, status,
//	         is_open, usable, critical_at, at_risk_at, overdue_at)
//	titles(id, movie_id, title, folded)    words(id, word)    title_words(word_id, title_id)

// enumerations are the types of labels, by name.
func enumerations() map[string][]string {
	return map[string][]string{
		"movie_type": texts(sourcerequest.MovieTypes()), "source_type": texts(sourcerequest.SourceTypes()), "service_type": texts(sourcerequest.ServiceTypes()),
		"status": texts(sourcerequest.Statuses()), "material_status": texts(sourcerequest.MaterialStatuses()),
		"language": languages.values, "country": countries.values,
		"content_partner": partnerLabels(studios), "fulfillment_partner": partnerLabels(postHouses),
	}
}

func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

func partnerLabels(ps []partner) []string {
	out := make([]string, len(ps))
	for i, p := range ps {
		out[i] = p.name
	}
	return out
}

const createTables = `
create table titles(id integer not null, movie_id text not null, title text not null, folded text not null);
create table words(id integer not null, word text not null);
create table title_words(word_id integer not null, title_id integer not null);
create table requests(
	request_id text not null, title_id integer not null, package_id text not null, movie_type movie_type not null, is_original boolean not null,
	content_partner content_partner not null, fulfillment_partner fulfillment_partner not null, source_type source_type not null,
	service_type service_type not null, language language not null, countries country[] not null, due_date date not null,
	estimated_delivery_date date not null, material_status material_status not null, status status not null,
	is_open boolean not null, usable boolean not null, critical_at bigint not null, at_risk_at bigint not null, overdue_at bigint not null
);`

func createEnumerations() string {
	var b strings.Builder
	for name, labels := range enumerations() {
		quoted := make([]string, len(labels))
		for i, l := range labels {
			quoted[i] = literal(l)
		}
		fmt.Fprintf(&b, "create type %s as enum (%s);\n", name, strings.Join(quoted, ","))
	}
	return b.String()
}

func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// tables writes the data set as rows of tables, each value as text. countries
// makes the list's text.
func tables(ctx context.Context, n int, list func([]string) string, write func(table string, row []string) error) error {
	wordIDs := map[string]int{}
	lastTitle := -1
	for q := range catalogue(n) {
		if err := ctx.Err(); err != nil {
			return err
		}
		s := &q.state
		if q.title != lastTitle {
			lastTitle = q.title
			folded := strings.ToLower(s.Title)
			if err := write("titles", []string{strconv.Itoa(q.title), s.MovieID, s.Title, folded}); err != nil {
				return err
			}
			for _, w := range strings.FieldsFunc(folded, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'z') }) {
				id, known := wordIDs[w]
				if !known {
					id = len(wordIDs)
					wordIDs[w] = id
					if err := write("words", []string{strconv.Itoa(id), w}); err != nil {
						return err
					}
				}
				if err := write("title_words", []string{strconv.Itoa(id), strconv.Itoa(q.title)}); err != nil {
					return err
				}
			}
		}
		err := write("requests", []string{
			q.id, strconv.Itoa(q.title), s.PackageID, string(s.MovieType), strconv.FormatBool(s.IsOriginal), nameOf(s.ContentPartner), nameOf(s.FulfillmentPartner),
			string(s.SourceType), string(s.ServiceType), s.Language, list(s.Countries), s.DueDate.String(), s.EstimatedDeliveryDate().String(),
			string(s.MaterialStatus), string(s.Status), strconv.FormatBool(q.facts.Open), strconv.FormatBool(q.facts.UsableMaterials),
			strconv.FormatInt(q.instants.Critical, 10), strconv.FormatInt(q.instants.AtRisk, 10), strconv.FormatInt(q.instants.Overdue, 10),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// counted are the counts of a tally but for those that follow from the others:
// On Track and Materials Available are what is left of Requests.
var counted = []string{
	"count(*)",
	"count(*) filter (where is_open)",
	"count(*) filter (where is_open and critical_at <= $1)",
	"count(*) filter (where is_open and at_risk_at <= $1 and critical_at > $1)",
	"count(*) filter (where is_open and not usable)",
	"count(*) filter (where is_open and overdue_at <= $1)",
}

// tallyOfCounted completes a tally.
func tallyOfCounted(n []int64) tally {
	t := tally{n[0]}
	t[1+sourcerequest.BucketRequests] = n[1]
	t[1+sourcerequest.BucketCritical] = n[2]
	t[1+sourcerequest.BucketAtRisk] = n[3]
	t[1+sourcerequest.BucketOnTrack] = n[1] - n[2] - n[3]
	t[1+sourcerequest.BucketAwaitingMaterials] = n[4]
	t[1+sourcerequest.BucketMaterialsAvailable] = n[1] - n[4]
	t[1+sourcerequest.BucketOverdueUndelivered] = n[5]
	return t
}

// statements are what to run for a question, all of them for one answer; $1 is
// the instant in Unix ms. levenshtein is the condition that a word is within two
// edits of another.
func (q question) statements(levenshtein func(word, of string) string) []string {
	where := "status <> 'Cancelled'"
	for _, f := range q.filters {
		where += " and " + f.sql(levenshtein)
	}
	switch q.kind {
	case askRows:
		where += " and is_open and critical_at <= $1"
		return []string{
			"select count(*) from requests where " + where,
			"select request_id, t.title, fulfillment_partner, language, due_date, status from requests r join titles t on t.id = r.title_id where " + where +
				fmt.Sprintf(" order by due_date, request_id limit %d", listedRows),
		}
	case askValues:
		return []string{"select country, count(*) from (select unnest(countries) as country from requests where " + where + ") as each_country group by country"}
	}
	columns := strings.Join(append(append([]string{}, q.group...), counted...), ", ")
	statement := "select " + columns + " from requests where " + where
	if len(q.group) > 0 {
		statement += " group by " + strings.Join(q.group, ", ")
	}
	return []string{statement}
}

func (f filter) sql(levenshtein func(word, of string) string) string {
	switch {
	case f.title != "":
		return "title_id in (select id from titles where folded like " + literal("%"+f.title+"%") + ")"
	case f.near != "":
		return "title_id in (select tw.title_id from words w join title_words tw on tw.word_id = w.id where " + levenshtein("w.word", literal(f.near)) + ")"
	case f.column == "":
		return "due_date between " + literal(f.from.String()) + " and " + literal(f.to.String())
	}
	quoted := make([]string, len(f.values))
	for i, v := range f.values {
		if quoted[i] = literal(v); f.column == "is_original" {
			quoted[i] = strconv.FormatBool(v == "Yes")
		}
	}
	in := " in ("
	if f.exclude {
		in = " not in ("
	}
	return f.column + in + strings.Join(quoted, ",") + ")"
}

// answerOf makes an answer of what the statements gave, each value as text.
func (q question) answerOf(results [][][]string) (*answer, error) {
	out := &answer{}
	number := func(s string) (n int64, err error) { return strconv.ParseInt(s, 10, 64) }
	switch q.kind {
	case askRows:
		total, err := number(results[0][0][0])
		if err != nil {
			return nil, err
		}
		out.total = total
		for _, r := range results[1] {
			out.rows = append(out.rows, strings.Join(r, glue))
		}
	case askValues:
		out.values = map[string]int64{}
		for _, r := range results[0] {
			n, err := number(r[1])
			if err != nil {
				return nil, err
			}
			out.values[r[0]] = n
		}
	default:
		out.counts = map[string]tally{}
		for _, r := range results[0] {
			ns := make([]int64, len(counted))
			for i := range ns {
				n, err := number(r[len(q.group)+i])
				if err != nil {
					return nil, err
				}
				ns[i] = n
			}
			out.counts[strings.Join(r[:len(q.group)], glue)] = tallyOfCounted(ns)
		}
		if len(q.group) > 0 {
			out.sum()
		}
	}
	return out, nil
}
