package readapi

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain/sourcerequest"
	"backlot/readapi/facets"
)

func TestBucketCountsHaveTheBucketsKeys(t *testing.T) {
	var tally facets.Tally
	for b := range tally.Buckets {
		tally.Buckets[b] = 10 + b
	}
	text, err := encodeJSON(bucketCountsOf(tally))
	require.NoError(t, err)
	var got map[string]int
	require.NoError(t, json.Unmarshal(text, &got))
	want := map[string]int{}
	for b := range sourcerequest.Bucket(sourcerequest.BucketCount) {
		want[b.String()] = 10 + int(b)
	}
	assert.Equal(t, want, got)
}

// What is written by hand is what reflection would have written.
func TestGroupsAreWrittenAsTheyAre(t *testing.T) {
	labels := rapid.Map(rapid.SampledFrom([]string{"", "Dubs", "AV (Muxed)", "CC/SDH & <more>", `"quoted"`, "ünïcode \u2028", "control \x01", "invalid \xff", "none"}), func(s string) *string {
		if s == "none" {
			return nil
		}
		return &s
	})
	rapid.Check(t, func(t *rapid.T) {
		by := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"language", "source_type", "title"}), 0, 3, rapid.ID[string]).Draw(t, "by")
		counts := &facets.Counts{GroupsTotal: rapid.Int().Draw(t, "total")}
		number := rapid.IntRange(0, 1<<40)
		if len(by) > 0 {
			for range rapid.IntRange(0, 4).Draw(t, "groups") {
				g := facets.Group{Tally: facets.Tally{Matched: number.Draw(t, "matched")}}
				for range by {
					g.Key = append(g.Key, labels.Draw(t, "label"))
				}
				for b := range g.Buckets {
					g.Buckets[b] = number.Draw(t, "count")
				}
				counts.Groups = append(counts.Groups, g)
			}
		} else if rapid.Bool().Draw(t, "nil") {
			by = nil
		}
		a := bucketsAnswer{Matched: 7, Warnings: []warningAnswer{}, groupBy: by, counts: counts}
		text, err := a.appendJSON(nil)
		require.NoError(t, err)
		marshalled, err := json.Marshal(a)
		require.NoError(t, err)
		require.JSONEq(t, string(text), string(marshalled))
		require.NotContains(t, string(text), `\u0026`, "as in every answer")

		var got struct {
			Matched     int            `json:"matched"`
			Groups      *[]groupAnswer `json:"groups"`
			GroupsTotal *int           `json:"groups_total"`
		}
		d := json.NewDecoder(strings.NewReader(string(text)))
		require.NoError(t, d.Decode(&got), "%s", text)
		require.Equal(t, 7, got.Matched)
		if by == nil {
			require.Nil(t, got.Groups)
			return
		}
		require.Equal(t, counts.GroupsTotal, *got.GroupsTotal)
		require.Len(t, *got.Groups, len(counts.Groups))
		for i, g := range counts.Groups {
			// The decoder makes U+FFFD of invalid bytes, as the encoder does.
			want, err := encodeJSON(groupOf(by, g))
			require.NoError(t, err)
			is, err := encodeJSON((*got.Groups)[i])
			require.NoError(t, err)
			require.JSONEq(t, string(want), string(is))
		}
	})
}

// BenchmarkBuckets writes the answer to a grouped search: 480 groups.
func BenchmarkBuckets(b *testing.B) {
	counts := &facets.Counts{}
	for n := range 480 {
		source, language := "Forced Subs", "Spanish (Latin America) "+strings.Repeat("x", n%40)
		counts.Groups = append(counts.Groups, facets.Group{Key: []*string{&source, &language}, Tally: facets.Tally{Matched: n, Buckets: [7]int{n, 1, 22, 333, 4444, 5, 66}}})
	}
	a := bucketsAnswer{groupBy: []string{"source_type", "language"}, counts: counts}
	for b.Loop() {
		text, err := a.appendJSON(nil)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(text)))
	}
}
