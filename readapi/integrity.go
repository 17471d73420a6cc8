package readapi

import (
	"context"
	"math"
	"net/http"
	"strconv"

	"backlot/domain"
	"backlot/domain/seal"
)

// Integrity seals the log and verifies it.
type Integrity interface {
	// Seal seals everything that is in the log now and returns the last seal;
	// ok is false while there is nothing to seal.
	Seal(ctx context.Context) (last seal.Listed, ok bool, err error)
	// Seals returns at most limit seals, from a revision of their stream on.
	Seals(ctx context.Context, from uint64, limit int) ([]seal.Listed, error)
	// NewestSeals returns at most limit seals before a revision of their stream,
	// newest first; math.MaxUint64 is behind the last one.
	NewestSeals(ctx context.Context, before uint64, limit int) ([]seal.Listed, error)
	// Verify verifies the whole log, and with deep every stream;
	// CodeConflict while another verification runs.
	Verify(ctx context.Context, deep bool) (seal.Report, error)
}

type sealAnswer struct {
	Seal *seal.ListedJSON `json:"seal"`
}

type sealsAnswer struct {
	Seals []seal.ListedJSON `json:"seals"`
	Next  *string           `json:"next"`
}

type verifyBody struct {
	Deep bool `json:"deep"`
}

type reportAnswer struct {
	Intact    bool               `json:"intact"`
	Events    int                `json:"events"`
	Streams   int                `json:"streams"`
	Unchained int                `json:"unchained"`
	Seals     int                `json:"seals"`
	Sealed    uint64             `json:"sealed"`
	SealedTo  string             `json:"sealed_to"`
	Unsealed  int                `json:"unsealed"`
	Found     int                `json:"found"`
	Findings  []integrityFinding `json:"findings"`
}

type integrityFinding struct {
	Kind     seal.Kind `json:"kind"`
	Stream   *string   `json:"stream"`
	Revision *uint64   `json:"revision"`
	Position *string   `json:"position"`
	File     *string   `json:"file"`
	Text     string    `json:"text"`
}

// maxSeals is how many seals one answer lists.
const maxSeals = 1000

// watchesOver fails with CodeForbidden for those who do not watch over the log.
func watchesOver(by domain.Principal) error {
	if by.Role != domain.RoleOperator && by.Role != domain.RoleAuditor {
		return domain.Errorf(domain.CodeForbidden, "Only operators and auditors seal and verify the log.")
	}
	return nil
}

func (s *server) sealLog(x *exchange) error {
	if _, err := idempotencyKey(x.r); err != nil {
		return err
	}
	if err := watchesOver(x.by); err != nil {
		return err
	}
	last, ok, err := s.Integrity.Seal(x.r.Context())
	if err != nil {
		return err
	}
	if !ok {
		return x.answer(http.StatusOK, sealAnswer{})
	}
	j := last.JSON()
	return x.answer(http.StatusOK, sealAnswer{Seal: &j})
}

func (s *server) listSeals(x *exchange) error {
	if err := watchesOver(x.by); err != nil {
		return err
	}
	limit, err := x.number("limit", 1, maxSeals, maxSeals)
	if err != nil {
		return err
	}
	newest, err := x.flag("newest")
	if err != nil {
		return err
	}
	from := uint64(0)
	if newest {
		from = math.MaxUint64
	}
	if v, given := x.parameter("from"); given {
		if from, err = strconv.ParseUint(v, 10, 63); err != nil {
			return domain.Invalid("from", "from is the next of an answer, not "+strconv.Quote(v))
		}
	}
	read := s.Integrity.Seals
	if newest {
		read = s.Integrity.NewestSeals
	}
	list, err := read(x.r.Context(), from, limit)
	if err != nil {
		return err
	}
	a := sealsAnswer{Seals: []seal.ListedJSON{}}
	for _, l := range list {
		a.Seals = append(a.Seals, l.JSON())
	}
	if len(list) == limit {
		last := list[limit-1].Revision
		switch {
		case !newest:
			a.Next = new(string)
			*a.Next = strconv.FormatUint(last+1, 10)
		case last > 0:
			a.Next = new(string)
			*a.Next = strconv.FormatUint(last, 10)
		}
	}
	return x.answer(http.StatusOK, a)
}

func (s *server) verifyLog(x *exchange) error {
	if _, err := idempotencyKey(x.r); err != nil {
		return err
	}
	if err := watchesOver(x.by); err != nil {
		return err
	}
	var body verifyBody
	if _, err := s.readBody(x, &body, true); err != nil {
		return err
	}
	r, err := s.Integrity.Verify(x.r.Context(), body.Deep)
	if err != nil {
		return err
	}
	if r.Found > 0 {
		s.Logger.Error("the log is not what was recorded", "findings", r.Found, "first", r.Findings[0].Text)
	}
	a := reportAnswer{
		Intact: r.Found == 0, Events: r.Events, Streams: r.Streams, Unchained: r.Unchained, Seals: r.Seals, Sealed: r.Sealed,
		SealedTo: r.SealedTo.String(), Unsealed: r.Unsealed, Found: r.Found, Findings: []integrityFinding{},
	}
	for _, f := range r.Findings {
		a.Findings = append(a.Findings, integrityFindingOf(f))
	}
	return x.answer(http.StatusOK, a)
}

func integrityFindingOf(f seal.Finding) integrityFinding {
	a := integrityFinding{Kind: f.Kind, Stream: orNull(f.Stream), File: orNull(f.File), Text: f.Text}
	if f.Stream != "" {
		a.Revision = &f.Revision
	}
	if f.Position > 0 {
		a.Position = orNull(f.Position.String())
	}
	return a
}
