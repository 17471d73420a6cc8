package commands

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/account"
)

// claimsOf are those of somebody at the provider. A role or an organisation of
// "" is a claim that is not there.
func claimsOf(subject, role string, organisations ...string) account.Claims {
	c := account.Claims{
		Identity: account.Identity{Issuer: "https://id.example", Subject: subject}, Name: "Kim Ahn", Email: subject + "@juniper.example", EmailVerified: true,
		RoleClaim: account.Claim{Name: "groups"}, Organisation: account.Claim{Name: "company"},
	}
	if role != "" {
		c.RoleClaim.Given, c.RoleClaim.Values = true, []string{role}
		if slices.Contains(domain.Roles(), domain.Role(role)) {
			c.Role = domain.Role(role)
		}
	}
	if len(organisations) > 0 {
		c.Organisation.Given, c.Organisation.Values = true, organisations
	}
	return c
}

func (d *desk) identified(c account.Claims) (account.Admission, error) {
	return d.accounts.SignInWithIdentity(context.Background(), func(context.Context) (account.Claims, error) { return c, nil }, "here")
}

func (d *desk) letIn(c account.Claims) account.Entry {
	d.t.Helper()
	in, err := d.identified(c)
	require.NoError(d.t, err)
	require.Equal(d.t, in.Principal.Account, d.who(in.Secret))
	e, ok := d.directory.Get(in.Principal.Account)
	require.True(d.t, ok)
	require.Equal(d.t, in.Principal, e.State.Principal(e.ID))
	require.Equal(d.t, account.MethodOIDC, e.State.Sessions[len(e.State.Sessions)-1].Method)
	return e
}

func (d *desk) keptOut(problem account.Problem, c account.Claims) error {
	d.t.Helper()
	accounts := len(d.directory.All())
	_, err := d.identified(c)
	var e *account.NotLetIn
	require.ErrorAs(d.t, err, &e)
	require.Equal(d.t, problem, e.Problem, "%v", err)
	require.Len(d.t, d.directory.All(), accounts)
	return err
}

func TestAnIdentityOpensItsAccount(t *testing.T) {
	d := newDesk(t)
	for name, c := range map[string]struct {
		claims account.Claims
		rights account.Rights
	}{
		"by name":                      {claimsOf("by-name", "fulfillment_partner", "juniper post"), ofJuniper},
		"by id":                        {claimsOf("by-id", "fulfillment_partner", "juniper-post"), ofJuniper},
		"one of several":               {claimsOf("several", "fulfillment_partner", "Elsewhere", "Halden", "Juniper Post", "juniper-post"), ofJuniper},
		"an operator":                  {claimsOf("op", "operator"), account.Rights{Role: domain.RoleOperator}},
		"an auditor's company is moot": {claimsOf("aud", "auditor", "Juniper Post"), account.Rights{Role: domain.RoleAuditor}},
		"a studio":                     {claimsOf("studio", "content_partner", "Halden"), account.Rights{Role: domain.RoleContentPartner, Organisation: "halden"}},
	} {
		e := d.letIn(c.claims)
		assert.Equal(t, c.rights, e.State.Rights, name)
		assert.Equal(t, account.Person{Name: "Kim Ahn", Email: c.claims.Email, Identity: &c.claims.Identity}, e.Person, name)
		assert.Equal(t, e.ID, d.letIn(c.claims).ID, "the same account again")
		assert.Len(t, d.events(account.PersonPrefix+e.ID), 1)
		for _, event := range d.events(account.StreamPrefix + e.ID) {
			text := strings.ToLower(string(mustJSON(t, event)))
			assert.NotContains(t, text, "kim")
			assert.NotContains(t, text, "@juniper.example")
		}
	}
}

func TestClaimsThatAreNotEnough(t *testing.T) {
	d := newDesk(t)
	for name, c := range map[string]struct {
		claims  account.Claims
		problem account.Problem
		says    string
	}{
		"no role claim":             {claimsOf("a", ""), account.ProblemRole, "no claim groups"},
		"a role of elsewhere":       {claimsOf("b", "intern"), account.ProblemRole, `the claim groups says "intern"`},
		"no organisation":           {claimsOf("c", "fulfillment_partner"), account.ProblemOrganisation, "none in the claim company"},
		"an unknown organisation":   {claimsOf("d", "fulfillment_partner", "Nobody"), account.ProblemOrganisation, `the claim company says "Nobody"`},
		"one of the other kind":     {claimsOf("e", "fulfillment_partner", "Halden"), account.ProblemOrganisation, "the name of a fulfillment partner"},
		"several that would do":     {claimsOf("f", "fulfillment_partner", "Lantern", "Juniper Post"), account.ProblemOrganisation, "more than one"},
		"the empty organisation":    {claimsOf("g", "fulfillment_partner", ""), account.ProblemOrganisation, "company"},
		"the portal's own role":     {claimsOf("h", "system"), account.ProblemRole, "system"},
		"an empty list for a role":  {func() account.Claims { c := claimsOf("i", ""); c.RoleClaim.Given = true; return c }(), account.ProblemRole, "says nothing"},
		"an empty list of companys": {func() account.Claims { c := claimsOf("j", "content_partner"); c.Organisation.Given = true; return c }(), account.ProblemOrganisation, "company"},
	} {
		err := d.keptOut(c.problem, c.claims)
		assert.Equal(t, domain.CodeForbidden, domain.ErrorCode(err), name)
		assert.ErrorContains(t, err, c.says, name)
		assert.Empty(t, d.events(account.IdentityStream(c.claims.Identity)), name)
	}
	assert.NotContains(t, d.log.String(), "@juniper.example")
}

func TestEachSignInBringsRightsAndNameUpToDate(t *testing.T) {
	d := newDesk(t)
	first := d.letIn(claimsOf("kim", "fulfillment_partner", "Juniper Post"))
	_, err := d.accounts.Change(t.Context(), first.ID, account.Change{Administrator: ptr(true)}, by(operator, "admin", ""))
	require.NoError(t, err)
	c := claimsOf("kim", "fulfillment_partner", "Juniper Post")
	c.Name, c.Email = "Kim Lee", "lee@juniper.example"
	e := d.letIn(c)
	assert.Equal(t, []any{first.ID, true, "Kim Lee", "lee@juniper.example"}, []any{e.ID, e.State.Administrator, e.Person.Name, e.Person.Email})
	c.Email, c.EmailVerified = "boss@elsewhere.example", false
	assert.Equal(t, "lee@juniper.example", d.letIn(c).Person.Email, "mail would go to somebody else")

	_, err = d.accounts.Change(t.Context(), first.ID, account.Change{Email: ptr("ahn@juniper.example")}, by(operator, "address", ""))
	require.NoError(t, err)
	e, _ = d.directory.Get(first.ID)
	assert.Equal(t, []string{"ahn@juniper.example", ""}, []string{e.Person.Email, e.Person.Login}, "nobody signs in by it, and its rights are still the provider's")
	d.keptOut(account.ProblemRole, claimsOf("kim", ""))

	moved := claimsOf("kim", "fulfillment_partner", "Lantern")
	assert.Equal(t, account.Rights{Role: domain.RoleFulfillmentPartner, Organisation: "lantern"}, d.letIn(moved).State.Rights, "who keeps one house's accounts does not keep another's")
	assert.Equal(t, account.Rights{Role: domain.RoleAuditor}, d.letIn(claimsOf("kim", "auditor")).State.Rights)
	d.keptOut(account.ProblemRole, claimsOf("kim", ""))
	d.keptOut(account.ProblemRole, claimsOf("kim", "intern"))
	d.keptOut(account.ProblemOrganisation, claimsOf("kim", "content_partner"))
	nameless := claimsOf("kim", "auditor")
	nameless.Name = "\x00"
	assert.Equal(t, "Kim Ahn", d.letIn(nameless).Person.Name)
}

func TestAnInvitedAccountIsLinkedByItsAddress(t *testing.T) {
	d := newDesk(t)
	o, err := d.accounts.Open(t.Context(), account.Newcomer{Name: "K. Ahn", Email: "Kim@Juniper.example", Rights: ofJuniper}, by(operator, "k", ""))
	require.NoError(t, err)
	c := claimsOf("kim", "")
	c.EmailVerified = false
	assert.ErrorContains(t, d.keptOut(account.ProblemEmail, c), "email_verified")
	c.EmailVerified = true
	e := d.letIn(c)
	assert.Equal(t, []any{o.Account, ofJuniper, "Kim Ahn", "Kim@Juniper.example"}, []any{e.ID, e.State.Rights, e.Person.Name, e.Person.Email}, "rights are kept while the provider is silent")

	_, err = d.accounts.AcceptInvitation(t.Context(), secretOf(d.lastLetter().text), "", password, "here")
	assert.Equal(t, domain.CodeUnauthenticated, domain.ErrorCode(err), "the invitation has served")
	_, err = d.accounts.Invite(t.Context(), e.ID, by(operator, "again", ""))
	assert.Equal(t, domain.CodeRefused, domain.ErrorCode(err))
	letters := len(d.letters)
	require.NoError(t, d.accounts.RequestReset(t.Context(), "kim@juniper.example", "here"))
	require.NoError(t, d.accounts.Close())
	assert.Len(t, d.letters, letters, "there is no password to reset")

	assert.Equal(t, domain.RoleAuditor, d.letIn(claimsOf("kim", "auditor")).State.Role)
	d.keptOut(account.ProblemRole, claimsOf("kim", "intern"))
	other := claimsOf("kim", "auditor")
	other.Identity.Subject = "another"
	d.keptOut(account.ProblemLinked, other)
}

// Whoever opened an account with somebody's address must not be in it when that
// somebody's rights come.
func TestLinkingLocksOutWhoWasThereBefore(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	squatter := d.invite("Kim", "kim@juniper.example", ofJuniper)
	session, err := d.accounts.SignIn(ctx, "kim@juniper.example", password, "here")
	require.NoError(t, err)
	issued, err := d.accounts.IssueToken(ctx, "t", noon.Add(time.Hour), by(squatter, "t", ""))
	require.NoError(t, err)
	e := d.letIn(claimsOf("kim", "operator"))
	assert.Equal(t, []any{squatter.Account, domain.RoleOperator}, []any{e.ID, e.State.Role})
	assert.Equal(t, []string{"", ""}, []string{d.who(session.Secret), d.who(issued.Secret)})
	_, err = d.accounts.SignIn(ctx, "kim@juniper.example", password, "here")
	assert.Equal(t, domain.CodeUnauthenticated, domain.ErrorCode(err))
	assert.Len(t, e.State.Sessions, 1)
}

func TestADeactivatedAccountIsNotLetIn(t *testing.T) {
	d := newDesk(t)
	c := claimsOf("kim", "fulfillment_partner", "Juniper Post")
	e := d.letIn(c)
	_, err := d.accounts.Change(t.Context(), e.ID, account.Change{Active: ptr(false)}, by(operator, "out", ""))
	require.NoError(t, err)
	before := len(d.events(account.StreamPrefix + e.ID))
	d.keptOut(account.ProblemAccount, c)
	assert.Len(t, d.events(account.StreamPrefix+e.ID), before)

	lea := d.invite("Lea", "lea@juniper.example", ofJuniper)
	_, err = d.accounts.Change(t.Context(), lea.Account, account.Change{Active: ptr(false)}, by(operator, "out 2", ""))
	require.NoError(t, err)
	d.keptOut(account.ProblemAccount, claimsOf("lea", "operator")) // nor is another one opened for the address
}

func TestAnErasedPersonComesBackAsAnother(t *testing.T) {
	d := newDesk(t)
	c := claimsOf("kim", "fulfillment_partner", "Juniper Post")
	e := d.letIn(c)
	_, err := d.accounts.Erase(t.Context(), e.ID, by(operator, "e", ""))
	require.NoError(t, err)
	assert.Empty(t, d.events(account.IdentityStream(c.Identity)))
	d.assertForgotten(e.ID, "kim@juniper.example")
	again := d.letIn(c)
	assert.NotEqual(t, e.ID, again.ID)

	out, err := d.accounts.change(t.Context(), again.ID, account.Erase{}, by(operator, "e2", "")) // cut off
	require.NoError(t, err)
	require.NoError(t, d.directory.WaitFor(t.Context(), out.Position))
	third := d.letIn(c)
	assert.NotEqual(t, again.ID, third.ID)
	require.NoError(t, d.accounts.FinishErasures(t.Context()))
	assert.Equal(t, third.ID, d.letIn(c).ID, "the other one's erasure takes nothing from it")
}

func TestASignInThatWasCutOffGoesOn(t *testing.T) {
	for _, at := range []string{account.LoginPrefix, account.PersonPrefix, account.StreamPrefix} {
		for _, linked := range []bool{false, true} {
			d := newDesk(t)
			squatter := ""
			if linked {
				squatter = d.invite("K", "kim@juniper.example", ofJuniper).Account
			}
			d.open(func(c *AccountsConfig) { c.Log = cutOff{d.store, d.bench.log} })
			d.bench.log.afterAppend = func(stream string) error {
				if strings.HasPrefix(stream, at) {
					return domain.Errorf(domain.CodeUnavailable, "cut off")
				}
				return nil
			}
			c := claimsOf("kim", "operator")
			_, err := d.identified(c)
			require.ErrorContains(t, err, "cut off")
			d.bench.log.afterAppend = nil
			e := d.letIn(c)
			assert.Equal(t, domain.RoleOperator, e.State.Role)
			assert.Empty(t, e.Person.PasswordHash)
			assert.Len(t, d.directory.All(), 2, "one account for one identity, beside the operator's")
			if linked {
				assert.Equal(t, squatter, e.ID)
			}
		}
	}
}

func TestTwoSignInsAtOnceOpenOneAccount(t *testing.T) {
	d := newDesk(t)
	ids := make([]string, 6)
	var all sync.WaitGroup
	for n := range ids {
		all.Go(func() {
			in, err := d.identified(claimsOf("kim", "auditor"))
			assert.NoError(t, err)
			ids[n] = in.Principal.Account
		})
	}
	all.Wait()
	assert.Len(t, slices.Compact(ids), 1)
	assert.Len(t, d.directory.All(), 2)
}

func TestSignInsAtTheProviderAreThrottled(t *testing.T) {
	d := newDesk(t)
	asked := 0
	ask := func(context.Context) (account.Claims, error) {
		asked++
		return account.Claims{}, domain.Errorf(domain.CodeUnavailable, "away")
	}
	var err error
	for range addressBurst + 1 {
		_, err = d.accounts.SignInWithIdentity(t.Context(), ask, "a bot")
	}
	assert.Equal(t, domain.CodeThrottled, domain.ErrorCode(err))
	assert.Equal(t, addressBurst, asked)
}
