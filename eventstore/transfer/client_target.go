package transfer

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"sync/atomic"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"golang.org/x/sync/errgroup"

	"backlot/domain"
)

// writers append at the same time, each for the streams that are its own; a
// server syncs what arrives together once.
const writers = 16

// clientTarget appends to an EventStoreDB. Positions and times of creation are
// the server's; everything else is as in the source.
type clientTarget struct {
	client  *esdb.Client
	ends    map[string]uint64 // revisions of the streams' last events when it was opened
	group   *errgroup.Group
	ctx     context.Context // ends with the first error
	cancel  context.CancelFunc
	queues  []chan order
	written atomic.Int64
}

// order is an event to write, or a flush to confirm.
type order struct {
	event   Event
	flushed chan<- struct{}
}

func openClientTarget(ctx context.Context, config *esdb.Configuration) (*clientTarget, error) {
	client, err := esdb.NewClient(config)
	if err != nil {
		return nil, unavailable("the target cannot be reached", err)
	}
	t := &clientTarget{client: client, ends: make(map[string]uint64)}
	// Streams that are deleted or truncated can only be seen in $all.
	err = (&clientSource{client: client}).Read(ctx, 0, func(e Event) error {
		t.ends[e.Stream] = e.Revision
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, client.Close())
	}
	t.ctx, t.cancel = context.WithCancel(context.WithoutCancel(ctx))
	t.group, t.ctx = errgroup.WithContext(t.ctx)
	for range writers {
		queue := make(chan order, 256)
		w := &streamWriter{target: t, ends: make(map[string]uint64), held: make(map[string][]Event)}
		t.queues = append(t.queues, queue)
		t.group.Go(func() error { return w.run(t.ctx, queue) })
	}
	return t, nil
}

// Write implements Target. The events of a stream and of its metadata stay in
// order; those of different streams need not.
func (t *clientTarget) Write(ctx context.Context, e Event) error {
	if e.isServers() || e.isFiller() {
		return nil
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(strings.TrimPrefix(e.Stream, metastreamPrefix)))
	return t.send(ctx, t.queues[h.Sum32()%writers], order{event: e})
}

func (t *clientTarget) send(ctx context.Context, queue chan<- order, o order) error {
	select {
	case queue <- o:
		return nil
	case <-t.ctx.Done():
		return t.failure()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// failure is the first writer's error.
func (t *clientTarget) failure() error {
	return unavailable("the target cannot be written", t.group.Wait())
}

// Flush implements Target.
func (t *clientTarget) Flush(ctx context.Context) (int64, error) {
	flushed := make(chan struct{}, writers)
	for _, queue := range t.queues {
		if err := t.send(ctx, queue, order{flushed: flushed}); err != nil {
			return t.written.Load(), err
		}
	}
	for range t.queues {
		select {
		case <-flushed:
		case <-t.ctx.Done():
			return t.written.Load(), t.failure()
		case <-ctx.Done():
			return t.written.Load(), context.Cause(ctx)
		}
	}
	return t.written.Load(), nil
}

// Close implements Target.
func (t *clientTarget) Close() error {
	t.cancel()
	_ = t.group.Wait() // Write and Flush have told
	return t.client.Close()
}

// streamWriter appends the events of some streams.
type streamWriter struct {
	target *clientTarget
	ends   map[string]uint64
	batch  []Event // of one stream, without a gap
	bytes  int
	// held is metadata that deletes a stream. While it stands, a server would
	// answer any write to the stream with metadata of its own; so it is
	// written only together with what took it back, or at the end.
	held map[string][]Event
}

func (w *streamWriter) run(ctx context.Context, queue <-chan order) error {
	for {
		var o order
		select {
		case o = <-queue:
		default:
			// Nothing more at the moment: no reason to wait for a fuller batch.
			if err := w.append(ctx); err != nil {
				return err
			}
			select {
			case o = <-queue:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if o.flushed != nil {
			if err := w.flush(ctx); err != nil {
				return err
			}
			o.flushed <- struct{}{}
			continue
		}
		if err := w.take(ctx, o.event); err != nil {
			return err
		}
	}
}

func (w *streamWriter) flush(ctx context.Context) error {
	if err := w.append(ctx); err != nil {
		return err
	}
	for stream := range w.held {
		if err := w.release(ctx, stream); err != nil {
			return err
		}
	}
	return nil
}

// end is the revision of a stream's last event in the target, or what is held
// for it; exists is false for none.
func (w *streamWriter) end(stream string) (end uint64, exists bool) {
	if held := w.held[stream]; len(held) > 0 {
		return held[len(held)-1].Revision, true
	}
	if end, exists = w.ends[stream]; exists {
		return end, true
	}
	end, exists = w.target.ends[stream]
	return end, exists
}

func (w *streamWriter) take(ctx context.Context, e Event) error {
	if n := len(w.batch); n > 0 && w.batch[0].Stream != e.Stream {
		if err := w.append(ctx); err != nil {
			return err
		}
	}
	end, exists := w.end(e.Stream)
	if n := len(w.batch); n > 0 {
		end, exists = w.batch[n-1].Revision, true
	}
	if exists && e.Revision <= end {
		return nil
	}
	if e.isTombstone() {
		return w.tombstone(ctx, e.Stream)
	}
	next := uint64(0)
	if exists {
		next = end + 1
	}
	for ; next < e.Revision; next++ {
		if err := w.add(ctx, filler(e.Stream, next)); err != nil {
			return err
		}
	}
	return w.add(ctx, e)
}

// Bounds of one append: EventStoreDB takes 1 MiB at most, and counts a little
// more than data and metadata.
const (
	appendEvents = 500
	appendBytes  = 512 << 10
)

func (w *streamWriter) add(ctx context.Context, e Event) error {
	if deletes := deletesStream(e); deletes || len(w.held[e.Stream]) > 0 {
		if err := w.append(ctx); err != nil {
			return err
		}
		w.held[e.Stream] = append(w.held[e.Stream], e)
		if deletes {
			return nil
		}
		return w.release(ctx, e.Stream)
	}
	size := len(e.Data) + len(e.Metadata) + 2*len(e.Type)
	if len(w.batch) == appendEvents || len(w.batch) > 0 && w.bytes+size > appendBytes {
		if err := w.append(ctx); err != nil {
			return err
		}
	}
	w.batch = append(w.batch, e)
	w.bytes += size
	return nil
}

// release writes what is held of a stream of metadata.
func (w *streamWriter) release(ctx context.Context, stream string) error {
	held := w.held[stream]
	delete(w.held, stream)
	w.batch = held
	return w.append(ctx)
}

func (w *streamWriter) append(ctx context.Context) error {
	if len(w.batch) == 0 {
		return nil
	}
	first, last := w.batch[0], w.batch[len(w.batch)-1]
	proposed := make([]esdb.EventData, len(w.batch))
	for i, e := range w.batch {
		proposed[i] = esdb.EventData{EventID: e.ID, EventType: e.Type, ContentType: contentType(e.JSON), Data: e.Data, Metadata: e.Metadata}
	}
	var expected esdb.ExpectedRevision = esdb.NoStream{}
	if first.Revision > 0 {
		expected = esdb.Revision(first.Revision - 1)
	}
	deadline := answerTime
	result, err := w.target.client.AppendToStream(ctx, first.Stream, esdb.AppendToStreamOptions{ExpectedRevision: expected, Deadline: &deadline}, proposed...)
	switch {
	case err == nil && result.NextExpectedVersion != last.Revision:
		return domain.Errorf(domain.CodeRefused, "stream %q of the target went on to event %d instead of %d: somebody else writes there", first.Stream, result.NextExpectedVersion, last.Revision)
	case err != nil && !(isConflict(err) && w.isServerMetadata(ctx)):
		return appendError(first, last, err)
	case err == nil:
		w.target.written.Add(int64(len(w.batch)))
	}
	w.ends[first.Stream] = last.Revision
	w.batch, w.bytes = nil, 0
	return nil
}

func isConflict(err error) bool {
	var e *esdb.Error
	return errors.As(err, &e) && e.Code() == esdb.ErrorCodeWrongExpectedVersion
}

func appendError(first, last Event, err error) error {
	where := fmt.Sprintf("events %d to %d of stream %q", first.Revision, last.Revision, first.Stream)
	if isConflict(err) {
		return &domain.Error{Code: domain.CodeRefused, Message: "the target cannot take " + where + ": it holds others there, or somebody else writes to it", Err: err}
	}
	return unavailable("the target did not take "+where, err)
}

// isServerMetadata reports whether the server has written the metadata of the
// batch by itself: it does when a deleted stream is continued, which the
// source's server did in its time.
func (w *streamWriter) isServerMetadata(ctx context.Context) bool {
	last := w.batch[len(w.batch)-1]
	if len(w.batch) > 1 || last.Type != typeMetadata {
		return false
	}
	stream, err := w.target.client.ReadStream(ctx, last.Stream, esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}}, 1)
	if err != nil {
		return false
	}
	defer stream.Close()
	found, err := stream.Recv()
	return err == nil && found.OriginalEvent().EventNumber == last.Revision && sameJSON(found.OriginalEvent().Data, last.Data)
}

// tombstone ends a stream as it was ended in the source. The event's id is the
// server's.
func (w *streamWriter) tombstone(ctx context.Context, stream string) error {
	if err := w.append(ctx); err != nil {
		return err
	}
	if metastream := metastreamPrefix + stream; len(w.held[metastream]) > 0 {
		if err := w.release(ctx, metastream); err != nil {
			return err
		}
	}
	deadline := answerTime
	_, err := w.target.client.TombstoneStream(ctx, stream, esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Any{}, Deadline: &deadline})
	if err != nil {
		return unavailable(fmt.Sprintf("the target did not delete stream %q for good", stream), err)
	}
	w.ends[stream] = tombstoneRevision
	w.target.written.Add(1)
	return nil
}

func contentType(isJSON bool) esdb.ContentType {
	if isJSON {
		return esdb.ContentTypeJson
	}
	return esdb.ContentTypeBinary
}
