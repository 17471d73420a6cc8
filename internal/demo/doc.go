// Package demo makes a believable catalogue of fictional titles, and people of
// every role to look at it with. The same day gives the same catalogue; its
// dates lie around that day, so that every bucket has something in it.
package demo
