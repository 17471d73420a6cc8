package seal

import "backlot/domain"

// Kind is what a finding found.
type Kind string

// The kinds of findings.
const (
	Altered       Kind = "altered"        // the event is not what was recorded there
	Removed       Kind = "removed"        // the event is not there, later ones of its stream are
	Reordered     Kind = "reordered"      // the event is there, but not in its place
	Inserted      Kind = "inserted"       // the event stands among sealed ones and is not sealed, or its stream shows one that is not its own
	StreamRemoved Kind = "stream_removed" // nothing of the stream is there or can be read
	TailRemoved   Kind = "tail_removed"   // the event and all after it in its stream are not there
	Hidden        Kind = "hidden"         // the event is in the log, but its stream does not show it
	Rewritten     Kind = "rewritten"      // the log contradicts an exported seal
	Corrupt       Kind = "corrupt"        // a file is damaged
)

// Kinds lists the kinds of findings.
func Kinds() []Kind {
	return []Kind{Altered, Removed, Reordered, Inserted, StreamRemoved, TailRemoved, Hidden, Rewritten, Corrupt}
}

// Finding is the first place at which a stream is broken, a contradiction of
// an exported seal, or a damaged file.
type Finding struct {
	Kind     Kind
	Stream   string          // empty for a file, or when no stream is known
	Revision uint64          // in the stream; means nothing without one
	Position domain.Position // of the event, or of the one beside which it is missed; 0 where it is not known
	File     string          // in the data folder, of a corruption
	Text     string          // a sentence
}

// MaxFindings is how many findings a report spells out.
const MaxFindings = 1000

// Report is what a verification saw. It is without a finding if all is well.
type Report struct {
	Events    int             // of the log, system events not counted
	Streams   int             // that they are in
	Unchained int             // events of streams that carry no hashes: other people's
	Seals     int             // that were compared
	Exported  int             // exported seals that were compared
	Sealed    uint64          // events that seals cover
	SealedTo  domain.Position // of the last event that they cover
	Unsealed  int             // events after the last seal, which only their chains cover
	Findings  []Finding       // the first MaxFindings, in the order of the log
	Found     int             // findings, whatever their number
}
