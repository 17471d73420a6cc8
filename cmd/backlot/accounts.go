package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"backlot/commands"
	"backlot/domain"
	"backlot/domain/account"
	"backlot/internal/demo"
	"backlot/mail"
	"backlot/readapi"
)

// bootstrapOperator is who the bootstrap token belongs to.
var bootstrapOperator = domain.Principal{Account: "bootstrap", Role: domain.RoleOperator}

// openAccounts makes the use cases of accounts, with mail if it is set up.
func (s *server) openAccounts(c *serveCommand) error {
	config := commands.AccountsConfig{
		Log: s.store, Accounts: s.people, Organisations: s.directory, PublicURL: c.publicURL(), Logger: s.logger,
	}
	if s.scavenger != nil {
		config.Scavenge = s.scavenger.Scavenge
	}
	if c.SMTP != "" {
		m, err := mail.New(c.SMTP, c.MailFrom, nil)
		if err != nil {
			return fmt.Errorf("--smtp: %w", err)
		}
		config.Mail, s.notifying.mail = m, m
	}
	var err error
	if s.accounts, err = commands.NewAccounts(config); err != nil {
		return err
	}
	s.closers = append(s.closers, s.accounts)
	if c.BootstrapToken != "" {
		s.accounts.Trust(c.BootstrapToken, bootstrapOperator.Account)
	}
	if c.Demo {
		for _, i := range demo.Identities() {
			s.accounts.Trust(i.Token, i.Principal.Account)
		}
	}
	return nil
}

// prepareAccounts sees to the accounts that are there from the first start on,
// and ends erasures that were cut off. It waits as long as the event store is
// away.
func (s *server) prepareAccounts(c *serveCommand) error {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		err := s.tryPrepareAccounts(s.ctx, c)
		switch domain.ErrorCode(err) {
		case "":
			s.accountsDone.Store(true)
			return nil
		case domain.CodeUnavailable, domain.CodeTimeout:
			s.logger.Warn("the accounts cannot be prepared yet", "error", err)
		default:
			return s.untilClosed(err)
		}
		if err := pause(s.ctx, wait); err != nil {
			return nil
		}
	}
}

func (s *server) tryPrepareAccounts(ctx context.Context, c *serveCommand) error {
	if err := s.awaitPeople(ctx); err != nil {
		return err
	}
	if c.BootstrapToken != "" {
		if err := s.accounts.Ensure(ctx, bootstrapOperator.Account, "Bootstrap operator", account.Rights{Role: bootstrapOperator.Role}); err != nil {
			return err
		}
	}
	if c.Demo {
		for _, i := range demo.Identities() {
			if err := s.accounts.Ensure(ctx, i.Principal.Account, i.Name, account.Rights{Role: i.Principal.Role, Organisation: i.Principal.Organisation}); err != nil {
				return err
			}
		}
	}
	if c.BootstrapToken == "" && !c.Demo {
		password, err := s.accounts.FirstOperator(ctx)
		if err != nil {
			return err
		}
		if password != "" {
			fmt.Printf("The first operator's account was made. It is shown once: login %s, password %s\n", commands.FirstLogin, password)
		}
	}
	return s.accounts.FinishErasures(ctx)
}

// awaitPeople returns once the whole log of accounts was seen.
func (s *server) awaitPeople(ctx context.Context) error {
	for {
		moved := s.people.Moved()
		if s.people.Ready() {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// demoIdentities are those to sign in as on the demo's sign-in page.
func demoIdentities() []readapi.DemoIdentity {
	var identities []readapi.DemoIdentity
	for _, i := range demo.Identities() {
		identities = append(identities, readapi.DemoIdentity{Label: i.Label, Token: i.Token, Principal: i.Principal})
	}
	return identities
}

var errNoMailFrom = errors.New("--smtp needs --mail-from: the address that the portal's mail comes from")

// publicURL is where people reach the portal.
func (c *serveCommand) publicURL() string {
	if c.PublicURL != "" {
		return c.PublicURL
	}
	return "http://" + c.Listen
}
