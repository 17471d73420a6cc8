package readapi

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	tus "github.com/tus/tusd/v2/pkg/handler"
	"github.com/tus/tusd/v2/pkg/prometheuscollector"
	"golang.org/x/exp/slog" // tusd's log is of this type

	"backlot/domain"
	"backlot/domain/upload"
)

// uploadsPath is where tus clients send files to; the id of an upload follows.
const uploadsPath = "/uploads/"

// tusExtensions are those that are offered. A file is not sent with the request
// that creates its upload, for a second one would add to the first.
const tusExtensions = "creation,termination"

// Uploads are the use cases of files on their way.
type Uploads interface {
	// Begin says whether the principal may send a file of so many bytes, and
	// returns its id and what is kept beside it.
	Begin(ctx context.Context, by domain.Principal, fileID string, wanted upload.Ticket, size int64) (id string, t upload.Ticket, err error)
	// Admit says whether the principal may look at an upload or, writing, send
	// bytes of it or take it back: nil, or CodeNotFound for what does not exist
	// for them.
	Admit(ctx context.Context, by domain.Principal, id string, writing bool) (upload.Upload, error)
	// Whole says that the last byte of an upload came. It returns when the file
	// is safe.
	Whole(ctx context.Context, id string) error
	// Progress returns an upload as it stands; ok is false if there is none.
	Progress(ctx context.Context, id string) (u upload.Upload, ok bool, err error)
}

// FileStore is where tus puts the bytes of uploads.
type FileStore interface{ UseIn(*tus.StoreComposer) }

// newTus returns tusd's handler below uploadsPath.
func (s *server) newTus() (http.Handler, error) {
	composer := tus.NewStoreComposer()
	s.FileStore.UseIn(composer)
	h, err := tus.NewHandler(tus.Config{
		StoreComposer: composer, BasePath: uploadsPath, MaxSize: s.MaxUpload, DisableDownload: true,
		Cors:                      &tus.CorsConfig{Disable: true}, // another site's page may not send files
		Logger:                    slog.New(quietly{}),
		PreUploadCreateCallback:   s.beginUpload,
		PreFinishResponseCallback: s.finishUpload,
	})
	if err != nil {
		return nil, err
	}
	if err := s.Config.Metrics.Register(prometheuscollector.New(h.Metrics)); err != nil && !errors.As(err, new(prometheus.AlreadyRegisteredError)) {
		return nil, err
	}
	return http.StripPrefix(strings.TrimSuffix(uploadsPath, "/"), h), nil
}

// quietly is a log for what the exchange's own line says already.
type quietly struct{}

func (quietly) Enabled(context.Context, slog.Level) bool  { return false }
func (quietly) Handle(context.Context, slog.Record) error { return nil }
func (q quietly) WithAttrs([]slog.Attr) slog.Handler      { return q }
func (q quietly) WithGroup(string) slog.Handler           { return q }

func (s *server) discoverUploads(x *exchange) error { return s.passToTus(x) }

func (s *server) createUpload(x *exchange) error {
	if x.r.Header.Get("Content-Type") == "application/offset+octet-stream" {
		return &domain.Error{
			Code: codeUnsupportedMediaType, Field: "Content-Type",
			Message: "The bytes of a file are sent with PATCH to the upload that this request creates, not with the request.",
		}
	}
	return s.passToTus(x)
}

func (s *server) lookAtUpload(x *exchange) error {
	if _, err := s.Uploads.Admit(x.r.Context(), x.by, x.variable("uploadId"), false); err != nil {
		return err
	}
	return s.passToTus(x)
}

func (s *server) sendToUpload(x *exchange) error {
	if _, err := s.Uploads.Admit(x.r.Context(), x.by, x.variable("uploadId"), true); err != nil {
		return err
	}
	return s.passToTus(x)
}

func (s *server) endUpload(x *exchange) error {
	u, err := s.Uploads.Admit(x.r.Context(), x.by, x.variable("uploadId"), true)
	if err != nil {
		return err
	}
	if u.Whole() && u.Purpose != upload.Material || u.Done {
		return domain.Refused("The file has arrived whole; it cannot be taken back.")
	}
	return s.passToTus(x)
}

// passToTus lets tusd answer, in the words of this API.
func (s *server) passToTus(x *exchange) error {
	a := &tusAnswer{exchange: x}
	body := &stoppable{ReadCloser: x.r.Body, connection: http.NewResponseController(x)}
	if id := x.variable("uploadId"); id != "" {
		end, err := s.turns.take(x.r.Context(), id, body.stop)
		if err != nil {
			return err
		}
		defer end()
	}
	// What is being sent ends when the server does; the client goes on later.
	defer context.AfterFunc(s.Closing, body.stop)()
	r := x.r.WithContext(x.r.Context())
	r.Body = body
	s.tus.ServeHTTP(a, r)
	if a.status != 0 && body.stopped.Load() {
		return domain.Errorf(domain.CodeUnavailable, "The upload was interrupted; look how far it came and go on.")
	}
	// tusd's deadlines are of its own requests, not of the connection's next one.
	_ = http.NewResponseController(x).SetWriteDeadline(time.Time{})
	return a.refusal()
}

// beginUpload is asked before an upload is created.
func (s *server) beginUpload(event tus.HookEvent) (tus.HTTPResponse, tus.FileInfoChanges, error) {
	x := event.Context.Value(exchangeKey{}).(*exchange)
	fileID, wanted := upload.Wanted(event.Upload.MetaData)
	id, ticket, err := s.Uploads.Begin(event.Context, x.by, fileID, wanted, event.Upload.Size)
	if err != nil {
		x.refused = err
		return tus.HTTPResponse{}, tus.FileInfoChanges{}, err
	}
	return tus.HTTPResponse{}, tus.FileInfoChanges{ID: id, MetaData: ticket.Metadata()}, nil
}

// finishUpload is called when the last byte came, before that is acknowledged.
func (s *server) finishUpload(event tus.HookEvent) (tus.HTTPResponse, error) {
	err := s.Uploads.Whole(event.Context, event.Upload.ID)
	event.Context.Value(exchangeKey{}).(*exchange).refused = err
	return tus.HTTPResponse{}, err
}
