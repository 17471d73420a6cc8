package readapi

import (
	"errors"
	"fmt"
	"net/http"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// maxFileName is the length of a file's name in a job's record, in bytes.
const maxFileName = 200

// The media types of import files.
const (
	csvType      = "text/csv"
	workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

func (s *server) importRequests(x *exchange) error {
	i := domain.Instruction{By: x.by, CorrelationID: x.id}
	var err error
	if i.Key, err = idempotencyKey(x.r); err != nil {
		return err
	}
	if sourcerequest.Authorize(x.by, sourcerequest.State{}, sourcerequest.ImportRow{}) != nil {
		return domain.Errorf(domain.CodeForbidden, "Only operators import source requests.")
	}
	if err := wantMediaType(x.r, csvType, workbookType); err != nil {
		return err
	}
	name, _ := x.parameter("name")
	if len(name) > maxFileName {
		return domain.Invalid("name", fmt.Sprintf("name has more than %d bytes", maxFileName))
	}
	if x.r.ContentLength > s.MaxImport {
		return s.importTooLarge()
	}
	i.BodyHash = bodyHash(x.r, nil)
	j, err := s.JobCommands.StartImport(x.r.Context(), name, x.r.ContentLength, http.MaxBytesReader(x, x.r.Body, s.MaxImport), i)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return s.importTooLarge()
	}
	if err != nil {
		return err
	}
	return s.accepted(x, j)
}

func (s *server) importTooLarge() error {
	return domain.Errorf(domain.CodeTooLarge, "The file is larger than %d bytes; import it in parts.", s.MaxImport)
}
