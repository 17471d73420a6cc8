package readapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"backlot/domain"
)

// readBody reads a JSON object into a struct, each field by its json name, and
// returns the object in a canonical form. Unknown fields, null where it means
// nothing and values of another type are CodeInvalid with the field's path.
// Without a body, an optional one is {}.
func (s *server) readBody(x *exchange, into any, optional bool) (canonical []byte, err error) {
	return readBodies(s.MaxBody, x, optional, into)
}

// readBodies is readBody for an object of at most limit bytes, whose fields are
// those of several structs.
func readBodies(limit int64, x *exchange, optional bool, into ...any) (canonical []byte, err error) {
	raw, err := io.ReadAll(http.MaxBytesReader(x, x.r.Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, domain.Errorf(domain.CodeTooLarge, "The body is larger than %d bytes.", limit)
	case err != nil:
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: "The body did not arrive whole.", Err: err}
	}
	if len(bytes.TrimSpace(raw)) == 0 && optional {
		raw = []byte("{}")
	} else if err := wantMediaType(x.r, "application/json"); err != nil {
		return nil, err
	}
	var whole any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&whole); err != nil {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: "The body is not JSON.", Err: err}
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, domain.Errorf(domain.CodeInvalid, "The body holds more than one JSON value.")
	}
	structs := make([]reflect.Value, len(into))
	for i := range into {
		structs[i] = reflect.ValueOf(into[i]).Elem()
	}
	if err := decodeObject("", raw, structs...); err != nil {
		return nil, err
	}
	return json.Marshal(whole) // keys in order, nothing else between
}

func wantMediaType(r *http.Request, want ...string) error {
	if given, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); !slices.Contains(want, given) {
		return &domain.Error{
			Code: codeUnsupportedMediaType, Field: "Content-Type", Allowed: want,
			Message: fmt.Sprintf("The body has to be %s, and the header Content-Type has to say so.", strings.Join(want, " or ")),
		}
	}
	return nil
}

// decodeObject fills structs field by field, so that an error can say where.
func decodeObject(path string, raw []byte, into ...reflect.Value) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil || object == nil {
		return invalidAt(path, "has to be a JSON object")
	}
	var known []string
	for _, part := range into {
		for i := range part.NumField() {
			name := part.Type().Field(i).Tag.Get("json")
			known = append(known, name)
			if value, given := object[name]; given {
				if err := decodeValue(join(path, name), value, part.Field(i)); err != nil {
					return err
				}
			}
		}
	}
	var unknown []string
	for name := range object {
		if !slices.Contains(known, name) {
			unknown = append(unknown, join(path, name))
		}
	}
	if unknown != nil {
		slices.Sort(unknown)
		return domain.Invalid(unknown[0], fmt.Sprintf("the body has fields that are not known here: %s; what is known: %s",
			strings.Join(unknown, ", "), strings.Join(known, ", ")), known...)
	}
	return nil
}

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

func decodeValue(path string, raw []byte, into reflect.Value) error {
	if into.Addr().Type().Implements(unmarshaler) {
		err := json.Unmarshal(raw, into.Addr().Interface())
		var e *domain.Error
		if errors.As(err, &e) {
			return domain.Invalid(path, e.Message, e.Allowed...)
		}
		if err != nil {
			return invalidAt(path, "has to be a string")
		}
		return nil
	}
	if string(bytes.TrimSpace(raw)) == "null" {
		return invalidAt(path, "cannot be null; leave it out instead")
	}
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		return decodeValue(path, raw, into.Elem())
	case reflect.Struct:
		return decodeObject(path, raw, into)
	case reflect.Slice:
		var items []json.RawMessage
		if json.Unmarshal(raw, &items) != nil {
			return invalidAt(path, "has to be a list")
		}
		into.Set(reflect.MakeSlice(into.Type(), len(items), len(items)))
		for i, item := range items {
			if err := decodeValue(fmt.Sprintf("%s[%d]", path, i), item, into.Index(i)); err != nil {
				return err
			}
		}
		return nil
	}
	if json.Unmarshal(raw, into.Addr().Interface()) != nil {
		return invalidAt(path, "has to be "+typeName(into.Kind()))
	}
	return nil
}

func typeName(k reflect.Kind) string {
	switch k {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	}
	return "a number"
}

func invalidAt(path, message string) error {
	if path == "" {
		return domain.Errorf(domain.CodeInvalid, "The body %s.", message)
	}
	return domain.Invalid(path, path+" "+message)
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// nullable is a string that may also be null, which is not the same as left out.
type nullable struct {
	given bool
	value string // "" for null
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *nullable) UnmarshalJSON(b []byte) error {
	n.given = true
	return json.Unmarshal(b, &n.value)
}

// apartBody is a body with fields that are kept apart, so that they can be
// deleted: a hash of one that stayed would tell it by trying.
type apartBody interface{ apart() []string }

func apartOf(body any) []string {
	if b, ok := body.(apartBody); ok {
		return b.apart()
	}
	return nil
}

// bodyHash identifies what a client asked for: the method, the path and the
// canonical body without the fields that are kept apart.
func bodyHash(r *http.Request, canonical []byte, apart ...string) string {
	if len(apart) > 0 {
		var fields map[string]json.RawMessage
		if json.Unmarshal(canonical, &fields) == nil {
			for _, name := range apart {
				delete(fields, name)
			}
			canonical, _ = json.Marshal(fields) // it was JSON, with its keys in order
		}
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n", r.Method, r.URL.Path)
	h.Write(canonical)
	return hex.EncodeToString(h.Sum(nil))
}
