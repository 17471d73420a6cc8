package projections

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"backlot/domain"
	"backlot/readmodel"
)

// errLost means that Redis does not hold what memory says it does: another
// projector moved the checkpoint, or Redis was flushed or replaced.
var errLost = errors.New("projections: the checkpoint in Redis is another one")

// write brings a page's changes to Redis in one transaction, or not at all.
//
// The checkpoint is the only key that is watched: it is in every transaction
// that changes the generation, and it is the first key to go when a generation
// is removed. The live key stands in another slot of a cluster, and a page
// written to a generation that is not live any more does no harm.
func (f *folder) write(ctx context.Context, t *transaction) error {
	var lengths []length
	err := f.redis.Watch(ctx, func(tx *redis.Tx) error {
		held, err := tx.Get(ctx, t.generation.Checkpoint()).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
		if held != t.from.String() {
			return errLost
		}
		_, err = tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
			lengths = t.queue(ctx, p)
			return nil
		})
		return err
	}, t.generation.Checkpoint())
	if errors.Is(err, redis.TxFailedErr) {
		return errLost
	}
	if err != nil {
		return err
	}
	for _, l := range lengths {
		if l.cmd.Val() != l.want {
			return fmt.Errorf("projections: Redis lost a part of generation %s: %v has length %d, not %d (is its maxmemory-policy noeviction?)",
				t.generation, l.cmd.Args()[1], l.cmd.Val(), l.want)
		}
	}
	return nil
}

// length is what a key must have grown to.
type length struct {
	cmd  *redis.IntCmd
	want int64 // bytes or elements
}

// transaction is a page's changes, encoded.
type transaction struct {
	generation readmodel.Generation
	from       domain.Position // that the generation has to stand at
	changes    *changes
	size       int   // rows of the generation after the page
	rowSize    int   // bytes
	entry      []any // of the feed
	minID      string
}

// transaction encodes the changes and notes the feed entry.
func (b *build) transaction(c *changes) (*transaction, error) {
	t := &transaction{generation: b.generation, from: b.position, changes: c, size: len(b.numbers), rowSize: b.projection.RowSize}
	change := readmodel.Entry{Generation: b.generation, From: b.position, To: c.to, Rows: c.rows, Added: c.added, Ended: c.past.ended, PastFrom: c.past.from}
	var err error
	if t.entry, err = change.Fields(); err != nil {
		return nil, err
	}
	if oldest, trim := b.feed.add(c.to, len(c.rows)); trim {
		t.minID = readmodel.FeedID(oldest)
	}
	return t, nil
}

// queue puts the commands of the transaction into a pipeline and returns what
// some of them must answer.
func (t *transaction) queue(ctx context.Context, p redis.Pipeliner) []length {
	g, c := t.generation, t.changes
	if len(c.documents) > 0 {
		p.MSet(ctx, c.documents...)
	}
	lengths := t.queueRows(ctx, p)
	for d := range readmodel.Dictionary(readmodel.DictionaryCount) {
		if added, ok := c.added[d]; ok {
			cmd := p.RPush(ctx, g.Dictionary(d), added.Values)
			lengths = append(lengths, length{cmd, int64(added.From) + int64(len(added.Values))})
		}
	}
	lengths = append(lengths, c.past.queue(ctx, p, g)...)
	p.XAdd(ctx, &redis.XAddArgs{Stream: g.Feed(), ID: readmodel.FeedID(c.to), Values: t.entry})
	if t.minID != "" {
		p.XTrimMinID(ctx, g.Feed(), t.minID)
	}
	if c.events > 0 {
		p.HIncrBy(ctx, g.Info(), readmodel.InfoEvents, int64(c.events))
	}
	p.Set(ctx, g.Checkpoint(), c.to.String(), 0)
	return lengths
}

// queueRows writes neighbours of a segment together.
func (t *transaction) queueRows(ctx context.Context, p redis.Pipeliner) []length {
	var lengths []length
	rows := t.changes.rows
	for len(rows) > 0 {
		first := rows[0].Number
		segment := first / readmodel.RowsPerSegment
		n := 1
		for n < len(rows) && rows[n].Number == first+uint32(n) && rows[n].Number/readmodel.RowsPerSegment == segment {
			n++
		}
		b := make([]byte, 0, n*t.rowSize)
		for i := range rows[:n] {
			b = append(b, rows[i].Bytes...)
		}
		offset := int64(first%readmodel.RowsPerSegment) * int64(t.rowSize)
		cmd := p.SetRange(ctx, t.generation.Rows(segment), offset, string(b))
		rows = rows[n:]
		if len(rows) == 0 || rows[0].Number/readmodel.RowsPerSegment != segment {
			inSegment := min(readmodel.RowsPerSegment, t.size-int(segment)*readmodel.RowsPerSegment)
			lengths = append(lengths, length{cmd, int64(inSegment) * int64(t.rowSize)})
		}
	}
	return lengths
}
