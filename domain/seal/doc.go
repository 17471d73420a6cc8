// Package seal describes the seals over the whole log, which let an auditor
// see what hash chains alone cannot: streams and tails that are gone. A seal
// says how many events there are to be sealed so far and the rolling hash over
// all of them, and names those that are new since the seal before.
package seal
