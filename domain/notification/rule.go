package notification

import (
	"slices"
	"sync"
	"time"

	"backlot/domain"
)

// RulesPrefix begins the name of every account's stream of rules; the account
// id follows.
const RulesPrefix = domain.NotificationsStreamPrefix

// RulesOf names the stream of an account's rules.
func RulesOf(account string) string { return RulesPrefix + account }

// Content is what an account says of a rule. Its JSON is a storage format.
type Content struct {
	Name       string   `json:"name"`
	Kinds      []string `json:"kinds"` // in the order of Kinds, each once
	Query      string   `json:"query"` // the modifiers as a canonical query string
	OwnActions bool     `json:"ownActions,omitempty"`
	Daily      bool     `json:"daily,omitempty"`   // in one digest a day instead of at once
	Hour       int      `json:"hour"`              // of the digest, 0 to 23
	Zone       string   `json:"zone"`              // IANA name, of the hour
	Mail       bool     `json:"mail,omitempty"`    // beside the inbox
	Webhook    string   `json:"webhook,omitempty"` // URL, beside the inbox
}

// Rule is what an account wants to be told of.
type Rule struct {
	ID string
	Content
	UpdatedAt time.Time       // of its last change, UTC
	Since     domain.Position // of its last change: what happened before is not told
}

// Wants reports whether the rule is about a kind.
func (r *Rule) Wants(kind string) bool { return slices.Contains(r.Kinds, kind) }

// DigestDue returns the last instant, not after now, at which a daily rule
// gives its digest: once a calendar day of its zone, also where clocks change.
func (c *Content) DigestDue(now time.Time) (time.Time, error) {
	zone, err := zoneOf(c.Zone)
	if err != nil {
		return time.Time{}, err
	}
	year, month, day := now.In(zone).Date()
	due := time.Date(year, month, day, c.Hour, 0, 0, 0, zone)
	if due.After(now) {
		due = time.Date(year, month, day-1, c.Hour, 0, 0, 0, zone)
	}
	return due.UTC(), nil
}

var zones sync.Map // by name: what was loaded once

func zoneOf(name string) (*time.Location, error) {
	if known, ok := zones.Load(name); ok {
		return known.(*time.Location), nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, domain.Errorf(domain.CodeInternal, "the time zone %q of a rule is not known here", name)
	}
	zones.Store(name, zone)
	return zone, nil
}

// Rules are an account's rules, as its events left them.
type Rules struct {
	Rules []Rule // in the order in which they were saved
}

// Get returns the rule with an id.
func (s Rules) Get(id string) (Rule, bool) {
	i := s.index(id)
	if i < 0 {
		return Rule{}, false
	}
	return s.Rules[i], true
}

func (s Rules) index(id string) int {
	return slices.IndexFunc(s.Rules, func(r Rule) bool { return r.ID == id })
}

// RuleEvent is one change of an account's rules.
type RuleEvent interface {
	Event
	ruleEvent()
}

// The JSON names are a storage format; see the event catalog.
type (
	// RuleSaved began a rule.
	RuleSaved struct {
		ID string `json:"id"`
		Content
	}
	// RuleReplaced changed a rule to what is said now.
	RuleReplaced struct {
		ID string `json:"id"`
		Content
	}
	// RuleDeleted ended a rule.
	RuleDeleted struct {
		ID string `json:"id"`
	}
)

func (RuleSaved) ruleEvent()    {}
func (RuleReplaced) ruleEvent() {}
func (RuleDeleted) ruleEvent()  {}

// FoldRules folds one recorded event into the rules; it is total.
func FoldRules(s Rules, r domain.Recorded) Rules {
	rule := func(id string, c Content) Rule {
		return Rule{ID: id, Content: c, UpdatedAt: r.Metadata.OccurredAt, Since: r.Position}
	}
	switch e := r.Event.(type) {
	case RuleSaved:
		if s.index(e.ID) < 0 {
			s.Rules = append(slices.Clip(s.Rules), rule(e.ID, e.Content))
		}
	case RuleReplaced:
		if i := s.index(e.ID); i >= 0 {
			s.Rules = slices.Clone(s.Rules)
			s.Rules[i] = rule(e.ID, e.Content)
		}
	case RuleDeleted:
		s.Rules = slices.DeleteFunc(slices.Clone(s.Rules), func(r Rule) bool { return r.ID == e.ID })
	}
	return s
}
