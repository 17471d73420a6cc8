// Package organisation is the aggregate for the companies that take part:
// content partners, fulfillment partners, and those that are both. Requests
// hold organisation ids; names are resolved when read.
package organisation
