package commands

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/account"
	"backlot/domain/organisation"
	"backlot/domain/template"
	"backlot/eventstore"
)

// quick hashes are as good as the real ones for everything but safety.
var quick = argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// desk is the use cases of accounts over a real event store, with a clock and
// a letter box.
type desk struct {
	*bench
	accounts  *Accounts
	directory *account.Directory
	store     *eventstore.Store
	log       bytes.Buffer

	mu      sync.Mutex
	now     time.Time
	letters []letter
	down    error // of the mail server
}

type letter struct{ to, subject, text string }

func (d *desk) Send(_ context.Context, to, subject, text string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.down != nil {
		return d.down
	}
	d.letters = append(d.letters, letter{to, subject, text})
	return nil
}

// lastLetter returns the last one, after mail under way.
func (d *desk) lastLetter() letter {
	d.t.Helper()
	require.NoError(d.t, d.accounts.Close())
	d.mu.Lock()
	defer d.mu.Unlock()
	require.NotEmpty(d.t, d.letters)
	return d.letters[len(d.letters)-1]
}

// secretOf returns what follows the hash sign of a letter's link.
func secretOf(text string) string {
	_, after, _ := strings.Cut(text, "#")
	secret, _, _ := strings.Cut(after, "\n")
	return secret
}

func (d *desk) pass(t time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(t)
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{bench: newBench(t), directory: account.NewDirectory(), now: noon}
	d.store = d.bench.log.Log.(*eventstore.Store)
	ctx, cancel := context.WithCancel(context.Background())
	var following sync.WaitGroup
	t.Cleanup(func() { cancel(); following.Wait() })
	following.Go(func() {
		_ = d.store.Follow(ctx, 0, []string{account.StreamPrefix, account.PersonPrefix, organisation.StreamPrefix}, func(p domain.Page) error {
			d.bench.directory.Apply(p)
			d.directory.Apply(p)
			return nil
		})
	})
	d.open(func(c *AccountsConfig) { c.Mail = d })
	for name, kind := range map[string]organisation.Kind{"Juniper Post": organisation.FulfillmentPartner, "Lantern": organisation.FulfillmentPartner, "Halden": organisation.ContentPartner} {
		_, err := d.requests.organisations.Ensure(t.Context(), name, kind, by(operator, name, ""))
		require.NoError(t, err)
	}
	end, err := d.store.End(t.Context())
	require.NoError(t, err)
	require.NoError(t, d.directory.WaitFor(t.Context(), end))
	require.NoError(t, d.accounts.Ensure(t.Context(), operator.Account, "Olga", account.Rights{Role: domain.RoleOperator}))
	return d
}

func (d *desk) open(configure func(*AccountsConfig)) {
	c := AccountsConfig{
		Log: d.store, Accounts: d.directory, Organisations: d.bench.directory, PublicURL: "https://portal.example", Passwords: quick,
		Logger: slog.New(slog.NewTextHandler(&d.log, nil)), Now: func() time.Time {
			d.mu.Lock()
			defer d.mu.Unlock()
			return d.now
		},
	}
	configure(&c)
	var err error
	d.accounts, err = NewAccounts(c)
	require.NoError(d.t, err)
	d.t.Cleanup(func() { require.NoError(d.t, d.accounts.Close()) })
}

var ofJuniper = account.Rights{Role: domain.RoleFulfillmentPartner, Organisation: "juniper-post"}

const password, other = "correct horse battery", "staple correct horse"

// invite opens an account and lets its person in.
func (d *desk) invite(name, email string, r account.Rights) domain.Principal {
	d.t.Helper()
	o, err := d.accounts.Open(d.t.Context(), account.Newcomer{Name: name, Email: email, Rights: r}, by(operator, "open "+email+" as "+name, email))
	require.NoError(d.t, err)
	require.True(d.t, o.MailSent)
	in, err := d.accounts.AcceptInvitation(d.t.Context(), secretOf(d.lastLetter().text), "", password, "here")
	require.NoError(d.t, err)
	require.Equal(d.t, o.Account, in.Principal.Account)
	return in.Principal
}

func (d *desk) who(secret string) string {
	p, err := d.accounts.Authenticate(d.t.Context(), secret)
	if err != nil {
		require.Equal(d.t, domain.CodeUnauthenticated, domain.ErrorCode(err))
		return ""
	}
	return p.Account
}

func TestFromInvitationToSignIn(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	i := by(operator, "open kim", "kim")
	o, err := d.accounts.Open(ctx, account.Newcomer{Name: "Kim", Email: "Kim@Juniper.example", Rights: ofJuniper}, i)
	require.NoError(t, err)
	first := d.lastLetter()
	assert.Equal(t, "Kim@Juniper.example", first.to)
	assert.Contains(t, first.text, "https://portal.example/invitation#bli_")
	assert.Empty(t, o.Link, "the mail has it")

	again, err := d.accounts.Open(ctx, account.Newcomer{Name: "Kim", Email: "Kim@Juniper.example", Rights: ofJuniper}, i)
	require.NoError(t, err)
	assert.Equal(t, []any{o.Account, true}, []any{again.Account, again.Replayed})
	_, err = d.accounts.Open(ctx, account.Newcomer{Name: "Kim", Email: "kim@juniper.EXAMPLE", Rights: ofJuniper}, by(operator, "open kim 2", "kim"))
	assert.Equal(t, domain.CodeConflict, domain.ErrorCode(err), "the address is taken, whatever its case")

	_, err = d.accounts.SignIn(ctx, "kim@juniper.example", password, "here")
	assert.Equal(t, domain.CodeUnauthenticated, domain.ErrorCode(err), "there is no password yet")
	_, err = d.accounts.Invite(ctx, o.Account, by(operator, "again", ""))
	require.NoError(t, err)
	_, err = d.accounts.AcceptInvitation(ctx, secretOf(first.text), "", password, "here")
	assert.Equal(t, domain.CodeUnauthenticated, domain.ErrorCode(err), "another one took its place")
	second := secretOf(d.lastLetter().text)
	_, err = d.accounts.AcceptInvitation(ctx, second, "", "short", "here")
	assert.Equal(t, domain.CodeInvalid, domain.ErrorCode(err))
	in, err := d.accounts.AcceptInvitation(ctx, second, "Kim Ahn", password, "here")
	require.NoError(t, err, "a refused password does not use it up")
	assert.Equal(t, domain.Principal{Account: o.Account, Organisation: "juniper-post", Role: domain.RoleFulfillmentPartner}, in.Principal)
	assert.Equal(t, o.Account, d.who(in.Secret))
	assert.Equal(t, "Kim Ahn", d.directory.Name(o.Account))
	_, err = d.accounts.AcceptInvitation(ctx, second, "", password, "here")
	assert.Equal(t, domain.CodeUnauthenticated, domain.ErrorCode(err), "it serves once")
	_, err = d.accounts.Invite(ctx, o.Account, by(operator, "and again", ""))
	assert.Equal(t, domain.CodeRefused, domain.ErrorCode(err))

	session, err := d.accounts.SignIn(ctx, " KIM@juniper.example", password, "here")
	require.NoError(t, err)
	require.NoError(t, d.accounts.SignOut(ctx, session.Secret))
	assert.Equal(t, []string{"", o.Account}, []string{d.who(session.Secret), d.who(in.Secret)})
	d.pass(8 * 24 * time.Hour)
	assert.Empty(t, d.who(in.Secret), "a session ends by itself")
	for _, e := range d.events(account.StreamPrefix + o.Account) {
		assert.NotContains(t, strings.ToLower(string(mustJSON(t, e))), "kim", "%s", e.Type)
	}
}

func TestAnInvitationExpires(t *testing.T) {
	d := newDesk(t)
	_, err := d.accounts.Open(t.Context(), account.Newcomer{Name: "Kim", Email: "kim@juniper.example", Rights: ofJuniper}, by(operator, "k", ""))
	require.NoError(t, err)
	d.pass(invitationAge)
	_, err = d.accounts.AcceptInvitation(t.Context(), secretOf(d.lastLetter().text), "", password, "here")
	assert.Equal(t, domain.CodeUnauthenticated, domain.ErrorCode(err))
}

func TestWithoutMailTheInviterGetsTheLink(t *testing.T) {
	d := newDesk(t)
	d.open(func(*AccountsConfig) {})
	o, err := d.accounts.Open(t.Context(), account.Newcomer{Name: "Kim", Email: "kim@juniper.example", Rights: ofJuniper}, by(operator, "k", ""))
	require.NoError(t, err)
	assert.False(t, o.MailSent)
	_, err = d.accounts.AcceptInvitation(t.Context(), secretOf(o.Link), "", password, "here")
	require.NoError(t, err)
	assert.Equal(t, domain.CodeRefused, domain.ErrorCode(d.accounts.RequestReset(t.Context(), "kim@juniper.example", "here")))
}

func TestAMailServerThatIsDown(t *testing.T) {
	d := newDesk(t)
	d.down = domain.Errorf(domain.CodeUnavailable, "down")
	o, err := d.accounts.Open(t.Context(), account.Newcomer{Name: "Kim", Email: "kim@juniper.example", Rights: ofJuniper}, by(operator, "k", ""))
	require.NoError(t, err, "the account is there")
	assert.NotEmpty(t, o.MailFail)
	d.down = nil
	o, err = d.accounts.Invite(t.Context(), o.Account, by(operator, "again", ""))
	require.NoError(t, err)
	assert.True(t, o.MailSent)
}

func TestAnOpeningThatWasCutOffGoesOn(t *testing.T) {
	for _, at := range []string{account.LoginPrefix, account.PersonPrefix, account.StreamPrefix} {
		t.Run(at, func(t *testing.T) {
			d := newDesk(t)
			d.open(func(c *AccountsConfig) { c.Mail, c.Log = d, cutOff{d.store, d.bench.log} })
			d.bench.log.afterAppend = func(stream string) error {
				if strings.HasPrefix(stream, at) {
					return domain.Errorf(domain.CodeUnavailable, "cut off")
				}
				return nil
			}
			c, i := account.Newcomer{Name: "Kim", Email: "kim@juniper.example", Rights: ofJuniper}, by(operator, "k", "")
			_, err := d.accounts.Open(t.Context(), c, i)
			require.Error(t, err)
			d.bench.log.afterAppend = nil
			o, err := d.accounts.Open(t.Context(), c, i)
			require.NoError(t, err)
			if o.Replayed { // it was there, but nobody was told
				o, err = d.accounts.Invite(t.Context(), o.Account, by(operator, "again", ""))
				require.NoError(t, err)
			}
			_, err = d.accounts.AcceptInvitation(t.Context(), secretOf(d.lastLetter().text), "", password, "here")
			require.NoError(t, err)
		})
	}
}

// cutOff appends through a log that fails.
type cutOff struct {
	*eventstore.Store
	log *breakingLog
}

func (c cutOff) Append(ctx context.Context, stream string, v domain.Version, drafts []domain.Draft) (domain.Version, domain.Position, error) {
	return c.log.Append(ctx, stream, v, drafts)
}

func TestPasswordsAreReset(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	kim := d.invite("Kim", "kim@juniper.example", ofJuniper)
	session, err := d.accounts.SignIn(ctx, "kim@juniper.example", password, "here")
	require.NoError(t, err)

	before := len(d.letters)
	require.NoError(t, d.accounts.RequestReset(ctx, "nobody@juniper.example", "here"))
	require.NoError(t, d.accounts.Close())
	require.Len(t, d.letters, before, "nobody is written to")
	require.NoError(t, d.accounts.RequestReset(ctx, "KIM@juniper.example", "here"))
	letter := d.lastLetter()
	require.Len(t, d.letters, before+1)
	assert.Contains(t, letter.text, "https://portal.example/reset#blr_")
	secret := secretOf(letter.text)
	_, err = d.accounts.AcceptInvitation(ctx, secret, "", other, "here")
	assert.Equal(t, domain.CodeUnauthenticated, domain.ErrorCode(err), "it is no invitation")
	in, err := d.accounts.ResetPassword(ctx, secret, other, "here")
	require.NoError(t, err)
	assert.Equal(t, kim, in.Principal)
	assert.Empty(t, d.who(session.Secret), "other sessions end")
	_, err = d.accounts.SignIn(ctx, "kim@juniper.example", password, "here")
	assert.Equal(t, domain.CodeUnauthenticated, domain.ErrorCode(err))

	_, err = d.accounts.ChangePassword(ctx, kim, "wrong", password)
	assert.Equal(t, domain.CodeInvalid, domain.ErrorCode(err))
	changed, err := d.accounts.ChangePassword(ctx, kim, other, password)
	require.NoError(t, err)
	assert.Equal(t, []string{"", kim.Account}, []string{d.who(in.Secret), d.who(changed.Secret)})

	require.NoError(t, d.accounts.RequestReset(ctx, "kim@juniper.example", "here"))
	late := secretOf(d.lastLetter().text)
	d.pass(resetAge)
	_, err = d.accounts.ResetPassword(ctx, late, other, "here")
	assert.Equal(t, domain.CodeUnauthenticated, domain.ErrorCode(err))
}

func TestSignInsAreThrottled(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	d.invite("Kim", "kim@juniper.example", ofJuniper)
	for range loginBurst {
		_, err := d.accounts.SignIn(ctx, "kim@juniper.example", other, "afar")
		require.Equal(t, domain.CodeUnauthenticated, domain.ErrorCode(err))
	}
	_, err := d.accounts.SignIn(ctx, "Kim@juniper.example", password, "elsewhere")
	require.Equal(t, domain.CodeThrottled, domain.ErrorCode(err), "the right password does not help either")
	var e *domain.Error
	require.ErrorAs(t, err, &e)
	assert.Greater(t, e.RetryAfter, time.Duration(0))
	d.pass(e.RetryAfter)
	_, err = d.accounts.SignIn(ctx, "kim@juniper.example", password, "elsewhere")
	require.NoError(t, err)

	for n := range addressBurst + 1 {
		_, err = d.accounts.SignIn(ctx, "someone"+strings.Repeat("x", n)+"@juniper.example", other, "a bot")
	}
	assert.Equal(t, domain.CodeThrottled, domain.ErrorCode(err), "one address tries many logins")
	_, err = d.accounts.SignIn(ctx, "kim@juniper.example", password, "elsewhere")
	require.NoError(t, err)
}

func TestTokens(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	kim := d.invite("Kim", "kim@juniper.example", ofJuniper)
	i := by(kim, "token", "")
	issued, err := d.accounts.IssueToken(ctx, "nightly export", noon.Add(24*time.Hour), i)
	require.NoError(t, err)
	assert.Equal(t, kim.Account, d.who(issued.Secret))
	again, err := d.accounts.IssueToken(ctx, "nightly export", noon.Add(24*time.Hour), i)
	require.NoError(t, err)
	assert.Equal(t, account.IssuedToken{ID: issued.ID, Label: "nightly export", ExpiresAt: issued.ExpiresAt, Position: again.Position}, again, "the secret is shown once")
	second, err := d.accounts.IssueToken(ctx, "another", noon.Add(time.Hour), by(kim, "token 2", ""))
	require.NoError(t, err)
	assert.Equal(t, []string{kim.Account, kim.Account}, []string{d.who(issued.Secret), d.who(second.Secret)})
	d.pass(time.Hour)
	assert.Equal(t, []string{kim.Account, ""}, []string{d.who(issued.Secret), d.who(second.Secret)})
	_, err = d.accounts.RevokeToken(ctx, issued.ID, by(kim, "revoke", ""))
	require.NoError(t, err)
	assert.Empty(t, d.who(issued.Secret))
	_, err = d.accounts.IssueToken(ctx, "x", noon.Add(1000*24*time.Hour), by(kim, "token 3", ""))
	assert.Equal(t, domain.CodeInvalid, domain.ErrorCode(err))
}

func TestTokensIssuedAtOnceAreAllGood(t *testing.T) {
	d := newDesk(t)
	kim := d.invite("Kim", "kim@juniper.example", ofJuniper)
	secrets := make([]string, 8)
	var all sync.WaitGroup
	for n := range secrets {
		all.Go(func() {
			issued, err := d.accounts.IssueToken(context.Background(), "t", noon.Add(time.Hour), by(kim, strings.Repeat("t", n+1), ""))
			assert.NoError(t, err)
			secrets[n] = issued.Secret
		})
	}
	all.Wait()
	for _, s := range secrets {
		assert.Equal(t, kim.Account, d.who(s))
	}
}

func TestWhoKeepsAccounts(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	admin := ofJuniper
	admin.Administrator = true
	ada := d.invite("Ada", "ada@juniper.example", admin)
	kim := d.invite("Kim", "kim@juniper.example", ofJuniper)
	lars := d.invite("Lars", "lars@lantern.example", account.Rights{Role: domain.RoleFulfillmentPartner, Organisation: "lantern"})
	no, yes := false, true
	role := domain.RoleOperator
	lantern := "lantern"
	for name, c := range map[string]struct {
		by   domain.Principal
		id   string
		what account.Change
		code domain.Code
	}{
		"an administrator deactivates a colleague":   {ada, kim.Account, account.Change{Active: &no}, ""},
		"nobody deactivates oneself":                 {ada, ada.Account, account.Change{Active: &no}, domain.CodeRefused},
		"not even an operator":                       {operator, operator.Account, account.Change{Active: &no}, domain.CodeRefused},
		"an administrator of another organisation":   {ada, lars.Account, account.Change{Active: &no}, domain.CodeNotFound},
		"a colleague keeps nothing":                  {kim, ada.Account, account.Change{Active: &no}, domain.CodeForbidden},
		"nobody makes oneself an administrator":      {kim, kim.Account, account.Change{Administrator: &yes}, domain.CodeForbidden},
		"an administrator makes no operators":        {ada, kim.Account, account.Change{Role: &role, Organisation: new(string)}, domain.CodeForbidden},
		"an administrator moves nobody elsewhere":    {ada, kim.Account, account.Change{Organisation: &lantern}, domain.CodeForbidden},
		"an operator moves somebody":                 {operator, kim.Account, account.Change{Organisation: &lantern}, ""},
		"the address of a stranger":                  {ada, lars.Account, account.Change{Email: &lantern}, domain.CodeNotFound},
		"an account that never was":                  {operator, "never-was", account.Change{Active: &no}, domain.CodeNotFound},
		"one's own name is one's own":                {lars, lars.Account, account.Change{Name: &lantern}, ""},
		"rights that do not fit":                     {operator, kim.Account, account.Change{Role: &role}, domain.CodeInvalid},
		"an organisation that plays another part":    {operator, kim.Account, account.Change{Organisation: ptr("halden")}, domain.CodeInvalid},
		"an organisation that nobody knows":          {operator, kim.Account, account.Change{Organisation: ptr("nowhere")}, domain.CodeInvalid},
		"an administrator makes another one":         {ada, kim.Account, account.Change{Administrator: &yes}, ""},
		"an auditor's principal keeps nobody at all": {domain.Principal{Account: "a", Role: domain.RoleAuditor}, kim.Account, account.Change{Active: &no}, domain.CodeForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := d.accounts.Change(ctx, c.id, c.what, by(c.by, name, ""))
			require.Equal(t, c.code, domain.ErrorCode(err), "%v", err)
			_, err = d.accounts.Change(ctx, kim.Account, account.Change{Organisation: ptr("juniper-post"), Administrator: &no, Active: &yes}, by(operator, "back after "+name, ""))
			require.NoError(t, err)
		})
	}
	_, err := d.accounts.Open(ctx, account.Newcomer{Name: "New", Email: "new@juniper.example", Rights: ofJuniper}, by(ada, "open", ""))
	require.NoError(t, err)
	_, err = d.accounts.Open(ctx, account.Newcomer{Name: "New", Email: "new2@juniper.example", Rights: ofJuniper}, by(kim, "open", ""))
	require.Equal(t, domain.CodeForbidden, domain.ErrorCode(err))
	_, err = d.accounts.Open(ctx, account.Newcomer{Name: "New", Email: "new3@lantern.example", Rights: account.Rights{Role: domain.RoleFulfillmentPartner, Organisation: "lantern"}}, by(ada, "open 2", ""))
	require.Equal(t, domain.CodeForbidden, domain.ErrorCode(err))
}

func ptr[T any](v T) *T { return &v }

func TestDeactivationTakesEffectAtOnce(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	kim := d.invite("Kim", "kim@juniper.example", ofJuniper)
	in, err := d.accounts.SignIn(ctx, "kim@juniper.example", password, "here")
	require.NoError(t, err)
	no, yes := false, true
	_, err = d.accounts.Change(ctx, kim.Account, account.Change{Active: &no}, by(operator, "out", ""))
	require.NoError(t, err)
	assert.Empty(t, d.who(in.Secret))
	_, err = d.accounts.SignIn(ctx, "kim@juniper.example", password, "here")
	assert.Equal(t, domain.CodeUnauthenticated, domain.ErrorCode(err))
	_, err = d.accounts.Change(ctx, kim.Account, account.Change{Active: &yes}, by(operator, "in", ""))
	require.NoError(t, err)
	_, err = d.accounts.SignIn(ctx, "kim@juniper.example", password, "here")
	require.NoError(t, err)
}

func TestAnotherAddress(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	kim := d.invite("Kim", "kim@juniper.example", ofJuniper)
	lea := d.invite("Lea", "lea@juniper.example", ofJuniper)
	_, err := d.accounts.Change(ctx, lea.Account, account.Change{Email: ptr("KIM@juniper.example")}, by(operator, "1", ""))
	require.Equal(t, domain.CodeConflict, domain.ErrorCode(err))
	_, err = d.accounts.Change(ctx, kim.Account, account.Change{Email: ptr("ahn@juniper.example")}, by(operator, "2", ""))
	require.NoError(t, err)
	_, err = d.accounts.SignIn(ctx, "ahn@juniper.example", password, "here")
	require.NoError(t, err)
	_, err = d.accounts.Change(ctx, lea.Account, account.Change{Email: ptr("kim@juniper.example")}, by(operator, "3", ""))
	require.NoError(t, err, "the former address is free")
	_, err = d.accounts.Change(ctx, kim.Account, account.Change{Email: ptr("Ahn@juniper.example")}, by(operator, "4", ""))
	require.NoError(t, err, "another case of one's own")
	_, err = d.accounts.SignIn(ctx, "ahn@juniper.example", password, "here")
	require.NoError(t, err)
}

func TestErasureForgetsThePerson(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	const name, address = "Wilhelmina Quartermain", "wilhelmina.quartermain@juniper.example"
	who := d.invite(name, address, ofJuniper)
	in, err := d.accounts.SignIn(ctx, address, password, "here")
	require.NoError(t, err)
	issued, err := d.accounts.IssueToken(ctx, "Wilhelmina's laptop", noon.Add(time.Hour), by(who, "t", ""))
	require.NoError(t, err)
	_, err = d.accounts.Erase(ctx, who.Account, by(who, "e", ""))
	require.Equal(t, domain.CodeRefused, domain.ErrorCode(err))
	_, err = d.accounts.Erase(ctx, who.Account, by(operator, "e", ""))
	require.NoError(t, err)
	assert.NotContains(t, d.log.String(), "uartermain")
	d.assertForgotten(who.Account, address)
	assert.Equal(t, []string{"", ""}, []string{d.who(in.Secret), d.who(issued.Secret)})
	assert.Equal(t, "Former account", d.directory.Name(who.Account))
	_, err = d.accounts.Erase(ctx, who.Account, by(operator, "e2", ""))
	require.NoError(t, err, "once more changes nothing")
	again := d.invite("Somebody Else", address, ofJuniper)
	assert.NotEqual(t, who.Account, again.Account, "the address is free for another account")
}

func TestAnErasureThatWasCutOffIsFinished(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	who := d.invite("Wilhelmina Quartermain", "quartermain@juniper.example", ofJuniper)
	saved := template.Save{ID: "t", Content: template.Content{Name: "Quartermain's"}}
	_, err := NewTemplates(d.store, template.NewDirectory(), nil).Change(ctx, saved, by(who, "save", ""))
	require.NoError(t, err)
	out, err := d.accounts.change(ctx, who.Account, account.Erase{}, by(operator, "e", ""))
	require.NoError(t, err)
	require.NoError(t, d.directory.WaitFor(ctx, out.Position))
	require.NotEmpty(t, d.events(account.PersonPrefix+who.Account))
	require.NoError(t, d.accounts.FinishErasures(ctx))
	d.assertForgotten(who.Account, "quartermain@juniper.example")
	d.invite("Somebody Else", "quartermain@juniper.example", ofJuniper)
}

// assertForgotten looks for what led to a person. That it leaves the disk is
// the store's part.
func (d *desk) assertForgotten(id, login string) {
	d.t.Helper()
	assert.Empty(d.t, d.events(account.PersonPrefix+id))
	assert.Empty(d.t, d.events(account.LoginStream(login)))
	assert.Empty(d.t, d.events(template.StreamOf(id)))
	for _, e := range d.events(account.StreamPrefix + id) {
		assert.NotContains(d.t, strings.ToLower(string(mustJSON(d.t, e))), strings.ToLower(login))
	}
}

func TestTheFirstOperator(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	none, err := d.accounts.FirstOperator(ctx)
	require.NoError(t, err)
	assert.Empty(t, none, "there is one")

	fresh := newBench(t)
	store := fresh.log.Log.(*eventstore.Store)
	directory := account.NewDirectory()
	follow, cancel := context.WithCancel(context.Background())
	var following sync.WaitGroup
	t.Cleanup(func() { cancel(); following.Wait() })
	following.Go(func() {
		_ = store.Follow(follow, 0, []string{account.StreamPrefix, account.PersonPrefix}, func(p domain.Page) error { directory.Apply(p); return nil })
	})
	accounts, err := NewAccounts(AccountsConfig{Log: store, Accounts: directory, Organisations: fresh.directory, Passwords: quick})
	require.NoError(t, err)
	secret, err := accounts.FirstOperator(ctx)
	require.NoError(t, err)
	require.NotEmpty(t, secret)
	require.Eventually(t, directory.Ready, 5*time.Second, time.Millisecond)
	in, err := accounts.SignIn(ctx, FirstLogin, secret, "here")
	require.NoError(t, err)
	assert.Equal(t, domain.RoleOperator, in.Principal.Role)
	secret, err = accounts.FirstOperator(ctx)
	require.NoError(t, err)
	assert.Empty(t, secret)
}
