package readapi

import (
	"context"
	"net/http"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/eventstore/embedded"
)

// storeScavenger scavenges the portal's embedded store.
type storeScavenger struct{ server *embedded.Server }

// ScavengeStore implements Scavenger.
func (s storeScavenger) ScavengeStore(ctx context.Context) (Scavenged, error) {
	report, err := s.server.Scavenge(ctx)
	return Scavenged(report), err
}

func TestScavenge(t *testing.T) {
	var config *Config
	p := newPortal(t, func(c *Config) { config = c })
	client, err := esdb.NewClient(config.Scavenger.(storeScavenger).server.ClientConfiguration())
	require.NoError(t, err)
	t.Cleanup(func() { _ = client.Close() })
	for range 3 {
		_, err := client.AppendToStream(t.Context(), "person-1", esdb.AppendToStreamOptions{}, esdb.EventData{EventID: uuid.New(), EventType: "e", Data: []byte("{}")})
		require.NoError(t, err)
	}
	p.bring(fourRequests)
	_, err = client.DeleteStream(t.Context(), "person-1", esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}})
	require.NoError(t, err)
	for _, s := range sight {
		if s.who.Role != domain.RoleOperator {
			p.as(s.who).post("/scavenge", "").problem(domain.CodeForbidden)
		}
	}
	assert.Equal(t, 3, p.as(anOperator).post("/scavenge", "").ok(http.StatusOK).count("events"))
	assert.Equal(t, 0, p.as(anOperator).post("/scavenge", "").ok(http.StatusOK).count("events"))

	// The read models, built anew over a log with gaps, are what they were.
	p.as(anOperator).post("/rebuild", "").ok(http.StatusOK)
	assert.Equal(t, 4, p.as(anOperator).get("/buckets?status=All").ok(http.StatusOK).count("matched"))
}

func TestScavengeOfAnotherEventStoreIsRefused(t *testing.T) {
	p := newPortal(t, func(c *Config) { c.Scavenger = nil })
	p.as(anOperator).post("/scavenge", "").problem(domain.CodeRefused)
}
