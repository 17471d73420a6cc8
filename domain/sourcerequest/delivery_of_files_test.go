package sourcerequest

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"backlot/domain"
)

// A delivery that completes itself does so with its last file, whichever that is.
func TestADeliveryThatCompletesItself(t *testing.T) {
	sum := strings.Repeat("ab", 32)
	files := []DeclaredFile{{ID: "f1", Name: "a", Size: 1}, {ID: "f2", Name: "b", Size: 2, SHA256: sum, Location: "aspera://host/b"}, {ID: "f3", Name: "c", Size: 3}}
	decide := func(s State, c Command) (State, []Event) {
		t.Helper()
		events, err := Decide(s, c)
		require.NoError(t, err)
		for _, e := range events {
			s = Evolve(s, e, domain.Occurrence{At: time.Unix(1, 0)})
		}
		return s, events
	}
	open := Evolve(State{}, Opened{Status: StatusOpen, Title: "x"}, domain.Occurrence{At: time.Unix(1, 0)})
	s, events := decide(open, StartDelivery{DeliveryID: "d", Method: MethodAPI, Files: files, AutoComplete: true})
	require.Equal(t, []Event{
		DeliveryStarted{DeliveryID: "d", Method: MethodAPI, Files: files, AutoComplete: true}, FileDelivered{DeliveryID: "d", FileID: "f2", Size: 2, SHA256: sum},
	}, events)
	last := FileDelivered{DeliveryID: "d", FileID: "f1", Size: 1, SHA256: sum}
	s, events = decide(s, DeliverFile{DeliveryID: "d", FileID: "f3", Size: 3, SHA256: sum})
	require.Len(t, events, 1)
	require.Equal(t, StatusOpen, s.Status)
	s, events = decide(s, DeliverFile(last))
	require.Equal(t, []Event{last, DeliveryCompleted{DeliveryID: "d"}}, events)
	require.Equal(t, StatusDelivered, s.Status)

	_, events = decide(open, StartDelivery{DeliveryID: "d", Method: MethodAPI, Files: files[1:2], AutoComplete: true})
	require.Equal(t, DeliveryCompleted{DeliveryID: "d"}, events[len(events)-1], "all of it is there")
	_, events = decide(open, StartDelivery{DeliveryID: "d", Method: MethodAPI, Files: files[1:2]})
	require.Len(t, events, 2, "somebody says when it is complete")
}

// An issue is about a file of what was checked, if it is about one.
func TestAnIssueOfAFile(t *testing.T) {
	checks := func(s State, file string) error {
		_, err := Decide(s, RecordQualityControl{ResultID: "q", Check: CheckFull, Issues: []Issue{
			{ID: "i", FileID: file, Code: "Sync Drift", Severity: SeverityIssue, Description: "it drifts"},
		}})
		return err
	}
	s := Evolve(State{}, Opened{Status: StatusOpen, Title: "x"}, domain.Occurrence{At: time.Unix(1, 0)})
	for _, d := range []string{"1", "2"} {
		s = Evolve(s, DeliveryStarted{DeliveryID: "d" + d, Files: []DeclaredFile{{ID: "f" + d, Name: "a"}}}, domain.Occurrence{At: time.Unix(1, 0)})
		s = Evolve(s, DeliveryCompleted{DeliveryID: "d" + d}, domain.Occurrence{At: time.Unix(1, 0)})
	}
	require.NoError(t, checks(s, "f2"))
	require.NoError(t, checks(s, ""))
	var e *domain.Error
	require.ErrorAs(t, checks(s, "f1"), &e, "of an earlier delivery")
	require.Equal(t, "issues[0].file_id", e.Field)
	require.Equal(t, []string{"f2"}, e.Allowed)
	imported := Evolve(State{}, Opened{Status: StatusDelivered, Title: "x"}, domain.Occurrence{At: time.Unix(1, 0)})
	require.ErrorContains(t, checks(imported, "f1"), "knows no files")
}
