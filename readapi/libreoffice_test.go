//go:build libreoffice

package readapi

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"backlot/readapi/facets"
)

// TestLibreOfficeReadsWhatTheAPIHas exports 20,000 requests as a workbook, has
// LibreOffice turn its sheets into CSV as they are shown, and compares every
// cell with what a search lists. `make check-workbook` runs it.
func TestLibreOfficeReadsWhatTheAPIHas(t *testing.T) {
	const requests = 20_000
	p := newPortal(t)
	position := p.bring(manyRequests(requests))
	const query = "status=All&sort=title,-due_date&now=2026-11-23T12:00:00Z"
	workbook := p.as(anOperator).get("/requests/export.xlsx?" + query)
	require.Equal(t, http.StatusOK, workbook.status)
	t.Logf("a workbook of %d bytes", len(workbook.body))

	rows := p.sheetsOf(workbook.body, "Requests")
	require.Len(t, rows, requests+1)
	for i, c := range facets.Columns() {
		require.Equal(t, c.Label, rows[0][i])
	}
	n, cursor := 0, ""
	for {
		page := p.as(anOperator).get("/requests?limit=1000&" + query + cursor).ok(http.StatusOK)
		for _, listed := range page.list("rows") {
			n++
			for i, c := range facets.Columns() {
				require.Equal(t, exportedText(object(listed.(map[string]any)).at(c.Name)), rows[n][i], "%s of row %d", c.Label, n)
			}
		}
		if page.at("next") == nil {
			break
		}
		cursor = "&cursor=" + url.QueryEscape(page.text("next"))
	}
	require.Equal(t, requests, n)

	about := fmt.Sprint(p.sheetsOf(workbook.body, "Search"))
	for _, want := range []string{"[Status include All", "[Rows  20000", "[As of  2026-11-23T12:00:00Z", "[Log position  " + position} {
		require.Contains(t, about, want)
	}
}

// sheetsOf has LibreOffice read a sheet of a workbook.
func (p *portal) sheetsOf(workbook []byte, sheet string) [][]string {
	p.t.Helper()
	dir := p.t.TempDir()
	file := filepath.Join(dir, "requests.xlsx")
	require.NoError(p.t, os.WriteFile(file, workbook, 0o600))
	// Comma, quote, UTF-8, from the first line, cells as they are shown, every
	// sheet in a file of its own.
	const filter = `csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1`
	c := exec.CommandContext(p.t.Context(), "soffice", "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", filter, "--outdir", dir, file)
	said, err := c.CombinedOutput()
	require.NoError(p.t, err, "%s", said)
	in, err := os.Open(filepath.Join(dir, "requests-"+sheet+".csv"))
	require.NoError(p.t, err, "%s", said)
	defer func() { _ = in.Close() }()
	r := csv.NewReader(in)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	require.NoError(p.t, err)
	return rows
}

// manyRequests is an import file with texts that are hard to keep.
func manyRequests(n int) string {
	titles := []string{
		"House of Cards", "House, M.D.", "=1+1", "+49 30", "-1", "@home", "007", "1e5", "2026-11-24", "TRUE", "3/4", "12:30", `The "Long" Harbour`, "'Allo 'Allo", "_x0041_",
		"Amélie & Søn <3", "기생충", "進撃の巨人", "🎬 Action", "  two  spaces  inside", "100%", "$5", "#N/A", "A|B",
	}
	var b strings.Builder
	b.WriteString(fileHeader + "\n")
	w := csv.NewWriter(&b)
	one := func(i int, of ...string) string { return of[i%len(of)] }
	for i := range n {
		due := noon.AddDate(0, 0, i%400-50)
		_ = w.Write([]string{ // a builder takes everything
			strconv.Itoa(100000000 + i), fmt.Sprintf("%08d", i/7), "m" + strconv.Itoa(i/3), one(i, titles...), one(i, "Standalone", "Episode"), one(i, "Yes", "No"),
			one(i/2, "Northlight", "Southgate"), one(i, "Juice", "SDI", ""), one(i, "Dubs", "Subs", "Artwork", "CC/SDH"), one(i, "Create", "Conform", "Unknown"),
			one(i, "Korean", "Dutch", "Ελληνικά"), one(i, "Japan|South Korea", "Netherlands", "Åland"), due.Format("2006-01-02"), due.AddDate(0, 0, i%3).Format("2006-01-02"),
			one(i, "Not Received", "Received", "Accepted", "Rejected"), one(i/3, "Open", "Delivered", "Processed", "Cancelled", "Redelivery Requested"),
		})
	}
	w.Flush()
	return b.String()
}
