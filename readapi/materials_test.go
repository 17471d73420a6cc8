package readapi

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/blobs"
	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// provide gives requests a material with a content.
func (p *portal) provide(id string, kind sourcerequest.MaterialKind, name, content string, requests ...string) {
	p.t.Helper()
	require.NoError(p.t, p.files.Create(p.t.Context(), id, strings.NewReader(content)))
	m := sourcerequest.MaterialFile{ID: id, Kind: kind, Name: name, Size: int64(len(content)), SHA256: sha(content)}
	for _, r := range requests {
		p.act(anOperator, r, sourcerequest.ProvideMaterials{Materials: []sourcerequest.MaterialFile{m}})
	}
}

// downloads counts the events of downloads of a request.
func (p *portal) downloads(id string) (events []sourcerequest.FilesDownloaded) {
	p.t.Helper()
	require.NoError(p.t, p.store.ReadStream(p.t.Context(), sourcerequest.StreamOf(id), func(r domain.Recorded) error {
		if e, ok := r.Event.(sourcerequest.FilesDownloaded); ok {
			events = append(events, e)
		}
		return nil
	}))
	return events
}

func TestMaterialsStandInFourColumns(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	p.provide("m1", sourcerequest.MaterialVideo, "reel.mov", "first", "north-juice")
	p.provide("m2", sourcerequest.MaterialTimedText, "dialogue.srt", "text", "north-juice")
	p.provide("m3", sourcerequest.MaterialVideo, "REEL.mov", "second", "north-juice")
	p.provide("m4", sourcerequest.MaterialTimedText, "reel.mov", "another kind", "north-juice")
	p.pass(time.Minute)
	require.Equal(t, http.StatusOK, p.as(ofJuice).get("/requests/north-juice/materials/m3/content").status)
	require.Equal(t, http.StatusOK, p.as(anAuditor).get("/requests/north-juice/materials/m3/content").status)
	end, err := p.store.End(t.Context())
	require.NoError(t, err)
	p.await(end.String())

	a := p.as(ofNorth).get("/requests/north-juice/materials").ok(http.StatusOK)
	assert.Equal(t, []string{"Video", "Audio", "Timed Text", "Document"}, a.each("columns", "kind"))
	assert.Equal(t, []string{"Upgraded", "Not Available", "Active", "Not Available"}, a.each("columns", "state"))
	assert.Equal(t, 1, a.count("columns.0.count"))
	assert.Equal(t, []string{"Upgraded", "Active", "Active", "Active"}, a.each("materials", "state"))
	assert.Equal(t, "m3", a.text("materials.0.replaced_by"))
	assert.Equal(t, "ada", a.text("materials.0.provided_by.account"))
	assert.Equal(t, sha("second"), a.text("materials.2.sha256"))
	assert.Equal(t, "/api/v1/requests/north-juice/materials/m3/content", a.text("materials.2.content"))
	assert.Len(t, a.list("materials.2.downloads"), 1, "what an auditor looked at is not the partners' to know")
	assert.Equal(t, "Jo Carter", a.text("materials.2.downloads.0.by.name"))
	assert.Equal(t, "2026-11-20T12:01:00Z", a.text("materials.2.downloads.0.at"))
	assert.Len(t, p.as(anOperator).get("/requests/north-juice/materials").ok(http.StatusOK).list("materials.2.downloads"), 2)
	assert.Empty(t, a.list("materials.0.downloads"))
}

// inABucket makes a portal that keeps its files on a server that speaks S3.
func inABucket(t *testing.T) *portal {
	t.Setenv("AWS_ACCESS_KEY_ID", "nobody")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "nothing")
	backend := s3mem.New()
	require.NoError(t, backend.CreateBucket("assets"))
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	// Of a part, this server sends the checksum of the whole.
	store, err := blobs.Open(t.Context(), "s3://assets?region=eu-central-1&use_path_style=true&response_checksum_validation=when_required&endpoint="+url.QueryEscape(server.URL))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	p := newPortal(t, func(c *Config) { c.Files = files{store} })
	p.files = store
	return p
}

func TestAMaterialIsReadInAnyPart(t *testing.T) {
	t.Run("of a folder", func(t *testing.T) { readsInAnyPart(t, newPortal(t)) })
	t.Run("of a bucket", func(t *testing.T) { readsInAnyPart(t, inABucket(t)) })
}

func readsInAnyPart(t *testing.T, p *portal) {
	p.bring(fourRequests)
	content := strings.Repeat("0123456789", 100_000)
	p.provide("m1", sourcerequest.MaterialVideo, `Über/"reel".mov`, content, "north-juice")
	const path = "/requests/north-juice/materials/m1/content"
	juice := p.as(ofJuice)
	ETag := p.as(anOperator).get("/requests/north-juice").header.Get("ETag")
	updated := p.as(anOperator).get("/requests/north-juice").ok(http.StatusOK).text("request.updated_at")

	head := juice.send(http.MethodHead, path, "")
	require.Equal(t, http.StatusOK, head.status)
	require.Equal(t, "1000000", head.header.Get("Content-Length"))
	require.Empty(t, p.downloads("north-juice"), "a HEAD downloads nothing")

	p.pass(time.Minute)
	whole := juice.get(path)
	require.Equal(t, http.StatusOK, whole.status)
	require.Equal(t, content, string(whole.body))
	h := whole.header
	assert.Equal(t, "application/octet-stream", h.Get("Content-Type"))
	assert.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
	assert.Equal(t, "no-store", h.Get("Cache-Control"))
	assert.Equal(t, "bytes", h.Get("Accept-Ranges"))
	assert.Equal(t, `"m1"`, h.Get("ETag"))
	assert.True(t, strings.HasPrefix(h.Get("Repr-Digest"), "sha-256=:"))
	disposition, parameters, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	require.NoError(t, err)
	assert.Equal(t, "attachment", disposition)
	assert.Equal(t, "Über__reel_.mov", parameters["filename"], "of the two, the extended one")
	assert.Contains(t, h.Get("Content-Disposition"), "filename=_ber__reel_.mov;")

	for header, want := range map[string]string{"bytes=10-19": "0123456789", "bytes=-3": "789", "bytes=999999-": "9"} {
		part := juice.with("Range", header).get(path)
		require.Equal(t, http.StatusPartialContent, part.status)
		require.Equal(t, want, string(part.body))
	}
	several := juice.with("Range", "bytes=0-1,5-6").get(path)
	_, parameters, err = mime.ParseMediaType(several.header.Get("Content-Type"))
	require.NoError(t, err)
	parts := multipart.NewReader(bytes.NewReader(several.body), parameters["boundary"])
	for _, want := range []string{"01", "56"} {
		part, err := parts.NextPart()
		require.NoError(t, err)
		got, err := io.ReadAll(part)
		require.NoError(t, err)
		require.Equal(t, want, string(got))
	}
	assert.Equal(t, http.StatusPartialContent, juice.with("Range", "bytes=1-1").with("If-Range", `"m1"`).get(path).status)
	assert.Equal(t, http.StatusOK, juice.with("Range", "bytes=1-1").with("If-Range", `"m0"`).get(path).status)
	assert.Equal(t, http.StatusNotModified, juice.with("If-None-Match", `"m1"`).get(path).status)
	behind := juice.with("Range", "bytes=1000000-").get(path)
	behind.problem(codeRange)
	assert.Equal(t, "bytes */1000000", behind.header.Get("Content-Range"))

	require.Equal(t, []sourcerequest.FilesDownloaded{{Files: []sourcerequest.FileRef{{ID: "m1"}}}}, p.downloads("north-juice"), "all of these are one download")
	p.pass(sourcerequest.DownloadSpan)
	require.Equal(t, http.StatusOK, juice.get(path).status)
	require.Len(t, p.downloads("north-juice"), 2)
	end, err := p.store.End(t.Context())
	require.NoError(t, err)
	p.await(end.String())
	assert.Equal(t, ETag, p.as(anOperator).get("/requests/north-juice").header.Get("ETag"))
	assert.Equal(t, updated, p.as(anOperator).get("/requests/north-juice").ok(http.StatusOK).text("request.updated_at"))
	assert.Equal(t, "Juice downloaded 1 material: Über/\"reel\".mov", juice.get("/requests/north-juice/history").ok(http.StatusOK).text("entries.0.summary"))
}

func TestWhatIsNotThereIsNotDownloaded(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	p.provide("m1", sourcerequest.MaterialVideo, "reel.mov", "reel", "north-juice")
	p.provide("m2", sourcerequest.MaterialVideo, "other.mov", "other", "south-sdi")
	p.act(anOperator, "north-juice", sourcerequest.ProvideMaterials{Materials: []sourcerequest.MaterialFile{
		{ID: "m3", Kind: sourcerequest.MaterialAudio, Name: "lost.wav", Size: 4}, {ID: "m4", Kind: sourcerequest.MaterialAudio, Name: "torn.wav", Size: 4},
	}})
	require.NoError(t, p.files.Create(t.Context(), "m4", strings.NewReader("torn apart")))
	for _, path := range []string{"m9", "m2", "m3"} {
		p.as(ofJuice).get("/requests/north-juice/materials/", path, "/content").problem(domain.CodeNotFound)
	}
	p.as(ofJuice).get("/requests/north-juice/materials/m4/content").problem(domain.CodeInternal)
	p.as(ofSDI).get("/requests/north-juice/materials/m1/content").problem(domain.CodeNotFound)
	p.as(ofJuice).get("/requests/north-juice/materials.zip?ids=m1,m2").problem(domain.CodeNotFound)
	p.as(ofJuice).get("/requests/north-juice/materials.zip?ids=m1,m3").problem(domain.CodeNotFound)
	p.as(ofJuice).get("/requests/north-juice/materials.zip?kinds=Document").problem(domain.CodeNotFound)
	p.as(ofJuice).get("/requests/north-juice/materials.zip?kinds=Smell").problem(domain.CodeInvalid)
	p.as(ofJuice).get("/requests/north-juice/materials.zip?kinds=Video&ids=m1").problem(domain.CodeInvalid)
	assert.Empty(t, p.downloads("north-juice"))
}

// When the log cannot take the event, nothing is sent.
func TestNoDownloadWithoutItsEvent(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	p.provide("m1", sourcerequest.MaterialVideo, "reel.mov", "the reel", "north-juice")
	require.NoError(t, p.store.Close())
	for _, path := range []string{"/requests/north-juice/materials/m1/content", "/requests/north-juice/materials.zip"} {
		a := p.as(ofJuice).get(path)
		a.problem(domain.CodeUnavailable)
		assert.NotContains(t, string(a.body), "the reel")
	}
	assert.Equal(t, http.StatusOK, p.as(ofJuice).send(http.MethodHead, "/requests/north-juice/materials/m1/content", "").status)
}

// zipped reads an archive: its files by name, and what its contents.csv says.
func zipped(t *testing.T, a answer) (files map[string]string, contents [][]string) {
	t.Helper()
	require.Equal(t, http.StatusOK, a.status, string(a.body))
	require.Equal(t, "application/zip", a.header.Get("Content-Type"))
	require.Equal(t, fmt.Sprint(len(a.body)), a.header.Get("Content-Length"))
	r, err := zip.NewReader(bytes.NewReader(a.body), int64(len(a.body)))
	require.NoError(t, err)
	files = map[string]string{}
	for _, f := range r.File {
		in, err := f.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(in)
		require.NoError(t, err)
		require.NotContains(t, files, f.Name)
		files[f.Name] = string(content)
	}
	contents, err = csv.NewReader(strings.NewReader(strings.TrimPrefix(files["contents.csv"], "\ufeff"))).ReadAll()
	require.NoError(t, err)
	delete(files, "contents.csv")
	return files, contents[1:]
}

func TestMaterialsAsOneArchive(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	p.provide("m1", sourcerequest.MaterialVideo, "reel.mov", "old", "north-juice")
	p.provide("m2", sourcerequest.MaterialVideo, "reel.mov", "new", "north-juice")
	p.provide("m3", sourcerequest.MaterialTimedText, "reel.mov", "text", "north-juice")
	p.provide("m4", sourcerequest.MaterialDocument, "../../etc/passwd", "=1+1", "north-juice")
	p.provide("m5", sourcerequest.MaterialDocument, "contents.csv", "mine", "north-juice")
	juice := p.as(ofJuice)
	head := juice.send(http.MethodHead, "/requests/north-juice/materials.zip", "")
	require.Empty(t, p.downloads("north-juice"))
	a := juice.get("/requests/north-juice/materials.zip")
	require.Equal(t, head.header.Get("Content-Length"), a.header.Get("Content-Length"))
	files, contents := zipped(t, a)
	assert.Equal(t, map[string]string{"reel.mov": "new", "reel (2).mov": "text", ".._.._etc_passwd": "=1+1", "contents (2).csv": "mine"}, files)
	assert.Equal(t, []string{"north-juice", "p1", "House of Cards", "Video", "reel.mov", "reel.mov", "3", sha("new"), "2026-11-20T12:00:00Z"}, contents[0])
	assert.Equal(t, `attachment; filename=materials-north-juice.zip`, a.header.Get("Content-Disposition"))
	assert.Equal(t, []sourcerequest.FilesDownloaded{{Archive: true, Files: []sourcerequest.FileRef{{ID: "m2"}, {ID: "m3"}, {ID: "m4"}, {ID: "m5"}}}}, p.downloads("north-juice"))

	files, _ = zipped(t, juice.get("/requests/north-juice/materials.zip?ids=m1,m3,m1"))
	assert.Equal(t, map[string]string{"reel.mov": "old", "reel (2).mov": "text"}, files)
	files, _ = zipped(t, juice.get("/requests/north-juice/materials.zip?kinds=video,Document"))
	assert.Len(t, files, 3)
	assert.Len(t, p.downloads("north-juice"), 2, "only what was new")
}

func TestMaterialsOfManyAsOneArchive(t *testing.T) {
	t.Run("of a folder", func(t *testing.T) { archivesMany(t, newPortal(t)) })
	t.Run("of a bucket", func(t *testing.T) { archivesMany(t, inABucket(t)) })
}

func archivesMany(t *testing.T, p *portal) {
	p.bring(fourRequests)
	p.provide("m1", sourcerequest.MaterialVideo, "shared.mov", "for both", "north-juice", "north-juice-2", "north-sdi")
	p.provide("m2", sourcerequest.MaterialAudio, "one.wav", "for one", "north-juice")
	p.provide("m3", sourcerequest.MaterialAudio, "one.wav", "for two", "north-juice-2")
	want := map[string]string{
		"several requests/shared.mov": "for both", "House of Cards p1 north-juice/one.wav": "for one", "House of Cards p1 north-juice-2/one.wav": "for two",
	}
	juice := p.as(ofJuice).with("Content-Type", "application/json")
	files, contents := zipped(t, juice.send(http.MethodPost, "/materials/zip", `{"query":"language=Korean"}`))
	assert.Equal(t, want, files)
	assert.Len(t, contents, 4)
	for _, row := range contents {
		_, there := files[row[5]]
		assert.True(t, there, row)
	}
	for _, id := range []string{"north-juice", "north-juice-2"} {
		require.Len(t, p.downloads(id), 1)
		assert.True(t, p.downloads(id)[0].Archive)
		assert.Len(t, p.downloads(id)[0].Files, 2)
	}
	assert.Empty(t, p.downloads("north-sdi"), "it is not Juice's")

	files, _ = zipped(t, juice.send(http.MethodPost, "/materials/zip", `{"ids":["north-juice-2","north-juice"],"kinds":["Audio"]}`))
	assert.Len(t, files, 2)
	form := p.as(ofJuice).with("Content-Type", "application/x-www-form-urlencoded")
	files, _ = zipped(t, form.send(http.MethodPost, "/materials/zip", url.Values{"query": {"language=Korean"}, "except": {"north-juice"}, "kinds": {"Audio,Video"}}.Encode()))
	assert.Equal(t, map[string]string{"one.wav": "for two", "shared.mov": "for both"}, files)
	files, _ = zipped(t, form.send(http.MethodPost, "/materials/zip", "ids=north-juice,north-juice-2"))
	assert.Equal(t, want, files)

	for body, code := range map[string]domain.Code{
		`{"ids":["north-juice","north-sdi"]}`: domain.CodeNotFound, `{"ids":["north-juice","never"]}`: domain.CodeNotFound, `{}`: domain.CodeInvalid, `{"ids":[]}`: domain.CodeInvalid,
		`{"ids":["north-juice"],"kinds":["Smell"]}`: domain.CodeInvalid, `{"query":"color=red"}`: domain.CodeInvalid, `{"query":"language=Dutch"}`: domain.CodeNotFound,
		`{"ids":["north-juice"],"color":"red"}`: domain.CodeInvalid, `{"ids":["north-juice"],"kinds":["Document"]}`: domain.CodeNotFound,
	} {
		juice.send(http.MethodPost, "/materials/zip", body).problem(code)
	}
	form.send(http.MethodPost, "/materials/zip", "ids=north-juice&color=red").problem(domain.CodeInvalid)
	form.send(http.MethodPost, "/materials/zip", "query=a&query=b").problem(domain.CodeInvalid)
	p.as(ofJuice).with("Content-Type", "text/plain").send(http.MethodPost, "/materials/zip", "x").problem(codeUnsupportedMediaType)
}

// A store that fails in the middle ends the connection: nobody takes a part for
// the whole.
func TestABrokenFileBreaksTheConnection(t *testing.T) {
	breaking := &breakingFiles{}
	p := newPortal(t, func(c *Config) { breaking.Files = c.Files; c.Files = breaking })
	p.bring(fourRequests)
	p.provide("m1", sourcerequest.MaterialVideo, "reel.mov", strings.Repeat("x", 3_000_000), "north-juice")
	server := httptest.NewServer(p.handler)
	defer server.Close()
	for _, path := range []string{"/materials/m1/content", "/materials.zip"} {
		for _, fails := range []bool{false, true} {
			breaking.after = 0
			if fails {
				breaking.after = 2_000_000
			}
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+base+"/requests/north-juice"+path, nil)
			require.NoError(t, err)
			r.Header.Set("Authorization", "Bearer token-of-jo")
			response, err := http.DefaultClient.Do(r)
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, response.StatusCode)
			n, err := io.Copy(io.Discard, response.Body)
			require.NoError(t, response.Body.Close())
			if fails {
				require.ErrorIs(t, err, io.ErrUnexpectedEOF)
				require.Less(t, n, response.ContentLength)
			} else {
				require.NoError(t, err)
				require.Equal(t, response.ContentLength, n)
			}
		}
	}
	assert.Contains(t, p.log.String(), "broken off")
	metrics := string(p.nobody().get("/metrics").body)
	assert.Contains(t, metrics, `backlot_content_broken_total{operation="getMaterialContent"} 1`)
	assert.Contains(t, metrics, `backlot_content_broken_total{operation="getMaterialsArchive"} 1`)
	assert.Regexp(t, `backlot_content_bytes_total{operation="getMaterialContent"} [5-6]\.?\d*e\+06`, metrics)
}

// breakingFiles fail after so many bytes.
type breakingFiles struct {
	Files
	after int64
}

func (b *breakingFiles) Open(ctx context.Context, id string) (Content, error) {
	c, err := b.Files.Open(ctx, id)
	if err != nil || b.after == 0 {
		return c, err
	}
	return &breakingContent{Content: c, left: b.after}, nil
}

type breakingContent struct {
	Content
	left int64
}

func (c *breakingContent) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errBroken
	}
	n, err := c.Content.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}

func TestNamesThatEveryFileSystemTakes(t *testing.T) {
	for name, want := range map[string]string{
		"reel.mov": "reel.mov", "": "_", ".": "_", "..": "_", "...": "_", "../../etc/passwd": ".._.._etc_passwd", `C:\x`: "C__x", "a\x00b\x1f.srt": "a_b_.srt",
		"CON": "_CON", "nul.txt": "_nul.txt", "com1.mov": "_com1.mov", "COM¹": "_COM¹", "com10.mov": "com10.mov", "console.log": "console.log", "aux .x": "_aux.x",
		" a. . ": "a", "a\u202egpj.exe": "a_gpj.exe", "日本.srt": "日本.srt", "\xff.mov": "_.mov", `<>:"|?*`: "_______", ".hidden": ".hidden", "a/": "a_",
	} {
		assert.Equal(t, want, safeName(name), "%q", name)
	}
	long := safeName(strings.Repeat("ü", 300) + ".mov")
	assert.LessOrEqual(t, len(long), maxNameBytes)
	assert.True(t, strings.HasSuffix(long, "ü.mov"))
	names := uniqueNames{}
	var got []string
	for _, n := range []string{"a.mov", "A.mov", "a.mov", "a (2).mov", "b/a.mov"} {
		got = append(got, names.unique(n))
	}
	assert.Equal(t, []string{"a.mov", "A (2).mov", "a (3).mov", "a (2) (2).mov", "b/a.mov"}, got)
}

// stages sends a file that waits to be a material, and returns its id.
func (c call) stages(by domain.Principal, name, content string) string {
	p := c.portal
	p.t.Helper()
	created := c.tus().with("Upload-Length", fmt.Sprint(len(content))).with("Upload-Metadata", metadata(map[string]any{"purpose": "material", "filename": name})).send(http.MethodPost, uploadsPath, "")
	require.Equal(p.t, http.StatusCreated, created.status, "%s", created.body)
	at := created.header.Get("Location")
	if content != "" {
		require.Equal(p.t, http.StatusNoContent, c.sends(at, 0, content).status)
	}
	id := path.Base(at)
	require.Eventually(p.t, func() bool { _, err := p.uploads.Staged(p.t.Context(), by, id); return err == nil }, 10*time.Second, time.Millisecond)
	return id
}

func provided(ids ...string) string {
	var files []string
	for _, id := range ids {
		files = append(files, `{"file_id":"`+id+`","kind":"video"}`)
	}
	return `"files":[` + strings.Join(files, ",") + `]}`
}

func TestAFileThatWasSentIsProvided(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	north := p.as(ofNorth)
	assert.Contains(t, north.get("/requests/north-juice").ok(http.StatusOK).list("actions"), "materials")
	assert.NotContains(t, p.as(ofJuice).get("/requests/north-juice").ok(http.StatusOK).list("actions"), "materials")
	reel, notes := north.stages(ofNorth, "reel.mov", "the reel"), north.stages(ofNorth, "notes.txt", "")
	const to = "/requests/north-juice/materials"
	body := "{" + provided(reel, notes)
	out := north.with("Idempotency-Key", "once").post(to, body).done()
	assert.Equal(t, true, out.at("changed"))
	a := p.as(ofJuice).get(to).ok(http.StatusOK)
	assert.Equal(t, []string{"reel.mov", "notes.txt"}, a.each("materials", "name"))
	assert.Equal(t, sha("the reel"), a.text("materials.0.sha256"))
	assert.Equal(t, 8, a.count("materials.0.size"))
	assert.Equal(t, "the reel", string(p.as(ofJuice).get(strings.TrimPrefix(a.text("materials.0.content"), base)).body))

	assert.Equal(t, true, north.with("Idempotency-Key", "once").post(to, body).ok(http.StatusOK).at("replayed"))
	assert.Equal(t, false, north.post(to, body).ok(http.StatusOK).at("changed"))
	north.tus().send(http.MethodDelete, uploadsPath+reel, "").problem(domain.CodeRefused)
	// For a day it can be given to others, and the file stays for good.
	north.post("/requests/north-juice-2/materials", "{"+provided(reel)).done()
	p.pass(48 * time.Hour)
	require.NoError(t, p.uploads.Sweep(t.Context()))
	assert.Equal(t, "files[0].file_id", north.post("/requests/north-sdi/materials", "{"+provided(reel)).problem(domain.CodeInvalid).Field)
	assert.Equal(t, true, north.with("Idempotency-Key", "once").post(to, body).ok(http.StatusOK).at("replayed"), "a retry is known when the upload is not any more")
	assert.Equal(t, "the reel", string(p.as(ofJuice).get(strings.TrimPrefix(a.text("materials.0.content"), base)).body))

	other := p.as(anOperator).stages(anOperator, "other.mov", "x")
	for body, field := range map[string]string{
		"{" + provided("none"): "files[0].file_id", "{" + provided(other): "files[0].file_id", `{"files":[]}`: "files", `{}`: "files",
		`{"files":[{"file_id":"` + notes + `","kind":"smell"}]}`: "files[0].kind", "{" + provided("a", "a"): "files[1].file_id",
	} {
		assert.Equal(t, field, north.post("/requests/north-sdi/materials", body).problem(domain.CodeInvalid).Field, body)
	}
	p.as(ofJuice).post(to, "{"+provided(other)).problem(domain.CodeForbidden)
	p.as(ofSouth).post(to, "{"+provided(other)).problem(domain.CodeNotFound)
	p.as(anOperator).post("/requests/south-sdi/cancel", "").done()
	p.as(anOperator).post("/requests/south-sdi/materials", "{"+provided(other)).problem(domain.CodeRefused)
	p.as(anOperator).tus().send(http.MethodDelete, uploadsPath+other, "")
}

func TestOneFileServesManyRequests(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	north := p.as(ofNorth)
	reel := north.stages(ofNorth, "reel.mov", "for all of them")
	body := `{"query":"language=Korean",` + provided(reel)
	started := north.with("Idempotency-Key", "many").post("/bulk/materials", body).ok(http.StatusAccepted)
	id := started.text("id")
	require.Equal(t, http.StatusOK, north.get("/jobs/", id, "/events").status)
	report := north.get("/jobs/", id).ok(http.StatusOK)
	assert.Equal(t, 2, report.count("changed"))
	assert.Equal(t, "materials", report.text("action"))
	p.await(report.text("position"))
	p.pass(48 * time.Hour)
	require.NoError(t, p.uploads.Sweep(t.Context()))
	for _, id := range []string{"north-juice", "north-juice-2"} {
		a := p.as(ofJuice).get("/requests/" + id + "/materials").ok(http.StatusOK)
		assert.Equal(t, reel, a.text("materials.0.id"))
		assert.Equal(t, sha("for all of them"), a.text("materials.0.sha256"))
		assert.Equal(t, "for all of them", string(p.as(ofJuice).get("/requests/"+id+"/materials/"+reel+"/content").body))
	}
	assert.Empty(t, p.as(ofSDI).get("/requests/north-sdi/materials").ok(http.StatusOK).list("materials"))
	assert.Equal(t, id, north.with("Idempotency-Key", "many").post("/bulk/materials", body).ok(http.StatusAccepted).text("id"))

	assert.Equal(t, "files[0].file_id", north.post("/bulk/materials", `{"ids":["north-juice"],`+provided("none")).problem(domain.CodeInvalid).Field)
	north.post("/bulk/materials", `{"ids":["north-juice"]}`).problem(domain.CodeInvalid)
	p.as(ofJuice).post("/bulk/materials", `{"ids":["north-juice"],`+provided("none")).problem(domain.CodeForbidden)
}

// BenchmarkArchiveOfAThousand is how long it takes to the end of an archive of
// a file that a thousand requests share: what is written down before its first
// byte, that is.
func BenchmarkArchiveOfAThousand(b *testing.B) {
	p := newPortal(b)
	var file strings.Builder
	file.WriteString(fileHeader)
	for n := range maxArchived {
		fmt.Fprintf(&file, "\nSR-%d,p,m,House,Standalone,Yes,Northlight,Juice,Dubs,Create,Korean,Japan,2026-11-24,2026-11-24,Not Received,Open", n)
	}
	p.bring(file.String())
	north := p.as(ofNorth)
	started := north.post("/bulk/materials", `{"query":"language=Korean",`+provided(north.stages(ofNorth, "reel.mov", "the reel"))).ok(http.StatusAccepted)
	require.Equal(b, http.StatusOK, north.get("/jobs/", started.text("id"), "/events").status)
	p.await(north.get("/jobs/", started.text("id")).ok(http.StatusOK).text("position"))
	juice := p.as(ofJuice).with("Content-Type", "application/json")
	b.ReportAllocs()
	for b.Loop() {
		p.pass(sourcerequest.DownloadSpan)
		require.Equal(b, http.StatusOK, juice.send(http.MethodPost, "/materials/zip", `{"query":"language=Korean"}`).status)
	}
	require.GreaterOrEqual(b, len(p.downloads("SR-0")), b.N)
}
