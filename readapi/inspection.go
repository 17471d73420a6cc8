package readapi

import (
	"fmt"
	"net/http"
	"strconv"

	"backlot/domain"
	"backlot/domain/finding"
	"backlot/domain/sourcerequest"
	"backlot/readapi/words"
)

const findingTypes = base + "/inspection/finding-types"

type findingTypeAnswer struct {
	Code    string       `json:"code"`
	Area    finding.Area `json:"area"`
	Hard    bool         `json:"hard"`
	Meaning string       `json:"meaning"`
	Fixing  string       `json:"fixing"`
	Help    string       `json:"help"`
}

func findingType(t finding.Type, article words.Article) findingTypeAnswer {
	return findingTypeAnswer{Code: t.Code, Area: t.Area, Hard: t.Hard, Meaning: article.Meaning, Fixing: article.Fixing, Help: findingTypes + "/" + t.Slug()}
}

func (s *server) listFindingTypes(x *exchange) error {
	var area finding.Area
	if a, given := x.parameter("area"); given {
		var err error
		if area, err = finding.ParseArea(a); err != nil {
			return err
		}
	}
	found := []findingTypeAnswer{}
	for _, t := range finding.Types() {
		if area == "" || t.Area == area {
			found = append(found, findingType(t, x.words().FindingArticle(t)))
		}
	}
	return x.answer(http.StatusOK, struct {
		FindingTypes []findingTypeAnswer `json:"finding_types"`
	}{found})
}

func (s *server) getFindingType(x *exchange) error {
	t, ok := finding.Find(x.variable("code"))
	if !ok {
		return domain.Errorf(domain.CodeNotFound, "The catalogue of findings has no %q; %s lists them.", x.variable("code"), findingTypes)
	}
	return x.answer(http.StatusOK, findingType(t, x.words().FindingArticle(t)))
}

type inspectionBody struct {
	Findings []struct {
		FileID string `json:"file_id"`
		Code   string `json:"code"`
		Where  string `json:"where"`
		Text   string `json:"text"`
	} `json:"findings"`
	Examined []struct {
		FileID string `json:"file_id"`
		As     string `json:"as"`
		Note   string `json:"note"`
	} `json:"examined"`
}

// maxFindings bounds one verdict; a delivery with more is sent back before they
// are listed whole.
const maxFindings = 1000

// recordInspection takes the verdict over a delivery that was inspected
// elsewhere.
func (s *server) recordInspection(x *exchange) error {
	var body inspectionBody
	i, err := s.instruction(x, &body, false, false)
	if err != nil {
		return err
	}
	c := sourcerequest.RecordInspection{DeliveryID: x.variable("deliveryId")}
	if body.Findings == nil {
		return s.orDenied(x, c, domain.Invalid("findings", "findings is required: a list, empty where nothing is wrong"))
	}
	for field, n := range map[string]int{"findings": len(body.Findings), "examined": len(body.Examined)} {
		if n > maxFindings {
			return s.orDenied(x, c, domain.Invalid(field, fmt.Sprintf("%s has %d entries; at most %d", field, n, maxFindings)))
		}
	}
	for n, f := range body.Findings {
		c.Findings = append(c.Findings, sourcerequest.Finding{ID: i.NewID("finding/" + strconv.Itoa(n)), FileID: f.FileID, Code: f.Code, Where: f.Where, Text: f.Text})
	}
	for _, e := range body.Examined {
		c.Examined = append(c.Examined, sourcerequest.Examination{FileID: e.FileID, As: e.As, Note: e.Note})
	}
	outcome, err := s.Commands.Change(x.r.Context(), x.variable("id"), c, i)
	return s.answerCommand(x, http.StatusOK, c, outcome, err)
}

type overrideBody struct {
	Reason string `json:"reason"`
}

func (s *server) overrideFinding(x *exchange) error {
	var body overrideBody
	i, err := s.instruction(x, &body, false, false)
	if err != nil {
		return err
	}
	c := sourcerequest.OverrideFinding{DeliveryID: x.variable("deliveryId"), FindingID: x.variable("findingId"), Reason: body.Reason}
	outcome, err := s.Commands.Change(x.r.Context(), x.variable("id"), c, i)
	return s.answerCommand(x, http.StatusOK, c, outcome, err)
}

// finding is a finding of a delivery as the viewer may see it.
func (v view) finding(deliveryID string, f sourcerequest.FindingState) findingAnswer {
	a := findingAnswer{
		ID: f.ID, FileID: orNull(f.FileID), Code: f.Code, Hard: f.Hard, Where: orNull(f.Where), Text: f.Text,
		Overridden: f.Overridden, OverrideReason: orNull(f.OverrideReason), Overridable: v.overridable(deliveryID, f.ID),
	}
	if t, ok := finding.Find(f.Code); ok {
		help := findingTypes + "/" + t.Slug()
		a.Help = &help
	}
	return a
}

// overridable asks the domain whether it would let the viewer override a
// finding.
func (v view) overridable(deliveryID, findingID string) bool {
	c := sourcerequest.OverrideFinding{DeliveryID: deliveryID, FindingID: findingID, Reason: "?"}
	if sourcerequest.Authorize(v.by, v.state, c) != nil {
		return false
	}
	events, err := sourcerequest.Decide(v.state, c)
	return err == nil && len(events) > 0
}
