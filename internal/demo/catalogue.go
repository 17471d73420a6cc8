package demo

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"backlot/domain"
)

var (
	studios    = []string{"Halden Pictures", "Blue Kettle Films", "Ostrava Motion", "Sankei Dream", "Casa Miramar"}
	postHouses = []string{"Juniper Post", "Lantern Localisation", "Redwood Sound", "Kite & Anchor", "Nordlys Media", "Tamarind Works"}
	languages  = []string{"English", "Korean", "Japanese", "Dutch", "German", "French", "Spanish (Latin America)", "Portuguese (Brazil)", "Polish", "Arabic", "Hindi", "Thai"}
	territory  = []string{"United States", "South Korea", "Japan", "Netherlands", "Germany", "France", "Mexico", "Brazil", "Poland", "Egypt", "India", "Thailand"}
)

type title struct {
	name     string
	kind     string // movie type
	episodes int
	original bool
	studio   int
}

var titles = []title{
	{"The Lighthouse Keeper's Daughter", "Standalone", 1, true, 0},
	{"House of Small Hours", "Episode", 6, true, 0},
	{"Salt and Cedar", "Standalone", 1, false, 1},
	{"Night Ferry to Osaka", "Standalone", 1, true, 3},
	{"The Cartographers", "Episode", 8, true, 1},
	{"Élan", "Standalone", 1, false, 4},
	{"Paper Moons of Gyeongju", "Episode", 10, true, 3},
	{"A Quiet Arithmetic", "Standalone", 1, true, 2},
	{"The Last Tram", "Standalone", 1, false, 2},
	{"Greenhouse", "Episode", 4, false, 0},
	{"Mañana Otra Vez", "Episode", 6, true, 4},
	{"Winter Orchard", "Standalone", 1, true, 1},
	{"House of Small Hours: Behind the Door", "Supplemental", 1, true, 0},
	{"Copperhead Lane", "Episode", 5, false, 2},
	{"The Understudy's Revenge", "Standalone", 1, false, 4},
	{"Seven Bridges", "Standalone", 1, true, 3},
}

// columns are those of an import file.
var columns = strings.Split("request_id,package_id,movie_id,title,movie_type,is_original,content_partner,fulfillment_partner,"+
	"source_type,service_type,language,country,due_date,estimated_delivery_date,material_status,status", ",")

// Catalogue returns an import file of some 1,300 source requests around today.
func Catalogue(today domain.Date) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(columns) // a bytes.Buffer takes everything
	random := rand.New(rand.NewPCG(2026, 1123))
	id := 0
	for t, title := range titles {
		premiere := today + domain.Date(random.IntN(120)-25)
		for episode := range title.episodes {
			name, movie := title.name, 70_001+t*100+episode
			if title.kind == "Episode" {
				name = fmt.Sprintf("%s: Season 1: Episode %d", title.name, episode+1)
			}
			due := premiere + domain.Date(episode*2)
			for _, asset := range assets(random) {
				id++
				_ = w.Write(row(random, id, movie, name, title, asset, due, today))
			}
		}
	}
	w.Flush()
	return b.Bytes()
}

type asset struct{ sourceType, language string }

// assets are what one title needs: one picture, then languages.
func assets(random *rand.Rand) []asset {
	out := []asset{{"AV (Muxed)", "English"}, {"Artwork", "English"}, {"Trailer", "English"}}
	for _, l := range languages {
		out = append(out, asset{"Subs", l})
		if random.IntN(3) == 0 {
			out = append(out, asset{"Dubs", l})
		}
		if random.IntN(4) == 0 {
			out = append(out, asset{"Forced Subs", l})
		}
	}
	return append(out, asset{"CC/SDH", "English"}, asset{"Audio Description", "English"}, asset{"Final Script", "English"})
}

func row(random *rand.Rand, id, movie int, name string, t title, a asset, due, today domain.Date) []string {
	due += domain.Date(random.IntN(9) - 4)
	edd, status, material := due, "Open", "Not Received"
	switch r := random.IntN(100); {
	case due < today && r < 88:
		status, material = pick(random, "Processed", "Processed", "Processed", "Delivered", "Upgraded"), "Accepted"
	case due < today+14 && r < 25:
		status, material = "Delivered", "Accepted"
	case r < 30:
		status, material = "Redelivery Requested", "Accepted"
	case r < 33:
		status = "Cancelled"
	default:
		material = pick(random, "Not Received", "Not Received", "Received", "Received", "Accepted", "Accepted", "Accepted", "Rejected")
	}
	// Redeliveries are rare.
	if status == "Redelivery Requested" && random.IntN(4) != 0 {
		status = "Open"
	}
	if status == "Open" && random.IntN(8) == 0 {
		edd += domain.Date(1 + random.IntN(10))
	}
	country := 0
	for i, l := range languages {
		if l == a.language {
			country = i
		}
	}
	countries := territory[country]
	if random.IntN(3) == 0 {
		countries += "|" + territory[(country+5)%len(territory)]
	}
	original := "No"
	if t.original {
		original = "Yes"
	}
	house := postHouses[(country+movie)%len(postHouses)]
	if a.sourceType == "AV (Muxed)" {
		house = postHouses[0]
	}
	return []string{
		strconv.Itoa(4_000_000 + id), strconv.Itoa(61_000 + movie), strconv.Itoa(movie), name, t.kind, original,
		studios[t.studio], house, a.sourceType, pick(random, "Conform", "Create", "Create", "Unknown"), a.language, countries,
		due.String(), edd.String(), material, status,
	}
}

func pick(random *rand.Rand, of ...string) string { return of[random.IntN(len(of))] }
