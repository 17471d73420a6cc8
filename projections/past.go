package projections

import (
	"bytes"
	"context"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// versions is what it takes to see which versions of rows end.
type versions struct {
	horizon int64 // Unix ms: what ended until then is not kept
	code    coder
	policy  sourcerequest.Policy
}

// endedRow is a version that ended, of a request that may have no number yet.
type endedRow struct {
	key string
	readmodel.Ended
}

// past is the ended versions of a generation's rows, as Redis has them.
type past struct {
	kept  uint32  // the first segment that is
	count uint32  // versions so far
	from  int64   // Unix ms: what ended after it is kept
	open  []byte  // the versions of the last segment, which is not full
	until []int64 // by segment: when its last version ended
}

// pastChanges is what a page adds to the past, and takes away.
type pastChanges struct {
	ended   readmodel.EndedRows
	full    []fullSegment
	grown   []byte // to be appended to the last segment
	size    int    // bytes that it has then
	gone    []uint32
	from    int64 // if it moved
	changed bool

	kept, count uint32 // those of the past then, and since when it is kept
	keptFrom    int64
}

type fullSegment struct {
	number uint32
	packed []byte
}

// add takes over what ended, and forgets what ended until the horizon.
func (p *past) add(ended []endedRow, numbers map[string]uint32, horizon int64) pastChanges {
	c := pastChanges{ended: readmodel.EndedRows{From: p.count}}
	from := p.from
	already := len(p.open)
	for i := range ended {
		e := &ended[i]
		number, ok := numbers[e.key]
		switch {
		case e.Until <= horizon:
			from = max(from, e.Until)
			continue
		case !ok || e.Row.Status == 0:
			continue
		}
		e.Number = number
		b := e.Append(nil)
		c.ended.Rows = append(c.ended.Rows, b...)
		p.open = append(p.open, b...)
		segment := p.count / readmodel.EndedPerSegment
		if int(segment-p.kept) == len(p.until) {
			p.until = append(p.until, e.Until)
		}
		last := &p.until[segment-p.kept]
		*last = max(*last, e.Until)
		p.count++
		if p.count%readmodel.EndedPerSegment == 0 {
			c.full = append(c.full, fullSegment{segment, readmodel.PackPast(p.open)})
			p.open, already = nil, 0
		}
	}
	if len(p.open) > already {
		if already == 0 {
			c.grown = []byte(readmodel.PastHeader)
		}
		c.grown = append(c.grown, p.open[already:]...)
		c.size = len(readmodel.PastHeader) + len(p.open)
	}
	for len(p.until) > 0 && p.until[0] <= horizon && p.kept < p.count/readmodel.EndedPerSegment {
		c.gone = append(c.gone, p.kept)
		from = max(from, p.until[0])
		p.until = p.until[1:]
		p.kept++
	}
	if from != p.from {
		p.from, c.from = from, from
	}
	c.kept, c.count, c.keptFrom = p.kept, p.count, p.from
	c.changed = len(c.ended.Rows) > 0 || len(c.gone) > 0 || c.from != 0
	return c
}

// queue puts the commands of the changes into a pipeline and returns what one
// of them must answer.
func (c *pastChanges) queue(ctx context.Context, pipe redis.Pipeliner, g readmodel.Generation) []length {
	if !c.changed {
		return nil
	}
	var lengths []length
	for _, s := range c.full {
		pipe.Set(ctx, g.Past(s.number), s.packed, 0)
	}
	if c.grown != nil {
		cmd := pipe.Append(ctx, g.Past(c.count/readmodel.EndedPerSegment), string(c.grown))
		lengths = append(lengths, length{cmd, int64(c.size)})
	}
	for _, segment := range c.gone {
		pipe.Unlink(ctx, g.Past(segment))
	}
	pipe.HSet(ctx, g.Info(), readmodel.InfoPastFirst, c.kept, readmodel.InfoPastCount, c.count, readmodel.InfoPastFrom, c.keptFrom)
	return lengths
}

// loadPast reads the past.
func (b *build) loadPast(ctx context.Context, r redis.UniversalClient, info map[string]string) error {
	for _, f := range []struct {
		field string
		set   func(int64)
	}{
		{readmodel.InfoPastFirst, func(n int64) { b.past.kept = uint32(n) }},
		{readmodel.InfoPastCount, func(n int64) { b.past.count = uint32(n) }},
		{readmodel.InfoPastFrom, func(n int64) { b.past.from = n }},
	} {
		if v, given := info[f.field]; given {
			n, err := strconv.ParseInt(v, 10, 64)
			if err != nil {
				return unusable(fmt.Sprintf("its %s is %q", f.field, v))
			}
			f.set(n)
		}
	}
	for segment := b.past.kept; segment*readmodel.EndedPerSegment < b.past.count; segment += segmentsAtOnce {
		var keys []string
		for n := segment; n < segment+segmentsAtOnce && n*readmodel.EndedPerSegment < b.past.count; n++ {
			keys = append(keys, b.generation.Past(n))
		}
		values, err := r.MGet(ctx, keys...).Result()
		if err != nil {
			return err
		}
		for i, v := range values {
			held, _ := v.(string)
			if err := b.past.load(segment+uint32(i), []byte(held)); err != nil {
				return unusable(err.Error())
			}
		}
	}
	return nil
}

// load takes over a segment; of a full one, only until when it has to be kept.
func (p *past) load(segment uint32, held []byte) error {
	rows, err := readmodel.UnpackPast(held)
	if err != nil {
		return err
	}
	want := min(readmodel.EndedPerSegment, p.count-segment*readmodel.EndedPerSegment)
	if len(rows) != int(want)*readmodel.EndedSize {
		return fmt.Errorf("its segment %d of ended versions has %d bytes", segment, len(rows))
	}
	if want < readmodel.EndedPerSegment {
		p.open = bytes.Clone(rows)
	}
	var e readmodel.Ended
	until := int64(0)
	for ; len(rows) > 0; rows = rows[readmodel.EndedSize:] {
		if err := e.Decode(rows[:readmodel.EndedSize]); err != nil {
			return err
		}
		until = max(until, e.Until)
	}
	p.until = append(p.until, until)
	return nil
}
