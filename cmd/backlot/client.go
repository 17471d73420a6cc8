package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/google/uuid"
)

// client talks to a running server in an operator's name.
type client struct {
	Server string `help:"Where the server is." default:"http://127.0.0.1:8080"`
	Token  string `help:"An operator's API token." required:""`
}

// problem is what the API says of a failure.
type problem struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// refused is an answer that is a problem.
type refused struct {
	status int
	line   string
	problem
}

func (e *refused) Error() string { return "the server says " + e.line + ": " + e.Detail }

// statusOf returns the HTTP status of a refusal, 0 for any other error.
func statusOf(err error) int {
	var e *refused
	if errors.As(err, &e) {
		return e.status
	}
	return 0
}

// tryAgain is an error that may pass: no answer, or a server that is not ready.
type tryAgain struct{ err error }

func (e *tryAgain) Error() string { return e.err.Error() }
func (e *tryAgain) Unwrap() error { return e.err }

func (c *client) url(path string) string {
	return strings.TrimRight(c.Server, "/") + "/api/v1" + path
}

// get reads from the API.
func (c *client) get(ctx context.Context, path string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url(path), nil)
	if err != nil {
		return err
	}
	return c.do(r, into)
}

// command changes something, under a key of its own. A nil body is none.
func (c *client) command(ctx context.Context, method, path string, body, into any) error {
	var content io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.url(path), content)
	if err != nil {
		return err
	}
	r.Header.Set("Idempotency-Key", uuid.NewString())
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return c.do(r, into)
}

// do sends a request and decodes the answer. The error is as send's.
func (c *client) do(r *http.Request, into any) error {
	answer, err := c.send(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return &tryAgain{err}
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("an answer that cannot be read: %w", err)
	}
	return nil
}

// send sends a request and returns an answer that is no refusal; its body has
// to be closed. The error is a *refused, wrapped in a *tryAgain where it may
// pass.
func (c *client) send(r *http.Request) (*http.Response, error) {
	r.Header.Set("Authorization", "Bearer "+c.Token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		if r.Context().Err() != nil {
			return nil, r.Context().Err()
		}
		return nil, &tryAgain{err}
	}
	if answer.StatusCode < 300 {
		return answer, nil
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, &tryAgain{err}
	}
	refusal := &refused{status: answer.StatusCode, line: answer.Status}
	if json.Unmarshal(body, &refusal.problem) != nil || refusal.Detail == "" {
		refusal.Detail = string(bytes.TrimSpace(body))
	}
	switch answer.StatusCode {
	case http.StatusServiceUnavailable, http.StatusGatewayTimeout, http.StatusBadGateway:
		return nil, &tryAgain{refusal}
	}
	return nil, refusal
}
