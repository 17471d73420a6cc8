package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io"

	"backlot/domain"
	"backlot/domain/finding"
	"backlot/domain/sourcerequest"
	"backlot/domain/timecode"
)

// pattern is ten seconds of a test pattern with a running timecode.
//
//go:embed pattern-24.webm
var pattern []byte

// Files keeps the contents of files; blobs.Store does.
type Files interface {
	Create(ctx context.Context, id string, content io.Reader) error
}

// deliver lets a post house deliver one request, and says what became of it.
// The number decides: most pass, some are sent back, some of these come again.
func (p *play) deliver(id string, house domain.Principal, number int) (bool, error) {
	delivered, err := p.do(id, house, elsewhere(id, 1))
	if !delivered || err != nil {
		return delivered, err
	}
	inspected := sourcerequest.RecordInspection{DeliveryID: deliveryOf(id, 1)}
	if number%9 == 5 {
		inspected.Findings = []sourcerequest.Finding{{ID: "demo-finding-" + id, FileID: fileOf(id, 1), Code: finding.LanguageMismatch, Text: "The file says French, the request asks for another language"}}
	}
	steps := []step{{p.operator, inspected}}
	switch {
	case number%9 == 5:
		steps = append(steps, step{house, elsewhere(id, 2)}, step{p.operator, sourcerequest.RecordInspection{DeliveryID: deliveryOf(id, 2)}})
	case number%18 == 7:
		steps = append(steps, step{p.qc, blocked(id)}, step{p.qc, sourcerequest.RequestRedelivery{Reasons: []string{"dialogue runs three frames behind the picture"}}})
	case number%2 == 0:
		steps = append(steps, step{p.qc, sourcerequest.RecordQualityControl{ResultID: "demo-" + id, Check: sourcerequest.CheckSpot, Passed: true}})
	}
	for _, s := range steps {
		if _, err := p.do(id, s.by, s.c); err != nil {
			return true, err
		}
	}
	return true, nil
}

// send lets a post house deliver one request with a file that can be played.
func (p *play) send(id string, house domain.Principal) (bool, error) {
	file := sourcerequest.DeclaredFile{ID: fileOf(id, 1), Name: id + ".webm", Size: int64(len(pattern))}
	begun, err := p.do(id, house, sourcerequest.StartDelivery{DeliveryID: deliveryOf(id, 1), Method: sourcerequest.MethodBrowser, AutoComplete: true, Files: []sourcerequest.DeclaredFile{file}})
	if !begun || err != nil {
		return begun, err
	}
	if err := p.keep(file.ID); err != nil {
		return true, err
	}
	_, err = p.do(id, house, sourcerequest.DeliverFile{DeliveryID: deliveryOf(id, 1), FileID: file.ID, Size: file.Size, SHA256: sum(pattern)})
	return true, err
}

// provide lets a studio give one request a proxy to work from.
func (p *play) provide(id string, studio domain.Principal) (bool, error) {
	file := sourcerequest.MaterialFile{ID: "demo-proxy-" + id, Kind: sourcerequest.MaterialVideo, Name: "proxy_" + id + ".webm", Size: int64(len(pattern)), SHA256: sum(pattern)}
	given, err := p.do(id, studio, sourcerequest.ProvideMaterials{Materials: []sourcerequest.MaterialFile{file}})
	if !given || err != nil {
		return given, err
	}
	return true, p.keep(file.ID)
}

// keep stores the pattern under an id, once.
func (p *play) keep(id string) error {
	err := p.files.Create(p.ctx, id, bytes.NewReader(pattern))
	if domain.ErrorCode(err) == domain.CodeConflict {
		return nil
	}
	return err
}

// elsewhere is the nth delivery of a request, of a file that came another way.
func elsewhere(id string, n int) sourcerequest.StartDelivery {
	name := fmt.Sprintf("%s_v%d.mov", id, n)
	return sourcerequest.StartDelivery{DeliveryID: deliveryOf(id, n), Method: sourcerequest.MethodWatchFolder, AutoComplete: true, Files: []sourcerequest.DeclaredFile{
		{ID: fileOf(id, n), Name: name, Size: 48_000_000_000 + int64(n), SHA256: sum([]byte(name)), Location: "aspera://transfer.example/out/" + name},
	}}
}

// blocked is a check that found a blocker and a trifle.
func blocked(id string) sourcerequest.RecordQualityControl {
	return sourcerequest.RecordQualityControl{ResultID: "demo-" + id, Check: sourcerequest.CheckFull, FrameRate: timecode.Rate24, Issues: []sourcerequest.Issue{
		{ID: "demo-" + id + "-1", Code: "Dialogue Out of Sync", Category: "Sync", Severity: sourcerequest.SeverityBlocker, TimecodeIn: "00:12:04:10", TimecodeOut: "00:12:19:00", Description: "dialogue runs three frames behind the picture"},
		{ID: "demo-" + id + "-2", Code: "Typo", Category: "Timed Text", Severity: sourcerequest.SeverityFYI, TimecodeIn: "00:41:30:02", Description: "a name is spelt in two ways"},
	}}
}

func deliveryOf(id string, n int) string { return fmt.Sprintf("demo-delivery-%s-%d", id, n) }
func fileOf(id string, n int) string     { return fmt.Sprintf("demo-file-%s-%d", id, n) }

func sum(content []byte) string {
	s := sha256.Sum256(content)
	return hex.EncodeToString(s[:])
}
