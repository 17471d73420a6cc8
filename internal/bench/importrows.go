package bench

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"iter"
	"os"
	"strings"

	"backlot/domain/sourcerequest"
)

const importHeader = "request_id,package_id,movie_id,title,movie_type,is_original,content_partner,fulfillment_partner,source_type,service_type," +
	"language,country,due_date,estimated_delivery_date,material_status,status\n"

// importRow writes the request as it is as a row of an import file.
func (q *request) importRow(to io.Writer) {
	s := &q.state
	w := csv.NewWriter(to)
	_ = w.Write([]string{
		q.id, s.PackageID, s.MovieID, s.Title, string(s.MovieType), yesNo(s.IsOriginal), nameOf(s.ContentPartner), nameOf(s.FulfillmentPartner),
		string(s.SourceType), string(s.ServiceType), s.Language, strings.Join(s.Countries, "|"), s.DueDate.String(), s.EstimatedDeliveryDate().String(),
		string(s.MaterialStatus), string(s.Status),
	})
	w.Flush() // into memory
}

// imported is the event that an import makes of the request's row.
func (q *request) imported() sourcerequest.Opened {
	e := q.history[0].event.(sourcerequest.Opened)
	e.MaterialStatus, e.EstimatedDeliveryDate = q.state.MaterialStatus, q.state.EstimatedDeliveryDate()
	return e
}

func pull(s iter.Seq[*request]) (next func() (*request, bool), stop func()) { return iter.Pull(s) }

func makeDir(in string) (string, error) { return os.MkdirTemp(in, "world-") }

func unmarshal(b []byte, into any) error { return json.Unmarshal(b, into) }
