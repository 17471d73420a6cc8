package readapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/readapi/words"
)

func TestEveryCodeHasAStatus(t *testing.T) {
	want := map[domain.Code]int{
		domain.CodeInvalid:              400,
		domain.CodeUnauthenticated:      401,
		domain.CodeForbidden:            403,
		domain.CodeNotFound:             404,
		domain.CodeRefused:              409,
		domain.CodeConflict:             409,
		domain.CodePreconditionFailed:   412,
		domain.CodePreconditionRequired: 428,
		domain.CodeKeyReused:            422,
		domain.CodeNotKept:              422,
		domain.CodeTooLarge:             413,
		domain.CodeThrottled:            429,
		domain.CodeTimeout:              504,
		domain.CodeUnavailable:          503,
		domain.CodeInternal:             500,
	}
	require.Len(t, domain.Codes(), len(want))
	for _, code := range domain.Codes() {
		t.Run(string(code), func(t *testing.T) {
			w := httptest.NewRecorder()
			problemOf(fmt.Errorf("around: %w", &domain.Error{Code: code, Message: "said", Field: "f", Allowed: []string{"a"}, Err: errors.New("secret")}), words.English).write(w)
			var p problem
			require.NoError(t, json.Unmarshal(w.Body.Bytes(), &p))
			assert.Equal(t, want[code], w.Code)
			assert.Equal(t, "application/problem+json", w.Header().Get("Content-Type"))
			assert.NotContains(t, w.Body.String(), "secret")
			assert.Equal(t, code, p.Code)
			assert.Equal(t, want[code], p.Status)
			assert.Equal(t, "urn:backlot:problem:"+string(code), p.Type)
			assert.Equal(t, words.English.Problems[string(code)], p.Title)
			assert.NotEmpty(t, p.Title)
			if code != domain.CodeInternal {
				assert.Equal(t, "said", p.Detail)
				assert.Equal(t, "f", p.Field)
				assert.Equal(t, []string{"a"}, p.Allowed)
			}
			retry := code == domain.CodeTimeout || code == domain.CodeUnavailable
			assert.Equal(t, retry, w.Header().Get("Retry-After") != "")
			assert.Equal(t, code == domain.CodeUnauthenticated, w.Header().Get("WWW-Authenticate") != "")
		})
	}
}

func TestInternalsStayInside(t *testing.T) {
	for _, err := range []error{
		errors.New("pq: password is hunter2"),
		&domain.Error{Code: domain.CodeInternal, Message: "hunter2", Field: "hunter2", Allowed: []string{"hunter2"}},
		&domain.Error{Code: "made_up", Message: "hunter2"},
	} {
		w := httptest.NewRecorder()
		problemOf(err, words.English).write(w)
		assert.Equal(t, http.StatusInternalServerError, w.Code)
		assert.NotContains(t, w.Body.String(), "hunter2")
	}
}

func TestAProblemSaysInTheReadersLanguageOfWhatKindItIs(t *testing.T) {
	p := newPortal(t)
	answered := p.as(ofJuice).with("Accept-Language", "ja").get("/requests/nothing")
	answered.problem(domain.CodeNotFound)
	var got problem
	require.NoError(t, json.Unmarshal(answered.body, &got))
	assert.Equal(t, []string{"見つかりません", "there is no such source request"}, []string{got.Title, got.Detail})
	assert.Equal(t, "ja, en", answered.header.Get("Content-Language"))
	assert.Equal(t, "en", p.as(ofJuice).get("/requests/nothing").header.Get("Content-Language"))
	for code := range statuses {
		assert.NotEmpty(t, words.English.Problems[string(code)], code)
	}
	assert.Len(t, words.English.Problems, len(statuses))
}
