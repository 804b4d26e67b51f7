package dhcp4

import (
	"fmt"
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
	first   bool // the socket of its interface that hears broadcasts
	server.SocketParams
}

func (k socketKey) String() string { return fmt.Sprintf("%s/%s", k.name, ip4(k.addr)) }

// Replaces implements server.SocketKey: one of another kind on the same address has
// to be closed first.
func (k socketKey) Replaces(other socketKey) bool {
	return k.index == other.index && k.addr == other.addr
}

// wanted is a socket that a configuration asks for.
type wanted struct {
	socketKey
	iface netio.Interface
	ring  int // bytes of the receive ring of each loop, 0: none
}

// Key implements server.Wanted.
func (w wanted) Key() socketKey { return w.socketKey }

type (
	socketPlan = server.SocketPlan[wanted, socketKey, uint32]
	planner    = server.Planner[wanted, socketKey]
)

// plan works out the sockets that a configuration wants.
func (s *sockets) plan(cfg *config.Dhcp4, redetect bool) (*socketPlan, error) {
	p, err := s.Plan(&cfg.Server, redetect, addInterface)
	if err != nil {
		return nil, err
	}
	giveRings(p.Sockets)
	return p, nil
}

// addInterface plans the sockets for one entry of the list of interfaces.
func addInterface(p *planner, spec string) error {
	if spec == "*" {
		for _, i := range p.Present {
			if i.Up && i.Running && !i.Loopback {
				wantAll(p, i)
			}
		}
		return nil
	}
	name, addr, named := strings.Cut(spec, "/")
	i, err := p.Interface(name)
	if err != nil {
		return err
	}
	if i.Loopback && p.Config.SocketType != "udp" {
		return fmt.Errorf("the loopback interface %q can be used with \"dhcp-socket-type\": \"udp\" only", name)
	}
	if !named {
		wantAll(p, i)
		return nil
	}
	for _, a := range i.Addrs4 {
		if ip4(a).String() == addr {
			want(p, i, a)
			return nil
		}
	}
	return fmt.Errorf("interface %q has no address %s", name, addr)
}

func wantAll(p *planner, i netio.Interface) {
	for _, a := range i.Addrs4 {
		want(p, i, a)
	}
}

func want(p *planner, i netio.Interface, addr uint32) {
	sameInterface := func(w wanted) bool { return w.index == i.Index }
	p.Want(wanted{iface: i, socketKey: socketKey{
		name: i.Name, index: i.Index, addr: addr, udp: p.Config.SocketType == "udp", routing: p.Config.Outbound == "use-routing",
		first: !slices.ContainsFunc(p.Sockets, sameInterface), SocketParams: p.Params,
	}})
}

// A ring takes less processor time than the kernel's own queue, but its memory is
// in use from the beginning, so servers of many addresses do without.
const (
	ringSize = 8 << 20 // 4096 queries
	maxRings = 4
)

// giveRings plans receive rings where there are few packet loops.
func giveRings(sockets []wanted) {
	loops := 0
	for _, w := range sockets {
		loops += w.Loops
	}
	for i := range sockets {
		if loops <= maxRings {
			sockets[i].ring = ringSize
		}
	}
}
