package readapi

import (
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/account"
	"backlot/domain/qualitycontrol"
	"backlot/domain/sourcerequest"
	"backlot/domain/timecode"
	"backlot/readapi/facets"
)

// loadDocument reads the document that the server serves.
func loadDocument(t testing.TB) *openapi3.T {
	t.Helper()
	openapi3.DefineStringFormatValidator("uuid", openapi3.NewCallbackValidator(func(s string) error { return uuid.Validate(s) }))
	d, err := openapi3.NewLoader().LoadFromData(Document)
	require.NoError(t, err)
	return d
}

func TestDocumentIsValidOpenAPI(t *testing.T) {
	require.NoError(t, loadDocument(t).Validate(t.Context(), openapi3.EnableExamplesValidation()))
}

func TestDocumentAndRoutesHaveTheSameOperations(t *testing.T) {
	type listed struct {
		method, path string
		query        []string
	}
	documented := map[string]listed{}
	for path, item := range loadDocument(t).Paths.Map() {
		for method, op := range item.Operations() {
			require.NotContains(t, documented, op.OperationID, "operationIds are unique")
			assert.NotEmpty(t, op.Summary, op.OperationID)
			l := listed{method: method, path: path, query: []string{}}
			for _, p := range slices.Concat(item.Parameters, op.Parameters) {
				assert.NotEmpty(t, p.Value.Description, "%s %s", op.OperationID, p.Value.Name)
				if p.Value.In == openapi3.ParameterInQuery {
					l.query = append(l.query, p.Value.Name)
				}
			}
			sort.Strings(l.query)
			documented[op.OperationID] = l
		}
	}
	routed := map[string]listed{}
	for _, op := range (&server{}).operations() {
		l := listed{method: op.method, path: op.path, query: append([]string{}, op.parameters...)}
		if op.modifiers {
			for _, m := range facets.Modifiers() {
				l.query = append(l.query, m.Name, "-"+m.Name)
			}
		}
		if op.groups {
			for _, g := range facets.Groupings() {
				l.query = append(l.query, groupPrefix+g.Name)
			}
		}
		sort.Strings(l.query)
		routed[op.id] = l
	}
	assert.Equal(t, documented, routed)
}

func TestDocumentKnowsEveryColumnAndVocabulary(t *testing.T) {
	schemas := loadDocument(t).Components.Schemas
	row := schemas["Row"].Value
	known := []string{"request_id", "buckets", "why", "near_miss"}
	for _, c := range facets.Columns() {
		if !slices.Contains(known, c.Name) {
			known = append(known, c.Name)
		}
	}
	var documented []string
	for name := range row.Properties {
		documented = append(documented, name)
	}
	assert.ElementsMatch(t, known, documented)

	enum := func(schema *openapi3.Schema) []string {
		var out []string
		for _, v := range schema.Enum {
			if s, ok := v.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	assert.Equal(t, labels(sourcerequest.Statuses()), enum(schemas["Status"].Value))
	assert.Equal(t, labels(sourcerequest.MaterialStatuses()), enum(schemas["MaterialStatus"].Value))
	assert.Equal(t, labels(sourcerequest.QualityControlStatuses()), enum(schemas["QualityControlStatus"].Value), "and null")
	assert.Equal(t, labels(sourcerequest.MovieTypes()), enum(schemas["MovieType"].Value))
	assert.Equal(t, labels(sourcerequest.ServiceTypes()), enum(schemas["ServiceType"].Value))
	assert.Equal(t, labels(sourcerequest.SourceTypes()), enum(schemas["SourceType"].Value))
	assert.Equal(t, labels(qualitycontrol.Severities()), enum(schemas["Severity"].Value))
	assert.Equal(t, labels(qualitycontrol.Categories()), enum(schemas["IssueCategory"].Value))
	assert.Equal(t, labels(timecode.Rates()), enum(schemas["FrameRate"].Value))
	assert.Equal(t, labels(timecode.Rates()), enum(schemas["NullableFrameRate"].Value), "and null")
	assert.Equal(t, labels(append(domain.Roles(), domain.RoleSystem)), enum(schemas["Role"].Value))
	assert.Equal(t, labels(account.Problems()), enum(schemas["SignInProblem"].Value))
	var keys []string
	for _, b := range buckets {
		keys = append(keys, b.Key)
	}
	assert.Equal(t, keys, enum(schemas["BucketKey"].Value))
	assert.Len(t, keys, sourcerequest.BucketCount)
	var codes []string
	for code := range statuses {
		codes = append(codes, string(code))
	}
	assert.ElementsMatch(t, codes, enum(schemas["Problem"].Value.Properties["code"].Value))
	var actions []string
	for action := range actionCommands {
		actions = append(actions, action)
	}
	assert.ElementsMatch(t, actions, enum(schemas["Action"].Value))
}

func labels[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// Every action that the details offer has to be one that the domain names.
func TestActionsAreTheDomains(t *testing.T) {
	known := map[string]bool{}
	for _, s := range sourcerequest.Statuses() {
		for _, a := range sourcerequest.AcceptedActions(s) {
			known[a] = true
		}
	}
	for action := range actionCommands {
		assert.True(t, known[action], action)
	}
}

var snakeCase = regexp.MustCompile(`^[a-z0-9]+(_[a-z0-9]+)*$`)

func TestDocumentIsSnakeCase(t *testing.T) {
	for name, schema := range loadDocument(t).Components.Schemas {
		for property := range schema.Value.Properties {
			assert.Regexp(t, snakeCase, property, name)
		}
		if len(schema.Value.Properties) > 0 && name != "Readiness" {
			has := schema.Value.AdditionalProperties.Has
			require.NotNil(t, has, "%s says nothing of other properties", name)
			assert.False(t, *has, "%s takes any property, so that no answer could be wrong", name)
		}
		assert.False(t, strings.Contains(name, "_"), name)
	}
}
