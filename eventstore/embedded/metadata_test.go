package embedded_test

import (
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"

	"backlot/eventstore/embedded"
)

func backwardsFromEnd() esdb.ReadStreamOptions {
	return esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}}
}

func TestMetadataHidesEvents(t *testing.T) {
	for name, test := range map[string]struct{ metadata, forwards, backwards string }{
		"none":                {`{}`, "0 1 2 3 4", "4 3 2 1 0"},
		"max count":           {`{"$maxCount":2}`, "3 4", "4 3"},
		"max count above":     {`{"$maxCount":9}`, "0 1 2 3 4", "4 3 2 1 0"},
		"truncate before":     {`{"$tb":3}`, "3 4", "4 3"},
		"truncate the end":    {`{"$tb":5}`, "", ""},
		"truncate beyond":     {`{"$tb":50}`, "", ""},
		"both, count tighter": {`{"$maxCount":1,"$tb":2}`, "4", "4"},
		"both, tb tighter":    {`{"$maxCount":3,"$tb":4}`, "4", "4"},
		"custom":              {`{"owner":"x","$acl":"$userStreamAcl"}`, "0 1 2 3 4", "4 3 2 1 0"},
		"not JSON":            {`{"$tb":`, "0 1 2 3 4", "4 3 2 1 0"},
		"nonsense":            {`{"$maxCount":-1,"$tb":3}`, "0 1 2 3 4", "4 3 2 1 0"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t)
			appendTo(t, c, "s", esdb.NoStream{}, numbered(5)...)
			setMetadata(t, c, "s", test.metadata)
			require.Equal(t, test.forwards, types(readStream(t, c, "s", esdb.ReadStreamOptions{}, all)))
			require.Equal(t, test.backwards, types(readStream(t, c, "s", backwardsFromEnd(), all)))
			// $all shows everything, metadata too.
			require.Equal(t, "0 1 2 3 4 $metadata", types(readAll(t, c, esdb.ReadAllOptions{}, all)))
			// Revisions go on where they were.
			require.EqualValues(t, 5, appendTo(t, c, "s", esdb.Revision(4), event("5")).NextExpectedVersion)
		})
	}
}

func TestReadFromATruncatedRevision(t *testing.T) {
	c := newClient(t)
	appendTo(t, c, "s", esdb.NoStream{}, numbered(5)...)
	setMetadata(t, c, "s", `{"$tb":2}`)
	require.Equal(t, "2 3", types(readStream(t, c, "s", esdb.ReadStreamOptions{From: esdb.Revision(0)}, 2)))
	require.Equal(t, "", types(readStream(t, c, "s", esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.Revision(1)}, all)))
	require.Equal(t, "3 2", types(readStream(t, c, "s", esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.Revision(3)}, all)))
}

func TestMaxCountFollowsTheStream(t *testing.T) {
	c := newClient(t)
	setMetadata(t, c, "s", `{"$maxCount":1}`)
	for _, e := range numbered(5) {
		appendTo(t, c, "s", esdb.Any{}, e)
		require.Equal(t, e.EventType, types(readStream(t, c, "s", esdb.ReadStreamOptions{}, all)))
	}
}

func TestMaxAge(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	c := connect(t, openServer(t, embedded.Options{Now: func() time.Time { return now }}))
	setMetadata(t, c, "s", `{"$maxAge":60}`)
	for _, e := range numbered(4) {
		appendTo(t, c, "s", esdb.Any{}, e)
		now = now.Add(30 * time.Second)
	}
	// Written at 0, 30, 60 and 90 seconds; it is 120 now.
	require.Equal(t, "2 3", types(readStream(t, c, "s", esdb.ReadStreamOptions{}, all)))
	require.Equal(t, "2", types(readStream(t, c, "s", esdb.ReadStreamOptions{}, 1)))
	require.Equal(t, "3 2", types(readStream(t, c, "s", backwardsFromEnd(), all)))
	now = now.Add(time.Hour)
	require.Equal(t, "", types(readStream(t, c, "s", esdb.ReadStreamOptions{}, all)))
}

func TestMetadataThroughTheClient(t *testing.T) {
	c := newClient(t)
	var m esdb.StreamMetadata
	m.SetMaxCount(7)
	m.SetMaxAge(time.Minute)
	m.AddCustomProperty("owner", "us")
	for range 3 { // the newest one counts, and only that is to be read
		_, err := c.SetStreamMetadata(testContext(t), "s", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, m)
		require.NoError(t, err)
		m.SetMaxCount(*m.MaxCount() + 1)
	}
	got, err := c.GetStreamMetadata(testContext(t), "s", esdb.ReadStreamOptions{})
	require.NoError(t, err)
	require.EqualValues(t, 9, *got.MaxCount())
	require.Equal(t, time.Minute, *got.MaxAge())
	require.Equal(t, "us", got.CustomProperty("owner"))

	metadata := readStream(t, c, "$$s", esdb.ReadStreamOptions{}, all)
	require.Len(t, metadata, 1)
	require.EqualValues(t, 2, metadata[0].EventNumber)
	require.Equal(t, "$metadata", metadata[0].EventType)
	require.Equal(t, "$$s", metadata[0].StreamID)
}

func TestMetadataOfAMissingStream(t *testing.T) {
	c := newClient(t)
	setMetadata(t, c, "s", `{"$maxCount":2}`)
	requireNotFound(t, c, "s")
	appendTo(t, c, "s", esdb.NoStream{}, numbered(3)...)
	require.Equal(t, "1 2", types(readStream(t, c, "s", esdb.ReadStreamOptions{}, all)))
}

func TestMetadataHasRevisionsToo(t *testing.T) {
	c := newClient(t)
	e := event("$metadata")
	e.Data = []byte(`{}`)
	appendTo(t, c, "$$s", esdb.NoStream{}, e)
	_, err := c.AppendToStream(testContext(t), "$$s", esdb.AppendToStreamOptions{ExpectedRevision: esdb.NoStream{}}, event("$metadata"))
	requireCode(t, esdb.ErrorCodeWrongExpectedVersion, err)
	require.EqualValues(t, 0, appendTo(t, c, "$$s", esdb.NoStream{}, e).NextExpectedVersion)
}
