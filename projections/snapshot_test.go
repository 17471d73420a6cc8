package projections

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// model is a read model in words: without codes and row numbers, which depend
// on how the log was cut into pages.
type model struct {
	Rows      map[string]plainRow
	Documents map[string]string // JSON
}

// plainRow is a facet row with its values written out.
type plainRow struct {
	MovieID, Title, Package, ContentPartner, FulfillmentPartner, SubAssignee, Language, Countries, Issues string
	Responsible, SubResponsible                                                                           string
	SourceType, ServiceType, MovieType, Status, MaterialStatus, QualityControl                            string
	Original, Usable, Rejected, WasDelivered, Open                                                        bool
	Due, EDD                                                                                              string
	Critical, AtRisk, Overdue, RedeliveryAsked                                                            int64
	Revision                                                                                              uint64
}

// expected is the model of a log, made the obvious way.
func expected(t testing.TB, events []domain.Recorded, policy sourcerequest.Policy) model {
	t.Helper()
	m := model{Rows: map[string]plainRow{}, Documents: map[string]string{}}
	streams := map[string][]domain.Recorded{}
	for _, e := range events {
		if id, ok := strings.CutPrefix(e.Stream, "sourceRequest-"); ok {
			streams[id] = append(streams[id], e)
		}
	}
	for id, events := range streams {
		s := sourcerequest.Fold(sourcerequest.State{}, events...)
		last := events[len(events)-1]
		shown := s
		shown.LastRow = nil // for imports only, which read the stream
		doc, err := json.Marshal(map[string]any{"id": id, "revision": last.Revision, "position": last.Position, "state": shown})
		require.NoError(t, err)
		m.Documents[id] = string(doc)
		if s.Status == "" {
			continue
		}
		in := policy.Instants(s.Facts())
		row := plainRow{
			MovieID: s.MovieID, Title: s.Title, Package: s.PackageID, ContentPartner: s.ContentPartner,
			FulfillmentPartner: s.FulfillmentPartner, SubAssignee: s.SubAssignee, Language: s.Language,
			Responsible: s.Responsible, SubResponsible: s.SubResponsible,
			Countries: strings.Join(s.Countries, "|"), Issues: strings.Join(s.Issues(), "|"),
			SourceType: string(s.SourceType), ServiceType: string(s.ServiceType), MovieType: string(s.MovieType),
			Status: string(s.Status), MaterialStatus: string(s.MaterialStatus), QualityControl: string(s.QualityControl()),
			Original: s.IsOriginal, Usable: s.HasUsableMaterials(), WasDelivered: s.WasDelivered,
			Rejected: s.MaterialStatus == "Rejected" && !s.MaterialSinceRejected,
			Open:     s.Status == "Open" || s.Status == "Redelivery Requested",
			Due:      s.DueDate.String(), EDD: s.EstimatedDeliveryDate().String(),
			Critical: in.Critical, AtRisk: in.AtRisk, Overdue: in.Overdue, RedeliveryAsked: sourcerequest.Never, Revision: last.Revision,
		}
		if s.Status == "Redelivery Requested" && s.Redelivery != nil {
			row.RedeliveryAsked = s.Redelivery.RequestedAt.UnixMilli()
		}
		m.Rows[id] = row
	}
	return m
}

// snapshot is what a simple reader finds in Redis, or keeps up to date by the
// feed.
type snapshot struct {
	generation   readmodel.Generation
	position     domain.Position
	rows         []readmodel.Row
	dictionaries [readmodel.DictionaryCount][]string
}

func readSnapshot(t testing.TB, c *redis.Client, g readmodel.Generation) *snapshot {
	t.Helper()
	ctx := context.Background()
	held, err := c.Get(ctx, g.Checkpoint()).Result()
	require.NoError(t, err)
	s := &snapshot{generation: g}
	s.position, err = domain.ParsePosition(held)
	require.NoError(t, err)
	for d := range s.dictionaries {
		s.dictionaries[d], err = c.LRange(ctx, g.Dictionary(readmodel.Dictionary(d)), 0, -1).Result()
		require.NoError(t, err)
	}
	for segment := uint32(0); ; segment++ {
		b, err := c.Get(ctx, g.Rows(segment)).Bytes()
		if err == redis.Nil {
			return s
		}
		require.NoError(t, err)
		for ; len(b) > 0; b = b[readmodel.RowSize:] {
			var row readmodel.Row
			require.NoError(t, row.Decode(b[:readmodel.RowSize]))
			s.rows = append(s.rows, row)
		}
	}
}

// apply moves the snapshot on by a feed entry.
func (s *snapshot) apply(t testing.TB, e redis.XMessage) {
	t.Helper()
	c, err := readmodel.ParseChange(e.Values)
	require.NoError(t, err)
	require.Equal(t, readmodel.FeedID(c.To), e.ID)
	require.Equal(t, s.generation, c.Generation)
	require.Equal(t, s.position, c.From)
	s.position = c.To
	for d, added := range c.Added {
		require.Len(t, s.dictionaries[d], int(added.From))
		s.dictionaries[d] = append(s.dictionaries[d], added.Values...)
	}
	for _, r := range c.Rows {
		for int(r.Number) >= len(s.rows) {
			s.rows = append(s.rows, readmodel.Row{})
		}
		s.rows[r.Number] = r.Row
	}
}

// model puts the snapshot into words.
func (s *snapshot) model(t testing.TB, c *redis.Client) model {
	t.Helper()
	ctx := context.Background()
	m := model{Rows: map[string]plainRow{}, Documents: map[string]string{}}
	value := func(d readmodel.Dictionary, code uint32) string {
		require.Less(t, int(code), len(s.dictionaries[d]))
		return s.dictionaries[d][code]
	}
	for _, r := range s.rows {
		require.NotContains(t, m.Rows, r.ID)
		movie, title := readmodel.SplitTitle(value(readmodel.Titles, r.Title))
		m.Rows[r.ID] = plainRow{
			MovieID: movie, Title: title, Package: value(readmodel.Packages, r.Package),
			ContentPartner: value(readmodel.Partners, r.ContentPartner), FulfillmentPartner: value(readmodel.Partners, r.FulfillmentPartner),
			SubAssignee: value(readmodel.Partners, r.SubAssignee), Language: value(readmodel.Languages, r.Language),
			Responsible: value(readmodel.Accounts, r.Responsible), SubResponsible: value(readmodel.Accounts, r.SubResponsible),
			Countries:  strings.Join(readmodel.SplitSet(value(readmodel.CountrySets, r.CountrySet)), "|"),
			Issues:     strings.Join(readmodel.SplitSet(value(readmodel.IssueSets, r.IssueSet)), "|"),
			SourceType: label(r.SourceType, sourcerequest.SourceTypes()), ServiceType: label(r.ServiceType, sourcerequest.ServiceTypes()),
			MovieType: label(r.MovieType, sourcerequest.MovieTypes()), Status: label(r.Status, sourcerequest.Statuses()),
			MaterialStatus: label(r.MaterialStatus, sourcerequest.MaterialStatuses()), QualityControl: label(r.QualityControl, sourcerequest.QualityControlStatuses()),
			Original: r.Flags.Has(readmodel.FlagOriginal), Usable: r.Flags.Has(readmodel.FlagUsableMaterials),
			Rejected: r.Flags.Has(readmodel.FlagMaterialRejected), WasDelivered: r.Flags.Has(readmodel.FlagWasDelivered), Open: r.Flags.Has(readmodel.FlagOpen),
			Due: r.DueDate.String(), EDD: r.EstimatedDate.String(),
			Critical: r.Critical, AtRisk: r.AtRisk, Overdue: r.Overdue, RedeliveryAsked: r.RedeliveryAsked, Revision: r.Revision,
		}
	}
	prefix := s.generation.Document("")
	keys, err := c.Keys(ctx, prefix+"*").Result()
	require.NoError(t, err)
	for _, key := range keys {
		doc, err := c.Get(ctx, key).Result()
		require.NoError(t, err)
		d, err := readmodel.UnmarshalDocument([]byte(doc))
		require.NoError(t, err)
		text, err := json.Marshal(d)
		require.NoError(t, err)
		m.Documents[strings.TrimPrefix(key, prefix)] = string(text)
	}
	return m
}

func label[T ~string](code uint8, labels []T) string {
	if code == 0 {
		return ""
	}
	return string(labels[code-1])
}

// requireModel checks that the live read model is that of the log.
func requireModel(t testing.TB, c *redis.Client, log *memoryLog, policy sourcerequest.Policy) *snapshot {
	t.Helper()
	live, err := c.Get(context.Background(), readmodel.LiveKey).Result()
	require.NoError(t, err)
	s := readSnapshot(t, c, readmodel.Generation(live))
	require.Equal(t, log.position(), s.position)
	want, got := expected(t, log.events, policy), s.model(t, c)
	require.Equal(t, want.Rows, got.Rows)
	require.Len(t, got.Documents, len(want.Documents))
	for id, doc := range want.Documents {
		require.JSONEq(t, doc, got.Documents[id])
	}
	return s
}
