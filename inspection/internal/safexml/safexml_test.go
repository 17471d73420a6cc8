package safexml_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "backlot/inspection/internal/safexml"
)

// all reads a document to its end or to what is wrong with it.
func all(t *testing.T, from io.Reader) error {
	t.Helper()
	d := New(from)
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			require.Nil(t, token, "xml.NewTokenDecoder does not see an error beside a token")
			return err
		}
	}
}

func TestWhatIsRefusedAndWhere(t *testing.T) {
	deep := strings.Repeat("<a>", MaxDepth) + strings.Repeat("</a>", MaxDepth)
	for name, c := range map[string]struct {
		document string
		kind     Kind
		line     int
	}{
		"a declaration":            {"<?xml version='1.0'?>\n<!DOCTYPE a>\n<a/>", Forbidden, 2},
		"an entity of one's own":   {"<a>\n&b;</a>", Malformed, 2},
		"another encoding":         {"<?xml version='1.0' encoding='latin1'?><a/>", OtherEncoding, 1},
		"bytes that are not UTF-8": {"<a>\n<b>\xff</b></a>", OtherEncoding, 2},
		"a tag left open":          {"<a>\n<b></a>", Malformed, 2},
		"an attribute twice":       {"<a>\n<b c='1' c='2'/></a>", Malformed, 2},
		"a second root":            {"<a/>\n<b/>", Malformed, 2},
		"text behind the root":     {"<a/>b", Malformed, 1},
		"too deep":                 {"<r>" + deep + "</r>", Excessive, 1},
		"too many attributes":      {"<a" + strings.Repeat(" b='1'", MaxAttributes+1) + "/>", Excessive, 1},
		"too long a text":          {"<a>" + strings.Repeat("b", MaxToken+1) + "</a>", Excessive, 1},
		"too long a tag":           {"<a b='" + strings.Repeat("b", MaxToken) + "'/>", Excessive, 1},
		"too long a comment":       {"<a><!--" + strings.Repeat("b", MaxToken) + "--></a>", Excessive, 1},
	} {
		t.Run(name, func(t *testing.T) {
			var wrong *Error
			require.ErrorAs(t, all(t, strings.NewReader(c.document)), &wrong)
			assert.Equal(t, c.kind, wrong.Kind)
			assert.Equal(t, c.line, wrong.Line)
			assert.NotEmpty(t, wrong.Text)

			// A structure is complete before what stands behind it.
			if !strings.Contains(name, "root") {
				var into struct{ B string }
				assert.Error(t, xml.NewTokenDecoder(New(strings.NewReader(c.document))).Decode(&into))
			}
		})
	}
	assert.NoError(t, all(t, strings.NewReader("\ufeff<?xml version='1.0' encoding='UTF-8'?>\n<!-- c -->\n"+deep+"\n")))
}

func TestAReadersErrorStaysItsOwn(t *testing.T) {
	gone := errors.New("gone")
	for _, before := range []string{"", "<", "<a>", "<a>text", "<!--"} {
		assert.Equal(t, gone, all(t, io.MultiReader(strings.NewReader(before), iotest.ErrReader(gone))), before)
	}
}

func FuzzToken(f *testing.F) {
	for _, s := range []string{"<a/>", "<a b='c'>d</a>", "<!DOCTYPE a>", "<?xml version='1.0'?><a><![CDATA[b]]></a>", "\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		var wrong *Error
		if err := all(t, strings.NewReader(string(document))); err != nil {
			require.ErrorAs(t, err, &wrong)
		}
	})
}
