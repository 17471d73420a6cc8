package readmodel

import (
	"encoding/json"
	"strconv"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// appendDocument adds a document's JSON, byte for byte as encoding/json writes
// it, which a projector does for each event or two: what every request has is
// written by hand.
func appendDocument(b []byte, d *Document) ([]byte, error) {
	w := writer{b: b}
	w.text(`{"id":`, d.ID)
	w.number(`,"revision":`, d.Revision)
	w.number(`,"position":`, uint64(d.Position))
	if d.Since != 0 {
		w.raw(`,"since":`)
		w.b = strconv.AppendInt(w.b, d.Since, 10)
	}
	w.raw(`,"state":`)
	w.state(&d.State)
	w.raw(`}`)
	return w.b, w.err
}

// writer adds members to an object.
type writer struct {
	b   []byte
	err error // the first one
}

func (w *writer) state(s *sourcerequest.State) {
	w.text(`{"packageId":`, s.PackageID)
	w.text(`,"movieId":`, s.MovieID)
	w.text(`,"title":`, s.Title)
	w.text(`,"movieType":`, string(s.MovieType))
	w.raw(`,"isOriginal":`)
	w.b = strconv.AppendBool(w.b, s.IsOriginal)
	w.text(`,"contentPartner":`, s.ContentPartner)
	w.textIf(`,"fulfillmentPartner":`, s.FulfillmentPartner)
	w.textIf(`,"subAssignee":`, s.SubAssignee)
	w.anyIf(`,"helpers":`, s.Helpers, len(s.Helpers) > 0)
	w.textIf(`,"responsible":`, s.Responsible)
	w.textIf(`,"subResponsible":`, s.SubResponsible)
	w.text(`,"sourceType":`, string(s.SourceType))
	w.text(`,"serviceType":`, string(s.ServiceType))
	w.text(`,"language":`, s.Language)
	w.texts(`,"countries":`, s.Countries)
	w.date(`,"dueDate":`, s.DueDate)
	if s.MovedDeliveryDate != 0 {
		w.date(`,"movedDeliveryDate":`, s.MovedDeliveryDate)
	}
	w.text(`,"status":`, string(s.Status))
	w.textIf(`,"statusBeforeCancel":`, string(s.StatusBeforeCancel))
	w.text(`,"materialStatus":`, string(s.MaterialStatus))
	w.trueIf(`,"materialSinceRejected":true`, s.MaterialSinceRejected)
	w.anyIf(`,"materials":`, s.Materials, len(s.Materials) > 0)
	w.anyIf(`,"deliveries":`, s.Deliveries, len(s.Deliveries) > 0)
	w.textIf(`,"latestDelivery":`, s.LatestDelivery)
	w.trueIf(`,"wasDelivered":true`, s.WasDelivered)
	w.anyIf(`,"qualityControls":`, s.QualityControls, len(s.QualityControls) > 0)
	w.anyIf(`,"comments":`, s.Comments, len(s.Comments) > 0)
	w.anyIf(`,"downloads":`, s.Downloads, len(s.Downloads) > 0)
	w.anyIf(`,"redelivery":`, s.Redelivery, s.Redelivery != nil)
	w.textIf(`,"upgrades":`, s.Upgrades)
	w.textIf(`,"upgradedTo":`, s.UpgradedTo)
	w.time(`,"openedAt":"`, s.OpenedAt)
	w.time(`,"updatedAt":"`, s.UpdatedAt)
	w.number(`,"fieldRevision":`, s.FieldRevision)
	w.anyIf(`,"lastRow":`, s.LastRow, s.LastRow != nil)
	w.raw(`}`)
}

func (w *writer) raw(s string) { w.b = append(w.b, s...) }

func (w *writer) number(name string, n uint64) {
	w.raw(name)
	w.b = strconv.AppendUint(w.b, n, 10)
}

func (w *writer) trueIf(member string, set bool) {
	if set {
		w.raw(member)
	}
}

func (w *writer) text(name, s string) {
	w.raw(name)
	w.quoted(s)
}

func (w *writer) textIf(name, s string) {
	if s != "" {
		w.text(name, s)
	}
}

func (w *writer) texts(name string, values []string) {
	w.raw(name)
	if values == nil {
		w.raw("null")
		return
	}
	for i, v := range values {
		if i == 0 {
			w.raw("[")
		} else {
			w.raw(",")
		}
		w.quoted(v)
	}
	if len(values) == 0 {
		w.raw("[")
	}
	w.raw("]")
}

// quoted leaves what may have to be escaped to encoding/json.
func (w *writer) quoted(s string) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			w.any(s)
			return
		}
	}
	w.b = append(w.b, '"')
	w.b = append(w.b, s...)
	w.b = append(w.b, '"')
}

func (w *writer) date(name string, d domain.Date) {
	w.raw(name)
	if d == 0 {
		w.raw("null")
		return
	}
	w.b = append(w.b, '"')
	w.b = d.Append(w.b)
	w.b = append(w.b, '"')
}

func (w *writer) time(name string, t time.Time) {
	w.raw(name)
	b, err := t.AppendText(w.b)
	if err != nil {
		w.fail(err)
		return
	}
	w.b = append(b, '"')
}

func (w *writer) anyIf(name string, v any, set bool) {
	if set {
		w.raw(name)
		w.any(v)
	}
}

func (w *writer) any(v any) {
	b, err := json.Marshal(v)
	if err != nil {
		w.fail(err)
		return
	}
	w.b = append(w.b, b...)
}

func (w *writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}
