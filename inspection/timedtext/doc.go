// Package timedtext inspects subtitles and captions: TTML (the text profile of
// IMSC), SubRip and WebVTT. It reads a file once, in bounded memory, and refuses
// what only an attack would hold.
//
// The parsers are its own. Libraries for these formats (go-astisub is the
// best-kept one) are made for converting: they stop at the first error or repair
// what is wrong, and keep no line numbers, whereas here everything that is wrong
// has to be told, with its place.
package timedtext
