// Package blobs keeps the files that partners deliver and provide: in a folder,
// or in a bucket of S3 or of what speaks like it. A file is kept under an id
// that never comes twice, so what was written whole is never written again.
// Files come in pieces over tus, by tusd's own stores, and are read back in any
// part.
package blobs
