package workbook

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCells(t *testing.T) {
	for name, c := range map[string]struct{ xml, want string }{
		"shared text":                 {`<c r="%s" t="s"><v>0</v></c>`, "zero"},
		"runs without pronunciation":  {`<c r="%s" t="s"><v>1</v></c>`, "one bold"},
		"empty shared text":           {`<c r="%s" t="s"><v>2</v></c>`, ""},
		"line breaks":                 {`<c r="%s" t="s"><v>3</v></c>`, " two lines"},
		"inline text":                 {`<c r="%s" t="inlineStr"><is><t>in &amp; out</t></is></c>`, "in & out"},
		"inline runs":                 {`<c r="%s" t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r></is></c>`, "inline"},
		"CDATA":                       {`<c r="%s" t="inlineStr"><is><t>a<![CDATA[<b>]]>c</t></is></c>`, "a<b>c"},
		"escaped characters":          {`<c r="%s" t="str"><v>a_x000D__x000A_b_x005F_x000D_ _x0041_ _x00G0_ _xD83D__xDE00_ _xD83D_x</v></c>`, "a b_x000D_ A _x00G0_ \U0001F600 \uFFFDx"},
		"character 0":                 {`<c r="%s" t="str"><v>_x0000_a</v></c>`, " a"},
		"no name":                     {`<c t="str"><v>next</v></c>`, "next"},
		"prefixed elements":           {`<x:c xmlns:x="x" r="%s" t="str"><x:v>prefixed</x:v></x:c>`, "prefixed"},
		"comment":                     {`<c r="%s"><!-- no --><v>4<!-- - -->2</v></c>`, "42"},
		"formula":                     {`<c r="%s"><f>40+2</f><v>42</v></c>`, "42"},
		"formula with a text":         {`<c r="%s" t="str"><f>"4"&amp;"2"</f><v>42</v></c>`, "42"},
		"formula with an empty text":  {`<c r="%s" t="str"><f>""</f><v></v></c>`, ""},
		"yes":                         {`<c r="%s" t="b"><v>1</v></c>`, "TRUE"},
		"no":                          {`<c r="%s" t="b"><v>0</v></c>`, "FALSE"},
		"only a style":                {`<c r="%s" s="1"/>`, ""},
		"number":                      {`<c r="%s"><v>81234567</v></c>`, "81234567"},
		"blanks around":               {`<c r="%s" t="n"><v> 7 </v></c>`, "7"},
		"number with an exponent":     {`<c r="%s"><v>1E8</v></c>`, "100000000"},
		"and a fraction":              {`<c r="%s"><v>1.23456789012346E+15</v></c>`, "1234567890123460"},
		"sixteen digits":              {`<c r="%s"><v>1234567890123456</v></c>`, "1234567890123456"},
		"twenty digits":               {`<c r="%s"><v>12345678901234567890</v></c>`, "12345678901234567890"},
		"whole with a point":          {`<c r="%s"><v>42.000</v></c>`, "42"},
		"negative exponent, whole":    {`<c r="%s"><v>4200E-2</v></c>`, "42"},
		"negative":                    {`<c r="%s"><v>-1.5E1</v></c>`, "-15"},
		"zero":                        {`<c r="%s"><v>0.0E5</v></c>`, "0"},
		"fraction as stored":          {`<c r="%s"><v>1.1000000000000001</v></c>`, "1.1"},
		"small":                       {`<c r="%s"><v>2.5E-3</v></c>`, "0.0025"},
		"leading zeros of the format": {`<c r="%s" s="3"><v>42</v></c>`, "00042"},
		"longer than its format":      {`<c r="%s" s="3"><v>424242</v></c>`, "424242"},
		"date":                        {`<c r="%s" s="1"><v>46350</v></c>`, "2026-11-24"},
		"date, own format":            {`<c r="%s" s="2"><v>46350</v></c>`, "2026-11-24"},
		"date at midnight":            {`<c r="%s" s="4"><v>46350.0</v></c>`, "2026-11-24"},
		"date and time":               {`<c r="%s" s="4"><v>46350.75</v></c>`, "2026-11-24 18:00:00"},
		"just short of midnight":      {`<c r="%s" s="4"><v>46349.99999999</v></c>`, "2026-11-24"},
		"before the day too many":     {`<c r="%s" s="1"><v>59</v></c>`, "1900-02-28"},
		"after the day too many":      {`<c r="%s" s="1"><v>61</v></c>`, "1900-03-01"},
		"the first day":               {`<c r="%s" s="1"><v>1</v></c>`, "1900-01-01"},
		"the last day":                {`<c r="%s" s="1"><v>2958465</v></c>`, "9999-12-31"},
		"a time is a number":          {`<c r="%s" s="5"><v>0.5</v></c>`, "0.5"},
		"unknown style":               {`<c r="%s" s="99"><v>5</v></c>`, "5"},
		"ISO date":                    {`<c r="%s" t="d"><v>2026-11-24</v></c>`, "2026-11-24"},
		"ISO midnight":                {`<c r="%s" t="d"><v>2026-11-24T00:00:00.000Z</v></c>`, "2026-11-24"},
		"ISO date and time":           {`<c r="%s" t="d"><v>2026-11-24T10:30:00</v></c>`, "2026-11-24 10:30:00"},
		"text that looks like a date": {`<c r="%s" s="1" t="str"><v>24.11.2026</v></c>`, "24.11.2026"},
		"quotes and commas":           {`<c r="%s" t="str"><v>House, "M.D."</v></c>`, `House, "M.D."`},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, valueOf(t, with, c.xml))
		})
	}
}

func TestDaysFrom1904(t *testing.T) {
	from1904 := func(rows string) parts {
		return with(rows).but("xl/workbook.xml", strings.Replace(bookPart, "<workbookPr/>", `<workbookPr date1904="1"/>`, 1))
	}
	assert.Equal(t, "1904-01-01", valueOf(t, from1904, `<c r="%s" s="1"><v>0</v></c>`))
	assert.Equal(t, "2026-11-24", valueOf(t, from1904, `<c r="%s" s="1"><v>44888</v></c>`))
}

func TestACellThatCannotBeReadSaysWhichAndWhy(t *testing.T) {
	for name, c := range map[string]struct{ xml, says string }{
		"error":                   {`<c r="%s" t="e"><v>#N/A</v></c>`, "cell B2 has the error #N/A"},
		"error of a formula":      {`<c r="%s" t="e"><f>1/0</f><v>#DIV/0!</v></c>`, "cell B2 has the error #DIV/0!"},
		"formula without a value": {`<c r="%s"><f>A2</f></c>`, "cell B2 has a formula without a value"},
		"formula, empty value":    {`<c r="%s"><f>A2</f><v/></c>`, "cell B2 has a formula without a value"},
		"no such shared text":     {`<c r="%s" t="s"><v>4</v></c>`, "cell B2 refers to a text"},
		"shared text below 0":     {`<c r="%s" t="s"><v>-1</v></c>`, "cell B2 refers to a text"},
		"shared text, no number":  {`<c r="%s" t="s"><v>x</v></c>`, "cell B2 refers to a text"},
		"no number":               {`<c r="%s"><v>0x1F</v></c>`, `cell B2 cannot be read: "0x1F" is not a number`},
		"infinity":                {`<c r="%s"><v>Inf</v></c>`, "is not a number"},
		"beyond all numbers":      {`<c r="%s"><v>1E999</v></c>`, "is not a number"},
		"day 0":                   {`<c r="%s" s="1"><v>0</v></c>`, "not the number of a day"},
		"the day that never was":  {`<c r="%s" s="1"><v>60</v></c>`, "not the number of a day"},
		"before all days":         {`<c r="%s" s="1"><v>-1</v></c>`, "is not a date"},
		"beyond all days":         {`<c r="%s" s="1"><v>2958466</v></c>`, "not the number of a day"},
		"no day at all":           {`<c r="%s" s="1"><v>NaN</v></c>`, "not the number of a day"},
		"no ISO date":             {`<c r="%s" t="d"><v>2026-02-30</v></c>`, `"2026-02-30" is not a date`},
		"unknown type":            {`<c r="%s" t="z"><v>1</v></c>`, "unknown type z"},
	} {
		t.Run(name, func(t *testing.T) {
			reason, ok := Unreadable(valueOf(t, with, c.xml))
			require.True(t, ok)
			assert.Contains(t, reason, c.says)
		})
	}
}

func TestReadableValues(t *testing.T) {
	for _, v := range []string{"", " ", "a", "#N/A"} {
		_, bad := Unreadable(v)
		assert.False(t, bad, v)
	}
}

func TestNumberFormats(t *testing.T) {
	for code, want := range map[string]format{
		"General": {}, "0": {}, "0.00": {}, "#,##0": {}, "0.00E+00": {}, "@": {}, "": {}, "h:mm": {}, "mm:ss": {}, "[h]:mm:ss": {}, "[mm]:ss.0": {},
		`"Day "0`: {}, `0\d`: {}, "[Red]0": {}, "_d0": {}, "*y0": {}, `0"unclosed d`: {}, "[unclosed d": {}, `0\`: {},
		"yyyy-mm-dd": {date: true}, "d": {date: true}, "MMM": {date: true}, "mmm yy": {date: true}, "dd/mm/yyyy hh:mm": {date: true}, "[$-409]d-mmm-yy;@": {date: true},
		`[$-F800]dddd\,\ mmmm\ dd\,\ yyyy`: {date: true}, `yyyy"年"m"月"d"日"`: {date: true}, "0;yyyy": {},
		"00": {digits: 2}, "00000;@": {digits: 5}, `"P"000`: {digits: 3},
	} {
		assert.Equal(t, want, formatOf(code), code)
	}
	for id, isDate := range map[string]bool{"0": false, "13": false, "14": true, "17": true, "18": false, "22": true, "27": true, "36": true, "45": false, "49": false, "50": true, "58": true, "59": false, "x": false} {
		assert.Equal(t, format{date: isDate}, builtIn(id), id)
	}
}
