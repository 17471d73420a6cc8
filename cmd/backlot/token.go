package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"text/tabwriter"
	"time"
)

type tokenCommand struct {
	Issue  tokenIssueCommand  `cmd:"" help:"Issue an API token for the account that --token belongs to."`
	List   tokenListCommand   `cmd:"" help:"List the account's tokens."`
	Revoke tokenRevokeCommand `cmd:"" help:"Revoke one of them."`
}

type tokenIssueCommand struct {
	client
	Label string `arg:"" help:"What it is for."`
	Days  int    `help:"How long it serves; 90 days, or until --token ends, if that is earlier." placeholder:"90"`
}

// Run issues a token and prints its secret, alone on the standard output.
func (c *tokenIssueCommand) Run(ctx context.Context) error {
	var answer struct {
		ID        string    `json:"id"`
		Token     string    `json:"token"`
		ExpiresAt time.Time `json:"expires_at"`
	}
	body := map[string]any{"label": c.Label}
	if c.Days != 0 {
		body["expires_in_days"] = c.Days
	}
	if err := c.command(ctx, http.MethodPost, "/account/tokens", body, &answer); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "token %s, until %s; it is shown once:\n", answer.ID, answer.ExpiresAt.Format(time.RFC3339))
	fmt.Println(answer.Token)
	return nil
}

type tokenListCommand struct{ client }

// Run lists the tokens that are valid.
func (c *tokenListCommand) Run(ctx context.Context) error {
	var answer struct {
		Tokens []struct {
			ID        string    `json:"id"`
			Label     string    `json:"label"`
			ExpiresAt time.Time `json:"expires_at"`
		} `json:"tokens"`
	}
	if err := c.get(ctx, "/account/tokens", &answer); err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tLABEL\tUNTIL")
	for _, t := range answer.Tokens {
		fmt.Fprintf(w, "%s\t%s\t%s\n", t.ID, t.Label, t.ExpiresAt.Format(time.RFC3339))
	}
	return w.Flush()
}

type tokenRevokeCommand struct {
	client
	ID string `arg:"" help:"Token id."`
}

// Run revokes a token.
func (c *tokenRevokeCommand) Run(ctx context.Context) error {
	if err := c.command(ctx, http.MethodDelete, "/account/tokens/"+url.PathEscape(c.ID), nil, &struct{}{}); err != nil {
		return err
	}
	fmt.Println("revoked")
	return nil
}
