package sourcerequest

import (
	"fmt"
	"slices"
	"time"

	"backlot/domain"
)

// DownloadSpan is how long a recorded download stands for all others of the
// same file by the same account.
const DownloadSpan = time.Hour

// File is something that can be downloaded of a request.
type File struct {
	FileRef
	Name   string
	Size   int64     // bytes
	SHA256 string    // hex; "" if nobody told
	At     time.Time // when it came
}

var errNoFile = domain.Errorf(domain.CodeNotFound, "the request has no such file")

// FileSeenBy returns a file of a visible request; CodeNotFound for one that is
// not there, has not arrived, or is kept from the principal.
func FileSeenBy(p domain.Principal, s State, f FileRef) (File, error) {
	file, by, ok := s.file(f)
	if !ok || f.DeliveryID != "" && HidesFrom(p, s, by) {
		return File{}, errNoFile
	}
	return file, nil
}

// File returns a file that is there.
func (s State) File(f FileRef) (File, bool) {
	file, _, ok := s.file(f)
	return file, ok
}

// file returns a file that is there and who brought it.
func (s State) file(f FileRef) (file File, by domain.Principal, ok bool) {
	if f.DeliveryID == "" {
		m, ok := s.Material(f.ID)
		return File{FileRef: f, Name: m.Name, Size: m.Size, SHA256: m.SHA256, At: m.ProvidedAt}, m.ProvidedBy, ok
	}
	if d := s.delivery(f.DeliveryID); d != nil {
		for _, file := range d.Files {
			if file.ID == f.ID && !file.DeliveredAt.IsZero() {
				return File{FileRef: f, Name: file.Name, Size: file.Size, SHA256: file.SHA256, At: file.DeliveredAt}, d.StartedBy, true
			}
		}
	}
	return File{}, domain.Principal{}, false
}

// HidesDownload reports whether it is kept from the principal that somebody
// downloaded files of a visible request. Everybody knows of their own
// organisation's; of the fulfillment partners' those who may know what these
// did otherwise; of the rest, who are the streaming service's people and the
// content partner's, only those who see everything.
func HidesDownload(p domain.Principal, s State, by domain.Principal) bool {
	switch {
	case p.SeesAll(), p.Role == by.Role && p.Organisation == by.Organisation:
		return false
	case by.Role != domain.RoleFulfillmentPartner:
		return true
	}
	return HidesFrom(p, s, by)
}

// seesFiles returns the error for the first file that the principal does not see.
func seesFiles(p domain.Principal, s State, files []FileRef) error {
	for _, f := range files {
		if _, err := FileSeenBy(p, s, f); err != nil {
			return err
		}
	}
	return nil
}

// decideDownload leaves out what the account downloaded within the span.
func decideDownload(s State, c RecordDownload) ([]Event, error) {
	if len(c.Files) == 0 {
		return nil, domain.Invalid("files", "files is required: at least one")
	}
	if err := identifier("account", c.Account); err != nil {
		return nil, err
	}
	var files []FileRef
	for i, f := range c.Files {
		if _, _, ok := s.file(f); !ok {
			return nil, errNoFile
		}
		if slices.Contains(c.Files[:i], f) {
			return nil, domain.Invalid(fmt.Sprintf("files[%d]", i), fmt.Sprintf("the file %q is there twice", f.ID))
		}
		if !s.downloadedLately(c, f) {
			files = append(files, f)
		}
	}
	if files == nil {
		return nil, nil
	}
	return []Event{FilesDownloaded{Files: files, Archive: c.Archive}}, nil
}

func (s State) downloadedLately(c RecordDownload, f FileRef) bool {
	return slices.ContainsFunc(s.Downloads, func(d Download) bool {
		return d.FileRef == f && d.By.Account == c.Account && c.At.Sub(d.At) < DownloadSpan
	})
}

// downloadedBy notes who downloaded files last.
func (s State) downloadedBy(files []FileRef, o domain.Occurrence) []Download {
	downloads := slices.Clone(s.Downloads)
	for _, f := range files {
		if _, _, ok := s.file(f); !ok {
			continue
		}
		latest := Download{FileRef: f, By: o.By, At: o.At}
		i := slices.IndexFunc(downloads, func(d Download) bool { return d.FileRef == f && d.By.Account == o.By.Account })
		if i < 0 {
			downloads = append(downloads, latest)
		} else {
			downloads[i] = latest
		}
	}
	return downloads
}
