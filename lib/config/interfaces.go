package config

import (
	"fmt"
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

// checkInterfaces checks the form of the names, and that none comes twice.
func (l *loader) checkInterfaces(n node, names []string) {
	seen := make(map[string]bool) // names, and eth0/ for an address of eth0
	for i, name := range names {
		at, pos := n.item("interfaces", i), n.v.Get("interfaces").Pos
		iface, address, withAddress := strings.Cut(name, "/")
		if fault := l.interfaceFault(name, seen); fault != "" {
			l.fail(at, pos, "%s", fault)
		} else if a, _ := l.family.parse(address); l.family == family6 && a.IsLinkLocalUnicast() {
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

// interfaceFault tells what is wrong with a name behind those seen, "" if nothing.
func (l *loader) interfaceFault(name string, seen map[string]bool) string {
	iface, address, withAddress := strings.Cut(name, "/")
	a, isAddress := l.family.parse(address)
	switch {
	case iface == "":
		return fmt.Sprintf("the name of an interface is missing in %q", name)
	case withAddress && !isAddress:
		return fmt.Sprintf("%s is not an %s address: write %s/%s", orNothing(address), l.family.ip, iface, l.family.address)
	case seen[name]:
		return name + " is in the list already"
	}
	if l.family == family4 {
		// An interface, or addresses of it.
		if withAddress && seen[iface] || !withAddress && seen[iface+"/"] {
			return name + " is in the list already"
		}
		return ""
	}
	switch {
	case withAddress && (a.IsUnspecified() || a.IsMulticast()):
		return fmt.Sprintf("%s is not a unicast address", a)
	case withAddress && seen[iface+"/"]:
		return iface + " has an address in the list already, and an interface takes one"
	}
	return ""
}

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
