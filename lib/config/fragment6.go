package config

import (
	"net/netip"

	"nestor/lib/element"
)

// Fragment6 reads the parts of a DHCPv6 configuration.
type Fragment6 struct{ Fragment }

// Fragment returns the reader of what would be part of the configuration.
func (c *Dhcp6) Fragment(opts Options) Fragment6 {
	return Fragment6{Fragment{&c.Server, family6, opts}}
}

// Subnet reads a subnet, of a shared network unless that is nil.
func (f Fragment6) Subnet(v *element.Value, network *SharedNetwork6) (*Subnet6, []Warning, error) {
	outer := f.global()
	if network != nil {
		outer = f.network(&network.SharedNetwork)
		outer.link6 = link6{network.InterfaceID, network.RapidCommit}
	}
	return fragment(f.Fragment, v, subnet6Scope, func(l *loader, n node) *Subnet6 { return l.subnet6(n, outer) })
}

// SharedNetwork reads a shared network with its subnets.
func (f Fragment6) SharedNetwork(v *element.Value) (*SharedNetwork6, []Warning, error) {
	return fragment(f.Fragment, v, sharedNetwork6Scope, func(l *loader, n node) *SharedNetwork6 {
		return l.sharedNetwork6(n, f.global())
	})
}

// PDPool reads a pool of prefixes.
func (f Fragment6) PDPool(v *element.Value) (*PDPool, []Warning, error) {
	return fragment(f.Fragment, v, pdPoolScope, (*loader).pdPool)
}

// Reservation reads a reservation for the subnet with that id and prefix; id 0
// stands for global ones, and an invalid prefix leaves the addresses unchecked.
func (f Fragment6) Reservation(v *element.Value, subnetID uint32, prefix netip.Prefix) (*Reservation6, []Warning, error) {
	return fragment(f.Fragment, v, reservation6Scope, func(l *loader, n node) *Reservation6 {
		r, _ := l.reservation6(n, subnetID)
		l.checkReserved(n, r, prefix)
		return r
	})
}
