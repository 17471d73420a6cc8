package readapi

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readapi/facets"
)

const groupPrefix = "group."

// checkQuery parses the query and refuses every parameter that the operation
// does not take, so that a misspelt one is never silently ignored.
func (s *server) checkQuery(x *exchange, op operation) error {
	return x.readQuery(x.r.URL.RawQuery, op)
}

func (x *exchange) readQuery(raw string, op operation) error {
	q, err := url.ParseQuery(raw)
	if err != nil {
		return &domain.Error{Code: domain.CodeInvalid, Message: "The query of the URL cannot be read; percent-encode special characters.", Err: err}
	}
	x.query = q
	return op.checkParameters(q)
}

// checkParameters refuses what an operation does not take.
func (op *operation) checkParameters(q url.Values) error {
	var unknown []string
	for _, name := range slices.Sorted(maps.Keys(q)) {
		modifier := op.modifiers && isModifier(strings.TrimPrefix(name, "-"))
		switch {
		case op.foreign:
		case !modifier && !op.takes(name):
			unknown = append(unknown, name)
		case !modifier && len(q[name]) > 1 && !slices.Contains(op.repeated, name):
			return domain.Invalid(name, fmt.Sprintf("%s is given %d times; once is enough", name, len(q[name])))
		}
	}
	if unknown == nil {
		return nil
	}
	allowed := op.queryParameters()
	message := "what is not a parameter here: " + strings.Join(unknown, ", ")
	if len(allowed) > 0 {
		message += "; what is: " + strings.Join(allowed, ", ")
	}
	return domain.Invalid(unknown[0], message, allowed...)
}

// takes reports whether a parameter that is no modifier is the operation's.
func (op *operation) takes(name string) bool {
	if group, ok := strings.CutPrefix(name, groupPrefix); ok && op.groups {
		return slices.ContainsFunc(facets.Groupings(), func(g facets.Grouping) bool { return g.Name == group })
	}
	return slices.Contains(op.parameters, name)
}

// queryParameters lists everything that an operation's query may hold; each
// modifier may also come with a hyphen before it.
func (op *operation) queryParameters() []string {
	names := slices.Clone(op.parameters)
	if op.groups {
		for _, g := range facets.Groupings() {
			names = append(names, groupPrefix+g.Name)
		}
	}
	if op.modifiers {
		for _, m := range facets.Modifiers() {
			names = append(names, m.Name)
		}
	}
	return names
}

func isModifier(name string) bool {
	_, is := facets.ModifierNamed(name)
	return is
}

// selection returns the query's modifiers.
func (x *exchange) selection() (facets.Selection, error) { return facets.ParseSelection(x.modifiers()) }

// modifiers returns the part of the query that is modifiers.
func (x *exchange) modifiers() url.Values { return modifiersOf(x.query) }

func modifiersOf(q url.Values) url.Values {
	modifiers := url.Values{}
	for name, values := range q {
		if isModifier(strings.TrimPrefix(name, "-")) {
			modifiers[name] = values
		}
	}
	return modifiers
}

// rowsOf returns what selects rows in a query whose parameters were checked:
// the modifiers, the bucket and the group.
func rowsOf(by domain.Principal, q url.Values) (rows facets.RowQuery, err error) {
	rows.Principal = by
	if q.Has("bucket") {
		b, err := sourcerequest.ParseBucket(q.Get("bucket"))
		if err != nil {
			return rows, err
		}
		rows.Bucket = &b
	}
	for name := range q {
		if group, ok := strings.CutPrefix(name, groupPrefix); ok {
			if rows.Group == nil {
				rows.Group = map[string]string{}
			}
			rows.Group[group] = q.Get(name)
		}
	}
	rows.Selection, err = facets.ParseSelection(modifiersOf(q))
	return rows, err
}

// now returns the instant that the query asks about: by now= or as_of=, else the
// clock's.
func (s *server) now(x *exchange) (time.Time, error) {
	at, past, err := s.pastMoment(x)
	if past || err != nil {
		return at, err
	}
	v, given := x.parameter("now")
	if !given {
		return instant(s.Now()), nil
	}
	return parseInstant("now", v)
}

// pastMoment returns the moment that as_of= names; ok is false without one.
func (s *server) pastMoment(x *exchange) (at time.Time, ok bool, err error) {
	v, given := x.parameter("as_of")
	if !given {
		return at, false, nil
	}
	if at, err = parseInstant("as_of", v); err != nil {
		return at, true, err
	}
	if _, both := x.parameter("now"); both {
		return at, true, domain.Invalid("now", "now does not go with as_of, which is the clock of the answer as well")
	}
	if now := instant(s.Now()); at.After(now) {
		return at, true, domain.Invalid("as_of", fmt.Sprintf("%s is in the future; it is %s now", v, now.Format(time.RFC3339)))
	}
	return at, true, nil
}

// parameter returns a parameter that is given at most once.
func (x *exchange) parameter(name string) (value string, given bool) {
	values, given := x.query[name]
	if !given {
		return "", false
	}
	return values[0], true
}

// flag reads a parameter that is true or false; false if it is not given.
func (x *exchange) flag(name string) (bool, error) {
	v, given := x.parameter(name)
	if given && v != "true" && v != "false" {
		return false, domain.Invalid(name, fmt.Sprintf("%s is true or false, not %q", name, v), "true", "false")
	}
	return v == "true", nil
}

// number returns a whole number between two bounds, or the default.
func (x *exchange) number(name string, low, high, otherwise int) (int, error) {
	v, given := x.parameter(name)
	if !given {
		return otherwise, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < low || n > high {
		return 0, domain.Invalid(name, fmt.Sprintf("%s is a whole number from %d to %d, not %q", name, low, high, v))
	}
	return n, nil
}

// maxSearch is the length of the texts that values and groups are searched by.
const maxSearch = 200 // characters

func (x *exchange) search(name string) (string, error) {
	v, _ := x.parameter(name)
	if len([]rune(v)) > maxSearch {
		return "", domain.Invalid(name, fmt.Sprintf("%s has more than %d characters", name, maxSearch))
	}
	return v, nil
}

// instant is a moment as answers show it: in UTC, in whole milliseconds.
func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

var earliest, latest = time.Date(1971, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)

func parseInstant(field, v string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, v)
	if err != nil || t.Before(earliest) || !t.Before(latest) {
		return t, domain.Invalid(field, fmt.Sprintf("%q is not an instant between 1971 and 2199; write it like 2026-11-23T12:00:00Z", v))
	}
	return instant(t), nil
}

// after returns the position that after= names; ok is false without one.
func (x *exchange) after() (p domain.Position, ok bool, err error) {
	v, given := x.parameter("after")
	if !given {
		return 0, false, nil
	}
	p, err = domain.ParsePosition(v)
	if err != nil {
		return 0, false, domain.Invalid("after", fmt.Sprintf("%q is not a position; use one that an answer gave", v))
	}
	return p, true, nil
}

// snapshot returns the facet index at or after the position that after= names,
// with the organisations known that far; with as_of=, as it was at that moment.
func (s *server) snapshot(x *exchange) (*facets.Snapshot, error) {
	if err := s.awaitOrganisations(x); err != nil {
		return nil, err
	}
	if p, ok, _ := x.after(); ok {
		ctx, cancel := context.WithTimeout(x.r.Context(), s.AfterTimeout)
		defer cancel()
		if err := s.Index.WaitFor(ctx, p); err != nil {
			return nil, err
		}
	}
	snapshot, err := s.Index.Snapshot()
	if err != nil {
		return nil, err
	}
	at, past, err := s.pastMoment(x)
	if !past || err != nil {
		return snapshot, err
	}
	return snapshot.AsOf(at)
}

// awaitOrganisations returns once the organisations are known, up to the
// position that after= names.
func (s *server) awaitOrganisations(x *exchange) error {
	return s.awaitFollower(x, s.Organisations, "organisations")
}

// follower is what follows the log in memory.
type follower interface {
	Ready() bool
	WaitFor(ctx context.Context, p domain.Position) error
}

// awaitFollower returns once a follower knows what it is named after, up to the
// position that after= names.
func (s *server) awaitFollower(x *exchange, f follower, what string) error {
	if !f.Ready() {
		return domain.Errorf(domain.CodeUnavailable, "The %s are not known yet: the log is still being read.", what)
	}
	p, ok, err := x.after()
	if err != nil || !ok {
		return err
	}
	ctx, cancel := context.WithTimeout(x.r.Context(), s.AfterTimeout)
	defer cancel()
	err = f.WaitFor(ctx, p)
	if errors.Is(err, context.DeadlineExceeded) {
		return &domain.Error{Code: domain.CodeTimeout, Field: "after", Message: fmt.Sprintf("Position %s was not reached within %s. Try again.", p, s.AfterTimeout), Err: err}
	}
	return err
}
