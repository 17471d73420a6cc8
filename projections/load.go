package projections

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// unusable says why a generation in Redis cannot be continued; another one has
// to be built.
type unusable string

func (u unusable) Error() string { return "projections: " + string(u) }

const (
	segmentsAtOnce    = 64
	feedEntriesAtOnce = 256
)

// load reads a generation from Redis. The error is an unusable, errLost if
// somebody wrote to the generation meanwhile, or Redis' own.
func load(ctx context.Context, r redis.UniversalClient, m *projection, g readmodel.Generation, policy sourcerequest.Policy, limit int) (*build, error) {
	position, err := readCheckpoint(ctx, r, g)
	if err != nil {
		return nil, err
	}
	info, err := r.HGetAll(ctx, g.Info()).Result()
	if err != nil {
		return nil, err
	}
	if v := info[readmodel.InfoVersion]; v != m.Version {
		return nil, unusable(fmt.Sprintf("it has format version %q, not %q", v, m.Version))
	}
	if p := info[readmodel.InfoPolicy]; p != policy.Fingerprint() {
		return nil, unusable(fmt.Sprintf("it was built with policy %q, not %q", p, policy.Fingerprint()))
	}
	b := &build{projection: m, generation: g, position: position, policy: policy, numbers: map[string]uint32{}, feed: newRetention(), states: newStates(limit)}
	loadPast := func(ctx context.Context, r redis.UniversalClient) error { return b.loadPast(ctx, r, info) }
	var damage unusable
	for _, part := range []func(context.Context, redis.UniversalClient) error{b.loadDictionaries, b.loadRows, b.loadFeed, loadPast} {
		if err := part(ctx, r); err != nil && !errors.As(err, &damage) {
			return nil, err
		}
	}
	// What is torn because somebody writes meanwhile must not pass for damage.
	switch now, err := readCheckpoint(ctx, r, g); {
	case err != nil:
		return nil, err
	case now != position:
		return nil, errLost
	case damage != "":
		return nil, damage
	}
	return b, nil
}

// readCheckpoint returns the position that a generation stands at; unusable if
// there is none.
func readCheckpoint(ctx context.Context, r redis.UniversalClient, g readmodel.Generation) (domain.Position, error) {
	held, err := r.Get(ctx, g.Checkpoint()).Result()
	if errors.Is(err, redis.Nil) {
		return 0, unusable("it has no checkpoint")
	}
	if err != nil {
		return 0, err
	}
	position, err := domain.ParsePosition(held)
	if err != nil {
		return 0, unusable(fmt.Sprintf("its checkpoint is %q", held))
	}
	return position, nil
}

func (b *build) loadDictionaries(ctx context.Context, r redis.UniversalClient) error {
	var lists [readmodel.DictionaryCount]*redis.StringSliceCmd
	_, err := r.Pipelined(ctx, func(p redis.Pipeliner) error {
		for d := range lists {
			lists[d] = p.LRange(ctx, b.generation.Dictionary(readmodel.Dictionary(d)), 0, -1)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for d, list := range lists {
		values := make(map[string]uint32, len(list.Val()))
		for n, v := range list.Val() {
			values[v] = uint32(n)
		}
		if zero, ok := values[""]; !ok || zero != 0 || len(values) != len(list.Val()) {
			return unusable(fmt.Sprintf("its dictionary of %s is damaged", readmodel.Dictionary(d)))
		}
		b.dictionaries[d] = values
	}
	return nil
}

func (b *build) loadRows(ctx context.Context, r redis.UniversalClient) error {
	for segment := uint32(0); ; segment += segmentsAtOnce {
		keys := make([]string, segmentsAtOnce)
		for i := range keys {
			keys[i] = b.generation.Rows(segment + uint32(i))
		}
		values, err := r.MGet(ctx, keys...).Result()
		if err != nil {
			return err
		}
		ended := false
		for i, v := range values {
			rows, _ := v.(string)
			if ended && rows != "" {
				return unusable(fmt.Sprintf("it lacks rows before segment %d", segment+uint32(i)))
			}
			if err := b.loadSegment(segment+uint32(i), []byte(rows)); err != nil {
				return err
			}
			ended = ended || len(rows) < readmodel.RowsPerSegment*b.projection.RowSize
		}
		if ended {
			return nil
		}
	}
}

func (b *build) loadSegment(segment uint32, rows []byte) error {
	damaged := func(what string) error { return unusable(fmt.Sprintf("its segment %d %s", segment, what)) }
	size := b.projection.RowSize
	if len(rows)%size != 0 {
		return damaged("ends within a row")
	}
	for number := segment * readmodel.RowsPerSegment; len(rows) > 0; number++ {
		key, codes, err := b.projection.decode(rows[:size])
		if err != nil {
			return damaged("holds what is no row")
		}
		rows = rows[size:]
		if _, twice := b.numbers[key]; twice || key == "" {
			return damaged(fmt.Sprintf("holds the row %q twice or without an id", key))
		}
		for _, c := range codes {
			if int(c.code) >= len(b.dictionaries[c.dictionary]) {
				return damaged(fmt.Sprintf("has code %d of %d %s", c.code, len(b.dictionaries[c.dictionary]), c.dictionary))
			}
		}
		b.numbers[key] = number
	}
	return nil
}

func (b *build) loadFeed(ctx context.Context, r redis.UniversalClient) error {
	from, last := "-", domain.Position(0)
	for {
		entries, err := r.XRangeN(ctx, b.generation.Feed(), from, "+", feedEntriesAtOnce).Result()
		if err != nil {
			return err
		}
		for _, e := range entries {
			if last, err = readmodel.ParseFeedID(e.ID); err != nil {
				return unusable(err.Error())
			}
			change, err := b.projection.ParseEntry(e.Values)
			if err != nil {
				return unusable(err.Error())
			}
			for i := range change.Rows {
				if int(change.Rows[i].Number) >= len(b.numbers) {
					return unusable(fmt.Sprintf("it lacks row %d", change.Rows[i].Number))
				}
			}
			b.feed.add(last, len(change.Rows))
		}
		if len(entries) < feedEntriesAtOnce {
			break
		}
		from = "(" + entries[len(entries)-1].ID
	}
	if last != b.position {
		return unusable(fmt.Sprintf("its feed ends at %s, its checkpoint is %s", last, b.position))
	}
	return nil
}
