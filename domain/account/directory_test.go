package account_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"backlot/domain"
	. "backlot/domain/account"
)

// log makes pages of what happened.
type log struct{ at domain.Position }

func (l *log) page(stream string, events ...any) domain.Page {
	p := domain.Page{From: l.at}
	for _, e := range events {
		l.at++
		p.Events = append(p.Events, domain.Recorded{Stream: stream, Position: l.at, Event: e, Metadata: domain.Metadata{OccurredAt: now}})
	}
	p.To, p.CaughtUp = l.at, true
	return p
}

func TestTheDirectoryKnowsWhoASecretStandsFor(t *testing.T) {
	var l log
	d := NewDirectory()
	const session, token = "the cookie's secret", "the token's secret"
	kim := Person{Name: "Kim", Login: "Kim@Post.example", Secrets: []Secret{{ID: "t", Kind: SecretToken, Hash: HashSecret(token), ExpiresAt: later}}}
	stream, person := StreamPrefix+"a", PersonPrefix+"a"
	who := func(secret string, at time.Time) string {
		p, _, ok := d.Authenticated(secret, at)
		if !ok {
			return ""
		}
		return p.Account + " of " + p.Organisation
	}

	d.Apply(l.page(person, kim))
	_, ok := d.Get("a")
	assert.False(t, ok, "a person alone is no account")
	assert.Empty(t, who(token, now))
	d.Apply(l.page(stream, Opened(house), SignedIn{Session: HashSecret(session), ExpiresAt: later}))
	assert.Equal(t, "a of harbour", who(session, now))
	assert.Empty(t, who(session, later), "it has expired")
	assert.Empty(t, who(HashSecret(session), now), "the hash lets nobody in")
	assert.Empty(t, who(token, now), "the account does not say that it is valid")
	d.Apply(l.page(stream, TokenIssued{Token: "t", ExpiresAt: later}))
	assert.Equal(t, "a of harbour", who(token, now))
	assert.Empty(t, who(token, later))
	assert.Empty(t, who("", now))

	d.Apply(l.page(stream, PasswordSet{}))
	assert.Equal(t, []string{"", "a of harbour"}, []string{who(session, now), who(token, now)})
	d.Apply(l.page(stream, Deactivated{}, Reactivated{}))
	assert.Empty(t, who(token, now), "deactivation ended it")
}

func TestTheDirectoryFindsPeople(t *testing.T) {
	var l log
	d := NewDirectory()
	at := func(e Entry, ok bool) string { return e.ID }
	id := Identity{Issuer: "https://id.example", Subject: "7"}
	d.Apply(l.page(StreamPrefix+"a", Opened(house)))
	d.Apply(l.page(PersonPrefix+"a", Person{Name: "Kim", Login: "Kim@Post.example", Identity: &id}))
	d.Apply(l.page(StreamPrefix+"b", Opened(service)))
	assert.Equal(t, "a", at(d.ByLogin(" kim@post.EXAMPLE ")))
	assert.Equal(t, "a", at(d.ByIdentity(id)))
	assert.Equal(t, "Kim", d.Name("a"))
	assert.Equal(t, "never was", d.Name("never was"))
	assert.True(t, d.HasOperator())
	found, ok := d.Find("KIM")
	assert.Equal(t, "a", found)
	assert.True(t, ok)

	d.Apply(l.page(PersonPrefix+"a", Person{Name: "Kim Ahn", Login: "ahn@post.example"}))
	assert.Empty(t, at(d.ByLogin("kim@post.example")), "the former address lets nobody in")
	assert.Empty(t, at(d.ByIdentity(id)))
	assert.Equal(t, "a", at(d.ByLogin("ahn@post.example")))
	d.Apply(l.page(StreamPrefix+"c", Opened(house)))
	d.Apply(l.page(PersonPrefix+"c", Person{Name: "kim ahn"}))
	_, ok = d.Find("Kim Ahn")
	assert.False(t, ok, "two bear the name")

	d.Apply(l.page(StreamPrefix+"a", Erased{}))
	assert.Empty(t, at(d.ByLogin("ahn@post.example")))
	assert.Equal(t, "Former account", d.Name("a"))
	_, ok = d.Principal("a")
	assert.False(t, ok)
	d.Apply(l.page(PersonPrefix+"a", Person{Name: "Kim Ahn"}))
	assert.Equal(t, "Former account", d.Name("a"), "what comes late of somebody erased is not taken in")
	assert.Len(t, d.All(), 3)
	organisation, active, ok := d.Member("c")
	assert.Equal(t, "harbour", organisation)
	assert.True(t, active && ok)
}
