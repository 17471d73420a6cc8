package facets

import (
	"slices"
	"strings"
)

// What a value of a modifier means, for codes of a dictionary and for single
// requests alike.

// namesPartner accepts the organisations that a value means; "" is none.
func namesPartner(names Names, value string) func(id string) bool {
	if value == "" {
		return func(id string) bool { return id == "" }
	}
	found, known := names.Find(value)
	return func(id string) bool {
		return id != "" && (known && id == found || strings.EqualFold(names.Name(id), value))
	}
}

// namesPerson accepts the accounts that a value means to somebody: me, an
// account id, or the name of one or several people; "" is none.
func namesPerson(accounts AccountNames, value, me string) func(id string) bool {
	if value == "" {
		return func(id string) bool { return id == "" }
	}
	mine := strings.EqualFold(value, valueMe)
	return func(id string) bool {
		switch {
		case id == "":
			return false
		case mine:
			return id == me
		}
		return id == value || strings.EqualFold(shownName(accounts, id), value)
	}
}

// shownName returns how a person is shown.
func shownName(accounts AccountNames, id string) string {
	if name := accounts.Name(id); name != "" {
		return name
	}
	return id
}

// hasName accepts sets that a name is in; "" is the empty set.
func hasName(name string) func(names []string) bool {
	if name == "" {
		return func(names []string) bool { return len(names) == 0 }
	}
	return func(names []string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
	}
}

// hasIssue accepts the sets of issues that a value means.
func hasIssue(value string) func(names []string) bool {
	switch {
	case strings.EqualFold(value, hasIssues):
		return func(names []string) bool { return len(names) > 0 }
	case strings.EqualFold(value, hasNoIssues):
		return hasName("")
	}
	return hasName(value)
}
