package notification

import "time"

// SpokenUpTo says up to which instant passing time has spoken. Its JSON is a
// storage format; the stream is a checkpoint.
type SpokenUpTo struct {
	At time.Time `json:"at"`
	// Until is set while what lies between is told in digests, as nobody could
	// tell it in time: whoever goes on after a crash tells the same ones.
	Until time.Time `json:"until,omitzero"`
}
