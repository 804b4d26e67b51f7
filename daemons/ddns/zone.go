package ddns

import (
	"slices"
	"time"

	"github.com/miekg/dns"

	"nestor/lib/config"
	"nestor/lib/ncr"
)

// maxPerZone is how many transactions of one zone are under way at a time, as
// many as Kea has in all.
const maxPerZone = 32

// A zone is a DDNS domain with its servers, and the jobs that wait for it. Its
// queue is the scheduler's.
type zone struct {
	name    string // as configured, with final dot
	wire    []byte // the same on the wire
	servers []*dnsServer

	ready   []*job // in the order in which they became ready
	running int
	pending int  // jobs that go here first and are not done
	listed  bool // in the scheduler's list
	// slow: no server answered lately, so that one transaction at a time is enough
	// to find out whether one does again.
	slow bool
}

func newZone(d *config.DDNSDomain, server func(*config.DNSServer) *dnsServer) *zone {
	z := &zone{name: dns.Fqdn(d.Name)}
	z.wire, _ = ncr.AppendName(nil, z.name, false) // it has been checked
	for _, s := range d.Servers {
		z.servers = append(z.servers, server(s))
	}
	return z
}

// mayRun reports whether one more transaction may begin.
func (z *zone) mayRun() bool {
	limit := maxPerZone
	if z.slow {
		limit = 1
	}
	return len(z.ready) > 0 && z.running < limit
}

// downTime is how long a server that did not answer is tried last.
const downTime = 10 * time.Second

// inOrder are the servers as they are to be tried: those known not to answer come
// last.
func (z *zone) inOrder(now time.Time) []*dnsServer {
	isDown := func(s *dnsServer) bool { return s.down.Load() > now.UnixNano() }
	if len(z.servers) < 2 || !slices.ContainsFunc(z.servers, isDown) {
		return z.servers
	}
	order := make([]*dnsServer, 0, len(z.servers))
	for _, down := range []bool{false, true} {
		for _, s := range z.servers {
			if isDown(s) == down {
				order = append(order, s)
			}
		}
	}
	return order
}
