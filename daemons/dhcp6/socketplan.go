package dhcp6

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"nestor/lib/config"
	"nestor/lib/netio"
	"nestor/lib/server"
)

// socketKey says which socket one is; a configuration that wants the same one
// again keeps it open.
type socketKey struct {
	name  string // of the interface
	index int
	addr  netip.Addr // that answers come from
	group bool       // hears what is sent to all servers, not to addr
	queue int        // capacity of the packet queue, 0: none
	batch int        // queries that one turn of the loop takes at most
}

// allServers is where clients and relays find servers that they do not know yet
// (RFC 8415 section 7.1).
var allServers = netip.MustParseAddr("ff02::1:2")

// bound is the address that the socket hears.
func (k socketKey) bound() netip.Addr {
	if k.group {
		return allServers
	}
	return k.addr
}

// Replaces implements server.SocketKey: one of another kind on the same address has
// to be closed first.
func (k socketKey) Replaces(other socketKey) bool {
	return k.index == other.index && k.bound() == other.bound()
}

// ringQueue is the only type of packet queue.
const ringQueue = "kea-ring6"

// wanted is a socket that a configuration asks for.
type wanted struct {
	socketKey
	iface netio.Interface
}

// socketPlan is what a configuration's interfaces-config comes to.
type socketPlan = server.SocketPlan[wanted, socketKey, [16]byte]

// plan works out the sockets that a configuration wants. It opens nothing.
// redetect looks for interfaces anew, which a mere test of a configuration never
// does (ARM 8.2.4).
func (s *sockets) plan(cfg *config.Dhcp6, redetect bool) (*socketPlan, error) {
	ifaces := s.detected
	if ifaces == nil || redetect {
		found, err := netio.Detect()
		if err != nil {
			return nil, fmt.Errorf("detecting network interfaces: %w", err)
		}
		ifaces = found
	}
	if err := server.CheckQueue(&cfg.Server, ringQueue); err != nil {
		return nil, err
	}
	p := planner{cfg: cfg, ifaces: ifaces}
	if err := p.addAll(); err != nil {
		return nil, err
	}
	s.detected = ifaces
	return server.NewSocketPlan[wanted, socketKey, [16]byte](p.sockets), nil
}

// Key implements server.Wanted.
func (w wanted) Key() socketKey { return w.socketKey }

type planner struct {
	cfg     *config.Dhcp6
	ifaces  []netio.Interface
	sockets []wanted
}

// addAll takes every interface of the list, and reports all that cannot be.
func (p *planner) addAll() error {
	var faults config.Errors
	list := &p.cfg.Interfaces
	for n, spec := range list.Interfaces {
		if err := p.add(spec); err != nil {
			faults = append(faults, &config.Error{
				Path: fmt.Sprintf("Dhcp6/interfaces-config/interfaces[%d]", n), Pos: list.Positions[n], Text: err.Error(),
			})
		}
	}
	if len(faults) > 0 {
		return faults
	}
	return nil
}

func (p *planner) add(spec string) error {
	if spec == "*" {
		for _, i := range p.ifaces {
			if i.Up && i.Running && !i.Loopback && i.Multicast {
				p.wantLinkLocal(i)
			}
		}
		return nil
	}
	name, addr, named := strings.Cut(spec, "/")
	at := slices.IndexFunc(p.ifaces, func(i netio.Interface) bool { return i.Name == name })
	if at < 0 {
		return fmt.Errorf("interface %q does not exist on this machine; there are %s", name, p.names())
	}
	i := p.ifaces[at]
	if named {
		a, _ := netip.ParseAddr(addr) // its form was checked at load
		if !slices.ContainsFunc(i.Addrs6, func(have netio.Addr6) bool { return have.Addr == a }) {
			return fmt.Errorf("interface %q has no address %s", name, addr)
		}
		p.want(i, a, false)
	}
	p.wantLinkLocal(i)
	return nil
}

func (p *planner) names() string {
	var n []string
	for _, i := range p.ifaces {
		n = append(n, i.Name)
	}
	return strings.Join(n, ", ")
}

// wantLinkLocal plans the sockets on the link-local address of an interface: queries
// to all servers come in on one of them, those to the address itself on the other.
// As seen of Kea, an interface without such an address goes without them.
func (p *planner) wantLinkLocal(i netio.Interface) {
	at := slices.IndexFunc(i.Addrs6, func(a netio.Addr6) bool { return a.Addr.IsLinkLocalUnicast() })
	if at < 0 {
		return
	}
	p.want(i, i.Addrs6[at].Addr, false)
	p.want(i, i.Addrs6[at].Addr, true)
}

func (p *planner) want(i netio.Interface, addr netip.Addr, group bool) {
	k := socketKey{name: i.Name, index: i.Index, addr: addr, group: group, batch: batchSize}
	if d := p.cfg.LeaseDatabase; d != nil && d.Durability == "fsync" {
		k.batch = syncedBatchSize
	}
	if q := p.cfg.QueueControl; q.Enable && !p.cfg.MultiThreading.Enable {
		k.queue = int(q.Capacity)
	}
	for _, w := range p.sockets {
		if w.socketKey == k {
			return
		}
	}
	p.sockets = append(p.sockets, wanted{socketKey: k, iface: i})
}

// shownThreads is the number of threads that status-get and the log tell, 0 without
// multi-threading: the configured one, and for 0, that is automatic, what came of
// it: each socket is served by one thread, which takes turns with the others.
func shownThreads(mt config.MultiThreading) int {
	if !mt.Enable {
		return 0
	}
	return max(int(mt.ThreadPoolSize), 1)
}
