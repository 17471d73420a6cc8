package embedded

import (
	"strings"
	"unicode/utf8"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"

	"backlot/eventstore/embedded/internal/engine"
)

const allStream = "$all"

// writableStream checks the name of a stream to append to.
func writableStream(id *shared.StreamIdentifier) (string, error) {
	return writable(string(id.GetStreamName()))
}

func writable(name string) (string, error) {
	name, err := readable(name)
	switch {
	case err != nil:
		return "", err
	case name == allStream:
		return "", badRequest("'$all' is every stream; events are appended to one.")
	case strings.HasPrefix(name, engine.MetastreamOf(engine.MetastreamOf(""))):
		return "", badRequest("Stream '" + name + "' would be metadata of metadata.")
	}
	return name, nil
}

// deletableStream checks the name of a stream to delete.
func deletableStream(id *shared.StreamIdentifier) (string, error) {
	name, err := writableStream(id)
	if err != nil {
		return "", err
	}
	if original, ok := engine.OriginalOf(name); ok {
		return "", badRequest("Metadata is not deleted by itself; delete the stream '" + original + "'.")
	}
	return name, nil
}

func streamName(id *shared.StreamIdentifier) (string, error) {
	return readable(string(id.GetStreamName()))
}

func readable(name string) (string, error) {
	switch {
	case name == "" || name == engine.MetastreamOf(""):
		return "", badRequest("A stream name is required.")
	case !utf8.ValidString(name):
		return "", badRequest("A stream name must be UTF-8.")
	}
	return name, nil
}
