package readapi

import (
	"net/http"
	"slices"

	"backlot/domain"
)

// scopeBegun are the requests of which a file is on its way: of the second one,
// by somebody who does not work on it any more.
var scopeBegun = []struct {
	word string
	by   string // organisation
}{{"kestrel", alder}, {"thimble", alder}}

// maySend reports whether somebody may send what was begun on a request, and
// whether it exists for them.
func (c *scopeCell) maySend(word, by string) (may, exists bool) {
	r := requestOf(word)
	is := r.relation(c.who)
	exists = is.may(toSee) && (c.who.role != domain.RoleFulfillmentPartner || r.partners[by] == assigned)
	return exists && is.may(toWork), exists
}

// fileContentRow is what was delivered, also by somebody who does not work on
// the request any more. To look at it is an event. What was delivered here, no
// browser plays.
func fileContentRow(operation string, answer int) scopeRow {
	each := func(c *scopeCell, do func(r *scopeRequest, sees, exists bool)) {
		for _, word := range []string{"walrus", "thimble", "harrow"} {
			r := requestOf(word)
			is := r.relation(c.who)
			c.about = ", " + string(is) + ", on " + word
			former := word != "walrus" && c.who.role == domain.RoleFulfillmentPartner
			do(r, is.may(toSee), is.may(toSee) && !former)
		}
		c.about = ""
	}
	return scopeRow{operation: operation, check: func(c *scopeCell) {
		each(c, func(r *scopeRequest, sees, exists bool) {
			call := scopeCall{variables: []string{r.id(), "d", "f"}}
			switch {
			case !sees:
				c.status(c.alike(r.word, never, call), http.StatusNotFound)
			case !exists:
				a, other := c.call(call), c.call(scopeCall{variables: []string{r.id(), "d", "g"}})
				if c.status(a, http.StatusNotFound); a.comparable() != other.comparable() {
					c.fails("what is hidden is answered with\n%s\nand what never was with\n%s", a.body, other.body)
				}
			}
		})
	}, change: func(c *scopeCell) {
		each(c, func(r *scopeRequest, _, exists bool) {
			a := c.call(scopeCall{variables: []string{r.id(), "d", "f"}})
			if exists {
				c.status(a, answer)
			} else {
				c.status(a, http.StatusNotFound)
			}
		})
	}}
}

var mayDeliver = []domain.Role{domain.RoleOperator, domain.RoleFulfillmentPartner}

// matchRow looks for hidden requests by all that a name can have of them.
func matchRow() scopeRow {
	return scopeRow{operation: "matchDeliveries", check: func(c *scopeCell) {
		body := func(word string) string {
			return `{"files":[{"name":"zqid` + word + `.wav"},{"name":"zqpack` + word + `.wav"},{"name":"zqmovie` + word + ` zqlang` + word + ` dub.wav"},{"name":"zqtitle` + word + `.wav"}]}`
		}
		if !slices.Contains(mayDeliver, c.who.role) {
			c.status(c.call(scopeCall{body: body("kestrel")}), http.StatusForbidden)
			return
		}
		for _, r := range c.some(2) {
			if !r.relation(c.who).may(toSee) {
				c.status(c.alike(r.word, never, scopeCall{body: body(r.word)}), http.StatusOK)
			} else {
				c.status(c.call(scopeCall{body: body(r.word)}), http.StatusOK)
			}
		}
	}}
}

// startManyRow begins deliveries of hidden requests and of what never was.
func startManyRow() scopeRow {
	body := func(id string) string {
		return `{"deliveries":[{"request_id":"` + id + `","files":[{"name":"a.wav","size":1}]},{"request_id":"` + id + `","files":[{"name":"a.wav","size":1,"sha256":""}]}]}`
	}
	return scopeRow{operation: "startDeliveries", check: func(c *scopeCell) {
		if !slices.Contains(mayDeliver, c.who.role) {
			c.status(c.call(scopeCall{body: body("zqidkestrel")}), http.StatusForbidden)
			return
		}
		if r := c.oneHidden(); r != nil {
			c.status(c.alike(r.word, never, scopeCall{body: body(r.id())}), http.StatusOK)
		}
		if c.who.role == domain.RoleOperator {
			c.status(c.call(scopeCall{body: body("zqid" + never)}), http.StatusOK)
		}
	}, change: func(c *scopeCell) {
		for _, cell := range c.cells() {
			if cell.operation == "startDelivery" && cell.by.id() == c.who.id() {
				c.status(c.call(scopeCall{body: body(cell.id)}), http.StatusOK)
			}
		}
	}}
}

// uploadRows are files on their way: they are their request's.
func uploadRows() []scopeRow {
	tus := map[string]string{"Tus-Resumable": "1.0.0"}
	rows := []scopeRow{fileContentRow("getFileContent", http.StatusOK), fileContentRow("playFile", http.StatusNotFound), matchRow(), startManyRow(), {operation: "createUpload", check: func(c *scopeCell) {
		for _, begun := range scopeBegun {
			may, exists := c.maySend(begun.word, begun.by)
			c.about = " on " + begun.word
			header := map[string]string{"Tus-Resumable": "1.0.0", "Upload-Length": "4"}
			call := scopeCall{header: header}
			header["Upload-Metadata"] = metadata(uploadOf(begun.word))
			a := c.call(call)
			switch {
			case may:
				c.status(a, http.StatusBadRequest) // it was declared with another size
			case exists:
				c.status(a, http.StatusForbidden)
			default:
				c.status(a, http.StatusNotFound)
				of := uploadOf(begun.word)
				if requestOf(begun.word).relation(c.who).may(toSee) {
					of["delivery_id"] = "zqdelivery" + never
				} else {
					of["request_id"] = "zqid" + never
				}
				header["Upload-Metadata"] = metadata(of)
				if other := c.call(call); other.comparable() != a.comparable() {
					c.fails("what is hidden is answered with\n%s\nand what never was with\n%s", a.body, other.body)
				}
			}
		}
		c.about = ""
	}, change: func(c *scopeCell) {
		call := scopeCall{header: map[string]string{"Tus-Resumable": "1.0.0", "Upload-Length": "4", "Upload-Metadata": metadata(map[string]any{"purpose": "material", "filename": "a.mov"})}}
		if c.who.role == domain.RoleOperator || c.who.role == domain.RoleContentPartner {
			c.status(c.call(call), http.StatusCreated)
		} else {
			c.status(c.call(call), http.StatusForbidden)
		}
	}}}
	for _, row := range []struct {
		operation string
		header    map[string]string
		body      string
		answer    int // to those who may
	}{
		{"lookAtUpload", tus, "", http.StatusOK},
		{"sendToUpload", map[string]string{"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream", "Upload-Offset": "2"}, "x", http.StatusConflict},
		{"endUpload", map[string]string{"Tus-Resumable": "0.1"}, "", http.StatusPreconditionFailed},
	} {
		rows = append(rows, scopeRow{operation: row.operation, check: func(c *scopeCell) {
			for _, begun := range scopeBegun {
				may, exists := c.maySend(begun.word, begun.by)
				c.about = " on " + begun.word
				call := scopeCall{variables: []string{"zqupload" + begun.word}, header: row.header, body: row.body}
				switch {
				case may:
					c.status(c.call(call), row.answer)
				case exists:
					c.status(c.call(call), http.StatusForbidden)
				default:
					c.status(c.alike(begun.word, never, call), http.StatusNotFound)
				}
			}
			c.about = ""
		}})
	}
	return rows
}
