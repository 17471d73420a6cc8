package notification

import "net/netip"

// reserved are networks that no host of the internet has, or that lead to
// others: RFC 6890, RFC 6598, and ways to write an IPv4 address as an IPv6 one.
var reserved = func() (networks []netip.Prefix) {
	for _, n := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "fec0::/10",
	} {
		networks = append(networks, netip.MustParsePrefix(n))
	}
	return networks
}()

// IsPublic reports whether an address is that of a host on the internet: what a
// webhook may be sent to. Private, loopback, link-local and reserved ones are not.
func IsPublic(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, n := range reserved {
		if n.Contains(a) {
			return false
		}
	}
	return true
}
