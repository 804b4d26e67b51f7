package dhcp4

import (
	"fmt"
	"strings"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/lib/lease"
)

// sharedStore stands for a store that other servers change too: its first commits
// fail, and it fetches leases ahead.
type sharedStore struct {
	lease.Manager4
	conflicts int
	fetched   []string
}

type sharedTx struct {
	lease.Tx4
	store *sharedStore
}

var _ lease.Prefetcher4 = sharedTx{}

func (s *sharedStore) Begin4() lease.Tx4 { return sharedTx{s.Manager4.Begin4(), s} }

func (t sharedTx) Commit() error {
	if t.store.conflicts > 0 {
		t.store.conflicts--
		t.Rollback()
		return fmt.Errorf("in a test: %w", lease.ErrConflict)
	}
	return t.Tx4.Commit()
}

func (t sharedTx) Prefetch4(clientIDs, hwAddrs [][]byte, addrs []uint32) {
	var b strings.Builder
	for _, id := range clientIDs {
		fmt.Fprintf(&b, "id %x ", id)
	}
	for _, hw := range hwAddrs {
		fmt.Fprintf(&b, "hw %x ", hw)
	}
	for _, a := range addrs {
		fmt.Fprintf(&b, "%s ", ip4(a))
	}
	t.store.fetched = append(t.store.fetched, strings.TrimSpace(b.String()))
}

// share puts a sharedStore in the place of the store of a server.
func (ts *testServer) share() *sharedStore {
	l := ts.srv.state.Load().leases
	s := &sharedStore{Manager4: l.Manager4}
	l.Manager4 = s
	return s
}

// A batch that meets a conflict is served as if it had met none.
func TestCommitConflict(t *testing.T) {
	serve := func(conflicts int) (answers, stats string) {
		ts := newTestServer(t, `"cache-threshold": 0.5, "subnet4": [ { "id": 1, "subnet": "192.0.2.0/24",
			"pools": [ { "pool": "192.0.2.10-192.0.2.12" } ],
			"reservations": [ { "hw-address": "02:00:00:00:00:09", "ip-address": "192.0.2.10" } ] } ]`)
		ts.lease(1)
		ts.lease(2)
		ts.share().conflicts = conflicts
		for _, r := range ts.send(from{},
			query(requestMsg, 1, requested("192.0.2.11")), // from the lease cache
			query(discoverMsg, 9),
			query(discoverMsg, 3), // nothing is left
			query(requestMsg, 9, requested("192.0.2.10"), serverID("192.0.2.1")),
			query(releaseMsg, 2, ciaddr("192.0.2.12"), serverID("192.0.2.1")),
			query(requestMsg, 4, requested("192.0.2.11"), serverID("192.0.2.1")),
		) {
			answers += fmt.Sprintln(r.MessageType(), r.YourIPAddr, r.ClientHWAddr)
		}
		for _, name := range []string{
			"pkt4-received", "pkt4-sent", "pkt4-request-received", "pkt4-ack-sent", "v4-lease-reuses", "v4-allocation-fail",
			"v4-allocation-fail-subnet", "subnet[1].assigned-addresses", "subnet[1].cumulative-assigned-addresses",
		} {
			stats += fmt.Sprintln(name, ts.stat(name))
		}
		return answers, stats
	}
	answers, stats := serve(0)
	if strings.Count(answers, "\n") != 4 {
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
	ts := newTestServer(t, `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.12" } ],
		"reservations": [ { "hw-address": "02:00:00:00:00:02", "ip-address": "192.0.2.20" } ] } ]`)
	s := ts.share()
	ts.send(from{},
		query(discoverMsg, 1, clientID(1, 2, 3), requested("192.0.2.11")),
		query(requestMsg, 2, ciaddr("192.0.2.12")),
		query(releaseMsg, 3, ciaddr("192.0.2.10")),
		query(dhcpv4.MessageTypeNone, 4),
	)
	want := "id 010203 hw 020000000001 hw 020000000002 192.0.2.11 192.0.2.12 192.0.2.20 192.0.2.10"
	if len(s.fetched) != 1 || s.fetched[0] != want {
		t.Errorf("fetched %q, want %q", s.fetched, want)
	}
}
