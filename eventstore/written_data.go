package eventstore

import (
	"encoding"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"backlot/domain"
)

// form is how encode writes the data of one type: its members in the order of
// the fields, each at most once, without spaces. What has that form is read by
// it, in a third of a JSON decoder's time; whatever else there may be, escapes
// among it, is the decoder's.
type form struct {
	kind    formKind
	members []member // of an object
	element *form    // of a list, or behind a pointer
	labels  *labels
}

type formKind int

const (
	formUnknown formKind = iota // the decoder's
	formText
	formLabel // a text of a vocabulary
	formBool
	formInt
	formUint
	formDate
	formTime
	formList
	formPointer
	formObject
)

type member struct {
	begin string // "name":
	field int
	form  *form
}

func formOf(t reflect.Type) *form {
	switch t {
	case reflect.TypeFor[domain.Date]():
		return &form{kind: formDate}
	case reflect.TypeFor[time.Time]():
		return &form{kind: formTime}
	}
	if p := reflect.PointerTo(t); p.Implements(reflect.TypeFor[json.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return &form{}
	}
	switch t.Kind() {
	case reflect.String:
		if t.PkgPath() != "" {
			return &form{kind: formLabel, labels: new(labels)}
		}
		return &form{kind: formText}
	case reflect.Bool:
		return &form{kind: formBool}
	case reflect.Int, reflect.Int32, reflect.Int64:
		return &form{kind: formInt}
	case reflect.Uint, reflect.Uint32, reflect.Uint64:
		return &form{kind: formUint}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return &form{}
		}
		return &form{kind: formList, element: formOf(t.Elem())}
	case reflect.Pointer:
		return &form{kind: formPointer, element: formOf(t.Elem())}
	case reflect.Struct:
		return objectForm(t)
	}
	return &form{}
}

func objectForm(t reflect.Type) *form {
	f := &form{kind: formObject}
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Anonymous || !field.IsExported() || name == "" || name == "-" || slices.Contains(strings.Split(options, ","), "string") {
			return &form{}
		}
		f.members = append(f.members, member{`"` + name + `":`, i, formOf(field.Type)})
	}
	return f
}

// read fills a zero value; false means that the data has another form, and that
// the value may be half filled.
func (f *form) read(data []byte, into reflect.Value) bool {
	r := writtenReader{rest: data, ok: true}
	return f.value(&r, into) && r.ok && len(r.rest) == 0
}

func (f *form) value(r *writtenReader, into reflect.Value) bool {
	switch f.kind {
	case formText:
		text, ok := r.letters()
		into.SetString(string(text))
		return ok
	case formLabel:
		text, ok := r.letters()
		into.SetString(f.labels.of(text))
		return ok
	case formBool:
		switch {
		case r.has("true"):
			into.SetBool(true)
		case !r.has("false"):
			return false
		}
		return true
	case formInt:
		n, ok := r.integer()
		into.SetInt(n)
		return ok && into.Int() == n
	case formUint:
		n, ok := r.integer()
		into.SetUint(uint64(n))
		return ok && n >= 0 && into.Uint() == uint64(n)
	case formTime:
		text, ok := r.letters()
		return ok && into.Addr().Interface().(*time.Time).UnmarshalText(text) == nil
	case formDate:
		return r.date(into.Addr().Interface().(*domain.Date))
	case formPointer:
		if r.has("null") {
			return true
		}
		into.Set(reflect.New(into.Type().Elem()))
		return f.element.value(r, into.Elem())
	case formList:
		return f.list(r, into)
	case formObject:
		return f.object(r, into)
	}
	return false
}

// labels are the strings that a vocabulary's texts have: one for each, whoever
// reads it.
type labels struct {
	known atomic.Pointer[map[string]string] // replaced, never changed
}

// maxLabels bounds how many labels of one type are kept.
const maxLabels = 256

func (l *labels) of(text []byte) string {
	known := l.known.Load()
	if known != nil {
		if s, ok := (*known)[string(text)]; ok {
			return s
		}
	}
	s := string(text)
	more := map[string]string{}
	if known != nil {
		if len(*known) >= maxLabels {
			return s
		}
		maps.Copy(more, *known)
	}
	more[s] = s
	l.known.CompareAndSwap(known, &more) // else somebody else adds it another time
	return s
}

func (f *form) list(r *writtenReader, into reflect.Value) bool {
	if r.has("null") {
		return true
	}
	if !r.has("[") {
		return false
	}
	if r.has("]") {
		into.Set(reflect.MakeSlice(into.Type(), 0, 0))
		return true
	}
	for n := 0; ; n++ {
		if n == into.Cap() {
			into.Grow(max(1, n))
		}
		into.SetLen(n + 1)
		if !f.element.value(r, into.Index(n)) {
			return false
		}
		if r.has("]") {
			return true
		}
		if !r.has(",") {
			return false
		}
	}
}

func (f *form) object(r *writtenReader, into reflect.Value) bool {
	if !r.has("{") {
		return false
	}
	if r.has("}") {
		return true
	}
	for _, m := range f.members {
		if !r.has(m.begin) {
			continue
		}
		if !m.form.value(r, into.Field(m.field)) {
			return false
		}
		if r.has("}") {
			return true
		}
		if !r.has(",") {
			return false
		}
	}
	return false
}

// letters reads to the end of a string that has no escapes.
func (r *writtenReader) letters() (text []byte, ok bool) {
	if !r.has(`"`) {
		return nil, false
	}
	ascii := true
	for i, c := range r.rest {
		switch {
		case c == '"':
			text, r.rest = r.rest[:i], r.rest[i+1:]
			return text, ascii || utf8.Valid(text)
		case c < ' ' || c == '\\':
			return nil, false
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return nil, false
}

// integer reads a number of so few digits that any int64 takes it.
func (r *writtenReader) integer() (n int64, ok bool) {
	negative := r.has("-")
	i := 0
	for ; i < len(r.rest) && r.rest[i] >= '0' && r.rest[i] <= '9'; i++ {
		if i == 18 {
			return 0, false
		}
		n = 10*n + int64(r.rest[i]-'0')
	}
	if i == 0 || r.rest[0] == '0' && (i > 1 || negative) {
		return 0, false
	}
	r.rest = r.rest[i:]
	if negative {
		n = -n
	}
	return n, true
}

// date reads null or a day.
func (r *writtenReader) date(d *domain.Date) bool {
	if r.has("null") {
		return true
	}
	const size = len(`"2006-01-02"`)
	if len(r.rest) < size || d.UnmarshalJSON(r.rest[:size]) != nil {
		return false
	}
	r.rest = r.rest[size:]
	return true
}
