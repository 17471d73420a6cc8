// Package domain holds what every other package shares and nothing that any
// technology owns: the error vocabulary, calendar dates, the Principal that
// scopes every query and command, and the shape of a recorded event.
//
// Its subpackages are the aggregates: sourcerequest and organisation. They
// import the standard library and uuid only.
package domain
