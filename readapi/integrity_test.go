package readapi

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/seal"
)

func TestSealsAndVerification(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	first := p.as(anAuditor).post("/audit/seals", "").ok(http.StatusOK)
	again := p.as(anOperator).post("/audit/seals", "").ok(http.StatusOK)
	assert.Equal(t, first, again, "nothing is new")
	assert.Positive(t, first.count("seal.count"))

	p.as(anOperator).post("/requests/north-juice/comments", `{"text":"sealed later"}`).done()
	report := p.as(anAuditor).post("/audit/verify", "").ok(http.StatusOK)
	assert.Equal(t, true, report.at("intact"))
	assert.Equal(t, []int{1, first.count("seal.count"), 1, 0}, []int{report.count("seals"), report.count("sealed"), report.count("unsealed"), report.count("found")})
	assert.Equal(t, first.text("seal.position"), report.text("sealed_to"))

	second := p.as(anAuditor).post("/audit/seals", "").ok(http.StatusOK)
	assert.Equal(t, first.count("seal.count")+1, second.count("seal.count"))
	assert.Equal(t, "sourceRequest-north-juice", second.text("seal.last_stream"))

	page := p.as(anAuditor).get("/audit/seals?limit=1").ok(http.StatusOK)
	assert.Equal(t, []string{first.text("seal.hash")}, page.each("seals", "hash"))
	rest := p.as(anAuditor).get("/audit/seals?from=" + page.text("next")).ok(http.StatusOK)
	assert.Equal(t, []string{second.text("seal.hash")}, rest.each("seals", "hash"))
	assert.Nil(t, rest.at("next"))
	newest := p.as(anAuditor).get("/audit/seals?newest=true&limit=1").ok(http.StatusOK)
	assert.Equal(t, []string{second.text("seal.hash")}, newest.each("seals", "hash"))
	older := p.as(anAuditor).get("/audit/seals?newest=true&limit=5&from=" + newest.text("next")).ok(http.StatusOK)
	assert.Equal(t, []string{first.text("seal.hash")}, older.each("seals", "hash"))
	assert.Nil(t, older.at("next"))
	both := p.as(anAuditor).get("/audit/seals?newest=true").ok(http.StatusOK)
	assert.Equal(t, []string{second.text("seal.hash"), first.text("seal.hash")}, both.each("seals", "hash"))
	last := p.as(anAuditor).get("/audit/seals?newest=true&limit=2").ok(http.StatusOK)
	assert.Nil(t, last.at("next"), "there is none before the first")
	assert.Empty(t, p.as(anAuditor).get("/audit/seals?newest=true&from=0").ok(http.StatusOK).list("seals"))
	for _, bad := range []string{"?newest=maybe", "?limit=0", "?limit=1001", "?from=x", "?from=-1"} {
		p.as(anAuditor).get("/audit/seals" + bad).problem(domain.CodeInvalid)
	}
}

func TestOnlyOperatorsAndAuditorsWatchOverTheLog(t *testing.T) {
	p := newPortal(t)
	for _, who := range everybody {
		if who.Role == domain.RoleOperator || who.Role == domain.RoleAuditor {
			continue
		}
		p.as(who).get("/audit/seals").problem(domain.CodeForbidden)
		p.as(who).post("/audit/seals", "").problem(domain.CodeForbidden)
		p.as(who).post("/audit/verify", "").problem(domain.CodeForbidden)
	}
	for _, path := range []string{"/audit/seals", "/audit/verify"} {
		p.as(anAuditor).send(http.MethodPost, path, "").problem(domain.CodePreconditionRequired)
	}
}

// brokenLog is a log in which a verification found something.
type brokenLog struct{ Integrity }

// emptyLog is a log in which there is nothing to seal.
type emptyLog struct{ Integrity }

func (emptyLog) Seal(context.Context) (seal.Listed, bool, error) { return seal.Listed{}, false, nil }

func (emptyLog) NewestSeals(context.Context, uint64, int) ([]seal.Listed, error) { return nil, nil }

func (emptyLog) Seals(context.Context, uint64, int) ([]seal.Listed, error) { return nil, nil }

func TestNothingToSeal(t *testing.T) {
	p := newPortal(t, func(c *Config) { c.Integrity = emptyLog{} })
	assert.Nil(t, p.as(anAuditor).post("/audit/seals", "").ok(http.StatusOK).at("seal"))
	assert.Empty(t, p.as(anAuditor).get("/audit/seals").ok(http.StatusOK).list("seals"))
}

func (brokenLog) Verify(_ context.Context, deep bool) (seal.Report, error) {
	if deep {
		return seal.Report{Found: 1, Findings: []seal.Finding{{Kind: seal.Hidden, Stream: "sourceRequest-1", Revision: 2, Text: "It does not show event 2."}}}, nil
	}
	return seal.Report{Found: 2, Findings: []seal.Finding{
		{Kind: seal.Corrupt, File: "000012.sst", Text: "It is damaged."},
		{Kind: seal.Removed, Stream: "sourceRequest-1", Position: 9, Text: "Event 0 is not there."},
	}}, nil
}

func TestFindings(t *testing.T) {
	p := newPortal(t, func(c *Config) { c.Integrity = brokenLog{} })
	report := p.as(anAuditor).post("/audit/verify", "").ok(http.StatusOK)
	assert.Equal(t, false, report.at("intact"))
	assert.Equal(t, []any{
		map[string]any{"kind": "corrupt", "stream": nil, "revision": nil, "position": nil, "file": "000012.sst", "text": "It is damaged."},
		map[string]any{"kind": "removed", "stream": "sourceRequest-1", "revision": 0.0, "position": "9", "file": nil, "text": "Event 0 is not there."},
	}, report.list("findings"))
	require.Contains(t, p.log.String(), "It is damaged.")

	deep := p.as(anAuditor).post("/audit/verify", `{"deep":true}`).ok(http.StatusOK)
	assert.Equal(t, []string{"hidden"}, deep.each("findings", "kind"))
	assert.Equal(t, report, p.as(anAuditor).post("/audit/verify", `{"deep":false}`).ok(http.StatusOK))
	for _, bad := range []string{`{"deep":"very"}`, `{"depth":1}`, `[]`} {
		p.as(anAuditor).post("/audit/verify", bad).problem(domain.CodeInvalid)
	}
}

func TestKindsOfFindingsAreDocumented(t *testing.T) {
	var documented []string
	for _, v := range loadDocument(t).Components.Schemas["IntegrityFinding"].Value.Properties["kind"].Value.Enum {
		documented = append(documented, v.(string))
	}
	assert.Equal(t, labels(seal.Kinds()), documented)
}
