package readapi

import (
	"net/url"
	"slices"
)

// naming names something hidden in a search, and what never was in its place.
type naming struct{ modifier, hidden, never string }

// namings are what a caller could try: the title of every hidden request, and
// the rest of one request of each relation.
func namings(p scopePerson) []naming {
	var out []naming
	tried := map[relation]bool{}
	for _, r := range scopeRequests {
		is := r.relation(p)
		if is.may(toSee) {
			continue
		}
		never := r.word[:len(r.word)-1] + "j"
		if r.word == "walruz" { // a title that somebody may see is as near to it
			out = append(out, naming{"title", "zqtitle" + r.word, "zqtitle" + never})
		} else {
			out = append(out, naming{"title", "zqtitle" + r.word, "zqtitleunheardof"}, naming{"title", "zqtitle" + never, "zqtitleunheardof"})
		}
		if tried[is] {
			continue
		}
		tried[is] = true
		for _, m := range []naming{{"request_id", "zqid", ""}, {"package_id", "zqpack", ""}, {"movie_id", "zqmovie", ""}, {"language", "zqlang", ""}, {"country", "zqcountry", ""}} {
			out = append(out, naming{m.modifier, m.hidden + r.word, m.hidden + never}, naming{"-" + m.modifier, m.hidden + r.word, m.hidden + never})
		}
	}
	if p.principal().SeesAll() {
		return out
	}
	for _, id := range []string{nord, sud, lone, alder, birch, cedar, moon} {
		if !slices.Contains(presentOn[p.party()], id) {
			out = append(out, naming{"content_partner", id, "zqnobodys"}, naming{"-fulfillment_partner", id, "zqnobodys"}, naming{"fulfillment_partner", id, "zqnobodys"})
		}
	}
	for _, responsible := range []scopePerson{hazel, onyx, ebony} {
		if responsible.organisation != p.organisation {
			out = append(out, naming{"responsible", responsible.id(), "zqacctnobody"}, naming{"-responsible", "zqname" + responsible.word, "zqnamenobody"})
		}
	}
	for _, checked := range []string{"thimble", "walrus"} {
		if !requestOf(checked).relation(p).may(toSee) {
			out = append(out, naming{"issues", "zqcode" + checked, "zqcodenowhere"})
		}
	}
	return out
}

// fewNamings are one of each modifier, for what takes its time.
func fewNamings(p scopePerson) []naming {
	var few []naming
	for _, n := range namings(p) {
		if !slices.ContainsFunc(few, func(f naming) bool { return f.modifier == n.modifier }) {
			few = append(few, n)
		}
	}
	return few
}

func queryOf(name, value string) string { return name + "=" + url.QueryEscape(value) }

// oneHidden returns a request that the caller does not see, nil if there is
// none: one that was the caller's, if any.
func (c *scopeCell) oneHidden() *scopeRequest {
	var hidden *scopeRequest
	for _, r := range scopeRequests {
		if is := r.relation(c.who); !is.may(toSee) && (hidden == nil || is != foreign) {
			hidden = r
		}
	}
	return hidden
}
