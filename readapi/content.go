package readapi

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// Files are the contents of deliveries and materials, by the ids of the files.
type Files interface {
	// Open opens a file for as long as the context lives; CodeNotFound for one
	// whose content is not kept here, CodeUnavailable if the store does not answer.
	Open(ctx context.Context, id string) (Content, error)
}

// Content is a file, open for reading.
type Content interface {
	io.ReadSeekCloser
	Size() int64 // bytes
}

// openContent opens a file's content, which has to be what was recorded.
func (s *server) openContent(ctx context.Context, f sourcerequest.File) (Content, error) {
	content, err := s.Files.Open(ctx, f.ID)
	if domain.ErrorCode(err) == domain.CodeNotFound {
		return nil, &domain.Error{Code: domain.CodeNotFound, Message: fmt.Sprintf("The content of %q is not kept here: it came another way.", f.Name), Err: err}
	}
	if err != nil {
		return nil, err
	}
	if content.Size() != f.Size {
		return nil, errors.Join(fmt.Errorf("the file %s has %d bytes in the store and %d in the log", f.ID, content.Size(), f.Size), content.Close())
	}
	return content, nil
}

// sendFile answers with a file of a request, or with parts of it. Who gets it
// is in the log before the first byte goes out. What goes wrong after that ends
// the connection.
func (s *server) sendFile(x *exchange, v view, f sourcerequest.File) error {
	content, err := s.openContent(x.r.Context(), f)
	if err != nil {
		return err
	}
	return s.sendContent(x, v, f, content, "application/octet-stream", attachment(f.Name))
}

// sendContent answers with a content, which it closes, as what it is and is to
// be done with.
func (s *server) sendContent(x *exchange, v view, f sourcerequest.File, content Content, is, disposition string) error {
	defer content.Close()
	if err := s.recordDownload(x, v.id, v.state, []sourcerequest.FileRef{f.FileRef}, false); err != nil {
		return err
	}
	h := x.Header()
	h.Set("Content-Type", is)
	h.Set("Content-Disposition", disposition)
	h.Set("ETag", `"`+f.ID+`"`) // an id never comes twice
	if sum, err := hex.DecodeString(f.SHA256); err == nil && len(sum) > 0 {
		h.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":")
	}
	out := newContentWriter(x)
	in := &watchedContent{Content: content}
	http.ServeContent(out, x.r, "", f.At, in)
	return out.end(s, in.err)
}

// recordDownload records that the asker is about to download files of a
// request. What the state shows to be recorded is; the stream is not read
// for each range.
func (s *server) recordDownload(x *exchange, id string, state sourcerequest.State, files []sourcerequest.FileRef, archive bool) error {
	if x.r.Method == http.MethodHead {
		return nil
	}
	events, err := sourcerequest.Decide(state, sourcerequest.RecordDownload{Files: files, Archive: archive, Account: x.by.Account, At: s.Now()})
	if err == nil && len(events) == 0 {
		return nil
	}
	_, err = s.Commands.RecordDownload(x.r.Context(), id, files, archive, domain.Instruction{By: x.by, CorrelationID: x.id})
	return err
}

// contentWriter is where contents are written to: in large pieces, and without
// an error page of http.ServeContent's.
type contentWriter struct {
	hurriedWriter
	sent    int64 // bytes
	refused bool
}

func newContentWriter(x *exchange) *contentWriter {
	return &contentWriter{hurriedWriter: hurriedWriter{x, http.NewResponseController(x)}}
}

// WriteHeader implements http.ResponseWriter.
func (w *contentWriter) WriteHeader(status int) {
	if w.refused = status >= http.StatusBadRequest; !w.refused {
		w.hurriedWriter.WriteHeader(status)
	}
}

// Write implements io.Writer.
func (w *contentWriter) Write(b []byte) (int, error) {
	if w.refused {
		return len(b), nil
	}
	n, err := w.hurriedWriter.Write(b)
	w.sent += int64(n)
	return n, err
}

// ReadFrom implements io.ReaderFrom.
func (w *contentWriter) ReadFrom(r io.Reader) (int64, error) {
	return io.CopyBuffer(struct{ io.Writer }{w}, r, make([]byte, pieceSize))
}

// pieceSize is how much of a file is in memory at a time.
const pieceSize = 256 << 10 // bytes

// end ends the answer: with the connection, if the content could not be read.
func (w *contentWriter) end(s *server, err error) error {
	_ = w.connection.SetWriteDeadline(time.Time{})
	s.metrics.contentBytes.WithLabelValues(w.operation).Add(float64(w.sent))
	if err != nil {
		if w.r.Context().Err() == nil { // somebody waits for the rest
			s.metrics.contentBroken.WithLabelValues(w.operation).Inc()
			s.Logger.Warn("a content was broken off", slog.String("operation", w.operation), slog.String("request", w.id.String()), slog.Any("error", err))
		}
		panic(http.ErrAbortHandler)
	}
	if !w.refused {
		return nil
	}
	h := w.Header()
	for _, of := range []string{"Content-Disposition", "ETag", "Repr-Digest", "Last-Modified"} {
		h.Del(of)
	}
	return domain.Errorf(codeRange, "The file does not have the part that the header Range names: %s is what it has.", h.Get("Content-Range"))
}

// watchedContent remembers why it could not be read.
type watchedContent struct {
	Content
	err error
}

// Read implements io.Reader.
func (c *watchedContent) Read(p []byte) (int, error) {
	n, err := c.Content.Read(p)
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}
