package web

import (
	"embed"
	"io/fs"
	"net/http"
)

// The folder always holds .gitkeep, so that the program compiles before the
// page was built.
//
//go:embed all:dist
var dist embed.FS

// Handler serves the built portal. Paths that name no file get the page itself
// (its routes live in the browser), except those that belong to the server,
// which get a 404. When the page was not built, every page is a 503 that says
// how to build it.
func Handler() http.Handler {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the folder is named in this file
	}
	return newHandler(files)
}
