package dhcp4

import (
	"fmt"
	"iter"
	"net/netip"
	"sync/atomic"

	"nestor/lib/config"
	"nestor/lib/netio"
	"nestor/lib/server"
)

// sockets are the open sockets of a server with their packet loops.
type sockets struct {
	server.Sockets[wanted, socketKey, uint32]
	srv *Server
	own atomic.Pointer[[]uint32]
	on  atomic.Pointer[map[string]uint32] // first address by interface
}

// begin makes the sockets of a server, none of which is open yet.
func (s *sockets) begin(srv *Server) {
	s.srv = srv
	s.Open, s.Changed, s.Failed = s.openOne, s.noteAddresses, srv.fail
	s.Loop = func(k socketKey, sock netio.Socket4) { newLoop(srv, sock, k.Batch).Run() }
	s.TopLevel, s.RingQueue = "Dhcp4", "kea-ring4"
	s.Life, s.Port = srv.life, srv.ports.Server
}

// prepare opens the sockets of the plan that are not open yet.
func (s *sockets) prepare(p *socketPlan, cfg *config.Dhcp4) error {
	return s.Prepare(p, &cfg.Interfaces)
}

func (s *sockets) openOne(w wanted) ([]netio.Socket4, error) {
	o := netio.Options{NoBroadcast: !w.first, UseRouting: w.routing, Batch: w.Batch, Ring: w.ring}
	open := netio.OpenRaw4Fanout
	if w.udp {
		open = netio.OpenUDP4Fanout
	}
	socks, err := open(w.Loops, w.iface, w.addr, s.srv.ports.Server, o)
	if err != nil {
		return nil, fmt.Errorf("failed to open socket on interface %s, address %s, port %d: %w", w.name, ip4(w.addr), s.srv.ports.Server, err)
	}
	if w.Queue > 0 {
		socks[0] = server.NewPacketQueue(socks[0], w.Queue)
	}
	return socks, nil
}

func (s *sockets) noteAddresses(open iter.Seq[socketKey]) {
	own, on := []uint32{}, map[string]uint32{}
	for k := range open {
		own = append(own, k.addr)
		if k.first {
			on[k.name] = k.addr
		}
	}
	s.own.Store(&own)
	s.on.Store(&on)
}

// addressOn returns the address of the first open socket on an interface, 0 if there
// is none.
func (s *sockets) addressOn(iface string) uint32 {
	if on := s.on.Load(); on != nil {
		return (*on)[iface]
	}
	return 0
}

// addresses returns the addresses of the open sockets.
func (s *sockets) addresses() (own []netip.Addr) {
	if known := s.own.Load(); known != nil {
		for _, a := range *known {
			own = append(own, ip4(a))
		}
	}
	return own
}
