package readapi

import "net/http"

// templatesOf are the saved templates by word, as bringTemplates saves them.
var templatesOf = map[string]scopePerson{"private": azure, "shared": azure, "nords": lilac, "birchs": topaz, "ours": umber}

// hiddenTemplates are those that the caller may not know of.
func (c *scopeCell) hiddenTemplates() (ids []string) {
	for word := range templatesOf {
		if !c.secrets["zqtemplate"+word].knownTo(c.who) {
			ids = append(ids, c.ids[word])
		}
	}
	return ids
}

// sharedTemplates are those of others that the caller may use.
func (c *scopeCell) sharedTemplates() (ids []string) {
	for word, owner := range templatesOf {
		if owner.id() != c.who.id() && c.secrets["zqtemplate"+word].knownTo(c.who) {
			ids = append(ids, c.ids[word])
		}
	}
	return ids
}

// templateRows are the saved searches.
func templateRows() []scopeRow {
	const body = `{"name":"Taken","query":""}`
	return []scopeRow{
		{operation: "listTemplates", check: func(c *scopeCell) {
			c.status(c.call(scopeCall{}), http.StatusOK)
			c.hasShown("")
		}},
		{operation: "getTemplate", check: func(c *scopeCell) {
			for _, id := range c.hiddenTemplates() {
				c.alikeID(id, scopeCall{variables: []string{id}})
			}
			for _, id := range c.sharedTemplates() {
				c.status(c.call(scopeCall{variables: []string{id}}), http.StatusOK)
			}
		}},
		{operation: "replaceTemplate", check: func(c *scopeCell) {
			for _, id := range c.hiddenTemplates() {
				c.alikeID(id, scopeCall{variables: []string{id}, body: body})
			}
			for _, id := range c.sharedTemplates() {
				c.status(c.call(scopeCall{variables: []string{id}, body: body}), http.StatusForbidden)
			}
		}},
		{operation: "deleteTemplate", check: func(c *scopeCell) {
			for _, id := range c.hiddenTemplates() {
				c.alikeID(id, scopeCall{variables: []string{id}})
			}
			for _, id := range c.sharedTemplates() {
				c.status(c.call(scopeCall{variables: []string{id}}), http.StatusForbidden)
			}
		}},
		{operation: "chooseDefaultTemplate", check: func(c *scopeCell) {
			for _, id := range c.hiddenTemplates() {
				c.alikeID(id, scopeCall{body: `{"id":"` + id + `"}`})
			}
		}, change: func(c *scopeCell) {
			for _, id := range c.sharedTemplates() {
				c.status(c.call(scopeCall{body: `{"id":"` + id + `"}`}), http.StatusOK)
			}
		}},
		{operation: "saveTemplate", check: func(c *scopeCell) {
			for _, n := range namings(c.who) {
				if n.modifier == "responsible" || n.modifier == "-responsible" {
					c.alike(n.hidden, n.never, scopeCall{body: `{"name":"Mine","query":"` + queryOf(n.modifier, n.hidden) + `"}`})
				}
			}
		}, change: func(c *scopeCell) {
			c.status(c.call(scopeCall{body: `{"name":"Mine","query":"language=Korean"}`}), http.StatusCreated)
		}},
	}
}
