// Package upload is what is known of a file on its way into the portal: whose
// it is, what it is for and how far it has come. It is kept beside the file's
// bytes until the file is what it was sent for.
package upload

import (
	"time"

	"backlot/domain"
)

// Purpose is what a file is sent for.
type Purpose string

// The purposes.
const (
	Delivery Purpose = "delivery" // a declared file of a delivery
	Material Purpose = "material" // a file that a request will be given to work from
)

// Upload is a file that arrives, or has arrived and is looked at.
type Upload struct {
	Ticket
	ID     string // of the file that it becomes
	Size   int64  // bytes, as declared
	Offset int64  // bytes that are here
}

// Whole reports whether every byte is here.
func (u Upload) Whole() bool { return u.Offset == u.Size }

// Ticket says whose a file is and what it is for, and what became of it.
type Ticket struct {
	Purpose    Purpose
	RequestID  string           // of the request that the file is for; "" where that is said later
	DeliveryID string           // of the delivery that declares the file
	Name       string           // of the file
	SHA256     string           // hex, as declared; "" if nobody did
	By         domain.Principal // who sends it

	Found   string    // SHA-256 of what arrived, hex; "" until that was computed
	Done    bool      // the file is what it was sent for; nothing is left to do
	Problem string    // why the file has to be sent again, or has to wait
	At      time.Time // when Found, Done or Problem were said
}

// The names under which a ticket is kept, and tus clients read it.
const (
	keyPurpose      = "purpose"
	keyRequest      = "request_id"
	keyDelivery     = "delivery_id"
	keyName         = "filename"
	keySHA256       = "sha256"
	keyAccount      = "account"
	keyOrganisation = "organisation"
	keyRole         = "role"
	keyFound        = "found_sha256"
	keyDone         = "done"
	keyProblem      = "problem"
	keyAt           = "at"
)

// Metadata returns the ticket as names and values, without empty ones.
func (t Ticket) Metadata() map[string]string {
	m := map[string]string{
		keyPurpose: string(t.Purpose), keyRequest: t.RequestID, keyDelivery: t.DeliveryID, keyName: t.Name, keySHA256: t.SHA256,
		keyAccount: t.By.Account, keyOrganisation: t.By.Organisation, keyRole: string(t.By.Role), keyFound: t.Found, keyProblem: t.Problem,
	}
	if t.Done {
		m[keyDone] = "yes"
	}
	if !t.At.IsZero() {
		m[keyAt] = t.At.UTC().Format(time.RFC3339)
	}
	for name, value := range m {
		if value == "" {
			delete(m, name)
		}
	}
	return m
}

// TicketOf reads what Metadata returned; what it does not know, it leaves out.
func TicketOf(m map[string]string) Ticket {
	at, _ := time.Parse(time.RFC3339, m[keyAt])
	return Ticket{
		Purpose: Purpose(m[keyPurpose]), RequestID: m[keyRequest], DeliveryID: m[keyDelivery], Name: m[keyName], SHA256: m[keySHA256],
		By:    domain.Principal{Account: m[keyAccount], Organisation: m[keyOrganisation], Role: domain.Role(m[keyRole])},
		Found: m[keyFound], Done: m[keyDone] != "", Problem: m[keyProblem], At: at,
	}
}

// Wanted reads what a client says of the file that it is going to send, and the
// id of the file where it names one. Nobody says on a ticket who they are or
// what became of the file.
func Wanted(m map[string]string) (fileID string, t Ticket) {
	t = TicketOf(m)
	t.By, t.Found, t.Done, t.Problem, t.At = domain.Principal{}, "", false, "", time.Time{}
	return m["file_id"], t
}
