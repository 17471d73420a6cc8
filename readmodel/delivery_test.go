package readmodel_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	"backlot/domain/figures"
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

func drawDelivery(t *rapid.T) readmodel.Delivery {
	code, small, instant, day := rapid.Uint32(), rapid.Uint8(), rapid.Int64(), rapid.Int32()
	return readmodel.Delivery{
		ID: rapid.StringMatching(`[A-Za-z0-9._-]{1,32}`).Draw(t, "id"), Number: rapid.Uint16().Draw(t, "number"),
		SourceType: small.Draw(t, "source type"), ServiceType: small.Draw(t, "service type"), Cause: small.Draw(t, "cause"), Scope: small.Draw(t, "scope"),
		Flags: readmodel.DeliveryFlags(small.Draw(t, "flags")), Partner: code.Draw(t, "partner"), Maker: code.Draw(t, "maker"),
		ContentPartner: code.Draw(t, "content partner"), FulfillmentPartner: code.Draw(t, "fulfillment partner"), SubAssignee: code.Draw(t, "sub-assignee"), Language: code.Draw(t, "language"),
		DueDate: domain.Date(day.Draw(t, "due")), Day: domain.Date(day.Draw(t, "day")), BlockerDay: domain.Date(day.Draw(t, "blocker day")),
		Files: rapid.Uint16().Draw(t, "files"), Inspection: small.Draw(t, "inspection"), At: instant.Draw(t, "at"), SentBack: instant.Draw(t, "sent back"), Blocker: instant.Draw(t, "blocker"), Wait: instant.Draw(t, "wait"),
	}
}

func TestADeliverySurvivesItsBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		row, got := drawDelivery(t), drawDelivery(t)
		b := row.Append([]byte("before"))
		require.Len(t, b, 6+readmodel.DeliverySize)
		require.NoError(t, got.Decode(b[6:]))
		require.Equal(t, row, got)
	})
	var row readmodel.Delivery
	for _, b := range [][]byte{nil, make([]byte, readmodel.DeliverySize-1), append([]byte{33}, make([]byte, readmodel.DeliverySize-1)...)} {
		require.Error(t, row.Decode(b))
	}
}

func TestTheFormatOfDeliveries(t *testing.T) {
	row := readmodel.Delivery{
		ID: "SR-1", Number: 0x0102, SourceType: 1, ServiceType: 2, Cause: 3, Scope: 4, Flags: readmodel.DeliveryFirst | readmodel.DeliveryWaits,
		Partner: 0x01020304, Maker: 5, ContentPartner: 6, FulfillmentPartner: 7, SubAssignee: 8, Language: 9,
		DueDate: domain.NewDate(2026, time.November, 23), Day: domain.NewDate(2026, time.November, 22), BlockerDay: domain.NewDate(2026, time.December, 24),
		Files: 0x0304, Inspection: 5, At: 1_795_478_400_000, SentBack: 1_795_478_400_001, Blocker: 1_795_478_400_002, Wait: 0x0102030405060708,
	}
	var lines strings.Builder
	for b := row.Append(nil); len(b) > 0; b = b[16:] {
		fmt.Fprintln(&lines, hex.EncodeToString(b[:16]))
	}
	g := readmodel.Deliveries.Generation("g1")
	for _, key := range []string{
		readmodel.Deliveries.LiveKey(), readmodel.Deliveries.BuildingKey(), readmodel.Deliveries.Keys(), g.Checkpoint(), g.Info(), g.Rows(12), g.Feed(), g.Document("SR-1"),
		g.Dictionary(readmodel.Partners), readmodel.DeliveryKey("SR-1", 1), readmodel.DeliveryKey("SR-1", 2),
	} {
		fmt.Fprintln(&lines, key)
	}
	document, err := readmodel.MarshalDeliveries(readmodel.DeliveriesDocument{ID: "SR-1", Revision: 12, Position: 345, State: figures.State{
		Request: sourcerequest.State{FulfillmentPartner: "org-f", Status: sourcerequest.StatusRedeliveryRequested},
		Deliveries: []figures.Delivery{{
			ID: "d1", Partner: "org-f", Maker: "org-g", Unknown: true, First: true, At: 1, DueDate: row.DueDate, Files: 6, Inspection: sourcerequest.VerdictOverridden, SentBack: 2, Cause: sourcerequest.CausePerson,
			Scope: sourcerequest.RedeliveryFull, Blocker: 3, Wait: figures.Wait{Running: true, Since: 4, Elapsed: 5, Redelivered: true},
		}},
	}})
	require.NoError(t, err)
	fmt.Fprintln(&lines, jsonOf(t, readmodel.UnmarshalDeliveries, document))
	packed := hexOf(t, "deliveries.packed", readmodel.DeliveriesVersion, document)
	require.Equal(t, jsonOf(t, readmodel.UnmarshalDeliveries, document), jsonOf(t, readmodel.UnmarshalDeliveries, packed))
	goldenOf(t, readmodel.DeliveriesVersion, "deliveries", lines.String())
	require.Equal(t, []readmodel.DeliveryFlags{1, 2, 4, 8, 16}, []readmodel.DeliveryFlags{
		readmodel.DeliveryUnknown, readmodel.DeliveryFirst, readmodel.DeliveryOnTime, readmodel.DeliveryWaits, readmodel.DeliveryRedelivered,
	})
}

func TestAKeyBelongsToOneModel(t *testing.T) {
	one, other := readmodel.Generation("g1"), readmodel.Deliveries.Generation("g1")
	for _, key := range []string{one.Checkpoint(), one.Document("a.b")} {
		g, ok := readmodel.Facets.GenerationOf(key)
		require.True(t, ok)
		require.Equal(t, one, g)
		_, ok = readmodel.Deliveries.GenerationOf(key)
		require.False(t, ok)
	}
	g, ok := readmodel.Deliveries.GenerationOf(other.Document("a.b"))
	require.True(t, ok)
	require.Equal(t, other, g)
	_, ok = readmodel.Facets.GenerationOf(other.Checkpoint())
	require.False(t, ok)
	for _, key := range []string{readmodel.LiveKey, readmodel.Deliveries.LiveKey(), readmodel.Deliveries.BuildingKey(), "backlot:{}:rows"} {
		for _, m := range []readmodel.Model{readmodel.Facets, readmodel.Deliveries} {
			_, ok := m.GenerationOf(key)
			require.False(t, ok, key)
		}
	}
	require.Equal(t, readmodel.LiveKey, readmodel.Facets.LiveKey())
	require.Equal(t, readmodel.BuildingKey, readmodel.Facets.BuildingKey())
}

func TestTheFactsOfARow(t *testing.T) {
	row := readmodel.Delivery{Flags: readmodel.DeliveryWaits | readmodel.DeliveryOnTime, Wait: 7, SentBack: 1, DueDate: 5}
	require.Equal(t, figures.Facts{Due: true, OnTime: true, SentBack: true, Wait: figures.Wait{Running: true, Since: 7}}, row.Facts())
	row = readmodel.Delivery{Flags: readmodel.DeliveryRedelivered | readmodel.DeliveryFirst | readmodel.DeliveryUnknown, Wait: 7, Blocker: 1}
	require.Equal(t, figures.Facts{Unknown: true, First: true, Blocker: true, Wait: figures.Wait{Redelivered: true, Elapsed: 7}}, row.Facts())
}
