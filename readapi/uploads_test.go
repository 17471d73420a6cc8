package readapi

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

func sha(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

// starts begins a delivery of one's own and returns it.
func (c call) starts(request, body string) object {
	c.portal.t.Helper()
	o := c.post("/requests/"+request+"/deliveries", body).done()
	d, is := o.at("delivery").(map[string]any)
	require.True(c.portal.t, is)
	return d
}

// tus is a call as a tus client makes it.
func (c call) tus() call { return c.with("Tus-Resumable", "1.0.0") }

func metadata(of map[string]any) string {
	var pairs []string
	for name, value := range of {
		pairs = append(pairs, name+" "+base64.StdEncoding.EncodeToString(fmt.Append(nil, value)))
	}
	return strings.Join(pairs, ",")
}

// creates creates the upload of a file of a delivery.
func (c call) creates(d object, n int, size int) answer {
	c.portal.t.Helper()
	file := "files." + strconv.Itoa(n)
	of, is := d.at(file + ".upload.metadata").(map[string]any)
	require.True(c.portal.t, is, "%v", d)
	return c.tus().with("Upload-Length", strconv.Itoa(size)).with("Upload-Metadata", metadata(of)).send(http.MethodPost, d.text(file+".upload.endpoint"), "")
}

// sends sends bytes of an upload.
func (c call) sends(url string, offset int, bytes string) answer {
	c.portal.t.Helper()
	return c.tus().with("Content-Type", "application/offset+octet-stream").with("Upload-Offset", strconv.Itoa(offset)).send(http.MethodPatch, url, bytes)
}

// fileOf returns a file of the latest delivery, once it has a status.
func (c call) fileOf(request string, n int, status fileStatus) object {
	t := c.portal.t
	t.Helper()
	var file map[string]any
	require.Eventually(t, func() bool {
		all := c.get("/requests/" + request + "/deliveries").ok(http.StatusOK)
		file, _ = all.at(fmt.Sprintf("deliveries.%d.files.%d", len(all.list("deliveries"))-1, n)).(map[string]any)
		return file["status"] == string(status)
	}, 20*time.Second, 5*time.Millisecond, "%s: %v", status, &file)
	return file
}

func (c call) statusOf(request string) string {
	return c.get("/requests/" + request).ok(http.StatusOK).text("request.status")
}

func TestADeliveryIsSentInPiecesAndCompletesItself(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	by := p.as(ofJuice)
	const first, second = "the first file", "the second"
	d := by.starts("north-juice", `{"files":[{"name":"a.wav","size":14,"sha256":"`+strings.ToUpper(sha(first))+`"},{"name":"b.wav","size":10}]}`)
	assert.Equal(t, "API", d.text("method"))
	assert.Equal(t, []string{"Declared", "Declared"}, d.each("files", "status"))

	a := by.creates(d, 0, 14)
	require.Equal(t, http.StatusCreated, a.status, "%s", a.body)
	url := a.header.Get("Location")
	assert.Equal(t, d.text("files.0.upload.url"), url)
	assert.Equal(t, "0", by.tus().send(http.MethodHead, url, "").header.Get("Upload-Offset"))
	require.Equal(t, http.StatusNoContent, by.sends(url, 0, first[:5]).status)
	assert.EqualValues(t, 5, by.fileOf("north-juice", 0, fileUploading).at("received"))
	by.sends(url, 3, "x").problem(domain.CodeConflict)
	assert.Equal(t, "5", by.tus().send(http.MethodHead, url, "").header.Get("Upload-Offset"))
	require.Equal(t, http.StatusCreated, by.creates(d, 0, 14).status, "begun again it is the same")
	assert.Equal(t, "5", by.tus().send(http.MethodHead, url, "").header.Get("Upload-Offset"))
	last := by.sends(url, 5, first[5:])
	require.Equal(t, http.StatusNoContent, last.status, "%s", last.body)
	assert.Equal(t, "14", last.header.Get("Upload-Offset"))
	arrived := by.fileOf("north-juice", 0, fileArrived)
	assert.Equal(t, sha(first), arrived.text("sha256"))
	assert.Nil(t, arrived.at("upload"))
	assert.Equal(t, "Open", by.statusOf("north-juice"), "one is missing")
	assert.Equal(t, "14", by.tus().send(http.MethodHead, url, "").header.Get("Upload-Offset"), "who lost the last answer")
	require.Equal(t, http.StatusCreated, by.creates(d, 0, 14).status, "who lost everything")
	by.tus().send(http.MethodDelete, url, "").problem(domain.CodeRefused)

	url = by.creates(d, 1, 10).header.Get("Location")
	require.Equal(t, http.StatusNoContent, by.sends(url, 0, second).status)
	assert.Equal(t, sha(second), by.fileOf("north-juice", 1, fileArrived).text("sha256"))
	assert.Equal(t, "Delivered", by.statusOf("north-juice"))
	again := p.as(ofJuice).get("/requests/north-juice/deliveries").ok(http.StatusOK)
	assert.NotNil(t, again.at("deliveries.0.completed_at"))
	_ = sourcerequest.StatusDelivered
}
