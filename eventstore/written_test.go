package eventstore

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// TestWrittenMetadataNeedsNoDecoder fails when what is written changes and
// readWritten does not.
func TestWrittenMetadataNeedsNoDecoder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := arbitraryMetadata(t)
		for _, s := range []*string{&m.Actor.Account, &m.Actor.Organisation, (*string)(&m.Actor.Role), &m.CommandKey, &m.CommandHash, &m.ChainHash} {
			*s = rapid.StringMatching(`[a-zA-Z0-9/:.@_ -]{0,20}`).Draw(t, "text")
		}
		m.SchemaVersion = rapid.IntRange(0, 999_999_999).Draw(t, "version")
		data, err := marshal(m)
		require.NoError(t, err)
		read, ok := readWritten(data)
		require.True(t, ok, "%s", data)
		require.Equal(t, m, read)
	})
}

// TestWrittenDataNeedsNoDecoder fails where the data of a request's event is left
// to the JSON decoder although nothing in it has to be escaped.
func TestWrittenDataNeedsNoDecoder(t *testing.T) {
	var unread []string
	for _, example := range examples {
		data, err := marshal(example)
		require.NoError(t, err)
		into := reflect.New(reflect.TypeOf(example)).Elem()
		if !formOf(into.Type()).read(data, into) {
			if _, ofRequests := example.(sourcerequest.Event); ofRequests && !bytes.Contains(data, []byte{'\\'}) {
				unread = append(unread, into.Type().String())
			}
			continue
		}
		require.Equal(t, example, into.Interface())
	}
	require.Empty(t, unread)
	for _, half := range []string{`{"packageId":"P","countries":["a",]}`, `{"packageId":"P"`, `{"packageId":"P"}}`, `{"dueDate":"2026-13-24"}`, `{"title":"a\u0041"}`, `{"title":"` + "\xff" + `"}`} {
		e := sourcerequest.Opened{}
		require.False(t, formOf(reflect.TypeFor[sourcerequest.Opened]()).read([]byte(half), reflect.ValueOf(&e).Elem()), half)
	}
}

// FuzzDecoding holds the decoders to encoding/json: the same values, and an
// error for the same documents.
func FuzzDecoding(f *testing.F) {
	names := append(events.names(), "metadata")
	for i, name := range names {
		golden := "SourceRequestOpened.v2"
		if i < len(names)-1 {
			golden = name
		}
		g := readGolden(f, golden)
		data := []byte(g.Data)
		if name == "metadata" {
			data = asWritten(f, g.Metadata)
		}
		f.Add(uint16(i), data)
		text := string(data)
		for _, change := range [][2]string{
			{`:"`, `:"\u0041\ud800`}, {`":`, `" : `}, {`{"`, `{"x":1e400,"`}, {`:"`, ":\"\xff"}, {`:"`, `:null,"y":"`}, {`:"`, `:7,"y":"`}, {`20`, `-0`}, {`}`, `,}`}, {`}`, `}}`},
			{`,"`, `,,"`}, {`"`, `'`}, {`1`, `01`}, {`1`, `1.0`}, {`1`, `99999999999999999999`}, {`-`, ``},
		} {
			f.Add(uint16(i), []byte(strings.Replace(text, change[0], change[1], 1)))
			f.Add(uint16(i), []byte(strings.ReplaceAll(text, change[0], change[1])))
		}
		f.Add(uint16(i), []byte(strings.ToUpper(text)))
		if len(text) > 2 {
			f.Add(uint16(i), []byte("{"+text[1:len(text)-1]+","+text[1:])) // every member twice
		}
	}
	f.Fuzz(func(t *testing.T, n uint16, data []byte) {
		name := names[int(n)%len(names)]
		typ := reflect.TypeFor[domain.Metadata]()
		if name != "metadata" {
			typ = events.byName[name].typ
		}
		want, got := reflect.New(typ), reflect.New(typ)
		wantErr, gotErr := json.Unmarshal(slices.Clone(data), want.Interface()), unmarshal(data, got.Interface())
		require.Equal(t, wantErr == nil, gotErr == nil, "%s %s: encoding/json says %v, the decoder %v", name, data, wantErr, gotErr)
		if wantErr == nil {
			require.Equal(t, want.Interface(), got.Interface(), "%s %s", name, data)
		}
		if name == "metadata" {
			if m, ok := readWritten(data); ok {
				require.NoError(t, wantErr, "%s", data)
				require.Equal(t, want.Elem().Interface(), m, "%s", data)
			}
		}
	})
}

func asWritten(t testing.TB, data []byte) []byte {
	var m domain.Metadata
	require.NoError(t, json.Unmarshal(data, &m))
	b, err := marshal(m)
	require.NoError(t, err)
	return b
}
