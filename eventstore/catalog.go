package eventstore

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"backlot/domain/account"
	"backlot/domain/checkpoint"
	"backlot/domain/job"
	"backlot/domain/notification"
	"backlot/domain/organisation"
	"backlot/domain/seal"
	"backlot/domain/sourcerequest"
	"backlot/domain/template"
	"backlot/domain/text"
)

// The names below are a storage format. A name is never changed, removed or
// used for another shape: a changed shape gets the next version, and the former
// one stays with an upcaster.
var events = mustCatalog(
	current[sourcerequest.Opened]("SourceRequestOpened.v2",
		former("SourceRequestOpened.v1", splitCountries)),
	current[sourcerequest.FieldsEdited]("SourceRequestFieldsEdited.v1"),
	current[sourcerequest.Assigned]("SourceRequestAssigned.v1"),
	current[sourcerequest.SubAssigned]("SourceRequestSubAssigned.v1"),
	current[sourcerequest.ResponsibleChanged]("SourceRequestResponsibleChanged.v1"),
	current[sourcerequest.MaterialStatusChanged]("SourceRequestMaterialStatusChanged.v1"),
	current[sourcerequest.MaterialsProvided]("SourceRequestMaterialsProvided.v1"),
	current[sourcerequest.EstimatedDeliveryDateChanged]("SourceRequestEstimatedDeliveryDateChanged.v1"),
	current[sourcerequest.DeliveryStarted]("SourceRequestDeliveryStarted.v2",
		former("SourceRequestDeliveryStarted.v1", asItIs)),
	current[sourcerequest.FileDelivered]("SourceRequestFileDelivered.v1"),
	current[sourcerequest.DeliveryCompleted]("SourceRequestDeliveryCompleted.v1"),
	current[sourcerequest.DeliveryInspected]("SourceRequestDeliveryInspected.v2",
		former("SourceRequestDeliveryInspected.v1", asItIs)),
	current[sourcerequest.FindingOverridden]("SourceRequestFindingOverridden.v1"),
	current[sourcerequest.QualityControlRecorded]("SourceRequestQualityControlRecorded.v3",
		former("SourceRequestQualityControlRecorded.v1", asItIs), former("SourceRequestQualityControlRecorded.v2", asItIs)),
	current[sourcerequest.QCIssueAnswered]("SourceRequestQCIssueAnswered.v1"),
	current[sourcerequest.FilesDownloaded]("SourceRequestFilesDownloaded.v1"),
	current[sourcerequest.RedeliveryRequested]("SourceRequestRedeliveryRequested.v1"),
	current[sourcerequest.Commented]("SourceRequestCommented.v3",
		former("SourceRequestCommented.v1", asItIs), former("SourceRequestCommented.v2", asItIs)),
	current[sourcerequest.CommentRedacted]("SourceRequestCommentRedacted.v1"),
	current[sourcerequest.Cancelled]("SourceRequestCancelled.v1"),
	current[sourcerequest.Reinstated]("SourceRequestReinstated.v1"),
	current[sourcerequest.Upgraded]("SourceRequestUpgraded.v1"),
	current[sourcerequest.RowImported]("SourceRequestRowImported.v1"),
	current[sourcerequest.NumbersReserved]("SourceRequestNumbersReserved.v1"),
	current[sourcerequest.Numbered]("SourceRequestNumbered.v1"),

	current[organisation.Registered]("OrganisationRegistered.v1"),
	current[organisation.KindAdded]("OrganisationKindAdded.v1"),
	current[organisation.Renamed]("OrganisationRenamed.v1"),

	current[account.Opened]("AccountOpened.v1"),
	current[account.RightsChanged]("AccountRightsChanged.v1"),
	current[account.PasswordSet]("AccountPasswordSet.v1"),
	current[account.SignedIn]("AccountSignedIn.v1"),
	current[account.SignedOut]("AccountSignedOut.v1"),
	current[account.TokenIssued]("AccountTokenIssued.v1"),
	current[account.TokenRevoked]("AccountTokenRevoked.v1"),
	current[account.Deactivated]("AccountDeactivated.v1"),
	current[account.Reactivated]("AccountReactivated.v1"),
	current[account.Erased]("AccountErased.v1"),
	current[account.Person]("Person.v1"),
	current[account.LoginReserved]("LoginReserved.v1"),
	current[account.LoginReleased]("LoginReleased.v1"),

	current[text.Kept]("TextKept.v1"),

	current[template.Saved]("TemplateSaved.v1"),
	current[template.Renamed]("TemplateRenamed.v1"),
	current[template.QueryChanged]("TemplateQueryChanged.v1"),
	current[template.Shared]("TemplateShared.v1"),
	current[template.Unshared]("TemplateUnshared.v1"),
	current[template.DefaultChosen]("TemplateDefaultChosen.v1"),
	current[template.Deleted]("TemplateDeleted.v1"),

	current[seal.Sealed]("LogSealed.v1"),

	current[job.Began]("JobBegan.v1"),
	current[job.Listed]("JobListed.v1"),
	current[job.Accepted]("JobAccepted.v1"),
	current[job.Progressed]("JobProgressed.v1"),
	current[job.StopRequested]("JobStopRequested.v1"),
	current[job.Ended]("JobEnded.v1"),

	current[checkpoint.Moved]("CheckpointMoved.v1"),

	current[notification.RuleSaved]("NotificationRuleSaved.v1"),
	current[notification.RuleReplaced]("NotificationRuleReplaced.v1"),
	current[notification.RuleDeleted]("NotificationRuleDeleted.v1"),
	current[notification.Secrets]("WebhookSecrets.v1"),
	current[notification.Notified]("Notified.v1"),
	current[notification.Marks]("InboxMarked.v1"),
	current[notification.Gathered]("DigestGathered.v1"),
	current[notification.Digested]("Digested.v1"),
	current[notification.DigestTold]("DigestTold.v1"),
	current[notification.Queued]("DeliveryQueued.v1"),
	current[notification.Claimed]("DeliveryClaimed.v1"),
	current[notification.Tried]("DeliveryTried.v1"),
	current[notification.SpokenUpTo]("TimeSpoken.v1"),
)

// catalog maps persisted names to event types and back.
type catalog struct {
	byName map[string]persisted
	byType map[reflect.Type]persisted // the current version only
}

// persisted is one version of one event.
type persisted struct {
	name    string
	version int
	typ     reflect.Type
	decode  func(data []byte) (any, error)
}

// definition is an event with all its versions.
type definition struct {
	name   string // of the current version
	typ    reflect.Type
	decode func(data []byte) (any, error)
	former []formerVersion // oldest first
}

// formerVersion is a shape that is still read but no longer written.
type formerVersion struct {
	name   string
	upcast upcaster
}

// current defines an event by its Go type and the name that it is written
// under; former versions follow, oldest first, without gaps.
func current[T any](name string, versions ...formerVersion) definition {
	written := formOf(reflect.TypeFor[T]())
	return definition{
		name:   name,
		typ:    reflect.TypeFor[T](),
		former: versions,
		decode: func(data []byte) (any, error) {
			var e T
			if written.read(data, reflect.ValueOf(&e).Elem()) {
				return e, nil
			}
			e = *new(T)
			if err := unmarshal(data, &e); err != nil {
				return nil, err
			}
			return e, nil
		},
	}
}

// former defines an earlier version by the step that leads to the next one.
func former(name string, up upcaster) formerVersion {
	return formerVersion{name: name, upcast: up}
}

// newCatalog refuses a name or a type that is used twice, a name without a
// version, and versions that do not follow one another.
func newCatalog(definitions ...definition) (*catalog, error) {
	c := &catalog{byName: map[string]persisted{}, byType: map[reflect.Type]persisted{}}
	for _, d := range definitions {
		base, last, err := splitName(d.name)
		if err != nil {
			return nil, err
		}
		p := persisted{name: d.name, version: last, typ: d.typ, decode: d.decode}
		if other, taken := c.byType[d.typ]; taken {
			return nil, fmt.Errorf("event catalog: %s is both %s and %s", d.typ, other.name, d.name)
		}
		c.byType[d.typ] = p
		if err := c.add(p); err != nil {
			return nil, err
		}
		if len(d.former) != last-1 {
			return nil, fmt.Errorf("event catalog: %s needs %d former versions, not %d", d.name, last-1, len(d.former))
		}
		decode := d.decode
		for i, f := range slices.Backward(d.former) {
			if want := versionedName(base, i+1); f.name != want {
				return nil, fmt.Errorf("event catalog: the version before %s is %s, not %s", versionedName(base, i+2), want, f.name)
			}
			decode = f.upcast.before(decode)
			if err := c.add(persisted{name: f.name, version: i + 1, typ: d.typ, decode: decode}); err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}

func mustCatalog(definitions ...definition) *catalog {
	c, err := newCatalog(definitions...)
	if err != nil {
		panic(err)
	}
	return c
}

func (c *catalog) add(p persisted) error {
	if other, taken := c.byName[p.name]; taken {
		return fmt.Errorf("event catalog: the name %s is used by both %s and %s", p.name, other.typ, p.typ)
	}
	c.byName[p.name] = p
	return nil
}

// names lists every persisted name, former versions included, sorted.
func (c *catalog) names() []string {
	names := make([]string, 0, len(c.byName))
	for name := range c.byName {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// splitName reads "SourceRequestOpened.v2" as SourceRequestOpened and 2.
func splitName(name string) (base string, version int, err error) {
	base, digits, found := strings.Cut(name, ".v")
	version, err = strconv.Atoi(digits)
	if !found || err != nil || version < 1 || base == "" || versionedName(base, version) != name {
		return "", 0, fmt.Errorf("event catalog: the name %q does not end in a version like .v1", name)
	}
	return base, version, nil
}

func versionedName(base string, version int) string {
	return base + ".v" + strconv.Itoa(version)
}
