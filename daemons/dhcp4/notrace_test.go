package dhcp4

import (
	"testing"

	"nestor/lib/explain/why"
	"nestor/lib/logging"
	"nestor/lib/netio"
	"nestor/lib/packetloop"
)

// TestNoTraceCostsNothing shows that exchanges that nobody wants explained allocate
// nothing for it.
func TestNoTraceCostsNothing(t *testing.T) {
	ts := newTestServer(t, guardedConf)
	quiet := logging.New("kea-dhcp4")
	if err := quiet.Configure(ts.parse(`"loggers": [ { "name": "kea-dhcp4", "severity": "ERROR" } ]`).Loggers, false); err != nil {
		t.Fatal(err)
	}
	ts.srv.log = newLoggers(quiet)
	sock := &nullSocket{fakeSocket: *ts.sock}
	l := newLoop(ts.srv, sock, packetloop.BatchSize)
	offers := []netio.Datagram4{{
		Payload: query(discoverMsg, 1, prl(1, 3, 6, 15, 42, 44), opt(60, 'x')).ToBytes(),
		Dst:     broadcastAddr, SrcPort: 68, IfIndex: 2,
	}}
	run := func() { l.Turn(offers) }
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
	s, set := &subnet4{}, &optionSet{}
	var wanted, never codeSet
	b.ReportAllocs()
	for b.Loop() {
		x.trace.received()
		x.trace.address(whyByGIAddr, 1)
		x.trace.subnet(why.Selected, s)
		x.trace.Note(why.NoOwnLease)
		x.trace.lease(whyTaken, &x.own)
		x.trace.unsent(nil, &wanted, &never)
		x.trace.option(3, set)
		x.trace.Value(why.NameGenerated, "always")
	}
}
