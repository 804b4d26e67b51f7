package classify

import (
	"encoding/binary"
	"fmt"
)

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

// accessor is an option, which the trace shows under a name.
type accessor struct {
	name  any
	get   content
	write text
}

// as makes a value or condition of one of .hex, .text and .exists.
func (a accessor) as(representation string) expr {
	const id = "EVAL_DEBUG_OPTION"
	switch representation {
	case "exists":
		return expr{cond: tracedTest(id, a.name, exists(a.get))}
	case "text":
		return expr{str: traced(id, a.name, appended(a.write))}
	}
	return expr{str: traced(id, a.name, func(e *Evaluator) []byte { b, _ := a.get(e); return b })}
}

// representation reads .hex, .text or .exists behind an option.
func (p *parser) representation(a accessor) expr {
	p.expect(".")
	return a.as(p.oneOf("text", "hex", "exists"))
}

func exists(get content) condition {
	return func(e *Evaluator) bool { _, ok := get(e); return ok }
}

// appended is the value that write leaves in the buffer.
func appended(write text) value {
	return func(e *Evaluator) []byte {
		n := len(e.buf)
		e.buf = write(e, e.buf)
		return e.from(n)
	}
}

// option reads option[code] or option[code].option[sub].
func (p *parser) option(token) expr {
	code := p.optionIndex()
	p.expect(".")
	if p.accept("option") {
		return p.suboption(code, p.index())
	}
	return accessor{
		code,
		func(e *Evaluator) ([]byte, bool) { return e.Packet.Option(code) },
		func(e *Evaluator, b []byte) []byte { return e.Packet.AppendText(b, code) },
	}.as(p.oneOf("option", "text", "hex", "exists"))
}

// subName names a sub-option in the trace.
func subName(code, sub uint16) string { return fmt.Sprintf("%d.%d", code, sub) }

func (p *parser) suboption(code, sub uint16) expr {
	return p.representation(accessor{
		subName(code, sub),
		func(e *Evaluator) ([]byte, bool) { return e.Packet.Suboption(code, sub) },
		func(e *Evaluator, b []byte) []byte { return e.Packet.AppendSubText(b, code, sub) },
	})
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
		return p.representation(accessor{
			code,
			func(e *Evaluator) ([]byte, bool) { return e.Packet.(Packet6).RelayOption(nest, code) },
			func(e *Evaluator, b []byte) []byte { return e.Packet.(Packet6).AppendRelayText(b, nest, code) },
		})
	}
	return p.relayAddress(nest)
}

// relayAddress reads the field of a relay.
func (p *parser) relayAddress(nest int) expr {
	field := p.oneOf("option", "peeraddr", "linkaddr")
	address := appended(func(e *Evaluator, b []byte) []byte {
		return e.Packet.(Packet6).AppendRelayAddress(b, nest, field == "linkaddr")
	})
	return expr{str: func(e *Evaluator) []byte {
		a := address(e)
		if e.Trace != nil {
			e.Trace("EVAL_DEBUG_RELAY6", field, nest, shownHex(a))
		}
		return a
	}}
}

// field reads .name of a property.
func (p *parser) field(id string, fields map[string]Field, names ...string) expr {
	p.expect(".")
	name := p.oneOf(names...)
	f := fields[name]
	return expr{str: traced(id, name, appended(func(e *Evaluator, b []byte) []byte { return e.Packet.AppendField(b, f) }))}
}

var (
	pktFields  = map[string]Field{"iface": PktIface, "src": PktSrc, "dst": PktDst, "len": PktLen}
	pkt4Fields = map[string]Field{
		"mac": Pkt4MAC, "hlen": Pkt4HLen, "htype": Pkt4HType, "ciaddr": Pkt4CIAddr, "giaddr": Pkt4GIAddr,
		"yiaddr": Pkt4YIAddr, "siaddr": Pkt4SIAddr, "msgtype": PktMsgType, "transid": PktTransID,
	}
)

func (p *parser) pkt(token) expr {
	return p.field("EVAL_DEBUG_PKT", pktFields, "iface", "src", "dst", "len")
}

func (p *parser) pkt4(t token) expr {
	p.only4(t)
	return p.field("EVAL_DEBUG_PKT4", pkt4Fields, "mac", "hlen", "htype", "ciaddr", "giaddr", "yiaddr", "siaddr", "msgtype", "transid")
}

func (p *parser) pkt6(t token) expr {
	p.only6(t)
	return p.field("EVAL_DEBUG_PKT6", pkt4Fields, "msgtype", "transid")
}

// vendorForm is how a DHCP version encodes vendor options: those of RFC 3925 are
// counted by one byte, those of RFC 8415 by two.
type vendorForm struct {
	options, classes uint16 // codes
	counter          int    // bytes of a length
	between          int    // bytes before each class but the first: its enterprise number
}

func (p *parser) vendorForm() vendorForm {
	if p.opts.V6 {
		return vendorForm{options: 17, classes: 16, counter: 2}
	}
	return vendorForm{options: 125, classes: 124, counter: 1, between: 4}
}

// enterpriseNumber is the number that the first instance begins with.
func enterpriseNumber(id string, code uint16) expr {
	return expr{str: func(e *Evaluator) []byte {
		b, _ := e.Packet.Option(code)
		if len(b) < 4 {
			return nil
		}
		if e.Trace != nil {
			e.Trace(id, binary.BigEndian.Uint32(b), shownHex(b[:4])[2:])
		}
		return b[:4]
	}}
}

// vendorExists reports whether the option of that vendor is there.
func vendorExists(id string, enterprise uint32, whole content) expr {
	return expr{cond: func(e *Evaluator) bool {
		_, found := whole(e)
		if found && e.Trace != nil {
			e.Trace(id, enterprise, shownBool(found))
		}
		return found
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
		return enterpriseNumber("EVAL_DEBUG_VENDOR_ENTERPRISE_ID", form.options)
	}
	enterprise := p.enterprise()
	whole := ofVendor(form.options, enterprise)
	p.expect(".")
	if p.accept("exists") {
		return vendorExists("EVAL_DEBUG_VENDOR_EXISTS", enterprise, whole)
	}
	p.oneOf("option", "exists")
	sub := p.index()
	get := func(e *Evaluator) ([]byte, bool) {
		if _, ok := whole(e); !ok {
			return nil, false
		}
		return e.Packet.Suboption(form.options, sub)
	}
	return p.representation(accessor{subName(form.options, sub), get, func(e *Evaluator, b []byte) []byte {
		if _, ok := get(e); !ok {
			return b
		}
		return e.Packet.AppendSubText(b, form.options, sub)
	}})
}

// vendorClass reads vendor-class.enterprise, vendor-class[e].exists and
// vendor-class[e].data[i].
func (p *parser) vendorClass(token) expr {
	form := p.vendorForm()
	if p.accept(".") {
		p.oneOf("enterprise")
		return enterpriseNumber("EVAL_DEBUG_VENDOR_CLASS_ENTERPRISE_ID", form.classes)
	}
	enterprise := p.enterprise()
	whole := ofVendor(form.classes, enterprise)
	p.expect(".")
	if p.oneOf("exists", "data") == "exists" {
		return vendorExists("EVAL_DEBUG_VENDOR_CLASS_EXISTS", enterprise, whole)
	}
	index := 0
	if p.accept("[") {
		index = int(p.integer(0, 255, "an index of data"))
		p.expect("]")
	}
	return expr{str: traced("EVAL_DEBUG_OPTION", fmt.Sprintf("%d.data[%d]", form.classes, index), func(e *Evaluator) []byte {
		b, _ := whole(e)
		return form.class(b, index)
	})}
}

// class returns the vendor class of that index in what follows the first enterprise
// number. RFC 3925 would have texts inside of it; Kea gives it as a whole.
func (f vendorForm) class(b []byte, index int) []byte {
	for len(b) >= f.counter {
		n := 0
		for _, c := range b[:f.counter] {
			n = n<<8 | int(c)
		}
		b = b[f.counter:]
		if n > len(b) {
			return nil
		}
		if index == 0 {
			return b[:n:n]
		}
		b, index = b[min(n+f.between, len(b)):], index-1
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
	return expr{cond: negate(p.member(t, "KNOWN").cond)}
}
