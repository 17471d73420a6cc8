package redistest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"backlot/readmodel"
)

// Dump returns every key of a Redis with all that it holds, as bytes to search,
// documents unpacked.
func Dump(t testing.TB, c redis.UniversalClient) string {
	t.Helper()
	ctx := t.Context()
	var out strings.Builder
	keys, err := c.Keys(ctx, "*").Result()
	require.NoError(t, err)
	for _, key := range keys {
		kind, err := c.Type(ctx, key).Result()
		require.NoError(t, err)
		var value any
		switch kind {
		case "string":
			var held []byte
			held, err = c.Get(ctx, key).Bytes()
			if err == nil && strings.Contains(key, "}:document:") {
				held, err = readmodel.Unpack(held)
			}
			value = string(held)
		case "hash":
			value, err = c.HGetAll(ctx, key).Result()
		case "list":
			value, err = c.LRange(ctx, key, 0, -1).Result()
		case "set":
			value, err = c.SMembers(ctx, key).Result()
		case "zset":
			value, err = c.ZRangeWithScores(ctx, key, 0, -1).Result()
		case "stream":
			value, err = c.XRange(ctx, key, "-", "+").Result()
		case "none": // it expired, or was deleted meanwhile
		default:
			require.Fail(t, "a key of the kind "+kind)
		}
		require.NoError(t, err, key)
		fmt.Fprintf(&out, "%s %s %v\n", kind, key, value)
	}
	return out.String()
}
