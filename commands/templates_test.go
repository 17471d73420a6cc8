package commands

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/template"
	"backlot/eventstore"
	"backlot/eventstore/embedded"
)

var juniperToo = domain.Principal{Account: "jack", Organisation: juniper.Organisation, Role: domain.RoleFulfillmentPartner}

// shelf is the use cases of templates over an event store that can be opened again.
type shelf struct {
	*Templates
	t         *testing.T
	log       *breakingLog
	directory *template.Directory
}

// openShelf opens the store in a file system and waits until the directory
// knows what is in it.
func openShelf(t *testing.T, fs vfs.FS) (s *shelf, end func()) {
	t.Helper()
	server, err := embedded.Open(t.Context(), embedded.Options{FS: fs, Dir: "store"})
	require.NoError(t, err)
	store, err := eventstore.Connect(eventstore.Config{Client: server.ClientConfiguration()})
	require.NoError(t, err)
	s = &shelf{t: t, log: &breakingLog{Log: store}, directory: template.NewDirectory()}
	s.Templates = NewTemplates(s.log, s.directory, func() time.Time { return noon })
	ctx, cancel := context.WithCancel(t.Context())
	var following sync.WaitGroup
	following.Go(func() {
		_ = store.Follow(ctx, 0, []string{template.StreamPrefix}, func(p domain.Page) error { s.directory.Apply(p); return nil })
	})
	require.Eventually(t, s.directory.Ready, 10*time.Second, time.Millisecond)
	return s, func() {
		cancel()
		following.Wait()
		require.NoError(t, store.Close())
		require.NoError(t, server.Close())
	}
}

func newShelf(t *testing.T) *shelf {
	s, end := openShelf(t, vfs.NewMem())
	t.Cleanup(end)
	return s
}

// done gives a command and waits until the directory knows of it.
func (s *shelf) done(c template.Command, i domain.Instruction) template.Outcome {
	s.t.Helper()
	o, err := s.Change(s.t.Context(), c, i)
	require.NoError(s.t, err)
	require.NoError(s.t, s.directory.WaitFor(s.t.Context(), o.Position))
	return o
}

func (s *shelf) refused(code domain.Code, c template.Command, p domain.Principal) error {
	s.t.Helper()
	_, err := s.Change(s.t.Context(), c, by(p, time.Now().String(), ""))
	require.Equal(s.t, code, domain.ErrorCode(err), "%v", err)
	return err
}

func sharedDutch() template.Save {
	return template.Save{ID: "d", Content: template.Content{Name: "Dutch", Query: "language=Dutch", Groups: []string{"country"}, Shared: true}}
}

func TestTemplatesSurviveARestart(t *testing.T) {
	disk := vfs.NewMem()
	s, end := openShelf(t, disk)
	first := s.done(sharedDutch(), by(juniper, "save", "body"))
	require.True(t, first.Changed)
	s.done(template.ChooseDefault{ID: "d"}, by(juniperToo, "choose", ""))
	renamed := s.done(template.Replace{ID: "d", Content: template.Content{Name: "Nederlands", Query: "language=Dutch", Shared: true}}, by(juniper, "rename", ""))
	end()

	s, end = openShelf(t, disk)
	defer end()
	require.Equal(t, renamed.State, s.directory.ByAccount(juniper.Account))
	require.Equal(t, "d", s.directory.ByAccount(juniperToo.Account).Default)
	shared, ok := s.directory.FindShared("d", juniperToo)
	require.True(t, ok)
	require.Equal(t, "Nederlands", shared.Name)
	again := s.done(sharedDutch(), by(juniper, "save", "body"))
	require.True(t, again.Replayed)
	require.Equal(t, first.State, again.State, "the first answer, not the present state")
	require.Equal(t, first.Position, again.Position)
	_, err := s.Change(t.Context(), sharedDutch(), by(juniper, "save", "another body"))
	require.Equal(t, domain.CodeKeyReused, domain.ErrorCode(err))
}

func TestOnlyTheOwnerChangesATemplate(t *testing.T) {
	s := newShelf(t)
	s.done(sharedDutch(), by(juniper, "save", ""))
	replace := template.Replace{ID: "d", Content: template.Content{Name: "Mine now"}}
	for _, c := range []template.Command{replace, template.Delete{ID: "d"}} {
		require.ErrorContains(t, s.refused(domain.CodeForbidden, c, juniperToo), juniper.Account)
		s.refused(domain.CodeNotFound, c, lantern)
		s.refused(domain.CodeNotFound, c, operator)
	}
	require.True(t, s.done(template.ChooseDefault{ID: "d"}, by(juniperToo, "choose", "")).Changed)
	require.False(t, s.done(template.ChooseDefault{ID: "d"}, by(juniperToo, "choose again", "")).Changed)
	s.refused(domain.CodeNotFound, template.ChooseDefault{ID: "d"}, lantern)

	s.done(template.Replace{ID: "d", Content: template.Content{Name: "Dutch"}}, by(juniper, "keep", ""))
	s.refused(domain.CodeNotFound, replace, juniperToo)
	s.refused(domain.CodeNotFound, template.ChooseDefault{ID: "d"}, juniperToo)
	require.True(t, s.done(template.Delete{ID: "d"}, by(juniper, "delete", "")).Changed)
	require.True(t, s.done(template.Delete{ID: "d"}, by(juniper, "delete", "")).Replayed)
	s.refused(domain.CodeNotFound, template.Delete{ID: "d"}, juniper)
}

// Until it is known what others share, nobody is told that there is nothing.
func TestWhatOthersShareIsWaitedFor(t *testing.T) {
	s := newShelf(t)
	s.Templates = NewTemplates(s.log, template.NewDirectory(), nil)
	s.refused(domain.CodeUnavailable, template.ChooseDefault{ID: "d"}, juniperToo)
	s.done(sharedDutch(), by(juniper, "save", ""))
	s.done(template.ChooseDefault{ID: "d"}, by(juniper, "choose", ""))
}

func TestOneOfManyGetsAName(t *testing.T) {
	s := newShelf(t)
	var all sync.WaitGroup
	errs := make([]error, 8)
	for n := range errs {
		all.Go(func() {
			key := string(rune('a' + n))
			_, errs[n] = s.Change(t.Context(), template.Save{ID: key, Content: template.Content{Name: "Dutch"}}, by(juniper, key, key))
		})
	}
	all.Wait()
	saved := 0
	for _, err := range errs {
		if err == nil {
			saved++
			continue
		}
		require.Equal(t, domain.CodeConflict, domain.ErrorCode(err))
	}
	require.Equal(t, 1, saved)
}
