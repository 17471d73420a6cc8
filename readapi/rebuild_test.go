package readapi

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/readmodel"
)

func TestRebuild(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	before, err := p.redis.Get(t.Context(), readmodel.LiveKey).Result()
	require.NoError(t, err)
	for _, s := range sight {
		if s.who.Role != domain.RoleOperator {
			p.as(s.who).post("/rebuild", "").problem(domain.CodeForbidden)
		}
	}
	p.as(anOperator).post("/rebuild", "").ok(http.StatusOK)
	after, err := p.redis.Get(t.Context(), readmodel.LiveKey).Result()
	require.NoError(t, err)
	assert.NotEqual(t, before, after)
	assert.Equal(t, 4, p.as(anOperator).get("/buckets?status=All").ok(http.StatusOK).count("matched"))
}
