// Package nameupdate owns what the DHCP servers ask the DDNS daemon for (ARM 8.2.20
// and 9.2.24): the requests that a lease makes, kept with the exchange that makes
// them until its leases are stored, and the connection that dhcp-ddns configures.
//
// When a lease makes a request is the business of the servers; the requests
// themselves and the way over the network are lib/ncr's.
package nameupdate

import (
	"encoding/hex"
	"math"
	"net/netip"
	"time"

	"nestor/lib/config"
	"nestor/lib/lease"
	"nestor/lib/ncr"
)

// Params are the parameters of a subnet that its requests carry.
type Params struct {
	Mode       ncr.Mode
	TTLPercent float64 // share of the lifetime, 0: not set
}

// ParamsOf compiles them.
func ParamsOf(d *config.DDNSParams) Params {
	p := Params{TTLPercent: d.TTLPercent.Or(0)}
	p.Mode, _ = ncr.ParseMode(d.ConflictResolutionMode) // the loader knows no others
	return p
}

// minTTL is the least time to live that is chosen without ddns-ttl-percent, in
// seconds (RFC 4702 section 5).
const minTTL = 600

// TTL is the time to live of the records of a lease in seconds. A share of the
// lifetime that comes to nothing counts as none.
func (p *Params) TTL(lifetime uint32) uint32 {
	if p.TTLPercent > 0 {
		ttl := math.Round(p.TTLPercent * float64(lifetime))
		if ttl >= 1 {
			return uint32(min(ttl, math.MaxUint32))
		}
	}
	return max(lifetime/3, minTTL)
}

// List are the requests of one exchange in the order in which they go out, empty at
// first. It holds copies: what leases and queries point to need not live. It belongs
// to one goroutine and is used again and again.
type List struct {
	requests []request
	bytes    []byte    // that requests are made of
	dhcid    ncr.DHCID // of the request that is being made
}

// request is one of a list. Its texts are pieces of the list's bytes.
type request struct {
	remove, forward, reverse bool
	v6                       bool
	addr                     netip.Addr
	name, id, hw             piece // id: client-id or DUID
	expires                  int64 // Unix seconds
	ttl                      uint32
	mode                     ncr.Mode
}

type piece struct{ from, to int }

// Reset empties the list.
func (l *List) Reset() { l.requests, l.bytes = l.requests[:0], l.bytes[:0] }

// Len is how many requests there are.
func (l *List) Len() int { return len(l.requests) }

// A Wish is a request for people to read.
type Wish struct {
	Remove           bool // the entries are to go
	Forward, Reverse bool
	Addr             netip.Addr
	Name             string
}

// Wishes are the requests of the list.
func (l *List) Wishes() (all []Wish) {
	for _, r := range l.requests {
		all = append(all, Wish{r.remove, r.forward, r.reverse, r.addr, string(l.piece(r.name))})
	}
	return all
}

// Add4 asks for the entries of a lease to be made. A lease without a name, or whose
// flags say that nothing is updated, makes no request; likewise below.
func (l *List) Add4(of *lease.Lease4, p *Params) { l.of4(of, p, false) }

// Remove4 asks for them to be removed.
func (l *List) Remove4(of *lease.Lease4, p *Params) { l.of4(of, p, true) }

func (l *List) of4(of *lease.Lease4, p *Params, remove bool) {
	if len(of.Hostname) == 0 || !of.FqdnFwd && !of.FqdnRev {
		return
	}
	ttl := p.TTL(of.ValidLft)
	l.requests = append(l.requests, request{
		remove: remove, forward: of.FqdnFwd, reverse: of.FqdnRev,
		addr: netip.AddrFrom4([4]byte{byte(of.Addr >> 24), byte(of.Addr >> 16), byte(of.Addr >> 8), byte(of.Addr)}),
		name: l.copy(of.Hostname), id: l.copy(of.ClientID), hw: l.copy(of.HWAddr),
		expires: of.CLTT + int64(ttl), ttl: ttl, mode: p.Mode,
	})
}

// Add6 asks for the entries of an address to be made. As Kea's does, the request does
// not tell when the lease runs out.
func (l *List) Add6(of *lease.Lease6, p *Params) { l.of6(of, p, false) }

// Remove6 asks for them to be removed.
func (l *List) Remove6(of *lease.Lease6, p *Params) { l.of6(of, p, true) }

func (l *List) of6(of *lease.Lease6, p *Params, remove bool) {
	if of.Type != lease.TypeNA || len(of.Hostname) == 0 || !of.FqdnFwd && !of.FqdnRev {
		return
	}
	ttl := p.TTL(of.ValidLft)
	r := request{
		remove: remove, forward: of.FqdnFwd, reverse: of.FqdnRev, v6: true,
		addr: netip.AddrFrom16(of.Addr), name: l.copy(of.Hostname), id: l.copy(of.DUID), ttl: ttl, mode: p.Mode,
	}
	if remove {
		r.expires = of.CLTT + int64(ttl)
	}
	l.requests = append(l.requests, r)
}

func (l *List) copy(b []byte) piece {
	from := len(l.bytes)
	l.bytes = append(l.bytes, b...)
	return piece{from, len(l.bytes)}
}

func (l *List) piece(p piece) []byte { return l.bytes[p.from:p.to] }

// ethernet is the hardware type of all clients (RFC 1700): leases do not keep any, and
// a removal must have the identifier that the addition had.
const ethernet = 1

// request makes the i-th request as it is sent. It is valid until the next one.
func (l *List) request(i int) (ncr.Request, error) {
	r := &l.requests[i]
	name, err := ncr.CanonicalName(string(l.piece(r.name)))
	if err != nil {
		return ncr.Request{}, err
	}
	if r.v6 {
		l.dhcid, err = ncr.DHCID6(l.piece(r.id), name)
	} else {
		l.dhcid, err = ncr.DHCID4(l.piece(r.id), ethernet, l.piece(r.hw), name)
	}
	return ncr.Request{
		Remove: r.remove, Forward: r.forward, Reverse: r.reverse, Name: name, Addr: r.addr, DHCID: l.dhcid[:],
		Expires: time.Unix(r.expires, 0), TTL: r.ttl, Mode: r.mode,
	}, err
}

// client names the client of a request as Kea's log lines do.
func (l *List) client(r *request) string {
	if r.v6 {
		return "duid=[" + colons(l.piece(r.id)) + "], [no hwaddr info]"
	}
	id := "no info"
	if r.id.to > r.id.from {
		id = colons(l.piece(r.id))
	}
	return "[hwtype=1 " + colons(l.piece(r.hw)) + "], cid=[" + id + "]"
}

// colons writes bytes as hex pairs joined by colons.
func colons(b []byte) string {
	out := make([]byte, 0, 3*len(b))
	for i, c := range b {
		if i > 0 {
			out = append(out, ':')
		}
		out = hex.AppendEncode(out, []byte{c})
	}
	return string(out)
}

// Describe tells of each request what it is to do, for those who only want to see it.
func (l *List) Describe(fn func(remove, forward, reverse bool, name string, addr netip.Addr, ttl uint32)) {
	for i := range l.requests {
		r := &l.requests[i]
		fn(r.remove, r.forward, r.reverse, string(l.piece(r.name)), r.addr, r.ttl)
	}
}
