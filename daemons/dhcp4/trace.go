package dhcp4

import (
	"fmt"

	"nestor/lib/alloc"
	"nestor/lib/config"
	"nestor/lib/explain"
	"nestor/lib/explain/why"
	"nestor/lib/host"
	"nestor/lib/lease"
)

// trace records what an exchange decides, for the command explain4. Of queries from
// the network why.Trace is nil, and each of its methods costs a comparison: the first
// one of each pair below is inlined and evaluates nothing.
type trace struct {
	*why.Trace
	x     *exchange
	ahead *alloc.Foresight4
}

func newTrace(x *exchange) trace {
	t := trace{x: x}
	t.Trace = why.New(t)
	return t
}

// on reports whether the exchange is explained.
func (t trace) on() bool { return t.Trace != nil }

// Label, Config and Place are what why.Trace asks for.
func (t trace) Label() string          { return t.x.label() }
func (t trace) Config() *config.Server { return &t.x.snap.cfg.Server }

func (t trace) Place() (*config.Subnet, *config.SharedNetwork) {
	s := t.x.subnet
	if s == nil {
		return nil, nil
	}
	for _, n := range t.x.snap.cfg.SharedNetworks {
		if s.isShared() && n.Name == s.network.name {
			return &s.Subnet, &n.SharedNetwork
		}
	}
	return &s.Subnet, nil
}

// subnet records a decision about a subnet.
func (t trace) subnet(d *explain.Decision, s *subnet4) {
	if t.Trace != nil {
		t.addSubnet(d, s)
	}
}

func (t trace) addSubnet(d *explain.Decision, s *subnet4) { t.AddSubnet(d, &s.Subnet, s.network.name) }

func subnetFields(s *subnet4) []explain.Field { return why.SubnetFields(&s.Subnet, s.network.name) }

// address records a decision about an address.
func (t trace) address(d *explain.Decision, addr uint32) {
	if t.Trace != nil {
		t.addAddress(d, addr)
	}
}

func (t trace) addAddress(d *explain.Decision, addr uint32) {
	fields := []explain.Field{explain.String("address", ip4(addr).String())}
	if s := t.x.subnet; s != nil {
		fields = append(fields, subnetFields(s)...)
		if p := s.poolOf(addr); p != nil {
			fields = append(fields, poolField(p))
		}
	}
	t.Add(d, fields...)
}

func poolField(p *pool4) explain.Field {
	return explain.String("pool", fmt.Sprintf("%s-%s", ip4(p.first), ip4(p.last)))
}

// pool records a decision about a pool of a subnet.
func (t trace) pool(d *explain.Decision, s *subnet4, p *pool4) {
	if t.Trace != nil {
		t.addPool(d, s, p)
	}
}

func (t trace) addPool(d *explain.Decision, s *subnet4, p *pool4) {
	if p == nil {
		return // there is none to tell of
	}
	fields := append(subnetFields(s), poolField(p))
	for _, c := range s.Pools {
		if addr4(c.First) == p.first {
			fields = append(fields, explain.Strings("pool-classes", c.ClientClasses))
		}
	}
	t.Add(d, fields...)
}

// lease records a decision about a lease that is stored.
func (t trace) lease(d *explain.Decision, l *lease.Lease4) {
	if t.Trace != nil {
		t.addLease(d, l)
	}
}

func (t trace) addLease(d *explain.Decision, l *lease.Lease4) { t.Add(d, leaseFields(l)...) }

func leaseFields(l *lease.Lease4) []explain.Field {
	return []explain.Field{
		explain.String("address", ip4(l.Addr).String()),
		explain.String("hw-address", why.OrNone(l.HWAddr)), explain.String("client-id", why.OrNone(l.ClientID)),
		explain.String("state", why.LeaseStates[l.State]), explain.String("expires", why.Expires(l.ValidLft, l.Expire())),
		explain.Int("subnet-id", l.SubnetID), explain.Int("valid-lifetime", l.ValidLft),
		explain.String("hostname", string(l.Hostname)),
	}
}

// host records that a reservation was looked for in a subnet, 0 for the global
// ones.
func (t trace) host(subnetID uint32, id host.Identifier, h *host.Host) {
	if t.Trace != nil {
		t.addHost(subnetID, id, h)
	}
}

func (t trace) addHost(subnetID uint32, id host.Identifier, h *host.Host) {
	var reserved []string
	if h != nil {
		if h.Addr4 != 0 {
			reserved = append(reserved, "address "+ip4(h.Addr4).String())
		}
		reserved = why.ReservedThings(reserved, &h.Host)
	}
	var s *config.Subnet
	if subnetID != 0 {
		s = &t.x.snap.byID[subnetID].Subnet
	}
	t.AddHost(s, id, reserved)
}
