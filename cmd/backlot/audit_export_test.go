package main

import (
	"encoding/csv"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const twoRequests = `request_id,package_id,movie_id,title,movie_type,is_original,content_partner,fulfillment_partner,source_type,service_type,language,country,due_date,estimated_delivery_date,material_status,status
audited-1,P1,M1,One,Standalone,No,Halden Pictures,House One,Subs,Create,Dutch,Netherlands,2027-12-01,2027-12-24,Received,Open
audited-2,P1,M2,Two,Standalone,No,Halden Pictures,House Two,Subs,Create,Dutch,Netherlands,2027-12-01,2027-12-24,Received,Open
`

func (p *portal) auditExport(args ...string) (string, error) {
	out, err := exec.Command(binary, append([]string{"audit", "export", "--server", p.url, "--token", token}, args...)...).CombinedOutput()
	return string(out), err
}

func TestAuditIsExported(t *testing.T) {
	p := start(t, t.TempDir())
	out, err := p.importFile(t.Context(), writeFile(t, "two.csv", []byte(twoRequests)))
	require.NoError(t, err, out)
	p.waitForRows(2)
	p.do(http.MethodPost, "/api/v1/requests/audited-1/comments", "k", `{"text":"hello"}`)

	file := filepath.Join(t.TempDir(), "audit.csv")
	out, err = p.auditExport("--out", file, "--from", "2026-01-01", "--actor", "bootstrap", "--partner", "house one")
	require.NoError(t, err, out)
	f, err := os.Open(file)
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 3, "a header and two events")

	out, err = p.auditExport("--out", "-", "--kind", "opened,commented", "--format", "jsonl")
	require.NoError(t, err, out)
	require.Equal(t, 3, strings.Count(out, "\n"))
	require.Contains(t, out, `"text":"hello"`)

	// What is wrong is said, and leaves the file as it was.
	before, err := os.ReadFile(file)
	require.NoError(t, err)
	out, err = p.auditExport("--out", file, "--kind", "painted")
	require.Error(t, err)
	require.Contains(t, out, `"painted" is not a kind of event`)
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, before, after)
	p.stop()
}

// An export that is cut off is an error, and no file.
func TestAuditExportThatIsCutOffLeavesNoFile(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("position,at\n"))
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}))
	defer server.Close()
	dir := t.TempDir()
	c := auditExportCommand{client: client{Server: server.URL, Token: token}, Format: "csv", Out: filepath.Join(dir, "audit.csv")}
	require.ErrorContains(t, c.Run(t.Context()), "cut off")
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}
