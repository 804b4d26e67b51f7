package dhcp4

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"nestor/lib/config"
	"nestor/lib/netio"
	"nestor/lib/server"
)

// socketKey says which socket one is; a configuration that wants the same one
// again keeps it open.
type socketKey struct {
	name    string // of the interface
	index   int
	addr    uint32
	udp     bool
	routing bool
	queue   int  // capacity of the packet queue, 0: none
	loops   int  // packet loops that share the address
	batch   int  // queries that one turn of a loop takes at most
	first   bool // the socket of its interface that hears broadcasts
}

func (k socketKey) String() string { return fmt.Sprintf("%s/%s", k.name, ip4(k.addr)) }

// Replaces implements server.SocketKey: one of another kind on the same address has
// to be closed first.
func (k socketKey) Replaces(other socketKey) bool {
	return k.index == other.index && k.addr == other.addr
}

// ringQueue is the only type of packet queue.
const ringQueue = "kea-ring4"

// wanted is a socket that a configuration asks for.
type wanted struct {
	socketKey
	iface netio.Interface
	ring  int // bytes of the receive ring of each loop, 0: none
}

// socketPlan is what a configuration's interfaces-config comes to.
type socketPlan = server.SocketPlan[wanted, socketKey, uint32]

// plan works out the sockets that a configuration wants. It opens nothing.
// redetect looks for interfaces anew, which a mere test of a configuration never
// does (ARM 8.2.4).
func (s *sockets) plan(cfg *config.Dhcp4, redetect bool) (*socketPlan, error) {
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
	p.giveRings()
	s.detected = ifaces
	return server.NewSocketPlan[wanted, socketKey, uint32](p.sockets), nil
}

// Key implements server.Wanted.
func (w wanted) Key() socketKey { return w.socketKey }

type planner struct {
	cfg     *config.Dhcp4
	ifaces  []netio.Interface
	sockets []wanted
}

// A ring takes less processor time than the kernel's own queue, but its memory is
// in use from the beginning, so servers of many addresses do without.
const (
	ringSize = 8 << 20 // 4096 queries
	maxRings = 4
)

// giveRings plans receive rings where there are few packet loops.
func (p *planner) giveRings() {
	loops := 0
	for _, w := range p.sockets {
		loops += w.loops
	}
	for i := range p.sockets {
		if loops <= maxRings {
			p.sockets[i].ring = ringSize
		}
	}
}

// addAll takes every interface of the list, and reports all that cannot be.
func (p *planner) addAll() error {
	var faults config.Errors
	list := &p.cfg.Interfaces
	for n, spec := range list.Interfaces {
		if err := p.add(spec); err != nil {
			faults = append(faults, &config.Error{
				Path: fmt.Sprintf("Dhcp4/interfaces-config/interfaces[%d]", n), Pos: list.Positions[n], Text: err.Error(),
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
			if i.Up && i.Running && !i.Loopback {
				p.interfaceAll(i)
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
	if i.Loopback && p.cfg.Interfaces.SocketType != "udp" {
		return fmt.Errorf("the loopback interface %q can be used with \"dhcp-socket-type\": \"udp\" only", name)
	}
	if !named {
		p.interfaceAll(i)
		return nil
	}
	for _, a := range i.Addrs4 {
		if ip4(a).String() == addr {
			p.want(i, a)
			return nil
		}
	}
	return fmt.Errorf("interface %q has no address %s", name, addr)
}

func (p *planner) names() string {
	var n []string
	for _, i := range p.ifaces {
		n = append(n, i.Name)
	}
	return strings.Join(n, ", ")
}

func (p *planner) interfaceAll(i netio.Interface) {
	for _, a := range i.Addrs4 {
		p.want(i, a)
	}
}

func (p *planner) want(i netio.Interface, addr uint32) {
	c := p.cfg.Interfaces
	k := socketKey{
		name: i.Name, index: i.Index, addr: addr, udp: c.SocketType == "udp", routing: c.Outbound == "use-routing",
		loops: packetLoops(p.cfg.MultiThreading), batch: batchSize, first: true,
	}
	if d := p.cfg.LeaseDatabase; d != nil && d.Durability == "fsync" {
		k.batch = syncedBatchSize
	}
	if q := p.cfg.QueueControl; q.Enable && !p.cfg.MultiThreading.Enable {
		k.queue = int(q.Capacity)
	}
	for _, w := range p.sockets {
		if w.name == k.name && w.addr == k.addr {
			return
		}
		if w.name == k.name {
			k.first = false
		}
	}
	p.sockets = append(p.sockets, wanted{socketKey: k, iface: i})
}

// packetLoops is how many packet loops share an address: thread-pool-size where
// it is set, at most one for each processor. By default it is one, which serves
// more than several that take turns at the lease store.
func packetLoops(mt config.MultiThreading) int {
	if !mt.Enable || mt.ThreadPoolSize == 0 {
		return 1
	}
	return min(int(mt.ThreadPoolSize), runtime.NumCPU())
}

// shownThreads is the number of threads that status-get and the log tell, 0
// without multi-threading: the configured one, and for 0, that is automatic, what came
// of it.
func shownThreads(mt config.MultiThreading) int {
	switch {
	case !mt.Enable:
		return 0
	case mt.ThreadPoolSize == 0:
		return packetLoops(mt)
	}
	return int(mt.ThreadPoolSize)
}
