package projections

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

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
	Documents map[string]string // JSON, without since
	Past      []plainEnded      // in the order of their requests, and of time
}

// plainEnded is a version of a row that ended; its revision is not said.
type plainEnded struct {
	ID    string
	Until int64
	Row   plainRow
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
	Since                                                                                                 int64
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
		m.add(id, events, policy)
	}
	slices.SortFunc(m.Past, func(a, b plainEnded) int { return cmp.Or(strings.Compare(a.ID, b.ID), cmp.Compare(a.Until, b.Until)) })
	return m
}

// add adds the row that a request's events lead to, and those before it.
func (m *model) add(id string, events []domain.Recorded, policy sourcerequest.Policy) {
	var now plainRow
	for n := range events {
		s := sourcerequest.Fold(sourcerequest.State{}, events[:n+1]...)
		if s.Status == "" {
			continue
		}
		at := events[n].Metadata.OccurredAt
		ms := at.UnixMilli()
		if !at.Equal(time.UnixMilli(ms)) {
			ms++ // what happened within a millisecond had not happened at its beginning
		}
		row := plainRowOf(&s, policy)
		row.Since = now.Since
		if row != now {
			if now.Status != "" && now.Since < ms {
				m.Past = append(m.Past, plainEnded{id, ms, now})
			}
			row.Since = ms
		}
		now = row
	}
	now.Revision = events[len(events)-1].Revision
	m.Rows[id] = now
}

func plainRowOf(s *sourcerequest.State, policy sourcerequest.Policy) plainRow {
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
		Critical: in.Critical, AtRisk: in.AtRisk, Overdue: in.Overdue, RedeliveryAsked: sourcerequest.Never,
	}
	if s.Status == "Redelivery Requested" && s.Redelivery != nil {
		row.RedeliveryAsked = s.Redelivery.RequestedAt.UnixMilli()
	}
	return row
}

// snapshot is what a simple reader finds in Redis, or keeps up to date by the
// feed.
type snapshot struct {
	generation   readmodel.Generation
	position     domain.Position
	rows         []readmodel.Row
	ended        []readmodel.Ended
	pastFrom     int64
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
			break
		}
		require.NoError(t, err)
		for ; len(b) > 0; b = b[readmodel.RowSize:] {
			var row readmodel.Row
			require.NoError(t, row.Decode(b[:readmodel.RowSize]))
			s.rows = append(s.rows, row)
		}
	}
	info, err := c.HGetAll(ctx, g.Info()).Result()
	require.NoError(t, err)
	s.pastFrom, _ = strconv.ParseInt(info[readmodel.InfoPastFrom], 10, 64)
	first, _ := strconv.ParseUint(info[readmodel.InfoPastFirst], 10, 32)
	count, _ := strconv.ParseUint(info[readmodel.InfoPastCount], 10, 32)
	for segment := uint32(first); segment*readmodel.EndedPerSegment < uint32(count); segment++ {
		b, err := c.Get(ctx, g.Past(segment)).Bytes()
		require.NoError(t, err)
		rows, err := readmodel.UnpackPast(b)
		require.NoError(t, err)
		s.addPast(t, rows)
	}
	require.Len(t, s.ended, int(count)-int(first)*readmodel.EndedPerSegment)
	return s
}

func (s *snapshot) addPast(t testing.TB, rows []byte) {
	for ; len(rows) > 0; rows = rows[readmodel.EndedSize:] {
		var e readmodel.Ended
		require.NoError(t, e.Decode(rows[:readmodel.EndedSize]))
		s.ended = append(s.ended, e)
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
	if len(c.Ended.Rows) > 0 {
		require.Len(t, s.ended, int(c.Ended.From))
		s.addPast(t, c.Ended.Rows)
	}
	s.pastFrom = max(s.pastFrom, c.PastFrom)
}

// model puts the snapshot into words.
func (s *snapshot) model(t testing.TB, c *redis.Client) model {
	t.Helper()
	ctx := context.Background()
	m := model{Rows: map[string]plainRow{}, Documents: map[string]string{}}
	for _, r := range s.rows {
		require.NotContains(t, m.Rows, r.ID)
		m.Rows[r.ID] = s.plain(t, r)
	}
	for _, e := range s.ended {
		require.Equal(t, s.rows[e.Number].ID, e.Row.ID)
		m.Past = append(m.Past, plainEnded{e.Row.ID, e.Until, s.plain(t, e.Row)})
	}
	slices.SortStableFunc(m.Past, func(a, b plainEnded) int { return cmp.Or(strings.Compare(a.ID, b.ID), cmp.Compare(a.Until, b.Until)) })
	prefix := s.generation.Document("")
	keys, err := c.Keys(ctx, prefix+"*").Result()
	require.NoError(t, err)
	for _, key := range keys {
		doc, err := c.Get(ctx, key).Result()
		require.NoError(t, err)
		d, err := readmodel.UnmarshalDocument([]byte(doc))
		require.NoError(t, err)
		d.Since = 0
		text, err := json.Marshal(d)
		require.NoError(t, err)
		m.Documents[strings.TrimPrefix(key, prefix)] = string(text)
	}
	return m
}

func (s *snapshot) plain(t testing.TB, r readmodel.Row) plainRow {
	value := func(d readmodel.Dictionary, code uint32) string {
		require.Less(t, int(code), len(s.dictionaries[d]))
		return s.dictionaries[d][code]
	}
	movie, title := readmodel.SplitTitle(value(readmodel.Titles, r.Title))
	return plainRow{
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
		Critical: r.Critical, AtRisk: r.AtRisk, Overdue: r.Overdue, RedeliveryAsked: r.RedeliveryAsked, Revision: r.Revision, Since: r.Since,
	}
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
	require.Equal(t, want.Past, got.Past)
	require.Len(t, got.Documents, len(want.Documents))
	for id, doc := range want.Documents {
		require.JSONEq(t, doc, got.Documents[id])
	}
	return s
}
