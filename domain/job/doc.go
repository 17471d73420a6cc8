// Package job is work that outlasts the request that asked for it: one change
// of many source requests, or the import of a file.
//
// A job begins with the list of what it is over, which is fixed once it is
// accepted. It is worked off in chunks, each of which leaves one event, so that
// whoever takes the job up after a restart knows where it stands.
package job
