// Package deliveries answers what partners are measured by: the figures of a
// period, in groups, and the deliveries behind each number. It keeps the rows
// of the read model Deliveries as columns in memory, as package facets does
// with those of requests, and scans them.
//
// What the asker may not see is filtered first. A delivery is seen by whoever
// sees its request now; a fulfillment partner sees of them only those that it
// answers for, or that it made as a sub-assignee. So a partner from which a
// request was taken does not see what became of its delivery, while those who
// see everything count it for that partner.
package deliveries
