package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"backlot/domain/notification"
)

// errPrivate is the error for an address that is not on the internet.
var errPrivate = errors.New("the receiver's address is not one on the internet; webhooks are not sent to private, loopback or link-local addresses")

// newClient returns a client for addresses that anybody may have given. Where a
// name leads is looked at when the connection is made, so that no answer of a
// name server in between makes a difference. It follows no redirects and uses no
// proxy.
func newClient(allowPrivate bool, timeout time.Duration) *http.Client {
	dialer := &net.Dialer{Timeout: timeout, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !allowPrivate && !notification.IsPublic(at.Addr()) {
			return errPrivate
		}
		return nil
	}}
	return &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: timeout, ResponseHeaderTimeout: timeout,
			MaxResponseHeaderBytes: 32 << 10, MaxIdleConns: 64, MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second, ForceAttemptHTTP2: true,
			TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12},
		},
	}
}

// saidOf puts the error of a try into words that tell nothing of the network
// that the portal is in.
func saidOf(err error, timeout time.Duration) string {
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var netError net.Error
	switch {
	case errors.Is(err, errPrivate):
		return errPrivate.Error()
	case errors.As(err, &dns) && dns.IsNotFound:
		return "there is no host of the receiver's name"
	case errors.As(err, &dns):
		return "the receiver's name could not be looked up"
	case errors.As(err, &certificate), errors.As(err, &unknown):
		return "the receiver's certificate is not one to trust"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the receiver refuses connections"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &netError) && netError.Timeout():
		return fmt.Sprintf("the receiver did not answer within %s", timeout)
	}
	return "the connection to the receiver failed"
}
