package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// event is what every contender writes, byte for byte.
type event struct {
	id       uuid.UUID
	kind     string
	data     []byte // JSON
	metadata []byte // JSON
}

var (
	languages = []string{"Korean", "Brazilian Portuguese", "Dutch", "German", "Latin American Spanish", "Japanese"}
	sources   = []sourcerequest.SourceType{
		sourcerequest.SourceDubs, sourcerequest.SourceAudioDescription, sourcerequest.SourceSubs,
		sourcerequest.SourceAVMuxed, sourcerequest.SourceForcedSubs,
	}
	firstDueDate = domain.NewDate(2026, 12, 1)
	firstInstant = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
)

// openedEvent returns the i-th event: a source request that an operator opened,
// as the portal records it. Ids and hashes are random, as real ones are, so
// that no store compresses better than it would.
func openedEvent(i int) event {
	var seed [8]byte
	binary.BigEndian.PutUint64(seed[:], uint64(i))
	hash := sha256.Sum256(seed[:])
	data, err := json.Marshal(sourcerequest.Opened{
		PackageID:             fmt.Sprintf("PKG-%07d", i),
		MovieID:               fmt.Sprintf("80%06d", i/10),
		Title:                 fmt.Sprintf("The Harbour at Night, Season %d: Episode %d", i%7+1, i%12+1),
		MovieType:             sourcerequest.MovieEpisode,
		IsOriginal:            i%2 == 0,
		ContentPartner:        fmt.Sprintf("studio-%02d", i%40),
		FulfillmentPartner:    fmt.Sprintf("post-house-%02d", i%25),
		SourceType:            sources[i%len(sources)],
		ServiceType:           sourcerequest.ServiceCreate,
		Language:              languages[i%len(languages)],
		Countries:             []string{"Austria", "Germany", "Switzerland"}[:i%3+1],
		DueDate:               firstDueDate,
		EstimatedDeliveryDate: firstDueDate,
		MaterialStatus:        sourcerequest.MaterialNotReceived,
		Status:                sourcerequest.StatusOpen,
	})
	if err != nil {
		panic(err) // it always encodes
	}
	metadata, err := json.Marshal(domain.Metadata{
		OccurredAt:    firstInstant.Add(time.Duration(i) * 17 * time.Millisecond),
		Actor:         domain.Principal{Account: fmt.Sprintf("account-%04d", i%500), Role: domain.RoleOperator},
		CorrelationID: uuid.NewSHA1(uuid.NameSpaceOID, hash[:8]),
		CausationID:   uuid.NewSHA1(uuid.NameSpaceOID, hash[8:]),
		SchemaVersion: 2,
		ChainHash:     hex.EncodeToString(hash[:]),
	})
	if err != nil {
		panic(err)
	}
	return event{id: uuid.NewSHA1(uuid.NameSpaceURL, hash[:]), kind: "SourceRequestOpened.v2", data: data, metadata: metadata}
}

// openedEvents returns n events, the first of them the given one.
func openedEvents(first, n int) []event {
	events := make([]event, n)
	for i := range events {
		events[i] = openedEvent(first + i)
	}
	return events
}
