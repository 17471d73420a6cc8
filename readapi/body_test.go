package readapi

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
)

func read(t *testing.T, into any, body string, optional bool) ([]byte, error) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	s := &server{Config: Config{MaxBody: 200}}
	return s.readBody(&exchange{ResponseWriter: httptest.NewRecorder(), r: r}, into, optional)
}

func TestWrongBodies(t *testing.T) {
	for _, test := range []struct {
		name, body string
		code       domain.Code
		field      string
		says       string
	}{
		{"not JSON", `{"title":`, domain.CodeInvalid, "", "not JSON"},
		{"empty", ``, domain.CodeInvalid, "", "not JSON"},
		{"not an object", `[1]`, domain.CodeInvalid, "", "JSON object"},
		{"null", `null`, domain.CodeInvalid, "", "JSON object"},
		{"two values", `{} {}`, domain.CodeInvalid, "", "more than one"},
		{"unknown fields", `{"titel":"x","titles":"y"}`, domain.CodeInvalid, "titel", "titel, titles"},
		{"of another type", `{"is_original":"yes"}`, domain.CodeInvalid, "is_original", "true or false"},
		{"string wanted", `{"title":7}`, domain.CodeInvalid, "title", "a string"},
		{"null is not left out", `{"title":null}`, domain.CodeInvalid, "title", "leave it out"},
		{"list wanted", `{"countries":"Japan"}`, domain.CodeInvalid, "countries", "a list"},
		{"list of strings wanted", `{"countries":["Japan",1]}`, domain.CodeInvalid, "countries[1]", "a string"},
		{"no such day", `{"due_date":"2026-02-30"}`, domain.CodeInvalid, "due_date", "YYYY-MM-DD"},
		{"no day at all", `{"due_date":20260230}`, domain.CodeInvalid, "due_date", "2026-12-24"},
		{"a date cannot be null here", `{"due_date":null}`, domain.CodeInvalid, "due_date", "leave it out"},
		{"a partner is a string", `{"sub_assignee":{"id":"x"}}`, domain.CodeInvalid, "sub_assignee", "a string"},
		{"too large", `{"title":"` + strings.Repeat("x", 200) + `"}`, domain.CodeTooLarge, "", "200 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := read(t, &editBody{}, test.body, false)
			var e *domain.Error
			require.True(t, errors.As(err, &e), "%v", err)
			assert.Equal(t, test.code, e.Code)
			assert.Equal(t, test.field, e.Field)
			assert.Contains(t, e.Message, test.says)
		})
	}
}

func TestNestedFieldsAreNamedByTheirPath(t *testing.T) {
	_, err := read(t, &qualityControlBody{}, `{"check":"Full","passed":false,"issues":[{"code":"a"},{"cod":"b"}]}`, false)
	var e *domain.Error
	require.True(t, errors.As(err, &e))
	assert.Equal(t, "issues[1].cod", e.Field)
	_, err = read(t, &upgradeBody{}, `{"open":{"is_original":1}}`, false)
	require.True(t, errors.As(err, &e))
	assert.Equal(t, "open.is_original", e.Field)
}

func TestNullAndLeftOutAreTwoThings(t *testing.T) {
	var b editBody
	_, err := read(t, &b, `{"sub_assignee":null}`, false)
	require.NoError(t, err)
	assert.Equal(t, nullable{given: true}, b.SubAssignee)
	assert.Equal(t, nullable{}, b.FulfillmentPartner)
}

func TestCanonicalBody(t *testing.T) {
	one, err := read(t, &editBody{}, `{"title":"a","is_original":true}`, false)
	require.NoError(t, err)
	other, err := read(t, &editBody{}, " {\n\"is_original\": true, \"title\":\"\\u0061\"}", false)
	require.NoError(t, err)
	assert.Equal(t, string(one), string(other))
	none, err := read(t, &cancelBody{}, ``, true)
	require.NoError(t, err)
	empty, err := read(t, &cancelBody{}, `{}`, true)
	require.NoError(t, err)
	assert.Equal(t, string(none), string(empty))

	hash := func(method, path string, body []byte) string {
		return bodyHash(httptest.NewRequest(method, path, nil), body)
	}
	base := hash("POST", "/api/v1/requests/1/cancel", one)
	assert.NotEqual(t, base, hash("POST", "/api/v1/requests/2/cancel", one))
	assert.NotEqual(t, base, hash("POST", "/api/v1/requests/1/reinstate", one))
	assert.NotEqual(t, base, hash("PATCH", "/api/v1/requests/1/cancel", one))
	assert.NotEqual(t, base, hash("POST", "/api/v1/requests/1/cancel", none))
}

func TestMediaTypes(t *testing.T) {
	for given, ok := range map[string]bool{
		"application/json": true, "application/json;charset=utf-8": true, "text/plain": false, "": false, "application/x-www-form-urlencoded": false,
	} {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		r.Header.Set("Content-Type", given)
		err := wantMediaType(r, "application/json")
		assert.Equal(t, ok, err == nil, given)
	}
}
