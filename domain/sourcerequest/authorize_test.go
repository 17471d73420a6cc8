package sourcerequest_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	. "backlot/domain/sourcerequest"
)

// askers are the columns of the tables below. The request's assignee is house,
// its sub-assignee helper; former was the assignee once.
var askers = []struct {
	name string
	who  domain.Principal
}{
	{"operator", operator},
	{"auditor", auditor},
	{"system", system},
	{"qc", inspector},
	{"studio", studio},
	{"other studio", domain.Principal{Account: "x", Organisation: "other-studio", Role: domain.RoleContentPartner}},
	{"studio of no organisation", domain.Principal{Account: "x", Role: domain.RoleContentPartner}},
	{"assignee", house},
	{"sub-assignee", helper},
	{"former assignee", domain.Principal{Account: "x", Organisation: "former", Role: domain.RoleFulfillmentPartner}},
	{"other house", domain.Principal{Account: "x", Organisation: "other", Role: domain.RoleFulfillmentPartner}},
	{"house of no organisation", domain.Principal{Account: "x", Role: domain.RoleFulfillmentPartner}},
	{"the studio's id as a house", domain.Principal{Account: "x", Organisation: "studio", Role: domain.RoleFulfillmentPartner}},
	{"the house's id as a studio", domain.Principal{Account: "x", Organisation: "house", Role: domain.RoleContentPartner}},
	{"nobody", domain.Principal{}},
	{"an unknown role", domain.Principal{Account: "x", Organisation: "house", Role: "intern"}},
}

// rights says for each command what each asker gets of a delivered request:
// y may, f forbidden, - not there.
//
//	operator
//	|auditor
//	||system
//	|||qc
//	||||studio, other, of no organisation
//	|||||||assignee, sub-assignee, former, other, of no organisation
//	||||||||||||studio as house, house as studio, nobody, unknown role
var rights = []struct {
	command Command
	cells   string
}{
	{Open{}, "yfffffffffffffff"},
	{ImportRow{}, "yfffffffffffffff"},
	{Edit{Title: ptr("t")}, "yffff--ff-------"},
	{Edit{ServiceType: ptr(ServiceCreate)}, "yffff--yy-------"},
	{Edit{SubAssignee: ptr("other")}, "yffff--yf-------"},
	{Edit{FulfillmentPartner: ptr("other")}, "yffff--ff-------"},
	{ChangeResponsible{}, "yffff--ff-------"},
	{ChangeResponsible{Organisation: "house"}, "yffff--yf-------"},
	{ChangeResponsible{Organisation: "helper"}, "yffff--fy-------"},
	{ChangeMaterialStatus{}, "yffff--yy-------"},
	{ProvideMaterials{}, "yfffy--ff-------"},
	{ChangeEstimatedDeliveryDate{}, "yffff--yy-------"},
	{StartDelivery{}, "yffff--yy-------"},
	{DeliverFile{}, "yffff--yy-------"},
	{CompleteDelivery{}, "yffff--yy-------"},
	{RecordInspection{}, "yfyff--ff-------"},
	{OverrideFinding{DeliveryID: "d1"}, "yffff--yy-------"},
	{RecordQualityControl{}, "yffyf--ff-------"},
	{AnswerQCIssue{}, "yffff--yy-------"},
	{RecordDownload{}, "yyyyy--yy-------"},
	{RequestRedelivery{}, "yffyf--ff-------"},
	{AddComment{}, "yffyy--yy-------"},
	{Redact{}, "yffff--ff-------"},
	{Cancel{}, "yffff--ff-------"},
	{Reinstate{}, "yffff--ff-------"},
	{Upgrade{}, "yffff--ff-------"},
}

// reassigned is a delivered request that former had before house got it.
func reassigned(t *testing.T) State {
	past := pasts()[StatusDelivered]
	past[0] = with(opened(), func(o *Opened) { o.FulfillmentPartner = "former" })
	return given(t, after(past, Assigned{FulfillmentPartner: "house"}, SubAssigned{SubAssignee: "helper"})...).state
}

func TestRights(t *testing.T) {
	delivered := reassigned(t)
	undelivered := given(t, opened(), SubAssigned{SubAssignee: "helper"}, DeliveryStarted{DeliveryID: "d1", Method: MethodAPI, Files: []DeclaredFile{file1}}).state
	require.False(t, undelivered.WasDelivered)
	outcome := func(who domain.Principal, s State, c Command) string {
		switch err := Authorize(who, s, c); domain.ErrorCode(err) {
		case "":
			return "y"
		case domain.CodeForbidden:
			assert.Contains(t, err.Error(), string(who.Role))
			return "f"
		case domain.CodeNotFound:
			assert.Same(t, ErrNotFound, err, "foreign and not existing give the same error")
			return "-"
		default:
			t.Fatalf("unexpected %v", err)
			return ""
		}
	}
	covered := map[string]bool{}
	for _, r := range rights {
		name := reflect.TypeOf(r.command).Name()
		covered[name] = true
		require.Len(t, r.cells, len(askers), name)
		opens := name == "Open" || name == "ImportRow"
		for i, asker := range askers {
			want := r.cells[i : i+1]
			assert.Equal(t, want, outcome(asker.who, delivered, r.command), "%s: %#v", asker.name, r.command)

			missing := "-"
			if opens {
				missing = want
			}
			assert.Equal(t, missing, outcome(asker.who, State{}, r.command), "%s: %#v of nothing", asker.name, r.command)

			if asker.who.Role == domain.RoleQualityControl {
				want = missing // it sees only what was delivered
			}
			assert.Equal(t, want, outcome(asker.who, undelivered, r.command), "%s: %#v of something undelivered", asker.name, r.command)
		}
	}
	for _, name := range methodReceivers(t, "sourceRequestCommand") {
		assert.True(t, covered[name], "the table has no row for the command %s", name)
	}
	roles := map[domain.Role]bool{}
	for _, asker := range askers {
		roles[asker.who.Role] = true
	}
	for _, r := range domain.Roles() {
		assert.True(t, roles[r], "the table has no column for the role %s", r)
	}
	assert.Equal(t, domain.CodeForbidden, domain.ErrorCode(Authorize(operator, delivered, alienCommand{})))
}

// A request says the same to whoever may not see it, whatever they try on it,
// as one that is not there does, all the way through Decide.
func TestWhatIsForeignLooksAsIfItWereNotThere(t *testing.T) {
	s := reassigned(t)
	for _, asker := range askers {
		for _, r := range rights {
			if Visible(asker.who, s) {
				continue
			}
			assert.Equal(t, Authorize(asker.who, State{}, r.command), Authorize(asker.who, s, r.command), "%s: %#v", asker.name, r.command)
		}
	}
}

// Every field of an edit but the service type and the sub-assignee is the
// operator's alone: a field added to the command is, until somebody decides.
func TestPartnersEditTheirOwnFieldsOnly(t *testing.T) {
	own := map[string]bool{"ServiceType": true, "SubAssignee": true}
	s := reassigned(t)
	fields := reflect.TypeFor[Edit]()
	for i := range fields.NumField() {
		f := fields.Field(i)
		v := reflect.New(fields).Elem()
		if f.Type.Kind() == reflect.Pointer {
			v.Field(i).Set(reflect.New(f.Type.Elem()))
		} else {
			v.Field(i).Set(reflect.MakeSlice(f.Type, 0, 0))
		}
		e := v.Interface().(Edit)
		assert.Equal(t, own[f.Name], Authorize(house, s, e) == nil, f.Name)
		assert.Equal(t, f.Name == "ServiceType", Authorize(helper, s, e) == nil, f.Name)
		assert.NoError(t, Authorize(operator, s, e), f.Name)
	}
	assert.NoError(t, Authorize(house, s, Edit{}), "nothing edited is nothing forbidden")
}

func TestVisible(t *testing.T) {
	sees := "operator,auditor,system,qc,studio,assignee,sub-assignee"
	s := reassigned(t)
	for _, asker := range askers {
		want := false
		for name := range strings.SplitSeq(sees, ",") {
			want = want || name == asker.name
		}
		assert.Equal(t, want, Visible(asker.who, s), asker.name)
		assert.Equal(t, asker.who.SeesAll(), Visible(asker.who, State{}), "%s and a request without anything", asker.name)
	}
	unassigned := given(t, with(opened(), func(o *Opened) { o.FulfillmentPartner = "" })).state
	assert.False(t, Visible(domain.Principal{Account: "x", Role: domain.RoleFulfillmentPartner}, unassigned), "no organisation is not the organisation of nobody")
	assert.False(t, Visible(inspector, unassigned))
	assert.True(t, Visible(inspector, given(t, with(opened(), func(o *Opened) { o.Status, o.Import = StatusProcessed, true })).state))
}

func TestHidesFrom(t *testing.T) {
	s := reassigned(t)
	former := domain.Principal{Account: "y", Organisation: "former", Role: domain.RoleFulfillmentPartner}
	colleague := domain.Principal{Account: "z", Organisation: "house", Role: domain.RoleFulfillmentPartner}
	for _, c := range []struct {
		name  string
		to    domain.Principal
		by    domain.Principal
		hides bool
	}{
		{"the assignee: the former one's", house, former, true},
		{"the sub-assignee: the former one's", helper, former, true},
		{"the assignee: its colleague's", house, colleague, false},
		{"the assignee: the sub-assignee's", house, helper, false},
		{"the sub-assignee: the assignee's", helper, house, false},
		{"the assignee: the studio's", house, studio, false},
		{"the assignee: the operator's", house, operator, false},
		{"the assignee: quality control's", house, inspector, false},
		{"the operator: the former one's", operator, former, false},
		{"the auditor: the former one's", auditor, former, false},
		{"the studio: the former one's", studio, former, false},
		{"quality control: the former one's", inspector, former, false},
	} {
		assert.Equal(t, c.hides, HidesFrom(c.to, s, c.by), c.name)
	}
}

func TestTheAssigneeKeepsSeeingWhatAFormerSubAssigneeDid(t *testing.T) {
	other := domain.Principal{Account: "o", Organisation: "other", Role: domain.RoleFulfillmentPartner}
	s := given(t, opened(), SubAssigned{SubAssignee: helper.Organisation}, SubAssigned{SubAssignee: other.Organisation}).state
	assert.False(t, HidesFrom(house, s, helper))
	assert.True(t, HidesFrom(other, s, helper), "sub-assignees do not see one another's")
	s = given(t, opened(), SubAssigned{SubAssignee: helper.Organisation}, Assigned{FulfillmentPartner: other.Organisation}).state
	assert.True(t, HidesFrom(other, s, helper), "the request was taken from both")
}

// Who is responsible within a fulfillment partner is its own business, and
// that of those who see everything.
func TestSeenBy(t *testing.T) {
	s := given(t, opened(), SubAssigned{SubAssignee: "helper"},
		ResponsibleChanged{Organisation: "house", Account: "fred"}, ResponsibleChanged{Organisation: "helper", Account: "hana"}).state
	both := map[string][2]string{
		"operator": {"fred", "hana"}, "auditor": {"fred", "hana"}, "system": {"fred", "hana"},
		"assignee": {"fred", ""}, "sub-assignee": {"hana", ""},
	}
	for _, asker := range askers {
		seen := SeenBy(asker.who, s)
		assert.Equal(t, both[asker.name], [2]string{seen.Responsible, seen.SubResponsible}, asker.name)
		seen.Responsible, seen.SubResponsible = s.Responsible, s.SubResponsible
		assert.Equal(t, s, seen, "%s: all else is as it was", asker.name)
	}
	assert.Equal(t, "fred", s.Responsible, "the state itself stays")
}

func TestInstructions(t *testing.T) {
	i := domain.Instruction{By: house, Key: "k"}
	assert.Equal(t, "fred/k", i.CommandKey())
	assert.Equal(t, i.NewID("delivery"), domain.Instruction{By: house, Key: "k", BodyHash: "other"}.NewID("delivery"), "a command sent again names the same things")
	seen := map[string]bool{}
	for _, id := range []string{i.NewID("delivery"), i.NewID("comment"), domain.Instruction{By: house, Key: "l"}.NewID("delivery"), domain.Instruction{By: helper, Key: "k"}.NewID("delivery")} {
		assert.False(t, seen[id])
		assert.Len(t, id, 36)
		seen[id] = true
	}
}

func TestACommentIsRedactedByItsAuthorAndOperators(t *testing.T) {
	s := given(t, opened()).by(studio).when(AddComment{CommentID: "c1", TextID: "t1"}).then(Commented{CommentID: "c1", TextID: "t1"}).state
	colleague := domain.Principal{Account: "another", Organisation: studio.Organisation, Role: studio.Role}
	for _, c := range []struct {
		who domain.Principal
		id  string
		may bool
	}{
		{studio, "c1", true}, {operator, "c1", true}, {operator, "c2", true},
		{colleague, "c1", false}, {house, "c1", false}, {auditor, "c1", false}, {studio, "c2", false},
	} {
		err := Authorize(c.who, s, Redact{CommentID: c.id})
		assert.Equal(t, c.may, err == nil, "%s, %s: %v", c.who.Account, c.id, err)
	}
}

// Who got the request from another one does not see what that one delivered,
// and cannot find out by overriding.
func TestWhatAnotherOneDeliveredCannotBeOverridden(t *testing.T) {
	s := given(t, after(deliveredOnce(), DeliveryInspected{DeliveryID: "d1", Findings: []Finding{blacks}}, SubAssigned{SubAssignee: "helper"})...).state
	s.Deliveries[0].StartedBy = domain.Principal{Account: "x", Organisation: "former", Role: domain.RoleFulfillmentPartner}
	for _, who := range []domain.Principal{house, helper} {
		hidden := Authorize(who, s, OverrideFinding{DeliveryID: "d1", FindingID: "n1"})
		missing := Authorize(who, s, OverrideFinding{DeliveryID: "d9", FindingID: "n1"})
		require.Error(t, hidden)
		assert.Equal(t, strings.Replace(missing.Error(), "d9", "d1", 1), hidden.Error())
	}
	assert.NoError(t, Authorize(operator, s, OverrideFinding{DeliveryID: "d1", FindingID: "n1"}))
	s.Deliveries[0].StartedBy = house
	assert.NoError(t, Authorize(house, s, OverrideFinding{DeliveryID: "d1", FindingID: "n1"}))
}
