package readapi

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/domain/upload"
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

	content := again.text("deliveries.0.files.1.content")
	assert.Equal(t, base+"/requests/north-juice/deliveries/"+d.text("id")+"/files/"+d.text("files.1.id")+"/content", content)
	part := by.with("Range", "bytes=4-").get(content)
	assert.Equal(t, http.StatusPartialContent, part.status)
	assert.Equal(t, second[4:], string(part.body))
	assert.Equal(t, http.StatusOK, p.as(ofNorth).get(content).status)
	assert.Equal(t, http.StatusOK, p.as(ofNorth).send(http.MethodHead, content, "").status)
	p.as(ofSDI).get(content).problem(domain.CodeNotFound)
}

// sent sends a whole file of a delivery.
func (c call) sent(d object, n int, content string) {
	c.portal.t.Helper()
	a := c.creates(d, n, len(content))
	require.Equal(c.portal.t, http.StatusCreated, a.status, "%s", a.body)
	last := c.sends(a.header.Get("Location"), 0, content)
	require.Equal(c.portal.t, http.StatusNoContent, last.status, "%s", last.body)
}

func TestAFileThatIsNotTheDeclaredOneIsSentAgain(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	by := p.as(ofJuice)
	d := by.starts("north-juice", `{"files":[{"name":"a.wav","size":5,"sha256":"`+sha("right")+`"}]}`)
	by.sent(d, 0, "wrong")
	file := by.fileOf("north-juice", 0, fileSendAgain)
	assert.Contains(t, file["problem"], sha("wrong"))
	assert.EqualValues(t, 0, file.at("received"))
	assert.Equal(t, "Open", by.statusOf("north-juice"))
	assert.Equal(t, "0", by.tus().send(http.MethodHead, d.text("files.0.upload.url"), "").header.Get("Upload-Offset"), "it begins anew")
	require.Equal(t, http.StatusNoContent, by.sends(d.text("files.0.upload.url"), 0, "right").status)
	arrived := by.fileOf("north-juice", 0, fileArrived)
	assert.Nil(t, arrived.at("problem"))
	assert.Equal(t, "Delivered", by.statusOf("north-juice"))
	assert.Equal(t, "right", string(by.get(arrived.text("content")).body))
	assert.EqualValues(t, 1, p.uploads.Stats().Mismatched)
}

func TestFilesThatCameAnotherWay(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	by := p.as(ofJuice)
	const location = `"location":"aspera://transfer.example/a%20file.wav"`
	for body, field := range map[string]string{
		`{"name":"a.wav","size":5,"location":"aspera://transfer.example/a"}`:                                        "files[0].sha256",
		`{"name":"a.wav","size":5,"sha256":"` + sha("x") + `","location":"a file"}`:                                 "files[0].location",
		`{"name":"a.wav","size":5,"sha256":"` + sha("x") + `","location":"sftp://jo:pw@example.com/a.wav"}`:         "files[0].location",
		`{"name":"a.wav","size":5,"sha256":"` + sha("x") + `","location":"https://example.com/` + "\\n" + `a.wav"}`: "files[0].location",
	} {
		problem := by.post("/requests/north-juice/deliveries", `{"files":[`+body+`]}`).problem(domain.CodeInvalid)
		assert.Equal(t, field, problem.Field, problem.Detail)
	}
	mixed := by.starts("north-juice", `{"method":"Watch Folder","files":[{"name":"a.wav","size":5,"sha256":"`+sha("right")+`",`+location+`},{"name":"b.wav","size":5}]}`)
	assert.Equal(t, []string{"Arrived", "Declared"}, mixed.each("files", "status"))
	assert.Equal(t, "Watch Folder", mixed.text("method"))
	assert.Nil(t, mixed.at("files.0.upload"))
	assert.Nil(t, mixed.at("files.0.content"))
	assert.Equal(t, "aspera://transfer.example/a%20file.wav", mixed.text("files.0.location"))
	file := mixed.text("files.0.id")
	of := metadata(map[string]any{"request_id": "north-juice", "delivery_id": mixed.text("id"), "file_id": file})
	by.tus().with("Upload-Length", "5").with("Upload-Metadata", of).send(http.MethodPost, uploadsPath, "").problem(domain.CodeRefused)
	by.get("/requests/north-juice/deliveries/", mixed.text("id"), "/files/", file, "/content").problem(domain.CodeNotFound)
	assert.Equal(t, "Open", by.statusOf("north-juice"))

	whole := by.starts("north-juice", `{"files":[{"name":"a.wav","size":5,"sha256":"`+sha("right")+`",`+location+`}]}`)
	assert.NotNil(t, whole.at("completed_at"), "nothing is missing")
	assert.Equal(t, "Delivered", by.statusOf("north-juice"))
}

func TestADeliveryThatIsCompletedByHand(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	by := p.as(ofJuice)
	by.post("/requests/north-juice/deliveries", `{"complete":"never","files":[{"name":"a","size":0}]}`).problem(domain.CodeInvalid)
	d := by.starts("north-juice", `{"complete":"manually","files":[{"name":"a.wav","size":1},{"name":"empty.txt","size":0}]}`)
	complete := "/requests/north-juice/deliveries/" + d.text("id") + "/complete"
	refused := by.post(complete, "").problem(domain.CodeRefused)
	assert.Equal(t, []string{"a.wav", "empty.txt"}, refused.Allowed)
	by.sent(d, 0, "x")
	require.Equal(t, http.StatusCreated, by.creates(d, 1, 0).status)
	by.fileOf("north-juice", 0, fileArrived)
	assert.Equal(t, sha(""), by.fileOf("north-juice", 1, fileArrived).text("sha256"), "of an empty file the creation is all")
	assert.Equal(t, "Open", by.statusOf("north-juice"))
	assert.NotNil(t, by.post(complete, "").done().at("delivery.completed_at"))
	assert.Equal(t, "Delivered", by.statusOf("north-juice"))
	assert.Equal(t, false, by.post(complete, "").done().at("changed"))
	p.as(ofNorth).post(complete, "").problem(domain.CodeForbidden)
	by.post("/requests/north-juice/deliveries/none/complete", "").problem(domain.CodeNotFound)
}

// The same command gives the same delivery and the same files.
func TestADeliveryThatBeganTwice(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	by := p.as(ofJuice).with("Idempotency-Key", "k")
	const body = `{"files":[{"name":"a.wav","size":5}]}`
	first := by.starts("north-juice", body)
	again := by.post("/requests/north-juice/deliveries", body).done()
	assert.Equal(t, true, again.at("replayed"))
	assert.Equal(t, first.at("id"), again.at("delivery.id"))
	assert.Equal(t, first.each("files", "id"), again.each("delivery.files", "id"))
	by.post("/requests/north-juice/deliveries", `{"files":[{"name":"b.wav","size":5}]}`).problem(domain.CodeKeyReused)
}

// What is said to begin an upload is wrong in every way that there is.
func TestUploadsThatDoNotBegin(t *testing.T) {
	p := newPortal(t, func(c *Config) { c.MaxUpload = 100 })
	p.bring(fourRequests)
	by := p.as(ofJuice)
	too := by.post("/requests/north-juice/deliveries", `{"files":[{"name":"a.wav","size":101}]}`).problem(domain.CodeInvalid)
	assert.Equal(t, "files[0].size", too.Field)
	d := by.starts("north-juice", `{"files":[{"name":"a.wav","size":5}]}`)
	good := map[string]any{"request_id": "north-juice", "delivery_id": d.text("id"), "file_id": d.text("files.0.id")}
	begin := func(c call, length string, change func(map[string]any)) answer {
		of := maps.Clone(good)
		if change != nil {
			change(of)
		}
		return c.with("Upload-Length", length).with("Upload-Metadata", metadata(of)).send(http.MethodPost, uploadsPath, "")
	}
	set := func(name, value string) func(map[string]any) {
		return func(of map[string]any) { of[name] = value }
	}
	tus := by.tus()
	begin(tus, "6", nil).problem(domain.CodeInvalid)
	begin(tus, "-1", nil).problem(domain.CodeInvalid)
	begin(tus, "many", nil).problem(domain.CodeInvalid)
	begin(tus, "101", nil).problem(domain.CodeTooLarge)
	assert.Equal(t, http.StatusPreconditionFailed, begin(by, "5", nil).status, "no version of tus")
	for name, wrong := range map[string][]string{
		"request_id":  {"", "north-sdi", "none", "../north-juice", "north-juice/", "north-juice\x00"},
		"delivery_id": {"", "none", ".."},
		"file_id":     {"", "none", "../../etc/passwd", ".", d.text("id"), "a\nb"},
		"purpose":     {"mischief"},
	} {
		for _, value := range wrong {
			a := begin(tus, "5", set(name, value))
			assert.Contains(t, []int{http.StatusBadRequest, http.StatusNotFound}, a.status, "%s %q: %s", name, value, a.body)
		}
	}
	tus.with("Upload-Length", "5").with("Upload-Metadata", "!!! ???,,request_id").send(http.MethodPost, uploadsPath, "").problem(domain.CodeInvalid)
	deferred := tus.with("Upload-Defer-Length", "1").with("Upload-Metadata", metadata(good)).send(http.MethodPost, uploadsPath, "")
	deferred.problem(domain.CodeInvalid)
	with := tus.with("Content-Type", "application/offset+octet-stream").with("Upload-Length", "5").with("Upload-Metadata", metadata(good))
	with.send(http.MethodPost, uploadsPath, "right").problem(codeUnsupportedMediaType)
	p.nobody().tus().with("Upload-Length", "5").send(http.MethodPost, uploadsPath, "").problem(domain.CodeUnauthenticated)
	begin(p.as(ofNorth).tus(), "5", nil).problem(domain.CodeForbidden)
	begin(p.as(ofSDI).tus(), "5", nil).problem(domain.CodeNotFound)
	begin(p.as(ofJuice).tus().with("Sec-Fetch-Site", "cross-site"), "5", nil).problem(domain.CodeForbidden)
	_, begun, err := p.uploads.Progress(t.Context(), d.text("files.0.id"))
	require.NoError(t, err)
	assert.False(t, begun, "of all that, nothing")

	// Who the sender is, and what became of the file, nobody writes on a ticket.
	require.Equal(t, http.StatusCreated, begin(tus, "5", func(of map[string]any) {
		maps.Copy(of, map[string]any{"account": "ada", "role": "operator", "done": "yes", "found_sha256": sha("x"), "sha256": sha("x"), "filename": "../../x", "problem": "y", "Path": "/tmp/x"})
	}).status)
	u, _, err := p.uploads.Progress(t.Context(), d.text("files.0.id"))
	require.NoError(t, err)
	assert.Equal(t, upload.Ticket{Purpose: upload.Delivery, RequestID: "north-juice", DeliveryID: d.text("id"), Name: "a.wav", By: ofJuice}, u.Ticket)
	for _, url := range []string{"/uploads/none", "/uploads/..", "/uploads/%2e%2e%2fx", "/uploads/" + d.text("id")} {
		by.tus().send(http.MethodHead, url, "").problem(domain.CodeNotFound)
	}
	options := p.nobody().send(http.MethodOptions, uploadsPath, "")
	assert.Equal(t, "creation,termination", options.header.Get("Tus-Extension"))
	assert.Equal(t, "100", options.header.Get("Tus-Max-Size"))
	assert.Equal(t, "1.0.0", options.header.Get("Tus-Version"))
}

// Names are shown, and lead nowhere.
func TestHostileNames(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	by := p.as(ofJuice)
	for _, name := range []string{"", "  ", "a\nb", "a\u0000b", strings.Repeat("x", 301)} {
		by.post("/requests/north-juice/deliveries", fmt.Sprintf(`{"files":[{"name":"%s","size":1}]}`, strings.ReplaceAll(name, "\n", `\n`))).problem(domain.CodeInvalid)
	}
	d := by.starts("north-juice", `{"files":[{"name":"../../etc/passwd","size":4},{"name":"Ä \"quoted\"; filename=x.exe","size":4}]}`)
	by.sent(d, 0, "evil")
	by.sent(d, 1, "also")
	for n, want := range []string{".._.._etc_passwd", `Ä _quoted_; filename=x.exe`} {
		a := by.get(by.fileOf("north-juice", n, fileArrived).text("content"))
		require.Equal(t, http.StatusOK, a.status)
		disposition, parameters, err := mime.ParseMediaType(a.header.Get("Content-Disposition"))
		require.NoError(t, err)
		assert.Equal(t, "attachment", disposition)
		assert.Equal(t, want, parameters["filename"])
		assert.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"))
		assert.Equal(t, "application/octet-stream", a.header.Get("Content-Type"))
	}
}

// An upload is its request's: who loses the one loses the other.
func TestAnUploadFollowsItsRequest(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	by := p.as(ofJuice)
	d := by.starts("north-juice", `{"files":[{"name":"a.wav","size":5},{"name":"b.wav","size":5}]}`)
	url := by.creates(d, 0, 5).header.Get("Location")
	require.Equal(t, http.StatusNoContent, by.sends(url, 0, "ri").status)
	colleague := p.as(ofJuiceToo)
	require.Equal(t, http.StatusNoContent, colleague.sends(url, 2, "g").status, "another account that may deliver")
	p.as(ofNorth).sends(url, 3, "h").problem(domain.CodeForbidden)
	p.as(ofSDI).sends(url, 3, "h").problem(domain.CodeNotFound)
	p.act(anOperator, "north-juice", sourcerequest.Edit{FulfillmentPartner: ptr("sdi")})
	for _, method := range []string{http.MethodHead, http.MethodDelete} {
		by.tus().send(method, url, "").problem(domain.CodeNotFound)
		p.as(ofSDI).tus().send(method, url, "").problem(domain.CodeNotFound)
	}
	by.sends(url, 3, "h").problem(domain.CodeNotFound)
	p.as(ofSDI).sends(url, 3, "h").problem(domain.CodeNotFound)
	p.act(anOperator, "north-juice", sourcerequest.Edit{FulfillmentPartner: ptr("juice")})
	require.Equal(t, http.StatusNoContent, by.sends(url, 3, "h").status, "given back, it goes on")

	p.as(anOperator).post("/requests/north-juice/cancel", "").done()
	refused := by.sends(url, 4, "t").problem(domain.CodeRefused)
	assert.Contains(t, refused.Detail, "Cancelled")
	require.NoError(t, p.uploads.Sweep(t.Context()))
	_, there, err := p.uploads.Progress(t.Context(), d.text("files.0.id"))
	require.NoError(t, err)
	assert.False(t, there, "of a cancelled request, nothing is kept that has not arrived")
	p.as(anOperator).post("/requests/north-juice/reinstate", "").done()
	by.sent(d, 0, "right")
	taken := by.creates(d, 1, 5).header.Get("Location")
	require.Equal(t, http.StatusNoContent, by.tus().send(http.MethodDelete, taken, "").status)
	by.tus().send(http.MethodHead, taken, "").problem(domain.CodeNotFound)
	by.sent(d, 1, "right")
	by.fileOf("north-juice", 1, fileArrived)
	assert.Equal(t, "Delivered", by.statusOf("north-juice"))
}

// While another delivery is looked at, a file of this one waits.
func TestAFileWaitsForItsRequest(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	by := p.as(ofJuice)
	first := by.starts("north-juice", `{"files":[{"name":"a.wav","size":5}]}`)
	second := by.starts("north-juice", `{"files":[{"name":"a.wav","size":5}]}`)
	url := by.creates(first, 0, 5).header.Get("Location")
	// Its last byte came before the other delivery did, and was looked at later.
	later := make(chan struct{})
	p.beforeChecks(func(id string) {
		if id == first.text("files.0.id") {
			<-later
		}
	})
	require.Equal(t, http.StatusNoContent, by.sends(url, 0, "early").status)
	by.sent(second, 0, "right")
	by.fileOf("north-juice", 0, fileArrived)
	close(later)
	var file object
	require.Eventually(t, func() bool {
		all := by.get("/requests/north-juice/deliveries").ok(http.StatusOK)
		file = all.at("deliveries.0.files.0").(map[string]any)
		return file.text("status") == string(fileWaiting)
	}, 20*time.Second, 5*time.Millisecond)
	assert.Contains(t, file.text("problem"), "Delivered")
	p.as(aChecker).post("/requests/north-juice/redelivery", `{"reasons":["once more"]}`).done()
	require.NoError(t, p.uploads.Sweep(t.Context()))
	require.Eventually(t, func() bool {
		return by.get("/requests/north-juice/deliveries").ok(http.StatusOK).text("deliveries.0.files.0.status") == string(fileArrived)
	}, 20*time.Second, 5*time.Millisecond)
}

// Two who send the same file at once end with one that is whole.
func TestTwoSendTheSameFile(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	server := httptest.NewServer(p.handler)
	defer server.Close()
	content := strings.Repeat("0123456789", 30_000)
	d := p.as(ofJuice).starts("north-juice", fmt.Sprintf(`{"files":[{"name":"a.wav","size":%d,"sha256":"%s"}]}`, len(content), sha(content)))
	url := server.URL + p.as(ofJuice).creates(d, 0, len(content)).header.Get("Location")
	var both sync.WaitGroup
	for _, who := range []domain.Principal{ofJuice, ofJuiceToo, ofJuice} {
		both.Go(func() {
			for range 1000 { // as tus clients do: ask how far it is, and go on from there
				ask := func(method string, offset int, body string) *http.Response {
					r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
					assert.NoError(t, err)
					r.Header.Set("Authorization", "Bearer token-of-"+who.Account)
					r.Header.Set("Tus-Resumable", "1.0.0")
					if method == http.MethodPatch {
						r.Header.Set("Content-Type", "application/offset+octet-stream")
						r.Header.Set("Upload-Offset", strconv.Itoa(offset))
					}
					a, err := http.DefaultClient.Do(r)
					if !assert.NoError(t, err) {
						return nil
					}
					_ = a.Body.Close()
					return a
				}
				head := ask(http.MethodHead, 0, "")
				if head == nil || head.StatusCode != http.StatusOK {
					continue // it was asked to let go of the upload
				}
				offset, err := strconv.Atoi(head.Header.Get("Upload-Offset"))
				assert.NoError(t, err)
				if offset == len(content) {
					return
				}
				ask(http.MethodPatch, offset, content[offset:min(len(content), offset+9_999)])
			}
		})
	}
	both.Wait()
	file := p.as(ofJuice).fileOf("north-juice", 0, fileArrived)
	assert.Equal(t, sha(content), file.text("sha256"))
	assert.Zero(t, p.uploads.Stats().Mismatched)
}

// A material-to-be is its sender's alone until a request is given it.
func TestAMaterialWaits(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	by := p.as(ofNorth)
	of := func(m map[string]any) answer {
		return by.tus().with("Upload-Length", "4").with("Upload-Metadata", metadata(m)).send(http.MethodPost, uploadsPath, "")
	}
	of(map[string]any{"purpose": "material"}).problem(domain.CodeInvalid)
	of(map[string]any{"purpose": "material", "filename": "a\nb"}).problem(domain.CodeInvalid)
	of(map[string]any{"purpose": "material", "filename": "reel.mov", "sha256": "beef"}).problem(domain.CodeInvalid)
	p.as(ofJuice).tus().with("Upload-Length", "4").with("Upload-Metadata", metadata(map[string]any{"purpose": "material", "filename": "reel.mov"})).send(http.MethodPost, uploadsPath, "").problem(domain.CodeForbidden)

	url := of(map[string]any{"purpose": "material", "filename": "reel.mov", "sha256": sha("reel")}).header.Get("Location")
	id := strings.TrimPrefix(url, uploadsPath)
	for _, who := range []domain.Principal{ofSouth, anOperator} {
		p.as(who).tus().send(http.MethodHead, url, "").problem(domain.CodeNotFound)
		_, err := p.uploads.Staged(t.Context(), who, id)
		require.Equal(t, domain.CodeInvalid, domain.ErrorCode(err))
	}
	_, err := p.uploads.Staged(t.Context(), ofNorth, id)
	require.ErrorContains(t, err, "has not arrived whole")
	require.Equal(t, http.StatusNoContent, by.sends(url, 0, "reel").status)
	var staged upload.Upload
	require.Eventually(t, func() bool {
		staged, err = p.uploads.Staged(t.Context(), ofNorth, id)
		return err == nil
	}, 20*time.Second, time.Millisecond)
	assert.Equal(t, "reel.mov", staged.Name)
	assert.Equal(t, sha("reel"), staged.Found)

	// Given to a request it is kept, however long ago that was.
	require.NoError(t, p.uploads.Take(t.Context(), staged, "north-juice"))
	p.act(ofNorth, "north-juice", sourcerequest.ProvideMaterials{Materials: []sourcerequest.MaterialFile{{ID: id, Kind: sourcerequest.MaterialVideo, Name: staged.Name, Size: staged.Size, SHA256: staged.Found}}})
	p.pass(30 * 24 * time.Hour)
	require.NoError(t, p.uploads.Sweep(t.Context()))
	require.Eventually(t, func() bool { return p.uploads.Stats().Arrived == 1 }, 20*time.Second, time.Millisecond)
	p.pass(30 * 24 * time.Hour)
	require.NoError(t, p.uploads.Sweep(t.Context()))
	assert.Equal(t, "reel", string(p.as(ofJuice).get("/requests/north-juice/materials/"+id+"/content").body))

	// One that nobody was given goes, whole or not.
	other := of(map[string]any{"purpose": "material", "filename": "other.mov"}).header.Get("Location")
	require.Equal(t, http.StatusNoContent, by.sends(other, 0, "reel").status)
	_, there, err := p.uploads.Progress(t.Context(), strings.TrimPrefix(other, uploadsPath))
	require.NoError(t, err)
	require.True(t, there)
	p.clock.Store(time.Now().Add(8 * 24 * time.Hour).UnixMilli())
	require.NoError(t, p.uploads.Sweep(t.Context()))
	_, there, err = p.uploads.Progress(t.Context(), strings.TrimPrefix(other, uploadsPath))
	require.NoError(t, err)
	assert.False(t, there)
}

// What nobody goes on with is taken away.
func TestAnUploadThatWasLeftExpires(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	by := p.as(ofJuice)
	d := by.starts("north-juice", `{"files":[{"name":"a.wav","size":5}]}`)
	url := by.creates(d, 0, 5).header.Get("Location")
	require.Equal(t, http.StatusNoContent, by.sends(url, 0, "ri").status)
	p.clock.Store(time.Now().Add(6 * 24 * time.Hour).UnixMilli()) // files have the machine's times
	require.NoError(t, p.uploads.Sweep(t.Context()))
	assert.Equal(t, http.StatusOK, by.tus().send(http.MethodHead, url, "").status)
	p.clock.Store(time.Now().Add(8 * 24 * time.Hour).UnixMilli())
	require.NoError(t, p.uploads.Sweep(t.Context()))
	by.tus().send(http.MethodHead, url, "").problem(domain.CodeNotFound)
	assert.EqualValues(t, 1, p.uploads.Stats().Dropped)
	by.fileOf("north-juice", 0, fileDeclared)
	by.sent(d, 0, "right")
	by.fileOf("north-juice", 0, fileArrived)
}
