package timedtext_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"backlot/domain/finding"
	. "backlot/inspection/timedtext"
)

func TestLanguages(t *testing.T) {
	declare := func(tag string) string { return strings.Replace(goodTTML, `xml:lang="ko"`, `xml:lang="`+tag+`"`, 1) }
	for _, c := range []struct{ wanted, fits, contradicts string }{
		{"Korean", "ko ko-KR kor", "ja en zh"},
		{"English", "en en-US en-GB", "fr"},
		{"Spanish (Latin America)", "es-419 es es-MX es-AR", "es-ES pt pt-BR"},
		{"Spanish (Spain)", "es-ES es", "es-419 es-MX ca"},
		{"Portuguese (Brazil)", "pt-BR pt", "pt-PT es"},
		{"French", "fr fr-FR fr-CA", "en"},
		{"French (Canada)", "fr-CA fr", "fr-FR"},
		{"Mandarin (Simplified)", "zh-Hans zh-CN cmn-Hans zh", "zh-Hant zh-TW ja"},
		{"Mandarin (Traditional)", "zh-Hant zh-TW cmn-Hant zh", "zh-Hans zh-CN"},
		{"Cantonese", "yue zh-HK yue-Hant", "zh zh-CN ko"},
		{"Norwegian", "no nb", "sv da"},
		{"Filipino", "fil tl", "en"},
		{"Chinese (Hong Kong)", "zh-HK zh", "zh-CN ko"},
		{"Hebrew", "he iw", "ar"},
		{"Indonesian", "id in", "ms"},
		{"a language of nobody", "ko en", ""},
		{"", "ko en", ""},
	} {
		for tag := range strings.FieldsSeq(c.fits) {
			assert.Empty(t, inspect(t, "a.ttml", declare(tag), Wanted{Language: c.wanted}).Found, "%s for %s", tag, c.wanted)
		}
		for tag := range strings.FieldsSeq(c.contradicts) {
			assert.Equal(t, []string{finding.LanguageMismatch}, codes(inspect(t, "a.ttml", declare(tag), Wanted{Language: c.wanted}).Found), "%s for %s", tag, c.wanted)
		}
	}
}

// Every language that catalogues of the trade ask for is understood.
func TestEveryUsualLanguageIsUnderstood(t *testing.T) {
	for name := range strings.SplitSeq("English,Korean,Japanese,Spanish (Latin America),Spanish (Spain),French,German,Dutch,Portuguese (Brazil),Italian,Polish,Turkish,Arabic,Hindi,Mandarin (Simplified),Thai,Mandarin (Traditional),Cantonese,Vietnamese,Indonesian,Malay,Swedish,Norwegian,Danish,Finnish,Greek,Hebrew,Hungarian,Tamil,Romanian,Catalan,Telugu,Czech,French (Canada),Filipino,Croatian,Ukrainian,Bengali,Marathi,Basque", ",") {
		other := strings.Replace(goodTTML, `xml:lang="ko"`, `xml:lang="qu"`, 1)
		assert.Equal(t, []string{finding.LanguageMismatch}, codes(inspect(t, "a.ttml", other, Wanted{Language: name}).Found), name)
	}
}
