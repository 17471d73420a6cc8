package commands

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"backlot/domain"
	"backlot/domain/job"
	"backlot/domain/sourcerequest"
)

// bulk gives one action to many requests.
type bulk struct {
	command sourcerequest.Command
	hash    string // of the parameters
}

func (r *run) openBulk() (part, error) {
	s := r.l.state
	command, err := decodeAction(s.Action, s.Parameters)
	if err != nil {
		return nil, failure{&domain.Error{Code: domain.CodeRefused, Message: fmt.Sprintf("this version of the server does not know the action %q", s.Action), Err: err}}
	}
	hash := sha256.Sum256(s.Parameters)
	return bulk{command, hex.EncodeToString(hash[:])}, nil
}

func (bulk) close() {}

func (b bulk) chunk(ctx context.Context, r *run) (job.Progressed, bool, bool, error) {
	s := r.l.state
	items := s.Chunks[s.Next]
	results := make([]result, len(items))
	by, active := r.by()
	done := each(r.stopping, ctx, items, func(n int, item job.Item) {
		results[n].id = item.ID
		if !active {
			results[n].err = errInactive
			return
		}
		results[n].err = r.patiently(ctx, func() (err error) {
			results[n].out, err = b.give(ctx, r, by, item)
			return err
		})
	})
	if err := ctx.Err(); err != nil {
		return job.Progressed{}, false, false, err // the next run goes through the chunk again
	}
	return r.tally(results[:done]), s.Next == len(s.Chunks)-1, done == len(items), nil
}

// give gives the action to one request, under a key by which the request knows
// it again. What was begun is ended also when this process is to stop.
func (b bulk) give(ctx context.Context, r *run, by domain.Principal, item job.Item) (sourcerequest.Outcome, error) {
	i := domain.Instruction{By: by, Key: "job/" + r.id + "/" + item.ID, BodyHash: b.hash, CorrelationID: r.l.state.Correlation}
	return r.Requests.Change(context.WithoutCancel(ctx), item.ID, forItem(b.command, item, i), i)
}
