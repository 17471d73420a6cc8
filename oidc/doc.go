// Package oidc lets people sign in at an OpenID provider: the authorization
// code flow with PKCE, and what the provider's claims mean here.
package oidc
