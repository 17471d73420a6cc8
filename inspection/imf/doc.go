// Package imf inspects packages of the Interoperable Master Format: the asset
// map, the packing lists with sizes and hashes, and the composition playlists
// with their references, edit rates and durations. A package comes as several
// files or as one ZIP, which is read where it lies.
//
// Essence is hashed and not decoded. Output profile lists are hashed like any
// other asset and not read.
package imf
