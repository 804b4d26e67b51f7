package dhcp6

import (
	"net/netip"
	"testing"

	"nestor/lib/config"
	"nestor/lib/explain/why"
	"nestor/lib/lease"
	"nestor/lib/logging"
	"nestor/lib/netio"
	"nestor/lib/packetloop"
	"nestor/lib/pkt6"
)

// TestNoTraceCostsNothing shows that exchanges that nobody wants explained allocate
// nothing for it.
func TestNoTraceCostsNothing(t *testing.T) {
	ts := newTestServer(t, guardedConf)
	quiet := logging.New("kea-dhcp6")
	if err := quiet.Configure(ts.parse(`"loggers": [ { "name": "kea-dhcp6", "severity": "ERROR" } ]`).Loggers, false); err != nil {
		t.Fatal(err)
	}
	ts.srv.log = newLoggers(quiet)
	sock := &nullSocket{fakeSocket: *ts.sock}
	l := newLoop(ts.srv, sock, packetloop.BatchSize)
	solicit := []netio.Datagram6{{
		Payload: relay("2001:db8:1::1", query(pkt6.MsgSolicit, 1, vendorClass(), na(1), na(2, "2001:db8:1::11"), oro(23, 24, 27, 31, 99)), opt(pkt6.OptInterfaceID, 'p')),
		Src:     ip("2001:db8:3::9"), Dst: ip("2001:db8:3::1"), SrcPort: 547, IfIndex: 2,
	}}
	run := func() { l.Turn(solicit) }
	for range 10 {
		run() // memory of the exchange grows
	}
	if n := testing.AllocsPerRun(200, run); n != 0 {
		t.Errorf("an exchange makes %v allocations", n)
	}
}

// BenchmarkNoTrace is the cost of decisions that nobody wants to know of, ten at a
// time.
func BenchmarkNoTrace(b *testing.B) {
	x := &exchange{snap: &snapshot{}}
	s, set := &subnet6{}, &optionSet{}
	var wanted codeSet
	b.ReportAllocs()
	for b.Loop() {
		x.trace.received()
		x.trace.by(whyByLink, netip.Addr{})
		x.trace.ia()
		x.trace.address(why.Gets, s, [16]byte{}, 128)
		x.trace.subnet(why.Selected, s)
		x.trace.note(why.Reused)
		x.trace.lease(whyTaken, &lease.Lease6{})
		x.trace.unsent(nil, &wanted)
		x.trace.option(23, set)
		x.trace.lifetimes(config.Opt[config.Triplet]{}, config.Triplet{}, 1, 1, 0, 0)
	}
}
