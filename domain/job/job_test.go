package job_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"backlot/domain"
	"backlot/domain/job"
)

func TestSummary(t *testing.T) {
	j := job.Job{Rows: 15, Opened: 1, Changed: 2, Unchanged: 4, Refused: 8}
	assert.Equal(t, "15 rows: 1 opened, 2 changed, 4 unchanged, 8 refused", j.Summary())
	j.Failure = domain.Errorf(domain.CodeUnavailable, "the store is away")
	assert.Equal(t, "15 rows: 1 opened, 2 changed, 4 unchanged, 8 refused; the store is away", j.Summary())
}
