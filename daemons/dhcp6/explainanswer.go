package dhcp6

import (
	"strings"

	"nestor/lib/element"
	"nestor/lib/explain"
	"nestor/lib/lease"
)

// shown is the explanation in the form that both families have.
func (e *explanation) shown() *explain.Explanation {
	changes := element.NewList()
	for i := range e.changes {
		changes.Append(changeElement(&e.changes[i]))
	}
	s := &explain.Explanation{Trace: &e.trace.Trace.Trace.Trace, Origin: e.origin, Query: e.query, Leases: changes}
	if !e.answered {
		return s
	}
	x := e.trace.x
	s.Reply = &explain.Reply{Type: messageName(x.reply.Type), Destination: ip6(e.reply.Dst), Port: e.reply.DstPort, Payload: e.reply.Payload}
	var given []string
	for _, g := range x.granted {
		kind := "address "
		if g.typ == lease.TypePD {
			kind = "prefix "
		}
		given = append(given, kind+leaseName(g.typ, g.addr, g.len))
	}
	s.Given = strings.Join(given, ", ")
	return s
}

// leaseTypeNames are the types of leases as the lease commands name them (ARM 16.15).
var leaseTypeNames = map[lease.Type6]string{lease.TypeNA: "IA_NA", lease.TypePD: "IA_PD"}

// changeElement shows a lease that would be written or deleted, by the names of the
// lease commands (ARM 16.15).
func changeElement(c *lease.Change6) *element.Value {
	l, action := &c.Lease, "write"
	if c.Deleted {
		action = "delete"
	}
	v := element.NewMap().
		Add("action", element.NewString(action)).
		Add("type", element.NewString(leaseTypeNames[l.Type])).
		Add("ip-address", element.NewString(ip6(l.Addr).String()))
	if l.Type == lease.TypePD {
		v.Add("prefix-len", element.NewInt(int64(l.PrefixLen)))
	}
	v.Add("iaid", element.NewInt(int64(l.IAID))).
		Add("duid", element.NewString(hexText(l.DUID)))
	if len(l.HWAddr) > 0 {
		v.Add("hw-address", element.NewString(hexText(l.HWAddr)))
	}
	return v.Add("subnet-id", element.NewInt(int64(l.SubnetID))).
		Add("pool-id", element.NewInt(int64(l.PoolID))).
		Add("preferred-lft", element.NewInt(int64(l.PreferredLft))).
		Add("valid-lft", element.NewInt(int64(l.ValidLft))).
		Add("cltt", element.NewInt(l.CLTT)).
		Add("state", element.NewInt(int64(l.State))).
		Add("hostname", element.NewString(explain.Printable(string(l.Hostname)))).
		Add("fqdn-fwd", element.NewBool(l.FqdnFwd)).
		Add("fqdn-rev", element.NewBool(l.FqdnRev))
}
