package eventstore

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"backlot/domain/sourcerequest"
)

// persistedNames is every name that was ever written. It only grows.
var persistedNames = []string{
	"AccountDeactivated.v1",
	"AccountErased.v1",
	"AccountOpened.v1",
	"AccountPasswordSet.v1",
	"AccountReactivated.v1",
	"AccountRightsChanged.v1",
	"AccountSignedIn.v1",
	"AccountSignedOut.v1",
	"AccountTokenIssued.v1",
	"AccountTokenRevoked.v1",
	"CheckpointMoved.v1",
	"DeliveryClaimed.v1",
	"DeliveryQueued.v1",
	"DeliveryTried.v1",
	"DigestGathered.v1",
	"DigestTold.v1",
	"Digested.v1",
	"InboxMarked.v1",
	"JobAccepted.v1",
	"JobBegan.v1",
	"JobEnded.v1",
	"JobListed.v1",
	"JobProgressed.v1",
	"JobStopRequested.v1",
	"LogSealed.v1",
	"LoginReleased.v1",
	"LoginReserved.v1",
	"NotificationRuleDeleted.v1",
	"NotificationRuleReplaced.v1",
	"NotificationRuleSaved.v1",
	"Notified.v1",
	"OrganisationKindAdded.v1",
	"OrganisationRegistered.v1",
	"OrganisationRenamed.v1",
	"Person.v1",
	"SourceRequestAssigned.v1",
	"SourceRequestCancelled.v1",
	"SourceRequestCommentRedacted.v1",
	"SourceRequestCommented.v1",
	"SourceRequestCommented.v2",
	"SourceRequestCommented.v3",
	"SourceRequestDeliveryCompleted.v1",
	"SourceRequestDeliveryInspected.v1",
	"SourceRequestDeliveryInspected.v2",
	"SourceRequestDeliveryStarted.v1",
	"SourceRequestDeliveryStarted.v2",
	"SourceRequestEstimatedDeliveryDateChanged.v1",
	"SourceRequestFieldsEdited.v1",
	"SourceRequestFileDelivered.v1",
	"SourceRequestFilesDownloaded.v1",
	"SourceRequestFindingOverridden.v1",
	"SourceRequestMaterialStatusChanged.v1",
	"SourceRequestMaterialsProvided.v1",
	"SourceRequestNumbered.v1",
	"SourceRequestNumbersReserved.v1",
	"SourceRequestOpened.v1",
	"SourceRequestOpened.v2",
	"SourceRequestQCIssueAnswered.v1",
	"SourceRequestQualityControlRecorded.v1",
	"SourceRequestQualityControlRecorded.v2",
	"SourceRequestQualityControlRecorded.v3",
	"SourceRequestRedeliveryRequested.v1",
	"SourceRequestReinstated.v1",
	"SourceRequestResponsibleChanged.v1",
	"SourceRequestRowImported.v1",
	"SourceRequestSubAssigned.v1",
	"SourceRequestUpgraded.v1",
	"TemplateDefaultChosen.v1",
	"TemplateDeleted.v1",
	"TemplateQueryChanged.v1",
	"TemplateRenamed.v1",
	"TemplateSaved.v1",
	"TemplateShared.v1",
	"TemplateUnshared.v1",
	"TextKept.v1",
	"TimeSpoken.v1",
	"WebhookSecrets.v1",
}

func TestPersistedNames(t *testing.T) {
	require.Equal(t, persistedNames, events.names(), "a persisted name is never changed or removed; a new one is added here and gets a golden file")
}

// eventsOfNoAggregate are in no Event interface: streams with one kind of entry.
var eventsOfNoAggregate = []string{
	"account.LoginReleased", "account.LoginReserved", "account.Person", "checkpoint.Moved", "seal.Sealed", "sourcerequest.Numbered", "sourcerequest.NumbersReserved", "text.Kept",
}

func TestEveryEventOfTheDomainIsInTheCatalog(t *testing.T) {
	inDomain := append(domainEvents(t), eventsOfNoAggregate...)
	slices.Sort(inDomain)
	require.Contains(t, inDomain, "sourcerequest.Opened")
	require.Contains(t, inDomain, "organisation.Registered")
	var inCatalog []string
	for typ := range events.byType {
		inCatalog = append(inCatalog, typ.String())
	}
	slices.Sort(inCatalog)
	require.Equal(t, inDomain, inCatalog)
}

// domainEvents finds, in the source of every aggregate, the types that carry
// the unexported method of its Event interface.
func domainEvents(t *testing.T) []string {
	var found []string
	require.NoError(t, filepath.WalkDir("../domain", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		files, err := filepath.Glob(filepath.Join(path, "*.go"))
		if err != nil {
			return err
		}
		var parsed []*ast.File
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			parsed = append(parsed, f)
		}
		marker := ""
		for _, f := range parsed {
			ast.Inspect(f, func(n ast.Node) bool {
				spec, ok := n.(*ast.TypeSpec)
				if !ok || spec.Name.Name != "Event" {
					return true
				}
				if i, ok := spec.Type.(*ast.InterfaceType); ok {
					for _, m := range i.Methods.List {
						if len(m.Names) == 1 && !m.Names[0].IsExported() {
							marker = m.Names[0].Name
						}
					}
				}
				return true
			})
		}
		if marker == "" {
			return nil
		}
		for _, f := range parsed {
			for _, decl := range f.Decls {
				method, ok := decl.(*ast.FuncDecl)
				if !ok || method.Recv == nil || method.Name.Name != marker {
					continue
				}
				receiver, ok := method.Recv.List[0].Type.(*ast.Ident)
				require.True(t, ok, "%s: events are values, not pointers", path)
				found = append(found, f.Name.Name+"."+receiver.Name)
			}
		}
		return nil
	}))
	return found
}

func TestCatalogRefuses(t *testing.T) {
	keep := upcaster(nil)
	for name, definitions := range map[string][]definition{
		"a name twice":         {current[sourcerequest.Opened]("A.v1"), current[sourcerequest.Upgraded]("A.v1")},
		"a former name twice":  {current[sourcerequest.Opened]("A.v2", former("A.v1", keep)), current[sourcerequest.Upgraded]("A.v1")},
		"a type twice":         {current[sourcerequest.Opened]("A.v1"), current[sourcerequest.Opened]("B.v1")},
		"no version":           {current[sourcerequest.Opened]("A")},
		"version 0":            {current[sourcerequest.Opened]("A.v0")},
		"a padded version":     {current[sourcerequest.Opened]("A.v01")},
		"no name":              {current[sourcerequest.Opened](".v1")},
		"a missing version":    {current[sourcerequest.Opened]("A.v2")},
		"a gap":                {current[sourcerequest.Opened]("A.v3", former("A.v2", keep))},
		"another former name":  {current[sourcerequest.Opened]("A.v2", former("B.v1", keep))},
		"versions in disorder": {current[sourcerequest.Opened]("A.v3", former("A.v2", keep), former("A.v1", keep))},
	} {
		_, err := newCatalog(definitions...)
		require.Error(t, err, name)
		require.Panics(t, func() { mustCatalog(definitions...) }, name)
	}
}

func TestUpcastersRunInTurn(t *testing.T) {
	step := func(to string) upcaster {
		return func(object map[string]json.RawMessage) error {
			object["title"] = append(object["title"][:len(object["title"])-1:len(object["title"])-1], to+`"`...)
			return nil
		}
	}
	c, err := newCatalog(current[sourcerequest.Opened]("A.v3", former("A.v1", step("b")), former("A.v2", step("c"))))
	require.NoError(t, err)
	for name, title := range map[string]string{"A.v1": "abc", "A.v2": "ac", "A.v3": "a"} {
		e, known, err := c.decode(name, []byte(`{"title":"a"}`))
		require.NoError(t, err)
		require.True(t, known)
		require.Equal(t, sourcerequest.Opened{Title: title}, e)
	}
	require.Equal(t, 3, c.byType[reflect.TypeFor[sourcerequest.Opened]()].version)
}
