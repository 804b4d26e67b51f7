package memfile

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"

	"nestor/lib/lease"
)

// places keep what the store knows of subnets and their pools: how many leases
// there are in which state, and which pages of addresses a subnet has leases in.
// A record names its subnet and pool by the number of a place.
//
// Writers hold the store's lock. The numbers of leases may be read at any time.
type places struct {
	mu      sync.RWMutex // guards the maps and all
	all     []*place     // by number
	byIDs   map[placeID]uint32
	subnets map[uint32]*subnetLeases
	last    uint32 // place found last
}

// placeID names a pool of a subnet; those of the types of DHCPv6 leases are apart.
type placeID struct {
	subnet, pool uint32
	kind         lease.Type6
}

// place is one pool of one subnet.
type place struct {
	placeID
	subnet *subnetLeases
	counts stateCounts
}

type subnetLeases struct {
	counts [lease.TypePD + 1]stateCounts // by type
	total  atomic.Int64
	pages  []pageLeases // of DHCPv4, in order of page
	tree   addrTree     // of DHCPv6
}

// pageLeases is the number of a subnet's leases among 256 consecutive addresses.
type pageLeases struct{ page, leases uint32 }

// stateCounts are numbers of leases by state; states that Kea does not know
// are not counted.
type stateCounts [lease.StateRegistered + 1]atomic.Int64

func (c *stateCounts) add(s lease.State, n int64) {
	if int(s) < len(c) {
		c[s].Add(n)
	}
}

func (c *stateCounts) counts() lease.Counts {
	return lease.Counts{
		Default:    c[lease.StateDefault].Load(),
		Declined:   c[lease.StateDeclined].Load(),
		Reclaimed:  c[lease.StateReclaimed].Load(),
		Released:   c[lease.StateReleased].Load(),
		Registered: c[lease.StateRegistered].Load(),
	}
}

// forget drops everything.
func (p *places) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all, p.byIDs, p.subnets, p.last = nil, nil, nil, 0
}

// number gives the number of a place and makes it when it is new.
func (p *places) number(id placeID) uint32 {
	if int(p.last) < len(p.all) && p.all[p.last].placeID == id {
		return p.last
	}
	n, ok := p.byIDs[id]
	if !ok {
		n = p.make(id)
	}
	p.last = n
	return n
}

func (p *places) make(id placeID) uint32 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byIDs == nil {
		p.byIDs, p.subnets = map[placeID]uint32{}, map[uint32]*subnetLeases{}
	}
	s := p.subnets[id.subnet]
	if s == nil {
		s = &subnetLeases{}
		p.subnets[id.subnet] = s
	}
	n := uint32(len(p.all))
	p.all = append(p.all, &place{placeID: id, subnet: s})
	p.byIDs[id] = n
	return n
}

// count adds n leases of a state to a place and its subnet.
func (p *places) count(number uint32, s lease.State, n int64) {
	at := p.all[number]
	at.counts.add(s, n)
	at.subnet.counts[at.kind].add(s, n)
}

// enter notes a lease of the subnet at an address.
func (s *subnetLeases) enter(addr uint32) {
	s.total.Add(1)
	i, ok := s.find(addr >> 8)
	if !ok {
		s.pages = slices.Insert(s.pages, i, pageLeases{page: addr >> 8})
	}
	s.pages[i].leases++
}

// leave takes back what enter noted.
func (s *subnetLeases) leave(addr uint32) {
	s.total.Add(-1)
	i, _ := s.find(addr >> 8)
	if s.pages[i].leases--; s.pages[i].leases == 0 {
		s.pages = slices.Delete(s.pages, i, i+1)
	}
}

// find gives where a page is in the subnet's list, or belongs.
func (s *subnetLeases) find(page uint32) (int, bool) {
	return slices.BinarySearchFunc(s.pages, page, func(p pageLeases, want uint32) int { return cmp.Compare(p.page, want) })
}

// ofSubnet and ofPool read the numbers of leases of a type.
func (p *places) ofSubnet(subnet uint32, t lease.Type6) lease.Counts {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if s := p.subnets[subnet]; s != nil {
		return s.counts[t].counts()
	}
	return lease.Counts{}
}

func (p *places) ofPool(id placeID) lease.Counts {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if n, ok := p.byIDs[id]; ok {
		return p.all[n].counts.counts()
	}
	return lease.Counts{}
}

// subnetIDs gives the subnets that have leases, in ascending order.
func (p *places) subnetIDs() []uint32 {
	p.mu.RLock()
	defer p.mu.RUnlock()
	var ids []uint32
	for id, s := range p.subnets {
		if s.total.Load() > 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
