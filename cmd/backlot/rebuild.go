package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/google/uuid"
)

type rebuildCommand struct {
	client
}

// Run lets a running server build its read models anew, and waits until they
// are live.
func (c *rebuildCommand) Run(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url("/rebuild"), nil)
	if err != nil {
		return err
	}
	r.Header.Set("Idempotency-Key", uuid.NewString())
	if err := c.do(r, &struct{}{}); err != nil {
		return err
	}
	fmt.Println("The new read models are live.")
	return nil
}
