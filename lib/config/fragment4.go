package config

import (
	"net/netip"

	"nestor/lib/element"
)

// Fragment4 reads the parts of a DHCPv4 configuration.
type Fragment4 struct{ Fragment }

// Fragment returns the reader of what would be part of the configuration.
func (c *Dhcp4) Fragment(opts Options) Fragment4 {
	return Fragment4{Fragment{&c.Server, family4, opts}}
}

// Subnet reads a subnet, of a shared network unless that is nil.
func (f Fragment4) Subnet(v *element.Value, network *SharedNetwork4) (*Subnet4, []Warning, error) {
	outer := f.global()
	if network != nil {
		outer = f.network(&network.SharedNetwork)
	}
	return fragment(f.Fragment, v, subnet4Scope, func(l *loader, n node) *Subnet4 { return l.subnet4(n, outer) })
}

// SharedNetwork reads a shared network with its subnets.
func (f Fragment4) SharedNetwork(v *element.Value) (*SharedNetwork4, []Warning, error) {
	return fragment(f.Fragment, v, sharedNetwork4Scope, func(l *loader, n node) *SharedNetwork4 {
		return l.sharedNetwork4(n, f.global())
	})
}

// Reservation reads a reservation for the subnet with that id and prefix; id 0
// stands for global ones, and an invalid prefix leaves the address unchecked.
func (f Fragment4) Reservation(v *element.Value, subnetID uint32, prefix netip.Prefix) (*Reservation, []Warning, error) {
	return fragment(f.Fragment, v, reservation4Scope, func(l *loader, n node) *Reservation {
		r, _ := l.reservation4(n, subnetID)
		l.checkReserved(n, r, prefix)
		return r
	})
}
