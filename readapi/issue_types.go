package readapi

import (
	"fmt"
	"net/http"
	"strings"

	"backlot/domain"
	"backlot/domain/qualitycontrol"
	"backlot/domain/sourcerequest"
	"backlot/readapi/words"
)

const issueTypes = base + "/quality-control/issue-types"

type issueTypeAnswer struct {
	Code        string                  `json:"code"`
	Category    qualitycontrol.Category `json:"category"`
	Severity    qualitycontrol.Severity `json:"severity"`
	Meaning     string                  `json:"meaning"`
	SourceTypes []string                `json:"source_types"`
	Help        string                  `json:"help"`
}

type helpArticleAnswer struct {
	issueTypeAnswer
	Finding string `json:"finding"`
	Fixing  string `json:"fixing"`
}

// helpOf returns the path of the help article of a type of issue.
func helpOf(t qualitycontrol.Type) string { return issueTypes + "/" + t.Slug() }

func issueType(t qualitycontrol.Type, article words.Article) issueTypeAnswer {
	return issueTypeAnswer{Code: t.Code, Category: t.Category, Severity: t.Severity, Meaning: article.Meaning, SourceTypes: t.SourceTypes, Help: helpOf(t)}
}

func (s *server) listIssueTypes(x *exchange) error {
	text, err := x.search("q")
	if err != nil {
		return err
	}
	selection := qualitycontrol.Selection{Text: text, Article: func(t qualitycontrol.Type) string {
		a := x.words().IssueArticle(t)
		return strings.Join([]string{a.Meaning, a.Finding, a.Fixing}, " ")
	}}
	if c, given := x.parameter("category"); given {
		if selection.Category, err = qualitycontrol.ParseCategory(c); err != nil {
			return err
		}
	}
	if t, given := x.parameter("source_type"); given {
		sourceType, err := sourcerequest.ParseSourceType(t)
		if err != nil {
			return err
		}
		selection.SourceType = string(sourceType)
	}
	found := []issueTypeAnswer{}
	for _, t := range qualitycontrol.Search(selection) {
		found = append(found, issueType(t, x.words().IssueArticle(t)))
	}
	return x.answer(http.StatusOK, struct {
		IssueTypes []issueTypeAnswer `json:"issue_types"`
	}{found})
}

func (s *server) getIssueType(x *exchange) error {
	code := x.variable("code")
	t, ok := qualitycontrol.Find(code)
	if !ok {
		near := qualitycontrol.Nearest(code, 5)
		return &domain.Error{
			Code: domain.CodeNotFound, Allowed: near,
			Message: fmt.Sprintf("The catalogue of issue types has no %q; near it are: %s.", code, strings.Join(near, ", ")),
		}
	}
	article := x.words().IssueArticle(t)
	return x.answer(http.StatusOK, helpArticleAnswer{issueTypeAnswer: issueType(t, article), Finding: article.Finding, Fixing: article.Fixing})
}
