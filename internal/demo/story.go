package demo

import (
	"context"
	"fmt"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/domain/timecode"
)

// Commands gives commands to source requests; commands.SourceRequests does.
type Commands interface {
	Change(ctx context.Context, id string, c sourcerequest.Command, i domain.Instruction) (sourcerequest.Outcome, error)
}

// FirstRequest is the id of the catalogue's first request.
const FirstRequest = "4000001"

// Play lets the demo's people work on those requests of the catalogue that
// accept what they want, so that comments, quality controls and histories are
// there to look at.
func Play(ctx context.Context, commands Commands, today domain.Date) error {
	people := map[string]domain.Principal{}
	for _, i := range Identities() {
		people[i.Token] = i.Principal
	}
	operator, qc, juniper, lantern := people["demo-operator"], people["demo-qc"], people["demo-juniper"], people["demo-lantern"]
	step := 0
	do := func(id string, by domain.Principal, c sourcerequest.Command) (bool, error) {
		step++
		i := domain.Instruction{By: by, Key: fmt.Sprintf("demo/%d", step)}
		out, err := commands.Change(ctx, id, c, i)
		switch domain.ErrorCode(err) {
		case domain.CodeRefused, domain.CodeNotFound, domain.CodeForbidden:
			return false, nil // not that one
		}
		return out.Changed, err
	}
	stories := []struct {
		by domain.Principal
		c  func(id string) sourcerequest.Command
	}{
		{qc, func(id string) sourcerequest.Command {
			return sourcerequest.RecordQualityControl{ResultID: "demo-" + id, Check: sourcerequest.CheckFull, Passed: false, FrameRate: timecode.Rate24, Issues: []sourcerequest.Issue{
				{ID: "demo-" + id + "-1", Code: "Dialogue Out of Sync", Category: "Sync", Severity: sourcerequest.SeverityBlocker, TimecodeIn: "00:12:04:10", TimecodeOut: "00:12:19:00", Description: "dialogue runs three frames behind the picture"},
				{ID: "demo-" + id + "-2", Code: "Typo", Category: "Timed Text", Severity: sourcerequest.SeverityFYI, TimecodeIn: "00:41:30:02", Description: "a name is spelt in two ways"},
			}}
		}},
		{operator, func(string) sourcerequest.Command {
			return sourcerequest.AddComment{CommentID: fmt.Sprintf("demo-comment-%d", step), Text: "The premiere moved forward; please tell us early if this one is at risk."}
		}},
		{juniper, func(string) sourcerequest.Command {
			return sourcerequest.ChangeEstimatedDeliveryDate{Date: today + 9, Reason: "the mix is being recalled; a second pass is needed"}
		}},
		{lantern, func(string) sourcerequest.Command {
			return sourcerequest.ChangeMaterialStatus{MaterialStatus: sourcerequest.MaterialRejected, Reason: "the proxy has no guide track"}
		}},
		{operator, func(string) sourcerequest.Command {
			return sourcerequest.RequestRedelivery{Scope: sourcerequest.RedeliveryMetadataOnly, Reasons: []string{"the language tag names the wrong territory"}}
		}},
	}
	const each, among = 12, 1_000
	for n, s := range stories {
		done := 0
		for k := n; k < among && done < each; k += 3 {
			id := fmt.Sprint(4_000_001 + k)
			changed, err := do(id, s.by, s.c(id))
			if err != nil {
				return fmt.Errorf("demo: request %s: %w", id, err)
			}
			if changed {
				done++
			}
		}
	}
	return nil
}
