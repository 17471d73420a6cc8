package eventstore

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"

	"backlot/domain"
)

// runPager starts a pager over notices that the test sends. Its decoder
// refuses events of type "bad".
func runPager(t *testing.T, p pager, arrived int) (notices chan notice, pages chan domain.Page, ended chan error) {
	ctx, cancel := context.WithCancel(context.Background())
	notices, pages, ended = make(chan notice, arrived), make(chan domain.Page), make(chan error, 1)
	p.decode = func(raw RawEvent) (domain.Recorded, error) {
		if raw.Type == "bad" {
			return raw.Recorded, fmt.Errorf("position %d", raw.Position)
		}
		return raw.Recorded, nil
	}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		ended <- p.run(ctx, notices, pages)
	}()
	t.Cleanup(func() {
		cancel()
		<-stopped
	})
	return notices, pages, ended
}

func eventAt(position uint64) notice {
	return notice{event: &esdb.RecordedEvent{EventType: "good", Position: esdb.Position{Commit: position, Prepare: position}}}
}

func checkpointAt(position uint64) notice {
	return notice{checkpoint: &esdb.Position{Commit: position, Prepare: position}}
}

func positions(p domain.Page) (at []int) {
	for _, r := range p.Events {
		at = append(at, int(r.Position))
	}
	return at
}

func TestPagerKeepsNoMorePagesReadyThanPrefetch(t *testing.T) {
	const arrived = 100
	p := pager{pageSize: 10, prefetch: 2}
	notices, pages, _ := runPager(t, p, arrived)
	for i := range arrived {
		notices <- eventAt(uint64(i + 1))
	}
	taken := func(n int) func() bool { return func() bool { return len(notices) == arrived-n } }
	require.Eventually(t, taken(30), patience, time.Millisecond, "two pages ready and one being filled")
	page := <-pages
	require.Equal(t, domain.Position(0), page.From)
	require.Equal(t, domain.Position(10), page.To)
	require.Eventually(t, taken(40), patience, time.Millisecond)
}

func TestPagerMergesWhatArrivesWhileAPageIsBeingApplied(t *testing.T) {
	notices, pages, _ := runPager(t, pager{pageSize: 10, prefetch: 3}, 0)
	notices <- notice{caughtUp: true}
	require.Equal(t, domain.Page{CaughtUp: true}, <-pages)
	notices <- eventAt(1)
	notices <- eventAt(2)
	notices <- checkpointAt(5)
	notices <- eventAt(7)
	notices <- notice{} // taken, so what came before it is in the page
	page := <-pages
	require.Equal(t, []int{1, 2, 7}, positions(page))
	require.Equal(t, domain.Position(7), page.To)
	require.False(t, page.CaughtUp)
	notices <- checkpointAt(9)
	require.Equal(t, domain.Page{From: 7, To: 9}, <-pages, "the position moves without events")
}

func TestPagerIgnoresACheckpointThatIsNotAhead(t *testing.T) {
	notices, pages, _ := runPager(t, pager{pageSize: 10, prefetch: 3, at: 20}, 0)
	notices <- checkpointAt(20)
	notices <- eventAt(21)
	notices <- checkpointAt(21)
	notices <- notice{caughtUp: true}
	page := <-pages
	require.Equal(t, domain.Position(20), page.From)
	require.Equal(t, domain.Position(21), page.To)
	require.Equal(t, []int{21}, positions(page))
	require.True(t, page.CaughtUp)
}

func TestPagerCutsAPageWhenAServerStallsWhileBehind(t *testing.T) {
	notices, pages, _ := runPager(t, pager{pageSize: 10, prefetch: 3}, 0)
	notices <- eventAt(1)
	require.Equal(t, []int{1}, positions(<-pages))
	notices <- notice{caughtUp: true}
	<-pages
	notices <- notice{fellBehind: true}
	notices <- eventAt(2)
	notices <- eventAt(3)
	require.Equal(t, []int{2, 3}, positions(<-pages))
}

func TestPagerHandsOverWhatCameBeforeAnUndecodableEvent(t *testing.T) {
	notices, pages, ended := runPager(t, pager{pageSize: 2, prefetch: 3}, 5)
	for i := range 3 {
		notices <- eventAt(uint64(i + 1))
	}
	bad := eventAt(4)
	bad.event.EventType = "bad"
	notices <- bad
	notices <- eventAt(5)
	require.Equal(t, []int{1, 2}, positions(<-pages))
	require.Equal(t, []int{3}, positions(<-pages))
	require.EqualError(t, <-ended, "position 4")
}

func TestPagerHandsOverWhatCameBeforeADrop(t *testing.T) {
	notices, pages, ended := runPager(t, pager{pageSize: 2, prefetch: 3}, 5)
	for i := range 3 {
		notices <- eventAt(uint64(i + 1))
	}
	close(notices)
	require.Equal(t, []int{1, 2}, positions(<-pages))
	require.Equal(t, []int{3}, positions(<-pages))
	require.NoError(t, <-ended)
}

func TestPagerEndsWithItsContext(t *testing.T) {
	cause := errors.New("closed")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(cause)
	p := pager{pageSize: 2, prefetch: 1}
	require.Equal(t, cause, p.run(ctx, make(chan notice), make(chan domain.Page)))
}

func TestPagerPacesPagesOnceItHasCaughtUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const pace = 10 * time.Millisecond
		notices, pages, _ := runPager(t, pager{pageSize: 3, prefetch: 3, pace: pace}, 0)
		begun := time.Now()
		soFar := func() time.Duration { return time.Since(begun) }
		notices <- eventAt(1)
		notices <- notice{caughtUp: true}
		require.Equal(t, []int{1}, positions(<-pages))
		require.Zero(t, soFar())

		notices <- eventAt(2)
		time.Sleep(pace / 2)
		notices <- eventAt(3)
		require.Equal(t, []int{2, 3}, positions(<-pages), "what came within the pace is one page")
		require.Equal(t, pace, soFar())

		notices <- eventAt(4)
		notices <- eventAt(5)
		notices <- eventAt(6)
		require.Equal(t, []int{4, 5, 6}, positions(<-pages), "a full page does not wait")
		require.Equal(t, pace, soFar())

		time.Sleep(5 * pace)
		notices <- eventAt(7)
		require.Equal(t, []int{7}, positions(<-pages), "nor does one after a pause")
		require.Equal(t, 6*pace, soFar())

		notices <- eventAt(8)
		notices <- notice{fellBehind: true}
		notices <- eventAt(9)
		notices <- eventAt(10)
		require.Equal(t, []int{8, 9, 10}, positions(<-pages), "nor does one while behind")
		notices <- eventAt(11)
		close(notices)
		require.Equal(t, []int{11}, positions(<-pages), "nor does the last one")
		require.Equal(t, 6*pace, soFar())
	})
}
