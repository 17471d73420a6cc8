package readapi

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// playableTypes are what browsers play as it is. What is in a file its own
// bytes say, never its name or whoever sent it.
var playableTypes = []string{"video/mp4", "video/webm", "audio/mpeg", "audio/wave", "application/ogg", "image/png", "image/jpeg", "image/webp"}

// playable returns the type of a content that a browser can play, "" for any
// other.
func playable(content io.ReadSeeker) (string, error) {
	head := make([]byte, 512)
	n, err := io.ReadFull(content, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return "", err
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	is, _, _ := mime.ParseMediaType(http.DetectContentType(head[:n]))
	if slices.Contains(playableTypes, is) {
		return is, nil
	}
	return "", nil
}

// playFile answers with a delivered file for the browser's player.
func (s *server) playFile(x *exchange) error {
	_, v, err := s.requested(x)
	if err != nil {
		return err
	}
	f, err := sourcerequest.FileSeenBy(x.by, v.state, sourcerequest.FileRef{DeliveryID: x.variable("deliveryId"), ID: x.variable("fileId")})
	if err != nil {
		return err
	}
	content, err := s.openContent(x.r.Context(), f)
	if err != nil {
		return err
	}
	is, err := playable(content)
	if err != nil {
		return errors.Join(err, content.Close())
	}
	if is == "" {
		_ = content.Close()
		return domain.Errorf(domain.CodeNotFound, "A browser cannot play %q as it is: download it.", f.Name)
	}
	return s.sendContent(x, v, f, content, is, fmt.Sprintf("inline%s", attachment(f.Name)[len("attachment"):]))
}
