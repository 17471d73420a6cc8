package readapi

import (
	"bytes"
	"encoding/json"
)

// encodeJSON encodes a value as every answer is.
func encodeJSON(v any) ([]byte, error) { return appendJSON(nil, v) }

// appendJSON appends a value; &, < and > stay as they are.
func appendJSON(b []byte, v any) ([]byte, error) {
	w := bytes.NewBuffer(b)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(w.Bytes(), []byte("\n")), nil
}

// appendText appends a string: as it is between quotes, if nothing in it needs more.
func appendText(b []byte, s string) ([]byte, error) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return appendJSON(b, s)
		}
	}
	return append(append(append(b, '"'), s...), '"'), nil
}
