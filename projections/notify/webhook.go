package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"backlot/domain"
	"backlot/domain/notification"
)

// payload is the body of a webhook: facts, and ids instead of people's names.
// Every try of a message says the same of the same event.
type payload struct {
	Type      string    `json:"type"` // source_request.<kind>, digest or test
	Timestamp time.Time `json:"timestamp"`
	Data      data      `json:"data"`
}

type data struct {
	NotificationID string         `json:"notification_id"`
	RuleID         string         `json:"rule_id"`
	Kind           string         `json:"kind"`
	URL            string         `json:"url"`
	Position       *string        `json:"position"` // of the event in the log; null where there was none
	Actor          *actor         `json:"actor"`    // null where time spoke
	Request        *requestData   `json:"request"`
	Total          *int           `json:"total"` // of a digest: requests
	Missed         *bool          `json:"missed"`
	Kinds          map[string]int `json:"kinds,omitempty"`
	Requests       []requestData  `json:"requests,omitempty"`
}

// actor is who did it, by ids.
type actor struct {
	Account      string      `json:"account"`
	Organisation string      `json:"organisation,omitempty"`
	Role         domain.Role `json:"role"`
}

type requestData struct {
	RequestID             string      `json:"request_id"`
	PackageID             string      `json:"package_id"`
	MovieID               string      `json:"movie_id"`
	Title                 string      `json:"title"`
	SourceType            string      `json:"source_type"`
	Language              string      `json:"language"`
	Status                string      `json:"status"`
	MaterialStatus        string      `json:"material_status"`
	DueDate               domain.Date `json:"due_date"`
	EstimatedDeliveryDate domain.Date `json:"estimated_delivery_date"`
	Kinds                 []string    `json:"kinds,omitempty"` // of a digest
}

func requestDataOf(r notification.ToldRequest, kinds []string) requestData {
	return requestData{
		RequestID: r.ID, PackageID: r.PackageID, MovieID: r.MovieID, Title: r.Title, SourceType: string(r.SourceType), Language: r.Language,
		Status: string(r.Status), MaterialStatus: string(r.MaterialStatus), DueDate: r.DueDate, EstimatedDeliveryDate: r.EstimatedDeliveryDate, Kinds: kinds,
	}
}

// payloadOf returns what a message says.
func (c *Config) payloadOf(m notification.Message, told notification.Told) payload {
	p := payload{Type: "source_request." + m.Kind, Timestamp: m.At, Data: data{
		NotificationID: m.Notification.String(), RuleID: m.Rule, Kind: m.Kind, URL: c.linkOf(m.Notified, told),
	}}
	if told.Request != nil {
		r := requestDataOf(*told.Request, nil)
		p.Data.Request = &r
	}
	if m.By.Account != "" {
		p.Data.Actor = &actor{Account: m.By.Account, Organisation: m.By.Organisation, Role: m.By.Role}
	}
	if m.Position > 0 {
		position := m.Position.String()
		p.Data.Position = &position
	}
	switch m.Kind {
	case notification.KindTest:
		p.Type = m.Kind
	case notification.KindDigest:
		p.Type = m.Kind
		total := len(told.Items)
		p.Data.Total, p.Data.Missed, p.Data.Kinds = &total, &m.Digest.Missed, told.Kinds
		for _, item := range told.Items[:min(len(told.Items), maxListed)] {
			p.Data.Requests = append(p.Data.Requests, requestDataOf(item.ToldRequest, item.Kinds))
		}
	}
	return p
}

// linkOf returns where in the portal to look.
func (c *Config) linkOf(n notification.Notified, told notification.Told) string {
	switch {
	case n.Kind == notification.KindMentioned:
		return c.PublicURL + "/requests/" + url.PathEscape(n.Request) + "/comments"
	case n.Request != "":
		return c.PublicURL + "/requests/" + url.PathEscape(n.Request)
	case told.Query != "":
		return c.PublicURL + "/requests?" + told.Query
	}
	return c.PublicURL + "/requests"
}

// answered is what came of sending something.
type answered struct {
	status int
	after  time.Duration // that the receiver asked to wait, 0 if it did not
	err    string        // "" if it was taken
	final  bool          // it need not be tried again
}

const maxAnswer = 16 << 10 // bytes of an answer that are read, so that the connection can be used again

// post sends a webhook, signed as the Standard Webhooks specification says.
func (c *Config) post(ctx context.Context, to, secret string, m notification.Message, told notification.Told, now time.Time) answered {
	body, err := json.Marshal(c.payloadOf(m, told))
	if err != nil {
		return answered{err: "the message could not be written", final: true}
	}
	signer, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		return answered{err: "the rule's webhook has no secret to sign with; renew it"}
	}
	signature, err := signer.Sign(m.ID.String(), now, body)
	if err != nil {
		return answered{err: "the message could not be signed"}
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil || !c.AllowPrivate && r.URL.Scheme != "https" {
		return answered{err: "the rule's address is not one that webhooks are sent to", final: true}
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Backlot")
	r.Header.Set(standardwebhooks.HeaderWebhookID, m.ID.String())
	r.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	r.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	response, err := c.Client.Do(r)
	if err != nil {
		return answered{err: saidOf(err, c.Timeout)}
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maxAnswer))
	a := answered{status: response.StatusCode}
	if a.status >= 200 && a.status < 300 {
		return a
	}
	a.err = fmt.Sprintf("the receiver answered %d", a.status)
	switch {
	case a.status == http.StatusGone:
		a.final = true
	case a.status >= 300 && a.status < 400:
		a.err += "; redirects are not followed"
	}
	if seconds, err := strconv.Atoi(strings.TrimSpace(response.Header.Get("Retry-After"))); err == nil && seconds > 0 {
		a.after = time.Duration(min(seconds, int(longestWait/time.Second))) * time.Second
	}
	return a
}
