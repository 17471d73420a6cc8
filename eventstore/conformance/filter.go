package conformance

import (
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/stretchr/testify/require"
)

var filterCases = []testCase{
	{"filter/no system events", docsFilters, filters(func(*session) *esdb.SubscriptionFilter { return esdb.ExcludeSystemEventsFilter() },
		"Opened", "Opened", "Named", "Closed", "ReOpened")},
	{"filter/prefix of event types", docsFilters, filters(byType("", "-Op"), "Opened", "Opened")},
	{"filter/several prefixes of event types", docsFilters, filters(byType("", "-Op", "-Cl"), "Opened", "Opened", "Closed")},
	{"filter/regular expression of event types", docsFilters, filters(byType(`-.*pened$`), "Opened", "Opened", "ReOpened")},
	{"filter/prefix of stream names", docsFilters, filters(byStream("", "-order-1"), "Opened", "Closed", "ReOpened")},
	{"filter/several prefixes of stream names", docsFilters, filters(byStream("", "-person-", "-order-12"), "Named", "ReOpened")},
	{"filter/regular expression of stream names", docsFilters, filters(byStream(`-order-\d$`), "Opened", "Opened", "Closed")},
	{"filter/metadata by its stream name", docsFilters, filters(func(s *session) *esdb.SubscriptionFilter {
		return &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{"$$" + s.prefix}}
	}, "$metadata")},
	{"filter/reads of $all both ways", protoStreams + ", ReadReq.Options.FilterOptions", filteredReads},
	{"checkpoints/come where nothing matches, and lose and repeat nothing", docsCheckpoints, checkpoints},
	{"checkpoints/without a limit of the search window", goClient + ", NoMaxSearchWindow", windowWithoutLimit},
}

// byType and byStream make a regular expression behind the case's prefix, or
// prefixes behind it.
func byType(regex string, prefixes ...string) func(*session) *esdb.SubscriptionFilter {
	return func(s *session) *esdb.SubscriptionFilter { return s.filter(esdb.EventFilterType, regex, prefixes) }
}

func byStream(regex string, prefixes ...string) func(*session) *esdb.SubscriptionFilter {
	return func(s *session) *esdb.SubscriptionFilter { return s.filter(esdb.StreamFilterType, regex, prefixes) }
}

func (s *session) filter(by esdb.FilterType, regex string, prefixes []string) *esdb.SubscriptionFilter {
	f := &esdb.SubscriptionFilter{Type: by}
	if regex != "" {
		f.Regex = "^" + s.prefix + regex
	}
	for _, p := range prefixes {
		f.Prefixes = append(f.Prefixes, s.prefix+p)
	}
	return f
}

// typ is an event type that nobody else writes.
func (s *session) typ(name string) string { return s.prefix + "-" + name }

func (s *session) writeOrders() {
	for _, e := range [][2]string{
		{"order-1", "Opened"}, {"order-2", "Opened"}, {"person-1", "Named"}, {"order-1", "Closed"}, {"order-12", "ReOpened"},
	} {
		s.append(s.stream(e[0]), esdb.Any{}, event(s.typ(e[1])))
	}
	s.setMetadata(s.stream("order-1"), `{}`)
}

// filters wants the same of history and live.
func filters(filter func(*session) *esdb.SubscriptionFilter, want ...string) func(*session) {
	return func(s *session) {
		start := s.append(s.stream("start"), esdb.NoStream{}, event("start"))
		s.writeOrders()
		sub := s.subscribeAll(esdb.SubscribeToAllOptions{From: position(start), Filter: filter(s)})
		for _, when := range []string{"history", "live"} {
			var got []string
			for len(got) < len(want) {
				e := s.nextEvent(sub)
				if s.isOwn(e) {
					got = append(got, strings.TrimPrefix(e.EventType, s.prefix+"-"))
				} else {
					require.False(s, strings.HasPrefix(e.EventType, "$"), "%s of %s", e.EventType, e.StreamID)
				}
			}
			require.Equal(s, want, got, when)
			s.writeOrders()
		}
	}
}

func filteredReads(s *session) {
	start := s.append(s.stream("start"), esdb.NoStream{}, event("start"))
	for range 10 {
		s.append(s.stream("other"), esdb.Any{}, numbered(10)...)
		s.append(s.stream("wanted"), esdb.Any{}, numbered(2)...)
	}
	end := s.append(s.stream("end"), esdb.NoStream{}, event("end"))

	read := func(from *esdb.WriteResult, direction streams.ReadReq_Options_ReadDirection, count uint64) []uint64 {
		var revisions []uint64
		for _, m := range s.rawRead(&streams.ReadReq_Options{
			StreamOption: &streams.ReadReq_Options_All{All: &streams.ReadReq_Options_AllOptions{
				AllOption: &streams.ReadReq_Options_AllOptions_Position{Position: &streams.ReadReq_Options_Position{
					CommitPosition: from.CommitPosition, PreparePosition: from.PreparePosition,
				}},
			}},
			ReadDirection: direction,
			CountOption:   &streams.ReadReq_Options_Count{Count: count},
			FilterOption: &streams.ReadReq_Options_Filter{Filter: &streams.ReadReq_Options_FilterOptions{
				Filter: &streams.ReadReq_Options_FilterOptions_StreamIdentifier{
					StreamIdentifier: &streams.ReadReq_Options_FilterOptions_Expression{Prefix: []string{s.stream("wanted")}},
				},
				Window:                       &streams.ReadReq_Options_FilterOptions_Count{Count: &shared.Empty{}},
				CheckpointIntervalMultiplier: 1,
			}},
		}) {
			require.NotNil(s, m.GetEvent(), "%v", m)
			revisions = append(revisions, m.GetEvent().GetEvent().GetStreamRevision())
		}
		return revisions
	}
	require.Equal(s, []uint64{0, 1, 2, 3, 4}, read(start, streams.ReadReq_Options_Forwards, 5))
	require.Equal(s, []uint64{19, 18, 17}, read(end, streams.ReadReq_Options_Backwards, 3))
	require.Len(s, read(start, streams.ReadReq_Options_Forwards, 20), 20)
	require.Len(s, read(end, streams.ReadReq_Options_Backwards, 20), 20)
}

// checkpoints: whatever was sent before a checkpoint is at or before its
// position, whatever is sent after lies behind it, and so does what a
// subscription from there receives.
func checkpoints(s *session) {
	start := s.append(s.stream("start"), esdb.NoStream{}, event("start"))
	matches := uint64(0)
	match := func(after int) {
		s.append(s.stream("other"), esdb.Any{}, numbered(after)...)
		s.append(s.stream("wanted"), esdb.Any{}, event("match"))
		matches++
	}
	match(1)
	match(200)
	// Every fifth event matches, every fourth is a checkpoint: some checkpoints
	// come right before a match, some right after, some at one.
	for range 12 {
		match(4)
	}

	o := esdb.SubscribeToAllOptions{From: position(start), Filter: s.filter(esdb.StreamFilterType, "", []string{"-wanted"}), MaxSearchWindow: 4, CheckpointInterval: 1}
	sub := s.subscribeAll(o)
	type checkpoint struct {
		at    esdb.Position
		after uint64 // the next match
	}
	var reached []checkpoint
	last, next := position(start), uint64(0)
	receive := func() {
		for next < matches {
			switch e := sub.Recv(); {
			case e.EventAppeared != nil:
				found := e.EventAppeared.OriginalEvent()
				require.Equal(s, next, found.EventNumber)
				require.Greater(s, found.Position.Commit, last.Commit, "the last checkpoint claims more than was sent")
				next, last = next+1, found.Position
			case e.CheckPointReached != nil:
				require.GreaterOrEqual(s, e.CheckPointReached.Commit, last.Commit, "a checkpoint behind what was sent")
				last = *e.CheckPointReached
				reached = append(reached, checkpoint{last, next})
			case e.SubscriptionDropped != nil:
				require.NoError(s, e.SubscriptionDropped.Error)
			}
		}
	}
	receive()
	require.GreaterOrEqual(s, len(reached), 20, "of history: 200 events did not match, the interval is 4")
	inHistory := len(reached)
	match(200)
	for range 12 {
		match(4)
	}
	receive()
	require.Greater(s, len(reached), inHistory, "of live events")

	for i := 0; i < len(reached); i += max(1, len(reached)/16) {
		o.From = reached[i].at
		resumed := s.subscribeAll(o)
		for revision := reached[i].after; revision < matches; revision++ {
			require.Equal(s, revision, s.nextEvent(resumed).EventNumber)
		}
		require.NoError(s, resumed.Close())
	}
}

func windowWithoutLimit(s *session) {
	start := s.append(s.stream("start"), esdb.NoStream{}, event("start"))
	s.append(s.stream("other"), esdb.Any{}, numbered(100)...)
	s.append(s.stream("wanted"), esdb.Any{}, event("match"))
	sub := s.subscribeAll(esdb.SubscribeToAllOptions{
		From: position(start), Filter: s.filter(esdb.StreamFilterType, "", []string{"-wanted"}), MaxSearchWindow: esdb.NoMaxSearchWindow,
	})
	require.Equal(s, "match", s.nextEvent(sub).EventType)
}
