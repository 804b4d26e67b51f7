package dhcp4

import (
	"nestor/lib/element"
	"nestor/lib/explain"
	"nestor/lib/explain/why"
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
	r := &e.trace.x.reply
	s.Reply = &explain.Reply{
		Type: messageName(r.Type), Destination: ip4(e.reply.Dst), Port: e.reply.DstPort,
		HWAddr: why.HexText(e.reply.DstMAC[:]), Payload: e.reply.Payload,
	}
	if r.YIAddr != 0 {
		s.Given = "address " + ip4(r.YIAddr).String()
	}
	return s
}

// changeElement shows a lease that would be written or deleted, by the names of the
// lease commands (ARM 16.15).
func changeElement(c *lease.Change4) *element.Value {
	l, action := &c.Lease, "write"
	if c.Deleted {
		action = "delete"
	}
	return element.NewMap().
		Add("action", element.NewString(action)).
		Add("ip-address", element.NewString(ip4(l.Addr).String())).
		Add("hw-address", element.NewString(hexText(l.HWAddr))).
		Add("client-id", element.NewString(hexText(l.ClientID))).
		Add("subnet-id", element.NewInt(int64(l.SubnetID))).
		Add("pool-id", element.NewInt(int64(l.PoolID))).
		Add("valid-lft", element.NewInt(int64(l.ValidLft))).
		Add("cltt", element.NewInt(l.CLTT)).
		Add("state", element.NewInt(int64(l.State))).
		Add("hostname", element.NewString(explain.Printable(string(l.Hostname)))).
		Add("fqdn-fwd", element.NewBool(l.FqdnFwd)).
		Add("fqdn-rev", element.NewBool(l.FqdnRev))
}
