package commands

import "strings"

// unguarded takes away the single quote that an exported CSV file puts before
// what a spreadsheet would take for a formula.
func unguarded(value string) string {
	rest, quoted := strings.CutPrefix(value, "'")
	if bare := strings.TrimLeft(rest, "'"); quoted && bare != "" && strings.IndexByte("=+-@\t\r", bare[0]) >= 0 {
		return rest
	}
	return value
}

// guarded adds the quote that unguarded would take away: the texts of a
// workbook are what they are.
func guarded(value string) string {
	if bare := strings.TrimSpace(value); unguarded(bare) != bare {
		return "'" + bare
	}
	return value
}
