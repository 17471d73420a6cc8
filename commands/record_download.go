package commands

import (
	"context"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// RecordDownload records that whoever instructs is about to download files of a
// request, as one archive or as they are: what an auditor can trust, provided
// that nothing is sent before it returns. It may be called for each range of
// one download; see sourcerequest.DownloadSpan. Without a key, the correlation
// id is one. Errors: those of Change, CodeNotFound for a file that whoever
// instructs may not see.
func (s *SourceRequests) RecordDownload(ctx context.Context, id string, files []sourcerequest.FileRef, archive bool, i domain.Instruction) (sourcerequest.Outcome, error) {
	if i.Key == "" {
		i.Key = "download/" + i.CorrelationID.String()
	}
	return s.Change(ctx, id, sourcerequest.RecordDownload{Files: files, Archive: archive, Account: i.By.Account, At: s.now()}, i)
}
