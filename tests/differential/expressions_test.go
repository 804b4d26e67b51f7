package differential_test

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"nestor/tests/servers"
)

// expressions are tests of classes that both servers are to decide alike for every
// one of the probes, but where why says for which reason they do not. They stand for
// the whole language, as far as Kea 2.2.0 has it.
var expressions = []struct {
	facts string // that the tests show
	why   string
	tests []string
}{
	{facts: "CL.2 CL.4 literals", tests: []string{
		`'a' == 'a'`, `'a' == 'b'`, `'' == ''`, `'a' == 0x61`, `0xA == 0x0a`, `0X0aB == 0x0AB`, `'1' == 1`, `1 == 0x00000001`, `4294967295 == 0xffffffff`,
		`10.0.0.1 == 0x0a000001`, `10.0.0.1 == 167772161`, `2001:db8::1 == 0x20010db8000000000000000000000001`,
		`::ffff:1.2.3.4 == 0x00000000000000000000ffff01020304`, `('a') == (('a'))`, "'a'\n==\t'a'",
	}},
	{facts: "CL.3 connectives", tests: []string{
		`member('ALL')`, `not member('ALL')`, `not not member('ALL')`, `not 'a' == 'b'`, `option[12].exists and option[60].exists`,
		`option[12].exists or option[60].exists`, `option[12].exists or option[60].exists and option[61].exists`,
		`(option[12].exists or option[60].exists) and option[61].exists`, `not option[12].exists and option[60].exists`,
		`not (option[12].exists and option[60].exists)`, `option[12].exists and not option[60].exists or option[77].exists and not option[61].exists`,
	}},
	{facts: "CL.4 options", tests: []string{
		`option[12].exists`, `option[0].exists`, `option[255].exists`, `option[53].exists`, `option[host-name].exists`, `option[12].text == 'host'`,
		`option[12].hex == 'host'`, `option[12].hex == ''`, `option[12].text == ''`, `option[host-name].text == 'host'`, `option[ host-name ].hex == 'host'`,
		`option[53].hex == 0x01`, `option[53].hex == 1`, `option[53].text == '1'`, `option[50].hex == 10.0.1.1`, `option[50].text == '10.0.1.1'`,
		`option[55].hex == 0x0306`, `substring(option[55].hex,0,1) == 0x03`, `option[61].hex == 0x0102030405`,
		`substring(option[61].hex,1,all) == 0x02030405`, `option[93].hex == 9`, `option[93].hex == 0x0009`, `option[60].text == 'phone'`,
		`option[60].hex == 'phone'`, `substring(option[60].hex,0,9) == 'PXEClient'`, `option[77].hex == 'iPXE'`, `option[77].text == 'iPXE'`,
		`option[77].hex == 0x03616263`, `substring(option[77].hex,1,3) == 'abc'`, `option[97].hex == 0x0001020304`, `option[94].hex == 0x010300`,
		`option[81].exists`, `option[200].exists`, `option[200].hex == 0x0102`, `option[own-number].hex == 0x0007`, `option[own-number].text == '7'`,
		`option[222].option[1].exists`, `option[221].option[1].hex == 'in'`, `option[221].option[1].exists`, `option[221].option[2].exists`,
		`option[221].exists`, `option[221].option[1].text == 'in'`, `option[222].hex == ''`, `option[51].hex == 600`, `option[57].hex == 0x0240`,
		`option[54].hex == 10.0.0.1`,
	}},
	{facts: "CL.4 options as text", tests: []string{
		`option[93].text == 'type=093, len=002: 9 (uint16)'`, `option[94].text == 'type=094, len=003: 1 (uint8) 3 (uint8) 0 (uint8)'`,
		`option[53].text == 'type=053, len=001: 1 (uint8)'`, `option[55].text == 'type=055, len=002: 3(uint8) 6(uint8)'`, `option[61].text == 'type=061, len=005: 01:02:03:04:05'`,
		`option[51].text == 'type=051, len=004: 600 (uint32)'`, `option[50].text == 'type=050, len=004: 10.0.1.1 (ipv4-address)'`, `option[50].text == 'type=050, len=004: 10.0.1.1'`,
		`option[200].text == 'type=200, len=002: 01:02'`, `option[77].text == 'type=077, len=004: 69:50:58:45'`, `option[97].text == 'type=097, len=005: 0 (uint8) 01:02:03:04 (binary)'`,
		`option[97].text == 'type=097, len=005: 0 (uint8) 01020304 (binary)'`, `option[220].text == 'type=220, len=002: 7 (uint16)'`, `option[53].text == 'type=053, len=001: 1'`,
		`option[57].text == 'type=057, len=002: 576 (uint16)'`, `option[230].text == 'type=230, len=002: 01:02'`, `relay4[1].text == 'type=001, len=007: 63:69:72:63:75:69:74'`,
		`relay4[12].text == 'type=012, len=004: 00:01:02:03'`,
		`vendor[9].option[1].text == 'type=001, len=002: 02:03'`, `substring(option[221].text, 0, 18) == 'type=221, len=004:'`, `substring(option[82].text, 0, 18) == 'type=082, len=017:'`,
		`substring(option[124].text, 0, 15) == 'type=124, len=8'`, `substring(option[125].text, 0, 8) == 'type=125'`, `substring(option[81].text, 0, 8) == 'type=081'`, `substring(option[81].text, 0, 7) == 'type=81'`,
	}},
	{facts: "CL.4 relay agent information as text", why: newRelayDefinitions, tests: []string{
		`relay4[11].text == 'type=011, len=004: 10.1.0.1 (ipv4-address)'`, `relay4[11].text == 'type=011, len=004: 0a:01:00:01'`,
	}},
	{facts: "CL.4 relay agent information", tests: []string{
		`option[82].exists`, `option[82].option[1].exists`, `option[82].option[1].hex == 'circuit'`, `relay4[1].exists`, `relay4[1].hex == 'circuit'`,
		`relay4[1].text == 'circuit'`, `relay4[2].hex == 'remote'`, `relay4[5].exists`, `relay4[6].hex == 'subscriber'`, `relay4[9].exists`,
		`relay4[12].hex == 0x00010203`, `relay4[151].hex == 0x01`, `relay4[152].exists`, `relay4[0].exists`, `relay4[255].exists`,
		`relay4[11].hex == 10.1.0.1`, `relay4[1].hex == ''`, `substring(relay4[1].hex,-3,all) == 'uit'`,
		`option[82].hex == 0x01076369726375697402067265d66f7465`,
	}},
	{facts: "CL.4 vendor options", tests: []string{
		`vendor[4491].exists`, `vendor[*].exists`, `vendor[9].exists`, `vendor[0].exists`, `vendor.enterprise == 4491`, `vendor.enterprise == 0x0000118b`,
		`vendor.enterprise == ''`, `vendor[4491].option[1].exists`, `vendor[4491].option[1].hex == 0x02`, `vendor[*].option[1].hex == 0x02`,
		`vendor[4491].option[2].exists`, `vendor[9].option[1].hex == 0x0203`, `vendor[*].option[1].exists`, `vendor-class[4491].exists`,
		`vendor-class[*].exists`, `vendor-class[9].exists`, `vendor-class.enterprise == 4491`, `vendor-class[4491].data == 'ab'`,
		`vendor-class[4491].data[0] == 'ab'`, `vendor-class[4491].data[1] == 'cd'`, `vendor-class[4491].data == 0x026162`,
		`vendor-class[4491].data[0] == 0x026162026364`, `vendor-class[*].data[0] == 'ab'`, `vendor-class[*].data[255] == ''`, `option[125].exists`,
		`option[124].exists`, `option[125].hex == 0x0000118b03010102`, `option[125].option[1].exists`, `option[43].exists`, `option[43].option[1].exists`,
		`option[43].hex == 0x010109`, `option[124].hex == 0x0000118b03026162`, `option[230].exists`, `option[230].hex == 0x0102`,
	}},
	{facts: "CL.4 packet", tests: []string{
		`pkt.iface == 'eth0'`, `pkt.src == 0.0.0.0`, `pkt.src == 10.1.0.1`, `pkt.dst == 255.255.255.255`, `pkt.dst == 10.0.0.1`, `pkt.len == 300`,
		`pkt.len == 245`, `pkt.len == 249`, `pkt.len == 0x000000f5`, `pkt4.mac == 0x020000000001`, `substring(pkt4.mac,0,3) == 0x020000`, `pkt4.mac == ''`,
		`pkt4.hlen == 6`, `pkt4.hlen == 0x06`, `pkt4.htype == 1`, `pkt4.htype == 6`, `pkt4.ciaddr == 0.0.0.0`, `pkt4.ciaddr == 10.0.0.9`,
		`pkt4.giaddr == 10.1.0.1`, `pkt4.giaddr == 0.0.0.0`, `pkt4.yiaddr == 0.0.0.0`, `pkt4.yiaddr == 1.2.3.4`, `pkt4.siaddr == 5.6.7.8`,
		`pkt4.msgtype == 1`, `pkt4.msgtype == 3`, `pkt4.msgtype == 8`, `pkt4.transid == 0`,
	}},
	{facts: "CL.5 functions", tests: []string{
		`substring('foobar',0,6) == 'foobar'`, `substring('foobar',3,3) == 'bar'`, `substring('foobar',3,all) == 'bar'`, `substring('foobar',1,4) == 'ooba'`,
		`substring('foobar',-5,4) == 'ooba'`, `substring('foobar',-1,-3) == 'oba'`, `substring('foobar',4,-2) == 'ob'`, `substring('foobar',10,2) == ''`,
		`substring('foobar',-7,2) == ''`, `substring('foobar',-6,2) == 'fo'`, `substring('foobar',5,-9) == 'fooba'`, `substring('foobar',2,0) == ''`,
		`substring('',0,all) == ''`, `substring('foobar',0,99) == 'foobar'`, `concat('foo','bar') == 'foobar'`, `'foo' + 'bar' == 'foobar'`,
		`'a' + 'b' + 'c' == 'abc'`, `concat(concat('a','b'),'c') == 'a' + 'bc'`, `ifelse(option[12].exists,'y','n') == 'y'`,
		`ifelse(option[12].exists and option[60].exists, option[60].hex, ifelse(option[61].exists,'id','none')) == 'none'`,
		`hexstring(0x0a0b, ':') == '0a:0b'`, `hexstring('foo', '') == '666f6f'`, `hexstring('', ':') == ''`,
		`hexstring(pkt4.mac, '-') == '02-00-00-00-00-01'`, `hexstring(0xAB, '::') == 'ab'`, `hexstring(0x010203, ', ') == '01, 02, 03'`,
		`addrtotext(10.0.0.1) == '10.0.0.1'`, `addrtotext(2001:db8::1) == '2001:db8::1'`, `addrtotext('') == ''`, `addrtotext('abc') == ''`,
		`addrtotext(pkt4.giaddr) == '10.1.0.1'`, `addrtotext(option[50].hex) == '10.0.1.1'`, `int8totext(0xff) == '-1'`, `uint8totext(0xff) == '255'`,
		`int16totext(0xfffe) == '-2'`, `uint16totext(0xfffe) == '65534'`, `int32totext(4294967295) == '-1'`, `uint32totext(4294967295) == '4294967295'`,
		`uint32totext(pkt4.hlen) == '6'`, `uint8totext('') == ''`, `uint8totext('ab') == ''`, `uint8totext(option[53].hex) == '1'`,
		`uint16totext(option[93].hex) == '9'`, `split('a.b.c', '.', 1) == 'a'`, `split('a.b.c', '.', 3) == 'c'`, `split('a.b.c', '.', 4) == ''`,
		`split('a.b.c', '.', 0) == ''`, `split('a.b.c', '.', -1) == ''`, `split('a..c', '.', 2) == ''`, `split('a..c', '.', 3) == 'c'`,
		`split('a-b.c', '.-', 2) == 'b'`, `split('abc', '', 1) == 'abc'`, `split('abc', '', 7) == 'abc'`, `split('', '.', 1) == ''`,
		`split(option[12].hex, '.', 1) == 'host'`, `split('a.', '.', 2) == ''`, `split('.a', '.', 1) == ''`,
	}},
	{facts: "CL.6 failures", tests: []string{
		`addrtotext(option[12].hex) == ''`, `not addrtotext(option[12].hex) == 'x'`, `uint16totext(option[12].hex) == ''`,
		`option[12].exists and addrtotext('abc') == ''`,
	}},
	{facts: "CL.3 operands that need no evaluation", why: newShortCircuit, tests: []string{
		`option[53].exists or addrtotext('abc') == ''`, `ifelse(option[53].exists, 'y', addrtotext('abc')) == 'y'`,
	}},
	{facts: "CL.9 classes", tests: []string{
		`member('VENDOR_CLASS_phone')`, `member('UNKNOWN')`, `member('KNOWN')`, `not member('KNOWN')`, `not member('UNKNOWN')`, `member('EXTERNAL_x')`,
		`member('HA_one')`, `member('BOOTP')`, `member('x1')`, `not member('x1')`,
	}},
}

// probes are the packets that the expressions are put to.
var probes = [][]field{
	discover(),
	discover(text(12, "host")), discover(text(12, "host.example.org")), discover(opt(12, 0)), discover(text(60, "phone")), discover(text(12, "host"), text(60, "phone")), discover(text(60, "PXEClient:Arch:00007"), opt(93, 0, 9), opt(94, 1, 3, 0), opt(97, 0, 1, 2, 3, 4)), discover(opt(60)), discover(text(60, "phone\x00")), discover(text(12, "host\x00\x00"), text(60, "\x00")),
	discover(opt(61, 1, 2, 3, 4, 5)), discover(text(12, "host"), opt(61, 1, 2, 3, 4, 5)), discover(text(77, "iPXE")), discover(opt(77, 3, 'a', 'b', 'c')), discover(opt(77)), discover(prl(3, 6)), discover(prl(3)), discover(addr(50, "10.0.1.1")),
	discover(opt(200, 1, 2)), discover(opt(200)), discover(opt(220, 0, 7)), discover(opt(221, 1, 2, 'i', 'n')), discover(opt(221)), discover(opt(222, 1, 0)), discover(leaseTime(600), opt(57, 2, 64)), discover(fqdn(1, "\x04name\x00")),
	discover(relayed("10.1.0.1")), discover(relayed("10.1.0.1"), agent(append(sub(1, "circuit"), sub(2, "remote")...)...)), discover(relayed("10.1.0.1"), agent(append(sub(6, "subscriber"), 9, 2, 1, 2, 12, 4, 0, 1, 2, 3, 151, 1, 1, 152, 0)...)), discover(relayed("10.1.0.1"), agent(11, 4, 10, 1, 0, 1)), discover(relayed("10.1.0.1"), agent(5, 4, 10, 0, 0, 0)), discover(agent(sub(1, "circuit")...)),
	discover(opt(125, 0, 0, 0x11, 0x8b, 3, 1, 1, 2)), discover(opt(125, 0, 0, 0, 9, 4, 1, 2, 2, 3)), discover(opt(125, 0, 0, 0, 9, 0)), discover(opt(125, 0, 0, 0, 9, 4, 1, 2, 2, 3, 0, 0, 0x11, 0x8b, 3, 1, 1, 2)), discover(opt(124, 0, 0, 0x11, 0x8b, 3, 2, 'a', 'b')), discover(opt(124, 0, 0, 0x11, 0x8b, 6, 2, 'a', 'b', 2, 'c', 'd')), discover(opt(124, 0, 0, 0, 9, 1, 0)), discover(opt(124, 0, 0, 0x11, 0x8b, 2, 'a', 'b', 0, 0, 0, 9, 2, 'c', 'd')),
	discover(opt(43, 1, 1, 9)), discover(opt(43, 9)), discover(opt(230, 1, 2)), discover(hardware(6, 6)), discover(hardware(1, 16)), discover(hardware(1, 0), opt(61, 1, 2, 3, 4, 5)),
	discover(ciaddr("10.0.0.9")), discover(set(func(p *packet) { p.yiaddr, p.siaddr = netip.MustParseAddr("1.2.3.4"), netip.MustParseAddr("5.6.7.8") })), selecting(), message(typeRequest, addr(50, "10.0.1.1")), inform("10.0.0.9"), inform("10.0.0.9", unicast), discover(hw(0x77)), discover(hw(0x77), text(60, "phone")),
}

// showing are codes of options that mean nothing to servers: classes show by one each
// that they have the packet.
var showing = func() (codes []int) {
	for _, span := range [][2]int{{126, 135}, {163, 207}, {214, 219}, {224, 254}} {
		for code := span[0]; code <= span[1]; code++ {
			codes = append(codes, code)
		}
	}
	return codes
}()

// An expression is one of expressions.
type expression struct{ facts, why, test string }

func allExpressions() (all []expression) {
	for _, group := range expressions {
		for _, test := range group.tests {
			all = append(all, expression{group.facts, group.why, test})
		}
	}
	return all
}

// asClasses is a setting that has some expressions as tests of classes.
func asClasses(some []expression) setting {
	classes := list{object{"name": "x1", "test": "option[12].exists"}}
	for i, e := range some {
		classes = append(classes, object{"name": fmt.Sprintf("e%d", i), "test": e.test, "option-data": list{
			object{"code": showing[i], "csv-format": false, "data": "01", "always-send": true},
		}})
	}
	return setting{name: "expressions", config: func() object {
		return object{
			"option-def": list{
				object{"name": "own-number", "code": 220, "type": "uint16"},
				object{"name": "nest", "code": 221, "type": "empty", "encapsulate": "nested"},
				object{"name": "inside", "code": 1, "space": "nested", "type": "string"},
			},
			"client-classes": classes,
			"subnet4": list{
				object{"id": 1, "subnet": "10.0.0.0/16", "pools": list{object{"pool": "10.0.1.0 - 10.0.250.255"}},
					"reservations": list{object{"hw-address": "02:aa:00:00:00:77", "ip-address": "10.0.0.77"}}},
				object{"id": 2, "subnet": "10.1.0.0/24", "pools": list{object{"pool": "10.1.0.10 - 10.1.0.200"}}},
			},
		}
	}}
}

// Every expression on every probe, by both servers.
func TestExpressions(t *testing.T) {
	for some := range slices.Chunk(allExpressions(), len(showing)) {
		t.Run(some[0].test+" …", func(t *testing.T) {
			t.Parallel()
			s := asClasses(some)
			sent := course("probes", probes...)
			ours, theirs := s.start(t, servers.Nestor).hold(t, 0, sent), s.start(t, servers.Kea).hold(t, 0, sent)
			for n := range probes {
				if got := theirs[n].reply.kind(); got == 0 || ours[n].reply.kind() != got {
					t.Fatalf("probe %d\n  Nestor: %s\n  Kea:    %s", n, ours[n].reply, theirs[n].reply)
				}
			}
			for i, e := range some {
				t.Run(e.facts+" "+e.test, func(t *testing.T) { e.compare(t, byte(showing[i]), ours, theirs) })
			}
		})
	}
}

// compare checks for which probes an expression held, as an option of the answers
// shows.
func (e expression) compare(t *testing.T, shown byte, ours, theirs []answered) {
	needed := false
	for n := range probes {
		we, they := ours[n].reply.has(shown), theirs[n].reply.has(shown)
		needed = needed || we != they
		if we != they && e.why == "" {
			t.Errorf("holds for probe %d with options %x: Nestor %v, Kea %v", n, ours[n].query.options, we, they)
		}
	}
	if !needed && e.why != "" {
		t.Errorf("there is no need any more for: %s", e.why)
	}
}
