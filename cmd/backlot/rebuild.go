package main

import (
	"context"
	"fmt"
	"net/http"
)

type rebuildCommand struct {
	client
}

// Run lets a running server build its read models anew, and waits until they
// are live.
func (c *rebuildCommand) Run(ctx context.Context) error {
	if err := c.command(ctx, http.MethodPost, "/rebuild", nil, &struct{}{}); err != nil {
		return err
	}
	fmt.Println("The new read models are live.")
	return nil
}
