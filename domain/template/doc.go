// Package template is the aggregate for the saved searches of an account:
// named sets of modifiers and groupings. One stream holds all templates of an
// account, and its choice of the one to begin with.
package template
