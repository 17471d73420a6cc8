package readapi

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"backlot/domain"
	"backlot/domain/organisation"
	"backlot/domain/sourcerequest"
	"backlot/domain/timecode"
)

// change is an operation that gives one command to an existing request.
type change struct {
	id       string // operationId
	method   string
	path     string // below the request's
	ifMatch  bool   // If-Match is required
	optional bool   // the body may be left out
	body     func() changeBody
}

// changeBody is the JSON of a command.
type changeBody interface {
	// command returns the command that the body means, with the identifiers that
	// the instruction gives it. With an error, the command says which fields
	// were given, so that rights can be looked at first.
	command(*server, domain.Instruction) (sourcerequest.Command, error)
}

func (s *server) changes() []change {
	return []change{
		{id: "editRequest", method: http.MethodPatch, ifMatch: true, body: func() changeBody { return &editBody{} }},
		{id: "addComment", method: http.MethodPost, path: "/comments", body: func() changeBody { return &commentBody{} }},
		{id: "changeResponsible", method: http.MethodPost, path: "/responsible", body: func() changeBody { return &responsibleBody{} }},
		{id: "changeMaterialStatus", method: http.MethodPost, path: "/material-status", body: func() changeBody { return &materialStatusBody{} }},
		{id: "changeEstimatedDeliveryDate", method: http.MethodPost, path: "/estimated-delivery-date", body: func() changeBody { return &estimatedDeliveryDateBody{} }},
		{id: "recordQualityControl", method: http.MethodPost, path: "/quality-control", body: func() changeBody { return &qualityControlBody{} }},
		{id: "requestRedelivery", method: http.MethodPost, path: "/redelivery", body: func() changeBody { return &redeliveryBody{} }},
		{id: "cancelRequest", method: http.MethodPost, path: "/cancel", optional: true, body: func() changeBody { return &cancelBody{} }},
		{id: "reinstateRequest", method: http.MethodPost, path: "/reinstate", optional: true, body: func() changeBody { return &reinstateBody{} }},
	}
}

type outcomeAnswer struct {
	RequestID        string         `json:"request_id"`
	Position         string         `json:"position"`
	Revision         uint64         `json:"revision"`
	Changed          bool           `json:"changed"`
	Replayed         bool           `json:"replayed"`
	Request          *requestAnswer `json:"request"`
	CommentID        string         `json:"comment_id,omitempty"`
	QualityControlID string         `json:"quality_control_id,omitempty"`

	Delivery *deliveryAnswer `json:"delivery,omitempty"`
}

// change reads a command, gives it, and answers with what came of it.
func (s *server) change(x *exchange, c change) error {
	body := c.body()
	i, err := s.instruction(x, body, c.ifMatch, c.optional)
	if err != nil {
		return err
	}
	command, err := body.command(s, i)
	if err != nil {
		return s.orDenied(x, command, err)
	}
	outcome, err := s.Commands.Change(x.r.Context(), x.variable("id"), command, i)
	return s.answerCommand(x, http.StatusOK, command, outcome, err)
}

// instruction reads what every command carries: the headers and the body.
func (s *server) instruction(x *exchange, body any, ifMatch, optional bool) (domain.Instruction, error) {
	i := domain.Instruction{By: x.by, CorrelationID: x.id}
	var err error
	if i.Key, err = idempotencyKey(x.r); err != nil {
		return i, err
	}
	if i.IfMatch, err = revisionOf(x.r, ifMatch); err != nil {
		return i, err
	}
	canonical, err := s.readBody(x, body, optional)
	if err != nil {
		return i, err
	}
	i.BodyHash = bodyHash(x.r, canonical, apartOf(body)...)
	return i, nil
}

const maxKey = 128 // characters

func idempotencyKey(r *http.Request) (string, error) {
	const header = "Idempotency-Key"
	key := r.Header.Get(header)
	if key == "" {
		e := domain.Errorf(domain.CodePreconditionRequired, "The header %s is required: a new value, for example a UUID, for each command, the same one for each retry of it.", header)
		e.Field = header
		return "", e
	}
	if len(key) > maxKey || strings.ContainsFunc(key, func(c rune) bool { return c < ' ' || c > '~' }) {
		return "", domain.Invalid(header, header+" has 1 to 128 printable ASCII characters")
	}
	return key, nil
}

// revisionOf returns the field revision that If-Match names, nil without one.
func revisionOf(r *http.Request, required bool) (*uint64, error) {
	const header = "If-Match"
	given := r.Header.Get(header)
	if given == "" {
		if !required {
			return nil, nil
		}
		e := domain.Errorf(domain.CodePreconditionRequired, "The header %s is required: the ETag of the details that the edit is based on.", header)
		e.Field = header
		return nil, e
	}
	quoted := strings.TrimSpace(given)
	n, err := strconv.ParseUint(strings.Trim(quoted, `"`), 10, 64)
	if err != nil || quoted != `"`+strconv.FormatUint(n, 10)+`"` {
		return nil, domain.Invalid(header, header+" is an ETag that an answer gave, for example \"7\" with its quotes, not "+given)
	}
	return &n, nil
}

// answerCommand answers with the outcome of a command, or with its error.
func (s *server) answerCommand(x *exchange, status int, c sourcerequest.Command, o sourcerequest.Outcome, err error) error {
	ctx := x.r.Context()
	v := view{server: s, by: x.by, id: o.ID, state: o.State, words: x.words()}
	if domain.ErrorCode(err) == domain.CodePreconditionFailed && o.State.Exists() {
		current, e := v.request(ctx, o.State)
		if e != nil {
			return e
		}
		return &currentError{error: err, current: current}
	}
	if err != nil {
		return asBodyFields(err)
	}
	request, err := v.request(ctx, o.State)
	if err != nil {
		return err
	}
	a := outcomeAnswer{RequestID: o.ID, Position: o.Position.String(), Revision: o.Revision, Changed: o.Changed, Replayed: o.Replayed, Request: request}
	switch c := c.(type) {
	case sourcerequest.AddComment:
		a.CommentID = c.CommentID
	case sourcerequest.RecordQualityControl:
		a.QualityControlID = c.ResultID
	case sourcerequest.StartDelivery:
		a.Delivery = v.deliveryNow(ctx, c.DeliveryID)
	case sourcerequest.CompleteDelivery:
		a.Delivery = v.deliveryNow(ctx, c.DeliveryID)
	}
	x.Header().Set("ETag", request.ETag)
	if status == http.StatusCreated {
		x.Header().Set("Location", base+"/requests/"+o.ID)
	}
	return x.answer(status, a)
}

// asBodyFields names fields as bodies do: the domain and files say country, and
// call the files that are provided materials.
func asBodyFields(err error) error {
	var e *domain.Error
	if !errors.As(err, &e) {
		return err
	}
	named := *e
	switch rest, material := strings.CutPrefix(e.Field, "materials"); {
	case e.Field == "country":
		named.Field = "countries"
	case material:
		named.Field = "files" + strings.Replace(rest, "].id", "].file_id", 1)
	default:
		return err
	}
	return &named
}

// orDenied puts scope and rights before what is wrong with a command: who may
// not give it learns nothing from what would be accepted.
func (s *server) orDenied(x *exchange, c sourcerequest.Command, err error) error {
	d, hidden := s.document(x.r.Context(), x.by, x.variable("id"))
	if hidden != nil {
		return hidden
	}
	if denied := sourcerequest.Authorize(x.by, d.State, c); denied != nil {
		return denied
	}
	return err
}

type openBody struct {
	RequestID             string                       `json:"request_id"`
	PackageID             string                       `json:"package_id"`
	MovieID               string                       `json:"movie_id"`
	Title                 string                       `json:"title"`
	MovieType             sourcerequest.MovieType      `json:"movie_type"`
	IsOriginal            *bool                        `json:"is_original"`
	ContentPartner        string                       `json:"content_partner"`
	FulfillmentPartner    nullable                     `json:"fulfillment_partner"`
	SourceType            sourcerequest.SourceType     `json:"source_type"`
	ServiceType           sourcerequest.ServiceType    `json:"service_type"`
	Language              string                       `json:"language"`
	Countries             []string                     `json:"countries"`
	DueDate               domain.Date                  `json:"due_date"`
	EstimatedDeliveryDate domain.Date                  `json:"estimated_delivery_date"`
	MaterialStatus        sourcerequest.MaterialStatus `json:"material_status"`
}

func (b *openBody) open(s *server, by domain.Principal) (sourcerequest.Open, error) {
	o := sourcerequest.Open{
		PackageID: b.PackageID, MovieID: b.MovieID, Title: b.Title, MovieType: b.MovieType,
		SourceType: b.SourceType, ServiceType: b.ServiceType, Language: b.Language, Countries: b.Countries,
		DueDate: b.DueDate, EstimatedDeliveryDate: b.EstimatedDeliveryDate, MaterialStatus: b.MaterialStatus,
	}
	if b.IsOriginal == nil {
		return o, domain.Invalid("is_original", "is_original is required", "true", "false")
	}
	o.IsOriginal = *b.IsOriginal
	var err error
	if o.ContentPartner, err = s.organisationOf(by, "content_partner", b.ContentPartner, organisation.ContentPartner); err != nil {
		return o, err
	}
	o.FulfillmentPartner, err = s.organisationOf(by, "fulfillment_partner", b.FulfillmentPartner.value, organisation.FulfillmentPartner)
	return o, err
}

func (s *server) openRequest(x *exchange) error {
	var body openBody
	i, err := s.instruction(x, &body, false, false)
	if err != nil {
		return err
	}
	if x.by.Role != domain.RoleOperator {
		return domain.Errorf(domain.CodeForbidden, "Only operators open source requests.")
	}
	open, err := body.open(s, x.by)
	if err != nil {
		return err
	}
	if body.RequestID != "" {
		if err := sourcerequest.ValidateID(body.RequestID); err != nil {
			return err
		}
	}
	outcome, err := s.Commands.Open(x.r.Context(), body.RequestID, open, i)
	return s.answerCommand(x, http.StatusCreated, open, outcome, err)
}

type upgradeBody struct {
	ReplacedBy string    `json:"replaced_by"`
	Open       *openBody `json:"open"`
}

func (s *server) upgradeRequest(x *exchange) error {
	var body upgradeBody
	i, err := s.instruction(x, &body, false, false)
	if err != nil {
		return err
	}
	if x.by.Role != domain.RoleOperator {
		return s.orDenied(x, sourcerequest.Upgrade{}, domain.Errorf(domain.CodeForbidden, "Only operators upgrade source requests."))
	}
	var open *sourcerequest.Open
	if body.Open != nil {
		if body.Open.RequestID != "" {
			return domain.Invalid("open.request_id", "the server numbers the request that an upgrade opens; to choose its id, open it first and name it in replaced_by")
		}
		o, err := body.Open.open(s, x.by)
		if err != nil {
			return inField("open.", err)
		}
		open = &o
	}
	outcome, err := s.Commands.Upgrade(x.r.Context(), x.variable("id"), body.ReplacedBy, open, i)
	if err != nil && open != nil {
		err = inField("open.", asBodyFields(err))
	}
	return s.answerCommand(x, http.StatusOK, sourcerequest.Upgrade{}, outcome, err)
}

// inField says that a wrong field is part of another one.
func inField(prefix string, err error) error {
	var e *domain.Error
	if errors.As(err, &e) && e.Code == domain.CodeInvalid && e.Field != "" && e.Field != "replaced_by" {
		named := *e
		named.Field = prefix + e.Field
		return &named
	}
	return err
}

type editBody struct {
	PackageID          *string                    `json:"package_id"`
	MovieID            *string                    `json:"movie_id"`
	Title              *string                    `json:"title"`
	MovieType          *sourcerequest.MovieType   `json:"movie_type"`
	IsOriginal         *bool                      `json:"is_original"`
	ContentPartner     *string                    `json:"content_partner"`
	SourceType         *sourcerequest.SourceType  `json:"source_type"`
	ServiceType        *sourcerequest.ServiceType `json:"service_type"`
	Language           *string                    `json:"language"`
	Countries          []string                   `json:"countries"`
	DueDate            *domain.Date               `json:"due_date"`
	FulfillmentPartner nullable                   `json:"fulfillment_partner"`
	SubAssignee        nullable                   `json:"sub_assignee"`
}

func (b *editBody) command(s *server, i domain.Instruction) (sourcerequest.Command, error) {
	e := sourcerequest.Edit{
		PackageID: b.PackageID, MovieID: b.MovieID, Title: b.Title, MovieType: b.MovieType, IsOriginal: b.IsOriginal,
		SourceType: b.SourceType, ServiceType: b.ServiceType, Language: b.Language, Countries: b.Countries, DueDate: b.DueDate,
	}
	var wrong error
	for _, p := range []struct {
		field string
		given bool
		value *string
		kind  organisation.Kind
		to    **string
	}{
		{"content_partner", b.ContentPartner != nil, b.ContentPartner, organisation.ContentPartner, &e.ContentPartner},
		{"fulfillment_partner", b.FulfillmentPartner.given, &b.FulfillmentPartner.value, organisation.FulfillmentPartner, &e.FulfillmentPartner},
		{"sub_assignee", b.SubAssignee.given, &b.SubAssignee.value, organisation.FulfillmentPartner, &e.SubAssignee},
	} {
		if !p.given {
			continue
		}
		id, err := s.organisationOf(i.By, p.field, *p.value, p.kind)
		if wrong == nil {
			wrong = err
		}
		*p.to = &id
	}
	return e, wrong
}

type commentBody struct {
	Text string `json:"text"`
}

func (b *commentBody) command(_ *server, i domain.Instruction) (sourcerequest.Command, error) {
	c := sourcerequest.AddComment{CommentID: i.NewID("comment"), TextID: i.NewID("text"), Text: b.Text, Mentions: sourcerequest.MentionsIn(b.Text)}
	if b.Text == "" {
		return c, domain.Invalid("text", "text is required")
	}
	return c, nil
}

func (b *commentBody) apart() []string { return []string{"text"} }

func (s *server) redactComment(x *exchange) error {
	i, err := s.instruction(x, &struct{}{}, false, true)
	if err != nil {
		return err
	}
	c := sourcerequest.Redact{CommentID: x.variable("commentId")}
	outcome, err := s.Commands.Change(x.r.Context(), x.variable("id"), c, i)
	return s.answerCommand(x, http.StatusOK, c, outcome, err)
}

type materialStatusBody struct {
	MaterialStatus sourcerequest.MaterialStatus `json:"material_status"`
	Reason         string                       `json:"reason"`
}

func (b *materialStatusBody) command(*server, domain.Instruction) (sourcerequest.Command, error) {
	return sourcerequest.ChangeMaterialStatus{MaterialStatus: b.MaterialStatus, Reason: b.Reason}, nil
}

type estimatedDeliveryDateBody struct {
	Date   domain.Date `json:"date"`
	Reason string      `json:"reason"`
}

func (b *estimatedDeliveryDateBody) command(*server, domain.Instruction) (sourcerequest.Command, error) {
	return sourcerequest.ChangeEstimatedDeliveryDate{Date: b.Date, Reason: b.Reason}, nil
}

type qualityControlBody struct {
	Check     sourcerequest.Check `json:"check"`
	Passed    *bool               `json:"passed"`
	FrameRate timecode.Rate       `json:"frame_rate"`
	Issues    []struct {
		FileID      string                 `json:"file_id"`
		Code        string                 `json:"code"`
		Category    string                 `json:"category"`
		Severity    sourcerequest.Severity `json:"severity"`
		TimecodeIn  string                 `json:"timecode_in"`
		TimecodeOut string                 `json:"timecode_out"`
		Description string                 `json:"description"`
	} `json:"issues"`
}

// maxIssues bounds one result; a file with more is sent back before it is listed whole.
const maxIssues = 1000

func (b *qualityControlBody) command(_ *server, i domain.Instruction) (sourcerequest.Command, error) {
	if b.Passed == nil {
		return sourcerequest.RecordQualityControl{}, domain.Invalid("passed", "passed is required", "true", "false")
	}
	if len(b.Issues) > maxIssues {
		return sourcerequest.RecordQualityControl{}, domain.Invalid("issues", "a quality control names at most "+strconv.Itoa(maxIssues)+" issues")
	}
	c := sourcerequest.RecordQualityControl{ResultID: i.NewID("quality-control"), Check: b.Check, Passed: *b.Passed, FrameRate: b.FrameRate}
	for n, issue := range b.Issues {
		c.Issues = append(c.Issues, sourcerequest.Issue{
			ID: i.NewID("issue/" + strconv.Itoa(n)), FileID: issue.FileID, Code: issue.Code, Category: issue.Category, Severity: issue.Severity,
			TimecodeIn: issue.TimecodeIn, TimecodeOut: issue.TimecodeOut, Description: issue.Description,
		})
	}
	return c, nil
}

type answerBody struct {
	Answer sourcerequest.Answer `json:"answer"`
	Note   string               `json:"note"`
}

func (s *server) answerIssue(x *exchange) error {
	var body answerBody
	i, err := s.instruction(x, &body, false, false)
	if err != nil {
		return err
	}
	c := sourcerequest.AnswerQCIssue{IssueID: x.variable("issueId"), Answer: body.Answer, Note: body.Note}
	outcome, err := s.Commands.Change(x.r.Context(), x.variable("id"), c, i)
	return s.answerCommand(x, http.StatusOK, c, outcome, err)
}

type redeliveryBody struct {
	Scope   sourcerequest.RedeliveryScope `json:"scope"`
	Reasons []string                      `json:"reasons"`
}

func (b *redeliveryBody) command(*server, domain.Instruction) (sourcerequest.Command, error) {
	return sourcerequest.RequestRedelivery{Scope: b.Scope, Reasons: b.Reasons}, nil
}

type cancelBody struct {
	Reason string `json:"reason"`
}

func (b *cancelBody) command(*server, domain.Instruction) (sourcerequest.Command, error) {
	return sourcerequest.Cancel{Reason: b.Reason}, nil
}

type reinstateBody struct {
	Reason string `json:"reason"`
}

func (b *reinstateBody) command(*server, domain.Instruction) (sourcerequest.Command, error) {
	return sourcerequest.Reinstate{Reason: b.Reason}, nil
}
