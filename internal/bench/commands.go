package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// commands lets clients give commands over HTTP, each to requests of its own,
// and by turns appends the same events through the client to the same store.
func (w *world) commands(ctx context.Context) (_ []measure, err error) {
	address, err := w.portal.store()
	if err != nil {
		return nil, err
	}
	client, err := rawClient(address)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	const ownRequests = 20 // of each writer
	var drafts []domain.Draft
	for n := range 512 {
		e := sourcerequest.EstimatedDeliveryDateChanged{Date: today + domain.Date(20+n%60), Reason: "The mix took longer than planned"}
		drafts = append(drafts, draftOf(e, fmt.Sprint("raw/", n), n, Now))
	}
	pool, err := rawEvents(drafts)
	if err != nil {
		return nil, err
	}
	open := openRequests(w.n, writers*ownRequests)
	var given, raw []float64
	for round := range w.run.Rounds {
		if err := w.portal.settle(ctx); err != nil {
			return nil, err
		}
		rate, err := appendFor(ctx, client, fmt.Sprintf("benchRaw-%s-%d", uuid.NewString(), round), pool, w.run.Window)
		if err != nil {
			return nil, err
		}
		raw = append(raw, rate)
		if err := w.portal.settle(ctx); err != nil {
			return nil, err
		}
		rate, err = during(ctx, w.run.Window, func(ctx context.Context, writer, n int) error {
			id := open[(writer*ownRequests+n%ownRequests)%len(open)]
			date := today + domain.Date(20+(n/ownRequests+round*7)%300)
			var answer bytes.Buffer
			body := fmt.Sprintf(`{"date":%q,"reason":"The mix took longer than planned"}`, date.String())
			return w.portal.send(ctx, http.MethodPost, "/requests/"+id+"/estimated-delivery-date", uuid.NewString(), strings.NewReader(body), &answer)
		})
		if err != nil {
			return nil, err
		}
		given = append(given, rate)
	}
	return []measure{of(onlyCommands, "commands/s over HTTP ÷ raw appends/s of the same events, 64 at a time", w.n, "×", ratios(given, raw), atLeast(0.5),
		detail{"commands", median(given), "/s"}, detail{"raw appends to the same store", median(raw), "/s"})}, nil
}

// openRequests returns ids of requests that take commands.
func openRequests(n, most int) []string {
	var out []string
	for q := range catalogue(n) {
		if q.facts.Open {
			if out = append(out, q.id); len(out) == most {
				break
			}
		}
	}
	return out
}

// imports sends files of rows to an empty portal, and by turns appends the same
// events through the client to the same store, each to a stream of its own.
func (r *run) imports(ctx context.Context, n int) (_ []measure, err error) {
	w := &world{run: r, n: n, redis: nil}
	if w.dir, err = makeDir(r.dir); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if w.redis, err = startRedis(ctx, w.dir, "redis"); err != nil {
		return nil, err
	}
	if w.portal, err = startPortal(ctx, r.Program, w.data(), w.redis); err != nil {
		return nil, err
	}
	if err := w.portal.ready(ctx); err != nil {
		return nil, err
	}
	address, err := w.portal.store()
	if err != nil {
		return nil, err
	}
	client, err := rawClient(address)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	each := n / r.Rounds
	var in, raw []float64
	next, stop := pull(catalogue(n))
	defer stop()
	for round := range r.Rounds {
		var file bytes.Buffer
		var drafts []domain.Draft
		file.WriteString(importHeader)
		for range each {
			q, ok := next()
			if !ok {
				break
			}
			q.importRow(&file)
			drafts = append(drafts, draftOf(q.imported(), q.id, 0, Now))
		}
		events, err := rawEvents(drafts)
		if err != nil {
			return nil, err
		}
		rows := len(drafts)
		drafts = nil
		if err := w.portal.settle(ctx); err != nil {
			return nil, err
		}
		rate, err := appendAll(ctx, client, fmt.Sprintf("benchRaw%d", round), events)
		if err != nil {
			return nil, err
		}
		raw = append(raw, rate)
		if err := w.portal.settle(ctx); err != nil {
			return nil, err
		}
		begun := time.Now()
		if err := w.importFile(ctx, &file, rows); err != nil {
			return nil, err
		}
		in = append(in, float64(rows)/time.Since(begun).Seconds())
		r.say("imported %s of %s rows", count((round+1)*each), count(n))
	}
	return []measure{of(onlyImport, "import rows/s ÷ raw appends/s of the same events, one stream each, 64 at a time", n, "×", ratios(in, raw), atLeast(0.7),
		detail{"rows", median(in), "/s"}, detail{"raw appends to the same store", median(raw), "/s"})}, nil
}

// importFile returns when every row has come in.
func (w *world) importFile(ctx context.Context, file io.Reader, rows int) error {
	var answer bytes.Buffer
	if err := w.portal.send(ctx, http.MethodPost, "/import?name=bench.csv", uuid.NewString(), file, &answer); err != nil {
		return err
	}
	var j struct {
		ID     string `json:"id"`
		Phase  string `json:"phase"`
		Opened int    `json:"opened"`
	}
	if err := unmarshal(answer.Bytes(), &j); err != nil {
		return err
	}
	for j.Phase == "" || j.Phase == "Running" {
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return err
		}
		if err := w.portal.get(ctx, "/jobs/"+j.ID, &j); err != nil {
			return err
		}
	}
	if j.Phase != "Finished" || j.Opened != rows {
		return fmt.Errorf("the import ended as %s with %d of %d rows", j.Phase, j.Opened, rows)
	}
	return nil
}
