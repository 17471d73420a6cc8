// Package notify tells accounts what they want to be told of. The Notifier
// follows the log and holds each event of a source request against the rules;
// the Timer says what passing time does to requests, and gives the daily
// digests; the Sender delivers by mail and by signed webhook what both of them
// put on its way.
//
// Whatever they append has an id made of rule, request, kind and event or instant, and
// goes to an account's stream only if it is not among what that keeps: so each
// of them may run again from its checkpoint, or beside another one, and nothing
// is told twice. A message is claimed before it is delivered; one whose deliverer
// died comes once more, under the same id.
package notify
