// Package probe inspects video and audio through ffprobe, the well-kept parser
// of what the trade delivers. ffprobe runs as a process of its own: with a
// deadline, bounded output and allocations, one file and no network, and only
// the containers of the trade, so that no playlist leads it anywhere else.
package probe
