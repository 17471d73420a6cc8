package commands

import (
	"context"

	"github.com/google/uuid"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/domain/upload"
)

// stagedFiles are uploads of materials: a file waits, as its sender's, until a
// request is given it.
type stagedFiles struct{ requests *SourceRequests }

// Begin implements Target. The id is always a new one.
func (*stagedFiles) Begin(_ context.Context, by domain.Principal, _ string, wanted upload.Ticket, _ int64) (string, upload.Ticket, error) {
	if err := sourcerequest.AuthorizeMaterials(by); err != nil {
		return "", wanted, err
	}
	name, err := sourcerequest.FileName("filename", wanted.Name)
	if err != nil {
		return "", wanted, err
	}
	sum, err := sourcerequest.Checksum("sha256", wanted.SHA256)
	if err != nil {
		return "", wanted, err
	}
	return uuid.NewString(), upload.Ticket{Purpose: upload.Material, Name: name, SHA256: sum, By: by}, nil
}

// Admit implements Target: a file that waits is its sender's only.
func (*stagedFiles) Admit(_ context.Context, by domain.Principal, u upload.Upload, _ bool) error {
	if by.Account == "" || by.Account != u.By.Account {
		return errNoUpload
	}
	return sourcerequest.AuthorizeMaterials(by)
}

// Arrived implements Target: the file waits until a request is given it.
func (s *stagedFiles) Arrived(ctx context.Context, u upload.Upload) (done bool, err error) {
	fate, err := s.Fate(ctx, u)
	return fate == Taken, err
}

// Fate implements Target.
func (s *stagedFiles) Fate(ctx context.Context, u upload.Upload) (Fate, error) {
	if u.RequestID == "" {
		return Wanted, nil
	}
	r, err := s.requests.load(ctx, u.RequestID, "")
	if err != nil {
		return Wanted, err
	}
	for _, m := range r.state.Materials {
		if m.ID == u.ID {
			return Taken, nil
		}
	}
	return Wanted, nil
}

// Staged returns a material that the principal sent and that waits to be given
// to a request: its name, size and, as Found, its checksum. CodeInvalid says
// what is in the way: there is none of that id, or it is not whole or checked.
func (u *Uploads) Staged(ctx context.Context, by domain.Principal, id string) (upload.Upload, error) {
	up, err := u.Files.Upload(ctx, id)
	switch {
	case domain.ErrorCode(err) == domain.CodeNotFound, err == nil && (up.Purpose != upload.Material || by.Account == "" || up.By.Account != by.Account):
		return up, domain.Invalid("file_id", "there is no file "+id+" of yours that waits; send it to /uploads/ with the purpose material first")
	case err != nil:
		return up, err
	case !up.Whole():
		return up, domain.Invalid("file_id", "the file "+id+" has not arrived whole")
	case up.Found == "":
		return up, domain.Invalid("file_id", "the file "+id+" is being checked; try again in a moment")
	}
	return up, nil
}

// Take writes on a staged file's ticket that a request is about to be given it,
// before it is: from then on the request's stream says whether the file is
// kept. A file that waits can be given to several requests; the first one's
// stream decides.
func (u *Uploads) Take(ctx context.Context, up upload.Upload, requestID string) error {
	if up.RequestID != "" {
		return nil
	}
	up.RequestID = requestID
	return u.Files.Amend(ctx, up.ID, up.Ticket)
}

// Given says that a request has a staged file now.
func (u *Uploads) Given(ctx context.Context, up upload.Upload) error { return u.settleLater(ctx, up) }
