package words

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/finding"
	"backlot/domain/notification"
	"backlot/domain/qualitycontrol"
	"backlot/domain/sourcerequest"
)

// fieldsOf lists what a table says, by the names of its fields.
func fieldsOf[T any](w *Words) map[string]T {
	found := map[string]T{}
	v := reflect.ValueOf(*w)
	for i := range v.NumField() {
		if field, ok := v.Field(i).Interface().(T); ok {
			found[v.Type().Field(i).Name] = field
		}
	}
	return found
}

func sentencesOf(w *Words) map[string]Sentence {
	all := fieldsOf[Sentence](w)
	for name, c := range fieldsOf[Count](w) {
		all[name] = c.Other
		if c.One != "" {
			all[name+" (one)"] = c.One
		}
	}
	return all
}

func partsOf(s Sentence) []string {
	parts := regexp.MustCompile(`\{[^{}]*\}`).FindAllString(string(s), -1)
	slices.Sort(parts)
	return parts
}

func TestEveryLanguageSaysEverythingWithTheSameParts(t *testing.T) {
	require.Greater(t, len(sentencesOf(English)), 70)
	for _, w := range All() {
		theirs := sentencesOf(w)
		for name, s := range sentencesOf(English) {
			their, said := theirs[name]
			if !said && strings.HasSuffix(name, " (one)") {
				continue // a language without plurals
			}
			assert.NotEmpty(t, their, "%s has no words for %s", w.Tag, name)
			assert.Equal(t, partsOf(s), partsOf(their), "%s of %s", w.Tag, name)
			assert.Equal(t, strings.Count(string(their), "{"), len(partsOf(their)), "%s of %s has a brace too many", w.Tag, name)
		}
		for name, s := range fieldsOf[string](w) {
			assert.NotEmpty(t, s, "%s of %s", w.Tag, name)
		}
	}
}

func TestEveryLanguageHasANameForEverything(t *testing.T) {
	var values, rules, fields []string
	for _, list := range [][]string{
		texts(sourcerequest.Statuses()), texts(sourcerequest.MaterialStatuses()), texts(sourcerequest.MovieTypes()), texts(sourcerequest.ServiceTypes()),
		texts(sourcerequest.SourceTypes()), texts(qualitycontrol.Severities()), {sourcerequest.YesNo(true), sourcerequest.YesNo(false)},
		texts([]sourcerequest.Check{sourcerequest.CheckFull, sourcerequest.CheckSpot, sourcerequest.CheckFix}),
		texts([]sourcerequest.Answer{sourcerequest.AnswerWillFix, sourcerequest.AnswerCreativeIntent, sourcerequest.AnswerBestPossible}),
	} {
		values = append(values, list...)
	}
	for r := range sourcerequest.Rule(sourcerequest.RuleCount) {
		rules = append(rules, r.String())
	}
	for field := range English.Fields { // story_test.go holds these to the domain
		fields = append(fields, field)
	}
	kinds := notification.Kinds()
	problems := slices.Collect(maps.Keys(English.Problems)) // problem_test.go holds these to the codes
	for _, w := range All() {
		for what, of := range map[string]struct {
			keys  []string
			names Names
		}{"rules": {rules, w.Rules}, "fields": {fields, w.Fields}, "kinds": {kinds, w.Kinds}, "values": {values, w.Values}, "problems": {problems, w.Problems}} {
			if what == "values" && w == English {
				assert.Empty(t, of.names)
				continue
			}
			assert.ElementsMatch(t, of.keys, slices.Collect(maps.Keys(of.names)), "%s of %s", what, w.Tag)
			for key, name := range of.names {
				assert.NotEmpty(t, name, "%s of %s", key, w.Tag)
			}
		}
	}
}

func TestEveryLanguageHasAllArticles(t *testing.T) {
	for _, w := range All() {
		if w == English {
			continue // of the catalogues themselves
		}
		require.Len(t, w.IssueTypes, len(qualitycontrol.Types()), w.Tag)
		for _, issue := range qualitycontrol.Types() {
			its, theirs := English.IssueArticle(issue), w.IssueArticle(issue)
			for _, pair := range [][2]string{{its.Meaning, theirs.Meaning}, {its.Finding, theirs.Finding}, {its.Fixing, theirs.Fixing}} {
				assert.NotEmpty(t, pair[1], issue.Code)
				assert.NotEqual(t, pair[0], pair[1], issue.Code)
			}
		}
		require.Len(t, w.FindingTypes, len(finding.Types()), w.Tag)
		for _, found := range finding.Types() {
			its, theirs := English.FindingArticle(found), w.FindingArticle(found)
			assert.Empty(t, theirs.Finding)
			for _, pair := range [][2]string{{its.Meaning, theirs.Meaning}, {its.Fixing, theirs.Fixing}} {
				assert.NotEmpty(t, pair[1], found.Code)
				assert.NotEqual(t, pair[0], pair[1], found.Code)
			}
		}
	}
}

func texts[T ~string](list []T) (out []string) {
	for _, v := range list {
		out = append(out, string(v))
	}
	return out
}

// What is written alike in both languages.
var alike = regexp.MustCompile(`Backlot|\bID\b|\bQC\b|CC/SDH|M&E|\bIMF\b`)

func TestJapaneseIsNoEnglish(t *testing.T) {
	check := func(name, text string) {
		text = alike.ReplaceAllString(regexp.MustCompile(`\{\w+\}`).ReplaceAllString(text, ""), "")
		assert.NotRegexp(t, `[A-Za-z]`, text, name)
	}
	for name, s := range sentencesOf(Japanese) {
		check(name, string(s))
	}
	for kind, articles := range fieldsOf[map[string]Article](Japanese) {
		for code, a := range articles {
			for _, text := range []string{a.Meaning, a.Finding, a.Fixing} {
				// No words of prose: abbreviations, formats and tags stay.
				assert.NotRegexp(t, `(^|[^.])\b[a-z]{3,}\b`, text, "%s %s", kind, code)
				assert.True(t, text == "" || strings.HasSuffix(text, "。"), text)
			}
		}
	}
	for kind, names := range fieldsOf[Names](Japanese) {
		for key, name := range names {
			check(kind+" "+key, name)
		}
	}
}

// What has a name on the page has the same one in the server's sentences.
func TestJapaneseIsThatOfThePage(t *testing.T) {
	var page struct{ Server map[string]map[string]string }
	read(t, "shared/i18n", &page)
	var kinds map[string]string
	read(t, "shared/kinds/messages", &kinds)
	var inbox struct{ Kind map[string]string }
	read(t, "features/inbox/messages", &inbox)
	maps.Copy(kinds, inbox.Kind)
	for what, pair := range map[string][2]map[string]string{
		"value": {page.Server["value"], Japanese.Values}, "field": {page.Server["field"], Japanese.Fields}, "rule": {page.Server["rule"], Japanese.Rules}, "kind": {kinds, Japanese.Kinds},
	} {
		for key, name := range pair[1] {
			assert.Equal(t, pair[0][key], name, "%s %s", what, key)
		}
	}
	for role, name := range map[domain.Role]Sentence{domain.RoleOperator: Japanese.Operator, domain.RoleQualityControl: Japanese.QualityControl, domain.RoleAuditor: Japanese.Auditor, domain.RoleSystem: Japanese.Portal} {
		assert.Equal(t, page.Server["role"][string(role)], string(name))
	}
}

func read(t *testing.T, folder string, into any) {
	t.Helper()
	data, err := os.ReadFile("../../web/src/" + folder + "/ja.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, into))
}

func TestPartsStayAsTheyAre(t *testing.T) {
	said := English.Say("{who} said {what}", Parts{"who": "{what}", "what": "{who}} {{"})
	assert.Equal(t, "{what} said {who}} {{", said)
	assert.Equal(t, "nobody said ", English.Say("nobody said {what}", nil))
}

func TestJapaneseStandsApartFromLatin(t *testing.T) {
	for name, want := range map[string]string{"Juice": "Juice がした", "監査人": "監査人がした", "Studio (A)": "Studio (A)がした", "第2": "第2 がした", "カー": "カーがした", "Ähre": "Ähre がした", "": "がした"} {
		assert.Equal(t, want, Japanese.Say("{who}がした", Parts{"who": name}))
	}
	assert.Equal(t, "納期を 2026年11月24日に", Japanese.Say("{field}を{to}に", Parts{"field": "納期", "to": Japanese.Day(domain.NewDate(2026, 11, 24))}))
}

func TestListsAndCounts(t *testing.T) {
	assert.Equal(t, "1 file", English.Count(1, English.Files))
	assert.Equal(t, "0 files", English.Count(0, English.Files))
	assert.Equal(t, "ファイル 1 件", Japanese.Count(1, Japanese.Files))
	assert.Equal(t, "a, b and c", English.All([]string{"a", "b", "c"}))
	assert.Equal(t, "", English.All(nil))
	assert.Equal(t, "a、b、c", Japanese.All([]string{"a", "b", "c"}))
	assert.Equal(t, "a; b; c; d", English.Some([]string{"a", "b", "c", "d"}))
	assert.Equal(t, "a、b、c 他 2 件", Japanese.Some([]string{"a", "b", "c", "d", "e"}))
	assert.Equal(t, "EDD has passed", English.Inside("EDD has passed"))
	assert.Equal(t, "movie ID", English.Inside("Movie ID"))
}

func TestTheReaderChoosesTheLanguage(t *testing.T) {
	for accepted, want := range map[string]*Words{
		"":                             English,
		"ja":                           Japanese,
		"ja-JP":                        Japanese,
		"de-CH, ja;q=0.8, en;q=0.5":    Japanese,
		"en-GB, ja":                    English,
		"ja;q=0.2, en;q=0.9":           English,
		"ja;q=0, en":                   English,
		"de, fr":                       English,
		"*":                            English,
		"this is no; header=at all,,":  English,
		strings.Repeat("ja-", 100_000): English,
	} {
		assert.Equal(t, want.Tag, For(accepted).Tag, "%.40s", accepted)
	}
}
