package dhcp4

import (
	"encoding/hex"
	"strings"

	"nestor/lib/element"
	"nestor/lib/explain"
	"nestor/lib/lease"
)

// element gives the explanation as programs read it: the steps, what the reply is
// and what would be written, and the text for people.
func (e *explanation) element() *element.Value {
	outcome := "no-reply"
	if e.answered {
		outcome = "reply"
	}
	v := element.NewMap().
		Add("packet", element.NewMap().
			Add("origin", element.NewString(e.origin)).
			Add("hex", element.NewString(hex.EncodeToString(e.query)))).
		Add("steps", e.trace.Element()).
		Add("outcome", element.NewString(outcome))
	if e.answered {
		v.Add("reply", e.replyElement())
	}
	changes := element.NewList()
	for i := range e.changes {
		changes.Append(changeElement(&e.changes[i]))
	}
	return v.Add("leases", changes).Add("text", element.NewString(e.text()))
}

func (e *explanation) replyElement() *element.Value {
	return element.NewMap().
		Add("message-type", element.NewString(messageName(e.trace.x.reply.Type))).
		Add("destination", element.NewString(ip4(e.reply.Dst).String())).
		Add("destination-port", element.NewInt(int64(e.reply.DstPort))).
		Add("destination-hw", element.NewString(hexText(e.reply.DstMAC[:]))).
		Add("hex", element.NewString(hex.EncodeToString(e.reply.Payload)))
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

// text writes the explanation for people.
func (e *explanation) text() string {
	var b strings.Builder
	b.WriteString(e.trace.Text())
	if e.answered {
		b.WriteString("The reply in hexadecimal digits:\n")
		writeHex(&b, e.reply.Payload)
	}
	return b.String()
}

// writeHex writes 32 bytes a line.
func writeHex(b *strings.Builder, bytes []byte) {
	const width = 32
	for len(bytes) > 0 {
		n := min(width, len(bytes))
		b.WriteString("  " + hex.EncodeToString(bytes[:n]) + "\n")
		bytes = bytes[n:]
	}
}
