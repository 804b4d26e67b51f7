package dhcp6

import (
	"fmt"
	"strings"
	"testing"

	"nestor/lib/lease"
	"nestor/lib/pkt6"
)

// sharedStore stands for a store that other servers change too: its first commits
// fail, and it fetches leases ahead.
type sharedStore struct {
	lease.Manager6
	conflicts int
	fetched   []string
}

type sharedTx struct {
	lease.Tx6
	store *sharedStore
}

var _ lease.Prefetcher6 = sharedTx{}

func (s *sharedStore) Begin6() lease.Tx6 { return sharedTx{s.Manager6.Begin6(), s} }

func (t sharedTx) Commit() error {
	if t.store.conflicts > 0 {
		t.store.conflicts--
		t.Rollback()
		return fmt.Errorf("in a test: %w", lease.ErrConflict)
	}
	return t.Tx6.Commit()
}

func (t sharedTx) Prefetch6(duids [][]byte, addrs [][16]byte) {
	var b strings.Builder
	for _, id := range duids {
		fmt.Fprintf(&b, "duid %x ", id)
	}
	for _, a := range addrs {
		fmt.Fprintf(&b, "%s ", ip6(a))
	}
	t.store.fetched = append(t.store.fetched, strings.TrimSpace(b.String()))
}

// share puts a sharedStore in the place of the store of a server.
func (ts *testServer) share() *sharedStore {
	l := ts.srv.state.Load().leases
	s := &sharedStore{Manager6: l.Manager6}
	l.Manager6 = s
	return s
}

// A batch that meets a conflict is served as if it had met none.
func TestCommitConflict(t *testing.T) {
	serve := func(conflicts int) (answers, stats string) {
		ts := newTestServer(t, `"cache-threshold": 0.5, "subnet6": [ { "id": 1, "subnet": "2001:db8:1::/64", "interface": "eth0",
			"pools": [ { "pool": "2001:db8:1::10-2001:db8:1::12" } ],
			"pd-pools": [ { "prefix": "2001:db8:8000::", "prefix-len": 55, "delegated-len": 56 } ],
			"reservations": [ { "duid": "00:03:00:01:02:00:00:00:00:09", "ip-addresses": [ "2001:db8:1::10" ] } ] } ]`)
		ts.lease(1, na(1), pd(1))
		ts.lease(2, na(1), pd(1))
		ts.share().conflicts = conflicts
		for _, r := range ts.send(from{},
			query(pkt6.MsgRenew, 1, na(1, "2001:db8:1::11"), pd(1, "2001:db8:8000::/56")), // from the lease cache
			query(pkt6.MsgSolicit, 9, na(1), pd(1)),
			query(pkt6.MsgRequest, 9, na(1, "2001:db8:1::10")),
			query(pkt6.MsgRelease, 2, na(1, "2001:db8:1::12"), pd(1, "2001:db8:8000:100::/56")),
			query(pkt6.MsgRequest, 3, na(1), pd(1)),
			query(pkt6.MsgRequest, 4, na(1), pd(1)), // nothing is left
			query(pkt6.MsgDecline, 1, na(1, "2001:db8:1::11")),
		) {
			answers += fmt.Sprintf("%x %s\n", r.raw, r.given())
		}
		for _, name := range []string{
			"pkt6-received", "pkt6-sent", "pkt6-request-received", "pkt6-reply-sent", "v6-ia-na-lease-reuses", "v6-ia-pd-lease-reuses",
			"v6-allocation-fail", "v6-allocation-fail-subnet", "subnet[1].assigned-nas", "subnet[1].cumulative-assigned-nas",
			"subnet[1].assigned-pds", "subnet[1].cumulative-assigned-pds", "subnet[1].declined-addresses",
		} {
			stats += fmt.Sprintln(name, ts.stat(name))
		}
		return answers, stats
	}
	answers, stats := serve(0)
	if strings.Count(answers, "\n") != 7 {
		t.Fatalf("without a conflict\n%s", answers)
	}
	for _, conflicts := range []int{1, 3, 5} {
		a, s := serve(conflicts)
		if a != answers || s != stats {
			t.Errorf("after %d conflicts\n%s%swithout\n%s%s", conflicts, a, s, answers, stats)
		}
	}
}

func TestPrefetch(t *testing.T) {
	ts := newTestServer(t, `"subnet6": [ { "id": 1, "subnet": "2001:db8:1::/64", "interface": "eth0",
		"pools": [ { "pool": "2001:db8:1::10-2001:db8:1::12" } ],
		"reservations": [ { "duid": "00:03:00:01:02:00:00:00:00:02", "ip-addresses": [ "2001:db8:1::20" ], "prefixes": [ "2001:db8:9000::/56" ] } ] } ]`)
	s := ts.share()
	ts.send(from{},
		query(pkt6.MsgSolicit, 1, na(1, "2001:db8:1::11"), pd(2, "2001:db8:8000::/56")),
		query(pkt6.MsgRenew, 2, na(1, "2001:db8:1::12")),
		query(pkt6.MsgRelease, 3, na(1, "2001:db8:1::10")),
		query(pkt6.MsgConfirm, 4, na(1, "2001:db8:1::10")),
	)
	want := "duid 00030001020000000001 duid 00030001020000000002 2001:db8:1::11 2001:db8:8000:: 2001:db8:1::12 2001:db8:1::20 2001:db8:9000:: 2001:db8:1::10"
	if len(s.fetched) != 1 || s.fetched[0] != want {
		t.Errorf("fetched %q,\nwant %q", s.fetched, want)
	}
}
