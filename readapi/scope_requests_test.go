package readapi

import (
	"fmt"
	"slices"
	"strings"

	"backlot/domain"
)

// scopeRequest is a request of the scope table. Its fields are secrets made of
// its word.
type scopeRequest struct {
	word      string
	content   string // organisation at first
	works     string // organisation at first, "" for none
	status    string // at first
	partners  map[string]relation
	delivered bool // at some time
}

func (r *scopeRequest) id() string { return "zqid" + r.word }

// scopeRequests has a request in each relation to each party: what becomes of
// them is in scope_story_test.go.
var scopeRequests = []*scopeRequest{
	{word: "kestrel", content: nord, works: alder, status: "Open", partners: map[string]relation{nord: ownTitle, alder: assigned}},
	{word: "bramble", content: sud, works: birch, status: "Open", partners: map[string]relation{sud: ownTitle, birch: assigned}},
	{word: "gondola", content: sud, works: birch, status: "Open", partners: map[string]relation{sud: ownTitle, birch: assigned, alder: subAssigned}},
	{word: "thimble", content: nord, works: alder, status: "Open", delivered: true, partners: map[string]relation{nord: ownTitle, birch: assigned, alder: formerly}},
	{word: "lantern", content: nord, works: cedar, status: "Open", partners: map[string]relation{nord: ownTitle, alder: assigned, cedar: formerly}},
	{word: "harrow", content: nord, works: cedar, status: "Open", delivered: true, partners: map[string]relation{nord: ownTitle, alder: assigned, cedar: formerly}},
	{word: "quartz", content: nord, works: birch, status: "Open", partners: map[string]relation{nord: ownTitle, birch: assigned, alder: formerlySub}},
	{word: "walrus", content: nord, works: alder, status: "Open", delivered: true, partners: map[string]relation{nord: ownTitle, alder: assigned}},
	{word: "juniper", content: nord, works: moon, status: "Open", partners: map[string]relation{sud: ownTitle, moon: assigned, nord: formerlyTitle}},
	{word: "mosaic", content: nord, works: alder, status: "Delivered", delivered: true, partners: map[string]relation{nord: ownTitle, alder: assigned}},
	{word: "beacon", content: nord, works: alder, status: "Open", partners: map[string]relation{nord: ownTitle, alder: assigned}},
	{word: "falcon", content: lone, works: moon, status: "Open", partners: map[string]relation{lone: ownTitle, moon: assigned}},
	{word: "egret", content: sud, works: moon, status: "Processed", delivered: true, partners: map[string]relation{sud: ownTitle, moon: assigned}},
	// Its title is a near miss of walrus's.
	{word: "walruz", content: lone, status: "Open", partners: map[string]relation{lone: ownTitle}},
}

// seenBy lists the parties that see the request, by the matrix.
func (r *scopeRequest) seenBy() []string {
	var see []string
	for _, p := range scopePeople {
		if r.relation(p).may(toSee) {
			see = append(see, p.party())
		}
	}
	return see
}

// seenOf returns the requests that somebody sees, by the matrix.
func seenOf(p scopePerson) []*scopeRequest {
	var seen []*scopeRequest
	for _, r := range scopeRequests {
		if r.relation(p).may(toSee) {
			seen = append(seen, r)
		}
	}
	return seen
}

// wholeRow are the operations that list requests with all their columns.
var wholeRow = []string{"listRequests", "exportWorkbook", "exportCSV", "exportSelected"}

// scopeFields are the fields of requests that are secrets, and where they show.
var scopeFields = []struct {
	field   string
	shownBy []string
}{
	{"id", []string{"getTimeline", "getRequest", "getHistory", "listModifierValues", "searchAudit", "exportAudit"}},
	{"pack", []string{"getTimeline", "getRequest", "listModifierValues", "countBuckets", "watchLive"}},
	{"movie", []string{"getTimeline", "getRequest", "listModifierValues"}},
	{"title", []string{"getTimeline", "getRequest", "getHistory", "listModifierValues", "countBuckets", "watchLive", "searchAudit", "exportAudit"}},
	{"lang", []string{"getTimeline", "getRequest", "getHistory", "listModifierValues", "countBuckets", "watchLive", "searchAudit", "exportAudit"}},
	{"country", []string{"getRequest", "listModifierValues", "countBuckets", "watchLive"}},
}

// scopeFile is the file that brings the requests.
func (w *scopeWorld) scopeFile() string {
	var file strings.Builder
	fmt.Fprintln(&file, fileHeader)
	for _, r := range scopeRequests {
		for _, f := range scopeFields {
			w.hide(scopeSecret{
				text: "zq" + f.field + r.word, what: "the " + f.field + " of " + r.word, request: r.word, known: r.seenBy(), shownBy: slices.Concat(wholeRow, f.shownBy),
			})
		}
		fmt.Fprintf(&file, "zqid%[1]s,zqpack%[1]s,zqmovie%[1]s,Zqtitle%[1]s,Standalone,Yes,%[2]s,%[3]s,Dubs,Create,Zqlang%[1]s,Zqcountry%[1]s,2026-12-24,2026-12-24,Not Received,%[4]s\n",
			r.word, organisationNames[r.content], organisationNames[r.works], r.status)
	}
	return file.String()
}

// said hides what somebody said or sent on a request. Whoever sees the request
// knows it, but those from whom it is kept.
func (w *scopeWorld) said(request *scopeRequest, text, what string, keptFrom []string, shownBy ...string) {
	known := slices.DeleteFunc(request.seenBy(), func(p string) bool { return slices.Contains(keptFrom, p) })
	w.hide(scopeSecret{text: text, what: what + " on " + request.word, request: request.word, known: known, shownBy: shownBy})
}

func requestOf(word string) *scopeRequest {
	return scopeRequests[slices.IndexFunc(scopeRequests, func(r *scopeRequest) bool { return r.word == word })]
}

func serviceRoles() []string {
	return []string{string(domain.RoleOperator), string(domain.RoleAuditor)}
}
