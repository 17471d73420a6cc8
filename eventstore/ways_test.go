package eventstore

import (
	"os"
	"testing"

	"backlot/eventstore/embedded"
)

// locally says whether stores go round gRPC. Every test of a store is run both
// ways; those of what happens between client and server only through them.
var locally bool

func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 {
		locally = true
		code = m.Run()
	}
	os.Exit(code)
}

func configOf(s *embedded.Server) Config {
	c := Config{Client: s.ClientConfiguration()}
	if locally {
		c.Local = s
	}
	return c
}

func onlyThroughGRPC(t testing.TB) {
	if locally {
		t.Skip("nothing is between a local store and its server")
	}
}
