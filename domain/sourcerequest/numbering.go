package sourcerequest

import "fmt"

// Streams that number requests opened without an id. Numbers are reserved in
// blocks, and the id that a command got is kept under its key, so that the
// command sent again opens the same request.
const (
	NumbersStream      = "sourceRequestNumbers"
	NumberStreamPrefix = "sourceRequestNumber-" // a UUID of the command key follows
)

type (
	// NumbersReserved took the numbers First to First+Count-1 out of use.
	NumbersReserved struct {
		First uint64 `json:"first"`
		Count uint64 `json:"count"`
	}

	// Numbered gave an id to the request that a command opens. A later one in
	// the same stream replaces it: the id was taken.
	Numbered struct {
		ID string `json:"id"`
	}
)

// NumberedID returns the request id that a number gives.
func NumberedID(n uint64) string { return fmt.Sprintf("SR-%07d", n) }
