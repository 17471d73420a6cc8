package main

import (
	"context"

	"backlot/blobs"
	"backlot/readapi"
)

// fileContents are the files of the store as the API reads them.
type fileContents struct{ *blobs.Store }

// Open implements readapi.Files.
func (c fileContents) Open(ctx context.Context, id string) (readapi.Content, error) {
	f, err := c.Store.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	return f, nil
}
