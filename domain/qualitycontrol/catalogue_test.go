package qualitycontrol_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	. "backlot/domain/qualitycontrol"
)

// What the trade expects to be told apart, as the portal calls it.
var expected = map[Category][]string{
	Audio:     {"Audio Distortion", "Audio Dropout", "Channel Mismap", "Loudness Out of Spec"},
	Sync:      {"Dialogue Out of Sync", "Global Sync Offset", "Sync Drift"},
	TimedText: {"Subtitle Drift", "Subtitle Position Clash", "Missing Forced Narrative", "Typo", "Wrong Subtitle Language"},
	Content:   {"On-Screen Typo", "Burned-in Subtitles", "Slate or Bars", "Commercial Black"},
	Video:     {"Black Frame", "Video Dropout", "Freeze Frame", "Dead Pixel", "Framing Error"},
	Colour:    {"Colour Mistiming", "Black Level Shift", "Banding"},
	Technical: {"Bad Timecode"},
	Asset:     {"Wrong Asset"},
}

func TestTheCatalogueCoversTheTrade(t *testing.T) {
	assert.GreaterOrEqual(t, len(Types()), 30)
	assert.Len(t, expected, len(Categories()))
	for category, codes := range expected {
		for _, code := range codes {
			found, ok := Find(code)
			require.True(t, ok, code)
			assert.Equal(t, category, found.Category, code)
			assert.Equal(t, code, found.Code)
		}
	}
}

var sentenceEnd = regexp.MustCompile(`[.!?]( |$)`)

func TestEveryArticleIsWhole(t *testing.T) {
	codes, texts := map[string]bool{}, map[string]bool{}
	last := 0
	for _, each := range Types() {
		t.Run(each.Code, func(t *testing.T) {
			assert.False(t, codes[each.Slug()], "the code is used twice")
			codes[each.Slug()] = true
			assert.Regexp(t, `^[a-z]+(-[a-z]+)*$`, each.Slug())
			category := slices.Index(Categories(), each.Category)
			assert.GreaterOrEqual(t, category, last, "the catalogue is in the order of its categories")
			last = category
			assert.Contains(t, Severities(), each.Severity)
			assert.NotEmpty(t, each.SourceTypes)
			sentences := 0
			for _, text := range []string{each.Meaning, each.Finding, each.Fixing} {
				assert.False(t, texts[text], "written twice: %s", text)
				texts[text] = true
				assert.Equal(t, strings.TrimSpace(text), text)
				assert.True(t, strings.HasSuffix(text, "."), text)
				sentences += len(sentenceEnd.FindAllString(text, -1))
			}
			assert.GreaterOrEqual(t, sentences, 3)
			assert.LessOrEqual(t, sentences, 6)
		})
	}
}

func TestTypesAreFoundHoweverTheyAreWritten(t *testing.T) {
	for _, written := range []string{"Dialogue Out of Sync", " dialogue out of sync", "dialogue_out_of_sync", "DIALOGUE-OUT-OF-SYNC"} {
		found, ok := Find(written)
		require.True(t, ok, written)
		assert.Equal(t, "Dialogue Out of Sync", found.Code)
	}
	for _, written := range []string{"", " ", "Dialogue", "Dialogue Out of Sync 2", "é"} {
		_, ok := Find(written)
		assert.False(t, ok, written)
	}
}

func TestTheNearestTypesAreNamed(t *testing.T) {
	for written, want := range map[string]string{
		"drift": "Sync Drift", "drft": "Sync Drift", "subtitel drfit": "Subtitle Drift", "out of sync": "Dialogue Out of Sync", "Blakc Frame": "Black Frame", "typos": "Typo", "bandng": "Banding",
		"forced narrative": "Missing Forced Narrative", "channel map": "Channel Mismap", "wrong asset typ": "Wrong Asset Type",
	} {
		assert.Equal(t, want, Nearest(written, 3)[0], written)
	}
	assert.Len(t, Nearest(strings.Repeat("x", 100_000), 5), 5)
	assert.Len(t, Nearest("", 1_000), len(Types()))
	assert.Empty(t, Nearest("drift", 0))
}

func TestSearching(t *testing.T) {
	codes := func(s Selection) []string {
		out := []string{}
		for _, found := range Search(s) {
			out = append(out, found.Code)
		}
		return out
	}
	assert.Len(t, codes(Selection{}), len(Types()))
	assert.Equal(t, []string{"Sync Drift", "Subtitle Drift", "Global Sync Offset"}, codes(Selection{Text: "DRIFT"}), "codes before articles")
	assert.Equal(t, []string{"Subtitle Drift"}, codes(Selection{Text: "drift", Category: TimedText}))
	assert.Equal(t, []string{"Dialogue in M&E"}, codes(Selection{Text: "dialogue m&e"}))
	assert.Empty(t, codes(Selection{Text: "unheard of"}))
	for _, code := range codes(Selection{SourceType: "Artwork"}) {
		found, _ := Find(code)
		assert.Contains(t, found.SourceTypes, "Artwork")
	}
	assert.Contains(t, codes(Selection{SourceType: "Artwork"}), "Banding")
	assert.NotContains(t, codes(Selection{SourceType: "Artwork"}), "Audio Dropout")
	assert.Empty(t, codes(Selection{SourceType: "Smell"}))
}

func TestCategoriesAreParsed(t *testing.T) {
	for _, c := range Categories() {
		found, err := ParseCategory(" " + strings.ToUpper(string(c)))
		require.NoError(t, err)
		assert.Equal(t, c, found)
	}
	_, err := ParseCategory("Smell")
	var e *domain.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, &domain.Error{
		Code: domain.CodeInvalid, Field: "category", Message: `category does not know "Smell"; one of: Audio, Sync, Timed Text, Content, Video, Colour, Technical, Asset`,
		Allowed: []string{"Audio", "Sync", "Timed Text", "Content", "Video", "Colour", "Technical", "Asset"},
	}, e)
}

func TestTheCatalogueIsACopy(t *testing.T) {
	Types()[0].SourceTypes[0] = "x"
	found, _ := Find(Types()[0].Code)
	found.SourceTypes[0] = "y"
	assert.NotContains(t, []string{"x", "y"}, Types()[0].SourceTypes[0])
}
