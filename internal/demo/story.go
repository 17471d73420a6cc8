package demo

import (
	"context"
	"fmt"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// Commands gives commands to source requests; commands.SourceRequests does.
type Commands interface {
	Change(ctx context.Context, id string, c sourcerequest.Command, i domain.Instruction) (sourcerequest.Outcome, error)
}

// FirstRequest is the id of the catalogue's first request.
const FirstRequest = "4000001"

// play is the demo's people at work.
type play struct {
	ctx          context.Context
	commands     Commands
	files        Files
	operator, qc domain.Principal
	steps        int
}

type step struct {
	by domain.Principal
	c  sourcerequest.Command
}

// Play lets the demo's people work on those requests of the catalogue that
// accept what they want, so that materials, deliveries, comments, quality
// controls and histories are there to look at.
func Play(ctx context.Context, commands Commands, files Files, today domain.Date) error {
	people := map[string]domain.Principal{}
	for _, i := range Identities() {
		people[i.Token] = i.Principal
	}
	juniper, lantern, halden := people["demo-juniper"], people["demo-lantern"], people["demo-halden"]
	p := &play{ctx: ctx, commands: commands, files: files, operator: people["demo-operator"], qc: people["demo-qc"]}
	say := func(by domain.Principal, c func(id string) sourcerequest.Command) func(string, int) (bool, error) {
		return func(id string, _ int) (bool, error) { return p.do(id, by, c(id)) }
	}
	stories := []func(id string, number int) (bool, error){
		say(p.qc, func(id string) sourcerequest.Command { return blocked(id) }),
		say(p.operator, func(id string) sourcerequest.Command {
			return sourcerequest.AddComment{CommentID: "demo-comment-" + id, Text: "The premiere moved forward; please tell us early if this one is at risk."}
		}),
		say(juniper, func(string) sourcerequest.Command {
			return sourcerequest.ChangeEstimatedDeliveryDate{Date: today + 9, Reason: "the mix is being recalled; a second pass is needed"}
		}),
		say(lantern, func(string) sourcerequest.Command {
			return sourcerequest.ChangeMaterialStatus{MaterialStatus: sourcerequest.MaterialRejected, Reason: "the proxy has no guide track"}
		}),
		say(p.operator, func(string) sourcerequest.Command {
			return sourcerequest.RequestRedelivery{Scope: sourcerequest.RedeliveryMetadataOnly, Reasons: []string{"the language tag names the wrong territory"}}
		}),
	}
	for n, s := range stories {
		if err := p.some(12, n, 3, s); err != nil {
			return err
		}
	}
	// From the other end of the catalogue, so that its beginning has more to do.
	for _, house := range []domain.Principal{juniper, lantern} {
		for _, s := range []struct {
			times int
			act   func(id string, number int) (bool, error)
		}{
			{18, func(id string, number int) (bool, error) { return p.deliver(id, house, number) }},
			{2, func(id string, _ int) (bool, error) { return p.send(id, house) }},
		} {
			if err := p.some(s.times, among-1, -2, s.act); err != nil {
				return err
			}
		}
	}
	return p.some(6, among-2, -3, func(id string, _ int) (bool, error) { return p.provide(id, halden) })
}

// among is how many requests of the catalogue somebody looks at.
const among = 1_000

// some acts on so many requests as accept it, from one on, each so many further.
func (p *play) some(times, from, by int, act func(id string, number int) (bool, error)) error {
	done := 0
	for k := from; k >= 0 && k < among && done < times; k += by {
		id := fmt.Sprint(4_000_001 + k)
		changed, err := act(id, done)
		if err != nil {
			return fmt.Errorf("demo: request %s: %w", id, err)
		}
		if changed {
			done++
		}
	}
	return nil
}

// do gives one command, and reports whether the request accepted it.
func (p *play) do(id string, by domain.Principal, c sourcerequest.Command) (bool, error) {
	p.steps++
	out, err := p.commands.Change(p.ctx, id, c, domain.Instruction{By: by, Key: fmt.Sprintf("demo/%d", p.steps)})
	switch domain.ErrorCode(err) {
	case domain.CodeRefused, domain.CodeNotFound, domain.CodeForbidden:
		return false, nil // not that one
	}
	return out.Changed, err
}
