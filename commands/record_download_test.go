package commands

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

func TestADownloadInManyRangesIsOneEvent(t *testing.T) {
	b := newBench(t)
	b.open("R1")
	materials := sourcerequest.ProvideMaterials{Materials: []sourcerequest.MaterialFile{{ID: "m1", Kind: sourcerequest.MaterialVideo, Name: "reel.mov", Size: 7}}}
	_, err := b.requests.Change(t.Context(), "R1", materials, by(operator, "provide", ""))
	require.NoError(t, err)
	reel := []sourcerequest.FileRef{{ID: "m1"}}
	download := func(who domain.Principal) bool {
		t.Helper()
		out, err := b.requests.RecordDownload(t.Context(), "R1", reel, false, domain.Instruction{By: who, CorrelationID: uuid.New()})
		require.NoError(t, err)
		return out.Changed
	}
	auditor := domain.Principal{Account: "aldo", Role: domain.RoleAuditor}
	require.True(t, download(juniper))
	for range 10 {
		require.False(t, download(juniper))
	}
	require.True(t, download(auditor))
	b.clock.Store(int64(sourcerequest.DownloadSpan))
	require.True(t, download(juniper))

	events := b.requestEvents("R1")
	last := events[len(events)-1]
	require.Equal(t, sourcerequest.FilesDownloaded{Files: reel}, last.Event)
	require.Equal(t, juniper, last.Metadata.Actor)
	require.Equal(t, noon.Add(time.Hour), last.Metadata.OccurredAt)
	require.Len(t, events, 5)

	for who, code := range map[domain.Principal]domain.Code{lantern: domain.CodeNotFound, juniper: domain.CodeNotFound} {
		_, err = b.requests.RecordDownload(t.Context(), "R1", []sourcerequest.FileRef{{ID: "m2"}}, false, domain.Instruction{By: who, CorrelationID: uuid.New()})
		require.Equal(t, code, domain.ErrorCode(err))
	}
	_, err = b.requests.RecordDownload(t.Context(), "R1", reel, false, domain.Instruction{By: lantern, CorrelationID: uuid.New()})
	require.Same(t, sourcerequest.ErrNotFound, err, "it is another partner's")
}
