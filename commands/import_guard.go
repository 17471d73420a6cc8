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
