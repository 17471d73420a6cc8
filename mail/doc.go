// Package mail sends the portal's mail over SMTP.
package mail
