package sourcerequest

import (
	"fmt"
	"slices"
	"strings"

	"backlot/domain"
	"backlot/domain/qualitycontrol"
	"backlot/domain/timecode"
)

// Status is where a request stands. Its values are the labels that people see
// and a storage format.
type Status string

// The statuses.
const (
	StatusOpen                Status = "Open"
	StatusRedeliveryRequested Status = "Redelivery Requested"
	StatusDelivered           Status = "Delivered"
	StatusProcessed           Status = "Processed"
	StatusUpgraded            Status = "Upgraded"
	StatusCancelled           Status = "Cancelled"
)

// IsOpen reports whether the status accepts deliveries.
func (s Status) IsOpen() bool { return s == StatusOpen || s == StatusRedeliveryRequested }

// MaterialStatus is what the fulfillment partner says of the materials it needs.
type MaterialStatus string

// The material statuses.
const (
	MaterialNotReceived MaterialStatus = "Not Received"
	MaterialReceived    MaterialStatus = "Received"
	MaterialAccepted    MaterialStatus = "Accepted"
	MaterialRejected    MaterialStatus = "Rejected"
)

// QualityControlStatus is how quality control stands to the latest delivery: ""
// where there is nothing to check, as before the first delivery.
type QualityControlStatus string

// The quality control statuses.
const (
	QualityControlAwaiting  QualityControlStatus = "Awaiting"
	QualityControlPassed    QualityControlStatus = "Passed"
	QualityControlNotPassed QualityControlStatus = "Not Passed"
)

// Verdict is what inspection says of a delivery.
type Verdict string

// The verdicts.
const (
	VerdictAwaiting   Verdict = "Awaiting"
	VerdictClean      Verdict = "Clean"
	VerdictFindings   Verdict = "Findings"   // some stand
	VerdictOverridden Verdict = "Overridden" // there were some, and all of them are overridden
)

// MovieType is the kind of title.
type MovieType string

// The movie types.
const (
	MovieStandalone   MovieType = "Standalone"
	MovieEpisode      MovieType = "Episode"
	MovieSupplemental MovieType = "Supplemental"
)

// ServiceType is what the fulfillment partner does to make the asset.
type ServiceType string

// The service types.
const (
	ServiceConform ServiceType = "Conform"
	ServiceCreate  ServiceType = "Create"
	ServiceUnknown ServiceType = "Unknown"
)

// SourceType is the kind of asset.
type SourceType string

// The source types.
const (
	SourceAVMuxed               SourceType = "AV (Muxed)"
	SourceSecondaryAVMuxed      SourceType = "Secondary AV (Muxed)"
	SourceDubs                  SourceType = "Dubs"
	SourceAudioDescription      SourceType = "Audio Description"
	SourceAudioME               SourceType = "Audio M&E"
	SourceAudioPrintMaster      SourceType = "Audio Print Master"
	SourceSubs                  SourceType = "Subs"
	SourceForcedSubs            SourceType = "Forced Subs"
	SourceCCSDH                 SourceType = "CC/SDH"
	SourceFinalScript           SourceType = "Final Script"
	SourceProductionLockedProxy SourceType = "Production Locked Proxy"
	SourceIMF                   SourceType = "IMF"
	SourceTrailer               SourceType = "Trailer"
	SourceArtwork               SourceType = "Artwork"
)

// MaterialKind is the column of the materials table that a material stands in.
type MaterialKind string

// The kinds of material.
const (
	MaterialVideo     MaterialKind = "Video"
	MaterialAudio     MaterialKind = "Audio"
	MaterialTimedText MaterialKind = "Timed Text"
	MaterialDocument  MaterialKind = "Document"
)

// DeliveryMethod is the way a delivery came.
type DeliveryMethod string

// The delivery methods.
const (
	MethodBrowser     DeliveryMethod = "Browser"
	MethodAPI         DeliveryMethod = "API"
	MethodWatchFolder DeliveryMethod = "Watch Folder"
)

// RedeliveryScope is how much has to be delivered again.
type RedeliveryScope string

// The redelivery scopes.
const (
	RedeliveryFull         RedeliveryScope = "Full"
	RedeliveryMetadataOnly RedeliveryScope = "Metadata Only"
)

// Cause is what asked for a redelivery.
type Cause string

// The causes.
const (
	CauseInspection     Cause = "Inspection"
	CauseQualityControl Cause = "Quality Control"
	CausePerson         Cause = "Person"
	CauseImport         Cause = "Import"
)

// Check is the kind of a quality control.
type Check string

// The checks.
const (
	CheckFull Check = "Full"
	CheckSpot Check = "Spot"
	CheckFix  Check = "Fix"
)

// Severity is how bad a QC issue is.
type Severity = qualitycontrol.Severity

// The severities.
const (
	SeverityFYI     = qualitycontrol.SeverityFYI
	SeverityIssue   = qualitycontrol.SeverityIssue
	SeverityBlocker = qualitycontrol.SeverityBlocker
)

// Answer is what the fulfillment partner says to a QC issue.
type Answer string

// The answers.
const (
	AnswerWillFix        Answer = "Will Fix"
	AnswerCreativeIntent Answer = "Creative Intent"
	AnswerBestPossible   Answer = "Best Possible"
)

// The fixed vocabularies in the order in which people expect them.
var (
	statuses         = []Status{StatusOpen, StatusRedeliveryRequested, StatusDelivered, StatusProcessed, StatusUpgraded, StatusCancelled}
	materialStatuses = []MaterialStatus{MaterialNotReceived, MaterialReceived, MaterialAccepted, MaterialRejected}
	qualityControls  = []QualityControlStatus{QualityControlAwaiting, QualityControlPassed, QualityControlNotPassed}
	verdicts         = []Verdict{VerdictAwaiting, VerdictClean, VerdictFindings, VerdictOverridden}
	movieTypes       = []MovieType{MovieStandalone, MovieEpisode, MovieSupplemental}
	serviceTypes     = []ServiceType{ServiceConform, ServiceCreate, ServiceUnknown}
	sourceTypes      = []SourceType{
		SourceAVMuxed, SourceSecondaryAVMuxed, SourceDubs, SourceAudioDescription, SourceAudioME, SourceAudioPrintMaster,
		SourceSubs, SourceForcedSubs, SourceCCSDH, SourceFinalScript, SourceProductionLockedProxy, SourceIMF, SourceTrailer, SourceArtwork,
	}
	materialKinds    = []MaterialKind{MaterialVideo, MaterialAudio, MaterialTimedText, MaterialDocument}
	deliveryMethods  = []DeliveryMethod{MethodBrowser, MethodAPI, MethodWatchFolder}
	redeliveryScopes = []RedeliveryScope{RedeliveryFull, RedeliveryMetadataOnly}
	causes           = []Cause{CauseInspection, CauseQualityControl, CausePerson, CauseImport}
	checks           = []Check{CheckFull, CheckSpot, CheckFix}
	severities       = qualitycontrol.Severities()
	frameRates       = timecode.Rates()
	answers          = []Answer{AnswerWillFix, AnswerCreativeIntent, AnswerBestPossible}
)

// Statuses returns the statuses in their usual order.
func Statuses() []Status { return slices.Clone(statuses) }

// MaterialStatuses returns the material statuses in their usual order.
func MaterialStatuses() []MaterialStatus { return slices.Clone(materialStatuses) }

// QualityControlStatuses returns the quality control statuses in their usual order.
func QualityControlStatuses() []QualityControlStatus { return slices.Clone(qualityControls) }

// Verdicts returns the verdicts of inspection in their usual order.
func Verdicts() []Verdict { return slices.Clone(verdicts) }

// MovieTypes returns the movie types in their usual order.
func MovieTypes() []MovieType { return slices.Clone(movieTypes) }

// ServiceTypes returns the service types in their usual order.
func ServiceTypes() []ServiceType { return slices.Clone(serviceTypes) }

// SourceTypes returns the source types in their usual order.
func SourceTypes() []SourceType { return slices.Clone(sourceTypes) }

// RedeliveryScopes returns the redelivery scopes in their usual order.
func RedeliveryScopes() []RedeliveryScope { return slices.Clone(redeliveryScopes) }

// Causes returns the causes of a redelivery in their usual order.
func Causes() []Cause { return slices.Clone(causes) }

// canonical finds a label of a fixed vocabulary without regard to case and
// surrounding space; the error names the field and lists the vocabulary.
func canonical[T ~string](field string, value T, vocabulary []T) (T, error) {
	trimmed := strings.TrimSpace(string(value))
	for _, v := range vocabulary {
		if strings.EqualFold(trimmed, string(v)) {
			return v, nil
		}
	}
	allowed := make([]string, len(vocabulary))
	for i, v := range vocabulary {
		allowed[i] = string(v)
	}
	message := "is required"
	if trimmed != "" {
		message = fmt.Sprintf("does not know %q", trimmed)
	}
	return "", domain.Invalid(field, field+" "+message+"; one of: "+strings.Join(allowed, ", "), allowed...)
}

// ParseStatus finds a status by its label in any case; CodeInvalid otherwise.
func ParseStatus(s string) (Status, error) { return canonical("status", Status(s), statuses) }

// ParseMaterialStatus finds a material status by its label in any case; CodeInvalid otherwise.
func ParseMaterialStatus(s string) (MaterialStatus, error) {
	return canonical("material_status", MaterialStatus(s), materialStatuses)
}

// ParseMovieType finds a movie type by its label in any case; CodeInvalid otherwise.
func ParseMovieType(s string) (MovieType, error) {
	return canonical("movie_type", MovieType(s), movieTypes)
}

// ParseServiceType finds a service type by its label in any case; CodeInvalid otherwise.
func ParseServiceType(s string) (ServiceType, error) {
	return canonical("service_type", ServiceType(s), serviceTypes)
}

// ParseSourceType finds a source type by its label in any case; CodeInvalid otherwise.
func ParseSourceType(s string) (SourceType, error) {
	return canonical("source_type", SourceType(s), sourceTypes)
}

// ParseVerdict finds a verdict of inspection by its label in any case; CodeInvalid otherwise.
func ParseVerdict(s string) (Verdict, error) { return canonical("inspection", Verdict(s), verdicts) }

// ParseYesNo reads Yes or No in any case; CodeInvalid otherwise.
func ParseYesNo(field, s string) (bool, error) {
	v, err := canonical(field, s, []string{"Yes", "No"})
	return v == "Yes", err
}
