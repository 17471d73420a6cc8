package commands

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

const deliveredRow = `request_id,package_id,movie_id,title,movie_type,is_original,content_partner,fulfillment_partner,source_type,language,country,due_date,status
D1,P1,M1,The Last Tram,Standalone,No,Halden,Juniper Post,Subs,Dutch,Netherlands,2026-12-24,Delivered
`

func TestAnUpgradeOpensItsReplacementOnceWhateverBreaksInBetween(t *testing.T) {
	b := newBench(t)
	b.importFile(deliveredRow)
	open := opening()
	i := by(operator, "upgrade", "x")

	crash := errors.New("crash")
	b.log.beforeAppend = func(stream string) error {
		if stream == sourcerequest.StreamOf("D1") {
			return crash
		}
		return nil
	}
	_, err := b.requests.Upgrade(t.Context(), "D1", "", &open, i)
	require.ErrorIs(t, err, crash)
	b.log.beforeAppend = nil
	b.restart()

	out, err := b.requests.Upgrade(t.Context(), "D1", "", &open, i)
	require.NoError(t, err)
	replacement := sourcerequest.NumberedID(firstNumber)
	require.Equal(t, sourcerequest.StatusUpgraded, out.State.Status)
	require.Equal(t, replacement, out.State.UpgradedTo)
	opened := sourcerequest.Fold(sourcerequest.State{}, b.requestEvents(replacement)...)
	require.Equal(t, "D1", opened.Upgrades)
	require.Empty(t, b.requestEvents(sourcerequest.NumberedID(firstNumber+1)))

	again, err := b.requests.Upgrade(t.Context(), "D1", "", &open, i)
	require.NoError(t, err)
	require.True(t, again.Replayed)
	require.Len(t, b.requestEvents("D1"), 2)
}

func TestAnUpgradeToAnExistingRequest(t *testing.T) {
	b := newBench(t)
	b.importFile(deliveredRow)
	b.open("R1")
	for replacement, field := range map[string]string{"R2": "replaced_by", "D1": "replaced_by", "not an id": "replaced_by", "": "replaced_by"} {
		_, err := b.requests.Upgrade(t.Context(), "D1", replacement, nil, by(operator, "k"+replacement, "x"))
		var e *domain.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, domain.CodeInvalid, e.Code)
		require.Equal(t, field, e.Field)
	}
	out, err := b.requests.Upgrade(t.Context(), "D1", "R1", nil, by(operator, "k", "x"))
	require.NoError(t, err)
	require.Equal(t, "R1", out.State.UpgradedTo)
}

func TestARefusedUpgradeOpensNothing(t *testing.T) {
	b := newBench(t)
	b.open("R1") // open: not delivered yet
	open := opening()
	_, err := b.requests.Upgrade(t.Context(), "R1", "", &open, by(operator, "k", "x"))
	require.Equal(t, domain.CodeRefused, domain.ErrorCode(err))
	_, err = b.requests.Upgrade(t.Context(), "R1", "", &open, by(juniper, "k", "x"))
	require.Equal(t, domain.CodeForbidden, domain.ErrorCode(err))
	_, err = b.requests.Upgrade(t.Context(), "R1", "", &open, by(lantern, "k", "x"))
	require.Equal(t, domain.CodeNotFound, domain.ErrorCode(err))
	require.Empty(t, b.events(sourcerequest.NumbersStream))
}
