// Package export writes lists of source requests as files: Excel workbooks
// and CSV. Rows come from an iterator and go out as they come, so that a file
// of a hundred thousand rows takes little more memory than one of a thousand.
//
// In both, Yes and No are words, since people filter by them, and several
// values of a cell are separated by |, as in files that are imported.
package export
