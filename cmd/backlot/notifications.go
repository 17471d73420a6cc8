package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"backlot/commands"
	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/mail"
	"backlot/projections/notify"
	"backlot/readapi"
	"backlot/readapi/facets"
)

// notifying is what tells accounts what they want to be told of.
type notifying struct {
	mail     *mail.SMTP // nil without --smtp
	commands *commands.Notifications
	notifier *notify.Notifier
	timer    *notify.Timer
	sender   *notify.Sender
}

// notify starts it.
func (s *server) notify(c *serveCommand, policy sourcerequest.Policy) error {
	n := &s.notifying
	var err error
	n.commands, err = commands.NewNotifications(commands.NotificationsConfig{
		Log: s.store, Accounts: s.people, SendsMail: n.mail != nil, AllowPrivate: c.WebhookAllowPrivate,
	})
	if err != nil {
		return err
	}
	teller, err := readapi.NewTeller(readapi.Config{
		Index: s.index, Redis: s.redis, Streams: s.store, Organisations: s.directory, People: s.people, Notifications: s.notifications, Policy: policy, Logger: s.logger,
	})
	if err != nil {
		return err
	}
	matcher := facets.NewMatcher(s.directory, s.people, policy.Zone)
	config := notify.Config{
		Log: s.store, Rules: s.notifications, People: s.people, Organisations: s.directory, Policy: policy, Teller: teller,
		SubjectOf: func(id string, state sourcerequest.State, at time.Time) notify.Subject {
			return matcher.Of(id, state, at)
		},
		Crossed: s.crossed, PublicURL: c.publicURL(), AllowPrivate: c.WebhookAllowPrivate, Logger: s.logger,
	}
	if n.mail != nil {
		config.Mail = n.mail
	}
	if n.notifier, err = notify.NewNotifier(config); err != nil {
		return err
	}
	if n.timer, err = notify.NewTimer(config); err != nil {
		return err
	}
	if n.sender, err = notify.NewSender(config); err != nil {
		return err
	}
	for _, run := range []func(context.Context) error{n.notifier.Run, n.timer.Run, n.sender.Run} {
		s.group.Go(func() error { return s.untilClosed(run(s.ctx)) })
	}
	return nil
}

// crossed asks the index, once it has seen everything up to a position, which
// requests some time moved to another bucket.
func (s *server) crossed(ctx context.Context, upTo domain.Position, from, to time.Time) ([]string, error) {
	if err := s.index.WaitFor(ctx, upTo); err != nil {
		return nil, err
	}
	snapshot, err := s.index.Snapshot()
	if err != nil {
		return nil, err
	}
	return snapshot.Crossings(from.UnixMilli(), to.UnixMilli()), nil
}

// notificationsDetail is what readiness tells of notifications; nobody waits
// for them.
func (s *server) notificationsDetail() map[string]any {
	n := &s.notifying
	if n.notifier == nil || n.timer == nil {
		return map[string]any{}
	}
	p := n.notifier.Progress()
	rules, onTheirWay := s.notifications.Counts()
	detail := map[string]any{
		"active": p.Active, "position": p.Position.String(), "failure": p.Failure, "rules": rules, "on_their_way": onTheirWay, "clock_failure": n.timer.Failure(),
	}
	if at := n.timer.SpokenUpTo(); !at.IsZero() {
		detail["spoken_up_to"] = at.UTC()
	}
	return detail
}

// measureNotifications adds them to the metrics.
func (s *server) measureNotifications(r prometheus.Registerer) {
	n := &s.notifying
	told := func(by string, count func() uint64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "backlot_notifications_told_total", Help: "Notifications that this process made, of events and of passing time.", ConstLabels: prometheus.Labels{"by": by},
		}, func() float64 { return float64(count()) })
	}
	r.MustRegister(
		told("event", n.notifier.Told), told("time", n.timer.Told), tries{n.sender},
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "backlot_notifications_lag_seconds", Help: "Time since the oldest event happened that was not held against the rules yet; 0 if there is none.",
		}, func() float64 {
			waiting := n.notifier.Progress().Waiting
			if waiting.IsZero() {
				return 0
			}
			return max(0, time.Since(waiting).Seconds())
		}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "backlot_notifications_on_their_way", Help: "Messages by mail and webhook that are still to be delivered.",
		}, func() float64 {
			_, onTheirWay := s.notifications.Counts()
			return float64(onTheirWay)
		}),
	)
}

// tries collects how often messages were tried.
type tries struct{ sender *notify.Sender }

var triesDesc = prometheus.NewDesc("backlot_notification_tries_total", "Tries of this process to deliver a message, by channel and outcome.", []string{"channel", "outcome"}, nil)

// Describe implements prometheus.Collector.
func (t tries) Describe(to chan<- *prometheus.Desc) { to <- triesDesc }

// Collect implements prometheus.Collector.
func (t tries) Collect(to chan<- prometheus.Metric) {
	for of, n := range t.sender.Tries() {
		to <- prometheus.MustNewConstMetric(triesDesc, prometheus.CounterValue, float64(n), string(of.Channel), string(of.Outcome))
	}
}
