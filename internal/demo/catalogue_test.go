package demo

import (
	"bytes"
	"encoding/csv"
	"testing"

	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

func TestCatalogueIsTheSameOnTheSameDayAndHasEveryStatus(t *testing.T) {
	today, err := domain.ParseDate("2026-11-23")
	require.NoError(t, err)
	file := Catalogue(today)
	require.Equal(t, file, Catalogue(today))

	records, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	require.NoError(t, err)
	require.Greater(t, len(records), 1_000)
	require.Equal(t, FirstRequest, records[1][0])
	statuses := map[string]int{}
	for _, r := range records[1:] {
		statuses[r[len(r)-1]]++
	}
	for _, s := range sourcerequest.Statuses() {
		require.NotZero(t, statuses[string(s)], s)
	}
}

func TestIdentitiesHaveEveryRole(t *testing.T) {
	roles := map[domain.Role]bool{}
	for _, i := range Identities() {
		roles[i.Principal.Role] = true
	}
	for _, r := range domain.Roles() {
		require.True(t, roles[r], r)
	}
}
