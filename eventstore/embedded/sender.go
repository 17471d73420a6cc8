package embedded

import (
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"

	"backlot/eventstore/embedded/internal/engine"
)

// sender writes the messages of one read.
type sender struct {
	stream streams.Streams_ReadServer
	frame  eventFrame
	links  *linkResolver // nil when links are not to be resolved
}

func newSender(stream streams.Streams_ReadServer, e *engine.Engine, q query) *sender {
	s := &sender{stream: stream, frame: eventFrame{stringUUIDs: q.stringUUIDs}}
	if q.resolveLinks {
		s.links = &linkResolver{engine: e}
	}
	return s
}

func (s *sender) event(r *engine.Record) error {
	s.frame.event, s.frame.link = r, nil
	if s.links != nil && isLink(r) {
		target, err := s.links.resolve(r)
		if err != nil {
			return err
		}
		s.frame.event, s.frame.link = target, r
	}
	return s.stream.SendMsg(&s.frame)
}

// flush has nothing to do: every message is sent as it comes.
func (s *sender) flush() error { return nil }

func (s *sender) confirmation(id string) error {
	return s.stream.Send(&streams.ReadResp{Content: &streams.ReadResp_Confirmation{
		Confirmation: &streams.ReadResp_SubscriptionConfirmation{SubscriptionId: id},
	}})
}

func (s *sender) streamNotFound(name string) error {
	return s.stream.Send(&streams.ReadResp{Content: &streams.ReadResp_StreamNotFound_{
		StreamNotFound: &streams.ReadResp_StreamNotFound{
			StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(name)},
		},
	}})
}

func (s *sender) checkpoint(position uint64) error {
	return s.stream.Send(&streams.ReadResp{Content: &streams.ReadResp_Checkpoint_{
		Checkpoint: &streams.ReadResp_Checkpoint{CommitPosition: position, PreparePosition: position},
	}})
}

func (s *sender) caughtUp() error {
	return s.stream.Send(&streams.ReadResp{Content: &streams.ReadResp_CaughtUp_{CaughtUp: &streams.ReadResp_CaughtUp{}}})
}

func (s *sender) fellBehind() error {
	return s.stream.Send(&streams.ReadResp{Content: &streams.ReadResp_FellBehind_{FellBehind: &streams.ReadResp_FellBehind{}}})
}

func (s *sender) firstRevision(revision uint64) error {
	return s.stream.Send(&streams.ReadResp{Content: &streams.ReadResp_FirstStreamPosition{FirstStreamPosition: revision}})
}

func (s *sender) lastRevision(revision uint64) error {
	return s.stream.Send(&streams.ReadResp{Content: &streams.ReadResp_LastStreamPosition{LastStreamPosition: revision}})
}

func (s *sender) lastPosition(position uint64) error {
	return s.stream.Send(&streams.ReadResp{Content: &streams.ReadResp_LastAllStreamPosition{
		LastAllStreamPosition: &shared.AllStreamPosition{CommitPosition: position, PreparePosition: position},
	}})
}
