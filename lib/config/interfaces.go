package config

import (
	"strings"

	"nestor/lib/element"
)

// interfacesConfig decodes interfaces-config (ARM 8.2.4). Whether the interfaces
// are there is for the daemon to find out.
func (l *loader) interfacesConfig(in node) InterfacesConfig {
	c := InterfacesConfig{
		Meta:          l.meta(in),
		Interfaces:    in.strs("interfaces"),
		SocketType:    in.str("dhcp-socket-type"),
		Outbound:      in.str("outbound-interface"),
		ReDetect:      in.bool("re-detect"),
		RequireAll:    in.bool("service-sockets-require-all"),
		MaxRetries:    in.uint32("service-sockets-max-retries"),
		RetryWaitTime: in.uint32("service-sockets-retry-wait-time"),
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
	seen := make(map[string]bool)
	for i, name := range names {
		at, pos := n.item("interfaces", i), n.v.Get("interfaces").Pos
		iface, address, withAddress := strings.Cut(name, "/")
		_, isAddress := parseIPv4(address)
		switch {
		case iface == "":
			l.fail(at, pos, "the name of an interface is missing in %q", name)
		case withAddress && !isAddress:
			l.fail(at, pos, "%s is not an IPv4 address: write %s/192.0.2.1", orNothing(address), iface)
		case seen[name] || withAddress && seen[iface] || !withAddress && seen[iface+"/"]:
			l.fail(at, pos, "%s is in the list already", name)
		}
		seen[name] = true
		if withAddress {
			seen[iface+"/"] = true
		}
	}
}

// element renders interfaces-config: what differs from the default, and two that
// Kea always has.
func (c *InterfacesConfig) element() *element.Value {
	v := element.NewMap()
	if c.SocketType != "raw" {
		v.Add("dhcp-socket-type", element.NewString(c.SocketType))
	}
	v.Add("interfaces", stringList(c.Interfaces))
	if c.Outbound != "same-as-inbound" {
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
