package account

import "backlot/domain"

// Claims are what an OpenID provider says of somebody who signed in there.
type Claims struct {
	Identity      Identity
	Name          string
	Email         string
	EmailVerified bool // the provider says that the address is theirs
	// Role is the one of this portal that the role claim names, "" for none.
	Role         domain.Role
	RoleClaim    Claim
	Organisation Claim // organisations' ids or names
}

// Claim is one claim as the provider sent it.
type Claim struct {
	Name   string // of the claim, as configured
	Given  bool   // it was there, if only as an empty list
	Values []string
}

// Attempt is a sign-in at an OpenID provider under way. Its parts are random
// and known to the browser that began it and to nobody else.
type Attempt struct {
	State    string // comes back in the URL: the answer belongs to this browser
	Nonce    string // comes back in the ID token: the token belongs to this attempt
	Verifier string // PKCE: whoever redeems the code is who asked for it
}

// Problem names why a sign-in at an OpenID provider let nobody in. It is
// stable: the page is told it in its URL.
type Problem string

// The problems.
const (
	ProblemDenied       Problem = "denied"       // the provider let nobody in, or the person said no
	ProblemAttempt      Problem = "attempt"      // begun in another browser, too long ago, or finished already
	ProblemUnavailable  Problem = "unavailable"  // the provider or the portal cannot be reached
	ProblemThrottled    Problem = "throttled"    // too many attempts
	ProblemProvider     Problem = "provider"     // the provider's answer is wrong or does not count
	ProblemRole         Problem = "role"         // the claims give no role of this portal
	ProblemOrganisation Problem = "organisation" // the claims give no one organisation that plays the role's part
	ProblemEmail        Problem = "email"        // an account has this address, and it is not known to be the person's
	ProblemLinked       Problem = "linked"       // the account with this address belongs to somebody else at the provider
	ProblemAccount      Problem = "account"      // the account is deactivated
)

// Problems lists them all.
func Problems() []Problem {
	return []Problem{
		ProblemDenied, ProblemAttempt, ProblemUnavailable, ProblemThrottled, ProblemProvider,
		ProblemRole, ProblemOrganisation, ProblemEmail, ProblemLinked, ProblemAccount,
	}
}

// NotLetIn is an error with the problem that it is to the person; it wraps the
// domain.Error that says more.
type NotLetIn struct {
	Problem Problem
	Err     error
}

// Error implements error.
func (e *NotLetIn) Error() string { return "not let in (" + string(e.Problem) + "): " + e.Err.Error() }

// Unwrap returns what it wraps.
func (e *NotLetIn) Unwrap() error { return e.Err }

// HasLogin reports whether the person's address is what they are known by when
// they sign in: an account that was opened for an identity knows them by it.
func (p Person) HasLogin() bool { return p.Login != "" || p.Identity == nil }

// LockedOut returns the person without anything that lets them in but an
// identity.
func (p Person) LockedOut() Person {
	p.PasswordHash, p.Secrets = "", nil
	return p
}
