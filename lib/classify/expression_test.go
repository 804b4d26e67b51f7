package classify

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// message is a packet of a test: options and sub-options by code.
type message struct {
	options map[uint16]string
	subs    map[[2]uint16]string
}

func (m *message) Option(code uint16) ([]byte, bool) {
	s, ok := m.options[code]
	return []byte(s), ok
}

func (m *message) Suboption(code, sub uint16) ([]byte, bool) {
	s, ok := m.subs[[2]uint16{code, sub}]
	return []byte(s), ok
}

func (m *message) AppendText(dst []byte, code uint16) []byte {
	if s, ok := m.options[code]; ok {
		return append(append(dst, "text of "...), s...)
	}
	return dst
}

func (m *message) AppendSubText(dst []byte, code, sub uint16) []byte {
	if s, ok := m.subs[[2]uint16{code, sub}]; ok {
		return append(append(dst, "text of "...), s...)
	}
	return dst
}

func (m *message) AppendField(dst []byte, f Field) []byte {
	switch f {
	case PktIface:
		return append(dst, "eth0"...)
	case Pkt4MAC:
		return append(dst, 1, 2, 3, 4, 5, 6)
	case PktSrc, PktDst, Pkt4CIAddr, Pkt4GIAddr, Pkt4YIAddr, Pkt4SIAddr:
		return append(dst, 192, 0, 2, byte(f))
	}
	return binary.BigEndian.AppendUint32(dst, uint32(f))
}

func (m *message) AppendRelayAddress(dst []byte, nest int, link bool) []byte {
	if nest != 0 && nest != -1 {
		return dst
	}
	last := byte(1)
	if link {
		last = 2
	}
	return append(dst, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last)
}

func (m *message) RelayOption(nest int, code uint16) ([]byte, bool) {
	if nest != 0 && nest != -1 {
		return nil, false
	}
	return m.Option(code)
}

func (m *message) AppendRelayText(dst []byte, nest int, code uint16) []byte {
	if nest != 0 && nest != -1 {
		return dst
	}
	return m.AppendText(dst, code)
}

var message4 = &message{
	options: map[uint16]string{
		12: "host", 77: "", 82: "\x01\x02ab", 93: "\x00\x09", 60: "docsis3.0",
		124: "\x00\x00\x11\x8b\x01a\x00\x00\x00\x09\x03bcd", 125: "\x00\x00\x11\x8b\x03\x01\x01x",
	},
	subs: map[[2]uint16]string{{82, 1}: "ab", {82, 2}: "", {125, 1}: "x"},
}

var message6 = &message{
	options: map[uint16]string{1: "duid", 16: "\x00\x00\x11\x8b\x00\x01a\x00\x02bc", 17: "\x00\x00\x11\x8b"},
	subs:    map[[2]uint16]string{{17, 258}: "x"},
}

func testOptions(v6 bool) Options {
	names := NewNames()
	in := names.Add("in")
	out := names.Add("out")
	return Options{
		V6: v6,
		OptionCode: func(name string) (uint16, bool) {
			code, ok := map[string]uint16{"host-name": 12, "hex": 60, "own_one": 12}[name]
			return code, ok
		},
		Class: func(name string) (int, error) {
			switch name {
			case "in":
				return in, nil
			case "out":
				return out, nil
			case "KNOWN":
				return Known, nil
			}
			return 0, fmt.Errorf("class '%s' is not defined", name)
		},
	}
}

func evaluator(v6 bool) *Evaluator {
	s := &Set{}
	o := testOptions(v6)
	n, _ := o.Class("in")
	s.Add(n)
	e := &Evaluator{Packet: message4, Classes: s}
	if v6 {
		e.Packet = message6
	}
	return e
}

// truths are conditions that hold for the test's messages, by checklist line.
var truths = []struct {
	id  string
	v6  bool
	all []string
}{
	{"CL.2.1 blanks", false, []string{"\n'a'\t==\n'a'", "option\n[\n12\n]\n.\nexists", "not('a'=='b')", "substring(\n'ab'\n,0\n,1)=='a'"}},
	{"CL.2.2 text", false, []string{"'' == ''", "'\\n' == 0x5c6e", "'\"' == 0x22", "'a' + 0x27 + 'b' == 0x612762"}},
	{"CL.2.3 CL.4.27 hexadecimal digits", false, []string{"0x6162 == 'ab'", "0X6162 == 'ab'", "0x1 == 0x01", "0x123 == 0x0123", "0xAB == 0xab"}},
	{"CL.2.4 integers", false, []string{"0 == 0x00000000", "007 == 7", "substring('ab', -1, -9223372036854775808) == 'a'"}},
	{"CL.2.5 CL.2.6 CL.4.2 addresses", false, []string{
		"10.0.0.1 == 0x0a000001", "2001:db8::1 == 0x20010db8000000000000000000000001", "::ffff:1.2.3.4 == 0x00000000000000000000ffff01020304",
		"fe80::1 == 0xfe800000000000000000000000000001", ":: == 0x00000000000000000000000000000000", "2001:DB8::A == 2001:db8::a",
	}},
	{"CL.2.7 names of options", false, []string{"option[host-name].hex == 'host'", "option[hex].hex == 'docsis3.0'", "option[ hex\n].exists", "option[ 12 ].exists", "option[own_one].exists"}},
	{"CL.2.10 the longest token", false, []string{"vendor-class[*].exists", "0x12 == 0x0012 or '12' == '12'", "uint16totext(0x0001) == '1'"}},
	{"CL.2.12 words of the manual", false, []string{"not known", "unknown", "addrtostring(10.0.0.1) == '10.0.0.1'"}},
	{"CL.3.1 precedence", false, []string{
		"'a' + 'b' == 'ab'", "not 'a' == 'b'", "not not 'a' == 'a'",
		"not 'a' == 'b' and 'a' == 'a'",   // not before and
		"not ('a' == 'b' and 'a' == 'a')", //
		"not ('a' == 'b' and 'a' == 'b' sand 'a' == 'b' or 'a' == 'b')",
		"'a' == 'a' or 'a' == 'a' and 'a' == 'b'",  // and before or
		"'a' == 'a' or 'a' == 'a' sand 'a' == 'b'", // sand before or
		"'a' == 'a' sor 'a' == 'a' or 'b' == 'c' sand 'a' == 'b'",
		"'a' == 'a' sor 'a' == 'b' and 'a' == 'b'", // and before sor
		"'a' == 'a' or 'a' == 'b' and not member('in')",
	}},
	{"CL.3.2 A and B or C", false, []string{"'a' == 'b' and 'a' == 'b' or 'a' == 'a'", "not ('a' == 'b' and ('a' == 'b' or 'a' == 'a'))", "not 'a' == 'b'"}},
	{"CL.3.4 parentheses", false, []string{"('a') == 'a'", "(('a' == 'a'))", "('a' + 'b') + 'c' == 'a' + ('b' + 'c')", "(not (('a') == ('b')))"}},
	{"CL.3.12 + joins any number", false, []string{"'a' + 'b' + 'c' + 'd' == 'abcd'"}},
	{"CL.4.1 bytes", false, []string{"'foo' == 0x666f6f", "0x5a7d == 'Z' + '}'"}},
	{"CL.4.3 integers", false, []string{"123 == 0x0000007b", "4294967295 == 0xffffffff"}},
	{"CL.4.24 lengths differ", false, []string{"not option[93].hex == 9", "option[93].hex == 0x0009"}},
	{"CL.4.25 absent is empty", false, []string{"option[78].hex == ''"}},
	{"CL.4.26 a digit is no integer", false, []string{"not '1' == 1"}},
	{"CL.3.5 CL.4.4 CL.4.5 CL.4.6 option", false, []string{
		"option[12].hex == 'host'", "option[12].text == 'text of host'", "option[12].exists", "option[77].exists", "option[77].hex == ''",
		"not option[13].exists", "option[13].hex == ''", "option[13].text == ''", "option[0].hex == ''", "option[255].hex == ''",
	}},
	{"CL.3.5 CL.3.6 CL.4.7 CL.4.8 sub-option", false, []string{
		"option[82].option[1].hex == 'ab'", "option[82].option[1].text == 'text of ab'", "option[82].option[2].exists", "not option[82].option[3].exists",
		"option[82].option[3].hex == ''", "option[82].option[3].text == ''",
		"relay4[1].hex == 'ab'", "relay4[1].text == 'text of ab'", "relay4[2].exists", "not relay4[3].exists", "relay4[3].hex == ''",
	}},
	{"CL.3.13 CL.3.14 packet", false, []string{
		"pkt.iface == 'eth0'", "pkt.src == 192.0.2.1", "pkt.dst == 192.0.2.2", "pkt.len == 3", "pkt4.mac == 0x010203040506",
		"pkt4.hlen == 5", "pkt4.htype == 6", "pkt4.ciaddr == 192.0.2.7", "pkt4.giaddr == 192.0.2.8", "pkt4.yiaddr == 192.0.2.9",
		"pkt4.siaddr == 192.0.2.10", "pkt4.msgtype == 11", "pkt4.transid == 12",
	}},
	{"CL.3.8 CL.3.9 CL.3.19 vendor", false, []string{
		"vendor.enterprise == 4491", "vendor[4491].exists", "vendor[*].exists", "vendor[0].exists", "not vendor[1].exists",
		"vendor[4491].option[1].exists", "vendor[*].option[1].hex == 'x'", "vendor[4491].option[1].text == 'text of x'",
		"vendor[1].option[1].hex == ''", "vendor[1].option[1].text == ''", "not vendor[4491].option[2].exists",
		"vendor-class.enterprise == 4491", "vendor-class[4491].exists", "vendor-class[*].exists", "not vendor-class[4294967295].exists",
		"vendor-class[4491].data == 'a'", "vendor-class[*].data[0] == 'a'", "vendor-class[4491].data[1] == 'bcd'",
		"vendor-class[4491].data[2] == ''", "vendor-class[4491].data[255] == ''", "vendor-class[1].data == ''",
	}},
	{"CL.3.10 CL.4.22 member", false, []string{"member('in')", "not member('out')", "unknown", "not known"}},
	{"CL.3.7 CL.3.15 CL.3.17 CL.3.18 DHCPv6", true, []string{
		"option[65535].hex == ''", "relay6[0].option[1].hex == 'duid'", "relay6[-1].option[1].exists", "relay6[0].option[1].text == 'text of duid'",
		"not relay6[31].option[1].exists", "relay6[-32].option[1].hex == ''", "relay6[0].peeraddr == 2001:db8::1", "relay6[-1].linkaddr == 2001:db8::2",
		"relay6[1].peeraddr == ''", "pkt6.msgtype == 11", "pkt6.transid == 12",
		"vendor[4491].option[258].hex == 'x'", "vendor.enterprise == 4491", "vendor-class[4491].data[1] == 'bc'", "vendor-class[4491].data[2] == ''",
	}},
	{"CL.13.2 ends of ranges", false, []string{
		"option[255].hex == ''", "option[0].hex == ''", "vendor-class[*].data[255] == ''", "not vendor[4294967295].exists", "4294967295 == 0xffffffff", "0 == 0x00000000",
	}},
	{"CL.13.2 ends of ranges, DHCPv6", true, []string{"not option[65535].exists", "relay6[31].peeraddr == ''", "relay6[-32].linkaddr == ''"}},
	{"CL.5.1 CL.13.3 substring", false, []string{
		"substring('foobar', 0, 6) == 'foobar'", "substring('foobar', 3, 3) == 'bar'", "substring('foobar', 3, all) == 'bar'",
		"substring('foobar', 1, 4) == 'ooba'", "substring('foobar', -5, 4) == 'ooba'", "substring('foobar', -1, -3) == 'oba'",
		"substring('foobar', 4, -2) == 'ob'", "substring('foobar', 10, 2) == ''", "substring('foobar', -7, 2) == ''",
		"substring('foobar', 3, -9) == 'foo'", "substring('foobar', 3, 0) == ''", "substring('', 0, all) == ''", "substring('foobar', 6, all) == ''",
		"substring('foobar', 5, -9223372036854775808) == 'fooba'", "substring('foobar', 0, 9223372036854775807) == 'foobar'",
	}},
	{"CL.5.2 CL.13.3 split", false, []string{
		"split('one.two..four', '.', 1) == 'one'", "split('one.two..four', '.', 2) == 'two'", "split('one.two..four', '.', 3) == ''",
		"split('one.two..four', '.', 4) == 'four'", "split('one.two..four', '.', 5) == ''", "split('one.two..four', '.', 0) == ''",
		"split('one.two..four', '.', -1) == ''", "split('a,b.c', '.,', 3) == 'c'", "split('a.b', '', 7) == 'a.b'", "split('', '.', 1) == ''",
		"split('a.', '.', 2) == ''", "split('a' + 0x27 + 'b', 0x27, 2) == 'b'",
	}},
	{"CL.5.3 CL.5.4 concat, ifelse", false, []string{
		"concat('foo', 'bar') == 'foobar'", "'abc' + 'def' + 'ghi' == 'abcdefghi'", "concat(lcase('A'), ucase('b') + lcase('C')) == 'aBc'",
		"ifelse('a' == 'a', 'us', 'them') == 'us'", "ifelse('a' == 'b', 'us', 'them') == 'them'", "sifelse('a' == 'b', 'us', 'them') == 'them'",
		"sifelse('a' == 'a', lcase('US'), ucase('them')) == 'us'", "ifelse(option[230].exists, option[230].hex, 'none') == 'none'",
	}},
	{"CL.5.5 hexstring", false, []string{
		"hexstring('foo', '-') == '66-6f-6f'", "hexstring(0x0aff, '') == '0aff'", "hexstring('', ':') == ''",
		"hexstring(pkt4.mac, ':') == '01:02:03:04:05:06'", "not hexstring(pkt4.mac, ':') == '01:02:03:04:05:07'", "not hexstring(pkt4.mac, ':') == '01:02:03:04:05:0'",
		"not hexstring('z', '') == '7A'", "hexstring('z', '') == '7a'", "hexstring('zz', '7a') == '7a7a7a'", "not hexstring('z', ':') == '7a:'", "not hexstring('z', ':') == ''",
		"not hexstring('z', ':') == '+a'", "hexstring('', '') == ''", "'7a' == hexstring('z', ':')", "hexstring(lcase('AB'), ucase('x')) == '61X62'",
	}},
	{"CL.5.6 case", false, []string{"lcase('LoWeR1') == 'lower1'", "ucase('uPpEr[') == 'UPPER['", "lcase(0xc4) == 0xc4"}},
	{"CL.5.7 CL.5.8 to text", false, []string{
		"addrtotext(192.10.0.1) == '192.10.0.1'", "addrtotext(2003:db8::) == '2003:db8::'", "addrtostring(10.0.0.1) == '10.0.0.1'", "addrtotext('') == ''",
		"int8totext(0xff) == '-1'", "int16totext(0xffff) == '-1'", "int32totext(0xffffffff) == '-1'", "uint8totext(0xff) == '255'",
		"uint16totext(0xffff) == '65535'", "uint32totext(4294967295) == '4294967295'", "uint8totext('') == ''", "int32totext(option[13].hex) == ''",
	}},
	{"CL.3.11 CL.5.9 CL.5.10 match", false, []string{
		"match('foo.*', lcase('FooBar'))", "match('.*foo.*', 'is it foo or bar')", "match('^.*foo.*$', 'is it foo or bar')", "not match('b', 'abc')",
		"match('a|ab', 'ab')", "match('a{2,3}[[:digit:]]', 'aa1')", "match('..', 0xc3a9)", "match('a.', 0x61ff)", "not match('.', 0x0a)",
	}},
	{"CL.3.21 CL.13.4 and, or, ifelse leave out what they need not", false, []string{
		"not ('a' == 'b' and uint8totext('ab') == '')", "'a' == 'a' or uint8totext('ab') == ''", "ifelse('a' == 'a', 'x', uint8totext('ab')) == 'x'",
	}},
}

func TestTruths(t *testing.T) {
	for _, row := range truths {
		t.Run(row.id, func(t *testing.T) {
			for _, text := range row.all {
				test, err := ParseTest(text, testOptions(row.v6))
				if err != nil {
					t.Errorf("%s: %v", text, err)
					continue
				}
				e := evaluator(row.v6)
				for range 2 {
					if ok, err := test.Matches(e); !ok || err != nil {
						t.Errorf("%s: %v %v", text, ok, err)
					}
				}
			}
		})
	}
}

func TestTemplate(t *testing.T) {
	x, err := ParseTemplate("ifelse(member('in'), substring(option[12].hex, 0, 2), '')", testOptions(false))
	if err != nil {
		t.Fatal(err)
	}
	if v, err := x.Value(evaluator(false)); string(v) != "ho" || err != nil {
		t.Errorf("%q %v", v, err)
	}
	if len(x.Classes()) != 1 {
		t.Errorf("classes %v", x.Classes())
	}
	x, _ = ParseTemplate("uint8totext('ab')", testOptions(false))
	if v, err := x.Value(evaluator(false)); err == nil || v != nil {
		t.Errorf("CL.6.10: %q %v", v, err)
	}
}

func TestEvaluationErrors(t *testing.T) {
	for _, text := range []string{
		"uint8totext(255) == '255'", "not uint16totext('a') == ''", "int32totext('abc') == ''", "addrtotext('abc') == ''",
		// CL.3.22 CL.13.4: the strict forms evaluate what they do not need.
		"'a' == 'b' sand uint8totext('ab') == ''", "'a' == 'a' sor uint8totext('ab') == ''", "sifelse('a' == 'a', 'x', uint8totext('ab')) == 'x'",
	} {
		t.Run("CL.5.7 CL.5.8 CL.6.10 "+text, func(t *testing.T) {
			test, err := ParseTest(text, testOptions(false))
			if err != nil {
				t.Fatal(err)
			}
			e := evaluator(false)
			if ok, err := test.Matches(e); ok || err == nil {
				t.Errorf("%v %v", ok, err)
			}
			good, _ := ParseTest("'a' == 'a'", testOptions(false))
			if ok, err := good.Matches(e); !ok || err != nil {
				t.Errorf("the next one: %v %v", ok, err)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	for _, row := range []struct {
		id, text, want string
		v6             bool
	}{
		{"CL.6.8", "", "1.1: the expression is empty", false},
		{"CL.6.8", " \n ", "2.2: the expression is empty", false},
		{"CL.1.10 CL.6.3", "'a'", "1.1-3: the result is a string", false},
		{"CL.3.3 CL.6.3", "'a' == 'b' == 'c'", "1.1-10: == takes a string here, this is true or false", false},
		{"CL.6.3", "'a' and 'a' == 'a'", "1.1-3: and takes true or false here, this is a string", false},
		{"CL.6.3", "not 'a'", "1.5-7: not takes true or false", false},
		{"CL.2.2", "option[1].hex == \"a\"", "1.18: Invalid character: \": text stands in single quotes", false},
		{"CL.2.9 CL.2.11", "'a' != 'b'", "1.5: Invalid character: !", false},
		{"CL.2.9", "'a' = 'b'", "1.5: Invalid character: =: equality is written ==", false},
		{"CL.2.2", "'a' == 'b", "1.8: the text has no end", false},
		{"CL.6.1", "'a' ==\n 'b' foo", "2.6-8: foo is not known", false},
		{"CL.2.8", "'a' == 'a' AND 'a' == 'a'", "1.12-14: AND is not known: keywords have small letters, write and", false},
		{"CL.2.3", "0x == 'a'", "1.1-2: 0x has no digits", false},
		{"CL.3.17 CL.6.5 CL.13.2", "option[256].exists", "1.8-10: 256 is out of range, an option code is 0 to 255", false},
		{"CL.3.17 CL.6.5 CL.13.2", "option[65536].exists", "an option code is 0 to 65535", true},
		{"CL.3.23 CL.6.4", "option[foo].exists", "1.8-10: option 'foo' is not defined", false},
		{"CL.3.17", "option[82].option[foo].exists", "1.19-21: syntax error, unexpected foo, expecting an integer", false},
		{"CL.6.1", "option[1].hexx == 'a'", "1.11-14: hexx is not known", false},
		{"CL.6.1", "option[1].mac == 'a'", "unexpected mac, expecting option, text, hex or exists", false},
		{"CL.6.1", "option[1] == 'a'", "1.11-12: syntax error, unexpected ==, expecting .", false},
		{"CL.3.7 CL.6.6", "relay6[0].peeraddr == ''", "1.1-6: relay6 can only be used in DHCPv6", false},
		{"CL.3.15 CL.6.6", "pkt6.msgtype == 1", "1.1-4: pkt6 can only be used in DHCPv6", false},
		{"CL.3.6 CL.6.6", "relay4[1].exists", "relay4 can only be used in DHCPv4", true},
		{"CL.3.14 CL.6.6", "pkt4.mac == ''", "pkt4 can only be used in DHCPv4", true},
		{"CL.3.18 CL.6.5 CL.13.2", "relay6[32].peeraddr == ''", "is -32 to 31", true},
		{"CL.3.18 CL.6.5 CL.13.2", "relay6[-33].peeraddr == ''", "is -32 to 31", true},
		{"CL.3.19 CL.6.5 CL.13.2", "vendor[4294967296].exists", "4294967296 is out of range", false},
		{"CL.3.20 CL.6.5 CL.13.2", "vendor-class[1].data[256] == ''", "256 is out of range, an index of data is 0 to 255", false},
		{"CL.2.12 CL.6.5 CL.13.2", "'a' == -1", "1.8-9: -1 is out of range, an integer is 0 to 4294967295", false},
		{"CL.6.5 CL.13.2", "'a' == 4294967296", "4294967296 is out of range", false},
		{"CL.2.4 CL.6.5", "'a' == 99999999999999999999", "has to fit 64 bits", false},
		{"CL.2.5", "300.0.0.1 == ''", "1.1-9: Failed to convert 300.0.0.1 to an IP address.", false},
		{"CL.2.6", "1::2::3 == ''", "Failed to convert 1::2::3", false},
		{"CL.6.7", "member('none')", "1.8-13: class 'none' is not defined", false},
		{"CL.3.10", "member(in)", "1.8-9: in is not known", false},
		{"CL.3.16 CL.6.2", "substring('a', 0) == ''", "1.17: syntax error, unexpected ), expecting ,", false},
		{"CL.3.16", "substring('a', option[1].hex, 1) == ''", "expecting an integer", false},
		{"CL.3.16 CL.6.2", "concat('a') == ''", "expecting ,", false},
		{"CL.5.3 CL.6.2", "concat('a', 'b', 'c') == ''", "expecting )", false},
		{"CL.5.4 CL.6.3", "ifelse('a', 'b', 'c') == ''", "1.8-10: ifelse takes true or false here", false},
		{"CL.6.3", "lcase('a' == 'a') == ''", "lcase takes a string here", false},
		{"CL.3.11", "match(option[1].hex, 'a')", "a regular expression in single quotes", false},
		{"CL.5.9", "match('(', 'a')", "1.7-9: '(' is no regular expression", false},
		{"CL.5.9", "match('a)|(b', 'a')", "is no regular expression", false},
		{"CL.5.10", `match('(a)\1', 'aa')`, "back-references", false},
		{"CL.3.4 CL.6.1", "('a' == 'a'", "end of the expression, expecting )", false},
		{"CL.3.4 CL.6.1", "'a' == 'a')", "1.11: syntax error, unexpected ), expecting an operator or the end", false},
		{"CL.6.1", strings.Repeat("(", 500) + "'a'", "nests more than 200 levels", false},
		{"CL.6.1", strings.Repeat("not ", 500) + "'a' == 'a'", "nests more than 200 levels", false},
		{"CL.2.2", "'a\nb' == 'a'", "1.1: the text has no end", false},
		{"CL.2.4", "3-2 == 1", "1.2-3: syntax error, unexpected -2", false},
		{"CL.2.4", "3 - 2 == 1", "1.3: Invalid character: -: there is no subtraction", false},
		{"CL.2.8", "NOT 'a' == 'b'", "keywords have small letters, write not", false},
		{"CL.2.9", "'a' == 'b' ;", "1.12: Invalid character: ;", false},
		{"CL.2.9", "'a' == #", "Invalid character: #", false},
		{"CL.2.10", "# a remark\n'a' == 'b'", "1.1: Invalid character: #", false},
		{"CL.2.11", "'a' < 'b'", "Invalid character: <", false},
		{"CL.2.11", "pkt4.secs == 1", "secs is not known", false},
		{"CL.2.11", "pkt4.file == ''", "file is not known", false},
		{"CL.2.12", "pkt6.msatype == 1", "msatype is not known", true},
		{"CL.3.3", "('a' == 'b') == 'c'", "== takes a string here", false},
		{"CL.3.13", "pkt.mac == ''", "unexpected mac, expecting iface, src, dst or len", false},
		{"CL.3.15", "pkt6.mac == ''", "unexpected mac, expecting msgtype or transid", true},
		{"CL.3.16", "split('a', '.', 'b') == ''", "expecting an integer", false},
		{"CL.3.17", "option[-1].exists", "-1 is out of range", false},
		{"CL.3.17", "relay4[256].exists", "an option code is 0 to 255", false},
		{"CL.3.17", "option[1].option[256].exists", "an option code is 0 to 255", false},
		{"CL.3.19", "vendor[-1].exists", "an enterprise number is 0 to 4294967295", false},
		{"CL.3.20", "vendor-class[1].data[-1] == ''", "an index of data is 0 to 255", false},
	} {
		t.Run(row.id+" "+row.text[:min(len(row.text), 40)], func(t *testing.T) {
			_, err := ParseTest(row.text, testOptions(row.v6))
			var e *Error
			if !errors.As(err, &e) || !strings.Contains(err.Error(), row.want) {
				t.Errorf("%v, want %s", err, row.want)
			}
		})
	}
	if _, err := ParseTemplate("'a' == 'a'", testOptions(false)); err == nil || !strings.Contains(err.Error(), "1.1-10: the result is true or false") {
		t.Errorf("CL.1.10 CL.6.3: %v", err)
	}
	if _, err := ParseTest("member('in')", Options{}); err == nil {
		t.Error("member without classes")
	}
}

// FuzzParse looks for expressions that make parser or evaluation panic, and for
// errors outside of the text.
func FuzzParse(f *testing.F) {
	for _, row := range truths {
		for _, text := range row.all {
			f.Add(text, row.v6)
		}
	}
	f.Fuzz(func(t *testing.T, text string, v6 bool) {
		o := testOptions(v6)
		o.Shared = &Shared{}
		test, err := ParseTest(text, o)
		if err == nil {
			sameWays(t, text, test, evaluator(v6))
			return
		}
		var e *Error
		if !errors.As(err, &e) || e.Line < 1 || e.Line > strings.Count(text, "\n")+1 || e.Col < 1 || e.Col > len(text)+1 || e.EndCol < e.Col {
			t.Fatalf("%q: %v", text, err)
		}
		if x, err := ParseTemplate(text, testOptions(v6)); err == nil {
			x.Value(evaluator(v6))
		}
	})
}

// sameWays compares the evaluation step by step, which a Trace asks for, with the
// quick one and with the index.
func sameWays(t *testing.T, text string, test *Test, e *Evaluator) {
	t.Helper()
	e.Begin()
	quick, err := test.Matches(e)
	candidate := NewIndex([]*Test{test}).Candidates(e, nil)[0] != 0
	e.Trace = func(string, ...any) {}
	steps, stepsErr := test.Matches(e)
	if quick != steps || (err == nil) != (stepsErr == nil) || !candidate && (quick || err != nil) {
		t.Errorf("%s: %v %v, step by step %v %v, candidate: %v", text, quick, err, steps, stepsErr, candidate)
	}
}

func BenchmarkMatches(b *testing.B) {
	for _, text := range []string{
		"substring(option[60].hex, 0, 6) == 'docsis'", "option[82].option[1].hex == pkt4.mac and not member('out')",
		"hexstring(substring(pkt4.mac, 0, 3), ':') == '01:02:03'", "match('doc.*', 'docsis')",
	} {
		b.Run(text, func(b *testing.B) {
			test, err := ParseTest(text, testOptions(false))
			if err != nil {
				b.Fatal(err)
			}
			e := evaluator(false)
			e.Packet = benchPacket{}
			b.ReportAllocs()
			for b.Loop() {
				test.Matches(e)
			}
		})
	}
}

// benchPacket answers without allocating.
type benchPacket struct{ *message }

var benchContent = []byte("docsis3.0")

func (benchPacket) Option(uint16) ([]byte, bool)            { return benchContent, true }
func (benchPacket) Suboption(uint16, uint16) ([]byte, bool) { return benchContent, true }
func (benchPacket) AppendField(dst []byte, _ Field) []byte  { return append(dst, 1, 2, 3, 4, 5, 6) }

func TestNoAllocation(t *testing.T) {
	test, err := ParseTest("hexstring(substring(pkt4.mac, 0, 3), ':') + option[60].hex == 'a' or match('x.*', option[60].hex)", testOptions(false))
	if err != nil {
		t.Fatal(err)
	}
	e := evaluator(false)
	e.Packet = benchPacket{}
	test.Matches(e)
	if n := testing.AllocsPerRun(100, func() { test.Matches(e) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
