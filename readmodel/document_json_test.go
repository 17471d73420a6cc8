package readmodel

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// requireJSON compares with what encoding/json writes.
func requireJSON(t require.TestingT, d Document) {
	want, err := json.Marshal(d)
	require.NoError(t, err)
	got, err := appendDocument([]byte("before"), &d)
	require.NoError(t, err)
	require.Equal(t, "before"+string(want), string(got))
}

// Each member is set alone, and all together: one that the state gets later is
// not forgotten.
func TestEveryMemberIsWrittenAsJSONWritesIt(t *testing.T) {
	requireJSON(t, Document{})
	every := Document{ID: "SR-1", Revision: math.MaxUint64, Position: 7, Since: 1_795_478_300_001}
	at := time.Date(2026, 11, 26, 12, 0, 0, 123_000_000, time.UTC)
	for i := range reflect.TypeFor[sourcerequest.State]().NumField() {
		var d Document
		for _, s := range []*sourcerequest.State{&d.State, &every.State} {
			fill(t, reflect.ValueOf(s).Elem().Field(i), at)
		}
		requireJSON(t, d)
	}
	requireJSON(t, every)
}

// fill makes a value and everything in it another one than none.
func fill(t *testing.T, v reflect.Value, at time.Time) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(at))
		return
	case domain.Date:
		v.Set(reflect.ValueOf(domain.Date(20_000)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("24")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(3)
	case reflect.Uint8, reflect.Uint32, reflect.Uint64:
		v.SetUint(3)
	case reflect.Float64:
		v.SetFloat(1.5)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), at)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(t, v.Index(i), at)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(t, v.Field(i), at)
			}
		}
	default:
		require.Failf(t, "unknown kind", "%s of %s", v.Kind(), v.Type())
	}
}

func TestTextsAndDatesAreWrittenAsJSONWritesThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[ -~\x00-\x1f\x7fé\x{2028}]{0,8}`))
		day := rapid.Int64Range(-62_135_596_800, 253_402_300_799) // of the years 1 to 9999, in seconds
		zone := time.FixedZone("", rapid.IntRange(-14*60, 14*60).Draw(t, "zone")*60)
		requireJSON(t, Document{ID: text.Draw(t, "id"), Revision: rapid.Uint64().Draw(t, "revision"), Since: rapid.Int64().Draw(t, "since"), State: sourcerequest.State{
			Title: text.Draw(t, "title"), SubAssignee: text.Draw(t, "sub-assignee"), Countries: rapid.SliceOf(text).Draw(t, "countries"),
			DueDate:   domain.Date(day.Draw(t, "due") / 86400),
			OpenedAt:  time.Unix(day.Draw(t, "opened"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC(),
			UpdatedAt: time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "updated"), 0).In(zone),
		}})
	})
}

func TestADocumentThatJSONRefusesIsRefused(t *testing.T) {
	_, err := MarshalDocument(Document{State: sourcerequest.State{OpenedAt: time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)}})
	require.Error(t, err)
}

func BenchmarkMarshalDocument(b *testing.B) {
	d := Document{ID: "SR-1000001", Revision: 2, Position: 123456, State: sourcerequest.State{
		PackageID: "PKG-100234", MovieID: "80012345", Title: "The Long Harbour: Season 1", MovieType: "Series", ContentPartner: "studio-northlight",
		FulfillmentPartner: "post-house-juniper", SourceType: "Subs", ServiceType: "Full Service", Language: "Korean", Countries: []string{"South Korea"},
		DueDate: 20800, MovedDeliveryDate: 20801, Status: "Open", MaterialStatus: "Received", OpenedAt: time.Unix(1764150000, 123e6).UTC(), UpdatedAt: time.Unix(1764151000, 456e6).UTC(),
	}}
	b.ReportAllocs()
	size := 0
	for b.Loop() {
		packed, err := MarshalDocument(d)
		if err != nil {
			b.Fatal(err)
		}
		size = len(packed)
	}
	b.ReportMetric(float64(size), "B")
}

func BenchmarkPack(b *testing.B) {
	d := Document{ID: "SR-1000001", Revision: 2, Position: 123456, State: sourcerequest.State{
		PackageID: "PKG-100234", MovieID: "80012345", Title: "The Long Harbour: Season 1", MovieType: "Series", ContentPartner: "studio-northlight",
		FulfillmentPartner: "post-house-juniper", SourceType: "Subs", ServiceType: "Full Service", Language: "Korean", Countries: []string{"South Korea"},
		DueDate: 20800, MovedDeliveryDate: 20801, Status: "Open", MaterialStatus: "Received", OpenedAt: time.Unix(1764150000, 123e6).UTC(), UpdatedAt: time.Unix(1764151000, 456e6).UTC(),
	}}
	j, _ := json.Marshal(d)
	for b.Loop() {
		pack(j)
	}
	b.ReportMetric(float64(len(j)), "B")
}
