package dhcp6

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"nestor/lib/config"
	"nestor/lib/netio"
)

// openSocket is an open socket with its packet loop.
type openSocket struct {
	loop    netio.Socket6
	serving sync.WaitGroup
}

func (o *openSocket) close() {
	o.loop.Close()
}

// sockets are the open sockets of a server with their packet loops.
type sockets struct {
	srv   *Server
	mu    sync.Mutex
	open  map[socketKey]*openSocket
	own   atomic.Pointer[[]netip.Addr]
	retry atomic.Pointer[socketRetry]
	// detected is what the last detection of interfaces found, which
	// re-detect false goes on with.
	detected []netio.Interface
}

// prepare opens the sockets of the plan that are not open yet. Failures are
// errors only where service-sockets-require-all says so and no retry is left.
func (s *sockets) prepare(p *socketPlan, cfg *config.Dhcp6) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	log := s.srv.log.dhcp6
	awaitAddresses(p.sockets)
	log.Log(msgOpenSocket, s.srv.ports.server)
	for _, w := range p.sockets {
		switch {
		case s.open[w.socketKey] != nil:
		case s.replaces(w):
			p.later = append(p.later, w)
		default:
			s.tryOpen(p, w)
		}
	}
	if len(p.failed) == 0 || !cfg.Interfaces.RequireAll || cfg.Interfaces.MaxRetries > 0 {
		return nil
	}
	for _, o := range p.opened {
		o.close()
	}
	return fmt.Errorf("service-sockets-require-all: %w", joinFailed(p.failed))
}

// settleTime is how long sockets wait for addresses on which the kernel still looks
// for duplicates, as it does for a second after an interface came up.
const settleTime = 2 * time.Second

// awaitAddresses waits until the kernel is done with the addresses of the sockets that
// are wanted, settleTime at most.
func awaitAddresses(sockets []wanted) {
	for end := time.Now().Add(settleTime); time.Now().Before(end); time.Sleep(settleTime / 20) {
		if !slices.ContainsFunc(sockets, wanted.isTentative) {
			return
		}
		ifaces, err := netio.Detect()
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

// replaces reports whether the wanted socket takes the place of one of another
// kind on the same address, which has to be closed first.
func (s *sockets) replaces(w wanted) bool {
	for k := range s.open {
		if k.index == w.index && k.bound() == w.bound() {
			return true
		}
	}
	return false
}

func (s *sockets) tryOpen(p *socketPlan, w wanted) {
	o, err := s.openOne(w)
	if err != nil {
		p.failed[w.socketKey] = err
		s.srv.log.dhcpsrv.Log(msgOpenSocketFail, err)
		return
	}
	p.opened[w.socketKey] = o
}

func joinFailed(failed map[socketKey]error) error {
	var errs []error
	for _, err := range failed {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (s *sockets) openOne(w wanted) (*openSocket, error) {
	o := netio.Options{Batch: w.batch}
	var sock netio.Socket6
	var err error
	if w.group {
		sock, err = netio.OpenMulticast6(w.iface, allServers, w.addr, s.srv.ports.server, o)
	} else {
		sock, err = netio.OpenUDP6(w.iface, w.addr, s.srv.ports.server, o)
	}
	if err != nil {
		return nil, fmt.Errorf("failed to open socket on interface %s, address %s, port %d: %w", w.name, w.bound(), s.srv.ports.server, err)
	}
	if w.queue > 0 {
		sock = newPacketQueue(sock, w.queue)
	}
	return &openSocket{loop: sock}, nil
}

// commit puts the plan in force: sockets that are no longer wanted are closed,
// new ones begin to serve, failed ones are tried again.
func (s *sockets) commit(p *socketPlan, cfg *config.Dhcp6) {
	s.stopRetry()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[socketKey]*openSocket{}
	}
	keep := map[socketKey]bool{}
	for _, w := range p.sockets {
		keep[w.socketKey] = true
	}
	for k, o := range s.open {
		if !keep[k] {
			o.end()
			delete(s.open, k)
		}
	}
	for _, w := range p.later {
		s.tryOpen(p, w)
	}
	for k, o := range p.opened {
		s.open[k] = o
		s.serve(o, k.batch)
	}
	s.noteAddresses()
	if len(s.open) == 0 && len(p.failed) == 0 {
		s.srv.log.dhcpsrv.Log(msgNoSockets)
	}
	s.startRetry(p, cfg)
}

// serve starts the packet loop of a socket.
func (s *sockets) serve(o *openSocket, batch int) {
	o.serving.Go(newLoop(s.srv, o.loop, batch).run)
}

// end stops the loops and closes the sockets.
func (o *openSocket) end() {
	o.loop.Stop()
	o.serving.Wait()
	o.close()
}

func (s *sockets) noteAddresses() {
	var own []netip.Addr
	for k := range s.open {
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

func (s *sockets) closeAll() {
	s.stopRetry()
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, o := range s.open {
		o.end()
		delete(s.open, k)
	}
	s.noteAddresses()
}

// list returns the open sockets.
func (s *sockets) list() []netio.Socket6 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []netio.Socket6
	for _, o := range s.open {
		all = append(all, o.loop)
	}
	return all
}
