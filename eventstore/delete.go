package eventstore

import (
	"context"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// DeleteStream makes the events of a stream unreadable; it can be begun anew.
// A stream that has none stays as it is. Its bytes leave the disk when the
// store is scavenged. Errors are as for ReadStream.
func (s *Store) DeleteStream(ctx context.Context, stream string) error {
	if _, exists, err := s.LastEvent(ctx, stream); err != nil || !exists {
		return err
	}
	_, err := call(ctx, s, "delete "+stream, func(ctx context.Context, client *esdb.Client) (*esdb.DeleteResult, error) {
		return client.DeleteStream(ctx, stream, esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}, Deadline: &s.timeout})
	})
	return err
}
