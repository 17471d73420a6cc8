package sourcerequest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	. "backlot/domain/sourcerequest"
)

var (
	reelRef  = FileRef{ID: "m1"}
	notesRef = FileRef{ID: "m2"}
	dubRef   = FileRef{DeliveryID: "d1", ID: "f1"}
)

// provided is a request with two materials and a delivered file.
func provided(t *testing.T) *specification {
	return given(t, after(pasts()[StatusDelivered], MaterialsProvided{Materials: []MaterialFile{
		{ID: "m1", Kind: MaterialVideo, Name: "reel.mov", Size: 7, SHA256: sha('a')}, {ID: "m2", Kind: MaterialDocument, Name: "notes.pdf", Size: 3},
	}})...)
}

func TestADownloadIsRecordedOnceAnHourForEachAccountAndFile(t *testing.T) {
	s := provided(t).by(house)
	at := dawn.Add(time.Hour)
	s.state = Evolve(s.state, FilesDownloaded{Files: []FileRef{reelRef}}, domain.Occurrence{At: at, By: house, Revision: 20})
	download := func(who domain.Principal, later time.Duration, files ...FileRef) *happening {
		return s.when(RecordDownload{Files: files, Account: who.Account, At: at.Add(later)})
	}
	download(house, 0, reelRef).thenNothing()
	download(house, DownloadSpan-1, reelRef).thenNothing()
	download(house, -time.Hour, reelRef).thenNothing() // by a clock that is behind
	assert.Equal(t, []Event{FilesDownloaded{Files: []FileRef{reelRef}}}, download(house, DownloadSpan, reelRef).events)
	assert.Equal(t, []Event{FilesDownloaded{Files: []FileRef{reelRef}}}, download(studio, 0, reelRef).events)
	assert.Equal(t, []Event{FilesDownloaded{Files: []FileRef{notesRef, dubRef}, Archive: true}},
		s.when(RecordDownload{Files: []FileRef{notesRef, reelRef, dubRef}, Archive: true, Account: house.Account, At: at}).events, "only what is new")

	download(house, 0).thenInvalid("files")
	download(house, 0, reelRef, reelRef).thenInvalid("files[1]")
	download(house, 0, FileRef{ID: "f1"}).thenError(domain.CodeNotFound)
	s.when(RecordDownload{Files: []FileRef{reelRef}, At: at}).thenInvalid("account")
}

func TestADownloadChangesNothingButWhoDownloaded(t *testing.T) {
	before := provided(t).state
	record := func(s State, who domain.Principal, at time.Time, files ...FileRef) State {
		return Evolve(s, FilesDownloaded{Files: files}, domain.Occurrence{At: at, By: who, Revision: 99})
	}
	noon := dawn.Add(3 * time.Hour)
	s := record(before, house, noon, reelRef, dubRef)
	s = record(s, auditor, noon, reelRef)
	s = record(s, house, noon.Add(2*time.Hour), reelRef)
	require.Equal(t, []Download{
		{FileRef: reelRef, By: house, At: noon.Add(2 * time.Hour)}, {FileRef: dubRef, By: house, At: noon}, {FileRef: reelRef, By: auditor, At: noon},
	}, s.Downloads)
	s.Downloads = nil
	require.Equal(t, before, s, "neither the ETag nor when it was updated")
}

func TestFilesAreSeenByThoseFromWhomTheyAreNotKept(t *testing.T) {
	s := Evolve(provided(t).state, Assigned{FulfillmentPartner: "other"}, domain.Occurrence{At: dawn, By: operator, Revision: 20})
	other := domain.Principal{Account: "o", Organisation: "other", Role: domain.RoleFulfillmentPartner}
	s.Deliveries[0].StartedBy = house
	for _, who := range []domain.Principal{operator, auditor, inspector, studio} {
		f, err := FileSeenBy(who, s, dubRef)
		require.NoError(t, err)
		assert.Equal(t, File{FileRef: dubRef, Name: "dub_no.wav", Size: 1_000, SHA256: sha('a'), At: dawn.Add(2 * time.Minute)}, f)
		require.NoError(t, Authorize(who, s, RecordDownload{Files: []FileRef{reelRef, dubRef}}))
	}
	f, err := FileSeenBy(other, s, reelRef)
	require.NoError(t, err)
	assert.Equal(t, "reel.mov", f.Name)
	for name, ref := range map[string]FileRef{
		"the former partner's": dubRef, "not arrived": {DeliveryID: "d2", ID: "f1"}, "of no delivery": {DeliveryID: "d9", ID: "f1"}, "no material": {ID: "m9"}, "a file as a material": {ID: "f1"},
	} {
		_, err := FileSeenBy(other, s, ref)
		assert.Equal(t, domain.CodeNotFound, domain.ErrorCode(err), name)
		assert.Equal(t, domain.CodeNotFound, domain.ErrorCode(Authorize(other, s, RecordDownload{Files: []FileRef{reelRef, ref}})), name)
	}
}

func TestWhoKnowsOfADownload(t *testing.T) {
	s := reassigned(t)
	former := domain.Principal{Account: "x", Organisation: "former", Role: domain.RoleFulfillmentPartner}
	colleague := domain.Principal{Account: "carl", Organisation: "studio", Role: domain.RoleContentPartner}
	// A row for who downloaded, a column for who might know of it.
	knowers := []domain.Principal{operator, auditor, inspector, studio, house, helper}
	for _, row := range []struct {
		by   domain.Principal
		want string
	}{
		{operator, "yyffff"}, {auditor, "yyffff"}, {inspector, "yyyfff"}, {colleague, "yyfyff"}, {house, "yyyyyy"}, {helper, "yyyyyy"}, {former, "yyyyff"},
	} {
		got := ""
		for _, who := range knowers {
			if HidesDownload(who, s, row.by) {
				got += "f"
			} else {
				got += "y"
			}
		}
		assert.Equal(t, row.want, got, row.by.Account)
	}
}
