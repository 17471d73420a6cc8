package words

import "golang.org/x/text/language"

// All are the languages that the server speaks; the first one is for those who
// ask for none of them.
func All() []*Words { return []*Words{English, Japanese} }

var matcher = func() language.Matcher {
	var tags []language.Tag
	for _, w := range All() {
		tags = append(tags, w.Tag)
	}
	return language.NewMatcher(tags)
}()

// For returns the language that fits an Accept-Language header best.
func For(accepted string) *Words {
	// A header that cannot be read is none.
	asked, _, err := language.ParseAcceptLanguage(accepted)
	if err != nil {
		return English
	}
	_, i, _ := matcher.Match(asked...)
	return All()[i]
}
