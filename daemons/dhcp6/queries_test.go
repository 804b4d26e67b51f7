package dhcp6

import (
	"slices"
	"testing"

	"nestor/lib/pkt6"
)

func TestSARR(t *testing.T) {
	ts := newTestServer(t, plain)
	offer := ts.one(query(pkt6.MsgSolicit, 1, na(1), pd(2)))
	t.Run("D6.36.1 NA and PD together", func(t *testing.T) {
		ts.expect(offer, "na1 2001:db8:1::10 4500/7200, pd2 2001:db8:8000::/56 4500/7200")
	})
	if ts.stored("2001:db8:1::10") != nil {
		t.Error("an ADVERTISE has stored a lease")
	}
	reply := ts.one(query(pkt6.MsgRequest, 1, na(1, "2001:db8:1::10"), pd(2, "2001:db8:8000::/56")))
	ts.expect(reply, "na1 2001:db8:1::10 4500/7200, pd2 2001:db8:8000::/56 4500/7200")
	t1, t2 := reply.tees()
	if t1 != 2250 || t2 != 3600 {
		t.Errorf("D6.16.8 T1 %d, T2 %d, want 2250 and 3600", t1, t2)
	}
	if got := reply.codes(); !slices.Equal(got, []uint16{1, 2, 3, 25}) {
		t.Errorf("options %v", got)
	}
}
