package readmodel

import (
	"encoding/binary"
	"fmt"
	"strconv"

	"backlot/domain"
	"backlot/domain/figures"
)

// DeliverySize is the size of a delivery's row in bytes.
const DeliverySize = 112

// Delivery is a row of Deliveries: a completed delivery, what became of it,
// and what its request is now, as far as the partner figures need it. Codes
// refer to the dictionaries of the same generation; fixed vocabularies are as
// in Row. Instants are Unix ms, 0 for none.
type Delivery struct {
	ID                 string // of the request
	Number             uint16 // from 1, in the order in which the request's were completed
	SourceType         uint8
	ServiceType        uint8
	Cause              uint8 // why it was sent back, from 1 in the order of sourcerequest.Causes
	Scope              uint8 // of the redelivery, from 1 in the order of sourcerequest.RedeliveryScopes
	Flags              DeliveryFlags
	Partner            uint32 // that answers for it
	Maker              uint32
	ContentPartner     uint32 // of the request, now
	FulfillmentPartner uint32 // the assignee, now
	SubAssignee        uint32 // now
	Language           uint32
	DueDate            domain.Date // when it was delivered
	Day                domain.Date // on which it was delivered, in the policy's zone
	BlockerDay         domain.Date // on which it was sent back with a blocker
	At                 int64
	SentBack           int64
	Blocker            int64
	Files              uint16 // 0 if it came before the portal did
	Inspection         uint8  // verdict, from 1 in the order of sourcerequest.Verdicts
	Wait               int64  // since when a blocker waits; if it does not, how long it did, in ms
}

// DeliveryFlags are a row's yes-or-no fields.
type DeliveryFlags uint8

// The flags.
const (
	DeliveryUnknown     DeliveryFlags = 1 << iota // it came before the portal did
	DeliveryFirst                                 // of its request
	DeliveryOnTime                                // in the policy's zone
	DeliveryWaits                                 // a blocker's redelivery is waited for
	DeliveryRedelivered                           // the same partner redelivered a blocker
)

// Has reports whether every flag of f is set.
func (fs DeliveryFlags) Has(f DeliveryFlags) bool { return fs&f == f }

// Key names the row: the request's id for its first delivery, with the number
// after a slash, which no id has, for all others.
func (d *Delivery) Key() string { return DeliveryKey(d.ID, d.Number) }

// DeliveryKey is the key of the row of a request's nth delivery, from 1.
func DeliveryKey(id string, number uint16) string {
	if number == 1 {
		return id
	}
	return id + "/" + strconv.Itoa(int(number))
}

// Facts returns what the figures depend on.
func (d *Delivery) Facts() figures.Facts {
	w := figures.Wait{Running: d.Flags.Has(DeliveryWaits), Redelivered: d.Flags.Has(DeliveryRedelivered)}
	if w.Running {
		w.Since = d.Wait
	} else {
		w.Elapsed = d.Wait
	}
	return figures.Facts{
		Unknown: d.Flags.Has(DeliveryUnknown), First: d.Flags.Has(DeliveryFirst), Due: !d.DueDate.IsZero(), OnTime: d.Flags.Has(DeliveryOnTime),
		SentBack: d.SentBack != 0, Blocker: d.Blocker != 0, Wait: w,
	}
}

// Append adds the row's DeliverySize bytes to b: little-endian, the id first as
// a length byte and maxID bytes.
func (d *Delivery) Append(b []byte) []byte {
	b = append(b, byte(len(d.ID)))
	b = append(b, d.ID...)
	b = append(b, make([]byte, maxID-len(d.ID))...)
	b = append(b, d.SourceType, d.ServiceType, d.Cause, d.Scope, byte(d.Flags))
	b = binary.LittleEndian.AppendUint16(b, d.Number)
	for _, code := range [...]uint32{d.Partner, d.Maker, d.ContentPartner, d.FulfillmentPartner, d.SubAssignee, d.Language} {
		b = binary.LittleEndian.AppendUint32(b, code)
	}
	for _, day := range [...]domain.Date{d.DueDate, d.Day, d.BlockerDay} {
		b = binary.LittleEndian.AppendUint32(b, uint32(day))
	}
	for _, instant := range [...]int64{d.At, d.SentBack, d.Blocker, d.Wait} {
		b = binary.LittleEndian.AppendUint64(b, uint64(instant))
	}
	b = binary.LittleEndian.AppendUint16(b, d.Files)
	return append(b, d.Inspection, 0)
}

// Decode reads a row from its bytes. A row whose id length is 0 is a place that
// was never written; the error says what cannot be a row.
func (d *Delivery) Decode(b []byte) error {
	if len(b) != DeliverySize {
		return fmt.Errorf("readmodel: a delivery's row has %d bytes, not %d", DeliverySize, len(b))
	}
	n := int(b[0])
	if n > maxID {
		return fmt.Errorf("readmodel: a row's id has at most %d bytes, not %d", maxID, n)
	}
	d.ID = string(b[1 : 1+n])
	b = b[1+maxID:]
	d.SourceType, d.ServiceType, d.Cause, d.Scope, d.Flags = b[0], b[1], b[2], b[3], DeliveryFlags(b[4])
	d.Number = binary.LittleEndian.Uint16(b[5:])
	b = b[7:]
	for _, code := range [...]*uint32{&d.Partner, &d.Maker, &d.ContentPartner, &d.FulfillmentPartner, &d.SubAssignee, &d.Language} {
		*code = binary.LittleEndian.Uint32(b)
		b = b[4:]
	}
	for _, day := range [...]*domain.Date{&d.DueDate, &d.Day, &d.BlockerDay} {
		*day = domain.Date(binary.LittleEndian.Uint32(b))
		b = b[4:]
	}
	for _, instant := range [...]*int64{&d.At, &d.SentBack, &d.Blocker, &d.Wait} {
		*instant = int64(binary.LittleEndian.Uint64(b))
		b = b[8:]
	}
	d.Files, d.Inspection = binary.LittleEndian.Uint16(b), b[2]
	return nil
}

// DeliveriesDocument is what the projector of Deliveries keeps of a request
// with deliveries: it is folded on, and shown to nobody. Of a request without
// any, which is most of them, nothing is kept.
type DeliveriesDocument struct {
	ID       string          `json:"id"`
	Revision uint64          `json:"revision"` // of the latest event folded in
	Position domain.Position `json:"position"` // of the same event
	State    figures.State   `json:"state"`
}

// MarshalDeliveries returns the document's JSON, packed.
func MarshalDeliveries(d DeliveriesDocument) ([]byte, error) { return marshal(d) }

// UnmarshalDeliveries is the inverse of MarshalDeliveries.
func UnmarshalDeliveries(b []byte) (d DeliveriesDocument, err error) {
	err = unmarshal(b, &d)
	return d, err
}
