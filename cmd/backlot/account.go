package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"text/tabwriter"
)

type accountCommand struct {
	List       accountListCommand       `cmd:"" help:"List the accounts."`
	Open       accountOpenCommand       `cmd:"" help:"Open an account and invite its person."`
	Invite     accountInviteCommand     `cmd:"" help:"Send another invitation to somebody who has no password yet."`
	Deactivate accountDeactivateCommand `cmd:"" help:"Keep an account out, and end its sessions and tokens."`
	Reactivate accountReactivateCommand `cmd:"" help:"Let an account in again."`
	Erase      accountEraseCommand      `cmd:"" help:"Forget who an account belongs to, for good."`
	Recover    accountRecoverCommand    `cmd:"" help:"Make another password for a login, on the data folder of a stopped server."`
}

// accountAnswer is what the API says of an account.
type accountAnswer struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Email        string `json:"email"`
	Role         string `json:"role"`
	Standing     string `json:"standing"`
	Organisation struct {
		Name string `json:"name"`
	} `json:"organisation"`
}

type accountListCommand struct {
	client
	Search string `arg:"" optional:"" help:"Only those with this text in the name, the address or the organisation."`
}

// Run lists the accounts that the token's account may know of.
func (c *accountListCommand) Run(ctx context.Context) error {
	var answer struct {
		Accounts []accountAnswer `json:"accounts"`
	}
	if err := c.get(ctx, "/accounts?"+url.Values{"q": {c.Search}}.Encode(), &answer); err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tADDRESS\tROLE\tORGANISATION\tSTANDING")
	for _, a := range answer.Accounts {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", a.ID, a.Name, orDash(a.Email), a.Role, orDash(a.Organisation.Name), a.Standing)
	}
	return w.Flush()
}

type accountOpenCommand struct {
	client
	Email         string `arg:"" help:"Address that the person signs in with."`
	Name          string `help:"What the person is called." required:""`
	Role          string `help:"operator, content_partner, fulfillment_partner, quality_control or auditor." required:""`
	Organisation  string `help:"A partner's organisation, by id or name."`
	Administrator bool   `help:"Let it keep the accounts of its organisation."`
}

// Run opens an account and says how its person was told.
func (c *accountOpenCommand) Run(ctx context.Context) error {
	body := map[string]any{"email": c.Email, "name": c.Name, "role": c.Role, "administrator": c.Administrator}
	if c.Organisation != "" {
		body["organisation"] = c.Organisation
	}
	return c.invite(ctx, "/accounts", body)
}

type accountInviteCommand struct {
	client
	ID string `arg:"" help:"Account id."`
}

// Run sends another invitation and says how.
func (c *accountInviteCommand) Run(ctx context.Context) error {
	return c.invite(ctx, "/accounts/"+url.PathEscape(c.ID)+"/invitation", nil)
}

func (c *client) invite(ctx context.Context, path string, body any) error {
	var answer struct {
		Account  accountAnswer `json:"account"`
		MailSent bool          `json:"mail_sent"`
		MailFail string        `json:"mail_failure"`
		Link     string        `json:"link"`
	}
	if err := c.command(ctx, http.MethodPost, path, body, &answer); err != nil {
		return err
	}
	fmt.Printf("%s (%s)\n", answer.Account.ID, answer.Account.Name)
	switch {
	case answer.MailSent:
		fmt.Println("The invitation was sent.")
	case answer.Link != "":
		fmt.Println("The portal sends no mail. Pass this link on; it serves once, for a week:")
		fmt.Println(answer.Link)
	default:
		return fmt.Errorf("the account is there, but %s", answer.MailFail)
	}
	return nil
}

type accountDeactivateCommand struct {
	client
	ID string `arg:"" help:"Account id."`
}

// Run deactivates an account.
func (c *accountDeactivateCommand) Run(ctx context.Context) error {
	return c.changeAccount(ctx, http.MethodPatch, c.ID, map[string]any{"active": false})
}

type accountReactivateCommand struct {
	client
	ID string `arg:"" help:"Account id."`
}

// Run reactivates an account.
func (c *accountReactivateCommand) Run(ctx context.Context) error {
	return c.changeAccount(ctx, http.MethodPatch, c.ID, map[string]any{"active": true})
}

type accountEraseCommand struct {
	client
	ID  string `arg:"" help:"Account id."`
	Yes bool   `help:"Really: nothing brings the person back." required:""`
}

// Run erases an account.
func (c *accountEraseCommand) Run(ctx context.Context) error {
	return c.changeAccount(ctx, http.MethodDelete, c.ID, nil)
}

func (c *client) changeAccount(ctx context.Context, method, id string, body any) error {
	var answer struct {
		Account accountAnswer `json:"account"`
	}
	if err := c.command(ctx, method, "/accounts/"+url.PathEscape(id), body, &answer); err != nil {
		return err
	}
	fmt.Printf("%s (%s) is %s\n", answer.Account.ID, answer.Account.Name, answer.Account.Standing)
	return nil
}
