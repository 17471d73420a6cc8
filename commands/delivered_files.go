package commands

import (
	"context"
	"fmt"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/domain/upload"
)

// deliveredFiles are uploads that become the declared files of deliveries.
type deliveredFiles struct {
	requests *SourceRequests
	files    UploadStore
}

// find returns the file of a delivery if the principal may know of it.
func (d *deliveredFiles) find(ctx context.Context, by domain.Principal, t upload.Ticket, fileID string) (sourcerequest.State, sourcerequest.DeliveryFile, error) {
	s, delivery, file, err := d.load(ctx, t, fileID)
	switch {
	case err != nil:
		return s, file, err
	case !s.Exists() || !sourcerequest.Visible(by, s):
		return s, file, sourcerequest.ErrNotFound
	case delivery.ID == "" || sourcerequest.HidesFrom(by, s, delivery.StartedBy):
		return s, file, domain.Errorf(domain.CodeNotFound, "the request has no such delivery")
	case file.ID == "":
		return s, file, domain.Errorf(domain.CodeNotFound, "the delivery declares no such file")
	}
	return s, file, sourcerequest.Authorize(by, s, sourcerequest.DeliverFile{})
}

func (d *deliveredFiles) load(ctx context.Context, t upload.Ticket, fileID string) (s sourcerequest.State, delivery sourcerequest.Delivery, file sourcerequest.DeliveryFile, err error) {
	if sourcerequest.ValidateID(t.RequestID) != nil {
		return s, delivery, file, nil
	}
	r, err := d.requests.load(ctx, t.RequestID, "")
	if err != nil {
		return s, delivery, file, err
	}
	delivery, _ = r.state.Delivery(t.DeliveryID)
	file, _ = delivery.File(fileID)
	return r.state, delivery, file, nil
}

// Begin implements Target.
func (d *deliveredFiles) Begin(ctx context.Context, by domain.Principal, fileID string, wanted upload.Ticket, size int64) (string, upload.Ticket, error) {
	for _, f := range []struct{ field, value string }{{"request_id", wanted.RequestID}, {"delivery_id", wanted.DeliveryID}, {"file_id", fileID}} {
		if f.value == "" {
			return "", wanted, domain.Invalid(f.field, "the metadata of an upload name request_id, delivery_id and file_id, as the answer to the beginning of the delivery has them")
		}
	}
	s, file, err := d.find(ctx, by, wanted, fileID)
	if err != nil {
		return "", wanted, err
	}
	t := upload.Ticket{Purpose: upload.Delivery, RequestID: wanted.RequestID, DeliveryID: wanted.DeliveryID, Name: file.Name, SHA256: file.SHA256, By: by}
	if size != file.Size {
		return "", t, domain.Invalid("Upload-Length", fmt.Sprintf("the file %q was declared with %d bytes, not with %d", file.Name, file.Size, size))
	}
	if file.Location != "" {
		return "", t, domain.Refused(fmt.Sprintf("the file %q came another way", file.Name))
	}
	if !file.DeliveredAt.IsZero() {
		// Whoever lost the last answer may ask for the upload once more.
		if _, err := d.files.Upload(ctx, fileID); domain.ErrorCode(err) == domain.CodeNotFound {
			return "", t, domain.Refused(fmt.Sprintf("the file %q has arrived already", file.Name))
		} else if err != nil {
			return "", t, err
		}
		return fileID, t, nil
	}
	return fileID, t, accepts(s, t.DeliveryID, file)
}

// accepts asks the domain whether it would take a file as it is declared.
func accepts(s sourcerequest.State, deliveryID string, file sourcerequest.DeliveryFile) error {
	c := sourcerequest.DeliverFile{DeliveryID: deliveryID, FileID: file.ID, Size: file.Size, SHA256: file.SHA256}
	if c.SHA256 == "" {
		c.SHA256 = hashOf("any")
	}
	_, err := sourcerequest.Decide(s, c)
	return err
}

// Admit implements Target.
func (d *deliveredFiles) Admit(ctx context.Context, by domain.Principal, u upload.Upload, writing bool) error {
	s, file, err := d.find(ctx, by, u.Ticket, u.ID)
	switch {
	case domain.ErrorCode(err) == domain.CodeNotFound:
		return errNoUpload
	case err != nil || !writing || u.Whole():
		return err
	}
	return accepts(s, u.DeliveryID, file)
}

// Arrived implements Target.
func (d *deliveredFiles) Arrived(ctx context.Context, u upload.Upload) (done bool, err error) {
	i := domain.Instruction{By: u.By, Key: "upload/" + u.ID, BodyHash: hashOf(u.RequestID, u.DeliveryID, u.ID, u.Found)}
	_, err = d.requests.handle(ctx, u.RequestID, sourcerequest.DeliverFile{DeliveryID: u.DeliveryID, FileID: u.ID, Size: u.Size, SHA256: u.Found}, i)
	return err == nil, err
}

// Fate implements Target.
func (d *deliveredFiles) Fate(ctx context.Context, u upload.Upload) (Fate, error) {
	s, _, file, err := d.load(ctx, u.Ticket, u.ID)
	switch {
	case err != nil:
		return Wanted, err
	case !file.DeliveredAt.IsZero():
		return Taken, nil
	case file.ID == "", s.Status == sourcerequest.StatusCancelled, s.Status == sourcerequest.StatusUpgraded:
		return Unwanted, nil
	}
	return Wanted, nil
}
