package commands

import (
	"log/slog"
	"unicode/utf8"

	"backlot/domain"
	"backlot/domain/job"
	"backlot/domain/sourcerequest"
)

// result is what came of one request or one row.
type result struct {
	id   string
	line int // of the file, 0 in a bulk job
	out  sourcerequest.Outcome
	err  error
}

// tally counts the results of a chunk.
func (r *run) tally(results []result) job.Progressed {
	var p job.Progressed
	for _, one := range results {
		switch {
		case one.err != nil:
			p.Refused++
			p.Refusals = append(p.Refusals, r.refusal(one))
			continue
		case !one.out.Changed:
			p.Unchanged++
			continue
		case one.out.Revision == 0:
			p.Opened++
		default:
			p.Changed++
		}
		p.Position = max(p.Position, one.out.Position)
	}
	return p
}

func (r *run) refusal(one result) job.Refusal {
	e := asError(one.err)
	if e.Code == domain.CodeInternal {
		r.logger.Error("a job could not change a request", slog.String("job", r.id), slog.String("request_id", one.id), slog.Any("error", one.err))
		e = errUnforeseen
	}
	return job.Refusal{Line: one.line, ID: one.id, Code: e.Code, Reason: cut(e.Message, maxRefusalReason), Field: e.Field, Allowed: e.Allowed}
}

var errUnforeseen = domain.Errorf(domain.CodeInternal, "an unexpected error; see the server's log")

// Sizes of what one event spells out: an append takes 1 MiB.
const (
	maxRefusalReason = 300       // bytes of one reason
	maxRefusalsSize  = 600 << 10 // bytes of all reasons of a chunk, and what would be accepted
	shortReason      = 100       // bytes of one reason where they are too many
)

// bounded makes the refusals of a chunk fit into one event.
func bounded(refusals []job.Refusal) []job.Refusal {
	size := 0
	for _, r := range refusals {
		size += 2 * len(r.Reason) // quotes are escaped
		for _, a := range r.Allowed {
			size += len(a) + 3
		}
	}
	if size <= maxRefusalsSize {
		return refusals
	}
	for i := range refusals {
		refusals[i].Reason, refusals[i].Allowed = cut(refusals[i].Reason, shortReason), nil
	}
	return refusals
}

// cut shortens a text to some bytes.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "…"
}
