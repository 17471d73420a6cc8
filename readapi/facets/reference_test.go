package facets

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// reference answers queries the slow and obvious way: plain loops over states.
type reference struct {
	requests []request
	policy   sourcerequest.Policy
	names    Names
	me       string             // account of who asks
	present  map[string]request // if the requests are as they were at a moment: as they are now
}

func (ref *reference) partnerName(id string) string {
	if id == "" {
		return ""
	}
	return ref.names.Name(id)
}

func personName(account string) string {
	if account == "" {
		return ""
	}
	return testPeople.Name(account)
}

// labels are what a request shows for a grouping or a modifier; "" is none.
func (ref *reference) labels(r request, name string) []string {
	s := r.state
	switch name {
	case "content_partner":
		return []string{ref.partnerName(s.ContentPartner)}
	case "fulfillment_partner":
		return []string{ref.partnerName(s.FulfillmentPartner)}
	case "responsible":
		return []string{personName(s.Responsible)}
	case "source_type":
		return []string{string(s.SourceType)}
	case "service_type":
		return []string{string(s.ServiceType)}
	case "language":
		return []string{s.Language}
	case "country":
		return s.Countries
	case "movie_type":
		return []string{string(s.MovieType)}
	case "status":
		return []string{string(s.Status)}
	case "material_status":
		return []string{string(s.MaterialStatus)}
	case "quality_control":
		return []string{string(s.QualityControl())}
	case "is_original":
		if s.IsOriginal {
			return []string{"Yes"}
		}
		return []string{"No"}
	case "issues":
		if issues := s.Issues(); len(issues) > 0 {
			return issues
		}
		return []string{""}
	case "due_month", "due_date":
		return []string{s.DueDate.Month()}
	case "due_day":
		return []string{s.DueDate.String()}
	case "estimated_delivery_date":
		return []string{s.EstimatedDeliveryDate().Month()}
	case "title":
		return []string{s.Title}
	case "package", "package_id":
		return []string{s.PackageID}
	case "movie_id":
		return []string{s.MovieID}
	case "request_id":
		return []string{r.id}
	}
	panic(name)
}

func (ref *reference) scope(p domain.Principal) []request {
	var in []request
	for _, r := range ref.requests {
		now, past := ref.present[r.id]
		if sourcerequest.Visible(p, r.state) && (!past || sourcerequest.Visible(p, now.state)) {
			in = append(in, r)
		}
	}
	return in
}

// seen are the requests of the scope as the principal may see them.
func (ref *reference) seen(p domain.Principal) []request {
	in := ref.scope(p)
	for i := range in {
		in[i].state = sourcerequest.SeenBy(p, in[i].state)
	}
	return in
}

// alone are the requests of the scope without the people that the principal
// may not know of.
func (ref *reference) alone(p domain.Principal) []request {
	in := ref.scope(p)
	for i := range in {
		s := &in[i].state
		own := func(organisation string) bool {
			return p.Role == domain.RoleFulfillmentPartner && p.Organisation == organisation
		}
		if !p.SeesAll() && !own(s.FulfillmentPartner) {
			s.Responsible = ""
		}
		if !own(s.SubAssignee) {
			s.SubResponsible = ""
		}
	}
	return in
}

// refSelected is what modifiers select.
type refSelected struct {
	requests    []request
	statusGiven bool
	near        map[string]bool // texts that only near misses were found for
	warnings    []string        // code, modifier, value
}

func (ref *reference) selected(p domain.Principal, q url.Values, now time.Time) refSelected {
	visible := ref.seen(p)
	ref.me = p.Account
	var out refSelected
	for name := range q {
		if strings.TrimPrefix(name, "-") == "status" {
			out.statusGiven = true
		}
	}
	out.near = map[string]bool{}
	for _, text := range q["title"] {
		exact := slices.ContainsFunc(visible, func(r request) bool { return hasText(r, text) })
		near := slices.ContainsFunc(visible, func(r request) bool { return nearTitle(r.state.Title, text) })
		if !exact && near {
			out.near[text] = true
		}
	}
	for _, m := range Modifiers() {
		for _, name := range []string{m.Name, "-" + m.Name} {
			values := slices.Clone(q[name])
			slices.Sort(values)
			for _, v := range slices.Compact(values) {
				if name == "title" && out.near[v] {
					out.warnings = append(out.warnings, "near_miss "+name+" "+v)
				}
				if !m.Open || v == "" || m.Name == "responsible" && strings.EqualFold(v, "me") || m.Name == "issues" && (strings.EqualFold(v, "has issues") || strings.EqualFold(v, "does not have issues")) {
					continue
				}
				if !slices.ContainsFunc(visible, func(r request) bool { return ref.has(r, m.Name, v, now, out.near) }) {
					out.warnings = append(out.warnings, "unknown_value "+name+" "+v)
				}
			}
		}
	}
	for _, r := range visible {
		if ref.matches(r, q, now, out) {
			out.requests = append(out.requests, r)
		}
	}
	return out
}

func (ref *reference) matches(r request, q url.Values, now time.Time, sel refSelected) bool {
	if !sel.statusGiven && r.state.Status == sourcerequest.StatusCancelled {
		return false
	}
	for name, values := range q {
		modifier, exclude := strings.CutPrefix(name, "-")
		near := sel.near
		if exclude {
			near = nil
		}
		if slices.ContainsFunc(values, func(v string) bool { return ref.has(r, modifier, v, now, near) }) == exclude {
			return false
		}
	}
	return true
}

// has reports whether a request has a modifier's value.
func (ref *reference) has(r request, modifier, value string, now time.Time, near map[string]bool) bool {
	switch modifier {
	case "title":
		return hasText(r, value) || near[value] && nearTitle(r.state.Title, value)
	case "due_date":
		return isDate(r.state.DueDate, value, now.In(ref.policy.Zone))
	case "estimated_delivery_date":
		return isDate(r.state.EstimatedDeliveryDate(), value, now.In(ref.policy.Zone))
	case "request_id", "package_id", "movie_id":
		return slices.Contains(ref.labels(r, modifier), value)
	case "responsible":
		if strings.EqualFold(value, "me") {
			return ref.me != "" && r.state.Responsible == ref.me
		}
		if value != "" && r.state.Responsible == value {
			return true
		}
	case "status":
		if strings.EqualFold(value, "all") {
			return true
		}
	case "issues":
		has := len(r.state.Issues()) > 0
		if strings.EqualFold(value, "has issues") {
			return has
		}
		if strings.EqualFold(value, "does not have issues") {
			return !has
		}
	}
	return slices.ContainsFunc(ref.labels(r, modifier), func(l string) bool { return strings.EqualFold(l, value) })
}

func hasText(r request, text string) bool {
	if text == "" {
		return r.state.Title == ""
	}
	return strings.Contains(fold(r.state.Title), fold(text))
}

func nearTitle(title, text string) bool {
	words := wordsOf(fold(text))
	if len(words) == 0 {
		return false
	}
	for _, w := range words {
		if !slices.ContainsFunc(wordsOf(fold(title)), func(t string) bool {
			d := damerauLevenshtein([]rune(w), []rune(t))
			return d <= 2 && d < len([]rune(w))
		}) {
			return false
		}
	}
	return true
}

// damerauLevenshtein is the textbook algorithm, with transpositions of letters
// that others stand between.
func damerauLevenshtein(a, b []rune) int {
	inf := len(a) + len(b)
	last := map[rune]int{}
	d := make([][]int, len(a)+2)
	for i := range d {
		d[i] = make([]int, len(b)+2)
	}
	d[0][0] = inf
	for i := 0; i <= len(a); i++ {
		d[i+1][0], d[i+1][1] = inf, i
	}
	for j := 0; j <= len(b); j++ {
		d[0][j+1], d[1][j+1] = inf, j
	}
	for i := 1; i <= len(a); i++ {
		match := 0
		for j := 1; j <= len(b); j++ {
			k, l := last[b[j-1]], match
			cost := 1
			if a[i-1] == b[j-1] {
				cost, match = 0, j
			}
			d[i+1][j+1] = min(d[i][j]+cost, d[i+1][j]+1, d[i][j+1]+1, d[k][l]+(i-k-1)+1+(j-l-1))
		}
		last[a[i-1]] = i
	}
	return d[len(a)+1][len(b)+1]
}

// isDate compares dates as text, which their form allows.
func isDate(d domain.Date, value string, now time.Time) bool {
	day := d.String()
	text := func(t time.Time) string { return t.Format(time.DateOnly) }
	today := text(now)
	prefix := func(s string) string { return day[:min(len(s), len(day))] }
	if value == "" || day == "" {
		return value == day
	}
	if from, to, isRange := strings.Cut(value, ".."); isRange {
		if from == "today" {
			from = today
		}
		if to == "today" {
			to = today
		}
		return (from == "" || prefix(from) >= from) && (to == "" || prefix(to) <= to)
	}
	monday := now
	for monday.Weekday() != time.Monday {
		monday = monday.AddDate(0, 0, -1)
	}
	within := func(from, to time.Time) bool { return day >= text(from) && day <= text(to) }
	switch value {
	case "today":
		return day == today
	case "tomorrow":
		return day == text(now.AddDate(0, 0, 1))
	case "yesterday":
		return day == text(now.AddDate(0, 0, -1))
	case "overdue":
		return day < today
	case "this week":
		return within(monday, monday.AddDate(0, 0, 6))
	case "next week":
		return within(monday.AddDate(0, 0, 7), monday.AddDate(0, 0, 13))
	case "last week":
		return within(monday.AddDate(0, 0, -7), monday.AddDate(0, 0, -1))
	case "this month":
		return day[:7] == today[:7]
	case "next month":
		return day[:7] == text(now.AddDate(0, 0, 1-now.Day()).AddDate(0, 1, 0))[:7]
	case "last year":
		return day[:4] == text(now.AddDate(0, 0, 1-now.Day()).AddDate(-1, 0, 0))[:4]
	case "next 14 days":
		return within(now, now.AddDate(0, 0, 13))
	case "last 7 days":
		return within(now.AddDate(0, 0, -6), now)
	}
	return prefix(value) == value
}

// inBucket is the table of the design, word by word.
func (ref *reference) inBucket(s sourcerequest.State, b sourcerequest.Bucket, now time.Time, statusGiven bool) bool {
	open := s.Status == sourcerequest.StatusOpen || s.Status == sourcerequest.StatusRedeliveryRequested
	if b == sourcerequest.BucketRequests {
		return open || statusGiven
	}
	if !open {
		return false
	}
	today := now.In(ref.policy.Zone).Format(time.DateOnly)
	due, edd := s.DueDate, s.EstimatedDeliveryDate()
	left := int(due - domain.DateOf(now, ref.policy.Zone))
	usable := s.MaterialStatus == sourcerequest.MaterialReceived || s.MaterialStatus == sourcerequest.MaterialAccepted || s.MaterialSinceRejected
	asked := s.Status == sourcerequest.StatusRedeliveryRequested && s.Redelivery != nil
	critical := due.String() < today || edd.String() < today || edd > due && left <= 2 ||
		asked && now.UnixMilli()-s.Redelivery.RequestedAt.UnixMilli() > (48*time.Hour).Milliseconds()
	atRisk := !critical && (!usable && left <= 5 || edd > due || asked || s.MaterialStatus == sourcerequest.MaterialRejected && !s.MaterialSinceRejected)
	switch b {
	case sourcerequest.BucketCritical:
		return critical
	case sourcerequest.BucketAtRisk:
		return atRisk
	case sourcerequest.BucketOnTrack:
		return !critical && !atRisk
	case sourcerequest.BucketAwaitingMaterials:
		return !usable
	case sourcerequest.BucketMaterialsAvailable:
		return usable
	default:
		return due.String() < today
	}
}

func (ref *reference) tally(requests []request, now time.Time, statusGiven bool) Tally {
	var t Tally
	for _, r := range requests {
		t.Matched++
		for b := range sourcerequest.Bucket(sourcerequest.BucketCount) {
			if ref.inBucket(r.state, b, now, statusGiven) {
				t.Buckets[b]++
			}
		}
	}
	return t
}

// groups returns the requests of each combination of labels, joined by \x00.
func (ref *reference) groups(requests []request, by []string) map[string][]request {
	out := map[string][]request{}
	for _, r := range requests {
		keys := []string{""}
		for i, name := range by {
			var next []string
			for _, k := range keys {
				for _, l := range ref.labels(r, name) {
					if i > 0 {
						next = append(next, k+"\x00"+l)
					} else {
						next = append(next, l)
					}
				}
			}
			keys = next
		}
		for _, k := range keys {
			out[k] = append(out[k], r)
		}
	}
	return out
}

// vocabularyOrder puts a label where people expect it.
func vocabularyOrder(column, label string) int {
	vocabulary := map[string][]string{
		"source_type": labels(sourcerequest.SourceTypes()), "service_type": labels(sourcerequest.ServiceTypes()), "movie_type": labels(sourcerequest.MovieTypes()),
		"status": labels(sourcerequest.Statuses()), "material_status": labels(sourcerequest.MaterialStatuses()), "quality_control": labels(sourcerequest.QualityControlStatuses()),
	}[column]
	return slices.Index(vocabulary, label)
}

// compareLabels orders two labels of a column; "" comes last.
func compareLabels(column, a, b string, descending bool) int {
	switch {
	case a == b:
		return 0
	case a == "":
		return 1
	case b == "":
		return -1
	}
	c := cmp.Or(cmp.Compare(vocabularyOrder(column, a), vocabularyOrder(column, b)), cmp.Compare(fold(a), fold(b)), cmp.Compare(a, b))
	if column == "is_original_groups" {
		c = cmp.Compare(b, a) // Yes before No
	}
	if descending {
		return -c
	}
	return c
}

// sortText is what a row is sorted by in a column, as text.
func (ref *reference) sortText(r request, column string, now time.Time) string {
	switch column {
	case "sub_assignee":
		return ref.partnerName(r.state.SubAssignee)
	case "countries":
		return strings.Join(r.state.Countries, ", ")
	case "issues":
		return strings.Join(r.state.Issues(), ", ")
	case "due_date":
		return r.state.DueDate.String()
	case "estimated_delivery_date":
		return r.state.EstimatedDeliveryDate().String()
	case "insight":
		for i, b := range []sourcerequest.Bucket{sourcerequest.BucketCritical, sourcerequest.BucketAtRisk, sourcerequest.BucketOnTrack} {
			if ref.inBucket(r.state, b, now, false) {
				return string(rune('1' + i))
			}
		}
		return ""
	}
	return ref.labels(r, column)[0]
}

func (ref *reference) sorted(requests []request, keys []SortKey, now time.Time) []request {
	if len(keys) == 0 {
		keys = []SortKey{{Column: "due_date"}}
	}
	out := slices.Clone(requests)
	slices.SortFunc(out, func(a, b request) int {
		for _, k := range keys {
			x, y := ref.sortText(a, k.Column, now), ref.sortText(b, k.Column, now)
			var c int
			if k.Column == "request_id" {
				c = cmp.Compare(x, y)
				if k.Descending {
					c = -c
				}
			} else {
				c = compareLabels(k.Column, x, y, k.Descending)
			}
			if c != 0 {
				return c
			}
		}
		return cmp.Compare(a.id, b.id)
	})
	return out
}
