// Package oidctest gives tests a real OpenID provider (zitadel/oidc) on a
// loopback port, with people who sign in there and a browser's part of it.
package oidctest
