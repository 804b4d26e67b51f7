package dhcp6

import (
	"cmp"
	"fmt"
	"strings"

	"nestor/lib/alloc"
	"nestor/lib/config"
	"nestor/lib/explain"
	"nestor/lib/explain/why"
	"nestor/lib/host"
	"nestor/lib/lease"
	"nestor/lib/pkt6"
)

// trace records what an exchange decides, for the command explain6. Of queries from
// the network why.Trace is nil, and each of its methods costs a comparison: the first
// one of each pair below is inlined and evaluates nothing.
type trace struct {
	*why.Trace
	x                   *exchange
	addresses, prefixes *alloc.Foresight6
}

func newTrace(x *exchange) trace {
	t := trace{x: x}
	t.Trace = why.New(t)
	return t
}

// on reports whether the exchange is explained.
func (t trace) on() bool { return t.Trace != nil }

// foresee lets the allocators of the store be asked ahead, and returns what ends it.
func (t *trace) foresee(l *leaseStore) (end func()) {
	t.addresses, t.prefixes = l.addresses.Foresee(), l.prefixes.Foresee()
	return func() {
		t.addresses.End()
		t.prefixes.End()
	}
}

// watch is told of leases that would change.
func (t trace) watch(addr [16]byte, taken bool) {
	t.addresses.Watch(addr, taken)
	t.prefixes.Watch(addr, taken)
}

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

// note records a decision about the identity association in work.
func (t trace) note(d *explain.Decision) {
	if t.Trace != nil {
		t.addNote(d)
	}
}

func (t trace) addNote(d *explain.Decision) { t.Add(d, t.association()...) }

// association are the fields of the identity association in work: what is said of one
// is said again of another.
func (t trace) association() []explain.Field {
	ia := &t.x.ia
	if ia.Code == 0 {
		return nil
	}
	return []explain.Field{explain.String("ia", associationNames[ia.Code]), explain.Int("iaid", ia.IAID)}
}

var associationNames = map[uint16]string{pkt6.OptIANA: "IA_NA", pkt6.OptIAPD: "IA_PD"}

// subnet records a decision about a subnet.
func (t trace) subnet(d *explain.Decision, s *subnet6) {
	if t.Trace != nil {
		t.addSubnet(d, s)
	}
}

func (t trace) addSubnet(d *explain.Decision, s *subnet6) {
	t.Add(d, append(subnetFields(s), t.association()...)...)
}

func subnetFields(s *subnet6) []explain.Field { return why.SubnetFields(&s.Subnet, s.network.name) }

// leaseName is an address, or a prefix with its length.
func leaseName(typ lease.Type6, addr [16]byte, length uint8) string {
	if typ == lease.TypePD {
		return fmt.Sprintf("%s/%d", ip6(addr), length)
	}
	return ip6(addr).String()
}

// address records a decision about an address or prefix of the kind that the
// association in work takes, in the subnet that is considered.
func (t trace) address(d *explain.Decision, s *subnet6, addr [16]byte, length uint8) {
	if t.Trace != nil {
		t.addAddress(d, s, addr, length)
	}
}

func (t trace) addAddress(d *explain.Decision, s *subnet6, addr [16]byte, length uint8) {
	typ := t.x.ia.typ
	fields := append([]explain.Field{explain.String("address", leaseName(typ, addr, length))}, t.association()...)
	if s != nil {
		fields = append(fields, subnetFields(s)...)
		if p := s.poolsOf(typ).of(addr); p != nil {
			fields = append(fields, explain.String("pool", s.poolName(typ, p)))
		}
	}
	t.Add(d, fields...)
}

// poolName is a pool as it is configured.
func (s *subnet6) poolName(typ lease.Type6, p *pool6) string {
	if c := s.configuredPool(typ, p); c != nil {
		return c.name
	}
	return ip6(p.first).String()
}

// configuredPool is what is configured of a pool.
type configuredPool struct {
	name    string
	classes []string
	options []*config.OptionData
}

func (s *subnet6) configuredPool(typ lease.Type6, p *pool6) *configuredPool {
	if typ == lease.TypePD {
		for _, c := range s.PDPools {
			if c.Prefix.Addr().As16() == p.first {
				return &configuredPool{fmt.Sprintf("%s delegating /%d", c.Prefix, c.DelegatedLen), c.ClientClasses, c.Options}
			}
		}
		return nil
	}
	for _, c := range s.Pools {
		if c.First.As16() == p.first {
			return &configuredPool{fmt.Sprintf("%s-%s", c.First, c.Last), c.ClientClasses, c.Options}
		}
	}
	return nil
}

// guards records which pools of a subnet do not admit the client.
func (t trace) guards(s *subnet6) {
	if t.Trace != nil {
		t.addGuards(s)
	}
}

func (t trace) addGuards(s *subnet6) {
	typ := t.x.ia.typ
	for i := range s.poolsOf(typ).pools {
		p := &s.poolsOf(typ).pools[i]
		if c := s.configuredPool(typ, p); c != nil && !p.admit.Admits(&t.x.classes) {
			t.Add(why.PoolGuard, append(append(subnetFields(s), t.association()...),
				explain.String("pool", c.name), explain.Strings("pool-classes", c.classes))...)
		}
	}
}

// lease records a decision about a lease that is stored.
func (t trace) lease(d *explain.Decision, l *lease.Lease6) {
	if t.Trace != nil {
		t.addLease(d, l)
	}
}

func (t trace) addLease(d *explain.Decision, l *lease.Lease6) {
	t.Add(d, append(leaseFields(l), t.association()...)...)
}

func leaseFields(l *lease.Lease6) []explain.Field {
	return []explain.Field{
		explain.String("address", leaseName(l.Type, l.Addr, l.PrefixLen)),
		explain.String("client-id", why.OrNone(l.DUID)), explain.Int("lease-iaid", l.IAID),
		explain.String("state", why.LeaseStates[l.State]), explain.String("expires", why.Expires(l.ValidLft, l.Expire())),
		explain.Int("subnet-id", l.SubnetID), explain.Int("valid-lifetime", l.ValidLft),
		explain.Int("preferred-lifetime", l.PreferredLft), explain.String("hostname", string(l.Hostname)),
	}
}

// host records that a reservation was looked for in a subnet, 0 for the global
// ones.
func (t trace) host(subnetID uint32, id host.Identifier, h *host.Host6) {
	if t.Trace != nil {
		t.addHost(subnetID, id, h)
	}
}

func (t trace) addHost(subnetID uint32, id host.Identifier, h *host.Host6) {
	var reserved []string
	if h != nil {
		for _, r := range h.Resources {
			kind := "address "
			if r.Type == lease.TypePD {
				kind = "prefix "
			}
			reserved = append(reserved, kind+leaseName(r.Type, r.Addr, r.Len))
		}
		reserved = why.ReservedThings(reserved, &h.Host)
	}
	var s *config.Subnet
	if subnetID != 0 {
		s = &t.x.snap.byID[subnetID].Subnet
	}
	t.AddHost(s, id, reserved)
}

// status records a status of the answer to an association, or of the message.
func (t trace) status(code uint16, text string) {
	if t.Trace != nil {
		t.addStatus(code, text)
	}
}

func (t trace) addStatus(code uint16, text string) {
	t.Add(whyStatus, append(t.association(), explain.String("status", cmp.Or(statusNames[code], fmt.Sprint(code))),
		explain.Int("status-code", code), explain.String("status-text", strings.TrimSuffix(text, ".")))...)
}

// statusNames are those of RFC 8415 section 21.13.
var statusNames = map[uint16]string{
	pkt6.StatusSuccess: "Success", pkt6.StatusNoAddrsAvail: "NoAddrsAvail", pkt6.StatusNoBinding: "NoBinding",
	pkt6.StatusNotOnLink: "NotOnLink", pkt6.StatusNoPrefixAvail: "NoPrefixAvail",
}
