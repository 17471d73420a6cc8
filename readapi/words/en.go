package words

import (
	"strings"

	"golang.org/x/text/language"

	"backlot/domain/notification"
	"backlot/domain/sourcerequest"
)

// English is also what mails, webhooks and exports are written in.
var English = &Words{
	Tag: language.English,

	Operator:                "An operator",
	QualityControl:          "Quality control",
	Auditor:                 "An auditor",
	Portal:                  "The portal",
	FormerAccount:           "Former account",
	AnotherPartner:          "another partner",
	Somebody:                "somebody",
	MentionedOperators:      "Operators",
	MentionedQualityControl: "Quality control",

	Opened:                 "{who} opened the request for {asset} in {language} of “{title}”, {terms}",
	Imported:               "{who} imported the request for {asset} in {language} of “{title}”, {terms}",
	Due:                    "due on {date}",
	Expected:               "expected on {date}",
	AssignedTo:             "assigned to {partner}",
	As:                     "as {status}",
	Replacing:              "to replace another one",
	Edited:                 "{who} changed {edits}",
	Edit:                   "the {field} {change}",
	FromTo:                 "from {from} to {to}",
	To:                     "to {to}",
	FromToNothing:          "from {from} to nothing",
	Assigned:               "{who} assigned the request to {partner}{ended}",
	TakenBack:              "{who} took the request back from {partner}{ended}",
	Moved:                  "{who} moved the request from {from} to {to}{ended}",
	EndedSubAssignment:     ", which ended the sub-assignment of {partner}",
	SubAssigned:            "{who} asked {partner} to work on it as sub-assignee",
	SubAssignmentEnded:     "{who} ended the sub-assignment of {partner}",
	MadeResponsible:        "{who} made {person} responsible",
	NoLongerResponsible:    "{who} said that {person} is no longer responsible",
	ResponsibleReplaced:    "{who} made {person} responsible in the place of {former}",
	MaterialStatusChanged:  "{who} changed the material status {change}{why}",
	RejectedAgain:          "{who} rejected the materials again{why}",
	MaterialsProvided:      "{who} provided {count}: {names}",
	DeliveryDateMoved:      "{who} moved the estimated delivery date {change}{why}",
	DeliveryStarted:        "{who} started a delivery of {count}: {names}",
	FileDelivered:          "{who} delivered the file {name} ({size})",
	DeliveryCompleted:      "{who} completed the delivery{status}",
	InspectedClean:         "{who} inspected the delivery and found nothing wrong{status}",
	InspectedFound:         "{who} inspected the delivery and found {count}: {findings}",
	FindingOverridden:      "{who} accepted the finding {code}{why}{status}",
	QualityControlRecorded: "{who} recorded a {check} quality control, {verdict}{issues}",
	Passed:                 "passed",
	NotPassed:              "not passed",
	WithIssues:             ", with {count}: {issues}",
	Issue:                  "{severity}, {description}",
	QCIssueAnswered:        "{who} answered the issue {issue} with {answer}{why}",
	Downloaded:             "{who} downloaded {count}: {names}",
	DownloadedArchive:      "{who} downloaded {count} as one archive: {names}",
	RedeliveryAsked:        "{who} asked for {what}{why}",
	RedeliveryByInspection: "Inspection asked for {what}{why}",
	RedeliveryAfterControl: "Quality control asked for {what}{why}",
	Redelivery:             "a redelivery",
	RedeliveryOfMetadata:   "a redelivery of the metadata",
	Commented:              "{who} commented: {text}",
	CommentGone:            "{who} commented; the text is no longer kept",
	CommentRedacted:        "{who} redacted a comment",
	Cancelled:              "{who} cancelled the request{why}",
	Reinstated:             "{who} reinstated the request as {status}{why}",
	Upgraded:               "{who} closed the request in favour of {id}",
	UpgradedToAnother:      "{who} closed the request in favour of another one",
	ImportedAgain:          "{who} imported the request again from a file",
	NotKnown:               "{who} did something that this version of the portal does not know: {type}",
	Why:                    ": {reason}",
	ByImport:               ", by an import",
	NowStands:              "; the request is {status}",

	BecameCritical: "The request became Critical{why}",
	BecameAtRisk:   "The request became At Risk{why}",
	BecameOverdue:  "The request is overdue: it was due on {date}",
	Test:           "This is a test",
	News:           "News of {requests}: {events}",
	Missed:         "What passed while the portal was away, of {requests}: {events}",
	MoreThan:       "more than {count}",
	Happened:       "{n} {kind}",

	Materials:      Count{"{n} material", "{n} materials"},
	Files:          Count{"{n} file", "{n} files"},
	DeliveredFiles: Count{"{n} delivered file", "{n} delivered files"},
	Findings:       Count{"{n} problem", "{n} problems"},
	Issues:         Count{"{n} issue", "{n} issues"},
	Requests:       Count{"{n} request", "{n} requests"},

	Quote:     "“{text}”",
	Fixed:     "{value}",
	Comma:     ", ",
	Semicolon: "; ",
	And:       " and ",
	AndMore:   "{items}; and {n} more",
	DayLayout: "2 Jan 2006",
	Capitals:  true,

	Values: Names{}, // they are English
	Fields: Names{
		"status":                  "Status",
		"title":                   "Title",
		"movie_id":                "Movie ID",
		"package_id":              "Package ID",
		"movie_type":              "Movie type",
		"is_original":             "Original",
		"content_partner":         "Content partner",
		"fulfillment_partner":     "Fulfillment partner",
		"sub_assignee":            "Sub-assignee",
		"responsible":             "Responsible",
		"sub_responsible":         "Responsible for the sub-assignee",
		"source_type":             "Source type",
		"service_type":            "Service type",
		"language":                "Language",
		"countries":               "Countries",
		"due_date":                "Due date",
		"estimated_delivery_date": "Estimated delivery date",
		"material_status":         "Material status",
		"issues":                  "Issues",
		"upgraded_to":             "Replaced by",
	},
	Problems: Names{
		"invalid":                "Something in the request is wrong",
		"unauthenticated":        "Not signed in",
		"forbidden":              "Not allowed",
		"not_found":              "Not found",
		"refused":                "The present state does not allow it",
		"conflict":               "It conflicts with what is there",
		"precondition_failed":    "It was changed meanwhile",
		"precondition_required":  "A header is missing",
		"idempotency_key_reused": "The key was used for another command",
		"not_kept":               "The past is not kept so far back",
		"too_large":              "Too large",
		"throttled":              "Too often",
		"timeout":                "Not reached in time",
		"unavailable":            "Not ready",
		"internal":               "A fault of the server",
		"range_not_satisfiable":  "Not a part of the file",
		"method_not_allowed":     "Not a method of this path",
		"unsupported_media_type": "Not a type of body that is taken here",
	},
	Rules: rulesInEnglish(),
	Kinds: kindsInEnglish(),
}

func rulesInEnglish() Names {
	names := Names{}
	for r := range sourcerequest.Rule(sourcerequest.RuleCount) {
		names[r.String()] = r.Label()
	}
	return names
}

func kindsInEnglish() Names {
	names := Names{}
	for _, kind := range notification.Kinds() {
		names[kind] = strings.ReplaceAll(kind, "_", " ")
	}
	return names
}
