package main

import (
	"context"
	"fmt"
	"log/slog"

	"backlot/commands"
	"backlot/domain"
	"backlot/domain/account"
	"backlot/domain/organisation"
	"backlot/eventstore"
	"backlot/eventstore/embedded"
)

type accountRecoverCommand struct {
	Login string `arg:"" help:"What the person signs in with." default:"operator"`
	Data  string `help:"Data folder of the stopped server." default:"./data" type:"path"`
}

// Run makes another password and prints it.
func (c *accountRecoverCommand) Run(ctx context.Context) (err error) {
	dir, err := storeIn(c.Data)
	if err != nil {
		return err
	}
	server, err := embedded.Open(ctx, embedded.Options{Dir: dir, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer func() {
		if closing := server.Close(); err == nil {
			err = closing
		}
	}()
	store, err := eventstore.Connect(eventstore.Config{Client: server.ClientConfiguration()})
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	people, err := peopleOf(ctx, store)
	if err != nil {
		return err
	}
	accounts, err := commands.NewAccounts(commands.AccountsConfig{Log: store, Accounts: people, Organisations: organisation.NewDirectory()})
	if err != nil {
		return err
	}
	password, err := accounts.Recover(ctx, c.Login)
	if err != nil {
		return err
	}
	fmt.Printf("The password of %s is now %s\n", c.Login, password)
	return nil
}

// peopleOf reads the accounts of a store that nobody else writes to.
func peopleOf(ctx context.Context, store *eventstore.Store) (*account.Directory, error) {
	people := account.NewDirectory()
	enough := domain.Errorf(domain.CodeInternal, "enough")
	err := store.Follow(ctx, 0, []string{account.StreamPrefix, account.PersonPrefix}, func(p domain.Page) error {
		people.Apply(p)
		if people.Ready() {
			return enough
		}
		return nil
	})
	if people.Ready() {
		return people, nil
	}
	return nil, err
}
