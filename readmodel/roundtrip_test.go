package readmodel_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

func drawRow(t *rapid.T) readmodel.Row {
	code, small, instant := rapid.Uint32(), rapid.Uint8(), rapid.Int64()
	return readmodel.Row{
		ID:    rapid.StringMatching(`[A-Za-z0-9._-]{1,32}`).Draw(t, "id"),
		Title: code.Draw(t, "title"), Package: code.Draw(t, "package"), ContentPartner: code.Draw(t, "content partner"),
		FulfillmentPartner: code.Draw(t, "fulfillment partner"), SubAssignee: code.Draw(t, "sub-assignee"),
		Responsible: code.Draw(t, "responsible"), SubResponsible: code.Draw(t, "sub-responsible"), Language: code.Draw(t, "language"),
		CountrySet: code.Draw(t, "countries"), IssueSet: code.Draw(t, "issues"),
		SourceType: small.Draw(t, "source type"), ServiceType: small.Draw(t, "service type"), MovieType: small.Draw(t, "movie type"),
		Status: small.Draw(t, "status"), MaterialStatus: small.Draw(t, "material status"), QualityControl: small.Draw(t, "quality control"), Flags: readmodel.Flags(small.Draw(t, "flags")),
		DueDate: domain.Date(rapid.Int32().Draw(t, "due")), EstimatedDate: domain.Date(rapid.Int32().Draw(t, "edd")),
		Critical: instant.Draw(t, "critical"), AtRisk: instant.Draw(t, "at risk"), Overdue: instant.Draw(t, "overdue"),
		RedeliveryAsked: instant.Draw(t, "redelivery"), Revision: rapid.Uint64().Draw(t, "revision"), Since: instant.Draw(t, "since"),
	}
}

func TestARowSurvivesItsBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		row := drawRow(t)
		before := rapid.SliceOf(rapid.Byte()).Draw(t, "before")
		b := row.Append(slices.Clone(before))
		require.Equal(t, len(before)+readmodel.RowSize, len(b))
		require.True(t, bytes.HasPrefix(b, before))
		got := drawRow(t) // whatever was there is overwritten
		require.NoError(t, got.Decode(b[len(before):]))
		require.Equal(t, row, got)
	})
}

func TestBytesThatAreNoRow(t *testing.T) {
	var row readmodel.Row
	for _, b := range [][]byte{nil, make([]byte, readmodel.RowSize-1), make([]byte, readmodel.RowSize+1), append([]byte{33}, make([]byte, readmodel.RowSize-1)...)} {
		require.Error(t, row.Decode(b))
	}
	require.NoError(t, row.Decode(make([]byte, readmodel.RowSize)))
	require.Empty(t, row.ID, "a place that was never written")
}

// strings as a Redis client returns a feed entry.
func received(t require.TestingT, c *readmodel.Change) map[string]any {
	fields, err := c.Fields()
	require.NoError(t, err)
	got := map[string]any{}
	for i := 0; i < len(fields); i += 2 {
		switch v := fields[i+1].(type) {
		case []byte:
			got[fields[i].(string)] = string(v)
		default:
			got[fields[i].(string)] = v
		}
	}
	return got
}

func TestAChangeSurvivesTheFeed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &readmodel.Change{
			Generation: readmodel.Generation(rapid.StringMatching(`[0-9a-f]{16}`).Draw(t, "generation")),
			From:       domain.Position(rapid.Uint64().Draw(t, "from")), To: domain.Position(rapid.Uint64().Draw(t, "to")),
			Rows: []readmodel.NumberedRow{},
		}
		for range rapid.IntRange(0, 5).Draw(t, "rows") {
			c.Rows = append(c.Rows, readmodel.NumberedRow{Number: rapid.Uint32().Draw(t, "number"), Row: drawRow(t)})
		}
		for d := range readmodel.Dictionary(readmodel.DictionaryCount) {
			if values := rapid.SliceOfN(rapid.String(), 0, 3).Draw(t, "values"); len(values) > 0 {
				if c.Added == nil {
					c.Added = map[readmodel.Dictionary]readmodel.Added{}
				}
				c.Added[d] = readmodel.Added{From: rapid.Uint32().Draw(t, "code"), Values: values}
			}
		}
		got, err := readmodel.ParseChange(received(t, c))
		require.NoError(t, err)
		require.Equal(t, c, got)
	})
}

func TestFieldsThatAreNoChange(t *testing.T) {
	good := received(t, &readmodel.Change{Generation: "g", From: 1, To: 2, Rows: []readmodel.NumberedRow{{Row: exampleRow}}})
	for field, bad := range map[string]string{"from": "", "to": "x", "rows": "short", "added": "{"} {
		fields := map[string]any{}
		for k, v := range good {
			fields[k] = v
		}
		fields[field] = bad
		_, err := readmodel.ParseChange(fields)
		require.Error(t, err, field)
	}
	_, err := readmodel.ParseChange(nil)
	require.Error(t, err)
}

func TestADocumentSurvivesItsJSON(t *testing.T) {
	instant := rapid.Custom(func(t *rapid.T) time.Time {
		return time.UnixMilli(rapid.Int64Range(1, 4e12).Draw(t, "ms")).UTC()
	})
	rapid.Check(t, func(t *rapid.T) {
		text, by := rapid.String(), rapid.Make[domain.Principal]()
		date := rapid.Custom(func(t *rapid.T) domain.Date { return domain.Date(rapid.IntRange(10_000, 60_000).Draw(t, "day")) })
		s := sourcerequest.State{
			PackageID: text.Draw(t, "package"), Title: text.Draw(t, "title"), IsOriginal: rapid.Bool().Draw(t, "original"),
			Countries: rapid.SliceOfN(text, 1, 3).Draw(t, "countries"), DueDate: date.Draw(t, "due"), MovedDeliveryDate: pick(t, 0, date.Draw(t, "edd")),
			Status: pick(t, sourcerequest.Statuses()...), MaterialStatus: pick(t, sourcerequest.MaterialStatuses()...),
			OpenedAt: instant.Draw(t, "opened"), UpdatedAt: instant.Draw(t, "updated"), FieldRevision: rapid.Uint64().Draw(t, "field revision"),
		}
		if rapid.Bool().Draw(t, "worked on") {
			at, who := instant.Draw(t, "at"), by.Draw(t, "by")
			s.Materials = []sourcerequest.Material{{MaterialFile: rapid.Make[sourcerequest.MaterialFile]().Draw(t, "material"), ProvidedAt: at, ProvidedBy: who}}
			s.Deliveries = []sourcerequest.Delivery{{
				ID: text.Draw(t, "delivery"), StartedAt: at, StartedBy: who, CompletedAt: pick(t, time.Time{}, at),
				Files:    []sourcerequest.DeliveryFile{{DeclaredFile: rapid.Make[sourcerequest.DeclaredFile]().Draw(t, "file")}},
				Findings: []sourcerequest.FindingState{{Finding: rapid.Make[sourcerequest.Finding]().Draw(t, "finding")}},
			}}
			s.QualityControls = []sourcerequest.QualityControl{{
				RecordedAt: at, RecordedBy: who, Issues: []sourcerequest.IssueState{{Issue: rapid.Make[sourcerequest.Issue]().Draw(t, "issue"), AnsweredAt: pick(t, time.Time{}, at)}},
			}}
			s.Comments = []sourcerequest.Comment{{Text: text.Draw(t, "comment"), At: at, By: who}}
			s.Redelivery = &sourcerequest.Redelivery{RequestedAt: at, Reasons: []string{text.Draw(t, "reason")}}
		}
		d := readmodel.Document{ID: "SR-1", Revision: rapid.Uint64().Draw(t, "revision"), Position: domain.Position(rapid.Uint64().Draw(t, "position")), State: s}
		b, err := readmodel.MarshalDocument(d)
		require.NoError(t, err)
		got, err := readmodel.UnmarshalDocument(b)
		require.NoError(t, err)
		require.Equal(t, d, got)
	})
}

func pick[T any](t *rapid.T, values ...T) T { return rapid.SampledFrom(values).Draw(t, "value") }

func TestFeedIDs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := domain.Position(rapid.Uint64().Draw(t, "position"))
		got, err := readmodel.ParseFeedID(readmodel.FeedID(p))
		require.NoError(t, err)
		require.Equal(t, p, got)
	})
	for _, id := range []string{"", "-0", "a-0", "-1-0"} {
		_, err := readmodel.ParseFeedID(id)
		require.Error(t, err, id)
	}
}

func TestTitlesAndSetsSurvive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[A-Za-zÀ-ž ,.&|-]{1,12}`)
		movie, title := name.Draw(t, "movie"), name.Draw(t, "title")
		gotMovie, gotTitle := readmodel.SplitTitle(readmodel.TitleValue(movie, title))
		require.Equal(t, []string{movie, title}, []string{gotMovie, gotTitle})
		names := rapid.SliceOf(name).Draw(t, "names")
		given := slices.Clone(names)
		got := readmodel.SplitSet(readmodel.SetValue(names))
		require.Equal(t, given, names, "the argument stays as it was")
		want := slices.Compact(slices.Sorted(slices.Values(names)))
		if len(want) == 0 {
			want = nil
		}
		require.Equal(t, want, got)
	})
}

func TestThePastSurvivesItsBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rows []byte
		want := make([]readmodel.Ended, rapid.IntRange(0, readmodel.EndedPerSegment).Draw(t, "versions"))
		for i := range want {
			want[i] = readmodel.Ended{Number: uint32(i), Until: rapid.Int64().Draw(t, "until"), Row: exampleRow}
			want[i].Row.Since = rapid.Int64().Draw(t, "since")
			rows = want[i].Append(rows)
		}
		for _, segment := range [][]byte{readmodel.PackPast(rows), append([]byte(readmodel.PastHeader), rows...)} {
			unpacked, err := readmodel.UnpackPast(segment)
			require.NoError(t, err)
			require.Len(t, unpacked, len(rows))
			for i := range want {
				var got readmodel.Ended
				require.NoError(t, got.Decode(unpacked[i*readmodel.EndedSize:][:readmodel.EndedSize]))
				require.Equal(t, want[i], got)
			}
		}
	})
}

func TestBytesThatAreNoPast(t *testing.T) {
	for _, b := range [][]byte{nil, {0, 1}, {1}, {1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0}, append([]byte{0}, make([]byte, (readmodel.EndedPerSegment+1)*readmodel.EndedSize)...)} {
		_, err := readmodel.UnpackPast(b)
		require.Error(t, err)
	}
}
