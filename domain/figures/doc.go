// Package figures says what partners are measured by: the redelivery rate, the
// on-time rate, the share of blocker redeliveries and the time to redeliver a
// blocker. It folds the events of a source request to its deliveries and what
// became of each, and says which part each delivery has in each figure.
//
// A delivery is one that was completed, of however many files, the first of a
// request as well as each redelivery. It is answered for by the fulfillment
// partner that was the assignee at that moment, also if a sub-assignee made it
// and whoever gets the request afterwards. It falls on the day on which it was
// completed, in the policy's zone. It stays counted when the request is
// cancelled or upgraded later: the work was done.
//
// A delivery is sent back when a redelivery of it was asked for, in full or of
// metadata only, whoever asked: inspection, quality control, a person or a
// file. It is not sent back any more when all that inspection found was
// overridden or was not found again, which makes the request Processed; what
// quality control failed stays sent back, whatever is answered to its issues.
//
// A blocker is a quality control issue of the severity Blocker on the delivery.
// Findings of inspection are none, hard ones included.
//
// A request that was imported with a status that follows on a delivery was
// delivered before the portal knew of it: that delivery is in no numerator and
// no denominator but counted as unknown, on the day of its import and for the
// assignee at that moment, and what comes next is a redelivery. A blocker found
// in it here counts as any other. Of a request imported as Open or Cancelled
// nothing says that it was delivered before: its next delivery is its first.
package figures
