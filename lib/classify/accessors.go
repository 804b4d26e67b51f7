package classify

import "encoding/binary"

// primaries are the readers of what begins with a word, which is read already.
var primaries map[string]func(p *parser, word token) expr

func init() {
	primaries = map[string]func(*parser, token) expr{
		"option": (*parser).option, "relay4": (*parser).relay4, "relay6": (*parser).relay6,
		"pkt": (*parser).pkt, "pkt4": (*parser).pkt4, "pkt6": (*parser).pkt6,
		"vendor": (*parser).vendor, "vendor-class": (*parser).vendorClass,
		"member": (*parser).memberCall, "known": (*parser).known, "unknown": (*parser).unknown,
		"match": (*parser).match, "substring": (*parser).substring, "split": (*parser).split,
		"concat": (*parser).concat, "ifelse": (*parser).ifelse, "sifelse": (*parser).ifelse,
		"hexstring": (*parser).hexstring,
	}
	for name, f := range conversions {
		primaries[name] = func(p *parser, _ token) expr { return p.conversion(name, f) }
	}
}

// content finds an option, text writes it out.
type (
	content func(*Evaluator) ([]byte, bool)
	text    func(*Evaluator, []byte) []byte
)

// representation reads .hex, .text or .exists behind an option.
func (p *parser) representation(get content, write text) expr {
	p.expect(".")
	switch p.oneOf("text", "hex", "exists") {
	case "exists":
		return exists(get)
	case "text":
		return appended(write)
	}
	return expr{str: func(e *Evaluator) []byte { b, _ := get(e); return b }}
}

func exists(get content) expr {
	return expr{cond: func(e *Evaluator) bool { _, ok := get(e); return ok }}
}

// appended is the value that write leaves in the buffer.
func appended(write text) expr {
	return expr{str: func(e *Evaluator) []byte {
		n := len(e.buf)
		e.buf = write(e, e.buf)
		return e.from(n)
	}}
}

// option reads option[code] or option[code].option[sub].
func (p *parser) option(token) expr {
	code := p.optionIndex()
	p.expect(".")
	if p.accept("option") {
		return p.suboption(code, p.index())
	}
	get := func(e *Evaluator) ([]byte, bool) { return e.Packet.Option(code) }
	switch p.oneOf("option", "text", "hex", "exists") {
	case "exists":
		return exists(get)
	case "text":
		return appended(func(e *Evaluator, b []byte) []byte { return e.Packet.AppendText(b, code) })
	}
	return expr{str: func(e *Evaluator) []byte { b, _ := e.Packet.Option(code); return b }}
}

func (p *parser) suboption(code, sub uint16) expr {
	return p.representation(
		func(e *Evaluator) ([]byte, bool) { return e.Packet.Suboption(code, sub) },
		func(e *Evaluator, b []byte) []byte { return e.Packet.AppendSubText(b, code, sub) })
}

// optionRelayAgentInfo is the option that relays add in DHCPv4 (RFC 3046).
const optionRelayAgentInfo = 82

func (p *parser) relay4(t token) expr {
	p.only4(t)
	return p.suboption(optionRelayAgentInfo, p.index())
}

// maxRelays is one more than the relays that a DHCPv6 message passes (RFC 8415).
const maxRelays = 32

func (p *parser) relay6(t token) expr {
	p.only6(t)
	p.expect("[")
	nest := int(p.integer(-maxRelays, maxRelays-1, "the number of a relay"))
	p.expect("]")
	p.expect(".")
	if p.accept("option") {
		code := p.index()
		return p.representation(
			func(e *Evaluator) ([]byte, bool) { return e.Packet.(Packet6).RelayOption(nest, code) },
			func(e *Evaluator, b []byte) []byte { return e.Packet.(Packet6).AppendRelayText(b, nest, code) })
	}
	link := p.oneOf("option", "peeraddr", "linkaddr") == "linkaddr"
	return appended(func(e *Evaluator, b []byte) []byte {
		return e.Packet.(Packet6).AppendRelayAddress(b, nest, link)
	})
}

// field reads .name of a property.
func (p *parser) field(fields map[string]Field, names ...string) expr {
	p.expect(".")
	f := fields[p.oneOf(names...)]
	return appended(func(e *Evaluator, b []byte) []byte { return e.Packet.AppendField(b, f) })
}

var (
	pktFields  = map[string]Field{"iface": PktIface, "src": PktSrc, "dst": PktDst, "len": PktLen}
	pkt4Fields = map[string]Field{
		"mac": Pkt4MAC, "hlen": Pkt4HLen, "htype": Pkt4HType, "ciaddr": Pkt4CIAddr, "giaddr": Pkt4GIAddr,
		"yiaddr": Pkt4YIAddr, "siaddr": Pkt4SIAddr, "msgtype": PktMsgType, "transid": PktTransID,
	}
)

func (p *parser) pkt(token) expr { return p.field(pktFields, "iface", "src", "dst", "len") }

func (p *parser) pkt4(t token) expr {
	p.only4(t)
	return p.field(pkt4Fields, "mac", "hlen", "htype", "ciaddr", "giaddr", "yiaddr", "siaddr", "msgtype", "transid")
}

func (p *parser) pkt6(t token) expr {
	p.only6(t)
	return p.field(pkt4Fields, "msgtype", "transid")
}

// vendorForm is how a DHCP version encodes vendor options: those of RFC 3925 are
// counted by one byte, those of RFC 8415 by two.
type vendorForm struct {
	options, classes uint16 // codes
	counter          int    // bytes of a length
}

func (p *parser) vendorForm() vendorForm {
	if p.opts.V6 {
		return vendorForm{options: 17, classes: 16, counter: 2}
	}
	return vendorForm{options: 125, classes: 124, counter: 1}
}

// enterpriseNumber is the number that the first instance begins with.
func enterpriseNumber(code uint16) expr {
	return expr{str: func(e *Evaluator) []byte {
		if b, _ := e.Packet.Option(code); len(b) >= 4 {
			return b[:4]
		}
		return nil
	}}
}

// ofVendor finds an option that begins with the enterprise number, 0 being any,
// and returns what follows the number.
func ofVendor(code uint16, enterprise uint32) content {
	return func(e *Evaluator) ([]byte, bool) {
		b, _ := e.Packet.Option(code)
		if len(b) < 4 || enterprise != 0 && binary.BigEndian.Uint32(b) != enterprise {
			return nil, false
		}
		return b[4:], true
	}
}

// vendor reads vendor.enterprise, vendor[e].exists, vendor[e].option[m].
func (p *parser) vendor(token) expr {
	form := p.vendorForm()
	if p.accept(".") {
		p.oneOf("enterprise")
		return enterpriseNumber(form.options)
	}
	enterprise := p.enterprise()
	whole := ofVendor(form.options, enterprise)
	p.expect(".")
	if p.accept("exists") {
		return exists(whole)
	}
	p.oneOf("option", "exists")
	sub := p.index()
	get := func(e *Evaluator) ([]byte, bool) {
		if _, ok := whole(e); !ok {
			return nil, false
		}
		return e.Packet.Suboption(form.options, sub)
	}
	return p.representation(get, func(e *Evaluator, b []byte) []byte {
		if _, ok := get(e); !ok {
			return b
		}
		return e.Packet.AppendSubText(b, form.options, sub)
	})
}

// vendorClass reads vendor-class.enterprise, vendor-class[e].exists and
// vendor-class[e].data[i].
func (p *parser) vendorClass(token) expr {
	form := p.vendorForm()
	if p.accept(".") {
		p.oneOf("enterprise")
		return enterpriseNumber(form.classes)
	}
	whole := ofVendor(form.classes, p.enterprise())
	p.expect(".")
	if p.oneOf("exists", "data") == "exists" {
		return exists(whole)
	}
	index := 0
	if p.accept("[") {
		index = int(p.integer(0, 255, "an index of data"))
		p.expect("]")
	}
	v4 := !p.opts.V6
	return expr{str: func(e *Evaluator) []byte {
		b, _ := whole(e)
		if v4 && len(b) > 0 {
			b = b[1:min(len(b), 1+int(b[0]))] // only what belongs to the first vendor
		}
		return tuple(b, index, form.counter)
	}}
}

// tuple returns the element of that index among counted ones.
func tuple(b []byte, index, counter int) []byte {
	for len(b) >= counter {
		n := 0
		for _, c := range b[:counter] {
			n = n<<8 | int(c)
		}
		b = b[counter:]
		if n > len(b) {
			return nil
		}
		if index == 0 {
			return b[:n:n]
		}
		b, index = b[n:], index-1
	}
	return nil
}

func (p *parser) memberCall(token) expr {
	p.expect("(")
	if p.tok.kind != tokenText {
		p.unexpected("the name of a class in single quotes")
	}
	t := p.advance()
	p.expect(")")
	return p.member(t, string(t.bytes))
}

// known and unknown are short for member('KNOWN') and its contrary.
func (p *parser) known(t token) expr { return p.member(t, "KNOWN") }

func (p *parser) unknown(t token) expr {
	known := p.member(t, "KNOWN").cond
	return expr{cond: func(e *Evaluator) bool { return !known(e) }}
}
