package server

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"nestor/lib/config"
	"nestor/lib/netio"
	"nestor/lib/packetloop"
)

// SocketParams are parameters of a socket that both families have.
type SocketParams struct {
	Queue int // capacity of the packet queue, 0: none
	Loops int // packet loops that share the address
	Batch int // queries that one turn of a loop takes at most
}

func socketParamsOf(cfg *config.Server) SocketParams {
	p := SocketParams{Loops: packetLoops(cfg.MultiThreading), Batch: packetloop.BatchSize}
	if d := cfg.LeaseDatabase; !isFile(d) || d != nil && d.Durability == "fsync" {
		p.Batch = packetloop.SyncedBatchSize
	}
	if q := cfg.QueueControl; q.Enable && !cfg.MultiThreading.Enable {
		p.Queue = int(q.Capacity)
	}
	return p
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

// ShownThreads is the number of threads that status-get and the log tell, 0
// without multi-threading: the configured one, and for 0, that is automatic, what came
// of it.
func ShownThreads(mt config.MultiThreading) int {
	switch {
	case !mt.Enable:
		return 0
	case mt.ThreadPoolSize == 0:
		return packetLoops(mt)
	}
	return int(mt.ThreadPoolSize)
}

// SocketPlan is what a configuration's interfaces-config comes to.
type SocketPlan[W Wanted[K], K SocketKey[K], A any] struct {
	Sockets []W
	opened  map[K]*OpenSocket[A] // made by Prepare
	later   []W                  // opened by Commit, in place of others
	failed  map[K]error
}

// Discard closes what Prepare has opened, for a plan that is not put in force.
func (p *SocketPlan[W, K, A]) Discard() {
	for _, o := range p.opened {
		o.Close()
	}
	clear(p.opened)
}

// Planner collects the sockets that a configuration wants.
type Planner[W Wanted[K], K SocketKey[K]] struct {
	Config  *config.InterfacesConfig
	Params  SocketParams
	Present []netio.Interface // the interfaces of this machine
	Sockets []W
}

// Want adds a socket, unless there is one in its place already.
func (p *Planner[W, K]) Want(w W) {
	if !slices.ContainsFunc(p.Sockets, func(have W) bool { return w.Key().Replaces(have.Key()) }) {
		p.Sockets = append(p.Sockets, w)
	}
}

// Interface finds an interface by its name.
func (p *Planner[W, K]) Interface(name string) (netio.Interface, error) {
	var names []string
	for _, i := range p.Present {
		if i.Name == name {
			return i, nil
		}
		names = append(names, i.Name)
	}
	return netio.Interface{}, fmt.Errorf("interface %q does not exist on this machine; there are %s", name, strings.Join(names, ", "))
}

// Plan works out the sockets that a configuration wants, by add for each entry of the
// list of interfaces; all that cannot be are reported. It opens nothing. redetect
// looks for interfaces anew, which a mere test of a configuration never does (ARM 8.2.4).
func (s *Sockets[W, K, A]) Plan(cfg *config.Server, redetect bool, add func(p *Planner[W, K], spec string) error) (*SocketPlan[W, K, A], error) {
	ifaces := s.Interfaces
	if ifaces == nil || redetect {
		found, err := netio.Detect()
		if err != nil {
			return nil, fmt.Errorf("detecting network interfaces: %w", err)
		}
		ifaces = found
	}
	if err := checkQueue(cfg, s.RingQueue); err != nil {
		return nil, err
	}
	p := &Planner[W, K]{Config: &cfg.Interfaces, Params: socketParamsOf(cfg), Present: ifaces}
	var faults config.Errors
	for n, spec := range cfg.Interfaces.Interfaces {
		if err := add(p, spec); err != nil {
			faults = append(faults, &config.Error{
				Path: fmt.Sprintf("%s/interfaces-config/interfaces[%d]", s.TopLevel, n), Pos: cfg.Interfaces.Positions[n], Text: err.Error(),
			})
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	s.Interfaces = ifaces
	return &SocketPlan[W, K, A]{Sockets: p.Sockets, opened: map[K]*OpenSocket[A]{}, failed: map[K]error{}}, nil
}
