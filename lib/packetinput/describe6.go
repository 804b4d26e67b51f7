package packetinput

import (
	"encoding/binary"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"nestor/lib/option"
)

// messageTypes6 are the words that descriptions begin with (RFC 8415 section 7.3).
var messageTypes6 = map[string]byte{
	"solicit": 1, "advertise": 2, "request": 3, "confirm": 4, "renew": 5, "rebind": 6, "reply": 7, "release": 8,
	"decline": 9, "reconfigure": 10, "information-request": 11, "addr-reg-inform": 36,
}

const (
	header6      = 4 // type and transaction
	relayHeader6 = 34
	clientPort6  = 546
	serverPort6  = 547

	relayForward6 = 12

	option6ClientID     = 1
	option6ServerID     = 2
	option6IANA         = 3
	option6IAAddr       = 5
	option6Requested    = 6
	option6RelayMessage = 9
	option6RapidCommit  = 14
	option6InterfaceID  = 18
	option6IAPD         = 25
	option6IAPrefix     = 26
	option6FQDN         = 39
)

// carries6 knows DHCPv6 by its ports.
func carries6(p *Packet) bool {
	if len(p.Payload) < header6 {
		return false
	}
	for _, port := range []uint16{p.Src.Port(), p.Dst.Port()} {
		if port == clientPort6 || port == serverPort6 {
			return true
		}
	}
	return false
}

// level6 is the client's message, or what a relay puts around it.
type level6 struct {
	header  []byte
	options []option.Sub
}

// description6 is a message in the making.
type description6 struct {
	packet Packet
	levels []level6 // the client's, then the relays from the client to the server
	defs   *option.Definitions
}

// describe6 makes the message that a text describes. Words that follow
// relay=PEER,LINK are about that relay.
func describe6(text string, defs *option.Definitions) (Packet, error) {
	ws, err := words(text)
	if err != nil {
		return Packet{}, err
	}
	typ, ok := messageTypes6[ws[0].name]
	if !ok || ws[0].valued {
		return Packet{}, fmt.Errorf("%s: a description begins with one of %s", ws[0].name, strings.Join(slices.Sorted(maps.Keys(messageTypes6)), ", "))
	}
	d := description6{levels: []level6{{header: []byte{typ, 0, 0, 0}}}, defs: defs}
	for _, w := range ws[1:] {
		if err := d.add(w); err != nil {
			return Packet{}, fmt.Errorf("%s: %w", w.name, err)
		}
	}
	return d.finish(), nil
}

const vocabulary6 = "xid, src, dst, iface, client-id, server-id, ia-na=IAID,ADDRESS, ia-pd=IAID,PREFIX, address, oro, rapid-commit, fqdn, interface-id, option[CODE or NAME], relay=PEER,LINK"

func (d *description6) add(w word) (err error) {
	l := &d.levels[len(d.levels)-1]
	switch {
	case !w.valued && w.name != "option" && w.name != "rapid-commit":
		return fmt.Errorf("a value is missing, write %s=VALUE", w.name)
	case w.name == "xid":
		var n uint64
		n, err = number(w.value, 24)
		binary.BigEndian.PutUint32(d.levels[0].header, uint32(d.levels[0].header[0])<<24|uint32(n))
	case w.name == "iface":
		d.packet.Interface = w.value
	case w.name == "src":
		d.packet.Src, err = endpoint(w.value, clientPort6)
	case w.name == "dst":
		d.packet.Dst, err = endpoint(w.value, serverPort6)
	case w.name == "client-id":
		err = l.addHex(option6ClientID, w.value)
	case w.name == "server-id":
		err = l.addHex(option6ServerID, w.value)
	case w.name == "ia-na":
		err = l.addIA(option6IANA, w.value)
	case w.name == "ia-pd":
		err = l.addIA(option6IAPD, w.value)
	case w.name == "address":
		var b []byte
		b, err = leaseOf(option6IANA, w.value)
		l.options = append(l.options, option.Sub{Code: option6IAAddr, Data: b})
	case w.name == "oro":
		err = l.addRequested(w.value)
	case w.name == "rapid-commit" && !w.valued:
		l.options = append(l.options, option.Sub{Code: option6RapidCommit})
	case w.name == "fqdn":
		err = l.addFQDN(w.value)
	case w.name == "interface-id":
		l.options = append(l.options, option.Sub{Code: option6InterfaceID, Data: []byte(w.value)})
	case w.name == "option" && w.indexed:
		err = l.addOption(d.defs, w)
	case w.name == "relay":
		err = d.relay(w.value)
	default:
		err = fmt.Errorf("descriptions do not have that, but %s", vocabulary6)
	}
	return err
}

func (l *level6) addHex(code uint16, value string) error {
	b, err := option.DecodeHex(value)
	l.options = append(l.options, option.Sub{Code: code, Data: b})
	return err
}

// addIA asks for addresses or prefixes by the IAID, without times. Behind the IAID
// stand those that the client names.
func (l *level6) addIA(code uint16, value string) error {
	number, named, _ := strings.Cut(value, ",")
	iaid, err := strconv.ParseUint(number, 0, 32)
	if err != nil {
		return fmt.Errorf("%q is not an IAID of 0 to 4294967295", number)
	}
	b := make([]byte, 12)
	binary.BigEndian.PutUint32(b, uint32(iaid))
	var inside []option.Sub
	for text := range strings.SplitSeq(named, ",") {
		if named == "" {
			break
		}
		content, err := leaseOf(code, text)
		if err != nil {
			return err
		}
		inside = append(inside, option.Sub{Code: leaseCodes[code], Data: content})
	}
	l.options = append(l.options, option.Sub{Code: code, Data: append(b, option.EncodeSuboptions6(inside)...)})
	return nil
}

// leaseCodes are the options of leases in an IA.
var leaseCodes = map[uint16]uint16{option6IANA: option6IAAddr, option6IAPD: option6IAPrefix}

// leaseOf is the content of an address or prefix, without lifetimes (RFC 8415 sections
// 21.6 and 21.22).
func leaseOf(ia uint16, text string) ([]byte, error) {
	if ia == option6IAPD {
		p, err := netip.ParsePrefix(text)
		if err != nil || !p.Addr().Is6() {
			return nil, fmt.Errorf("%q is not an IPv6 prefix such as 2001:db8:8000::/56", text)
		}
		a := p.Addr().As16()
		return append(append(make([]byte, 8), byte(p.Bits())), a[:]...), nil
	}
	addr, err := netip.ParseAddr(text)
	if err != nil || !addr.Is6() {
		return nil, fmt.Errorf("%q is not an IPv6 address", text)
	}
	a := addr.As16()
	return append(a[:], make([]byte, 8)...), nil
}

// addRequested lists options by their codes.
func (l *level6) addRequested(value string) error {
	var b []byte
	for text := range strings.SplitSeq(value, ",") {
		code, err := number(strings.TrimSpace(text), 16)
		if err != nil {
			return err
		}
		b = binary.BigEndian.AppendUint16(b, uint16(code))
	}
	l.options = append(l.options, option.Sub{Code: option6Requested, Data: b})
	return nil
}

// addFQDN names the client, which leaves updates of DNS to the server (RFC 4704). A
// name without a dot at its end is partial.
func (l *level6) addFQDN(name string) error {
	const serverUpdates = 1
	b := []byte{serverUpdates}
	labels, complete := strings.CutSuffix(name, ".")
	for label := range strings.SplitSeq(labels, ".") {
		if label == "" || len(label) > 63 {
			return fmt.Errorf("%q is no name: between the dots stand 1 to 63 characters", name)
		}
		b = append(append(b, byte(len(label))), label...)
	}
	if complete {
		b = append(b, 0)
	}
	l.options = append(l.options, option.Sub{Code: option6FQDN, Data: b})
	return nil
}

func (l *level6) addOption(defs *option.Definitions, w word) error {
	def, code, err := optionOf(defs, option.Space6, w.index, 65535)
	if err != nil {
		return err
	}
	b, err := encode(def, w.value)
	l.options = append(l.options, option.Sub{Code: uint16(code), Data: b})
	return err
}

// relay begins the next relay: the address that it got the message from, and the
// one of the link.
func (d *description6) relay(value string) error {
	peer, link, _ := strings.Cut(value, ",")
	h := []byte{relayForward6, byte(len(d.levels) - 1)}
	for _, text := range []string{link, peer} {
		a, err := netip.ParseAddr(text)
		if err != nil || !a.Is6() {
			return fmt.Errorf("%q: write the IPv6 addresses of the peer and of the link, relay=fe80::1,2001:db8::1", value)
		}
		b := a.As16()
		h = append(h, b[:]...)
	}
	d.levels = append(d.levels, level6{header: h})
	return nil
}

// finish puts the message into those of the relays.
func (d *description6) finish() Packet {
	var message []byte
	for i, l := range d.levels {
		if i > 0 {
			l.options = append(l.options, option.Sub{Code: option6RelayMessage, Data: message})
		}
		message = append(l.header, option.EncodeSuboptions6(l.options)...)
	}
	d.packet.Payload = message
	return d.packet
}
