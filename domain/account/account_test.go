package account_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	. "backlot/domain/account"
)

var (
	now     = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	later   = now.Add(time.Hour)
	house   = Rights{Role: domain.RoleFulfillmentPartner, Organisation: "harbour"}
	keeper  = Rights{Role: domain.RoleFulfillmentPartner, Organisation: "harbour", Administrator: true}
	service = Rights{Role: domain.RoleOperator}
)

func state(events ...Event) State {
	var s State
	for _, e := range events {
		s = Evolve(s, e, now)
	}
	return s
}

func TestDecide(t *testing.T) {
	session := SignIn{Session: "s1", Method: MethodPassword, ExpiresAt: later}
	token := IssueToken{Token: "t1", Now: now, ExpiresAt: later}
	issued := TokenIssued{Token: "t1", ExpiresAt: later}
	many := []Event{Opened(house)}
	for range MaxTokens {
		many = append(many, TokenIssued{Token: string(rune('A' + len(many))), ExpiresAt: later})
	}
	for name, c := range map[string]struct {
		given []Event
		when  Command
		then  []Event
		code  domain.Code
		field string
	}{
		"opens":                              {nil, Open{house}, []Event{Opened(house)}, "", ""},
		"opens for the service":              {nil, Open{service}, []Event{Opened(service)}, "", ""},
		"opens twice":                        {[]Event{Opened(house)}, Open{house}, nil, domain.CodeConflict, ""},
		"opens in no role":                   {nil, Open{Rights{Role: "intern"}}, nil, domain.CodeInvalid, "role"},
		"opens as the portal itself":         {nil, Open{Rights{Role: domain.RoleSystem}}, nil, domain.CodeInvalid, "role"},
		"a partner without organisation":     {nil, Open{Rights{Role: domain.RoleContentPartner}}, nil, domain.CodeInvalid, "organisation"},
		"an operator with an organisation":   {nil, Open{Rights{Role: domain.RoleOperator, Organisation: "o"}}, nil, domain.CodeInvalid, "organisation"},
		"an auditor who keeps accounts":      {nil, Open{Rights{Role: domain.RoleAuditor, Administrator: true}}, nil, domain.CodeInvalid, "administrator"},
		"changes rights":                     {[]Event{Opened(house)}, ChangeRights{keeper}, []Event{RightsChanged(keeper)}, "", ""},
		"changes rights to the same":         {[]Event{Opened(house)}, ChangeRights{house}, nil, "", ""},
		"changes rights to what cannot be":   {[]Event{Opened(house)}, ChangeRights{Rights{Role: domain.RoleOperator, Organisation: "o"}}, nil, domain.CodeInvalid, "organisation"},
		"sets a password":                    {[]Event{Opened(house)}, SetPassword{}, []Event{PasswordSet{}}, "", ""},
		"sets a password while deactivated":  {[]Event{Opened(house), Deactivated{}}, SetPassword{}, nil, domain.CodeRefused, ""},
		"signs in":                           {[]Event{Opened(house)}, session, []Event{SignedIn(session)}, "", ""},
		"signs in while deactivated":         {[]Event{Opened(house), Deactivated{}}, session, nil, domain.CodeRefused, ""},
		"signs in once reactivated":          {[]Event{Opened(house), Deactivated{}, Reactivated{}}, session, []Event{SignedIn(session)}, "", ""},
		"signs in without an id":             {[]Event{Opened(house)}, SignIn{ExpiresAt: later}, nil, domain.CodeInternal, ""},
		"signs out":                          {[]Event{Opened(house), SignedIn(session)}, SignOut{"s1"}, []Event{SignedOut{"s1"}}, "", ""},
		"signs out of what is not":           {[]Event{Opened(house), SignedIn(session)}, SignOut{"s2"}, nil, "", ""},
		"signs out everywhere":               {[]Event{Opened(house), SignedIn(session)}, SignOut{}, []Event{SignedOut{}}, "", ""},
		"signs out everywhere from nowhere":  {[]Event{Opened(house)}, SignOut{}, nil, "", ""},
		"issues a token":                     {[]Event{Opened(house)}, token, []Event{issued}, "", ""},
		"issues a token again":               {[]Event{Opened(house), issued}, token, nil, "", ""},
		"issues one too many":                {many, token, nil, domain.CodeRefused, ""},
		"issues a token of the past":         {[]Event{Opened(house)}, IssueToken{Token: "t", Now: now, ExpiresAt: now}, nil, domain.CodeInvalid, "expires_at"},
		"issues a token for ever":            {[]Event{Opened(house)}, IssueToken{Token: "t", Now: now, ExpiresAt: now.Add(MaxTokenAge + 1)}, nil, domain.CodeInvalid, "expires_at"},
		"issues a token while deactivated":   {[]Event{Opened(house), Deactivated{}}, token, nil, domain.CodeRefused, ""},
		"revokes a token":                    {[]Event{Opened(house), issued}, RevokeToken{"t1"}, []Event{TokenRevoked{"t1"}}, "", ""},
		"revokes what is not":                {[]Event{Opened(house)}, RevokeToken{"t1"}, nil, domain.CodeNotFound, ""},
		"deactivates":                        {[]Event{Opened(house)}, Deactivate{}, []Event{Deactivated{}}, "", ""},
		"deactivates twice":                  {[]Event{Opened(house), Deactivated{}}, Deactivate{}, nil, "", ""},
		"reactivates":                        {[]Event{Opened(house), Deactivated{}}, Reactivate{}, []Event{Reactivated{}}, "", ""},
		"reactivates what is active":         {[]Event{Opened(house)}, Reactivate{}, nil, "", ""},
		"erases":                             {[]Event{Opened(house)}, Erase{}, []Event{Erased{}}, "", ""},
		"erases what is deactivated":         {[]Event{Opened(house), Deactivated{}}, Erase{}, []Event{Erased{}}, "", ""},
		"erases twice":                       {[]Event{Opened(house), Erased{}}, Erase{}, nil, "", ""},
		"reactivates what was erased":        {[]Event{Opened(house), Erased{}}, Reactivate{}, nil, domain.CodeRefused, ""},
		"signs in to what was erased":        {[]Event{Opened(house), Erased{}}, session, nil, domain.CodeRefused, ""},
		"changes the rights of nobody":       {nil, ChangeRights{house}, nil, domain.CodeNotFound, ""},
		"does not know the command":          {[]Event{Opened(house)}, struct{ Command }{}, nil, domain.CodeInternal, ""},
		"no organisation for another's role": {nil, Open{Rights{Role: domain.RoleQualityControl, Organisation: "o"}}, nil, domain.CodeInvalid, "organisation"},
	} {
		t.Run(name, func(t *testing.T) {
			events, err := Decide(state(c.given...), c.when)
			require.Equal(t, c.code, domain.ErrorCode(err), "%v", err)
			require.Equal(t, c.then, events)
			if err != nil {
				var e *domain.Error
				require.ErrorAs(t, err, &e)
				assert.Equal(t, c.field, e.Field)
			}
		})
	}
}

func TestWhatEndsSessionsAndTokens(t *testing.T) {
	in := []Event{Opened(house), SignedIn{Session: "s", ExpiresAt: later}, TokenIssued{Token: "t", ExpiresAt: later}}
	for name, c := range map[string]struct {
		then            Event
		session, active bool
		token           bool
	}{
		"nothing":      {nil, true, true, true},
		"a password":   {PasswordSet{}, false, true, true},
		"signing out":  {SignedOut{}, false, true, true},
		"a revocation": {TokenRevoked{"t"}, true, true, false},
		"deactivation": {Deactivated{}, false, false, false},
		"erasure":      {Erased{}, false, false, false},
		"other rights": {RightsChanged(keeper), true, true, true},
	} {
		s := state(append(in, c.then)...)
		_, session := s.Session("s", now)
		_, token := s.Token("t", now)
		assert.Equal(t, []bool{c.session, c.active, c.token}, []bool{session, s.IsActive(), token}, name)
	}
	s := state(in...)
	_, session := s.Session("s", later)
	_, token := s.Token("t", later)
	assert.False(t, session || token, "both end at their instant")
}

func TestSessionsAreBounded(t *testing.T) {
	s := state(Opened(house))
	for n := range 200 {
		s = Evolve(s, SignedIn{Session: string(rune('a' + n)), ExpiresAt: later}, now)
	}
	assert.Len(t, s.Sessions, 50)
	assert.Equal(t, string(rune('a'+199)), s.Sessions[49].ID)
	s = Evolve(s, SignedIn{Session: "new", ExpiresAt: later.Add(time.Hour)}, later)
	assert.Len(t, s.Sessions, 1, "what has expired is forgotten")
}

func TestEvolveIsTotalAndChangesNoEarlierState(t *testing.T) {
	events := []Event{
		Opened(house), RightsChanged(keeper), PasswordSet{}, SignedIn{Session: "s1", ExpiresAt: later}, SignedIn{Session: "s2", ExpiresAt: later}, SignedOut{Session: "s1"}, SignedOut{},
		TokenIssued{Token: "t1", ExpiresAt: later}, TokenIssued{Token: "t2", ExpiresAt: later}, TokenRevoked{"t1"}, Deactivated{}, Reactivated{}, Erased{}, nil, struct{ Event }{},
	}
	rapid.Check(t, func(t *rapid.T) {
		states, copies := []State{{}}, []State{{}}
		for range 20 {
			from := rapid.IntRange(0, len(states)-1).Draw(t, "from")
			s := Evolve(states[from], rapid.SampledFrom(events).Draw(t, "event"), now)
			c := s
			c.Sessions, c.Tokens = append([]Session(nil), s.Sessions...), append([]Token(nil), s.Tokens...)
			states, copies = append(states, s), append(copies, c)
		}
		for i, s := range states {
			require.Equal(t, copies[i].Rights, s.Rights)
			require.Equal(t, append([]Session{}, copies[i].Sessions...), append([]Session{}, s.Sessions...))
			require.Equal(t, append([]Token{}, copies[i].Tokens...), append([]Token{}, s.Tokens...))
		}
	})
}

func TestWhoKeepsWhom(t *testing.T) {
	studio := Rights{Role: domain.RoleContentPartner, Organisation: "harbour", Administrator: true}
	other := Rights{Role: domain.RoleFulfillmentPartner, Organisation: "other"}
	for _, c := range []struct {
		who, whom    Rights
		keeps, knows bool
	}{
		{service, house, true, true}, {service, service, true, true}, {keeper, house, true, true}, {keeper, keeper, true, true},
		{keeper, other, false, false}, {keeper, studio, false, false}, {keeper, service, false, false}, {house, house, false, true}, {house, keeper, false, true},
		{house, other, false, false}, {studio, house, false, false}, {Rights{Role: domain.RoleAuditor}, house, false, true},
		{Rights{Role: domain.RoleQualityControl}, house, false, false}, {Rights{Role: domain.RoleQualityControl}, Rights{Role: domain.RoleQualityControl}, false, true}, {Rights{}, house, false, false},
	} {
		assert.Equal(t, []bool{c.keeps, c.knows}, []bool{c.who.Keeps(c.whom), c.who.Knows(c.whom)}, "%+v of %+v", c.who, c.whom)
	}
}

func TestPersons(t *testing.T) {
	p := Person{Name: "Kim", Login: "kim@post.example"}
	p = p.With(Secret{ID: "i1", Kind: SecretInvitation, Hash: "h1", ExpiresAt: later}, nil, now)
	p = p.With(Secret{ID: "i2", Kind: SecretInvitation, Hash: "h2", ExpiresAt: later}, nil, now)
	_, first := p.Secret(SecretInvitation, "h1", now)
	_, second := p.Secret(SecretInvitation, "h2", now)
	_, wrongKind := p.Secret(SecretReset, "h2", now)
	_, late := p.Secret(SecretInvitation, "h2", later)
	assert.Equal(t, []bool{false, true, false, false}, []bool{first, second, wrongKind, late})

	p = p.With(Secret{ID: "t1", Kind: SecretToken, Hash: "h3", ExpiresAt: later}, nil, now)
	p = p.With(Secret{ID: "t2", Kind: SecretToken, Hash: "h4", ExpiresAt: later}, []Token{{ID: "t1"}}, now)
	assert.Len(t, p.Secrets, 3)
	p = p.With(Secret{ID: "t3", Kind: SecretToken, Hash: "h5", ExpiresAt: later}, []Token{{ID: "t2"}}, now)
	_, revoked := p.Secret(SecretToken, "h3", now)
	assert.False(t, revoked, "a token that is not valid any more is dropped")
	p = p.WithPassword("hash")
	_, invitation := p.Secret(SecretInvitation, "h2", now)
	assert.False(t, invitation)
	assert.Len(t, p.Secrets, 2)
}

func TestWhatAPersonMayBeCalled(t *testing.T) {
	for email, ok := range map[string]bool{
		"kim@post.example": true, " kim@post.example ": true, "k.i+m@sub.post.example": true, "kim": false, "": false, "Kim <kim@post.example>": false,
		"kim@post.example\r\nBcc: all@post.example": false, "@post.example": false, "a@" + strings.Repeat("b", 254): false,
	} {
		_, err := ValidEmail(email)
		assert.Equal(t, ok, err == nil, "%q: %v", email, err)
	}
	name, err := ValidName(" Kim Ahn ")
	require.NoError(t, err)
	assert.Equal(t, "Kim Ahn", name)
	for _, bad := range []string{"", " ", "a\nb", "a\xff", strings.Repeat("é", 201)} {
		_, err := ValidName(bad)
		assert.Equal(t, domain.CodeInvalid, domain.ErrorCode(err), "%q", bad)
	}
	p := Person{Name: "Kim Ahn of Post", Login: "kim@post.example"}
	for password, ok := range map[string]bool{
		"correct horse battery": true, strings.Repeat("a", 12): true, strings.Repeat("é", 12): true, strings.Repeat("a", 11): false, "": false,
		strings.Repeat("a", 201): false, "KIM@post.example": false, "kim ahn of post": false,
	} {
		assert.Equal(t, ok, ValidatePassword(password, p) == nil, "%q", password)
	}
}

func TestLogins(t *testing.T) {
	assert.Equal(t, LoginStream("Kim@Post.example"), LoginStream("kim@post.EXAMPLE"))
	assert.NotEqual(t, LoginStream("a"), LoginStream("b"))
	assert.NotEqual(t, IdentityStream(Identity{"a", "b"}), IdentityStream(Identity{"ab", ""}))
	assert.NotContains(t, LoginStream("kim@post.example"), "kim")

	var h Holder
	events, err := h.Reserve("a")
	require.NoError(t, err)
	require.Equal(t, []any{LoginReserved{Account: "a"}}, events)
	h = FoldLogin(h, domain.Recorded{Event: events[0]})
	events, err = h.Reserve("a")
	require.NoError(t, err)
	require.Empty(t, events)
	_, err = h.Reserve("b")
	require.Equal(t, domain.CodeConflict, domain.ErrorCode(err))
	require.Empty(t, h.Release("b"))
	h = FoldLogin(h, domain.Recorded{Event: h.Release("a")[0]})
	_, err = h.Reserve("b")
	require.NoError(t, err)
}
