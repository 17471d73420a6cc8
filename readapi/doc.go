// Package readapi is the portal's HTTP API: searches over the facet index,
// details and history of a request, and the mapping of HTTP to commands. The
// document openapi.yaml beside it is the contract; the tests hold every answer
// against it.
//
// Each operation is one entry of the table in routes.go. Before its handler
// runs, the caller is authenticated, the query's parameters are checked, and a
// position that after= names is waited for. Whatever goes wrong becomes a
// problem document (RFC 9457) by the table in problem.go.
//
// Everything that an answer shows passes a view, which knows who asks.
package readapi
