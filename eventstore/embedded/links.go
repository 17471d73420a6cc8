package embedded

import (
	"bytes"
	"errors"
	"strconv"

	"backlot/eventstore/embedded/internal/engine"
)

// linkType is that of events that point at another one, by revision@stream.
const linkType = "$>"

func isLink(r *engine.Record) bool { return string(r.Type) == linkType }

type linkResolver struct{ engine *engine.Engine }

// resolve returns nil for a link to what is not there.
func (l *linkResolver) resolve(link *engine.Record) (*engine.Record, error) {
	number, name, ok := bytes.Cut(link.Data, []byte("@"))
	revision, err := strconv.ParseUint(string(number), 10, 63)
	if !ok || err != nil {
		return nil, nil
	}
	stream, err := l.engine.OpenStream(string(name))
	var deleted *engine.StreamDeletedError
	if errors.Is(err, engine.ErrStreamNotFound) || errors.As(err, &deleted) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	stream.Forwards(revision)
	records, err := stream.Next(1)
	if err != nil || len(records) == 0 || records[0].Revision != revision {
		return nil, err
	}
	return &records[0], nil
}
