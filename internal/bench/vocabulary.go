package bench

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"backlot/domain/organisation"
	"backlot/domain/sourcerequest"
)

// spread is a distribution over values.
type spread[T any] struct {
	values []T
	upTo   []int // cumulated weights
}

func weighted[T any](values []T, weights []int) spread[T] {
	s := spread[T]{values: values}
	sum := 0
	for i := range values {
		sum += weights[i]
		s.upTo = append(s.upTo, sum)
	}
	return s
}

func (s spread[T]) pick(r *rand.Rand) T {
	n := r.IntN(s.upTo[len(s.upTo)-1])
	i, found := slices.BinarySearch(s.upTo, n)
	if found { // the next one begins here
		i++
	}
	return s.values[i]
}

// The skew of a real catalogue of this kind, in hundredths of a percent.
var (
	sourceTypes = weighted([]sourcerequest.SourceType{
		sourcerequest.SourceSubs, sourcerequest.SourceDubs, sourcerequest.SourceCCSDH, sourcerequest.SourceForcedSubs, sourcerequest.SourceAVMuxed,
		sourcerequest.SourceAudioDescription, sourcerequest.SourceIMF, sourcerequest.SourceTrailer, sourcerequest.SourceArtwork,
		sourcerequest.SourceFinalScript, sourcerequest.SourceAudioME, sourcerequest.SourceSecondaryAVMuxed,
	}, []int{3215, 1505, 1280, 1246, 663, 448, 411, 344, 322, 228, 227, 111})
	serviceTypes = weighted([]sourcerequest.ServiceType{
		sourcerequest.ServiceConform, sourcerequest.ServiceCreate, sourcerequest.ServiceUnknown,
	}, []int{4980, 4008, 1012})
	movieTypes = weighted([]sourcerequest.MovieType{
		sourcerequest.MovieStandalone, sourcerequest.MovieEpisode, sourcerequest.MovieSupplemental,
	}, []int{6444, 2849, 707})
	statuses = weighted([]sourcerequest.Status{
		sourcerequest.StatusOpen, sourcerequest.StatusProcessed, sourcerequest.StatusDelivered,
		sourcerequest.StatusRedeliveryRequested, sourcerequest.StatusCancelled, sourcerequest.StatusUpgraded,
	}, []int{5964, 2043, 1004, 399, 389, 201})
	materialStatuses = weighted([]sourcerequest.MaterialStatus{
		sourcerequest.MaterialNotReceived, sourcerequest.MaterialAccepted, sourcerequest.MaterialReceived, sourcerequest.MaterialRejected,
	}, []int{4498, 3181, 2014, 307})

	languages = weighted(strings.Split("English,Korean,Japanese,German,French,Spanish (Latin America),Portuguese (Brazil),Italian,Dutch,Polish,"+
		"Spanish,Turkish,Arabic,Hindi,Thai,Indonesian,Swedish,Danish,Norwegian,Finnish,Czech,Hungarian,Romanian,Greek,Hebrew,Tamil,Telugu,"+
		"Vietnamese,Malay,Filipino,Ukrainian,Croatian,Catalan,Basque,Galician,Bengali,Marathi,Mandarin,Cantonese,Icelandic", ","),
		[]int{1314, 911, 718, 601, 469, 417, 381, 346, 317, 281, 245, 238, 226, 213, 199, 188, 184, 181, 167, 166, 150, 150, 141, 140, 122, 120,
			114, 111, 111, 107, 103, 103, 101, 98, 98, 96, 95, 94, 93, 89})

	// A few countries have most requests, and most have few.
	countries = weighted(strings.Split("United States,South Korea,Japan,Germany,France,Mexico,Brazil,United Kingdom,India,Spain,"+
		"Italy,Netherlands,Poland,Turkey,Egypt,Thailand,Indonesia,Sweden,Denmark,Norway,Finland,Canada,Australia,Argentina,Chile,"+
		"Colombia,Peru,Portugal,Belgium,Austria,Switzerland,Ireland,Iceland,Greece,Israel,Jordan,Lebanon,Kuwait,Qatar,Morocco,"+
		"Tunisia,Nigeria,Ghana,Kenya,South Africa,Senegal,Vietnam,Malaysia,Philippines,Singapore,Taiwan,Hong Kong,China,Pakistan,"+
		"Bangladesh,Nepal,Sri Lanka,Ukraine,Romania,Hungary,Czechia,Slovakia,Slovenia,Croatia,Serbia,Bulgaria,Estonia,Latvia,Lithuania", ","),
		[]int{4039, 1485, 938, 479, 405, 388, 338, 314, 253, 204, 183, 152, 148, 145, 118, 107, 107, 103, 98, 93, 91, 90, 89, 88, 86, 86, 84, 81,
			56, 51, 42, 42, 35, 33, 28, 26, 24, 22, 22, 20, 20, 18, 17, 16, 15, 14, 13, 12, 12, 12, 12, 11, 11, 10, 10, 10, 10, 10, 9, 9, 6, 4,
			4, 4, 4, 3, 3, 2, 1})
)

// partner is an organisation: rows hold its id, and people see its name.
type partner struct {
	id, name string
	kind     organisation.Kind
}

func partnersOf(kind organisation.Kind, prefix string, names ...string) []partner {
	var out []partner
	for i, n := range names {
		out = append(out, partner{fmt.Sprintf("%s-%02d", prefix, i+1), n, kind})
	}
	return out
}

var (
	studios = partnersOf(organisation.ContentPartner, "studio",
		"Halden Pictures", "Blue Kettle Films", "Ostrava Motion", "Sankei Dream", "Casa Miramar", "Ninth Meridian", "Fjordlight", "Paper Crane Studio",
		"Tall Mast Pictures", "Quarry Lane", "Saffron Reel", "Grey Heron Films", "Sundial House", "Copper Kite", "Marble Arch Stories",
		"Long Field Pictures", "Tidewater Tales", "Old Foundry Films", "Cinder Path", "Yellow Door Media")
	postHouses = partnersOf(organisation.FulfillmentPartner, "post",
		"Juniper Post", "Lantern Localisation", "Redwood Sound", "Kite & Anchor", "Nordlys Media", "Tamarind Works",
		"Harbour Mix", "Second Pass", "Clearwater Captions", "Basalt Post", "Plumb Line Audio", "Seven Oaks Finishing")
	contentPartners = weighted(numbers(len(studios)),
		[]int{629, 566, 563, 554, 538, 523, 517, 510, 508, 505, 500, 487, 482, 480, 475, 471, 457, 441, 437, 358})
)

func partners() []partner { return slices.Concat(studios, postHouses) }

func numbers(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// nameOf returns an organisation's name.
func nameOf(id string) string {
	for _, p := range partners() {
		if p.id == id {
			return p.name
		}
	}
	return id
}

// Titles are made of these. Places are made up of syllables, so that there are
// some ten thousand words.
var (
	adjectives = strings.Fields("Amber Bitter Broken Burning Crooked Distant Drifting Electric Endless Fading Faithful Frozen Gentle Gilded Golden " +
		"Hidden Hollow Hungry Invisible Iron Ivory Last Lonely Lucky Midnight Moonlit Narrow Northern Quiet Reckless Restless Scarlet Secret " +
		"Seventh Silent Silver Sleeping Southern Stolen Sudden Tender Thirsty Unfinished Velvet Wandering Winter")
	nouns = strings.Fields("Lighthouse Orchard Cartographer Greenhouse Understudy Ferry Tram Bridge Lantern Harbour Carousel Telegram Observatory " +
		"Apprentice Beekeeper Clockmaker Daughter Detective Envelope Fisherman Gardener House Inheritance Island Journey Kingdom Library Locksmith " +
		"Mechanic Neighbour Notebook Ocean Orchestra Passenger Photograph Pianist Postman Railway River Sailor Seamstress Shepherd Staircase " +
		"Stranger Summer Teacher Theatre Train Translator Typewriter Umbrella Village Violinist Visitor Waiter Warehouse Watchtower Window")
	syllables = strings.Fields("ba be bor cal dan del dor el fal fen gar gol har hel in ka kel kor lan lin lor ma mel mir mor na nel nor ol par " +
		"pel quin ral ren ros sa sel sor ta tel tor ul val vel ver wen wil zan zel")
)

func titleOf(r *rand.Rand, kind sourcerequest.MovieType) string {
	place := ""
	for range 3 {
		place += syllables[r.IntN(len(syllables))]
	}
	name := fmt.Sprintf("The %s %s of %s", adjectives[r.IntN(len(adjectives))], nouns[r.IntN(len(nouns))], strings.ToUpper(place[:1])+place[1:])
	switch kind {
	case sourcerequest.MovieEpisode:
		return fmt.Sprintf("%s: Season %d: Episode %d", name, 1+r.IntN(6), 1+r.IntN(12))
	case sourcerequest.MovieSupplemental:
		return name + ": Behind the Scenes"
	}
	return name
}
