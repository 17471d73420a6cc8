package embedded

import (
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"

	"backlot/eventstore/embedded/internal/engine"
)

// query is a read request, understood.
type query struct {
	stream       string // empty for $all
	from         start
	at           uint64 // revision or position, when from is fromExact
	backwards    bool
	subscription bool
	count        uint64
	filter       *filter // nil for none
	resolveLinks bool
	stringUUIDs  bool
	// boundaries: the client knows messages about first and last positions.
	boundaries bool
}

type start int

const (
	fromStart start = iota
	fromEnd
	fromExact
)

func parseQuery(request *streams.ReadReq) (query, error) {
	o := request.GetOptions()
	q := query{
		backwards:    o.GetReadDirection() == streams.ReadReq_Options_Backwards,
		resolveLinks: o.GetResolveLinks(),
		boundaries:   o.GetControlOption().GetCompatibility() >= 1,
	}
	_, q.stringUUIDs = o.GetUuidOption().GetContent().(*streams.ReadReq_Options_UUIDOption_String_)

	switch v := o.GetStreamOption().(type) {
	case *streams.ReadReq_Options_Stream:
		if err := q.ofStream(v.Stream); err != nil {
			return query{}, err
		}
	case *streams.ReadReq_Options_All:
		q.ofAll(v.All)
	default:
		return query{}, badRequest("A read needs a stream or $all.")
	}

	switch v := o.GetCountOption().(type) {
	case *streams.ReadReq_Options_Count:
		q.count = v.Count
	case *streams.ReadReq_Options_Subscription:
		q.subscription = true
	default:
		return query{}, badRequest("A read needs a count or to be a subscription.")
	}
	if q.subscription && q.backwards {
		return query{}, badRequest("A subscription goes forwards.")
	}

	if v, ok := o.GetFilterOption().(*streams.ReadReq_Options_Filter); ok {
		if q.stream != "" {
			return query{}, badRequest("Only $all can be filtered.")
		}
		f, err := filterOf(v.Filter)
		if err != nil {
			return query{}, err
		}
		q.filter = f
	}
	return q, nil
}

func (q *query) ofStream(o *streams.ReadReq_Options_StreamOptions) error {
	name, err := streamName(o.GetStreamIdentifier())
	if err != nil {
		return err
	}
	q.stream = name
	switch v := o.GetRevisionOption().(type) {
	case *streams.ReadReq_Options_StreamOptions_Revision:
		q.from, q.at = fromExact, v.Revision
	case *streams.ReadReq_Options_StreamOptions_End:
		q.from, q.at = fromEnd, engine.RevisionEnd
	}
	return nil
}

func (q *query) ofAll(o *streams.ReadReq_Options_AllOptions) {
	switch v := o.GetAllOption().(type) {
	case *streams.ReadReq_Options_AllOptions_Position:
		q.from, q.at = fromExact, v.Position.GetCommitPosition()
	case *streams.ReadReq_Options_AllOptions_End:
		q.from, q.at = fromEnd, engine.End
	}
}
