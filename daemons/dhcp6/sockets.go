package dhcp6

import (
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	"nestor/lib/config"
	"nestor/lib/netio"
	"nestor/lib/server"
)

// sockets are the open sockets of a server with their packet loops.
type sockets struct {
	server.Sockets[wanted, socketKey, [16]byte]
	srv *Server
	own atomic.Pointer[[]netip.Addr]
}

// begin makes the sockets of a server, none of which is open yet.
func (s *sockets) begin(srv *Server) {
	s.srv = srv
	s.Open, s.Changed, s.Failed = s.openOne, s.noteAddresses, srv.fail
	s.Loop = func(k socketKey, sock netio.Socket6) { newLoop(srv, sock, k.Batch).Run() }
	s.TopLevel, s.RingQueue = "Dhcp6", "kea-ring6"
	s.Life, s.Port = srv.life, srv.ports.Server
}

// prepare opens the sockets of the plan that are not open yet, once their addresses
// can be used.
func (s *sockets) prepare(p *socketPlan, cfg *config.Dhcp6) error {
	s.awaitAddresses(p.Sockets)
	return s.Prepare(p, &cfg.Interfaces)
}

// settleTime is how long sockets wait for addresses on which the kernel still looks
// for duplicates, as it does for a second after an interface came up.
const settleTime = 2 * time.Second

// awaitAddresses waits until the kernel is done with the addresses of the sockets that
// are wanted, settleTime at most.
func (s *sockets) awaitAddresses(sockets []wanted) {
	for end := time.Now().Add(settleTime); time.Now().Before(end); time.Sleep(settleTime / 20) {
		if !slices.ContainsFunc(sockets, wanted.isTentative) {
			return
		}
		ifaces, err := s.srv.opts.Interfaces()
		if err != nil {
			return // opening will tell
		}
		for i := range sockets {
			sockets[i].refresh(ifaces)
		}
	}
}

// isTentative reports whether the socket's address cannot be bound yet.
func (w wanted) isTentative() bool {
	at := slices.IndexFunc(w.iface.Addrs6, func(a netio.Addr6) bool { return a.Addr == w.addr })
	return at >= 0 && w.iface.Addrs6[at].Tentative
}

func (w *wanted) refresh(ifaces []netio.Interface) {
	for _, i := range ifaces {
		if i.Index == w.index {
			w.iface = i
		}
	}
}

func (s *sockets) openOne(w wanted) ([]netio.Socket6, error) {
	o := netio.Options{Batch: w.Batch}
	var socks []netio.Socket6
	var err error
	if w.group {
		socks, err = netio.OpenMulticast6Fanout(w.Loops, w.iface, allServers, w.addr, s.srv.ports.Server, o)
	} else {
		socks, err = netio.OpenUDP6Fanout(w.Loops, w.iface, w.addr, s.srv.ports.Server, o)
	}
	if err != nil {
		return nil, fmt.Errorf("failed to open socket on interface %s, address %s, port %d: %w", w.name, w.bound(), s.srv.ports.Server, err)
	}
	if w.Queue > 0 {
		socks[0] = server.NewPacketQueue(socks[0], w.Queue)
	}
	return socks, nil
}

func (s *sockets) noteAddresses(open iter.Seq[socketKey]) {
	var own []netip.Addr
	for k := range open {
		if !slices.Contains(own, k.addr) {
			own = append(own, k.addr)
		}
	}
	s.own.Store(&own)
}

// addresses returns the addresses of the open sockets.
func (s *sockets) addresses() []netip.Addr {
	if own := s.own.Load(); own != nil {
		return *own
	}
	return nil
}
