package eventstore

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSeveralLimitAStreamAtOnce(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	for round := range 20 {
		stream := fmt.Sprint("person-", round)
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() { assert.NoError(t, s.SetMaxCount(ctx, stream, 1)) })
		}
		all.Wait()
	}
}
