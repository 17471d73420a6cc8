package inspection

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"backlot/domain"
	"backlot/domain/finding"
	"backlot/domain/sourcerequest"
)

// Streams reads single streams of the event store.
type Streams interface {
	// ReadStream calls each with every event of the stream in order.
	ReadStream(ctx context.Context, stream string, each func(domain.Recorded) error) error
}

// Requests are the use cases that change source requests.
type Requests interface {
	// Change gives a command to an existing request; a key that it knows gets its
	// first answer again.
	Change(ctx context.Context, id string, c sourcerequest.Command, i domain.Instruction) (sourcerequest.Outcome, error)
}

// Config is what an Inspector needs. Fields with a default may be left out.
type Config struct {
	Streams  Streams
	Requests Requests
	// Open opens a delivered file; CodeNotFound where it is not here, because it
	// came another way.
	Open  func(ctx context.Context, fileID string) (Content, error)
	Tools Tools

	AtOnce int          // inspections under way at a time; default 2
	Logger *slog.Logger // default slog.Default()
	// Wait returns nil after d, or an error as soon as ctx ends; default a timer.
	Wait func(ctx context.Context, d time.Duration) error
	// Inspect looks at the files of a delivery; default Tools.Inspect.
	Inspect func(ctx context.Context, a Asset, files []File) (Verdict, error)
}

// Inspector has each delivery inspected whose files are here, and gives the
// verdict to its request. It is given the events of requests, each at least
// once and in any order between requests: what is left to do it finds in the
// request itself, and a command key of the delivery's own sees to it that there
// is one verdict, whoever gives it how often.
type Inspector struct {
	Config
	slots chan struct{}

	mu       sync.Mutex
	busy     map[string]*hold
	progress Progress
}

// Progress is what an inspector did since its start.
type Progress struct {
	Clean     uint64 // deliveries in which nothing is wrong
	Found     uint64 // deliveries with findings
	Failed    uint64 // deliveries over which inspection broke down
	Elsewhere uint64 // deliveries whose files are not here
	Retries   uint64 // tries that failed and were repeated
	UnderWay  int    // deliveries that are being inspected, or wait for it
}

// NewInspector returns an inspector; the error is CodeInternal and names what
// is missing.
func NewInspector(c Config) (*Inspector, error) {
	if c.AtOnce == 0 {
		c.AtOnce = 2
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Wait == nil {
		c.Wait = wait
	}
	if c.Inspect == nil {
		c.Inspect = c.Tools.Inspect
	}
	if c.Streams == nil || c.Requests == nil || c.Open == nil || c.AtOnce < 1 {
		return nil, domain.Errorf(domain.CodeInternal, "the inspector is not wired: it needs streams, requests, files and at least one inspection at a time")
	}
	return &Inspector{Config: c, slots: make(chan struct{}, c.AtOnce), busy: map[string]*hold{}}, nil
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Progress returns what the inspector did.
func (i *Inspector) Progress() Progress {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.progress
}

func (i *Inspector) note(change func(*Progress)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	change(&i.progress)
}

// Act does what an event asks for, and returns when that is done, or with the
// error of ctx. Whatever else goes wrong is tried again.
func (i *Inspector) Act(ctx context.Context, r domain.Recorded) error {
	switch r.Event.(type) {
	case sourcerequest.DeliveryCompleted:
	case sourcerequest.Reinstated: // a verdict could not be given to a cancelled request
	default:
		return nil
	}
	id, ok := sourcerequest.IDOf(r.Stream)
	if !ok {
		return nil
	}
	defer i.hold(id)()
	i.note(func(p *Progress) { p.UnderWay++ })
	defer i.note(func(p *Progress) { p.UnderWay-- })
	var s sourcerequest.State
	err := i.untilItWorks(ctx, "read the request", id, func() error {
		s = sourcerequest.State{}
		return i.Streams.ReadStream(ctx, r.Stream, func(r domain.Recorded) error {
			s = sourcerequest.Fold(s, r)
			return nil
		})
	})
	if err != nil || s.Status == sourcerequest.StatusCancelled || s.Status == sourcerequest.StatusUpgraded {
		return err
	}
	for _, d := range s.Deliveries {
		if d.CompletedAt.IsZero() || !d.InspectedAt.IsZero() {
			continue
		}
		if err := i.delivery(ctx, id, s, d); err != nil {
			return err
		}
	}
	return nil
}

// delivery inspects one delivery and gives the verdict.
func (i *Inspector) delivery(ctx context.Context, id string, s sourcerequest.State, d sourcerequest.Delivery) error {
	files, err := i.files(ctx, id, d)
	if err != nil {
		return err
	}
	if files == nil {
		i.note(func(p *Progress) { p.Elsewhere++ })
		return nil
	}
	verdict, failed, err := i.inspect(ctx, id, Asset{SourceType: s.SourceType, Language: s.Language}, files)
	if err != nil {
		return err
	}
	return i.give(ctx, id, d.ID, verdict, failed)
}

// files returns the files of a delivery, nil if not all of them are here.
func (i *Inspector) files(ctx context.Context, id string, d sourcerequest.Delivery) (files []File, err error) {
	for _, f := range d.Files {
		if f.Location != "" {
			return nil, nil
		}
		here := false
		err := i.untilItWorks(ctx, "look for a file", id, func() error {
			c, err := i.Open(ctx, f.ID)
			if domain.ErrorCode(err) == domain.CodeNotFound {
				return nil
			}
			if err != nil {
				return err
			}
			here = true
			return c.Close()
		})
		if err != nil {
			return nil, err
		}
		if !here {
			i.Logger.Warn("a delivery is not inspected: a file is not in the store", "request", id, "delivery", d.ID, "file", f.ID)
			return nil, nil
		}
		files = append(files, File{ID: f.ID, Name: f.Name, Size: f.Size, SHA256: f.SHA256, Open: func(ctx context.Context) (Content, error) { return i.Open(ctx, f.ID) }})
	}
	return files, nil
}

// attempts is how often an inspection may break down before that is the verdict.
// A store that does not answer does not count.
const attempts = 3

// inspect looks at the files until that works. After it has broken down too
// often, failed is true and the verdict says so: a person has to look.
func (i *Inspector) inspect(ctx context.Context, id string, a Asset, files []File) (v Verdict, failed bool, err error) {
	broke := 0
	for tries := 1; ; tries++ {
		select {
		case i.slots <- struct{}{}:
		case <-ctx.Done():
			return v, false, ctx.Err()
		}
		v, err := i.guarded(ctx, a, files)
		<-i.slots
		switch {
		case err == nil:
			return v, false, nil
		case ctx.Err() != nil:
			return v, false, ctx.Err()
		case !passing(err):
			broke++
		}
		i.Logger.Error("an inspection failed", "request", id, "try", tries, "error", err)
		if broke == attempts {
			return brokenDown(files), true, nil
		}
		if err := i.again(ctx, tries); err != nil {
			return v, false, err
		}
	}
}

// guarded makes an error of a panic: a parser's mistake must not end the portal.
func (i *Inspector) guarded(ctx context.Context, a Asset, files []File) (v Verdict, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return i.Inspect(ctx, a, files)
}

// passing reports whether an error may pass by itself.
func passing(err error) bool {
	switch domain.ErrorCode(err) {
	case domain.CodeUnavailable, domain.CodeTimeout, domain.CodeConflict, domain.CodeThrottled:
		return true
	}
	return errors.Is(err, context.DeadlineExceeded)
}

func brokenDown(files []File) Verdict {
	v := Verdict{Findings: []sourcerequest.Finding{{
		Code: finding.InspectionFailed, Text: fmt.Sprintf("Inspection broke down %d times over this delivery, which says nothing of its files. The portal's log has the cause.", attempts),
	}}}
	for _, f := range files {
		v.Examined = append(v.Examined, sourcerequest.Examination{FileID: f.ID, As: "Nothing", Note: "Inspection broke down."})
	}
	return v
}

// Account is who gives the verdicts, and moves the checkpoint.
const Account = "inspection"

// instruction is who gives a verdict, and the key that makes it the only one of
// its delivery. The hash does not cover the findings: of two inspectors the
// first one's verdict holds, and the second one's is its answer again.
func instruction(id, delivery string) domain.Instruction {
	sum := sha256.Sum256([]byte(id + "\x00" + delivery))
	return domain.Instruction{
		By:  domain.Principal{Account: Account, Role: domain.RoleSystem},
		Key: "verdict/" + hex.EncodeToString(sum[:]), BodyHash: hex.EncodeToString(sum[:]),
	}
}

// give records the verdict.
func (i *Inspector) give(ctx context.Context, id, delivery string, v Verdict, failed bool) error {
	by := instruction(id, delivery)
	err := i.untilItWorks(ctx, "give the verdict", id, func() error {
		for n := range v.Findings {
			v.Findings[n].ID = by.NewID("finding/" + strconv.Itoa(n))
		}
		_, err := i.Requests.Change(ctx, id, sourcerequest.RecordInspection{DeliveryID: delivery, Findings: v.Findings, Examined: v.Examined, First: true}, by)
		switch domain.ErrorCode(err) {
		case domain.CodeRefused, domain.CodeNotFound, domain.CodeKeyReused:
			// Cancelled meanwhile, which its reinstating makes good; or there is a verdict.
			i.Logger.Info("a verdict was not taken", "request", id, "delivery", delivery, "error", err)
			return nil
		case domain.CodeInvalid:
			// A mistake of inspection's own. The request must not wait for its mending.
			v, failed = brokenDown(nil), true
		}
		return err
	})
	if err != nil {
		return err
	}
	i.note(func(p *Progress) {
		switch {
		case failed:
			p.Failed++
		case len(v.Findings) > 0:
			p.Found++
		default:
			p.Clean++
		}
	})
	return nil
}

// untilItWorks tries something again until it works or ctx ends. Nothing that
// is done here can be wrong in itself.
func (i *Inspector) untilItWorks(ctx context.Context, what, id string, do func() error) error {
	said := ""
	for tries := 1; ; tries++ {
		err := do()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case err.Error() != said:
			said = err.Error()
			i.Logger.Error("inspection cannot go on at the moment", "cannot", what, "request", id, "error", err)
		}
		if err := i.again(ctx, tries); err != nil {
			return err
		}
	}
}

// again waits before another try: 100 ms, doubled with each, up to about a minute.
func (i *Inspector) again(ctx context.Context, tries int) error {
	i.note(func(p *Progress) { p.Retries++ })
	return i.Wait(ctx, 100*time.Millisecond<<min(tries-1, 9))
}

// hold is a request that somebody is busy with.
type hold struct {
	sync.Mutex
	waiting int
}

// hold keeps others from the same request until it is let go.
func (i *Inspector) hold(id string) (letGo func()) {
	i.mu.Lock()
	h := i.busy[id]
	if h == nil {
		h = &hold{}
		i.busy[id] = h
	}
	h.waiting++
	i.mu.Unlock()
	h.Lock()
	return func() {
		h.Unlock()
		i.mu.Lock()
		defer i.mu.Unlock()
		if h.waiting--; h.waiting == 0 {
			delete(i.busy, id)
		}
	}
}
