package readapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
)

// Only what browsers play is shown as what it is, whatever it is called.
func TestDeliveredFilesArePlayed(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	by := p.as(ofJuice)
	mp4 := "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + strings.Repeat("x", 1000)
	contents := []struct{ name, content, is string }{
		{"a.mov", mp4, "video/mp4"},
		{"b.mp4", "<html><script>alert(1)</script></html>", ""},
		{"c.webm", "\x1aE\xdf\xa3" + strings.Repeat("x", 100), "video/webm"},
		{"d.svg", `<svg xmlns="http://www.w3.org/2000/svg"/>`, ""},
		{"e.png", "\x89PNG\r\n\x1a\n", "image/png"},
		{"f.mp4", "", ""},
	}
	var files []string
	for _, c := range contents {
		files = append(files, fmt.Sprintf(`{"name":%q,"size":%d}`, c.name, len(c.content)))
	}
	d := by.starts("north-juice", `{"files":[`+strings.Join(files, ",")+`]}`)
	for n, c := range contents {
		if c.content == "" {
			require.Equal(t, http.StatusCreated, by.creates(d, n, 0).status)
		} else {
			by.sent(d, n, c.content)
		}
	}
	for n, c := range contents {
		path := strings.TrimSuffix(by.fileOf("north-juice", n, fileArrived).text("content"), "content") + "proxy"
		a := by.get(path)
		if c.is == "" {
			a.problem(domain.CodeNotFound)
			continue
		}
		require.Equal(t, http.StatusOK, a.status, c.name)
		assert.Equal(t, c.content, string(a.body))
		assert.Equal(t, c.is, a.header.Get("Content-Type"))
		assert.Equal(t, "inline; filename="+c.name, a.header.Get("Content-Disposition"))
		assert.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"))
		part := by.with("Range", "bytes=2-5").get(path)
		assert.Equal(t, http.StatusPartialContent, part.status)
		assert.Equal(t, c.content[2:6], string(part.body))
		p.as(ofSDI).get(path).problem(domain.CodeNotFound)
	}
	assert.Len(t, p.downloads("north-juice"), 3, "to play is to download")
}
