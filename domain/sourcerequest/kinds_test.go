package sourcerequest_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "backlot/domain/sourcerequest"
)

// Kinds has what the method Kind of each type of event returns in the source.
func TestKindsAreComplete(t *testing.T) {
	files, err := os.ReadDir(".")
	require.NoError(t, err)
	var written []string
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		require.NoError(t, err)
		for _, d := range parsed.Decls {
			method, ok := d.(*ast.FuncDecl)
			if !ok || method.Recv == nil || method.Name.Name != "Kind" {
				continue
			}
			answer := method.Body.List[0].(*ast.ReturnStmt).Results[0].(*ast.BasicLit).Value
			written = append(written, strings.Trim(answer, `"`))
		}
	}
	require.NotEmpty(t, written)
	assert.ElementsMatch(t, written, Kinds())
	assert.Len(t, slices.Compact(slices.Sorted(slices.Values(Kinds()))), len(written), "no two have the same")
}
