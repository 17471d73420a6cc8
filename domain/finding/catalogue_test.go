package finding_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	. "backlot/domain/finding"
	"backlot/domain/qualitycontrol"
)

func TestEveryTypeIsWhole(t *testing.T) {
	slugs, texts := map[string]bool{}, map[string]bool{}
	last := 0
	for _, each := range Types() {
		t.Run(each.Code, func(t *testing.T) {
			assert.Regexp(t, `^[a-z0-9]+(-[a-z0-9]+)*$`, each.Slug())
			assert.False(t, slugs[each.Slug()], "the code is used twice")
			slugs[each.Slug()] = true
			area := slices.Index(Areas(), each.Area)
			assert.GreaterOrEqual(t, area, last, "the catalogue is in the order of its areas")
			last = area
			for _, text := range []string{each.Meaning, each.Fixing} {
				assert.False(t, texts[text], "written twice: %s", text)
				texts[text] = true
				assert.Equal(t, strings.TrimSpace(text), text)
				assert.True(t, strings.HasSuffix(text, "."), text)
			}
			_, both := qualitycontrol.Find(each.Code)
			assert.False(t, both, "quality control has an issue of the same name, and both are values of one modifier")
		})
	}
}

// What the trade knows to be hard and what a person may accept.
func TestHardAndOverridable(t *testing.T) {
	for code, hard := range map[string]bool{
		IncorrectAssetType: true, DecodeError: true, ChecksumMismatch: true, TimeBaseConflict: true, NotUTF8: true,
		CommercialBlacks: false, Telecine: false, LowVariance: false, OutOfSync: false, OverlappingCues: false, InspectionFailed: false,
	} {
		found, ok := Find(code)
		require.True(t, ok, code)
		assert.Equal(t, hard, found.Hard, code)
	}
}

func TestEveryCodeIsInTheCatalogue(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "types.go", nil, 0)
	require.NoError(t, err)
	var named []string
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			for _, v := range spec.Values {
				if text, ok := v.(*ast.BasicLit); ok {
					s, err := strconv.Unquote(text.Value)
					require.NoError(t, err)
					named = append(named, s)
				}
			}
		}
		return true
	})
	var codes []string
	for _, each := range Types() {
		codes = append(codes, each.Code)
	}
	assert.ElementsMatch(t, named, codes)
	assert.Greater(t, len(codes), 50)
}

func TestTypesAreFoundHoweverTheyAreWritten(t *testing.T) {
	for _, written := range []string{"Time Base Conflict", " time base conflict", "time_base_conflict", "TIME-BASE-CONFLICT"} {
		found, ok := Find(written)
		require.True(t, ok, written)
		assert.Equal(t, TimeBaseConflict, found.Code)
	}
	for _, written := range []string{"", " ", "Time Base", "Time Base Conflict 2"} {
		_, ok := Find(written)
		assert.False(t, ok, written)
	}
}

func TestAreasAreParsed(t *testing.T) {
	for _, a := range Areas() {
		found, err := ParseArea(" " + strings.ToUpper(string(a)))
		require.NoError(t, err)
		assert.Equal(t, a, found)
	}
	_, err := ParseArea("Smell")
	var e *domain.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "area", e.Field)
	assert.Equal(t, []string{"Any File", "Timed Text", "IMF", "Video and Audio", "Artwork"}, e.Allowed)
}

func TestTheCatalogueIsACopy(t *testing.T) {
	Types()[0].Code = "x"
	assert.NotEqual(t, "x", Types()[0].Code)
}
