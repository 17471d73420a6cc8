package sourcerequest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	. "backlot/domain/sourcerequest"
)

func TestReadPolicy(t *testing.T) {
	hours := func(n int) time.Duration { return time.Duration(n) * time.Hour }
	for file, want := range map[string]Policy{
		`{}`:                       DefaultPolicy(),
		" {}\n":                    DefaultPolicy(),
		`{"zone":"Europe/Berlin"}`: {Zone: zone("Europe/Berlin"), CriticalDays: 2, AtRiskDays: 5, RedeliveryDeadline: hours(48)},
		`{"critical_days":0}`:      {Zone: time.UTC, CriticalDays: 0, AtRiskDays: 5, RedeliveryDeadline: hours(48)},
		`{"at_risk_days":3650}`:    {Zone: time.UTC, CriticalDays: 2, AtRiskDays: 3650, RedeliveryDeadline: hours(48)},
		`{"redelivery_deadline_hours":24,"critical_days":1,"at_risk_days":2,"zone":"UTC"}`: {Zone: time.UTC, CriticalDays: 1, AtRiskDays: 2, RedeliveryDeadline: hours(24)},
	} {
		p, err := ReadPolicy(strings.NewReader(file))
		require.NoError(t, err, file)
		assert.Equal(t, want.Fingerprint(), p.Fingerprint(), file)
		assert.Equal(t, want.CriticalDays, p.CriticalDays, file)
	}
	for file, field := range map[string]string{
		``: "", `null`: "", `[]`: "", `"x"`: "", `{`: "", `{} {}`: "", `{}x`: "", `{"colour":1}`: "", `{"critical_days":"2"}`: "", `{"critical_days":1.5}`: "",
		`{"zone":"Mars/Olympus"}`: "zone", `{"zone":""}`: "zone", `{"zone":"Local"}`: "zone", `{"zone":"../../etc/passwd"}`: "zone",
		`{"critical_days":-1}`: "critical_days", `{"at_risk_days":3651}`: "at_risk_days", `{"redelivery_deadline_hours":-1}`: "redelivery_deadline_hours",
	} {
		_, err := ReadPolicy(strings.NewReader(file))
		var e *domain.Error
		require.ErrorAs(t, err, &e, file)
		assert.Equal(t, domain.CodeInvalid, e.Code, file)
		assert.Equal(t, field, e.Field, file)
	}
}

func TestFingerprintsTellPoliciesApart(t *testing.T) {
	seen := map[string]bool{}
	for _, change := range []func(*Policy){
		func(*Policy) {}, func(p *Policy) { p.Zone = zone("Europe/Berlin") }, func(p *Policy) { p.CriticalDays = 3 },
		func(p *Policy) { p.AtRiskDays = 3 }, func(p *Policy) { p.RedeliveryDeadline = 47 * time.Hour },
	} {
		f := with(DefaultPolicy(), change).Fingerprint()
		assert.False(t, seen[f], f)
		seen[f] = true
	}
	assert.Equal(t, "1/UTC/2/5/48h0m0s", DefaultPolicy().Fingerprint())
}

func FuzzReadPolicy(f *testing.F) {
	f.Add(`{"zone":"Europe/Berlin","critical_days":2,"at_risk_days":5,"redelivery_deadline_hours":48}`)
	f.Add(`{"zone":null}`)
	f.Add(`{}{}`)
	f.Fuzz(func(t *testing.T, file string) {
		p, err := ReadPolicy(strings.NewReader(file))
		if err != nil {
			assert.Equal(t, domain.CodeInvalid, domain.ErrorCode(err))
			return
		}
		require.NotNil(t, p.Zone)
		in := p.Instants(Facts{Open: true, DueDate: day("2026-11-23"), EstimatedDate: day("2026-11-24"), RedeliveryAsked: 0})
		assert.LessOrEqual(t, in.Critical, in.Overdue, "who is overdue is critical")
	})
}
