package notification

import (
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"backlot/domain"
)

// RuleCommand is something that an account wants of its rules.
type RuleCommand interface {
	// Target returns the id of the rule that the command is about.
	Target() string
}

type (
	// SaveRule begins a rule.
	SaveRule struct {
		ID string
		Content
	}
	// ReplaceRule changes a rule to what is said now.
	ReplaceRule struct {
		ID string
		Content
	}
	// DeleteRule ends a rule.
	DeleteRule struct{ ID string }
)

// Target implements RuleCommand.
func (c SaveRule) Target() string { return c.ID }

// Target implements RuleCommand.
func (c ReplaceRule) Target() string { return c.ID }

// Target implements RuleCommand.
func (c DeleteRule) Target() string { return c.ID }

// MaxRules bounds how many rules an account has.
const MaxRules = 100

const (
	maxName  = 80     // characters
	maxQuery = 16_000 // bytes
	maxURL   = 2_000  // bytes
)

// ErrNoRule is the error for a rule that the account does not have.
var ErrNoRule = domain.Errorf(domain.CodeNotFound, "there is no such notification rule")

// DecideRule returns the events that a command of an account leads to. The
// error is CodeInvalid for wrong content, CodeConflict for a name that another
// rule of the account has, CodeRefused for one rule too many, CodeNotFound for
// a rule that the account does not have.
func DecideRule(s Rules, c RuleCommand) ([]RuleEvent, error) {
	switch c := c.(type) {
	case SaveRule:
		content, err := s.checked(c.ID, c.Content)
		if err != nil {
			return nil, err
		}
		if _, exists := s.Get(c.ID); exists {
			return nil, domain.Errorf(domain.CodeConflict, "the notification rule exists already")
		}
		if len(s.Rules) >= MaxRules {
			return nil, domain.Refused(fmt.Sprintf("an account has at most %d notification rules; delete one first", MaxRules), "delete")
		}
		return []RuleEvent{RuleSaved{c.ID, content}}, nil
	case ReplaceRule:
		rule, exists := s.Get(c.ID)
		if !exists {
			return nil, ErrNoRule
		}
		content, err := s.checked(c.ID, c.Content)
		if err != nil || reflect.DeepEqual(content, rule.Content) {
			return nil, err
		}
		return []RuleEvent{RuleReplaced{c.ID, content}}, nil
	case DeleteRule:
		if _, exists := s.Get(c.ID); !exists {
			return nil, ErrNoRule
		}
		return []RuleEvent{RuleDeleted(c)}, nil
	}
	return nil, domain.Errorf(domain.CodeInternal, "no decision for %T", c)
}

// checked returns the content of a rule in the form that is kept.
func (s Rules) checked(id string, c Content) (Content, error) {
	c.Name = strings.TrimSpace(c.Name)
	switch {
	case c.Name == "":
		return c, domain.Invalid("name", "a notification rule has a name")
	case !utf8.ValidString(c.Name) || strings.ContainsFunc(c.Name, unicode.IsControl):
		return c, domain.Invalid("name", "the name holds control characters or is not valid UTF-8")
	case utf8.RuneCountInString(c.Name) > maxName:
		return c, domain.Invalid("name", fmt.Sprintf("the name has more than %d characters", maxName))
	case len(c.Query) > maxQuery:
		return c, domain.Invalid("query", fmt.Sprintf("the modifiers have %d bytes as a query string; at most %d", len(c.Query), maxQuery))
	case len(c.Kinds) == 0:
		return c, domain.Invalid("kinds", "a notification rule is about at least one kind of event", Kinds()...)
	case c.Hour < 0 || c.Hour > 23:
		return c, domain.Invalid("hour", fmt.Sprintf("the hour of a digest is a whole number from 0 to 23, not %d", c.Hour))
	}
	for i, kind := range c.Kinds {
		if !slices.Contains(Kinds(), kind) {
			return c, domain.Invalid(fmt.Sprintf("kinds[%d]", i), fmt.Sprintf("there is no kind of event %q", kind), Kinds()...)
		}
	}
	c.Kinds = slices.DeleteFunc(Kinds(), func(kind string) bool { return !slices.Contains(c.Kinds, kind) })
	if zone, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" || zone == time.Local {
		return c, domain.Invalid("zone", fmt.Sprintf("%q is not an IANA time zone; for example Europe/Berlin", c.Zone))
	}
	if err := checkURL(c.Webhook); err != nil {
		return c, err
	}
	for _, r := range s.Rules {
		if r.ID != id && strings.EqualFold(r.Name, c.Name) {
			e := domain.Errorf(domain.CodeConflict, "another notification rule of yours has the name %q; names differ in more than case", r.Name)
			e.Field = "name"
			return c, e
		}
	}
	return c, nil
}

// checkURL refuses what no webhook can be sent to. Whether the server sends
// there is for whoever sends.
func checkURL(address string) error {
	if address == "" {
		return nil
	}
	const like = "write an address like https://hooks.example.com/backlot"
	u, err := url.Parse(address)
	switch {
	case len(address) > maxURL:
		return domain.Invalid("webhook_url", fmt.Sprintf("the address has more than %d bytes", maxURL))
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || strings.ContainsFunc(address, unicode.IsControl):
		return domain.Invalid("webhook_url", "this is no address of a web server; "+like)
	case u.User != nil:
		return domain.Invalid("webhook_url", "the address holds a user name or password; webhooks are signed instead: "+like)
	case u.Fragment != "":
		return domain.Invalid("webhook_url", "the address has a part after #, which is never sent; "+like)
	}
	return nil
}
