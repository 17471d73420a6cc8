package imf

import (
	"encoding/xml"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"backlot/domain/finding"
)

// canonical returns the UUID of an identifier, "" if it is none.
func canonical(id string) string {
	u, err := uuid.Parse(strings.TrimPrefix(strings.TrimSpace(id), "urn:uuid:"))
	if err != nil {
		return ""
	}
	return u.String()
}

type compositionDocument struct {
	XMLName  xml.Name
	ID       string `xml:"Id"`
	EditRate string `xml:"EditRate"`
	Segments []struct {
		ID        string `xml:"Id"`
		Sequences struct {
			All []sequence `xml:",any"`
		} `xml:"SequenceList"`
	} `xml:"SegmentList>Segment"`
}

type sequence struct {
	XMLName   xml.Name
	ID        string `xml:"Id"`
	TrackID   string `xml:"TrackId"`
	Resources []struct {
		ID                string `xml:"Id"`
		EditRate          string `xml:"EditRate"`
		IntrinsicDuration *int64 `xml:"IntrinsicDuration"`
		EntryPoint        int64  `xml:"EntryPoint"`
		SourceDuration    *int64 `xml:"SourceDuration"`
		RepeatCount       *int64 `xml:"RepeatCount"`
		TrackFileID       string `xml:"TrackFileId"`
	} `xml:"ResourceList>Resource"`
}

// composition looks at a composition playlist, and reports whether it has a
// main image; it may have one where it cannot be read.
func (i *inspection) composition(a asset) (picture bool, err error) {
	var d compositionDocument
	if good, err := i.read(a.file, "CompositionPlaylist", &d); !good {
		return true, err
	}
	if !strings.Contains(d.XMLName.Space, "2067-3") {
		i.l.Add(finding.MalformedIMF, a.path, "The playlist is in the namespace %q, and not one of SMPTE ST 2067-3.", d.XMLName.Space)
		return true, nil
	}
	if canonical(d.ID) != a.id {
		i.l.Add(finding.MalformedIMF, a.path, "The playlist is %s, and the asset map has it as %s.", d.ID, a.id)
	}
	rate, good := editRate(d.EditRate)
	if !good {
		i.l.Add(finding.InvalidEditRate, a.path, "The edit rate of the playlist is %q; it is two whole numbers, for example 24000 1001.", d.EditRate)
		return true, nil
	}
	if len(d.Segments) == 0 {
		i.l.Add(finding.MalformedIMF, a.path, "The playlist has no segment.")
		return true, nil
	}
	resources := 0
	for n, segment := range d.Segments {
		where := fmt.Sprintf("%s, segment %d", a.path, n+1)
		lengths := make([]*big.Rat, len(segment.Sequences.All))
		for k, s := range segment.Sequences.All {
			if resources += len(s.Resources); resources > maxAssets {
				i.l.Add(finding.ExcessiveStructure, a.path, "The playlist has more than %d resources.", maxAssets)
				return true, nil
			}
			picture = picture || s.XMLName.Local == "MainImageSequence"
			lengths[k] = i.sequence(s, rate, where+", "+s.XMLName.Local)
		}
		i.equallyLong(segment.Sequences.All, lengths, rate, where)
	}
	return picture, nil
}

// sequence returns how long a sequence lasts, in seconds; nil if that cannot be
// known.
func (i *inspection) sequence(s sequence, composition *big.Rat, where string) *big.Rat {
	length := new(big.Rat)
	for _, r := range s.Resources {
		rate := composition
		if r.EditRate != "" {
			own, good := editRate(r.EditRate)
			if !good {
				i.l.Add(finding.InvalidEditRate, where, "The edit rate of the resource %s is %q; it is two whole numbers.", r.ID, r.EditRate)
				return nil
			}
			rate = own
		}
		if s.XMLName.Local == "MainImageSequence" && rate.Cmp(composition) != 0 {
			i.l.Add(finding.InvalidEditRate, where, "The picture %s has the edit rate %s, and the composition %s.", r.ID, rate.RatString(), composition.RatString())
		}
		if r.TrackFileID != "" {
			if _, known := i.assets[canonical(r.TrackFileID)]; !known {
				i.l.Add(finding.UnresolvedResource, where, "The track file %s is not in the package.", r.TrackFileID)
			}
		}
		if r.IntrinsicDuration == nil {
			i.l.Add(finding.MalformedIMF, where, "The resource %s has no IntrinsicDuration.", r.ID)
			return nil
		}
		plays, repeat := *r.IntrinsicDuration-r.EntryPoint, int64(1)
		if r.SourceDuration != nil {
			plays = *r.SourceDuration
		}
		if r.RepeatCount != nil {
			repeat = *r.RepeatCount
		}
		if r.EntryPoint < 0 || plays <= 0 || repeat <= 0 || *r.IntrinsicDuration <= 0 || plays > *r.IntrinsicDuration || r.EntryPoint > *r.IntrinsicDuration-plays {
			i.l.Add(finding.ResourceOutOfRange, where, "The resource %s plays %d units from %d on, %d times, of %d.", r.ID, plays, r.EntryPoint, repeat, *r.IntrinsicDuration)
			return nil
		}
		units := new(big.Rat).SetInt(new(big.Int).Mul(big.NewInt(plays), big.NewInt(repeat)))
		length.Add(length, units.Quo(units, rate))
	}
	return length
}

// equallyLong compares the sequences of a segment with the main image, or with
// the first if there is none. Sound need not end on a frame, so less than one is
// no difference.
func (i *inspection) equallyLong(all []sequence, lengths []*big.Rat, rate *big.Rat, where string) {
	first := -1
	for k, s := range all {
		if lengths[k] != nil && (first < 0 || s.XMLName.Local == "MainImageSequence" && all[first].XMLName.Local != "MainImageSequence") {
			first = k
		}
	}
	frame := new(big.Rat).Inv(rate)
	for k, s := range all {
		if lengths[k] == nil || k == first {
			continue
		}
		apart := new(big.Rat).Sub(lengths[k], lengths[first])
		if apart.Abs(apart).Cmp(frame) >= 0 {
			i.l.Add(finding.SequenceMismatch, where, "%s lasts %s s and %s lasts %s s.", s.XMLName.Local, lengths[k].FloatString(3), all[first].XMLName.Local, lengths[first].FloatString(3))
		}
	}
}

// editRate reads a numerator and a denominator; false if they are no positive
// fraction.
func editRate(text string) (*big.Rat, bool) {
	parts := strings.Fields(text)
	if len(parts) != 2 {
		return nil, false
	}
	num, err := strconv.ParseInt(parts[0], 10, 32)
	den, err2 := strconv.ParseInt(parts[1], 10, 32)
	if err != nil || err2 != nil || num <= 0 || den <= 0 {
		return nil, false
	}
	return big.NewRat(num, den), true
}
