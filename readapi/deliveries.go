package readapi

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"

	"golang.org/x/sync/errgroup"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/domain/upload"
)

// maxDeliveryFiles bounds one delivery; the files of the largest packages are fewer.
const maxDeliveryFiles = 2000

type startDeliveryBody struct {
	Method   sourcerequest.DeliveryMethod `json:"method"`
	Complete string                       `json:"complete"`
	Files    []declaredFileBody           `json:"files"`
}

type declaredFileBody struct {
	Name     string `json:"name"`
	Size     *int64 `json:"size"`
	SHA256   string `json:"sha256"`
	Location string `json:"location"`
}

// Ways in which a delivery is completed.
const (
	completesItself = "automatically"
	completedByHand = "manually"
)

// command returns the delivery that a body declares. What names nothing else
// came as whoever asks does.
func (b *startDeliveryBody) command(r *http.Request, i domain.Instruction) (sourcerequest.StartDelivery, error) {
	c := sourcerequest.StartDelivery{DeliveryID: i.NewID("delivery"), Method: b.Method}
	switch b.Complete {
	case "", completesItself:
		c.AutoComplete = true
	case completedByHand:
	default:
		return c, domain.Invalid("complete", fmt.Sprintf("complete is one of %s, %s", completesItself, completedByHand), completesItself, completedByHand)
	}
	if c.Method == "" {
		c.Method = sourcerequest.MethodBrowser
		if r.Header.Get("Authorization") != "" {
			c.Method = sourcerequest.MethodAPI
		}
	}
	if len(b.Files) > maxDeliveryFiles {
		return c, domain.Invalid("files", fmt.Sprintf("a delivery has at most %d files", maxDeliveryFiles))
	}
	for n, f := range b.Files {
		if f.Size == nil {
			return c, domain.Invalid(fmt.Sprintf("files[%d].size", n), fmt.Sprintf("files[%d].size is required: a number of bytes", n))
		}
		c.Files = append(c.Files, sourcerequest.DeclaredFile{ID: i.NewID(fmt.Sprintf("file/%d", n)), Name: f.Name, Size: *f.Size, SHA256: f.SHA256, Location: f.Location})
	}
	return c, nil
}

func (s *server) startDelivery(x *exchange) error {
	var body startDeliveryBody
	i, err := s.instruction(x, &body, false, false)
	if err != nil {
		return err
	}
	c, err := body.command(x.r, i)
	if err == nil {
		err = s.fits(c)
	}
	if err != nil {
		return s.orDenied(x, c, err)
	}
	outcome, err := s.Commands.Change(x.r.Context(), x.variable("id"), c, i)
	return s.answerCommand(x, http.StatusCreated, c, outcome, err)
}

// fits refuses what no upload could bring.
func (s *server) fits(c sourcerequest.StartDelivery) error {
	for n, f := range c.Files {
		if s.MaxUpload > 0 && f.Size > s.MaxUpload && f.Location == "" {
			return domain.Invalid(fmt.Sprintf("files[%d].size", n), fmt.Sprintf("a file that is uploaded has at most %d bytes", s.MaxUpload))
		}
	}
	return nil
}

func (s *server) completeDelivery(x *exchange) error {
	i, err := s.instruction(x, &struct{}{}, false, true)
	if err != nil {
		return err
	}
	c := sourcerequest.CompleteDelivery{DeliveryID: x.variable("deliveryId")}
	outcome, err := s.Commands.Change(x.r.Context(), x.variable("id"), c, i)
	return s.answerCommand(x, http.StatusOK, c, outcome, err)
}

// deliveryNow returns a delivery as the viewer may see it.
func (v view) deliveryNow(ctx context.Context, id string) *deliveryAnswer {
	d, ok := v.state.Delivery(id)
	if !ok || v.hides(d.StartedBy) {
		return nil
	}
	a := v.delivery(d, v.underway(ctx, d), v.fileIssues())
	return &a
}

// fileStatus is how far a file of a delivery has come.
type fileStatus string

// The statuses of files.
const (
	fileDeclared  fileStatus = "Declared"   // nothing has come of it
	fileUploading fileStatus = "Uploading"  // some of it has come
	fileChecking  fileStatus = "Checking"   // all of it has come and is looked at
	fileWaiting   fileStatus = "Waiting"    // the request does not take it now
	fileSendAgain fileStatus = "Send Again" // what came was not the declared file
	fileArrived   fileStatus = "Arrived"    // it is here
	fileClean     fileStatus = "Clean"      // inspection has nothing against it
	fileRejected  fileStatus = "Rejected"   // inspection has
)

// uploadAnswer is how to send a file with tus.
type uploadAnswer struct {
	Endpoint string            `json:"endpoint"`
	URL      string            `json:"url"`
	Metadata map[string]string `json:"metadata"`
}

// file returns a file of a delivery; u is what is under way of it, if anything.
func (v view) file(d sourcerequest.Delivery, f sourcerequest.DeliveryFile, u *upload.Upload, issues fileIssues) fileAnswer {
	a := fileAnswer{
		ID: f.ID, Name: f.Name, Size: f.Size, SHA256: orNull(f.SHA256), DeliveredAt: timeOrNull(f.DeliveredAt), Location: orNull(f.Location),
		Method: d.Method, Received: f.Size,
	}
	a.Status, a.Content, a.Downloads = statusOf(d, f, u), orNull(contentPath(v.id, d.ID, f)), v.downloads(sourcerequest.FileRef{DeliveryID: d.ID, ID: f.ID})
	a.Current, a.Previous = issues.of(d, f)
	if f.DeliveredAt.IsZero() {
		a.Received = 0
		if u != nil {
			a.Received, a.Problem = u.Offset, orNull(u.Problem)
		}
		if v.takes(d.ID) {
			a.Upload = &uploadAnswer{Endpoint: uploadsPath, URL: uploadsPath + f.ID, Metadata: map[string]string{
				"request_id": v.id, "delivery_id": d.ID, "file_id": f.ID, "filename": f.Name,
			}}
		}
	} else if !d.InspectedAt.IsZero() {
		a.ProcessedAt = timeOrNull(d.InspectedAt)
	}
	return a
}

func statusOf(d sourcerequest.Delivery, f sourcerequest.DeliveryFile, u *upload.Upload) fileStatus {
	switch {
	case !f.DeliveredAt.IsZero() && d.InspectedAt.IsZero():
		return fileArrived
	case !f.DeliveredAt.IsZero():
		for _, finding := range d.Findings {
			if finding.FileID == f.ID && !finding.Overridden {
				return fileRejected
			}
		}
		return fileClean
	case u == nil:
		return fileDeclared
	case u.Whole() && u.Problem != "":
		return fileWaiting
	case u.Whole():
		return fileChecking
	case u.Offset > 0:
		return fileUploading
	case u.Problem != "":
		return fileSendAgain
	}
	return fileDeclared
}

// takes asks the domain whether the viewer could send a file of a delivery.
func (v view) takes(deliveryID string) bool {
	c := sourcerequest.CompleteDelivery{DeliveryID: deliveryID}
	if sourcerequest.Authorize(v.by, v.state, c) != nil || !v.state.Status.IsOpen() {
		return false
	}
	d, ok := v.state.Delivery(deliveryID)
	return ok && d.CompletedAt.IsZero()
}

const (
	lookups    = 8   // uploads that are asked after at the same time
	maxLookups = 500 // for one answer; of the rest it is not told how far they are
)

// underway returns what is on its way of the files of deliveries, by file id.
// A store of files that does not answer only makes the answer less exact.
func (s *server) underway(ctx context.Context, deliveries ...sourcerequest.Delivery) map[string]*upload.Upload {
	var mu sync.Mutex
	found := map[string]*upload.Upload{}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(lookups)
	left := maxLookups
	for _, d := range deliveries {
		for _, f := range d.Files {
			if !f.DeliveredAt.IsZero() || left == 0 {
				continue
			}
			left--
			g.Go(func() error {
				u, ok, err := s.Uploads.Progress(ctx, f.ID)
				if err != nil || !ok {
					return err
				}
				mu.Lock()
				defer mu.Unlock()
				found[f.ID] = &u
				return nil
			})
		}
	}
	if err := g.Wait(); err != nil {
		s.Logger.LogAttrs(ctx, slog.LevelWarn, "how far uploads have come is not known", slog.Any("error", err))
	}
	return found
}
