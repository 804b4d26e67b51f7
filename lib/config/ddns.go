package config

import (
	"net/netip"

	"nestor/lib/element"
)

// ddnsConnection decodes dhcp-ddns, the connection to the DDNS daemon
// (ARM 8.2.20.1).
func (l *loader) ddnsConnection(dn node) *DhcpDDNS {
	d := &DhcpDDNS{
		Meta:          l.meta(dn),
		EnableUpdates: dn.bool("enable-updates"),
		ServerPort:    dn.uint32("server-port"),
		SenderPort:    dn.uint32("sender-port"),
		MaxQueueSize:  dn.uint32("max-queue-size"),
	}
	if dn.str("ncr-protocol") == "TCP" {
		l.fail(dn.at("ncr-protocol"), dn.pos("ncr-protocol"), "NCR Protocol: TCP is not supported: use UDP")
	}
	if d.EnableUpdates && d.MaxQueueSize == 0 {
		l.fail(dn.at("max-queue-size"), dn.pos("max-queue-size"), "a queue of no requests sends none: give 1 or more")
	}
	d.ServerIP = l.anyAddress(dn, "server-ip")
	d.SenderIP = netip.IPv4Unspecified()
	if d.ServerIP.Is6() {
		d.SenderIP = netip.IPv6Unspecified()
	}
	if dn.str("sender-ip") != "" {
		d.SenderIP = l.anyAddress(dn, "sender-ip")
	}
	l.checkDDNSEnds(dn, d)
	return d
}

func (l *loader) anyAddress(n node, key string) netip.Addr {
	a, err := netip.ParseAddr(n.str(key))
	if err != nil {
		l.fail(n.at(key), n.pos(key), "%s is not an IP address", orNothing(n.str(key)))
	}
	return a
}

func (l *loader) checkDDNSEnds(n node, d *DhcpDDNS) {
	if !d.ServerIP.IsValid() || !d.SenderIP.IsValid() {
		return
	}
	if d.ServerIP.Is4() != d.SenderIP.Is4() {
		l.fail(n.at("sender-ip"), n.pos("sender-ip"), "server-ip %s and sender-ip %s are of different families", d.ServerIP, d.SenderIP)
	}
	if d.ServerIP == d.SenderIP && d.ServerPort == d.SenderPort {
		l.fail(n.at("sender-port"), n.pos("sender-port"), "server and sender cannot share the address %s and the port %d", d.ServerIP, d.ServerPort)
	}
}

// element renders dhcp-ddns for config-get.
func (d *DhcpDDNS) element() *element.Value {
	v := element.NewMap()
	v.Add("enable-updates", shownBool(d.EnableUpdates))
	v.Add("max-queue-size", shownUint(d.MaxQueueSize))
	v.Add("ncr-format", element.NewString("JSON"))
	v.Add("ncr-protocol", element.NewString("UDP"))
	v.Add("sender-ip", element.NewString(d.SenderIP.String()))
	v.Add("sender-port", shownUint(d.SenderPort))
	v.Add("server-ip", element.NewString(d.ServerIP.String()))
	v.Add("server-port", shownUint(d.ServerPort))
	d.Meta.show(v)
	return v
}
