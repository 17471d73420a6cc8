// Package bus publishes what happens to source requests to systems outside the
// portal: each event as a CloudEvents 1.0 JSON message, over Redis Streams or
// Kafka, described by the AsyncAPI document beside it (Document).
//
// Messages of one request come in order, each at least once: a page of the log
// is published, and then the checkpoint in the event store is moved. Whoever
// was stopped in between publishes the page again, with the same ids.
//
// No personal data goes out: what comments say stays here, as does who is
// responsible within a partner's organisation, and who downloaded what; accounts
// are ids.
package bus
