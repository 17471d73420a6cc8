// Package inspection says what is wrong with delivered files. Its subpackages
// know the formats; it knows which of them an asset of each source type comes
// in, and the Inspector has every delivery inspected whose files are here.
//
// Files are those of strangers: whatever looks at them does so in bounded
// memory, and nothing in a file leads to the network or to another file.
package inspection
