package readapi

import (
	"slices"

	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/account"
)

// The organisations of the scope table. Names are secrets, see scopeSecret;
// an organisation's id is its name in lower case.
const (
	nord  = "zqnordfilm"  // content partner
	sud   = "zqsudfilm"   // content partner
	lone  = "zqlonefilm"  // content partner of what nobody else works on
	alder = "zqalderpost" // fulfillment partner
	birch = "zqbirchpost" // fulfillment partner
	cedar = "zqcedarpost" // fulfillment partner that everything was taken from
	moon  = "zqmoonpost"  // fulfillment partner of what is foreign to the others
)

// organisationNames are what the organisations are called.
var organisationNames = map[string]string{
	nord: "Zqnordfilm", sud: "Zqsudfilm", lone: "Zqlonefilm", alder: "Zqalderpost", birch: "Zqbirchpost", cedar: "Zqcedarpost", moon: "Zqmoonpost",
}

// metOn says which organisations stand on the requests, present and past, that
// each party sees; all and no others may be named to it. Operators and auditors
// know all of them.
var metOn = map[string][]string{
	nord: {nord, alder, birch, cedar}, sud: {sud, nord, birch, alder, moon}, lone: {lone, moon},
	alder: {alder, nord, sud, birch}, birch: {birch, nord, sud, alder}, cedar: {cedar}, moon: {moon, nord, sud, lone},
	string(domain.RoleQualityControl): {nord, sud, alder, birch, cedar, moon},
}

// presentOn is metOn without what is past: what listOrganisations answers.
var presentOn = map[string][]string{
	nord: {nord, alder, birch}, sud: {sud, birch, alder, moon}, lone: {lone, moon},
	alder: {alder, nord, sud, birch}, birch: {birch, nord, sud, alder}, cedar: {cedar}, moon: {moon, sud, lone},
	string(domain.RoleQualityControl): {nord, sud, alder, birch, moon},
}

// scopePerson is somebody of the scope table, whose name, account id and
// address are secrets made of a word.
type scopePerson struct {
	word          string
	role          domain.Role
	organisation  string
	administrator bool
	metBy         []string // parties that see something that they did or share, beside their own
}

func (p scopePerson) id() string { return "zqacct" + p.word }

func (p scopePerson) email() string { return "zqmail" + p.word + "@example.com" }

func (p scopePerson) principal() domain.Principal {
	return domain.Principal{Account: p.id(), Organisation: p.organisation, Role: p.role}
}

// party is what the person's scope hangs on: the organisation, or the role.
func (p scopePerson) party() string {
	if p.organisation != "" {
		return p.organisation
	}
	return string(p.role)
}

func (p scopePerson) String() string {
	title := string(p.role)
	if p.administrator {
		title += ", administrator"
	}
	if p.organisation != "" {
		title += " of " + organisationNames[p.organisation]
	}
	return p.word + " (" + title + ")"
}

// Everybody of the scope table. Those without metBy do nothing that others see.
var (
	olga  = scopePerson{word: "olga", role: domain.RoleOperator}
	umber = scopePerson{word: "umber", role: domain.RoleAuditor, metBy: []string{string(domain.RoleQualityControl)}}
	sepia = scopePerson{word: "sepia", role: domain.RoleQualityControl, metBy: []string{nord, alder, birch}}
	lilac = scopePerson{word: "lilac", role: domain.RoleContentPartner, organisation: nord, metBy: []string{alder, birch, string(domain.RoleQualityControl)}}
	mauve = scopePerson{word: "mauve", role: domain.RoleContentPartner, organisation: nord, administrator: true}
	coral = scopePerson{word: "coral", role: domain.RoleContentPartner, organisation: sud, metBy: []string{birch, alder}}
	pearl = scopePerson{word: "pearl", role: domain.RoleContentPartner, organisation: lone, metBy: []string{moon}}
	azure = scopePerson{word: "azure", role: domain.RoleFulfillmentPartner, organisation: alder, metBy: []string{nord, sud, birch, string(domain.RoleQualityControl)}}
	beryl = scopePerson{word: "beryl", role: domain.RoleFulfillmentPartner, organisation: alder, administrator: true}
	slate = scopePerson{word: "slate", role: domain.RoleFulfillmentPartner, organisation: alder, metBy: []string{nord, string(domain.RoleQualityControl)}}
	flint = scopePerson{word: "flint", role: domain.RoleFulfillmentPartner, organisation: alder, metBy: []string{nord, birch}}
	hazel = scopePerson{word: "hazel", role: domain.RoleFulfillmentPartner, organisation: alder}
	topaz = scopePerson{word: "topaz", role: domain.RoleFulfillmentPartner, organisation: birch, metBy: []string{sud, alder, nord, string(domain.RoleQualityControl)}}
	onyx  = scopePerson{word: "onyx", role: domain.RoleFulfillmentPartner, organisation: birch}
	olive = scopePerson{word: "olive", role: domain.RoleFulfillmentPartner, organisation: cedar, metBy: []string{nord, string(domain.RoleQualityControl)}}
	ebony = scopePerson{word: "ebony", role: domain.RoleFulfillmentPartner, organisation: moon, metBy: []string{lone, sud}}
)

var scopePeople = []scopePerson{olga, umber, sepia, lilac, mauve, coral, pearl, azure, beryl, slate, flint, hazel, topaz, onyx, olive, ebony}

// scopeCallers are those who call every route.
var scopeCallers = []scopePerson{olga, umber, sepia, lilac, mauve, coral, azure, beryl, topaz, olive, ebony}

// bringPeople opens an account for everybody of the scope table.
func (w *scopeWorld) bringPeople() {
	for _, p := range scopePeople {
		name, email := "Zqname"+p.word, p.email()
		require.NoError(w.t, w.accounts.Ensure(w.t.Context(), p.id(), name, account.Rights{Role: p.role, Organisation: p.organisation, Administrator: p.administrator}))
		w.accounts.Trust("token-of-"+p.id(), p.id())
		_, err := w.accounts.Change(w.t.Context(), p.id(), account.Change{Email: &email}, domain.Instruction{By: anOperator, Key: "address of " + p.word})
		require.NoError(w.t, err)
		known := slices.Concat([]string{string(domain.RoleOperator), string(domain.RoleAuditor), p.party()}, p.metBy)
		w.hide(scopeSecret{text: p.id(), what: "the account id of " + p.word, known: known})
		w.hide(scopeSecret{text: name, what: "the name of " + p.word, known: known})
		keepers := []string{string(domain.RoleOperator), p.id()}
		for _, k := range scopePeople {
			if k.administrator && k.organisation == p.organisation {
				keepers = append(keepers, k.id())
			}
		}
		w.hide(scopeSecret{text: "zqmail" + p.word, what: "the address of " + p.word, known: keepers})
	}
	for id, name := range organisationNames {
		known := []string{string(domain.RoleOperator), string(domain.RoleAuditor)}
		for party, met := range metOn {
			if slices.Contains(met, id) {
				known = append(known, party)
			}
		}
		w.hide(scopeSecret{text: name, what: "the organisation " + name, known: known})
	}
}
