package eventstore

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// arbitrary draws a value of an event's type. Empty slices are left out: they
// come back as none where the field is omitted when empty.
func arbitrary(t *rapid.T, typ reflect.Type, optional bool) reflect.Value {
	v := reflect.New(typ).Elem()
	if typ == reflect.TypeFor[domain.Date]() {
		first, last := int(domain.NewDate(1971, 1, 1)), int(domain.NewDate(2199, 12, 31))
		if !optional || rapid.Bool().Draw(t, "has date") {
			v.SetInt(int64(rapid.IntRange(first, last).Draw(t, "date")))
		}
		return v
	}
	if typ == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, "time")).UTC()))
		return v
	}
	if typ == reflect.TypeFor[json.RawMessage]() {
		raw, err := marshal(map[string]string{"text": rapid.String().Draw(t, "raw")})
		require.NoError(t, err)
		v.SetBytes(raw)
		return v
	}
	switch typ.Kind() {
	case reflect.String:
		v.SetString(rapid.String().Draw(t, "string"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Int64, reflect.Int:
		v.SetInt(rapid.Int64().Draw(t, "int"))
	case reflect.Uint64:
		v.SetUint(rapid.Uint64().Draw(t, "uint"))
	case reflect.Uint8:
		v.SetUint(uint64(rapid.Byte().Draw(t, "byte")))
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "is set") {
			v.Set(reflect.New(typ.Elem()))
			v.Elem().Set(arbitrary(t, typ.Elem(), false))
		}
	case reflect.Array:
		for i := range v.Len() {
			v.Index(i).Set(arbitrary(t, typ.Elem(), true))
		}
	case reflect.Slice:
		for range rapid.IntRange(0, 3).Draw(t, "length") {
			v.Set(reflect.Append(v, arbitrary(t, typ.Elem(), true)))
		}
	case reflect.Map:
		for range rapid.IntRange(0, 3).Draw(t, "length") {
			if v.IsNil() {
				v.Set(reflect.MakeMap(typ))
			}
			v.SetMapIndex(arbitrary(t, typ.Key(), false), arbitrary(t, typ.Elem(), false))
		}
	case reflect.Struct:
		for i := range typ.NumField() {
			v.Field(i).Set(arbitrary(t, typ.Field(i).Type, true))
		}
	default:
		t.Fatalf("no generator for %s", typ)
	}
	return v
}

func arbitraryMetadata(t *rapid.T) domain.Metadata {
	id := rapid.SliceOfN(rapid.Byte(), 16, 16)
	return domain.Metadata{
		OccurredAt: time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, "occurred at")).UTC(),
		Actor: domain.Principal{
			Account: rapid.String().Draw(t, "account"), Organisation: rapid.String().Draw(t, "organisation"),
			Role: rapid.SampledFrom(domain.Roles()).Draw(t, "role"),
		},
		CorrelationID: uuid.UUID(id.Draw(t, "correlation")),
		CausationID:   uuid.UUID(id.Draw(t, "causation")),
		CommandKey:    rapid.String().Draw(t, "key"),
		CommandHash:   rapid.String().Draw(t, "hash"),
	}
}

func currentTypes() []reflect.Type {
	var types []reflect.Type
	for _, name := range events.names() {
		if p := events.byName[name]; events.byType[p.typ].name == name {
			types = append(types, p.typ)
		}
	}
	return types
}

func TestRoundTrip(t *testing.T) {
	types := currentTypes()
	rapid.Check(t, func(t *rapid.T) {
		var drafts []domain.Draft
		for range rapid.IntRange(1, 3).Draw(t, "events") {
			typ := rapid.SampledFrom(types).Draw(t, "type")
			drafts = append(drafts, domain.Draft{ID: uuid.New(), Event: arbitrary(t, typ, true).Interface(), Metadata: arbitraryMetadata(t)})
		}
		written, version, err := events.prepare("s-1", domain.Version{}, 0, drafts)
		if err != nil {
			t.Fatal(err)
		}
		previous := ""
		for i, w := range written {
			raw := RawEvent{
				Recorded: domain.Recorded{Stream: "s-1", Revision: uint64(i), ID: w.EventID, Type: w.EventType},
				Data:     w.Data, UserMetadata: w.Metadata,
			}
			if previous, err = Verify(previous, raw); err != nil {
				t.Fatal(err)
			}
			r, err := events.decodeRecorded(raw)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(drafts[i].Event, r.Event) {
				t.Fatalf("wrote %#v\nread %#v\nfrom %s", drafts[i].Event, r.Event, w.Data)
			}
			want := drafts[i].Metadata
			want.SchemaVersion, want.ChainHash = events.byName[w.EventType].version, previous
			if want != r.Metadata {
				t.Fatalf("wrote %#v\nread %#v", want, r.Metadata)
			}
		}
		if version.ChainHash != previous || version.Revision != uint64(len(drafts)-1) {
			t.Fatalf("the version after it is %+v", version)
		}
	})
}

func FuzzDecode(f *testing.F) {
	names := events.names()
	for i, name := range names {
		g := readGolden(f, name)
		f.Add(i, []byte(g.Data), []byte(g.Metadata))
	}
	f.Add(slices.Index(names, "SourceRequestOpened.v1"), []byte(`{"country":["Italy"]}`), []byte(`{"occurredAt":7}`))
	f.Add(0, []byte(`null`), []byte(`null`))
	f.Fuzz(func(t *testing.T, i int, data, metadata []byte) {
		name := names[uint(i)%uint(len(names))]
		raw := RawEvent{Recorded: domain.Recorded{Type: name}, Data: data, UserMetadata: metadata}
		r, err := events.decodeRecorded(raw)
		if _, verified := Verify("", raw); err != nil {
			return
		} else if verified != nil {
			_ = verified.Error()
		}
		if got, want := reflect.TypeOf(r.Event), events.byName[name].typ; got != want {
			t.Fatalf("%s was read as %s", name, got)
		}
		if _, _, _, err := events.encode(r.Event); err != nil {
			t.Fatalf("what was read from %s cannot be written: %v", data, err)
		}
	})
}

func TestUndecodable(t *testing.T) {
	const ok = `{"occurredAt":"2026-11-23T12:00:00Z"}`
	for name, c := range map[string]struct{ typ, data, metadata, part string }{
		"wrong type of a member": {"SourceRequestCommented.v1", `{"text":7}`, ok, "data"},
		"no JSON":                {"SourceRequestCommented.v1", `{"text":`, ok, "data"},
		"null":                   {"SourceRequestCommented.v1", `null`, ok, "data"},
		"nothing":                {"SourceRequestCommented.v1", ``, ok, "data"},
		"impossible date":        {"SourceRequestEstimatedDeliveryDateChanged.v1", `{"date":"2026-02-30"}`, ok, "data"},
		"former version":         {"SourceRequestOpened.v1", `{"country":["Italy"]}`, ok, "data"},
		"former version as null": {"SourceRequestOpened.v1", `null`, ok, "data"},
		"no metadata":            {"SourceRequestCommented.v1", `{}`, ``, "metadata"},
		"metadata null":          {"SourceRequestCommented.v1", `{}`, `null`, "metadata"},
		"metadata wrong":         {"SourceRequestCommented.v1", `{}`, `{"occurredAt":7}`, "metadata"},
	} {
		raw := RawEvent{Recorded: domain.Recorded{Stream: "sourceRequest-9", Revision: 4, Position: 77, Type: c.typ}, Data: []byte(c.data), UserMetadata: []byte(c.metadata)}
		_, err := events.decodeRecorded(raw)
		var bad *UndecodableError
		require.ErrorAs(t, err, &bad, name)
		require.Equal(t, UndecodableError{Stream: "sourceRequest-9", Revision: 4, Position: 77, Type: c.typ, Part: c.part, Err: bad.Err}, *bad, name)
		for _, part := range []string{"sourceRequest-9", "event 4", c.typ, "77"} {
			require.Contains(t, err.Error(), part, name)
		}
	}
}

func TestUnknownTypeIsNotAnError(t *testing.T) {
	for _, metadata := range []string{``, `not JSON`, `{"occurredAt":"2026-11-23T12:00:00Z"}`} {
		r, err := events.decodeRecorded(RawEvent{Recorded: domain.Recorded{Type: "Elsewhere.v9"}, Data: []byte{0xff}, UserMetadata: []byte(metadata)})
		require.NoError(t, err)
		require.Nil(t, r.Event)
	}
}

func TestSourceRequestOpenedV1Countries(t *testing.T) {
	for joined, want := range map[string][]string{
		`{"country":"Spain|Italy"}`:            {"Italy", "Spain"},
		`{"country":" Italy | Spain |Italy|"}`: {"Italy", "Spain"},
		`{"country":"Italy"}`:                  {"Italy"},
		`{"country":""}`:                       {},
		`{}`:                                   {},
	} {
		e, _, err := events.decode("SourceRequestOpened.v1", []byte(joined))
		require.NoError(t, err, joined)
		require.Equal(t, want, e.(sourcerequest.Opened).Countries, joined)
	}
}

func TestLabelsStayReadable(t *testing.T) {
	_, _, data, err := events.encode(sourcerequest.Commented{CommentID: "1", Text: "Audio M&E <now>"})
	require.NoError(t, err)
	require.Equal(t, `{"commentId":"1","text":"Audio M&E <now>"}`, string(data))
}

func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"SourceRequestOpened.v1", "SourceRequestOpened.v2", "SourceRequestCommented.v1"} {
		g := readGolden(b, name)
		raw := RawEvent{Recorded: domain.Recorded{Type: name}, Data: g.Data, UserMetadata: asWritten(b, g.Metadata)}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(g.Data) + len(g.Metadata)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := events.decodeRecorded(raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
