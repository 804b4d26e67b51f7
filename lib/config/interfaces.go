package config

import (
	"fmt"
	"net/netip"
	"strings"

	"nestor/lib/element"
)

// interfacesConfig decodes interfaces-config (ARM 8.2.4, 9.2.4). Whether the
// interfaces are there is for the daemon to find out.
func (l *loader) interfacesConfig(in node) InterfacesConfig {
	c := InterfacesConfig{
		Meta:          l.meta(in),
		Interfaces:    in.strs("interfaces"),
		ReDetect:      in.bool("re-detect"),
		RequireAll:    in.bool("service-sockets-require-all"),
		MaxRetries:    in.uint32("service-sockets-max-retries"),
		RetryWaitTime: in.uint32("service-sockets-retry-wait-time"),
	}
	if in.scope == interfaces4Scope {
		c.SocketType, c.Outbound = in.str("dhcp-socket-type"), in.str("outbound-interface")
	}
	for i := range c.Interfaces {
		c.Interfaces[i] = strings.TrimSpace(c.Interfaces[i])
	}
	if list := in.v.Get("interfaces"); len(c.Interfaces) > 0 {
		for _, item := range list.List {
			c.Positions = append(c.Positions, item.Pos)
		}
	}
	l.checkInterfaces(in, c.Interfaces)
	return c
}

// checkInterfaces checks the form of the names, and that none comes twice. DHCPv4
// has the interface or addresses of it, DHCPv6 both, but one address only.
func (l *loader) checkInterfaces(n node, names []string) {
	seen := make(map[string]bool)
	for i, name := range names {
		at, pos := n.item("interfaces", i), n.v.Get("interfaces").Pos
		iface, address, withAddress := strings.Cut(name, "/")
		a, isAddress := l.family.parse(address)
		v6 := l.family == family6
		switch {
		case iface == "":
			l.fail(at, pos, "the name of an interface is missing in %q", name)
		case withAddress && !isAddress:
			l.fail(at, pos, "%s is not an %s address: write %s/%s", orNothing(address), l.family.ip, iface, l.family.address)
		case withAddress && v6 && !isUnicast6(a):
			l.fail(at, pos, "%s is not a unicast address", a)
		case withAddress && v6 && seen[iface+"/"]:
			l.fail(at, pos, "%s has an address in the list already, and an interface takes one", iface)
		case seen[name], !v6 && withAddress && seen[iface], !v6 && !withAddress && seen[iface+"/"]:
			l.fail(at, pos, "%s is in the list already", name)
		case withAddress && v6 && a.IsLinkLocalUnicast():
			l.warnings = append(l.warnings, Warning{
				ID: "DHCPSRV_CFGMGR_UNICAST_LINK_LOCAL", Args: []string{address, iface}, Path: at.String(), Pos: pos,
				Text: fmt.Sprintf("%s is a link-local address, which %s has in any case", address, iface),
			})
		}
		seen[name] = true
		if withAddress {
			seen[iface+"/"] = true
		}
	}
}

func isUnicast6(a netip.Addr) bool { return !a.IsUnspecified() && !a.IsMulticast() }

// element renders interfaces-config: what differs from the default, and two that
// Kea always has.
func (c *InterfacesConfig) element() *element.Value {
	v := element.NewMap()
	if c.SocketType != "raw" && c.SocketType != "" {
		v.Add("dhcp-socket-type", element.NewString(c.SocketType))
	}
	v.Add("interfaces", stringList(c.Interfaces))
	if c.Outbound != "same-as-inbound" && c.Outbound != "" {
		v.Add("outbound-interface", element.NewString(c.Outbound))
	}
	v.Add("re-detect", shownBool(c.ReDetect))
	if c.RequireAll {
		v.Add("service-sockets-require-all", shownTrue)
	}
	if c.MaxRetries > 0 || c.RetryWaitTime != 5000 {
		v.Add("service-sockets-max-retries", shownUint(c.MaxRetries))
		v.Add("service-sockets-retry-wait-time", shownUint(c.RetryWaitTime))
	}
	c.Meta.show(v)
	return v
}
