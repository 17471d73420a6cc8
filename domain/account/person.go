package account

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"backlot/domain"
)

// PersonPrefix begins the name of the stream that holds who an account's
// person is; the account's id follows. It keeps its last event only.
const PersonPrefix = domain.PersonStreamPrefix

// Person is who an account belongs to, and what lets them in. It is recorded
// whole each time, and its JSON is a storage format.
type Person struct {
	Name         string    `json:"name"`
	Login        string    `json:"login,omitempty"` // as given; "" for one who signs in by other means
	Email        string    `json:"email,omitempty"` // "" for one who gets no mail
	PasswordHash string    `json:"passwordHash,omitempty"`
	Identity     *Identity `json:"identity,omitempty"`
	Secrets      []Secret  `json:"secrets,omitempty"`
}

// Identity is the person at an OpenID provider.
type Identity struct {
	Issuer  string `json:"issuer"`
	Subject string `json:"subject"`
}

// Secret is something random that its holder was given once; the hash knows it
// again. A token's also needs the account to say that it is valid.
type Secret struct {
	ID        string     `json:"id"`
	Kind      SecretKind `json:"kind"`
	Hash      string     `json:"hash"`            // SHA-256, hex, of at least 256 random bits
	Label     string     `json:"label,omitempty"` // of a token
	ExpiresAt time.Time  `json:"expiresAt"`
}

// SecretKind is what a secret is good for.
type SecretKind string

// The kinds of secret.
const (
	SecretInvitation SecretKind = "invitation"
	SecretReset      SecretKind = "password_reset"
	SecretToken      SecretKind = "token"
)

// HashSecret returns the hash by which a secret is known again.
func HashSecret(secret string) string {
	h := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(h[:])
}

// Secret returns the secret of a kind with a hash that has not expired.
func (p Person) Secret(kind SecretKind, hash string, at time.Time) (Secret, bool) {
	i := slices.IndexFunc(p.Secrets, func(s Secret) bool { return s.Kind == kind && s.Hash == hash && s.ExpiresAt.After(at) })
	if i < 0 {
		return Secret{}, false
	}
	return p.Secrets[i], true
}

// With returns the person with one more secret. An invitation or a reset takes
// the place of the one before; what has expired, and tokens that are not valid
// any more, are left out.
func (p Person) With(s Secret, valid []Token, at time.Time) Person {
	p.Secrets = slices.DeleteFunc(slices.Clone(p.Secrets), func(o Secret) bool {
		return !o.ExpiresAt.After(at) || o.Kind == s.Kind && s.Kind != SecretToken ||
			o.Kind == SecretToken && !slices.ContainsFunc(valid, func(t Token) bool { return t.ID == o.ID })
	})
	p.Secrets = append(p.Secrets, s)
	return p
}

// WithPassword returns the person with a password's hash; invitations and
// resets have served.
func (p Person) WithPassword(hash string) Person {
	p.PasswordHash = hash
	p.Secrets = slices.DeleteFunc(slices.Clone(p.Secrets), func(s Secret) bool { return s.Kind != SecretToken })
	return p
}

// FoldPerson returns the person as a recorded event has it; the stream's other
// events are older.
func FoldPerson(p Person, r domain.Recorded) Person {
	if e, ok := r.Event.(Person); ok {
		return e
	}
	return p
}

const (
	maxName  = 200 // characters
	maxLogin = 254 // characters; the longest address, RFC 5321
)

// ValidName returns a person's name in the form that is kept; CodeInvalid.
func ValidName(name string) (string, error) { return line("name", name, maxName) }

// ValidLabel returns a token's label in the form that is kept; CodeInvalid.
func ValidLabel(label string) (string, error) { return line("label", label, maxName) }

func line(field, text string, most int) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return "", domain.Invalid(field, field+" is required")
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		return "", domain.Invalid(field, field+" holds control characters or is not valid UTF-8")
	case utf8.RuneCountInString(text) > most:
		return "", domain.Invalid(field, fmt.Sprintf("%s has more than %d characters", field, most))
	}
	return text, nil
}

// ValidEmail returns an address in the form that is kept; CodeInvalid.
func ValidEmail(email string) (string, error) {
	email, err := line("email", email, maxLogin)
	if err != nil {
		return "", err
	}
	a, err := mail.ParseAddress(email)
	if err != nil || a.Name != "" || a.Address != email || !strings.Contains(email, "@") {
		return "", domain.Invalid("email", fmt.Sprintf("%q is not an e-mail address like kim@example.com", email))
	}
	return email, nil
}

// Bounds of a password, in characters. Length is what makes one hard to guess.
const (
	MinPassword = 12
	MaxPassword = 200
)

// ValidatePassword checks a new password of somebody; CodeInvalid.
func ValidatePassword(password string, p Person) error {
	n := utf8.RuneCountInString(password)
	switch {
	case n < MinPassword:
		return domain.Invalid("password", fmt.Sprintf("a password has at least %d characters; a few words in a row are easy to remember", MinPassword))
	case n > MaxPassword:
		return domain.Invalid("password", fmt.Sprintf("a password has at most %d characters", MaxPassword))
	case strings.EqualFold(password, p.Login), strings.EqualFold(password, p.Email), strings.EqualFold(password, p.Name):
		return domain.Invalid("password", "a password is not one's name or address")
	}
	return nil
}
