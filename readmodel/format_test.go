package readmodel_test

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// The golden files pin the format. One that changes means another
// readmodel.Version, or read models in use are misread.
var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	goldenOf(t, readmodel.Version, name, got)
}

func goldenOf(t *testing.T, version, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".v"+version)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

var exampleRow = readmodel.Row{
	ID: "SR-1", Title: 0x01020304, Package: 2, ContentPartner: 3, FulfillmentPartner: 4, SubAssignee: 5, Responsible: 14, SubResponsible: 15, Language: 6, CountrySet: 7, IssueSet: 8,
	SourceType: 9, ServiceType: 10, MovieType: 11, Status: 12, MaterialStatus: 13, QualityControl: 16,
	Flags:   readmodel.FlagOriginal | readmodel.FlagOpen,
	DueDate: domain.NewDate(2026, time.November, 23), EstimatedDate: domain.NewDate(2026, time.December, 24),
	Critical: 1_795_478_400_000, AtRisk: -1, Overdue: sourcerequest.Never, RedeliveryAsked: 0x0102030405060708, Revision: 1<<63 + 1, Since: 1_795_478_300_001,
}

func TestTheBytesOfARow(t *testing.T) {
	var lines strings.Builder
	b := exampleRow.Append(nil)
	require.Len(t, b, readmodel.RowSize)
	for line := range slices.Chunk(b, 16) {
		fmt.Fprintln(&lines, hex.EncodeToString(line))
	}
	golden(t, "row.hex", lines.String())
}

var exampleEnded = readmodel.Ended{Number: 258, Until: 1_795_478_400_123, Row: exampleRow}

func TestTheBytesOfAnEndedVersion(t *testing.T) {
	b := exampleEnded.Append(nil)
	require.Len(t, b, readmodel.EndedSize)
	golden(t, "ended.hex", hex.EncodeToString(b[:len(b)-readmodel.RowSize])+"\n")
	require.Equal(t, exampleRow.Append(nil), b[len(b)-readmodel.RowSize:])
}

func TestTheBytesOfAFullSegmentOfThePast(t *testing.T) {
	rows := exampleEnded.Append(exampleEnded.Append(nil))
	packed := hexOf(t, "past", readmodel.Version, readmodel.PackPast(rows))
	unpacked, err := readmodel.UnpackPast(packed)
	require.NoError(t, err)
	require.Equal(t, rows, unpacked)
}

func TestTheValuesOfFlags(t *testing.T) {
	require.Equal(t, []readmodel.Flags{1, 2, 4, 8, 16}, []readmodel.Flags{
		readmodel.FlagOriginal, readmodel.FlagUsableMaterials, readmodel.FlagMaterialRejected, readmodel.FlagWasDelivered, readmodel.FlagOpen,
	})
}

func TestTheKeys(t *testing.T) {
	g := readmodel.Generation("g1")
	keys := []string{readmodel.LiveKey, readmodel.BuildingKey, g.Checkpoint(), g.Info(), g.Rows(0), g.Rows(12), g.Feed(), g.Document("SR-1"), g.Past(0), g.Past(12)}
	for d := range readmodel.Dictionary(readmodel.DictionaryCount) {
		keys = append(keys, g.Dictionary(d))
	}
	keys = append(keys, readmodel.InfoVersion, readmodel.InfoPolicy, readmodel.InfoStarted, readmodel.InfoEvents, fmt.Sprint(readmodel.RowsPerSegment),
		readmodel.InfoPastFirst, readmodel.InfoPastCount, readmodel.InfoPastFrom, fmt.Sprint(readmodel.EndedPerSegment))
	golden(t, "keys", strings.Join(keys, "\n")+"\n")
}

func TestTheFieldsOfAChange(t *testing.T) {
	c := readmodel.Change{
		Generation: "g1", From: 7, To: 1 << 60, Rows: []readmodel.NumberedRow{{Number: 258, Row: exampleRow}},
		Added: map[readmodel.Dictionary]readmodel.Added{
			readmodel.Titles:      {From: 1, Values: []string{readmodel.TitleValue("M1", "Ōkami")}},
			readmodel.CountrySets: {From: 3, Values: []string{readmodel.SetValue([]string{"Japan", "Canada"}), ""}},
		},
		Ended: readmodel.EndedRows{From: 513, Rows: exampleEnded.Append(nil)}, PastFrom: 1_795_000_000_000,
	}
	fields, err := c.Fields()
	require.NoError(t, err)
	var lines strings.Builder
	fmt.Fprintln(&lines, readmodel.FeedID(c.To))
	for i := 0; i < len(fields); i += 2 {
		fmt.Fprintf(&lines, "%s %q\n", fields[i], fields[i+1])
	}
	golden(t, "change", lines.String())
}

func TestTheJSONOfADocument(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 0, 0, 5_000_000, time.UTC)
	by := domain.Principal{Account: "a1", Organisation: "org-f", Role: domain.RoleFulfillmentPartner}
	original := true
	b, err := readmodel.MarshalDocument(readmodel.Document{ID: "SR-1", Revision: 12, Position: 345, Since: 1_795_478_300_001, State: sourcerequest.State{
		PackageID: "P1", MovieID: "M1", Title: "Harbour Lights", MovieType: sourcerequest.MovieEpisode, IsOriginal: true,
		ContentPartner: "org-a", FulfillmentPartner: "org-f", SubAssignee: "org-g", Helpers: []string{"org-g"}, Responsible: "a1", SubResponsible: "a2", SourceType: sourcerequest.SourceDubs,
		ServiceType: sourcerequest.ServiceCreate, Language: "Korean", Countries: []string{"Canada", "Japan"},
		DueDate: domain.NewDate(2026, time.December, 1), MovedDeliveryDate: domain.NewDate(2026, time.December, 3),
		Status: sourcerequest.StatusRedeliveryRequested, StatusBeforeCancel: sourcerequest.StatusOpen, MaterialStatus: sourcerequest.MaterialRejected, MaterialSinceRejected: true,
		Materials: []sourcerequest.Material{{
			MaterialFile: sourcerequest.MaterialFile{ID: "m1", Kind: sourcerequest.MaterialAudio, Name: "a.wav", Size: 3, SHA256: "00"}, ProvidedAt: at, ProvidedBy: by,
		}},
		Deliveries: []sourcerequest.Delivery{{
			ID: "d1", Method: sourcerequest.MethodAPI, StartedAt: at, StartedBy: by, CompletedAt: at, InspectedAt: at,
			Files:    []sourcerequest.DeliveryFile{{DeclaredFile: sourcerequest.DeclaredFile{ID: "f1", Name: "a.mov", Size: 9, SHA256: "11"}, DeliveredAt: at}},
			Findings: []sourcerequest.FindingState{{Finding: sourcerequest.Finding{ID: "n1", FileID: "f1", Code: "telecine", Text: "Telecine"}, Overridden: true, OverrideReason: "fine"}},
		}},
		LatestDelivery: "d1", WasDelivered: true,
		QualityControls: []sourcerequest.QualityControl{{
			ID: "q1", DeliveryID: "d1", Check: sourcerequest.CheckSpot, RecordedAt: at, RecordedBy: by,
			Issues: []sourcerequest.IssueState{{
				Issue:  sourcerequest.Issue{ID: "i1", Code: "drift", Category: "Audio", Severity: sourcerequest.SeverityBlocker, TimecodeIn: "00:00:01:00", Description: "Drifts"},
				Answer: sourcerequest.AnswerWillFix, Note: "soon", AnsweredAt: at, AnsweredBy: by,
			}},
		}},
		Comments:   []sourcerequest.Comment{{ID: "c1", Text: "<b> & é", At: at, By: by}},
		Redelivery: &sourcerequest.Redelivery{Scope: sourcerequest.RedeliveryFull, Cause: sourcerequest.CausePerson, Reasons: []string{"drift"}, RequestedAt: at},
		Upgrades:   "SR-0", UpgradedTo: "SR-2", OpenedAt: at, UpdatedAt: at, FieldRevision: 4,
		LastRow: &sourcerequest.Row{Title: "Harbour Lights", IsOriginal: &original},
	}})
	require.NoError(t, err)
	golden(t, "document.json", jsonOf(t, readmodel.UnmarshalDocument, b)+"\n")
	packed := hexOf(t, "document.packed", readmodel.Version, b)
	require.Equal(t, jsonOf(t, readmodel.UnmarshalDocument, b), jsonOf(t, readmodel.UnmarshalDocument, packed))
	require.Less(t, len(b), 1200, "of 2,700 bytes of JSON")
}

// jsonOf returns what a packed document says.
func jsonOf[T any](t *testing.T, unmarshal func([]byte) (T, error), packed []byte) string {
	t.Helper()
	d, err := unmarshal(packed)
	require.NoError(t, err)
	b, err := json.Marshal(d)
	require.NoError(t, err)
	return string(b)
}

// hexOf returns the bytes of a golden file, which others that say the same may
// take the place of: how well is packed is not pinned, what can be read is.
func hexOf(t *testing.T, name, version string, packed []byte) []byte {
	t.Helper()
	path := filepath.Join("testdata", name+".hex.v"+version)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(hex.EncodeToString(packed)+"\n"), 0o644))
	}
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	b, err := hex.DecodeString(strings.TrimSpace(string(text)))
	require.NoError(t, err)
	return b
}
