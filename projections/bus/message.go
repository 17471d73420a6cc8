package bus

import (
	"encoding/json"
	"fmt"

	"github.com/ThreeDotsLabs/watermill/message"
	cloudevents "github.com/cloudevents/sdk-go/v2/event"
	"github.com/google/uuid"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// contentType is that of a message as a whole: CloudEvents in structured mode.
const contentType = "application/cloudevents+json; charset=UTF-8"

// partitionKey names the request in a message's metadata: messages with the
// same one stay in order.
const partitionKey = "partitionkey"

// TypeOf returns the CloudEvents type of a kind of event.
func TypeOf(kind string) string { return "backlot.source_request." + kind + ".v1" }

// writer makes messages of events.
type writer struct {
	source  string // URI reference of the portal
	schemas string // URI that a kind is appended to for the schema of its data
}

// message returns an event as it goes out; ok is false for one that stays
// inside. The error is CodeInternal for an event that this version of the
// program does not know: it must not be passed over, a newer one will publish
// it.
func (w writer) message(r domain.Recorded) (m *message.Message, ok bool, err error) {
	id, _ := sourcerequest.IDOf(r.Stream)
	event, known := r.Event.(sourcerequest.Event)
	if !known {
		return nil, false, domain.Errorf(domain.CodeInternal, "event %d of %s has the type %s, which this version does not know; a newer one has to publish it", r.Revision, r.Stream, r.Type)
	}
	data, ok := dataOf(event)
	if !ok {
		return nil, false, nil
	}
	e := cloudevents.New()
	e.SetID(r.ID.String())
	e.SetSource(w.source)
	e.SetType(TypeOf(event.Kind()))
	e.SetSubject(id)
	e.SetTime(r.Metadata.OccurredAt)
	e.SetDataSchema(w.schemas + event.Kind())
	e.SetExtension(partitionKey, id)
	e.SetExtension("position", r.Position.String())
	e.SetExtension("revision", r.Revision)
	for name, value := range map[string]string{
		"correlationid": idOrNone(r.Metadata.CorrelationID), "causationid": idOrNone(r.Metadata.CausationID),
		"actor": r.Metadata.Actor.Account, "actororganisation": r.Metadata.Actor.Organisation, "actorrole": string(r.Metadata.Actor.Role),
	} {
		if value != "" {
			e.SetExtension(name, value)
		}
	}
	payload, err := encode(e, data)
	if err != nil {
		return nil, false, &domain.Error{Code: domain.CodeInternal, Message: fmt.Sprintf("event %d of %s cannot be published", r.Revision, r.Stream), Err: err}
	}
	m = message.NewMessage(r.ID.String(), payload)
	m.Metadata.Set(partitionKey, id)
	return m, true, nil
}

func encode(e cloudevents.Event, data any) ([]byte, error) {
	if err := e.SetData(cloudevents.ApplicationJSON, data); err != nil {
		return nil, err
	}
	if err := e.Validate(); err != nil {
		return nil, err
	}
	return json.Marshal(e)
}

func idOrNone(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}
