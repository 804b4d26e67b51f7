package torture_test

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"testing"
	"time"

	"nestor/tests/netns"
)

// crowd is the number of clients, and of addresses for them.
const crowd = 120

// Lifetimes, in seconds, that clients ask for lie between these. Short leases come
// to others while the test runs.
const shortest, longest = 2, 9000

// usualPatience is how long a client waits for an answer, thinking at most how long
// it does nothing after one.
const (
	usualPatience = 250 * time.Millisecond
	thinking      = 40 * time.Millisecond
	rebootLimit   = 10 * time.Second
)

// A kind is what a client does with a message.
type kind int

const (
	discover kind = iota // DISCOVER, SOLICIT
	request              // asks for what was offered
	renew
	reboot // asks whether it still has its leases: REQUEST, REBIND
	release
	decline // of an address
)

// A client is one DHCP client. It has one message in flight at most.
type client struct {
	number   int
	mac      net.HardwareAddr
	id       []byte // client identifier or DUID, nil: none
	rapid    bool   // asks for rapid commit
	bindings []*binding

	sequence uint16 // of its messages
	xid      uint32 // of 24 bits
	asks     kind
	waiting  bool
	lifetime uint32 // that it asks for
	sent     time.Time
	ready    time.Time // when to act next

	acknowledged int // leases and renewals
}

// A binding is what one lease of a client is in: for DHCPv6 an IA.
type binding struct {
	client   *client
	identity string // by which leases know it
	prefix   bool
	held     netip.Prefix // the address or prefix of its promise
	wants    netip.Prefix // that the message in flight is about
}

func macOf(i int) net.HardwareAddr { return net.HardwareAddr{2, 0, 0, 0, 0, byte(i)} }

// An answer is what a server tells a client.
type answer struct {
	offer  bool
	leases []given // for each binding, zero: none
}

type given struct {
	addr     netip.Prefix
	lifetime uint32
}

// population is all clients and the relay.
type population struct {
	family
	conns        []*net.UDPConn
	arrived      chan []byte
	all          []*client
	waiting      map[uint32]*client
	ledger       ledger
	acknowledged int // answers
	checked      int // leases looked for in lease files
	patience     time.Duration
}

func newPopulation(t *testing.T, f family, ns *netns.NS) *population {
	p := &population{
		family: f, all: f.clients(), arrived: make(chan []byte, crowd),
		waiting: map[uint32]*client{}, patience: usualPatience,
		ledger: ledger{promises: map[netip.Prefix]*promise{}},
	}
	if err := ns.Do(func() (err error) {
		p.conns, err = f.listen()
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, conn := range p.conns {
		t.Cleanup(func() { conn.Close() })
		go p.hear(conn)
	}
	return p
}

// hear passes on what arrives at a socket until it is closed.
func (p *population) hear(conn *net.UDPConn) {
	var b [1500]byte
	for {
		n, err := conn.Read(b[:])
		if err != nil {
			return
		}
		p.arrived <- append([]byte(nil), b[:n]...)
	}
}

// live lets the clients act until stop is closed.
func (p *population) live(stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		default:
		}
		now := time.Now()
		for _, c := range p.all {
			if c.waiting && now.Sub(c.sent) > p.patience {
				p.unanswered(c)
			}
			if !c.waiting && now.After(c.ready) {
				p.act(c)
			}
		}
		p.receive(time.Millisecond)
	}
}

// rebootAll lets every client that has a lease ask whether it still has it; an
// authoritative server must know.
func (p *population) rebootAll() {
	begun := time.Now()
	for time.Since(begun) < rebootLimit {
		left := 0
		for _, c := range p.all {
			if !p.wonders(c, begun) {
				continue
			}
			left++
			if c.waiting && time.Since(c.sent) > p.patience {
				p.unanswered(c)
			}
			if !c.waiting {
				p.forgetEnded(c)
				p.ask(c, reboot)
			}
		}
		if left == 0 {
			return
		}
		p.receive(time.Millisecond)
	}
	p.ledger.complain("not all clients are answered within %v of a restart", rebootLimit)
}

// wonders reports whether a client has a lease of which it has not heard since.
func (p *population) wonders(c *client, since time.Time) bool {
	for _, b := range c.bindings {
		if held := p.ledger.of(b); held != nil && held.holdsAt(time.Now()) && !held.given.asked.After(since) {
			return true
		}
	}
	return false
}

// forgetEnded takes out what a client must not use any longer, and reports whether it
// has all that it wants.
func (p *population) forgetEnded(c *client) bool {
	all := true
	for _, b := range c.bindings {
		if held := p.ledger.of(b); held == nil || !held.holdsAt(time.Now()) {
			p.ledger.forget(b)
			all = false
		}
	}
	return all
}

// act lets a client do something.
func (p *population) act(c *client) {
	if !p.forgetEnded(c) {
		p.ask(c, discover)
		return
	}
	switch n := rand.IntN(100); {
	case n < 75:
		p.ask(c, renew)
	case n < 83:
		p.ask(c, reboot)
	case n < 90:
		p.ask(c, discover)
	case n < 98:
		p.giveUp(c, release)
	default:
		p.giveUp(c, decline)
	}
}

// giveUp sends a message by which the client loses leases. From now on the server may
// have them back.
func (p *population) giveUp(c *client, k kind) {
	c.lifetime = 0
	for _, b := range c.bindings {
		if b.wants = b.held; k == release || !b.prefix {
			p.ledger.forget(b)
		}
	}
	p.send(c, k)
	c.ready = time.Now().Add(rand.N(thinking))
}

// ask asks about the leases that the client has.
func (p *population) ask(c *client, k kind) {
	for _, b := range c.bindings {
		b.wants = b.held
	}
	p.await(c, k)
}

// await sends a message that is answered, with a lifetime.
func (p *population) await(c *client, k kind) {
	c.lifetime = uint32(1000 + rand.IntN(longest-1000))
	if rand.IntN(5) == 0 {
		c.lifetime = shortest + uint32(rand.IntN(3))
	}
	c.waiting, c.sent = true, time.Now()
	p.send(c, k)
	p.waiting[c.xid] = c
}

func (p *population) send(c *client, k kind) {
	// No two clients ever have the same one.
	c.sequence++
	c.asks, c.xid = k, uint32(c.sequence)<<8|uint32(c.number)
	p.family.send(p.conns, c, k)
}

// receive takes in what has come, waiting for the first answer at most so long.
func (p *population) receive(wait time.Duration) {
	select {
	case b := <-p.arrived:
		p.take(b)
	case <-time.After(wait):
		return
	}
	for {
		select {
		case b := <-p.arrived:
			p.take(b)
		default:
			return
		}
	}
}

func (p *population) take(b []byte) {
	c, a, err := p.read(b, func(xid uint32) *client { return p.waiting[xid] })
	switch {
	case err != nil:
		p.ledger.complain("an answer is wrong, %v: %x", err, b)
	case c != nil:
		p.answered(c, a)
	}
}

func (p *population) answered(c *client, a answer) {
	now := time.Now()
	delete(p.waiting, c.xid)
	c.waiting, c.ready = false, now.Add(rand.N(thinking))
	if a.offer {
		for i, b := range c.bindings {
			b.wants = a.leases[i].addr
		}
		p.await(c, request)
		return
	}
	for i, b := range c.bindings {
		switch got := a.leases[i]; {
		case got.addr.IsValid():
			p.acknowledged++
			c.acknowledged++
			if got.lifetime != c.lifetime && p.exact(c.asks) {
				p.ledger.complain("%s asks for %d s and gets %d s", b.identity, c.lifetime, got.lifetime)
			}
			p.ledger.acknowledge(b, got.addr, grant{got.lifetime, c.sent, now})
		case b.wants == b.held:
			p.ledger.refused(b, now)
		default: // two clients may have been offered one address
		}
	}
}

// unanswered gives up the message in flight. The server may have granted what it
// asked for.
func (p *population) unanswered(c *client) {
	delete(p.waiting, c.xid)
	c.waiting = false
	if c.asks == discover && !c.rapid {
		return
	}
	for _, b := range c.bindings {
		held := p.ledger.of(b)
		if held == nil || b.wants != held.addr {
			continue
		}
		lifetimes := []uint32{c.lifetime}
		if !p.exact(c.asks) {
			lifetimes = held.lifetimes()
		}
		for _, lifetime := range lifetimes {
			held.later = append(held.later, grant{lifetime, c.sent, time.Now().Add(time.Minute)})
		}
	}
}

// stopWaiting ends all waiting, after the server is gone.
func (p *population) stopWaiting() {
	p.receive(time.Millisecond)
	for _, c := range p.all {
		if c.waiting {
			p.unanswered(c)
		}
	}
}
