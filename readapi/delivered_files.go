package readapi

import (
	"net/url"
	"strings"

	"backlot/domain/sourcerequest"
)

// fileIssueAnswer is what quality control or inspection found in a file.
type fileIssueAnswer struct {
	Source     string                  `json:"source"`
	ID         string                  `json:"id"`
	DeliveryID string                  `json:"delivery_id"`
	FileID     string                  `json:"file_id"`
	Code       string                  `json:"code"`
	Text       string                  `json:"text"`
	Severity   *sourcerequest.Severity `json:"severity"`
	Resolved   bool                    `json:"resolved"`
}

const (
	fromQualityControl = "Quality Control"
	fromInspection     = "Inspection"
)

// fileIssues are the issues of each file of a request that the viewer may know
// of, and which files came before which.
type fileIssues struct {
	found   map[sourcerequest.FileRef][]fileIssueAnswer
	byName  map[string][]sourcerequest.FileRef // in lower case; in the order of the deliveries
	only    []sourcerequest.FileRef            // of deliveries of one file
	ordered map[string]int                     // deliveries
}

func (v view) fileIssues() fileIssues {
	x := fileIssues{found: map[sourcerequest.FileRef][]fileIssueAnswer{}, byName: map[string][]sourcerequest.FileRef{}, ordered: map[string]int{}}
	only := map[string]string{}
	for n, d := range v.deliveries(v.state) {
		x.ordered[d.ID] = n
		for _, f := range d.Files {
			ref, name := sourcerequest.FileRef{DeliveryID: d.ID, ID: f.ID}, strings.ToLower(f.Name)
			x.byName[name] = append(x.byName[name], ref)
			if len(d.Files) == 1 {
				x.only, only[d.ID] = append(x.only, ref), f.ID
			}
		}
		for _, f := range d.Findings {
			x.add(fileIssueAnswer{Source: fromInspection, ID: f.ID, DeliveryID: d.ID, FileID: f.FileID, Code: f.Code, Text: f.Text, Resolved: f.Overridden}, only)
		}
	}
	for _, i := range v.state.StandingIssues() {
		severity := i.Severity
		x.add(fileIssueAnswer{Source: fromQualityControl, ID: i.ID, DeliveryID: i.DeliveryID, FileID: i.FileID, Code: i.Code, Text: i.Description, Severity: &severity, Resolved: i.Resolved()}, only)
	}
	return x
}

// add notes an issue with its file. One that names no file is about the only
// one of its delivery, if it has only one.
func (x fileIssues) add(a fileIssueAnswer, only map[string]string) {
	if _, visible := x.ordered[a.DeliveryID]; !visible {
		return
	}
	if a.FileID == "" {
		a.FileID = only[a.DeliveryID]
	}
	if a.FileID != "" {
		ref := sourcerequest.FileRef{DeliveryID: a.DeliveryID, ID: a.FileID}
		x.found[ref] = append(x.found[ref], a)
	}
}

// of returns what was found in a file, and what in the files before it: those
// of earlier deliveries that have its name, or that were all of a delivery as
// it is.
func (x fileIssues) of(d sourcerequest.Delivery, f sourcerequest.DeliveryFile) (current, previous []fileIssueAnswer) {
	before := x.byName[strings.ToLower(f.Name)]
	if len(d.Files) == 1 {
		before = append(before[:len(before):len(before)], x.only...)
	}
	seen := map[sourcerequest.FileRef]bool{}
	for _, ref := range before {
		if !seen[ref] && x.ordered[ref.DeliveryID] < x.ordered[d.ID] {
			seen[ref] = true
			previous = append(previous, x.found[ref]...)
		}
	}
	return list(x.found[sourcerequest.FileRef{DeliveryID: d.ID, ID: f.ID}]), list(previous)
}

// contentPath is where a file of a delivery can be read, "" for one that is not
// kept here.
func contentPath(requestID, deliveryID string, f sourcerequest.DeliveryFile) string {
	if f.DeliveredAt.IsZero() || f.Location != "" {
		return ""
	}
	return base + "/requests/" + requestID + "/deliveries/" + url.PathEscape(deliveryID) + "/files/" + url.PathEscape(f.ID) + "/content"
}

func (s *server) getFileContent(x *exchange) error {
	_, v, err := s.requested(x)
	if err != nil {
		return err
	}
	f, err := sourcerequest.FileSeenBy(x.by, v.state, sourcerequest.FileRef{DeliveryID: x.variable("deliveryId"), ID: x.variable("fileId")})
	if err != nil {
		return err
	}
	return s.sendFile(x, v, f)
}
