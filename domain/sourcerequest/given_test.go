package sourcerequest_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"backlot/domain"
	. "backlot/domain/sourcerequest"
)

// dawn is the instant of the first event of every specification; each further
// one is a minute later.
var dawn = time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)

// Who acts in the specifications.
var (
	operator  = domain.Principal{Account: "olga", Role: domain.RoleOperator}
	auditor   = domain.Principal{Account: "aldo", Role: domain.RoleAuditor}
	system    = domain.Principal{Account: "portal", Role: domain.RoleSystem}
	inspector = domain.Principal{Account: "quentin", Role: domain.RoleQualityControl}
	studio    = domain.Principal{Account: "carla", Organisation: "studio", Role: domain.RoleContentPartner}
	house     = domain.Principal{Account: "fred", Organisation: "house", Role: domain.RoleFulfillmentPartner}
	helper    = domain.Principal{Account: "hana", Organisation: "helper", Role: domain.RoleFulfillmentPartner}
)

func day(s string) domain.Date {
	d, err := domain.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// sha is a checksum of 64 digits c.
func sha(c byte) string { return string(slices.Repeat([]byte{c}, 64)) }

// opened is the request that every specification begins with.
func opened() Opened {
	return Opened{
		PackageID: "500001", MovieID: "80005306", Title: "The Long Harbour", MovieType: MovieEpisode, IsOriginal: true,
		ContentPartner: "studio", FulfillmentPartner: "house", SourceType: SourceDubs, ServiceType: ServiceConform,
		Language: "Norwegian", Countries: []string{"Canada", "Norway"}, DueDate: day("2026-12-01"),
		MaterialStatus: MaterialNotReceived, Status: StatusOpen,
	}
}

func with[T any](v T, change func(*T)) T {
	change(&v)
	return v
}

// specification is a request with a past. Its methods read as given, when, then.
type specification struct {
	t        *testing.T
	state    State
	revision uint64
	actor    domain.Principal
}

// given folds the events that have happened, by an operator.
func given(t *testing.T, events ...Event) *specification {
	t.Helper()
	s := &specification{t: t, actor: operator}
	s.happens(events...)
	return s
}

func (s *specification) happens(events ...Event) {
	for _, e := range events {
		at := dawn.Add(time.Duration(s.revision) * time.Minute)
		s.state = Evolve(s.state, e, domain.Occurrence{At: at, By: s.actor, Revision: s.revision})
		s.revision++
	}
}

// by sets who acts from now on.
func (s *specification) by(p domain.Principal) *specification {
	s.actor = p
	return s
}

// happening is what a command led to.
type happening struct {
	s      *specification
	events []Event
	err    error
}

// when gives a command; it has to leave the state it is given as it was.
func (s *specification) when(c Command) *happening {
	s.t.Helper()
	before := asJSON(s.t, s.state)
	events, err := Decide(s.state, c)
	require.Equal(s.t, before, asJSON(s.t, s.state), "Decide changed its state")
	return &happening{s: s, events: events, err: err}
}

// then asserts the whole events, and goes on after them.
func (h *happening) then(events ...Event) *specification {
	h.s.t.Helper()
	require.NoError(h.s.t, h.err)
	require.Equal(h.s.t, events, h.events)
	h.s.happens(events...)
	return h.s
}

// thenNothing asserts that there was nothing to change.
func (h *happening) thenNothing() *specification {
	h.s.t.Helper()
	require.NoError(h.s.t, h.err)
	require.Empty(h.s.t, h.events)
	return h.s
}

// thenRefused asserts that the state does not accept the command, and what is
// said to be accepted.
func (h *happening) thenRefused(allowed ...string) *specification {
	h.s.t.Helper()
	h.failure(domain.CodeRefused, "", allowed)
	return h.s
}

// thenRefusedIn is thenRefused of an import, which names the column.
func (h *happening) thenRefusedIn(column string, allowed ...string) *specification {
	h.s.t.Helper()
	h.failure(domain.CodeRefused, column, allowed)
	return h.s
}

// thenInvalid asserts that an input field is wrong.
func (h *happening) thenInvalid(field string, allowed ...string) *specification {
	h.s.t.Helper()
	h.failure(domain.CodeInvalid, field, allowed)
	return h.s
}

// thenError asserts a code that names neither field nor alternatives.
func (h *happening) thenError(code domain.Code) *specification {
	h.s.t.Helper()
	h.failure(code, "", nil)
	return h.s
}

func (h *happening) failure(code domain.Code, field string, allowed []string) {
	h.s.t.Helper()
	var e *domain.Error
	require.ErrorAs(h.s.t, h.err, &e)
	require.Empty(h.s.t, h.events, "an error comes without events")
	require.Equal(h.s.t, code, e.Code, e.Message)
	require.Equal(h.s.t, field, e.Field, e.Message)
	if len(allowed)+len(e.Allowed) > 0 {
		require.Equal(h.s.t, allowed, e.Allowed)
	}
	require.NotEmpty(h.s.t, e.Message)
}

// is asserts the status.
func (s *specification) is(status Status) *specification {
	s.t.Helper()
	require.Equal(s.t, status, s.state.Status)
	return s
}

func asJSON(t require.TestingT, v any) string {
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}

// methodReceivers returns the names of the types in this package that have a
// method, as the source says: the list that complete tables are checked against.
func methodReceivers(t *testing.T, method string) []string {
	t.Helper()
	var names []string
	inspectSource(t, func(n ast.Node) {
		f, ok := n.(*ast.FuncDecl)
		if !ok || f.Recv == nil || f.Name.Name != method {
			return
		}
		if id, ok := f.Recv.List[0].Type.(*ast.Ident); ok {
			names = append(names, id.Name)
		}
	})
	require.NotEmpty(t, names, "no type has the method %s", method)
	slices.Sort(names)
	return names
}

// constantsOf returns the values, quoted, of the constants of a type.
func constantsOf(t *testing.T, typeName string) []string {
	t.Helper()
	var values []string
	inspectSource(t, func(n ast.Node) {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return
		}
		if id, ok := v.Type.(*ast.Ident); ok && id.Name == typeName {
			for _, value := range v.Values {
				if lit, ok := value.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					values = append(values, lit.Value)
				}
			}
		}
	})
	require.NotEmpty(t, values, "no constant has the type %s", typeName)
	return values
}

func inspectSource(t *testing.T, see func(ast.Node)) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			see(n)
			return true
		})
	}
}
