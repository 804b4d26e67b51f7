package classify

import (
	"encoding/binary"
	"strings"
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

// accessor is an option. show tells the trace what it gave, written out.
type accessor struct {
	get   content
	write text
	show  func(e *Evaluator, given string)
}

// as makes a value or condition of one of .hex, .text and .exists.
func (a accessor) as(representation string) expr {
	switch representation {
	case "exists":
		return expr{cond: func(e *Evaluator) bool {
			_, ok := a.get(e)
			if e.Trace != nil {
				a.show(e, shownBool(ok))
			}
			return ok
		}}
	case "text":
		return expr{str: func(e *Evaluator) []byte {
			n := len(e.buf)
			e.buf = a.write(e, e.buf)
			v := e.from(n)
			if e.Trace != nil {
				a.show(e, shownText(v))
			}
			return v
		}}
	}
	return expr{str: func(e *Evaluator) []byte {
		v, _ := a.get(e)
		if e.Trace != nil {
			a.show(e, shownHex(v))
		}
		return v
	}}
}

// representation reads .hex, .text or .exists behind an option.
func (p *parser) representation(a accessor) expr {
	p.expect(".")
	return a.as(p.oneOf("text", "hex", "exists"))
}

// showOption tells the trace of an option by its code.
func showOption(code uint16) func(*Evaluator, string) {
	return func(e *Evaluator, given string) { e.Trace("EVAL_DEBUG_OPTION", code, given) }
}

// option reads option[code] or option[code].option[sub].
func (p *parser) option(token) expr {
	code := p.optionIndex()
	p.expect(".")
	if p.accept("option") {
		return p.suboption(code, p.index(), showSuboption)
	}
	return accessor{
		func(e *Evaluator) ([]byte, bool) { return e.Packet.Option(code) },
		func(e *Evaluator, b []byte) []byte { return e.Packet.AppendText(b, code) },
		showOption(code),
	}.as(p.oneOf("option", "text", "hex", "exists"))
}

func showSuboption(code, sub uint16) func(*Evaluator, string) {
	return func(e *Evaluator, given string) {
		id := "EVAL_DEBUG_SUB_OPTION"
		if _, ok := e.Packet.Option(code); !ok {
			id = "EVAL_DEBUG_SUB_OPTION_NO_OPTION"
		}
		e.Trace(id, code, sub, given)
	}
}

func (p *parser) suboption(code, sub uint16, show func(code, sub uint16) func(*Evaluator, string)) expr {
	return p.representation(accessor{
		func(e *Evaluator) ([]byte, bool) { return e.Packet.Suboption(code, sub) },
		func(e *Evaluator, b []byte) []byte { return e.Packet.AppendSubText(b, code, sub) },
		show(code, sub),
	})
}

// optionRelayAgentInfo is the option that relays add in DHCPv4 (RFC 3046).
const optionRelayAgentInfo = 82

func (p *parser) relay4(t token) expr {
	p.only4(t)
	return p.suboption(optionRelayAgentInfo, p.index(), func(_, sub uint16) func(*Evaluator, string) { return showOption(sub) })
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
			func(e *Evaluator) ([]byte, bool) { return e.Packet.(Packet6).RelayOption(nest, code) },
			func(e *Evaluator, b []byte) []byte { return e.Packet.(Packet6).AppendRelayText(b, nest, code) },
			showOption(code),
		})
	}
	return p.relayAddress(nest)
}

// relayAddress reads the field of a relay.
func (p *parser) relayAddress(nest int) expr {
	field := p.oneOf("option", "peeraddr", "linkaddr")
	return expr{str: func(e *Evaluator) []byte {
		n := len(e.buf)
		e.buf = e.Packet.(Packet6).AppendRelayAddress(e.buf, nest, field == "linkaddr")
		a := e.from(n)
		if e.Trace != nil {
			id := "EVAL_DEBUG_RELAY6"
			if len(a) == 0 {
				id = "EVAL_DEBUG_RELAY6_RANGE"
			}
			e.Trace(id, field, nest, shownHex(a))
		}
		return a
	}}
}

// field reads .name of a property.
func (p *parser) field(id string, fields map[string]Field, names ...string) expr {
	p.expect(".")
	name := p.oneOf(names...)
	f := fields[name]
	return expr{str: func(e *Evaluator) []byte {
		n := len(e.buf)
		e.buf = e.Packet.AppendField(e.buf, f)
		v := e.from(n)
		switch {
		case e.Trace == nil:
		case f == PktIface:
			e.Trace(id, name, shownRaw(v))
		default:
			e.Trace(id, name, shownHex(v))
		}
		return v
	}}
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

// vendorOption is one of the options that begin with an enterprise number. trace
// begins the identifiers of its messages.
type vendorOption struct {
	code  uint16
	trace string
}

// enterprise returns the number that the first instance begins with.
func (o vendorOption) enterprise() expr {
	return expr{str: func(e *Evaluator) []byte {
		b, _ := e.Packet.Option(o.code)
		if len(b) < 4 {
			o.missing(e, 0, "")
			return nil
		}
		if e.Trace != nil {
			e.Trace(o.trace+"_ENTERPRISE_ID", binary.BigEndian.Uint32(b), shownHex(b[:4])[2:])
		}
		return b[:4]
	}}
}

// of finds the option of an enterprise, 0 being any, and returns what follows its
// number.
func (o vendorOption) of(e *Evaluator, enterprise uint32) ([]byte, bool) {
	b, _ := e.Packet.Option(o.code)
	if len(b) < 4 || enterprise != 0 && binary.BigEndian.Uint32(b) != enterprise {
		return nil, false
	}
	return b[4:], true
}

// missing tells the trace why there is no option of the enterprise, and what is
// given in its place.
func (o vendorOption) missing(e *Evaluator, enterprise uint32, given string) {
	if e.Trace == nil {
		return
	}
	if b, _ := e.Packet.Option(o.code); len(b) >= 4 {
		e.Trace(o.trace+"_ENTERPRISE_ID_MISMATCH", enterprise, binary.BigEndian.Uint32(b), given)
		return
	}
	e.Trace(o.trace+"_NO_OPTION", o.code, given)
}

// exists reports whether the option of that enterprise is there.
func (o vendorOption) exists(enterprise uint32) expr {
	return expr{cond: func(e *Evaluator) bool {
		_, found := o.of(e, enterprise)
		switch {
		case !found:
			o.missing(e, enterprise, "false")
		case e.Trace != nil:
			e.Trace(o.trace+"_EXISTS", enterprise, "true")
		}
		return found
	}}
}

// vendor reads vendor.enterprise, vendor[e].exists, vendor[e].option[m].
func (p *parser) vendor(token) expr {
	o := vendorOption{p.vendorForm().options, "EVAL_DEBUG_VENDOR"}
	if p.accept(".") {
		p.oneOf("enterprise")
		return o.enterprise()
	}
	enterprise := p.enterprise()
	p.expect(".")
	if p.accept("exists") {
		return o.exists(enterprise)
	}
	p.oneOf("option", "exists")
	sub := p.index()
	get := func(e *Evaluator) ([]byte, bool) {
		if _, ok := o.of(e, enterprise); !ok {
			return nil, false
		}
		return e.Packet.Suboption(o.code, sub)
	}
	write := func(e *Evaluator, b []byte) []byte {
		if _, ok := get(e); !ok {
			return b
		}
		return e.Packet.AppendSubText(b, o.code, sub)
	}
	return p.representation(accessor{get, write, func(e *Evaluator, given string) {
		if _, ok := o.of(e, enterprise); ok {
			e.Trace("EVAL_DEBUG_OPTION", sub, given)
			return
		}
		o.missing(e, enterprise, strings.Trim(strings.TrimPrefix(given, "0x"), "'"))
	}})
}

// vendorClass reads vendor-class.enterprise, vendor-class[e].exists and
// vendor-class[e].data[i].
func (p *parser) vendorClass(token) expr {
	form := p.vendorForm()
	o := vendorOption{form.classes, "EVAL_DEBUG_VENDOR_CLASS"}
	if p.accept(".") {
		p.oneOf("enterprise")
		return o.enterprise()
	}
	enterprise := p.enterprise()
	p.expect(".")
	if p.oneOf("exists", "data") == "exists" {
		return o.exists(enterprise)
	}
	index := 0
	if p.accept("[") {
		index = int(p.integer(0, 255, "an index of data"))
		p.expect("]")
	}
	return expr{str: func(e *Evaluator) []byte {
		b, found := o.of(e, enterprise)
		v := form.class(b, index)
		switch {
		case e.Trace == nil:
		case !found:
			o.missing(e, enterprise, "")
		case v == nil:
			e.Trace("EVAL_DEBUG_VENDOR_CLASS_DATA_NOT_FOUND", index, enterprise, form.count(b), "")
		default:
			e.Trace("EVAL_DEBUG_VENDOR_CLASS_DATA", index, form.count(b), shownRaw(v))
		}
		return v
	}}
}

// count is the number of vendor classes in what follows the first enterprise number.
func (f vendorForm) count(b []byte) int {
	n := 0
	for f.class(b, n) != nil {
		n++
	}
	return n
}

// class returns the vendor class of that index in what follows the first enterprise
// number. RFC 3925 would have texts inside of it; Kea gives it as a whole. One that
// counts more bytes than there are is cut to these (ARM 8.15.1).
func (f vendorForm) class(b []byte, index int) []byte {
	for len(b) >= f.counter {
		n := 0
		for _, c := range b[:f.counter] {
			n = n<<8 | int(c)
		}
		b = b[f.counter:]
		n = min(n, len(b))
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
