// Package sourcerequest is the aggregate that the portal is about: one asset
// that the streaming service asks its partners for, with its own due date.
//
// Decide turns a command into events, Evolve folds events into State, Policy
// says which buckets a request is in at an instant, Authorize and Visible say
// who may do and see what. All of it is pure: time and identifiers come in
// with the command.
package sourcerequest
