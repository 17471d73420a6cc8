package readmodel_test

import (
	"testing"

	"github.com/klauspost/compress/s2"
	"github.com/stretchr/testify/require"

	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// What a decoder accepts, it must encode to something that it decodes to the
// same value.

func FuzzRow(f *testing.F) {
	f.Add(exampleRow.Append(nil))
	f.Add(make([]byte, readmodel.RowSize))
	f.Fuzz(func(t *testing.T, b []byte) {
		var row, again readmodel.Row
		if row.Decode(b) != nil {
			return
		}
		require.NoError(t, again.Decode(row.Append(nil)))
		require.Equal(t, row, again)
	})
}

func FuzzChange(f *testing.F) {
	f.Add("g", "1", "2", "", "")
	row := string(append([]byte{1, 0, 0, 0}, exampleRow.Append(nil)...))
	f.Add("g", "1", "2", row, `{"titles":{"from":1,"values":["a"]},"unknown":{}}`)
	f.Fuzz(func(t *testing.T, generation, from, to, rows, added string) {
		fields := map[string]any{"generation": generation, "from": from, "to": to, "rows": rows, "added": added}
		c, err := readmodel.ParseChange(fields)
		if err != nil {
			return
		}
		again, err := readmodel.ParseChange(received(t, c))
		require.NoError(t, err)
		require.Equal(t, c.Rows, again.Rows)
		require.Equal(t, c.From, again.From)
		require.Equal(t, c.To, again.To)
		require.Len(t, again.Added, len(c.Added))
	})
}

func FuzzFeedID(f *testing.F) {
	f.Add("12-0")
	f.Add("12-1")
	f.Fuzz(func(t *testing.T, id string) {
		p, err := readmodel.ParseFeedID(id)
		if err != nil {
			return
		}
		again, err := readmodel.ParseFeedID(readmodel.FeedID(p))
		require.NoError(t, err)
		require.Equal(t, p, again)
	})
}

func FuzzDocument(f *testing.F) {
	b, err := readmodel.MarshalDocument(readmodel.Document{ID: "SR-1", Revision: 1, State: sourcerequest.State{Status: sourcerequest.StatusOpen}})
	require.NoError(f, err)
	f.Add(b)
	f.Add(s2.Encode(nil, []byte(`{"state":{"dueDate":"2026-11-23","deliveries":[{}],"redelivery":{}}}`)))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0x0f, 0}) // says that it has 4 GiB
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := readmodel.UnmarshalDocument(b)
		if err != nil {
			return
		}
		first, err := readmodel.MarshalDocument(d)
		require.NoError(t, err)
		again, err := readmodel.UnmarshalDocument(first)
		require.NoError(t, err)
		second, err := readmodel.MarshalDocument(again)
		require.NoError(t, err)
		require.Equal(t, string(first), string(second))
	})
}
