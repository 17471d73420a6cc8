// Package backlot_test enforces what ARCHITECTURE.md says of the whole
// repository: who may import whom, what stands at the top level, and that every
// exported name is documented.
package backlot_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "backlot"

// folders is what may stand at the top level, and why it does.
var folders = map[string]string{
	"blobs":       "files of deliveries and materials, in a folder or a bucket",
	"cmd":         "flags, configuration, wiring",
	"commands":    "the write path: one file per use case",
	"domain":      "the rules of the trade, without any technology",
	"eventstore":  "EventStoreDB: the adapter and the embedded one",
	"inspection":  "what is wrong with delivered files",
	"mail":        "messages to people, over SMTP",
	"oidc":        "signing in at an OpenID provider",
	"internal":    "what several packages' tests and cmd share, and nobody else may",
	"projections": "from the log to Redis",
	"readapi":     "from Redis to HTTP",
	"readmodel":   "the format between the two, owned by neither",
	"web":         "the portal",
	"bin":         "what `make build` makes; never committed",
	"data":        "what `backlot serve` keeps by default; never committed",
}

// everything is allowed to be imported, from anywhere, but cmd.
var everything = []string{""}

// imports says for the packages below a folder which packages of this module
// and of third parties they may import, besides the standard library. The
// longest folder that fits counts.
var imports = map[string]struct {
	own   []string // folders of this module
	third []string // module paths of third parties
}{
	"domain":                 {own: []string{"domain"}, third: []string{"github.com/google/uuid"}},
	"readmodel":              {own: []string{"domain", "readmodel"}, third: []string{"github.com/klauspost/compress"}}, // documents are packed
	"commands":               {own: []string{"domain", "readmodel", "commands"}, third: everything},
	"projections":            {own: []string{"domain", "readmodel", "projections"}, third: everything},
	"readapi":                {own: []string{"domain", "readmodel", "readapi"}, third: everything},
	"eventstore":             {own: []string{"domain", "eventstore"}, third: everything},
	"eventstore/embedded":    {own: []string{"eventstore/embedded"}, third: everything},
	"eventstore/conformance": {own: []string{"eventstore/conformance"}, third: everything},
	"eventstore/benchmark":   {own: []string{"domain", "eventstore/embedded", "eventstore/benchmark", "internal/postgres"}, third: everything},
	"eventstore/transfer":    {own: []string{"domain", "eventstore"}, third: everything},
	"eventstore/audit":       {own: []string{"domain", "eventstore"}, third: everything},
	"blobs":                  {own: []string{"domain", "blobs"}, third: everything},
	"inspection":             {own: []string{"domain", "inspection"}, third: everything},
	"mail":                   {own: []string{"domain", "mail"}, third: everything},
	"oidc":                   {own: []string{"domain", "oidc"}, third: everything},
	"web":                    {own: []string{"web"}},
	"internal":               {own: everything, third: everything},
	"cmd":                    {own: everything, third: everything},
}

// closed are folders that only these others may import.
var closed = map[string][]string{
	"cmd":                    {"cmd"},
	"internal":               {"internal", "cmd", "eventstore/benchmark"},
	"eventstore/conformance": {"eventstore/conformance"},                                                                // only tests run it
	"eventstore/embedded":    {"eventstore/embedded", "eventstore/benchmark", "eventstore/transfer", "internal", "cmd"}, // the adapter is given it, as eventstore.Local
	"eventstore/transfer":    {"eventstore/transfer", "internal", "cmd"},
	"eventstore/audit":       {"eventstore/audit", "internal", "cmd"},

	"eventstore/embedded/tamper": {"eventstore/embedded/tamper"}, // only tests run it
}

// technologies are third parties that only these folders may know.
var technologies = map[string][]string{
	"github.com/EventStore":         {"eventstore", "internal", "cmd"},
	"github.com/cockroachdb/pebble": {"eventstore/embedded"},
	"github.com/jackc/pgx":          {"eventstore/benchmark", "internal"},
	"github.com/redis/go-redis":     {"projections", "readapi", "internal", "cmd"},
	"github.com/gorilla/mux":        {"readapi", "cmd"},
	"github.com/IBM/sarama":         {"projections/bus"},
	"github.com/cloudevents":        {"projections/bus"},
	"github.com/wneessen/go-mail":   {"mail"},
	"github.com/coreos/go-oidc":     {"oidc"},
	"github.com/zitadel/oidc":       {"internal"},
	"github.com/alicebob/miniredis": {"internal", "cmd"},
}

// below reports whether a path is one of the folders or lies in one.
func below(p string, folders ...string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return f == "" || p == f || strings.HasPrefix(p, f+"/") })
}

// violation returns what is wrong with a package, named by its folder, that
// imports a path; "" if nothing is.
func violation(importer, imported string) string {
	folder := ""
	for f := range imports {
		if below(importer, f) && len(f) > len(folder) {
			folder = f
		}
	}
	if folder == "" {
		return "no rule says what it may import"
	}
	own, isOwn := strings.CutPrefix(imported, module+"/")
	first, _, _ := strings.Cut(imported, "/")
	switch {
	case isOwn:
		if !below(own, imports[folder].own...) {
			return folder + " must not know " + own
		}
		for f, by := range closed {
			if below(own, f) && !below(importer, by...) {
				return f + " is for " + strings.Join(by, ", ") + " only"
			}
		}
	case strings.Contains(first, "."):
		if !below(imported, imports[folder].third...) {
			return folder + " does without this module"
		}
		for t, by := range technologies {
			if strings.HasPrefix(imported, t) && !below(importer, by...) {
				return t + " is for " + strings.Join(by, ", ") + " only"
			}
		}
	}
	return ""
}

func TestTheRulesTellRightFromWrong(t *testing.T) {
	for _, c := range []struct {
		importer, imported string
		allowed            bool
	}{
		{"domain/sourcerequest", "strings", true},
		{"domain/sourcerequest", "backlot/domain", true},
		{"domain/sourcerequest", "github.com/google/uuid", true},
		{"domain/sourcerequest", "github.com/google/uuidx", false},
		{"domain", "github.com/stretchr/testify", false},
		{"domain", "backlot/readmodel", false},
		{"domain", "golang.org/x/text/unicode/norm", false},
		{"readmodel", "backlot/domain/sourcerequest", true},
		{"readmodel", "github.com/redis/go-redis/v9", false},
		{"readmodel", "backlot/projections", false},
		{"commands", "backlot/readmodel", true},
		{"commands", "backlot/eventstore", false},
		{"commands", "backlot/readapi", false},
		{"commands", "backlot/internal/demo", false},
		{"commands", "github.com/EventStore/EventStore-Client-Go/v4/esdb", false},
		{"projections", "backlot/commands", false},
		{"projections", "backlot/readapi/facets", false},
		{"projections", "github.com/redis/go-redis/v9", true},
		{"projections", "github.com/alicebob/miniredis/v2", false},
		{"readapi", "backlot/readapi/facets", true},
		{"readapi/facets", "backlot/projections", false},
		{"readapi/facets", "backlot/eventstore/embedded", false},
		{"readapi", "github.com/gorilla/mux", true},
		{"commands", "github.com/gorilla/mux", false},
		{"eventstore", "backlot/domain", true},
		{"eventstore", "backlot/eventstore/embedded", false},
		{"eventstore", "backlot/readmodel", false},
		{"eventstore", "github.com/cockroachdb/pebble/v2", false},
		{"eventstore/embedded", "backlot/domain", false},
		{"eventstore/embedded", "backlot/eventstore/embedded/internal/engine", true},
		{"eventstore/embedded/internal/engine", "github.com/cockroachdb/pebble/v2", true},
		{"eventstore/embedded", "backlot/eventstore", false},
		{"eventstore/conformance", "backlot/eventstore/embedded", false}, // it is for any server
		{"eventstore/conformance", "github.com/EventStore/EventStore-Client-Go/v4/esdb", true},
		{"eventstore/embedded", "backlot/eventstore/conformance", false},
		{"eventstore/audit", "backlot/eventstore", true},
		{"eventstore/audit", "backlot/eventstore/embedded", false},
		{"eventstore/embedded", "backlot/eventstore/embedded/tamper", false},
		{"cmd/backlot", "backlot/eventstore/embedded/tamper", false},
		{"web", "embed", true},
		{"web", "backlot/domain", false},
		{"web", "github.com/gorilla/mux", false},
		{"internal/demo", "backlot/eventstore", true},
		{"internal/demo", "backlot/cmd/backlot", false},
		{"cmd/backlot", "backlot/eventstore/embedded", true},
		{"cmd/backlot", "backlot/internal/demo", true},
		{"elsewhere", "strings", false},
	} {
		assert.Equal(t, c.allowed, violation(c.importer, c.imported) == "", "%s importing %s", c.importer, c.imported)
	}
}

func TestTheDirectionOfDependencies(t *testing.T) {
	for _, f := range sources(t) {
		for _, spec := range f.ast.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			if wrong := violation(f.folder, imported); wrong != "" {
				t.Errorf("%s imports %s: %s", f.name, imported, wrong)
			}
		}
	}
}

func TestTheTopLevel(t *testing.T) {
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			assert.NotEmpty(t, folders[e.Name()], "%s has to earn its place at the top level: say in folders what it is for", e.Name())
		}
	}
	module, err := os.ReadFile("go.mod")
	require.NoError(t, err)
	assert.Contains(t, string(module), "module backlot\n", "the tests run at the root")
}

func TestEveryExportedNameIsDocumented(t *testing.T) {
	described := map[string]bool{}
	for _, f := range sources(t) {
		described[f.folder] = described[f.folder] || f.ast.Doc != nil
		for _, name := range undocumented(f.ast) {
			t.Errorf("%s: %s has no doc comment", f.name, name)
		}
	}
	for folder, is := range described {
		assert.True(t, is, "the package in %s has no doc comment", folder)
	}
}

func TestUndocumentedNamesAreFound(t *testing.T) {
	const source = `package p

func Bare() {}
func private() {}
type T struct{}
func (*T) Method() {}
func (t G[K]) Generic() {}
func (private) Exported() {}
// D is documented.
func D() {}
type (
	// A is documented.
	A int
	B int
	c int
)
// The constants.
const ( C1 = 1; C2 = 2 )
const (
	C3 = 3 // is documented
	C4 = 4
)
var V int
`
	f, err := parser.ParseFile(token.NewFileSet(), "p.go", source, parser.ParseComments)
	require.NoError(t, err)
	assert.Equal(t, []string{"Bare", "T", "T.Method", "G.Generic", "B", "C4", "V"}, undocumented(f))
}

// undocumented returns the exported names of a file that lack a comment. A
// comment on a group of constants or variables is one for each of them.
func undocumented(file *ast.File) []string {
	var names []string
	check := func(name string, docs ...*ast.CommentGroup) {
		documented := slices.ContainsFunc(docs, func(d *ast.CommentGroup) bool { return d != nil })
		if ast.IsExported(name[strings.LastIndex(name, ".")+1:]) && !documented {
			names = append(names, name)
		}
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				check(d.Name.Name, d.Doc)
			} else if receiver := receiverOf(d.Recv.List[0].Type); ast.IsExported(receiver) {
				check(receiver+"."+d.Name.Name, d.Doc)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					if d.Lparen.IsValid() {
						check(spec.Name.Name, spec.Doc, spec.Comment)
					} else {
						check(spec.Name.Name, d.Doc)
					}
				case *ast.ValueSpec:
					for _, n := range spec.Names {
						check(n.Name, d.Doc, spec.Doc, spec.Comment)
					}
				}
			}
		}
	}
	return names
}

func receiverOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiverOf(e.X)
	case *ast.IndexExpr:
		return receiverOf(e.X)
	case *ast.IndexListExpr:
		return receiverOf(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// source is a Go file of this module that is neither a test nor generated.
type source struct {
	name   string // path from the root, with slashes
	folder string
	ast    *ast.File
}

func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			skip := strings.HasPrefix(d.Name(), ".") && name != "." || d.Name() == "node_modules" || d.Name() == "testdata" || name == "data"
			if skip {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("a file that cannot be parsed: %w", err)
		}
		if !ast.IsGenerated(file) {
			name = filepath.ToSlash(name)
			out = append(out, source{name: name, folder: path.Dir(name), ast: file})
		}
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, out)
	return out
}
