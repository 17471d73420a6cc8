package workbook

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
)

func TestWhatGoesBeyondALimitIsRefused(t *testing.T) {
	row := func(n int, cell string) string { return fmt.Sprintf(`<row r="%d">%s</row>`, n, cell) }
	text := func(length int) string {
		return `<c t="inlineStr"><is><t>` + strings.Repeat("x", length) + `</t></is></c>`
	}
	for name, c := range map[string]struct {
		file   parts
		limits Limits
		code   domain.Code
		says   string
	}{
		"unpacked":            {with(headerRow), Limits{Unpacked: 500}, domain.CodeTooLarge, "more than 500 bytes"},
		"output":              {with(headerRow + row(2, text(1000))), Limits{Output: 1000}, domain.CodeTooLarge, "longer than 1000 bytes"},
		"blank lines":         {with(headerRow + row(5000, "<c><v>1</v></c>")), Limits{Output: 1000}, domain.CodeTooLarge, "longer than 1000 bytes"},
		"shared texts":        {with(headerRow), Limits{Strings: 3}, domain.CodeTooLarge, "more than 3 different texts"},
		"rows":                {with(headerRow + row(1<<20+1, "")), Limits{}, domain.CodeTooLarge, "more than 1048576 rows"},
		"columns":             {with(`<row r="1"><c r="XFE1"><v>1</v></c></row>`), Limits{}, domain.CodeTooLarge, "more than 16384 columns"},
		"columns by number":   {with(row(1, strings.Repeat("<c/>", 1<<14+1))), Limits{}, domain.CodeTooLarge, "more than 16384 columns"},
		"a cell":              {with(row(1, text(4*32_767+1))), Limits{}, domain.CodeTooLarge, "longer than 32,767 characters"},
		"a cell in runs":      {with(row(1, "<c><is>"+strings.Repeat("<r><t>0123456789</t></r>", 14_000)+"</is></c>")), Limits{}, domain.CodeTooLarge, "longer than 32,767 characters"},
		"a shared text":       {with(headerRow).but("xl/sharedStrings.xml", "<sst><si><t>"+strings.Repeat("x", 200_000)+"</t></si></sst>"), Limits{}, domain.CodeTooLarge, "longer than 32,767 characters"},
		"a tag":               {with(`<row r="1" x="` + strings.Repeat("x", 2<<20) + `"/>`), Limits{}, domain.CodeInvalid, "more than 1048576 bytes"},
		"text between":        {with(strings.Repeat(" ", 2<<20)), Limits{}, domain.CodeInvalid, "more than 1048576 bytes"},
		"a comment":           {with("<!--" + strings.Repeat("x", 2<<20) + "-->"), Limits{}, domain.CodeInvalid, "more than 1048576 bytes"},
		"elements in another": {with(strings.Repeat("<a>", 100_000)), Limits{}, domain.CodeInvalid, "more than 64 elements"},
		"formats":             {with(headerRow).but("xl/styles.xml", "<styleSheet><cellXfs>"+strings.Repeat("<xf/>", 1<<16+1)+"</cellXfs></styleSheet>"), Limits{}, domain.CodeTooLarge, "65536 cell formats"},
		"sheets":              {with("").but("xl/workbook.xml", "<workbook><sheets>"+strings.Repeat("<sheet/>", 10_001)+"</sheets></workbook>"), Limits{}, domain.CodeTooLarge, "10000 sheets"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := convert(t, c.file.file(), Options{Limits: c.limits})
			var refused *domain.Error
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, c.code, refused.Code)
			assert.Contains(t, refused.Message, c.says)
		})
	}
}

func TestTheLongestCellIsRead(t *testing.T) {
	for name, character := range map[string]string{"four bytes": "\U0001F600", "escaped": "&quot;"} {
		t.Run(name, func(t *testing.T) {
			cell := `<c r="%s" t="inlineStr"><is><t>` + strings.Repeat(character, 32_767) + `</t></is></c>`
			value := valueOf(t, with, cell)
			assert.Len(t, []rune(value), 32_767)
		})
	}
}

// A bomb's sheet is blanks, which deflate shrinks a thousandfold.
func TestABombIsRefusedUnopened(t *testing.T) {
	file := with(headerRow + strings.Repeat(" ", ratioFrom)).file()
	_, _, err := convert(t, file, Options{})
	require.Equal(t, domain.CodeTooLarge, domain.ErrorCode(err))
	require.ErrorContains(t, err, "more than 100 times its size")
	_, _, err = convert(t, file, Options{Limits: Limits{Unpacked: ratioFrom}})
	require.Equal(t, domain.CodeTooLarge, domain.ErrorCode(err))
	require.ErrorContains(t, err, "more than 67108864 bytes")
}

func TestAPartUnpacksToNoMoreThanItAnnounces(t *testing.T) {
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		file := with(headerRow + strings.Repeat(" ", 5000)).packed(method)
		entry := bytes.LastIndex(file[:bytes.LastIndex(file, []byte("xl/worksheets/sheet1.xml"))], []byte("PK\x01\x02"))
		binary.LittleEndian.PutUint32(file[entry+24:], 100)
		_, _, err := convert(t, file, Options{})
		require.Equal(t, domain.CodeInvalid, domain.ErrorCode(err))
		require.ErrorContains(t, err, "xl/worksheets/sheet1.xml cannot be read")
	}
}

func TestAnArchiveOfManyPartsIsRefused(t *testing.T) {
	many := parts{}
	for i := range maxParts + 1 {
		many[fmt.Sprint("p", i)] = ""
	}
	_, _, err := convert(t, many.file(), Options{})
	require.Equal(t, domain.CodeTooLarge, domain.ErrorCode(err))
	require.ErrorContains(t, err, "more than 10000 parts")

	t.Run("a long directory", func(t *testing.T) {
		long := parts{}
		for i := range 100 {
			long[strings.Repeat("x", 60_000)+fmt.Sprint(i)] = ""
		}
		_, _, err := convert(t, long.file(), Options{})
		require.Equal(t, domain.CodeTooLarge, domain.ErrorCode(err))
	})
	t.Run("only announced", func(t *testing.T) {
		file := with(headerRow).file()
		binary.LittleEndian.PutUint16(file[len(file)-directoryEnd+10:], math.MaxUint16)
		_, _, err := convert(t, file, Options{})
		require.Equal(t, domain.CodeTooLarge, domain.ErrorCode(err))
	})
	t.Run("only announced, with 64 bits", func(t *testing.T) {
		file := with(headerRow).file()
		end := bytes.Clone(file[len(file)-directoryEnd:])
		file = file[:len(file)-directoryEnd]
		record, place := make([]byte, directoryEnd64), make([]byte, directoryEnd64Place)
		copy(record, "PK\x06\x06")
		binary.LittleEndian.PutUint64(record[32:], 1<<25)
		copy(place, "PK\x06\x07")
		binary.LittleEndian.PutUint64(place[8:], uint64(len(file)))
		file = append(append(append(file, record...), place...), end...)
		_, _, err := convert(t, file, Options{})
		require.Equal(t, domain.CodeTooLarge, domain.ErrorCode(err))
	})
}
