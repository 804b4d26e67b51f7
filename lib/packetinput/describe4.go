package packetinput

import (
	"encoding/binary"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"nestor/lib/option"
	"nestor/lib/pkt4"
)

// messageTypes4 are the words that descriptions begin with; bootp stands for a
// message without a type.
var messageTypes4 = map[string]byte{
	"bootp": 0, "discover": pkt4.Discover, "offer": pkt4.Offer, "request": pkt4.Request, "decline": pkt4.Decline,
	"ack": pkt4.Ack, "nak": pkt4.Nak, "release": pkt4.Release, "inform": pkt4.Inform,
}

const (
	serverPort4 = 67
	clientPort4 = 68
	bootRequest = 1
	bootReply   = 2
	ethernet    = 1
)

var cookie4 = [4]byte{99, 130, 83, 99}

// carries4 knows DHCPv4 by its cookie, whatever the ports are.
func carries4(p *Packet) bool {
	return len(p.Payload) >= pkt4.HeaderLen && [4]byte(p.Payload[pkt4.HeaderLen-4:]) == cookie4
}

// description4 is a message in the making.
type description4 struct {
	packet  Packet
	header  [pkt4.HeaderLen]byte
	options map[byte][]byte
	relay   []option.Sub // of option 82
	defs    *option.Definitions
}

// describe4 makes the message that a text describes.
func describe4(text string, defs *option.Definitions) (Packet, error) {
	ws, err := words(text)
	if err != nil {
		return Packet{}, err
	}
	d := description4{options: map[byte][]byte{}, defs: defs}
	copy(d.header[pkt4.HeaderLen-4:], cookie4[:])
	typ, ok := messageTypes4[ws[0].name]
	if !ok || ws[0].valued {
		return Packet{}, fmt.Errorf("%s: a description begins with one of %s", ws[0].name, strings.Join(slices.Sorted(maps.Keys(messageTypes4)), ", "))
	}
	d.header[0] = bootRequest
	switch typ {
	case 0:
	case pkt4.Offer, pkt4.Ack, pkt4.Nak:
		d.header[0] = bootReply
		fallthrough
	default:
		d.options[pkt4.OptMessageType] = []byte{typ}
	}
	for _, w := range ws[1:] {
		if err := d.add(w); err != nil {
			return Packet{}, err
		}
	}
	return d.finish(), nil
}

// optionWords4 are short for options.
var optionWords4 = map[string]byte{
	"hostname": pkt4.OptHostName, "requested": pkt4.OptRequestedAddress, "server-id": pkt4.OptServerID,
	"prl": pkt4.OptParameterRequest, "vendor-class": pkt4.OptVendorClass, "user-class": pkt4.OptUserClass,
}

// addressWords4 are the addresses of the header by their offset.
var addressWords4 = map[string]int{"ciaddr": 12, "yiaddr": 16, "siaddr": 20, "giaddr": 24}

// relayWords4 are short for sub-options of option 82.
var relayWords4 = map[string]byte{
	"circuit-id": pkt4.RAICircuitID, "remote-id": pkt4.RAIRemoteID, "link": pkt4.RAILinkSelection, "relay-id": pkt4.RAIRelayID,
}

const vocabulary4 = "hw, xid, secs, flags, broadcast, hops, ciaddr, yiaddr, siaddr, giaddr, src, dst, iface, client-id, hostname, requested, server-id, prl, vendor-class, user-class, option[CODE or NAME], circuit-id, remote-id, link, relay-id, relay[CODE]"

// add takes over one word.
func (d *description4) add(w word) error {
	if !w.valued && w.name != "broadcast" && w.name != "option" {
		return fmt.Errorf("%s: a value is missing, write %s=VALUE", w.name, w.name)
	}
	var err error
	if known, e := d.addHeader(w); known {
		err = e
	} else if known, e := d.addWay(w); known {
		err = e
	} else if known, e := d.addOption(w); known {
		err = e
	} else {
		err = fmt.Errorf("descriptions do not have that, but %s", vocabulary4)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", w.name, err)
	}
	return nil
}

// addHeader sets a field of the header.
func (d *description4) addHeader(w word) (known bool, err error) {
	var n uint64
	switch w.name {
	case "hw":
		return true, d.hardware(w.value)
	case "broadcast":
		d.header[10] |= pkt4.BroadcastFlag >> 8
	case "xid":
		n, err = number(w.value, 32)
		binary.BigEndian.PutUint32(d.header[4:], uint32(n))
	case "secs":
		n, err = number(w.value, 16)
		binary.BigEndian.PutUint16(d.header[8:], uint16(n))
	case "flags":
		n, err = number(w.value, 16)
		binary.BigEndian.PutUint16(d.header[10:], uint16(n))
	case "hops":
		n, err = number(w.value, 8)
		d.header[3] = byte(n)
	default:
		at, ok := addressWords4[w.name]
		if !ok {
			return false, nil
		}
		a, err := netip.ParseAddr(w.value)
		if err != nil || !a.Is4() {
			return true, fmt.Errorf("%q is not an IPv4 address", w.value)
		}
		copy(d.header[at:], a.AsSlice())
	}
	return true, err
}

// hardware reads [TYPE/]ADDRESS; the type is that of Ethernet unless given.
func (d *description4) hardware(text string) error {
	d.header[1] = ethernet
	if typ, address, ok := strings.Cut(text, "/"); ok {
		n, err := strconv.ParseUint(typ, 0, 8)
		if err != nil {
			return fmt.Errorf("%q is not a hardware type of 0 to 255", typ)
		}
		d.header[1], text = byte(n), address
	}
	b, err := option.DecodeHex(text)
	if err != nil || len(b) > 16 {
		return fmt.Errorf("%q is not a hardware address of up to 16 bytes such as 02:00:00:00:00:01", text)
	}
	d.header[2] = byte(len(b))
	copy(d.header[28:44], b)
	return nil
}

// addWay notes how the message comes.
func (d *description4) addWay(w word) (known bool, err error) {
	switch w.name {
	case "iface":
		d.packet.Interface = w.value
	case "src":
		d.packet.Src, err = endpoint(w.value, clientPort4)
	case "dst":
		d.packet.Dst, err = endpoint(w.value, serverPort4)
	default:
		return false, nil
	}
	return true, err
}

// addOption adds an option or a sub-option of option 82.
func (d *description4) addOption(w word) (known bool, err error) {
	switch {
	case w.name == "client-id":
		d.options[pkt4.OptClientID], err = option.DecodeHex(w.value)
	case w.name == "option" && w.indexed:
		err = d.option(w.index, w.value)
	case w.name == "relay" && w.indexed:
		var code uint64
		if code, err = number(w.index, 8); err == nil {
			err = d.relayOption(byte(code), w.value)
		}
	case optionWords4[w.name] != 0:
		err = d.option(strconv.Itoa(int(optionWords4[w.name])), w.value)
	case relayWords4[w.name] != 0:
		err = d.relayOption(relayWords4[w.name], w.value)
	default:
		return false, nil
	}
	return true, err
}

// option encodes a value by the option's definition; one that begins with 0x is
// its bytes, and so is that of an option without definition.
func (d *description4) option(index, value string) error {
	def, code, err := optionOf(d.defs, option.Space4, index, 254)
	if err != nil {
		return err
	}
	d.options[byte(code)], err = encode(def, value)
	return err
}

func (d *description4) relayOption(code byte, value string) error {
	def := d.defs.ByCode(option.SpaceAgent, uint32(code))
	b := []byte(value)
	if strings.HasPrefix(value, "0x") || def != nil && def.Type == option.IPv4Address {
		var err error
		if b, err = encode(def, value); err != nil {
			return err
		}
	}
	if len(b) > 255 {
		return fmt.Errorf("the value has %d bytes, a sub-option has 255 at most", len(b))
	}
	d.relay = append(d.relay, option.Sub{Code: uint16(code), Data: b})
	return nil
}

// finish puts the message together. What is not said of its way follows from
// the message: a relay sends from its address, a client without one broadcasts.
func (d *description4) finish() Packet {
	if len(d.relay) > 0 {
		d.options[pkt4.OptRelayAgentInfo] = append(d.options[pkt4.OptRelayAgentInfo], option.EncodeSuboptions4(d.relay)...)
	}
	b := d.header[:]
	for _, code := range slices.Sorted(maps.Keys(d.options)) {
		b = pkt4.AppendOption(b, code, d.options[code])
	}
	p := d.packet
	p.Payload = append(b, pkt4.OptEnd)
	p.SrcMAC = net.HardwareAddr(slices.Clone(p.Payload[28 : 28+int(p.Payload[2])]))
	ciaddr, giaddr := netip.AddrFrom4([4]byte(b[12:])), netip.AddrFrom4([4]byte(b[24:]))
	if giaddr.IsUnspecified() && !p.Dst.IsValid() && ciaddr.IsUnspecified() {
		p.Dst = netip.AddrPortFrom(netip.AddrFrom4([4]byte{255, 255, 255, 255}), serverPort4)
	}
	if !p.Src.IsValid() {
		p.Src = netip.AddrPortFrom(ciaddr, clientPort4)
		if !giaddr.IsUnspecified() {
			p.Src = netip.AddrPortFrom(giaddr, serverPort4)
		}
	}
	return p
}
