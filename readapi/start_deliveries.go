package readapi

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"golang.org/x/sync/errgroup"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

const (
	maxDeliveries = 1_000  // that begin at once
	maxFilesOfAll = 10_000 // of them together
)

type startDeliveriesBody struct {
	Deliveries []struct {
		RequestID string                       `json:"request_id"`
		Method    sourcerequest.DeliveryMethod `json:"method"`
		Complete  string                       `json:"complete"`
		Files     []declaredFileBody           `json:"files"`
	} `json:"deliveries"`
}

type deliveryOutcomeAnswer struct {
	RequestID string          `json:"request_id"`
	Status    int             `json:"status"`
	Delivery  *deliveryAnswer `json:"delivery"`
	Problem   *problem        `json:"problem"`
}

type deliveriesAnswer struct {
	Position string                  `json:"position"`
	Started  int                     `json:"started"`
	Refused  int                     `json:"refused"`
	Outcomes []deliveryOutcomeAnswer `json:"outcomes"`
}

// startDeliveries begins deliveries of many requests, each for itself: one that
// is refused is no reason to refuse another. Sent again it gives the same
// deliveries, and begins those that a crash kept from it.
func (s *server) startDeliveries(x *exchange) error {
	i := domain.Instruction{By: x.by, CorrelationID: x.id}
	var err error
	if i.Key, err = idempotencyKey(x.r); err != nil {
		return err
	}
	var body startDeliveriesBody
	canonical, err := readBodies(s.MaxBulk, x, false, &body)
	if err != nil {
		return err
	}
	i.BodyHash = bodyHash(x.r, canonical)
	if x.by.Role != domain.RoleOperator && x.by.Role != domain.RoleFulfillmentPartner {
		return domain.Errorf(domain.CodeForbidden, "the role %s delivers no files", x.by.Role)
	}
	if len(body.Deliveries) == 0 || len(body.Deliveries) > maxDeliveries {
		return domain.Invalid("deliveries", fmt.Sprintf("deliveries lists 1 to %d deliveries", maxDeliveries))
	}
	files, starts := 0, make([]sourcerequest.StartDelivery, len(body.Deliveries))
	for n, d := range body.Deliveries {
		files += len(d.Files)
		b := startDeliveryBody{Method: d.Method, Complete: d.Complete, Files: d.Files}
		if starts[n], err = b.command(x.r, nth(i, n)); err == nil {
			err = s.fits(starts[n])
		}
		if err != nil {
			return inField(fmt.Sprintf("deliveries[%d].", n), err)
		}
	}
	if files > maxFilesOfAll {
		return domain.Invalid("deliveries", fmt.Sprintf("the deliveries have %d files together; at most %d", files, maxFilesOfAll))
	}
	if err := s.awaitOrganisations(x); err != nil {
		return err
	}
	a := deliveriesAnswer{Outcomes: make([]deliveryOutcomeAnswer, len(body.Deliveries))}
	positions := make([]domain.Position, len(body.Deliveries))
	g, ctx := errgroup.WithContext(x.r.Context())
	g.SetLimit(lookups)
	for n, d := range body.Deliveries {
		g.Go(func() error {
			a.Outcomes[n], positions[n] = s.startOneOfMany(ctx, x, d.RequestID, starts[n], nth(i, n))
			return ctx.Err()
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	var last domain.Position
	for n, o := range a.Outcomes {
		last = max(last, positions[n])
		if o.Problem == nil {
			a.Started++
		} else {
			a.Refused++
		}
	}
	a.Position = last.String()
	return x.answer(http.StatusOK, a)
}

// nth is the instruction of one of many, which knows what it did before.
func nth(i domain.Instruction, n int) domain.Instruction {
	i.Key += "/" + strconv.Itoa(n)
	return i
}

// startOneOfMany begins a delivery and tells what came of it.
func (s *server) startOneOfMany(ctx context.Context, x *exchange, id string, c sourcerequest.StartDelivery, i domain.Instruction) (deliveryOutcomeAnswer, domain.Position) {
	o, err := s.Commands.Change(ctx, id, c, i)
	if err != nil {
		return s.refusedOne(x, id, err), 0
	}
	v := view{server: s, by: x.by, id: o.ID, state: o.State, words: x.words()}
	d, _ := o.State.Delivery(c.DeliveryID)
	a := v.delivery(d, nil, v.fileIssues()) // what has just begun is not under way
	return deliveryOutcomeAnswer{RequestID: id, Status: http.StatusCreated, Delivery: &a}, o.Position
}

func (s *server) refusedOne(x *exchange, id string, err error) deliveryOutcomeAnswer {
	p := problemOf(err, x.words())
	if p.Status >= http.StatusInternalServerError {
		s.Logger.Warn("a delivery of many could not begin", "request_id", id, "request", x.id.String(), "error", err)
	}
	return deliveryOutcomeAnswer{RequestID: id, Status: p.Status, Problem: &p}
}
