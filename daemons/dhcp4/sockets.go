package dhcp4

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"nestor/lib/config"
	"nestor/lib/netio"
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

// wanted is a socket that a configuration asks for.
type wanted struct {
	socketKey
	iface netio.Interface
}

// socketPlan is what a configuration's interfaces-config comes to.
type socketPlan struct {
	sockets []wanted
	opened  map[socketKey]*openSocket // made by prepare
	later   []wanted                  // opened by commit, in place of others
	failed  map[socketKey]error
}

// openSocket is an open address: a socket for each of its packet loops.
type openSocket struct {
	loops   []netio.Socket4
	serving sync.WaitGroup
}

func (o *openSocket) close() {
	for _, s := range o.loops {
		s.Close()
	}
}

// sockets are the open sockets of a server with their packet loops.
type sockets struct {
	srv   *Server
	mu    sync.Mutex
	open  map[socketKey]*openSocket
	own   atomic.Pointer[[]uint32]
	retry atomic.Pointer[socketRetry]
	// detected is what the last detection of interfaces found, which
	// re-detect false goes on with.
	detected []netio.Interface
}

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
	p := planner{cfg: cfg, ifaces: ifaces}
	if err := p.addAll(); err != nil {
		return nil, err
	}
	s.detected = ifaces
	return &socketPlan{sockets: p.sockets, opened: map[socketKey]*openSocket{}, failed: map[socketKey]error{}}, nil
}

type planner struct {
	cfg     *config.Dhcp4
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
	p.sockets = append(p.sockets, wanted{k, i})
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

// prepare opens the sockets of the plan that are not open yet. Failures are
// errors only where service-sockets-require-all says so and no retry is left.
func (s *sockets) prepare(p *socketPlan, cfg *config.Dhcp4) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	log := s.srv.log.dhcp4
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

// replaces reports whether the wanted socket takes the place of one of another
// kind on the same address, which has to be closed first.
func (s *sockets) replaces(w wanted) bool {
	for k := range s.open {
		if k.index == w.index && k.addr == w.addr {
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
	o := netio.Options{NoBroadcast: !w.first, UseRouting: w.routing, Batch: w.batch}
	open := netio.OpenRaw4Fanout
	if w.udp {
		open = netio.OpenUDP4Fanout
	}
	socks, err := open(w.loops, w.iface, w.addr, s.srv.ports.server, o)
	if err != nil {
		return nil, fmt.Errorf("failed to open socket on interface %s, address %s, port %d: %w", w.name, ip4(w.addr), s.srv.ports.server, err)
	}
	if w.queue > 0 {
		socks[0] = newPacketQueue(socks[0], w.queue)
	}
	return &openSocket{loops: socks}, nil
}

// commit puts the plan in force: sockets that are no longer wanted are closed,
// new ones begin to serve, failed ones are tried again.
func (s *sockets) commit(p *socketPlan, cfg *config.Dhcp4) {
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

// serve starts the packet loops of an address.
func (s *sockets) serve(o *openSocket, batch int) {
	for _, sock := range o.loops {
		l := newLoop(s.srv, sock, batch)
		o.serving.Go(l.run)
	}
}

// end stops the loops and closes the sockets.
func (o *openSocket) end() {
	for _, s := range o.loops {
		s.Stop()
	}
	o.serving.Wait()
	o.close()
}

func (s *sockets) noteAddresses() {
	own := make([]uint32, 0, len(s.open))
	for k := range s.open {
		own = append(own, k.addr)
	}
	s.own.Store(&own)
}

// addresses returns the addresses of the open sockets.
func (s *sockets) addresses() []uint32 {
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

// socketRetry opens sockets again that could not be opened.
type socketRetry struct {
	quit, done chan struct{}
	mu         sync.Mutex
	left       map[socketKey]error
	gaveUp     bool
}

// startRetry begins to try the failed sockets again, service-sockets-max-retries
// times.
func (s *sockets) startRetry(p *socketPlan, cfg *config.Dhcp4) {
	if len(p.failed) == 0 {
		return
	}
	c := cfg.Interfaces
	r := &socketRetry{quit: make(chan struct{}), done: make(chan struct{}), left: p.failed, gaveUp: c.MaxRetries == 0}
	s.retry.Store(r)
	if r.gaveUp {
		close(r.done)
		return
	}
	go r.run(s, p, int(c.MaxRetries), time.Duration(c.RetryWaitTime)*time.Millisecond, c.RequireAll)
}

func (r *socketRetry) run(s *sockets, p *socketPlan, tries int, wait time.Duration, requireAll bool) {
	defer close(r.done)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for range tries {
		select {
		case <-r.quit:
			return
		case <-timer.C:
		}
		if r.tryAll(s, p) {
			return
		}
		timer.Reset(wait)
	}
	r.mu.Lock()
	r.gaveUp = true
	r.mu.Unlock()
	s.srv.log.dhcp4.Log(msgOpenSocketsFail, tries)
	if requireAll {
		s.srv.fail(fmt.Errorf("service-sockets-require-all: %w", joinFailed(r.left)))
	}
}

// tryAll opens what is left and reports whether nothing is left after it.
func (r *socketRetry) tryAll(s *sockets, p *socketPlan) bool {
	for _, w := range p.sockets {
		r.mu.Lock()
		_, left := r.left[w.socketKey]
		r.mu.Unlock()
		if !left {
			continue
		}
		o, err := s.openOne(w)
		r.mu.Lock()
		if err != nil {
			r.left[w.socketKey] = err
		} else {
			delete(r.left, w.socketKey)
		}
		r.mu.Unlock()
		if err != nil {
			s.srv.log.dhcpsrv.Log(msgOpenSocketFail, err)
			continue
		}
		s.mu.Lock()
		s.open[w.socketKey] = o
		s.serve(o, w.batch)
		s.noteAddresses()
		s.mu.Unlock()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.left) == 0
}

func (s *sockets) stopRetry() {
	r := s.retry.Swap(nil)
	if r == nil {
		return
	}
	close(r.quit)
	<-r.done
}

// status tells how the sockets are (status-get): ready, retrying or failed, with
// the reasons.
func (s *sockets) status() (state string, errs []string) {
	r := s.retry.Load()
	if r == nil {
		return "ready", nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, err := range r.left {
		errs = append(errs, err.Error())
	}
	slices.Sort(errs)
	switch {
	case len(r.left) == 0:
		return "ready", nil
	case r.gaveUp:
		return "failed", errs
	}
	return "retrying", errs
}

// list returns the open sockets.
func (s *sockets) list() []netio.Socket4 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []netio.Socket4
	for _, o := range s.open {
		all = append(all, o.loops[0])
	}
	return all
}
