package notification

import (
	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// Told is a notification in words, as far as its reader may know what it tells
// of at the moment.
type Told struct {
	Rule    string         // the rule's name; "" once it is deleted
	Query   string         // and its modifiers
	Summary string         // a sentence without a full stop; it may name people
	Request *ToldRequest   // nil for a digest and a test
	Items   []ToldItem     // of a digest: those of its requests that the reader still sees
	More    bool           // of a digest: there were more than it names
	Kinds   map[string]int // of a digest: in how many requests of Items each kind of event happened
}

// ToldItem is a request in a digest.
type ToldItem struct {
	ToldRequest
	Kinds []string
}

// ToldRequest is a request as it was when what is told happened; in a digest as
// it is now.
type ToldRequest struct {
	ID                    string
	PackageID             string
	MovieID               string
	Title                 string
	SourceType            sourcerequest.SourceType
	Language              string
	Status                sourcerequest.Status
	MaterialStatus        sourcerequest.MaterialStatus
	DueDate               domain.Date
	EstimatedDeliveryDate domain.Date
}

// ToldRequestOf returns what is told of a request.
func ToldRequestOf(id string, s sourcerequest.State) ToldRequest {
	return ToldRequest{
		ID: id, PackageID: s.PackageID, MovieID: s.MovieID, Title: s.Title, SourceType: s.SourceType, Language: s.Language, Status: s.Status,
		MaterialStatus: s.MaterialStatus, DueDate: s.DueDate, EstimatedDeliveryDate: s.EstimatedDeliveryDate(),
	}
}
