// Package web is the portal that partners work in: a React page, built by Vite
// into dist and embedded into the program. It serves files and knows nothing
// of the domain; the page talks to the HTTP API like any other client.
package web
