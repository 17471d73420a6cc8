package timedtext

import (
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"backlot/domain/finding"
)

// checkLanguage compares a declared tag with the language of the request, as far
// as either says: es does not contradict Spanish (Latin America), es-ES does.
func checkLanguage(declared, wanted, where string, l *finding.List) {
	if declared == "" {
		return
	}
	tag, err := language.All.Parse(declared)
	if err != nil {
		l.Add(finding.InvalidLanguage, where, "%q is no language tag; one is written as ko, es-419 or pt-BR.", declared)
		return
	}
	want, known := parseLanguage(wanted)
	if known && !agrees(tag, want) {
		l.Add(finding.LanguageMismatch, where, "The file declares %s (%s), and the request is for %s.", declared, display.English.Tags().Name(tag), wanted)
	}
}

// wantedLanguage is a language as a request names it.
type wantedLanguage struct {
	base   language.Base
	region *language.Region // nil for any
	script *language.Script // nil for any
}

func agrees(tag language.Tag, want wantedLanguage) bool {
	base, _ := tag.Base()
	region, certainly := tag.Region()
	told := certainly == language.Exact
	if base != want.base {
		// Written Cantonese is often declared as the Chinese of Hong Kong.
		hongKong := want.base.String() == "yue" && base.String() == "zh" && told && (region.String() == "HK" || region.String() == "MO")
		if !hongKong {
			return false
		}
	}
	if want.region != nil && told && region != *want.region && !want.region.Contains(region) {
		return false
	}
	script, certainly := tag.Script()
	if want.script != nil && (told || certainly == language.Exact) && script != *want.script {
		return false
	}
	return true
}

// scripts are what stands in brackets for a script.
var scripts = map[string]string{"simplified": "Hans", "traditional": "Hant", "cyrillic": "Cyrl", "latin": "Latn"}

// otherNames are names of the trade for languages that CLDR names otherwise.
var otherNames = map[string]string{"mandarin": "zh", "farsi": "fa", "bengali": "bn", "norwegian": "no", "oriya": "or", "flemish": "nl", "castilian": "es", "brazilian portuguese": "pt-BR", "latin american spanish": "es-419"}

// parseLanguage understands the English name of a language, with a region or a
// script in brackets; false for any other.
func parseLanguage(name string) (wantedLanguage, bool) {
	name, bracketed, _ := strings.Cut(strings.ToLower(strings.TrimSpace(name)), "(")
	name, bracketed = strings.TrimSpace(name), strings.Trim(bracketed, ") ")
	tag, known := otherNames[name]
	if !known {
		tag, known = names().languages[name]
	}
	if !known {
		return wantedLanguage{}, false
	}
	parsed := language.All.Make(tag)
	base, _ := parsed.Base()
	w := wantedLanguage{base: base}
	if region, certainly := parsed.Region(); certainly == language.Exact {
		w.region = &region
	}
	if code, is := scripts[bracketed]; is {
		script := language.MustParseScript(code)
		w.script = &script
	} else if code, is := names().regions[bracketed]; is && bracketed != "" {
		region := language.MustParseRegion(code)
		w.region = &region
	}
	return w, true
}

// englishNames are the names that CLDR has, in lower case.
type englishNames struct{ languages, regions map[string]string }

var names = sync.OnceValue(func() englishNames {
	n := englishNames{map[string]string{}, map[string]string{}}
	each := func(length int, first byte, call func(string)) {
		code := make([]byte, length)
		var fill func(int)
		fill = func(i int) {
			if i == length {
				call(string(code))
				return
			}
			for c := range byte(26) {
				code[i] = first + c
				fill(i + 1)
			}
		}
		fill(0)
	}
	languages, regions := display.English.Languages(), display.English.Regions()
	add := func(code string) {
		base, err := language.ParseBase(code)
		if err != nil {
			return
		}
		if name := strings.ToLower(languages.Name(base)); name != "" && n.languages[name] == "" {
			n.languages[name] = code
		}
	}
	each(2, 'a', add)
	each(3, 'a', add)
	each(2, 'A', func(code string) {
		region, err := language.ParseRegion(code)
		if err != nil || !region.IsCountry() {
			return
		}
		n.regions[strings.ToLower(regions.Name(region))] = code
	})
	n.regions["hong kong"], n.regions["macau"] = "HK", "MO"
	for _, code := range []string{"419", "150", "001"} { // Latin America, Europe, the world
		n.regions[strings.ToLower(regions.Name(language.MustParseRegion(code)))] = code
	}
	return n
})
