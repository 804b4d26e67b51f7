package dhcp6

import (
	"nestor/lib/duid"
	"nestor/lib/lease/leasefile"
	"nestor/lib/pkt6"
)

// hardwareAddress is a link-layer address of a client with how it was learnt.
type hardwareAddress struct {
	addr   []byte
	htype  uint16 // RFC 826
	source uint32 // one of Kea's bits, which lease files carry
}

// macSource is a way to the hardware address of a client (ARM 9.11). find reports
// false where the query does not tell.
type macSource struct {
	name   string
	source uint32
	find   func(x *exchange) (htype uint16, addr []byte, ok bool)
}

// macSources are all ways in the order that "any" tries them. raw and subscriber-id
// may be configured but find nothing, as in Kea: sockets of DHCPv6 do not tell the
// link-layer address, and subscriber-id has no form that holds one.
var macSources = []macSource{
	{"duid", 2, macOfDUID},
	{"ipv6-link-local", 4, macOfLinkLocal},
	{"client-link-addr-option", 8, macOfRelayOption},
	{"remote-id", 16, macOfRemoteID},
	{"docsis-cmts", 64, macOfCMTS},
	{"docsis-modem", 128, macOfModem},
}

func compileMACSources(names []string) []macSource {
	var out []macSource
	for _, name := range names {
		for _, s := range macSources {
			if name == "any" || name == s.name {
				out = append(out, s)
			}
		}
	}
	return out
}

// findHardwareAddress tries the configured ways in their order.
func (x *exchange) findHardwareAddress() {
	x.mac = hardwareAddress{}
	for i := range x.snap.macSources {
		s := &x.snap.macSources[i]
		if htype, addr, ok := s.find(x); ok && len(addr) > 0 && len(addr) <= leasefile.MaxHWAddr {
			x.mac = hardwareAddress{addr, htype, s.source}
			return
		}
	}
}

func macOfDUID(x *exchange) (uint16, []byte, bool) { return duid.LinkLayer(x.duid) }

// macOfLinkLocal takes the address of the client apart that it made of its
// link-layer address (RFC 4291 appendix A): behind a relay the one that the relay
// nearest the client saw.
func macOfLinkLocal(x *exchange) (uint16, []byte, bool) {
	a := x.in.Src
	if r := x.query.Relays(); len(r) > 0 {
		a = r[len(r)-1].Peer
	}
	const universal, group = 2, 1
	if a[0] != 0xfe || a[1]&0xc0 != 0x80 || a[11] != 0xff || a[12] != 0xfe || a[8]&universal == 0 || a[8]&group != 0 {
		return 0, nil, false
	}
	x.macBytes = append(x.macBytes[:0], a[8]^universal, a[9], a[10], a[13], a[14], a[15])
	return ethernet, x.macBytes, true
}

// ethernet is the hardware type (RFC 826) of addresses that come without one.
const ethernet = 1

// macOfRelayOption reads option 79 of a relay (RFC 6939), of the one nearest the
// client that has it.
func macOfRelayOption(x *exchange) (uint16, []byte, bool) {
	o := x.innermost(pkt6.OptClientLinkLayer)
	if len(o) < 3 {
		return 0, nil, false
	}
	return uint16(o[0])<<8 | uint16(o[1]), o[2:], true
}

// macOfRemoteID takes what a relay's remote-id (RFC 4649) has behind the enterprise
// number.
func macOfRemoteID(x *exchange) (uint16, []byte, bool) {
	o := x.innermost(pkt6.OptRemoteID)
	if len(o) <= enterpriseLen {
		return 0, nil, false
	}
	return ethernet, o[enterpriseLen:], true
}

// innermost is the option of the relay nearest the client that has it.
func (x *exchange) innermost(code uint16) []byte {
	relays := x.query.Relays()
	for i := len(relays) - 1; i >= 0; i-- {
		if o, ok := relays[i].Options.Find(code); ok {
			return o
		}
	}
	return nil
}

// Options of cable modems and of what they are connected to.
const (
	cableModemMAC = 1026 // that the CMTS adds as a relay
	cableDeviceID = 36   // of the modem itself
)

func macOfCMTS(x *exchange) (uint16, []byte, bool) {
	relays := x.query.Relays()
	for i := len(relays) - 1; i >= 0; i-- {
		if a, ok := cableLabsOption(relays[i].Options, cableModemMAC); ok {
			return ethernet, a, true
		}
	}
	return 0, nil, false
}

func macOfModem(x *exchange) (uint16, []byte, bool) {
	a, ok := cableLabsOption(x.query.Options(), cableDeviceID)
	return ethernet, a, ok
}

// cableLabsOption finds a sub-option of CableLabs' option 17.
func cableLabsOption(options pkt6.Options, code uint16) ([]byte, bool) {
	for o := range options.Instances(pkt6.OptVendorOpts) {
		if len(o) >= enterpriseLen && be32(o) == enterpriseCableLabs {
			return pkt6.Options(o[enterpriseLen:]).Find(code)
		}
	}
	return nil, false
}
