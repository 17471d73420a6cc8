package eventstore

import (
	"context"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"backlot/domain"
)

// mute leaves out what an EventStoreDB before 23.10 never says, and checkpoints
// but for those of readers that ask for one an event.
func mute(ctx context.Context, m proto.Message) (proto.Message, error) {
	r, ok := m.(*streams.ReadResp)
	if !ok {
		return m, nil
	}
	switch r.Content.(type) {
	case *streams.ReadResp_CaughtUp_, *streams.ReadResp_FellBehind_:
		return nil, nil
	case *streams.ReadResp_Checkpoint_:
		if readRequest(ctx).GetOptions().GetFilter().GetMax() > narrowWindow {
			return nil, nil
		}
	}
	return m, nil
}

func TestReaderKnowsThatItHasCaughtUpWithAServerThatNeverSaysSo(t *testing.T) {
	for name, written := range map[string]int{"empty log": 0, "some events": 30} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, ctx := newCluster(t, 1), testContext(t)
			c.onAnswer(mute)
			s := c.connect(Config{}, 0)
			if written > 0 {
				write(t, ctx, s, 3, written/3, 5)
			}
			messages := subscribe(t, ctx, s, SubscriberConfig{From: from(0)})
			all, some, none := follow(t, s), follow(t, s, "sourceRequest-1"), follow(t, s, "organisation-")
			var log checkLog
			for !log.caughtUp {
				msg, page := next(t, ctx, messages)
				log.add(t, page)
				msg.Ack()
			}
			require.Len(t, log.events, written, "not before the last event")
			end, err := s.End(ctx)
			require.NoError(t, err)
			for f, want := range map[*followed]int{all: written, some: written / 3, none: 0} {
				f.until(ctx, func(l *checkLog) bool { return l.caughtUp && l.at >= end })
				require.Len(t, f.log.events, want)
			}

			_, p, err := s.Append(ctx, "sourceRequest-9", domain.Version{}, comments(999, 1))
			require.NoError(t, err)
			msg, page := next(t, ctx, messages)
			require.Len(t, page.Events, 1)
			require.Equal(t, p, page.To)
			msg.Ack()
			none.until(ctx, func(l *checkLog) bool { return l.at >= p })
		})
	}
}

// withoutPosition answers an append as a server may answer a repetition.
func withoutPosition(_ context.Context, m proto.Message) (proto.Message, error) {
	if a, ok := m.(*streams.AppendResp); ok && a.GetSuccess() != nil {
		a.GetSuccess().PositionOption = &streams.AppendResp_Success_NoPosition{NoPosition: &shared.Empty{}}
	}
	return m, nil
}

func TestAppendAnsweredWithoutItsPosition(t *testing.T) {
	c, ctx := newCluster(t, 1), testContext(t)
	c.onAnswer(withoutPosition)
	s := c.connect(Config{}, 0)
	v, p, err := s.Append(ctx, "sourceRequest-1", domain.Version{}, comments(0, 3))
	require.NoError(t, err)
	recorded := readAll(t, s, "sourceRequest-1")
	require.Equal(t, recorded[2].Position, p)
	_, p, err = s.Append(ctx, "sourceRequest-1", v, comments(3, 1))
	require.NoError(t, err)
	require.Equal(t, readAll(t, s, "sourceRequest-1")[3].Position, p)

	_, p, err = s.Append(ctx, "sourceRequest-1", domain.Version{}, comments(0, 3))
	require.NoError(t, err)
	require.Equal(t, recorded[2].Position, p, "of the events that are there, not of the last one")

	require.NoError(t, s.SetMaxCount(ctx, "sourceRequest-1", 1))
	_, p, err = s.Append(ctx, "sourceRequest-1", domain.Version{}, comments(0, 3))
	require.NoError(t, err)
	require.GreaterOrEqual(t, p, recorded[2].Position, "it is hidden, and those who wait for it must not wait for ever")
	end, err := s.End(ctx)
	require.NoError(t, err)
	require.LessOrEqual(t, p, end)
}
