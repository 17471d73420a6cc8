package readmodel

import (
	"encoding/binary"
	"fmt"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// Sizes of rows and segments. Segments are small so that overwriting a row is
// cheap on every Redis-compatible server, the embedded one included, which
// copies the whole string.
const (
	RowSize        = 136 // bytes
	RowsPerSegment = 256 // rows
	maxID          = 32  // bytes
)

// Row is a request's facet row: everything that a search, a bucket, a grouping
// or a list needs. Codes refer to the dictionaries of the same generation;
// fixed vocabularies are codes of their own, from 1 in the order of
// sourcerequest.Statuses and the like, 0 for none. Instants are Unix ms.
type Row struct {
	ID                 string
	Title              uint32
	Package            uint32
	ContentPartner     uint32
	FulfillmentPartner uint32
	SubAssignee        uint32
	Responsible        uint32 // the fulfillment partner's
	SubResponsible     uint32 // the sub-assignee's
	Language           uint32
	CountrySet         uint32
	IssueSet           uint32
	SourceType         uint8
	ServiceType        uint8
	MovieType          uint8
	Status             uint8
	MaterialStatus     uint8
	QualityControl     uint8
	Flags              Flags
	DueDate            domain.Date
	EstimatedDate      domain.Date
	Critical           int64 // see sourcerequest.Instants
	AtRisk             int64
	Overdue            int64
	RedeliveryAsked    int64  // sourcerequest.Never where none is awaited
	Revision           uint64 // of the latest event folded into the row
	Since              int64  // since when the row is as it is, but for its revision; see Ended
}

// Flags are a row's yes-or-no fields.
type Flags uint8

// The flags.
const (
	FlagOriginal         Flags = 1 << iota
	FlagUsableMaterials        // the bucket Materials Available, if open
	FlagMaterialRejected       // and none provided since
	FlagWasDelivered           // the scope of quality control
	FlagOpen                   // status Open or Redelivery Requested
)

// Has reports whether every flag of f is set.
func (fs Flags) Has(f Flags) bool { return fs&f == f }

// Facts returns what the policy's rules need to explain the row.
func (r *Row) Facts() sourcerequest.Facts {
	return sourcerequest.Facts{
		Open: r.Flags.Has(FlagOpen), UsableMaterials: r.Flags.Has(FlagUsableMaterials), MaterialRejected: r.Flags.Has(FlagMaterialRejected),
		DueDate: r.DueDate, EstimatedDate: r.EstimatedDate, RedeliveryAsked: r.RedeliveryAsked,
	}
}

// Instants returns the moments at which the row changes bucket.
func (r *Row) Instants() sourcerequest.Instants {
	return sourcerequest.Instants{Critical: r.Critical, AtRisk: r.AtRisk, Overdue: r.Overdue}
}

// Append adds the row's RowSize bytes to b: little-endian, in the order of the
// fields, the id first as a length byte and maxID bytes.
func (r *Row) Append(b []byte) []byte {
	b = append(b, byte(len(r.ID)))
	b = append(b, r.ID...)
	b = append(b, make([]byte, maxID-len(r.ID))...)
	b = append(b, r.SourceType, r.ServiceType, r.MovieType, r.Status, r.MaterialStatus, byte(r.Flags), r.QualityControl)
	for _, code := range [...]uint32{r.Title, r.Package, r.ContentPartner, r.FulfillmentPartner, r.SubAssignee, r.Responsible, r.SubResponsible, r.Language, r.CountrySet, r.IssueSet} {
		b = binary.LittleEndian.AppendUint32(b, code)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(r.DueDate))
	b = binary.LittleEndian.AppendUint32(b, uint32(r.EstimatedDate))
	for _, instant := range [...]int64{r.Critical, r.AtRisk, r.Overdue, r.RedeliveryAsked} {
		b = binary.LittleEndian.AppendUint64(b, uint64(instant))
	}
	b = binary.LittleEndian.AppendUint64(b, r.Revision)
	return binary.LittleEndian.AppendUint64(b, uint64(r.Since))
}

// RowID returns the id in a row's bytes, or in what begins with them. It is empty for
// a place that was never written; the error says what cannot be a row.
func RowID(b []byte) ([]byte, error) {
	if len(b) < RowSize {
		return nil, fmt.Errorf("readmodel: a row has %d bytes, not %d", RowSize, len(b))
	}
	n := int(b[0])
	if n > maxID {
		return nil, fmt.Errorf("readmodel: a row's id has at most %d bytes, not %d", maxID, n)
	}
	return b[1 : 1+n], nil
}

// Decode reads a row from its bytes. A row whose id is empty is a place that was
// never written; the error says what cannot be a row.
func (r *Row) Decode(b []byte) error {
	if len(b) != RowSize {
		return fmt.Errorf("readmodel: a row has %d bytes, not %d", RowSize, len(b))
	}
	id, err := RowID(b)
	if err != nil {
		return err
	}
	r.ID = string(id)
	r.DecodeFields(b)
	return nil
}

// DecodeFields reads all of a row but its id from its bytes, which RowID accepts.
func (r *Row) DecodeFields(b []byte) {
	b = b[1+maxID:]
	r.SourceType, r.ServiceType, r.MovieType, r.Status, r.MaterialStatus, r.Flags, r.QualityControl = b[0], b[1], b[2], b[3], b[4], Flags(b[5]), b[6]
	b = b[7:]
	for _, code := range [...]*uint32{&r.Title, &r.Package, &r.ContentPartner, &r.FulfillmentPartner, &r.SubAssignee, &r.Responsible, &r.SubResponsible, &r.Language, &r.CountrySet, &r.IssueSet} {
		*code = binary.LittleEndian.Uint32(b)
		b = b[4:]
	}
	r.DueDate = domain.Date(binary.LittleEndian.Uint32(b))
	r.EstimatedDate = domain.Date(binary.LittleEndian.Uint32(b[4:]))
	b = b[8:]
	for _, instant := range [...]*int64{&r.Critical, &r.AtRisk, &r.Overdue, &r.RedeliveryAsked} {
		*instant = int64(binary.LittleEndian.Uint64(b))
		b = b[8:]
	}
	r.Revision = binary.LittleEndian.Uint64(b)
	r.Since = int64(binary.LittleEndian.Uint64(b[8:]))
}
