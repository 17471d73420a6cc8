// Package account is the aggregate for those who use the portal: what an
// account may do, its sessions and API tokens.
//
// The log is for ever and people's data must not be. So the account's own
// stream holds ids only; name, address and secrets are the Person in a stream
// beside it that keeps its last event only and is deleted on erasure. A login
// is reserved in a third stream, named by the login's hash, so that two
// accounts cannot take one.
package account
