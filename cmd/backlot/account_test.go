package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// signIn returns the status of signing in, and the session's cookie.
func (p *portal) signIn(login, password string) (status int, cookie string) {
	p.t.Helper()
	body := fmt.Sprintf(`{"login":%q,"password":%q}`, login, password)
	answer, err := http.Post(p.url+"/api/v1/session", "application/json", strings.NewReader(body))
	require.NoError(p.t, err)
	_ = answer.Body.Close()
	if len(answer.Cookies()) > 0 {
		cookie = answer.Cookies()[0].Value
	}
	return answer.StatusCode, cookie
}

// issue returns the secret of a new token of a session's account.
func (p *portal) issue(cookie string) string {
	p.t.Helper()
	r, err := http.NewRequest(http.MethodPost, p.url+"/api/v1/account/tokens", strings.NewReader(`{"label":"test"}`))
	require.NoError(p.t, err)
	r.AddCookie(&http.Cookie{Name: "backlot_session", Value: cookie})
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", "issue")
	answer, err := http.DefaultClient.Do(r)
	require.NoError(p.t, err)
	defer func() { _ = answer.Body.Close() }()
	require.Equal(p.t, http.StatusCreated, answer.StatusCode)
	var issued struct{ Token string }
	require.NoError(p.t, json.NewDecoder(answer.Body).Decode(&issued))
	return issued.Token
}

// cli runs the command line against a server and returns what it printed.
func (p *portal) cli(token string, args ...string) (string, error) {
	var out bytes.Buffer
	c := exec.CommandContext(p.t.Context(), binary, append(args, "--server", p.url, "--token", token)...)
	c.Stdout, c.Stderr = &out, &out
	err := c.Run()
	return out.String(), err
}

// found returns what the first group of a pattern matches.
func found(t *testing.T, pattern, text string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	require.NotNil(t, m, "no %s in:\n%s", pattern, text)
	return m[1]
}

func TestTheFirstStartMakesAnOperator(t *testing.T) {
	data := t.TempDir()
	p := startAlone(t, data)
	password := found(t, `login operator, password (\S+)`, p.said.String())
	status, _ := p.signIn("operator", "guessed it wrong")
	assert.Equal(t, http.StatusUnauthorized, status)
	status, cookie := p.signIn("Operator", password)
	require.Equal(t, http.StatusOK, status)
	token := p.issue(cookie)

	// An account by the command line: there is no mail, so it prints the link.
	_, err := p.cli(token, "account", "open", "kim@example.com", "--name", "Kim", "--role", "fulfillment_partner", "--organisation", "nobody knows")
	require.Error(t, err)
	opened, err := p.cli(token, "account", "open", "kim@example.com", "--name", "Kim", "--role", "auditor")
	require.NoError(t, err, opened)
	secret, id := found(t, `invitation#(\S+)`, opened), found(t, `(?m)^(\S+) \(Kim\)$`, opened)
	answer, err := http.Post(p.url+"/api/v1/session/invitation", "application/json", strings.NewReader(fmt.Sprintf(`{"secret":%q,"password":"correct horse battery"}`, secret)))
	require.NoError(t, err)
	_ = answer.Body.Close()
	require.Equal(t, http.StatusOK, answer.StatusCode)
	listed, err := p.cli(token, "account", "list")
	require.NoError(t, err)
	assert.Regexp(t, `(?m)^`+id+` +Kim +kim@example.com +auditor +– +active$`, listed)

	issued, err := p.cli(token, "token", "issue", "nightly", "--days", "1")
	require.NoError(t, err)
	second := found(t, `(?m)^(blt_\S+)$`, issued)
	tokens, err := p.cli(second, "token", "list")
	require.NoError(t, err)
	assert.Contains(t, tokens, "nightly")
	derived, err := p.cli(second, "token", "issue", "derived")
	require.NoError(t, err, "without --days, it ends with the one that asked")
	assert.Equal(t, found(t, `until (\S+);`, issued), found(t, `until (\S+);`, derived))
	_, err = p.cli(second, "token", "revoke", found(t, `(?m)^(\S+) +nightly`, tokens))
	require.NoError(t, err)
	_, err = p.cli(second, "token", "list")
	require.Error(t, err, "it was revoked")

	out, err := p.cli(token, "account", "deactivate", id)
	require.NoError(t, err, out)
	status, _ = p.signIn("kim@example.com", "correct horse battery")
	assert.Equal(t, http.StatusUnauthorized, status)
	p.stop()

	// The operator's password was lost.
	recover := exec.CommandContext(t.Context(), binary, "account", "recover", "--data", data)
	recovered, err := recover.CombinedOutput()
	require.NoError(t, err, "%s", recovered)
	p = startAlone(t, data)
	assert.NotContains(t, p.said.String(), "password", "it is shown once")
	status, _ = p.signIn("operator", password)
	assert.Equal(t, http.StatusUnauthorized, status)
	status, _ = p.signIn("operator", found(t, `is now (\S+)`, string(recovered)))
	assert.Equal(t, http.StatusOK, status)
	assert.NoError(t, func() error { _, err := p.cli(token, "account", "erase", id, "--yes"); return err }(), "tokens outlive a restart")
	listed, err = p.cli(token, "account", "list")
	require.NoError(t, err)
	assert.NotContains(t, listed, "kim@example.com")
}
