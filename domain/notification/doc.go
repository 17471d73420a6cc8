// Package notification is what accounts want to be told of, and how: rules, the
// inbox with what was told, daily digests, and what is on its way by mail or
// webhook. Everything is kept by account in streams that are deleted when the
// account is erased.
package notification
