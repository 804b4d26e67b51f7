package config

import (
	"net/netip"

	"nestor/lib/element"
	"nestor/lib/option"
)

// class4 decodes what only a class of DHCPv4 has and returns the option
// definitions that hold in it.
func (l *loader) class4(n node, c *ClientClass) *option.Definitions {
	c.NextServer = l.fixedNextServer(n)
	c.ServerHostname, c.BootFileName = n.str("server-hostname"), n.str("boot-file-name")
	l.checkFixedFields(n, maxBootFileName)
	if n.has("offer-lifetime") {
		c.OfferLifetime = Opt[uint32]{Set: true, V: n.uint32("offer-lifetime")}
	}
	defs, set := l.optionDefs(n, l.defs, (*option.Definitions).ForClass)
	for _, d := range defs {
		c.OptionDefs = append(c.OptionDefs, d.Definition)
	}
	c.defs = defs
	return set
}

// fixedNextServer decodes next-server of a class or reservation, where 0.0.0.0
// and "" stand for none.
func (l *loader) fixedNextServer(n node) Opt[netip.Addr] {
	text := n.str("next-server")
	if text == "" || text == "0.0.0.0" {
		return Opt[netip.Addr]{}
	}
	a, ok := parseIPv4(text)
	if !ok || a == broadcast {
		l.fail(n.at("next-server"), n.pos("next-server"), "%s is not the IPv4 address of a server", text)
		return Opt[netip.Addr]{}
	}
	return Opt[netip.Addr]{Set: true, V: a}
}

var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// checkFixedFields checks the lengths of sname and file.
func (l *loader) checkFixedFields(n node, maxFile int) {
	if v := n.get("server-hostname", element.String); v != nil {
		l.checkLength(n, "server-hostname", v, maxServerHostname)
	}
	if v := n.get("boot-file-name", element.String); v != nil {
		l.checkLength(n, "boot-file-name", v, maxFile)
	}
}

// showFixedFields adds siaddr, sname and file of a class or reservation.
func showFixedFields(v *element.Value, next Opt[netip.Addr], host, file string) {
	v.Add("boot-file-name", shownText(file))
	v.Add("server-hostname", shownText(host))
	if next.Set {
		v.Add("next-server", element.NewString(next.V.String()))
	} else {
		v.Add("next-server", shownZero)
	}
}
