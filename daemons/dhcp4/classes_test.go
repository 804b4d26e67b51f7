package dhcp4

import (
	"strings"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/lib/netio"
)

// debug turns all debug messages on.
func (ts *testServer) debug() {
	ts.t.Helper()
	loggers := ts.parse(`"loggers": [ { "name": "kea-dhcp4", "severity": "DEBUG", "debuglevel": 99 } ]`).Loggers
	if err := ts.srv.opts.Log.Configure(loggers, false); err != nil {
		ts.t.Fatal(err)
	}
	ts.log.Reset()
}

func classes(list string) string { return `"client-classes": [ ` + list + ` ], ` }

// ntp reads the last byte of option 42, by which tests tell where it came from.
func ntp(t *testing.T, r *sentReply) byte {
	t.Helper()
	if r == nil {
		t.Fatal("no answer")
	}
	o := r.Options[42]
	if len(o) == 0 {
		return 0
	}
	return o[len(o)-1]
}

func ntpOption(last string) string {
	return `"option-data": [ { "name": "ntp-servers", "data": "192.0.2.` + last + `" } ]`
}

// vendor is a client with that vendor class identifier, who asks for option 42.
func vendor(id string) []dhcpv4.Modifier {
	return []dhcpv4.Modifier{opt(60, []byte(id)...), prl(42)}
}

// guarded has an open subnet of one address and one for class gold beside it.
const guarded = `"shared-networks": [ { "name": "n", "subnet4": [
	{ "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.10" } ] },
	{ "id": 2, "subnet": "198.51.100.0/24", "pools": [ { "pool": "198.51.100.10-198.51.100.19" } ], "client-class": "gold" } ] } ]`

const goldClass = `{ "name": "gold", "test": "option[60].hex == 'gold'" }`

func TestClassGuards(t *testing.T) {
	t.Run("D4.23.1 D4.23.13 CL.8.7 CL.10.11 CL.10.16 only members may use a subnet", func(t *testing.T) {
		for scope, conf := range map[string]string{
			"subnet":  subnetWith(`"client-class": "gold"`),
			"pool":    `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.19", "client-class": "gold" } ] } ]`,
			"network": `"shared-networks": [ { "name": "n", "client-class": "gold", ` + subnetWith("") + ` } ]`,
		} {
			ts := newTestServer(t, classes(goldClass)+conf)
			expect(t, ts.lease(1, vendor("gold")...), ackMsg, "192.0.2.10")
			if r := ts.one(from{}, query(discoverMsg, 2, vendor("tin")...)); r != nil {
				t.Errorf("%s: others are answered %v", scope, r)
			}
			if scope == "pool" && ts.stat("v4-allocation-fail-classes") != 1 {
				t.Errorf("%s: v4-allocation-fail-classes is %d", scope, ts.stat("v4-allocation-fail-classes"))
			}
		}
		ts := newTestServer(t, classes(goldClass)+subnetWith(""))
		expect(t, ts.lease(2, vendor("tin")...), ackMsg, "192.0.2.10")
	})
	t.Run("D4.23.2 CL.10.12 a class restricts and does not prefer", func(t *testing.T) {
		ts := newTestServer(t, classes(goldClass)+guarded)
		expect(t, ts.lease(1, vendor("gold")...), ackMsg, "192.0.2.10")
	})
	t.Run("D4.23.3 CL.10.13 CL.10.15 members move on to the closed subnet, others never", func(t *testing.T) {
		ts := newTestServer(t, classes(goldClass)+guarded)
		expect(t, ts.lease(1), ackMsg, "192.0.2.10")
		if r := ts.one(from{}, query(discoverMsg, 2, vendor("tin")...)); r != nil {
			t.Errorf("others are answered %v", r)
		}
		expect(t, ts.lease(3, vendor("gold")...), ackMsg, "198.51.100.10")
	})
	t.Run("D4.23.4 CL.8.9 CL.8.11 CL.9.2 KNOWN chooses pools, not subnets", func(t *testing.T) {
		ts := newTestServer(t, subnetWith(`"client-class": "KNOWN", "reservations": [ `+reserve+` ]`))
		if r := ts.one(from{}, query(discoverMsg, 1)); r != nil {
			t.Errorf("answer %v", r)
		}
		ts = newTestServer(t, classes(`{ "name": "late", "test": "known" }`)+`"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [
			{ "pool": "192.0.2.10-192.0.2.11", "client-class": "UNKNOWN" }, { "pool": "192.0.2.20-192.0.2.21", "client-class": "late" } ],
			"reservations": [ { "hw-address": "02:00:00:00:00:01" } ] } ]`)
		expect(t, ts.lease(1), ackMsg, "192.0.2.20")
		expect(t, ts.lease(2), ackMsg, "192.0.2.10")
	})
}

// steps has a class for each step of the evaluation, and a reservation that
// brings one.
const steps = `"client-classes": [
	{ "name": "reserved" },
	{ "name": "lost", "test": "not member('reserved')" },
	{ "name": "early", "test": "option[60].hex == 'v'" },
	{ "name": "late", "test": "member('KNOWN')" },
	{ "name": "later", "test": "member('late') and member('early')" },
	{ "name": "stranger", "test": "unknown" },
	{ "name": "won", "test": "member('reserved')" },
	{ "name": "asked", "test": "member('won')", "only-if-required": true },
	{ "name": "VENDOR_CLASS_v" } ],
	"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.19" } ],
		"reservations": [ { "hw-address": "02:00:00:00:00:01", "client-classes": [ "reserved" ] }, { "hw-address": "02:00:00:00:00:02" } ] } ]`

func TestClassSteps(t *testing.T) {
	t.Run("D4.23.5 CL.6.18 CL.7.20 CL.8.1 CL.8.2 CL.8.3 CL.8.8 CL.8.9 CL.8.14 CL.8.15 CL.13.5 CL.13.6 order of the steps", func(t *testing.T) {
		ts := newTestServer(t, steps)
		ts.debug()
		for n, want := range map[byte][2]string{
			1: {"ALL, VENDOR_CLASS_v, lost, early", "ALL, VENDOR_CLASS_v, reserved, early, won, KNOWN, late, later"},
			2: {"ALL, VENDOR_CLASS_v, lost, early", "ALL, VENDOR_CLASS_v, lost, early, KNOWN, late, later"},
			3: {"ALL, VENDOR_CLASS_v, lost, early", "ALL, VENDOR_CLASS_v, lost, early, UNKNOWN, stranger"},
		} {
			ts.log.Reset()
			ts.one(from{}, query(discoverMsg, n, opt(60, 'v')))
			for _, line := range []string{
				"has been assigned on DHCPDISCOVER message to the following classes: " + want[0] + "\n",
				"has been assigned to the following classes: " + want[1] + "\n",
			} {
				if !strings.Contains(ts.log.String(), line) {
					t.Errorf("client %d: the log lacks %q:\n%s", n, line, ts.log.String())
				}
			}
		}
	})
	for id, test := range map[string]string{
		"D4.23.5 CL.6.17 CL.8.5 CL.13.10 DROP on receipt":                   "substring(option[60].hex, 0, 3) == 'bad'",
		"D4.23.5 CL.8.10 CL.9.9 CL.13.10 DROP after the reservation lookup": "member('UNKNOWN')",
		"D4.23.5 CL.8.5 DROP by an earlier class's outcome":                 "member('bad')",
	} {
		t.Run(id, func(t *testing.T) {
			ts := newTestServer(t, classes(`{ "name": "bad", "test": "option[60].text == 'badge'" }, { "name": "DROP", "test": "`+test+`" }`)+
				subnetWith(`"reservations": [ `+reserve+` ]`))
			ts.debug()
			if r := ts.one(from{}, query(discoverMsg, 2, opt(60, []byte("badge")...))); r != nil {
				t.Errorf("answer %v", r)
			}
			if n := ts.stat("pkt4-receive-drop"); n != 1 {
				t.Errorf("%d dropped", n)
			}
			if !strings.Contains(ts.log.String(), "dropped as member of the special class 'DROP'") {
				t.Errorf("log:\n%s", ts.log.String())
			}
			expect(t, ts.lease(1, opt(60, 'v')), ackMsg, "192.0.2.15")
		})
	}
	t.Run("CL.6.10 CL.6.11 CL.6.15 an expression that fails leaves the others alone", func(t *testing.T) {
		ts := newTestServer(t, classes(`{ "name": "a", "test": "not uint8totext(option[60].hex) == ''" }, { "name": "b", "test": "option[60].exists", `+ntpOption("2")+` }`)+subnetWith(""))
		if got := ntp(t, ts.lease(1, vendor("long")...)); got != 2 {
			t.Errorf("option 42 ends in %d", got)
		}
		if !strings.Contains(ts.log.String(), "DHCPSRV_EVAL_ERROR") || !strings.Contains(ts.log.String(), "Expression 'a' evaluated to uint8totext: the value has 4 bytes, it takes 1") {
			t.Errorf("log:\n%s", ts.log.String())
		}
	})
	t.Run("CL.4.28 CL.8.4 option 43 is taken apart once the classes are known", func(t *testing.T) {
		test := `"test": "option[43].option[1].hex == 'x'`
		ts := newTestServer(t, classes(`{ "name": "early", `+test+`", `+ntpOption("1")+` }, { "name": "late", `+test+` and unknown", `+ntpOption("2")+` }`)+subnetWith(""))
		if got := ntp(t, ts.lease(1, opt(43, 1, 1, 'x'), prl(42))); got != 2 {
			t.Errorf("option 42 ends in %d", got)
		}
	})
}

func TestAdditionalClasses(t *testing.T) {
	const all = `{ "name": "pool", "test": "option[60].exists", "only-if-required": true, ` +
		`"option-data": [ { "name": "ntp-servers", "data": "192.0.2.1" } ] },
		{ "name": "subnet", "test": "option[60].exists", "option-data": [ { "name": "ntp-servers", "data": "192.0.2.2" }, { "name": "time-servers", "data": "192.0.2.2" } ], "only-if-required": true },
		{ "name": "network", "only-if-required": true, "option-data": [ { "name": "time-servers", "data": "192.0.2.3" }, { "name": "log-servers", "data": "192.0.2.3" } ] }`
	conf := func(more, network, subnet, pool string) string {
		return classes(all+more) + `"shared-networks": [ { "name": "n", "require-client-classes": [ ` + network + ` ], "subnet4": [
			{ "id": 1, "subnet": "192.0.2.0/24", "require-client-classes": [ ` + subnet + ` ],
			  "pools": [ { "pool": "192.0.2.10-192.0.2.19", "require-client-classes": [ ` + pool + ` ] } ] } ] } ]`
	}
	ask := func(t *testing.T, ts *testServer) [3]byte {
		t.Helper()
		var last [3]byte
		r := ts.lease(1, opt(60, 'v'), prl(42, 4, 7))
		for i, code := range []uint8{42, 4, 7} {
			if o := r.Options[code]; len(o) == 4 {
				last[i] = o[3]
			}
		}
		return last
	}
	t.Run("D4.23.9 CL.7.4 only-if-required waits for being listed", func(t *testing.T) {
		if got := ask(t, newTestServer(t, conf("", "", "", ""))); got != [3]byte{} {
			t.Errorf("options end in %v", got)
		}
		if got := ask(t, newTestServer(t, conf("", "", `"subnet"`, ""))); got != [3]byte{2, 2, 0} {
			t.Errorf("options end in %v", got)
		}
	})
	t.Run("D4.23.10 CL.8.12 CL.8.18 CL.13.8 pool before subnet before shared network, a class without test is assigned", func(t *testing.T) {
		if got := ask(t, newTestServer(t, conf("", `"network"`, `"subnet"`, `"pool"`))); got != [3]byte{1, 2, 3} {
			t.Errorf("options end in %v", got)
		}
	})
	t.Run("D4.23.11 CL.8.13 CL.11.2 earlier classes win", func(t *testing.T) {
		early := `, { "name": "early", "test": "option[60].exists", "option-data": [ { "name": "time-servers", "data": "192.0.2.9" } ] }`
		if got := ask(t, newTestServer(t, conf(early, "", `"subnet"`, ""))); got != [3]byte{2, 9, 0} {
			t.Errorf("options end in %v", got)
		}
	})
	t.Run("CL.6.16 CL.8.17 CL.10.10 CL.13.8 a class that is not defined is passed over", func(t *testing.T) {
		ts := newTestServer(t, conf("", "", `"nowhere", "subnet"`, ""))
		ts.debug()
		if got := ask(t, ts); got != [3]byte{2, 2, 0} {
			t.Errorf("options end in %v", got)
		}
		if !strings.Contains(ts.log.String(), "DHCP4_ADDITIONAL_CLASS_UNDEFINED additional class nowhere has no definition") {
			t.Errorf("log:\n%s", ts.log.String())
		}
	})
	t.Run("the test says no", func(t *testing.T) {
		ts := newTestServer(t, conf("", "", `"subnet"`, ""))
		if got := ntp(t, ts.lease(1, prl(42))); got != 0 {
			t.Errorf("option 42 ends in %d", got)
		}
	})
}

func TestTemplateClasses(t *testing.T) {
	conf := classes(`{ "name": "t", "template-test": "substring(option[60].hex, 0, 3)", "option-data": [ { "name": "ntp-servers", "data": "192.0.2.1" }, { "name": "time-servers", "data": "192.0.2.1" } ] },
		{ "name": "SPAWN_t_foo", `+ntpOption("2")+` }, { "name": "after", "test": "member('SPAWN_t_foo') and member('t')", "next-server": "192.0.2.77" }`) + subnetWith("")
	t.Run("D4.23.8 CL.9.5 CL.9.11 CL.9.12 CL.13.11 the spawned class, then the template", func(t *testing.T) {
		ts := newTestServer(t, conf)
		r := ts.lease(1, opt(60, []byte("foobar")...), prl(42, 4))
		if ntp(t, r) != 2 || len(r.Options[4]) != 4 || r.ServerIPAddr.String() != "192.0.2.77" {
			t.Errorf("answer %v", r)
		}
	})
	t.Run("CL.6.15 CL.9.16 CL.13.11 a value that nothing refers to, and one of any bytes", func(t *testing.T) {
		ts := newTestServer(t, conf)
		ts.debug()
		if got := ntp(t, ts.lease(1, vendor("bar")...)); got != 1 {
			t.Errorf("option 42 ends in %d", got)
		}
		if got := ntp(t, ts.lease(2, vendor("\x00\n\xff")...)); got != 1 {
			t.Errorf("option 42 ends in %d", got)
		}
		for _, line := range []string{"Expression 't' evaluated to bar\n", "Expression 't' evaluated to 0x000aff\n", "DEBUG [kea-dhcp4.dhcpsrv/"} {
			if !strings.Contains(ts.log.String(), line) {
				t.Errorf("the log lacks %q:\n%s", line, ts.log.String())
			}
		}
	})
	t.Run("CL.1.2 CL.9.11 CL.13.11 no class of an empty value", func(t *testing.T) {
		ts := newTestServer(t, conf)
		if got := ntp(t, ts.lease(1, prl(42))); got != 0 {
			t.Errorf("option 42 ends in %d", got)
		}
	})
}

func TestClassPrecedence(t *testing.T) {
	t.Run("D4.23.12 CL.11.5 CL.11.6 CL.11.9 CL.13.7 checked example", func(t *testing.T) {
		ts := newTestServer(t, classes(`
			{ "name": "ALL", "server-hostname": "all", "option-data": [ { "name": "ntp-servers", "data": "192.0.2.1" } ] },
			{ "name": "B", "test": "option[60].exists", "next-server": "192.0.2.22", "valid-lifetime": 500, "option-data": [ { "name": "ntp-servers", "data": "192.0.2.2", "always-send": true } ] },
			{ "name": "A", "test": "option[60].exists", "next-server": "192.0.2.33", "boot-file-name": "a", "valid-lifetime": 600, "option-data": [ { "name": "ntp-servers", "data": "192.0.2.3" } ] }`)+
			subnetWith(`"valid-lifetime": 4000`))
		r := ts.lease(1, opt(60, 'v'))
		if ntp(t, r) != 1 || r.ServerIPAddr.String() != "192.0.2.22" || r.BootFileName != "a" || r.ServerHostName != "all" || r.IPAddressLeaseTime(0).Seconds() != 500 {
			t.Errorf("answer %v", r)
		}
	})
	t.Run("D4.23.6 CL.8.2 CL.9.3 class of the vendor", func(t *testing.T) {
		ts := newTestServer(t, classes(`{ "name": "VENDOR_CLASS_docsis3.0", "next-server": "192.0.2.22", "boot-file-name": "modem.bin", `+ntpOption("5")+` }`)+subnetWith(""))
		if r := ts.lease(1, vendor("docsis3.0")...); ntp(t, r) != 5 || r.ServerIPAddr.String() != "192.0.2.22" || r.BootFileName != "modem.bin" {
			t.Errorf("answer %v", r)
		}
		if got := ntp(t, ts.lease(2, vendor("docsis3")...)); got != 0 {
			t.Errorf("option 42 ends in %d", got)
		}
	})
}

func TestQueryInExpressions(t *testing.T) {
	relayed := []dhcpv4.Modifier{giaddr("192.0.2.3"), opt(82, 1, 2, 'a', 'b'), opt(125, 0, 0, 0x11, 0x8b, 3, 1, 1, 'x', 0, 0, 0, 9, 3, 2, 1, 'y'),
		opt(124, 0, 0, 0x11, 0x8b, 2, 1, 'c'), opt(222, 7, 1, 2, 'h', 'i'), opt(12, []byte("host")...), prl(42)}
	for _, test := range []string{
		"pkt.iface == 'eth0'", "pkt.src == 192.0.2.3", "pkt.dst == 192.0.2.1", "pkt.len == 288", "pkt4.mac == 0x020000000001", "pkt4.hlen == 6",
		"pkt4.htype == 1", "pkt4.giaddr == 192.0.2.3", "pkt4.ciaddr == 0", "pkt4.yiaddr == 0.0.0.0", "pkt4.siaddr == 0.0.0.0", "pkt4.msgtype == 1",
		"pkt4.transid == 0x01020301", "relay4[1].hex == 'ab'", "option[82].option[1].exists", "not relay4[2].exists", "vendor[4491].option[1].hex == 'x'",
		"not vendor[*].option[2].exists", "vendor-class[4491].data == 0x0163", "option[box].option[1].hex == 'hi'", "option[222].option[1].text == 'hi'",
		"option[host-name].text == 'host'", "not option[255].exists", "not option[0].exists", "option[12].option[1].hex == ''", "not option[61].exists",
		"vendor[4491].option[1].text == 'type=001, len=001: 120(uint8)'",
	} {
		t.Run("CL.13.1 "+test, func(t *testing.T) {
			ts := newTestServer(t, `"option-def": [ { "name": "box", "code": 222, "type": "uint8", "encapsulate": "inner" }, { "name": "in", "space": "inner", "code": 1, "type": "string" } ],`+
				classes(`{ "name": "a", "test": "`+test+`", `+ntpOption("4")+` }`)+subnetWith(""))
			r := ts.one(from{src: ip("192.0.2.3"), dst: ip("192.0.2.1"), port: 67}, query(discoverMsg, 1, relayed...))
			if got := ntp(t, r); got != 4 {
				t.Errorf("not a member")
			}
		})
	}
}

func TestEvaluationLog(t *testing.T) {
	ts := newTestServer(t, classes(`{ "name": "a", "test": "substring(option[61].hex,0,3) == 'foo'" }`)+subnetWith(""))
	ts.debug()
	ts.one(from{}, query(discoverMsg, 1, clientID([]byte("foobar")...)))
	// CL.6.13: the steps of ARM 15.10, in its order.
	log := ts.log.String()
	for _, step := range []string{
		"tid=0x1020301: Pushing option 61 with value 0x666F6F626172\n",
		"Pushing text string '0'\n", "Pushing text string '3'\n",
		"Popping length 3, start 0, string 0x666F6F626172 pushing result 0x666F6F\n",
		"Pushing text string 'foo'\n",
		"Popping 0x666F6F and 0x666F6F pushing result 'true'\n",
		"Expression 'a' evaluated to true\n",
	} {
		_, rest, ok := strings.Cut(log, step)
		if !ok {
			t.Fatalf("the log lacks, in its place, %q:\n%s", step, ts.log.String())
		}
		log = rest
	}
	if !strings.Contains(ts.log.String(), "[kea-dhcp4.eval/") {
		t.Errorf("the logger is another one:\n%s", ts.log.String())
	}
}

// TestClassificationAllocatesNothing holds the packet path to its word.
func TestClassificationAllocatesNothing(t *testing.T) {
	ts := newTestServer(t, classes(`{ "name": "a", "test": "substring(option[60].hex, 0, 6) == 'docsis'" }, { "name": "b", "test": "option[82].option[1].hex == pkt4.mac" },
		{ "name": "c", "template-test": "hexstring(pkt4.mac, ':') + option[60].hex" }, { "name": "d", "test": "known or match('v.*', option[60].hex)" }`)+subnetWith(""))
	if err := ts.srv.opts.Log.Configure(nil, false); err != nil { // -v logs every step
		t.Fatal(err)
	}
	x := newExchange(ts.srv)
	d := netio.Datagram4{Payload: query(discoverMsg, 1, opt(60, 'v')).ToBytes(), Dst: broadcastAddr}
	run := func() {
		x.Begin(ts.srv.state.Load(), ts.sock, &d, ts.now)
		if err := x.query.Parse(d.Payload); err != nil {
			t.Fatal(err)
		}
		if !x.classifyEarly() || !x.classifyHost() {
			t.Fatal("dropped")
		}
	}
	run()
	if got := x.classing.Names(); got != "ALL, c, UNKNOWN, d" {
		t.Errorf("classes %s", got)
	}
	if n := testing.AllocsPerRun(100, run); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
