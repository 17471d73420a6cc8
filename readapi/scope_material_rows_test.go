package readapi

import (
	"net/http"
	"strings"
)

// withMaterials are the requests of the scope table that have materials.
var withMaterials = []string{"kestrel", "bramble"}

// withFile puts a file that the caller sent in the place of the one that nobody
// did.
func (c *scopeCell) withFile(body string) string {
	if !strings.Contains(body, "zqnofile") {
		return body
	}
	file := "file of " + c.who.word
	if c.ids[file] == "" {
		c.ids[file] = c.as(c.who.principal()).stages(c.who.principal(), "reel.mov", "reel")
	}
	return strings.ReplaceAll(body, "zqnofile", c.ids[file])
}

// materialRows are the contents of materials. To look at one is an event, so
// those who may do it after all the checks.
func materialRows() []scopeRow {
	one := func(query string, variables func(*scopeRequest) []string) (check, change func(*scopeCell)) {
		call := func(r *scopeRequest) scopeCall { return scopeCall{query: query, variables: variables(r)} }
		each := func(c *scopeCell, do func(*scopeRequest, bool)) {
			for _, word := range withMaterials {
				r := requestOf(word)
				is := r.relation(c.who)
				c.about = ", " + string(is) + ", on " + word
				do(r, is.may(toSee))
			}
			c.about = ""
		}
		check = func(c *scopeCell) {
			each(c, func(r *scopeRequest, sees bool) {
				if !sees {
					c.status(c.alike(r.word, never, call(r)), http.StatusNotFound)
				}
			})
		}
		change = func(c *scopeCell) {
			each(c, func(r *scopeRequest, sees bool) {
				a := c.call(call(r))
				if !sees {
					c.status(a, http.StatusNotFound)
				} else if c.status(a, http.StatusOK); !strings.Contains(a.everything(), "zqcontent"+r.word) {
					c.fails("the content is not there")
				}
			})
		}
		return check, change
	}
	content, sent := one("", func(r *scopeRequest) []string { return []string{r.id(), materialOf(r.word)} })
	archive, packed := one("", func(r *scopeRequest) []string { return []string{r.id()} })
	return []scopeRow{
		{operation: "getMaterialContent", check: content, change: sent},
		{operation: "getMaterialsArchive", check: archive, change: packed},
		{operation: "archiveMaterials", check: func(c *scopeCell) {
			if r := c.oneHidden(); r != nil {
				c.status(c.alike(r.word, never, scopeCall{body: `{"ids":["` + r.id() + `"]}`}), http.StatusNotFound)
				c.status(c.alike(r.word, never, scopeCall{body: `{"query":"status=All&language=Zqlang` + r.word + `"}`}), http.StatusNotFound)
			}
			for _, word := range withMaterials {
				if r := requestOf(word); !r.relation(c.who).may(toSee) {
					c.status(c.alike(r.word, never, scopeCall{body: `{"ids":["` + r.id() + `"]}`}), http.StatusNotFound)
				}
			}
		}, change: func(c *scopeCell) {
			a := c.call(scopeCall{body: `{"query":"status=All"}`})
			some := false
			for _, word := range withMaterials {
				sees := requestOf(word).relation(c.who).may(toSee)
				some = some || sees
				if strings.Contains(a.everything(), "zqcontent"+word) != sees {
					c.fails("of %s the archive has something: %v, and should: %v", word, !sees, sees)
				}
			}
			if some {
				c.status(a, http.StatusOK)
			} else {
				c.status(a, http.StatusNotFound)
			}
		}},
	}
}
