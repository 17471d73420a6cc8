package readapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/mux"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"backlot/domain"
	"backlot/readapi/export"
)

// base is the path below which the API lives.
const base = "/api/v1"

// operation is one method of one path, as the OpenAPI document has it.
type operation struct {
	id         string // operationId
	method     string
	path       string
	parameters []string // of the query
	repeated   []string // those of them that may be given more than once
	modifiers  bool     // the query takes modifiers as well
	groups     bool     // and group.<name>
	public     bool     // nobody needs to be signed in
	foreign    bool     // another site makes the query: what else is in it is ignored
	handle     func(*exchange) error
}

func (s *server) operations() []operation {
	const request = base + "/requests/{id}"
	ops := []operation{
		{id: "listModifiers", method: http.MethodGet, path: base + "/modifiers", handle: s.listModifiers},
		{id: "listModifierValues", method: http.MethodGet, path: base + "/modifiers/{name}/values", parameters: []string{"q", "limit", "now", "as_of", "after"}, modifiers: true, handle: s.listModifierValues},
		{id: "countBuckets", method: http.MethodGet, path: base + "/buckets", parameters: []string{"group", "groups_sort", "groups_q", "groups_limit", "groups_offset", "now", "as_of", "after"}, modifiers: true, handle: s.countBuckets},
		{id: "getTrends", method: http.MethodGet, path: base + "/trends", parameters: []string{"from", "to", "every", "after"}, modifiers: true, handle: s.getTrends},
		{id: "listRequests", method: http.MethodGet, path: base + "/requests", parameters: []string{"bucket", "sort", "columns", "limit", "offset", "cursor", "now", "as_of", "after"}, modifiers: true, groups: true, handle: s.listRequests},
		{id: "openRequest", method: http.MethodPost, path: base + "/requests", handle: s.openRequest},
		{id: "getTimeline", method: http.MethodGet, path: base + "/timeline", parameters: []string{"limit", "now", "after"}, modifiers: true, handle: s.getTimeline},
		{id: "watchLive", method: http.MethodGet, path: base + "/live", parameters: append([]string{"watch", "resume", "after"}, watchParameters...), repeated: []string{"watch"}, modifiers: true, groups: true, handle: s.watchLive},

		// Before {id}, which would take them for ids.
		{id: "exportWorkbook", method: http.MethodGet, path: base + "/requests/export.xlsx", parameters: exportParameters, modifiers: true, groups: true, handle: s.exportAs(export.XLSX)},
		{id: "exportCSV", method: http.MethodGet, path: base + "/requests/export.csv", parameters: exportParameters, modifiers: true, groups: true, handle: s.exportAs(export.CSV)},
		{id: "exportSelected", method: http.MethodPost, path: base + "/requests/export", handle: s.exportSelected},

		{id: "getRequest", method: http.MethodGet, path: request, parameters: []string{"now", "after"}, handle: s.getRequest},
		{id: "listDeliveries", method: http.MethodGet, path: request + "/deliveries", parameters: []string{"after"}, handle: s.listDeliveries},
		{id: "listQualityControls", method: http.MethodGet, path: request + "/quality-control", parameters: []string{"after"}, handle: s.listQualityControls},
		{id: "listComments", method: http.MethodGet, path: request + "/comments", parameters: []string{"after"}, handle: s.listComments},
		{id: "listMentionable", method: http.MethodGet, path: request + "/mentionable", parameters: []string{"after"}, handle: s.listMentionable},
		{id: "listMaterials", method: http.MethodGet, path: request + "/materials", parameters: []string{"after"}, handle: s.listMaterials},
		{id: "getMaterialContent", method: http.MethodGet, path: request + "/materials/{materialId}/content", parameters: []string{"after"}, handle: s.getMaterialContent},
		{id: "getMaterialsArchive", method: http.MethodGet, path: request + "/materials.zip", parameters: []string{"ids", "kinds", "after"}, handle: s.getMaterialsArchive},
		{id: "getHistory", method: http.MethodGet, path: request + "/history", parameters: []string{"at", "after"}, handle: s.getHistory},

		{id: "startDelivery", method: http.MethodPost, path: request + "/deliveries", handle: s.startDelivery},
		{id: "completeDelivery", method: http.MethodPost, path: request + "/deliveries/{deliveryId}/complete", handle: s.completeDelivery},
		{id: "getFileContent", method: http.MethodGet, path: request + "/deliveries/{deliveryId}/files/{fileId}/content", parameters: []string{"after"}, handle: s.getFileContent},
		{id: "provideMaterials", method: http.MethodPost, path: request + "/materials", handle: s.provideMaterials},
		{id: "playFile", method: http.MethodGet, path: request + "/deliveries/{deliveryId}/files/{fileId}/proxy", parameters: []string{"after"}, handle: s.playFile},
		{id: "findDeliveries", method: http.MethodGet, path: base + "/deliveries", parameters: append([]string{"limit", "cursor"}, foundParameters...), handle: s.findDeliveries},
		{id: "exportDeliveries", method: http.MethodGet, path: base + "/deliveries.csv", parameters: foundParameters, handle: s.exportDeliveries},
		{id: "startDeliveries", method: http.MethodPost, path: base + "/deliveries", handle: s.startDeliveries},
		{id: "matchDeliveries", method: http.MethodPost, path: base + "/deliveries/match", parameters: []string{"after"}, handle: s.matchDeliveries},
		{id: "upgradeRequest", method: http.MethodPost, path: request + "/upgrade", handle: s.upgradeRequest},
		{id: "redactComment", method: http.MethodPost, path: request + "/comments/{commentId}/redact", handle: s.redactComment},
		{id: "answerQualityControlIssue", method: http.MethodPost, path: request + "/quality-control/issues/{issueId}/answer", handle: s.answerIssue},

		{id: "recordInspection", method: http.MethodPost, path: request + "/deliveries/{deliveryId}/inspection", handle: s.recordInspection},
		{id: "overrideFinding", method: http.MethodPost, path: request + "/deliveries/{deliveryId}/findings/{findingId}/override", handle: s.overrideFinding},
		{id: "listFindingTypes", method: http.MethodGet, path: findingTypes, parameters: []string{"area"}, handle: s.listFindingTypes},
		{id: "getFindingType", method: http.MethodGet, path: findingTypes + "/{code}", handle: s.getFindingType},

		{id: "listIssueTypes", method: http.MethodGet, path: issueTypes, parameters: []string{"q", "category", "source_type"}, handle: s.listIssueTypes},
		{id: "getIssueType", method: http.MethodGet, path: issueTypes + "/{code}", handle: s.getIssueType},

		{id: "archiveMaterials", method: http.MethodPost, path: base + "/materials/zip", parameters: []string{"after"}, handle: s.archiveMaterials},

		{id: "getPartnerFigures", method: http.MethodGet, path: base + "/partner-figures", parameters: append([]string{"group", "groups_limit", "groups_offset"}, figureParameters...), handle: s.getPartnerFigures},
		{id: "listFigureRequests", method: http.MethodGet, path: base + "/partner-figures/{figure}/requests", parameters: append([]string{"number", "limit", "cursor"}, figureParameters...), handle: s.listFigureRequests},
		{id: "exportFigureRequests", method: http.MethodGet, path: base + "/partner-figures/{figure}/requests.csv", parameters: append([]string{"number"}, figureParameters...), handle: s.exportFigureRequests},

		{id: "importRequests", method: http.MethodPost, path: base + "/import", parameters: []string{"name"}, handle: s.importRequests},
		{id: "listJobs", method: http.MethodGet, path: base + "/jobs", parameters: []string{"limit", "cursor", "after"}, handle: s.listJobs},
		{id: "getJob", method: http.MethodGet, path: base + "/jobs/{id}", parameters: []string{"after"}, handle: s.getJob},
		{id: "listJobRefusals", method: http.MethodGet, path: base + "/jobs/{id}/refusals", parameters: []string{"limit", "offset"}, handle: s.listJobRefusals},
		{id: "watchJob", method: http.MethodGet, path: base + "/jobs/{id}/events", handle: s.watchJob},
		{id: "stopJob", method: http.MethodPost, path: base + "/jobs/{id}/stop", handle: s.stopJob},

		{id: "searchAudit", method: http.MethodGet, path: base + "/audit", parameters: append([]string{"limit", "cursor"}, auditParameters...), modifiers: true, handle: s.searchAudit},
		{id: "exportAudit", method: http.MethodGet, path: base + "/audit/export", parameters: append([]string{"format"}, auditParameters...), modifiers: true, handle: s.exportAudit},

		{id: "rebuildReadModels", method: http.MethodPost, path: base + "/rebuild", handle: s.rebuildReadModels},
		{id: "scavengeEventStore", method: http.MethodPost, path: base + "/scavenge", handle: s.scavengeStore},

		{id: "getOwnAccount", method: http.MethodGet, path: base + "/account", parameters: []string{"after"}, handle: s.getOwnAccount},
		{id: "changeOwnAccount", method: http.MethodPatch, path: base + "/account", handle: s.changeOwnAccount},
		{id: "changePassword", method: http.MethodPost, path: base + "/account/password", handle: s.changePassword},
		{id: "signOutEverywhere", method: http.MethodDelete, path: base + "/account/sessions", handle: s.signOutEverywhere},
		{id: "listTokens", method: http.MethodGet, path: base + "/account/tokens", parameters: []string{"after"}, handle: s.listTokens},
		{id: "issueToken", method: http.MethodPost, path: base + "/account/tokens", handle: s.issueToken},
		{id: "revokeToken", method: http.MethodDelete, path: base + "/account/tokens/{id}", handle: s.revokeToken},

		{id: "listAccounts", method: http.MethodGet, path: base + "/accounts", parameters: []string{"q", "after"}, handle: s.listAccounts},
		{id: "openAccount", method: http.MethodPost, path: base + "/accounts", handle: s.openAccount},
		{id: "getAccount", method: http.MethodGet, path: base + "/accounts/{id}", parameters: []string{"after"}, handle: s.getAccount},
		{id: "changeAccount", method: http.MethodPatch, path: base + "/accounts/{id}", handle: s.changeAccount},
		{id: "eraseAccount", method: http.MethodDelete, path: base + "/accounts/{id}", handle: s.eraseAccount},
		{id: "inviteAgain", method: http.MethodPost, path: base + "/accounts/{id}/invitation", handle: s.inviteAgain},

		{id: "registerOrganisation", method: http.MethodPost, path: base + "/organisations", handle: s.registerOrganisation},
		{id: "renameOrganisation", method: http.MethodPatch, path: base + "/organisations/{id}", handle: s.renameOrganisation},
		{id: "listSeals", method: http.MethodGet, path: base + "/audit/seals", parameters: []string{"from", "newest", "limit"}, handle: s.listSeals},
		{id: "sealLog", method: http.MethodPost, path: base + "/audit/seals", handle: s.sealLog},
		{id: "verifyLog", method: http.MethodPost, path: base + "/audit/verify", handle: s.verifyLog},

		{id: "listOrganisations", method: http.MethodGet, path: base + "/organisations", parameters: []string{"after"}, handle: s.listOrganisations},

		{id: "listTemplates", method: http.MethodGet, path: base + "/templates", parameters: []string{"after"}, handle: s.listTemplates},
		{id: "saveTemplate", method: http.MethodPost, path: base + "/templates", handle: s.saveTemplate},
		{id: "chooseDefaultTemplate", method: http.MethodPut, path: base + "/templates/default", handle: s.chooseDefaultTemplate},
		{id: "getTemplate", method: http.MethodGet, path: base + "/templates/{id}", parameters: []string{"after"}, handle: s.getTemplate},
		{id: "replaceTemplate", method: http.MethodPut, path: base + "/templates/{id}", handle: s.replaceTemplate},
		{id: "deleteTemplate", method: http.MethodDelete, path: base + "/templates/{id}", handle: s.deleteTemplate},

		{id: "listNotificationRules", method: http.MethodGet, path: notificationRules, parameters: []string{"after"}, handle: s.listNotificationRules},
		{id: "saveNotificationRule", method: http.MethodPost, path: notificationRules, handle: s.saveNotificationRule},
		{id: "getNotificationRule", method: http.MethodGet, path: notificationRules + "/{id}", parameters: []string{"after"}, handle: s.getNotificationRule},
		{id: "replaceNotificationRule", method: http.MethodPut, path: notificationRules + "/{id}", handle: s.replaceNotificationRule},
		{id: "deleteNotificationRule", method: http.MethodDelete, path: notificationRules + "/{id}", handle: s.deleteNotificationRule},
		{id: "renewWebhookSecret", method: http.MethodPost, path: notificationRules + "/{id}/secret", handle: s.renewWebhookSecret},
		{id: "testNotificationRule", method: http.MethodPost, path: notificationRules + "/{id}/test", handle: s.testNotificationRule},
		{id: "listNotificationDeliveries", method: http.MethodGet, path: notificationRules + "/{id}/deliveries", parameters: []string{"limit", "offset", "after"}, handle: s.listNotificationDeliveries},
		{id: "resendNotification", method: http.MethodPost, path: notificationRules + "/{id}/deliveries/{deliveryId}/resend", handle: s.resendNotification},
		{id: "getInbox", method: http.MethodGet, path: base + "/inbox", parameters: []string{"unread", "kind", "rule", "request_id", "limit", "cursor", "after"}, handle: s.getInbox},
		{id: "markInboxRead", method: http.MethodPost, path: base + "/inbox/read", handle: s.markInboxRead},
		{id: "markNotificationRead", method: http.MethodPost, path: base + "/inbox/{id}/read", handle: s.markRead(true)},
		{id: "markNotificationUnread", method: http.MethodPost, path: base + "/inbox/{id}/unread", handle: s.markRead(false)},

		{id: "getSession", method: http.MethodGet, path: base + "/session", public: true, handle: s.getSession},
		{id: "signIn", method: http.MethodPost, path: base + "/session", public: true, handle: s.signIn},
		{id: "acceptInvitation", method: http.MethodPost, path: base + "/session/invitation", public: true, handle: s.acceptInvitation},
		{id: "requestPasswordReset", method: http.MethodPost, path: base + "/session/password-reset", public: true, handle: s.requestPasswordReset},
		{id: "resetPassword", method: http.MethodPut, path: base + "/session/password-reset", public: true, handle: s.resetPassword},
		{id: "beginSingleSignOn", method: http.MethodGet, path: singleSignOn, parameters: []string{"return"}, public: true, handle: s.beginSingleSignOn},
		{id: "finishSingleSignOn", method: http.MethodGet, path: SingleSignOnCallback, parameters: []string{"state", "code", "error"}, public: true, foreign: true, handle: s.finishSingleSignOn},
		{id: "signOut", method: http.MethodDelete, path: base + "/session", public: true, handle: s.signOut},

		{id: "discoverUploads", method: http.MethodOptions, path: uploadsPath, public: true, handle: s.discoverUploads},
		{id: "createUpload", method: http.MethodPost, path: uploadsPath, handle: s.createUpload},
		{id: "lookAtUpload", method: http.MethodHead, path: uploadsPath + "{uploadId}", handle: s.lookAtUpload},
		{id: "sendToUpload", method: http.MethodPatch, path: uploadsPath + "{uploadId}", handle: s.sendToUpload},
		{id: "endUpload", method: http.MethodDelete, path: uploadsPath + "{uploadId}", handle: s.endUpload},

		{id: "getAsyncAPI", method: http.MethodGet, path: base + "/asyncapi.yaml", public: true, handle: s.getAsyncAPI},
		{id: "getOpenAPI", method: http.MethodGet, path: base + "/openapi.yaml", public: true, handle: s.getOpenAPI},
		{id: "getHealth", method: http.MethodGet, path: "/healthz", public: true, handle: s.getHealth},
		{id: "getReadiness", method: http.MethodGet, path: "/readyz", public: true, handle: s.getReadiness},
		{id: "getMetrics", method: http.MethodGet, path: "/metrics", public: true, handle: s.getMetrics},
	}
	for _, b := range bulkActions() {
		ops = append(ops, operation{id: b.id, method: http.MethodPost, path: base + "/bulk/" + b.action, parameters: []string{"after"}, handle: func(x *exchange) error { return s.changeMany(x, b) }})
	}
	for _, c := range s.changes() {
		ops = append(ops, operation{id: c.id, method: c.method, path: request + c.path, handle: func(x *exchange) error { return s.change(x, c) }})
	}
	return ops
}

// server answers the API's operations.
type server struct {
	Config
	router      *mux.Router
	metrics     *metrics
	live        *liveHub
	metricsPage http.Handler
	tus         http.Handler
	turns       turns // of requests to uploads
	crossOrigin *http.CrossOriginProtection
}

// New returns the handler of the whole port: the API and, for every other
// path, Config.Web.
func New(c Config) (http.Handler, error) {
	if err := c.setDefaults(); err != nil {
		return nil, err
	}
	m, err := newMetrics(c.Metrics)
	if err != nil {
		return nil, fmt.Errorf("readapi: %w", err)
	}
	s := &server{
		Config: c, metrics: m, crossOrigin: http.NewCrossOriginProtection(),
		metricsPage: promhttp.HandlerFor(c.Metrics, promhttp.HandlerOpts{}),
		router:      mux.NewRouter().SkipClean(true),
	}
	if s.tus, err = s.newTus(); err != nil {
		return nil, fmt.Errorf("readapi: %w", err)
	}
	s.live = newLiveHub(&s.Config, m)
	for _, op := range s.operations() {
		methods := []string{op.method}
		if op.method == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
		s.router.MatcherFunc(shapeOf(op.path)).Path(op.path).Methods(methods...).HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			x := exchangeOf(r)
			x.r, x.operation = r, op.id
			if err := s.perform(x, op); err != nil {
				s.fail(x, err)
			}
		})
	}
	s.router.NotFoundHandler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		s.fail(exchangeOf(r), domain.Errorf(domain.CodeNotFound, "The server has nothing at %s.", r.URL.Path))
	})
	s.router.MethodNotAllowedHandler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		x := exchangeOf(r)
		allowed := s.methodsOf(r)
		x.Header().Set("Allow", strings.Join(allowed, ", "))
		s.fail(x, &domain.Error{Code: codeMethodNotAllowed, Message: fmt.Sprintf("%s does not take %s.", r.URL.Path, r.Method), Allowed: allowed})
	})
	return s, nil
}

// shapeOf says quickly that a path is not an operation's: the router would try
// the expression of each that comes before the right one.
func shapeOf(path string) mux.MatcherFunc {
	prefix, _, hasVariables := strings.Cut(path, "{")
	suffix := ""
	if hasVariables {
		suffix = path[strings.LastIndexByte(path, '}')+1:]
	}
	segments := strings.Count(path, "/")
	return func(r *http.Request, _ *mux.RouteMatch) bool {
		p := r.URL.Path
		return strings.HasPrefix(p, prefix) && strings.HasSuffix(p, suffix) && strings.Count(p, "/") == segments
	}
}

// perform does what every operation needs before its own handler.
func (s *server) perform(x *exchange, op operation) error {
	if err := s.crossOrigin.Check(x.r); err != nil {
		return &domain.Error{Code: domain.CodeForbidden, Message: "Another site's page may not do this.", Err: err}
	}
	if !op.public {
		by, err := s.authenticate(x)
		if err != nil {
			return err
		}
		x.by = by
	}
	if err := s.checkQuery(x, op); err != nil {
		return err
	}
	return op.handle(x)
}

// methodsOf lists what the path of a request would take.
func (s *server) methodsOf(r *http.Request) []string {
	var methods []string
	for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions} {
		probe := *r
		probe.Method = m
		var match mux.RouteMatch
		if s.router.Match(&probe, &match) && match.MatchErr == nil && match.Route != nil && !slices.Contains(methods, m) {
			methods = append(methods, m)
		}
	}
	return methods
}
