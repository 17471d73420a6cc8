// Package words is what the server says, in each language that it speaks: a
// table of sentences and names for each, all with the same parts.
package words

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"

	"backlot/domain"
	"backlot/domain/finding"
	"backlot/domain/qualitycontrol"
)

// Sentence is something to say, with parts in braces where the language has
// them: "{who} redacted a comment".
type Sentence string

// Parts are what stands in the place of a sentence's parts, by their names.
type Parts map[string]string

// Count is a number of things, {n}. A language without plurals has Other only.
type Count struct{ One, Other Sentence }

// Names are what things are called, by their keys in the API.
type Names map[string]string

// Article is the help about a kind of fault: what it is, how it is found (of
// quality control's issues), and how it is put right.
type Article struct{ Meaning, Finding, Fixing string }

// Words is one language. A sentence about a request begins with who did it;
// {why} is "" or Why, ByImport or a like sentence, and {status} "" or NowStands.
type Words struct {
	Tag language.Tag

	// Who acts where no organisation does, and who has no name for the reader.
	Operator, QualityControl, Auditor, Portal   Sentence
	FormerAccount, AnotherPartner, Somebody     Sentence
	MentionedOperators, MentionedQualityControl Sentence

	// How a request begins: {asset}, {language}, {title}, and the terms, of which
	// that of the due date is always there.
	Opened, Imported                               Sentence
	Due, Expected                                  Sentence // {date}
	AssignedTo                                     Sentence // {partner}
	As                                             Sentence // {status}
	Replacing                                      Sentence
	Edited                                         Sentence // {edits}, each an Edit
	Edit                                           Sentence // {field}, {change}
	FromTo, To, FromToNothing                      Sentence // a {change}: {from}, {to}
	Assigned, TakenBack                            Sentence // {partner}, {ended}: "" or EndedSubAssignment
	Moved                                          Sentence // {from}, {to}, {ended}
	EndedSubAssignment                             Sentence // {partner}
	SubAssigned, SubAssignmentEnded                Sentence // {partner}
	MadeResponsible, NoLongerResponsible           Sentence // {person}
	ResponsibleReplaced                            Sentence // {person}, {former}
	MaterialStatusChanged                          Sentence // {change}, {why}
	RejectedAgain                                  Sentence // {why}
	MaterialsProvided                              Sentence // {count}, {names}
	DeliveryDateMoved                              Sentence // {change}, {why}
	DeliveryStarted                                Sentence // {count}, {names}
	FileDelivered                                  Sentence // {name}, {size}
	DeliveryCompleted, InspectedClean              Sentence // {status}
	InspectedFound                                 Sentence // {count}, {findings}
	FindingOverridden                              Sentence // {code}, {why}, {status}
	QualityControlRecorded                         Sentence // {check}, {verdict}, {issues}: "" or WithIssues
	Passed, NotPassed                              Sentence
	WithIssues                                     Sentence // {count}, {issues}, each an Issue
	Issue                                          Sentence // {severity}, {description}
	QCIssueAnswered                                Sentence // {issue}, {answer}, {why}
	Downloaded, DownloadedArchive                  Sentence // {count}, {names}
	RedeliveryAsked                                Sentence // {what}, {why}
	RedeliveryByInspection, RedeliveryAfterControl Sentence // {what}, {why}; nobody's name
	Redelivery, RedeliveryOfMetadata               Sentence // a {what}
	Commented                                      Sentence // {text}
	CommentGone, CommentRedacted                   Sentence
	Cancelled                                      Sentence // {why}
	Reinstated                                     Sentence // {status}: its name, {why}
	Upgraded                                       Sentence // {id}
	UpgradedToAnother, ImportedAgain               Sentence
	NotKnown                                       Sentence // {type}
	Why                                            Sentence // {reason}
	ByImport                                       Sentence
	NowStands                                      Sentence // {status}

	// What time does, and what an inbox gathers.
	BecameCritical, BecameAtRisk Sentence // {why}
	BecameOverdue                Sentence // {date}
	Test                         Sentence
	News, Missed                 Sentence // {requests}, {events}, each a Happened
	MoreThan                     Sentence // {count}
	Happened                     Sentence // {n}, {kind}

	Materials, Files, DeliveredFiles, Findings, Issues, Requests Count

	Quote                 Sentence // {text}
	Fixed                 Sentence // {value}: a fixed value of the domain among other words
	Comma, Semicolon, And string   // between the items of a list; And before the last one of what was edited
	AndMore               Sentence // {items}, {n}
	DayLayout             string   // of package time
	Capitals              bool     // names begin with one, which they lose inside a sentence
	Spaced                bool     // Latin letters and digits stand apart from the language's own

	Values   Names // fixed values of the domain; one without a name is its own
	Fields   Names // of sourcerequest.Changes
	Rules    Names // that put a request where it is
	Kinds    Names // of events and of what time does, as a digest counts them
	Problems Names // titles, by the code

	IssueTypes, FindingTypes map[string]Article // by code; nil of English, which the catalogues are in
}

// IssueArticle returns the help about a type of quality control's issues.
func (w *Words) IssueArticle(t qualitycontrol.Type) Article {
	if a, known := w.IssueTypes[t.Code]; known {
		return a
	}
	return Article{t.Meaning, t.Finding, t.Fixing}
}

// FindingArticle returns the help about a type of inspection's findings.
func (w *Words) FindingArticle(t finding.Type) Article {
	if a, known := w.FindingTypes[t.Code]; known {
		return a
	}
	return Article{Meaning: t.Meaning, Fixing: t.Fixing}
}

// Say puts the parts into a sentence. What is in a part stays as it is, braces
// too.
func (w *Words) Say(s Sentence, parts Parts) string {
	var out strings.Builder
	rest := string(s)
	for {
		open := strings.IndexByte(rest, '{')
		if open < 0 {
			break
		}
		end := open + strings.IndexByte(rest[open:], '}')
		w.append(&out, rest[:open])
		w.append(&out, parts[rest[open+1:end]])
		rest = rest[end+1:]
	}
	w.append(&out, rest)
	return out.String()
}

func (w *Words) append(out *strings.Builder, text string) {
	if w.Spaced && out.Len() > 0 && text != "" {
		before, _ := utf8.DecodeLastRuneInString(out.String())
		after, _ := utf8.DecodeRuneInString(text)
		if isLatin(before) && isEastern(after) || isEastern(before) && isLatin(after) {
			out.WriteByte(' ')
		}
	}
	out.WriteString(text)
}

func isLatin(r rune) bool { return unicode.Is(unicode.Latin, r) || unicode.IsDigit(r) }

func isEastern(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r == 'ー'
}

// Count counts things.
func (w *Words) Count(n int, of Count) string {
	s := of.Other
	if n == 1 && of.One != "" {
		s = of.One
	}
	return w.Say(s, Parts{"n": strconv.Itoa(n)})
}

// Day writes a day.
func (w *Words) Day(d domain.Date) string { return d.Start(time.UTC).Format(w.DayLayout) }

// Value returns what a fixed value of the domain is called; any other value is
// itself.
func (w *Words) Value(v string) string { return w.Values.of(v) }

// Inside is a name inside a sentence, where an abbreviation keeps its capitals.
func (w *Words) Inside(name string) string {
	_, first := utf8.DecodeRuneInString(name)
	if second := name[first:min(len(name), first+1)]; !w.Capitals || second != strings.ToLower(second) {
		return name
	}
	return strings.ToLower(name[:first]) + name[first:]
}

// Field returns the label of a field.
func (w *Words) Field(field string) string { return w.Fields.of(field) }

// Rule returns the label of a rule, by its key.
func (w *Words) Rule(key string) string { return w.Rules.of(key) }

// Problem returns the title of a problem, by its code.
func (w *Words) Problem(code string) string { return w.Problems.of(code) }

// Kind returns what a digest calls a kind of event.
func (w *Words) Kind(kind string) string { return w.Kinds.of(kind) }

func (n Names) of(key string) string {
	if name, known := n[key]; known {
		return name
	}
	return key
}

// shown is how many items of a list a sentence spells out.
const shown = 3

// Some lists items, and counts those that are too many to list.
func (w *Words) Some(items []string) string {
	if len(items) <= shown+1 {
		return strings.Join(items, w.Semicolon)
	}
	return w.Say(w.AndMore, Parts{"items": strings.Join(items[:shown], w.Semicolon), "n": strconv.Itoa(len(items) - shown)})
}

// All lists items as people do: a, b and c.
func (w *Words) All(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	last := len(items) - 1
	return strings.Join(items[:last], w.Comma) + w.And + items[last]
}
