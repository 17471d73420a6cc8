package readapi

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"backlot/commands"
	"backlot/domain"
	"backlot/internal/oidctest"
)

// scopeWorld is a portal in which everything that somebody could come to know
// is a secret of its own: see scopeSecret.
type scopeWorld struct {
	*portal
	requests    *commands.SourceRequests
	secrets     map[string]scopeSecret
	calls       map[string]map[string]bool // operation, then account: who called what
	operations  map[string]operation
	turned      map[string][]time.Time   // by request: before it became somebody else's
	responsible map[string][]scopePerson // by request: whom answersFor named
	ids         map[string]string        // ids of what is not a request: templates, jobs, tokens
}

func newScopeWorld(t *testing.T) *scopeWorld {
	w := &scopeWorld{portal: newPortal(t, signedInAt(t, oidctest.Start(t)), often), secrets: map[string]scopeSecret{}, calls: map[string]map[string]bool{}, operations: map[string]operation{}, turned: map[string][]time.Time{}, responsible: map[string][]scopePerson{}, ids: map[string]string{}}
	w.requests = commands.NewSourceRequests(commands.Config{Log: w.store, Organisations: w.directory, People: w.people, Now: w.now})
	for _, op := range (&server{}).operations() {
		w.operations[op.id] = op
	}
	w.bringPeople()
	w.bring(w.scopeFile())
	require.NoError(t, w.files.Create(t.Context(), "f", strings.NewReader("x"))) // what sendsTo sends
	w.happens()
	w.bringTemplates()
	w.bringJobs()
	w.bringTokens()
	w.bringNotifications()
	// What is sealed gets no seal by itself later, which would move positions on.
	w.as(anAuditor).post("/audit/seals", "").ok(http.StatusOK)
	w.settle()
	return w
}

// settle waits until reads show everything that has happened.
func (w *scopeWorld) settle() {
	w.t.Helper()
	end, err := w.store.End(w.t.Context())
	require.NoError(w.t, err)
	w.await(end.String())
	require.NoError(w.t, w.templates.WaitFor(w.t.Context(), end))
	require.NoError(w.t, w.notifications.WaitFor(w.t.Context(), end))
	require.NoError(w.t, w.jobs.WaitFor(w.t.Context(), end))
}

// bringTemplates saves templates of one person, of an organisation, and of the
// service's own people.
func (w *scopeWorld) bringTemplates() {
	for _, c := range []struct {
		by     scopePerson
		word   string
		shared bool
		known  []string
	}{
		{azure, "private", false, []string{azure.id()}},
		{azure, "shared", true, []string{alder}},
		{lilac, "nords", true, []string{nord}},
		{topaz, "birchs", false, []string{topaz.id()}},
		{umber, "ours", true, []string{string(domain.RoleOperator), string(domain.RoleAuditor), string(domain.RoleQualityControl)}},
	} {
		body := `{"name":"Zqtemplate` + c.word + `","query":"language=Zqquery` + c.word + `"}`
		if c.shared {
			body = strings.Replace(body, "}", `,"shared":true}`, 1)
		}
		w.ids[c.word] = w.as(c.by.principal()).post("/templates", body).ok(http.StatusCreated).text("template.id")
		for _, kind := range []string{"zqtemplate", "zqquery"} {
			w.hide(scopeSecret{text: kind + c.word, what: "the template " + c.word + " of " + c.by.word, known: c.known, shownBy: []string{"listTemplates"}})
		}
	}
}

// bringJobs runs an import of olga's in which every row is refused, and a job of
// azure's over no request.
func (w *scopeWorld) bringJobs() {
	run := func(as scopePerson, path, mediaType, body string) string {
		id := w.as(as.principal()).with("Content-Type", mediaType).post(path, body).ok(http.StatusAccepted).text("id")
		require.Equal(w.t, http.StatusOK, w.as(as.principal()).get("/jobs/", id, "/events").status)
		return id
	}
	file := fileHeader + "\nzqrefusedid,p,m,Zqrefusedtitle,Zqrefusedtype,Yes,Zqnordfilm,Zqalderpost,Dubs,Create,Korean,Japan,2026-11-24,,,\n"
	w.ids["import"] = run(olga, "/import?name=zqimportedfile.csv", "text/csv", file)
	for text, shownBy := range map[string][]string{
		"zqrefusedid": {"listJobRefusals"}, "zqrefusedtitle": nil, "zqrefusedtype": {"listJobRefusals"}, "zqimportedfile": {"getJob", "watchJob", "listJobs"},
	} {
		w.hide(scopeSecret{text: text, what: "what olga's import brought", known: serviceRoles(), shownBy: shownBy})
	}
	w.ids["bulk"] = run(azure, "/bulk/comment", "application/json", `{"query":"language=Zqbulkquery","text":"A zqbulktext"}`)
	for text, shownBy := range map[string][]string{"zqbulkquery": {"getJob", "watchJob", "listJobs"}, "zqbulktext": nil} {
		w.hide(scopeSecret{text: text, what: "what azure wanted of many", known: append(serviceRoles(), azure.id()), shownBy: shownBy})
	}
}

func (w *scopeWorld) bringTokens() {
	for _, p := range []scopePerson{azure, olga} {
		w.ids["token of "+p.word] = w.as(p.principal()).post("/account/tokens", `{"label":"Zqtoken`+p.word+`"}`).ok(http.StatusCreated).text("id")
		w.hide(scopeSecret{text: "zqtoken" + p.word, what: "the label of a token of " + p.word, known: []string{p.id()}, shownBy: []string{"listTokens"}})
	}
}

// called notes that somebody called an operation.
func (w *scopeWorld) called(operation string, who scopePerson) {
	if w.calls[operation] == nil {
		w.calls[operation] = map[string]bool{}
	}
	w.calls[operation][who.id()] = true
}

// end returns the position of the last event.
func (w *scopeWorld) end() domain.Position {
	end, err := w.store.End(w.t.Context())
	require.NoError(w.t, err)
	return end
}

// appended lists what came after a position.
func (w *scopeWorld) appended(after domain.Position) (events []string) {
	if w.end() == after {
		return nil
	}
	require.NoError(w.t, w.store.ReadForwards(w.t.Context(), after, func(r domain.Recorded, _ time.Time) error {
		events = append(events, r.Stream+": "+r.Type)
		return nil
	}))
	return events
}

func (w *scopeWorld) sortedSecrets() []scopeSecret {
	var all []scopeSecret
	for _, s := range w.secrets {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b scopeSecret) int { return strings.Compare(a.text, b.text) })
	return all
}
