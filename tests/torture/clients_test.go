package torture_test

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/tests/netns"
)

// population4 is the number of clients, and of addresses for them.
const population4 = 120

// Lifetimes, in seconds, that clients ask for lie between these. Short leases come
// to others while the test runs.
const shortest, longest = 2, 9000

// patience is how long a client waits for an answer, thinking at most how long
// it does nothing after one.
const (
	patience    = 250 * time.Millisecond
	thinking    = 40 * time.Millisecond
	rebootLimit = 10 * time.Second
)

// A client is one DHCP client behind the relay. It has one message in flight at
// most.
type client struct {
	mac  net.HardwareAddr
	id   []byte // client identifier, nil: none
	held uint32 // the address of its promise

	xid      dhcpv4.TransactionID
	waiting  bool
	wants    uint32 // address that the request in flight is for
	lifetime uint32 // that it asks for
	sent     time.Time
	ready    time.Time // when to act next
}

// population is all clients and the relay that they are behind.
type population struct {
	conn         *net.UDPConn
	server       *net.UDPAddr
	clients      []*client
	waiting      map[dhcpv4.TransactionID]*client
	ledger       ledger
	acknowledged int // answers
	checked      int // leases looked for in lease files
	buffer       [1500]byte
}

func newPopulation(t *testing.T, ns *netns.NS) *population {
	p := &population{
		server:  &net.UDPAddr{IP: net.ParseIP(serverAddress), Port: 67},
		waiting: map[dhcpv4.TransactionID]*client{},
		ledger:  ledger{promises: map[uint32]*promise{}},
	}
	if err := ns.Do(func() (err error) {
		p.conn, err = net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(relayAddress), Port: 67})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.conn.Close() })
	for i := range population4 {
		c := &client{mac: net.HardwareAddr{2, 0, 0, 0, 0, byte(i)}}
		if i%2 == 0 {
			c.id = []byte{0, 'c', byte(i)}
		}
		p.clients = append(p.clients, c)
	}
	return p
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
		for _, c := range p.clients {
			if c.waiting && now.Sub(c.sent) > patience {
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
		for _, c := range p.clients {
			held := p.ledger.of(c)
			if held == nil || !held.holdsAt(time.Now()) || held.given.asked.After(begun) {
				continue
			}
			left++
			if c.waiting && time.Since(c.sent) > patience {
				p.unanswered(c)
			}
			if !c.waiting {
				p.reboot(c)
			}
		}
		if left == 0 {
			return
		}
		p.receive(time.Millisecond)
	}
	p.ledger.complain("not all clients are answered within %v of a restart", rebootLimit)
}

// act lets a client do something.
func (p *population) act(c *client) {
	if held := p.ledger.of(c); held == nil || !held.holdsAt(time.Now()) {
		p.ledger.forget(c)
		p.discover(c)
		return
	}
	switch n := rand.IntN(100); {
	case n < 75:
		p.renew(c)
	case n < 83:
		p.reboot(c)
	case n < 90:
		p.discover(c)
	case n < 98:
		p.release(c)
	default:
		p.decline(c)
	}
}

func (p *population) discover(c *client) {
	c.wants = 0
	p.ask(c, dhcpv4.MessageTypeDiscover)
}

// selectOffer asks for what was offered.
func (p *population) selectOffer(c *client, addr uint32) {
	c.wants = addr
	p.ask(c, dhcpv4.MessageTypeRequest, requested(addr), serverID)
}

func (p *population) renew(c *client) {
	c.wants = c.held
	p.ask(c, dhcpv4.MessageTypeRequest, dhcpv4.WithClientIP(ipv4(c.held)))
}

func (p *population) reboot(c *client) {
	c.wants = c.held
	p.ask(c, dhcpv4.MessageTypeRequest, requested(c.held))
}

// release gives the lease up. From now on the server may have it back.
func (p *population) release(c *client) {
	addr := c.held
	p.ledger.forget(c)
	p.tell(c, dhcpv4.MessageTypeRelease, dhcpv4.WithClientIP(ipv4(addr)), serverID)
}

func (p *population) decline(c *client) {
	addr := c.held
	p.ledger.forget(c)
	p.tell(c, dhcpv4.MessageTypeDecline, requested(addr), serverID)
}

// tell sends a message that is not answered.
func (p *population) tell(c *client, typ dhcpv4.MessageType, mods ...dhcpv4.Modifier) {
	p.send(c, typ, mods...)
	c.ready = time.Now().Add(rand.N(thinking))
}

// ask sends a message that is answered, with a lifetime.
func (p *population) ask(c *client, typ dhcpv4.MessageType, mods ...dhcpv4.Modifier) {
	c.lifetime = uint32(1000 + rand.IntN(longest-1000))
	if rand.IntN(5) == 0 {
		c.lifetime = shortest + uint32(rand.IntN(3))
	}
	c.waiting, c.sent = true, time.Now()
	p.send(c, typ, append(mods, dhcpv4.WithLeaseTime(c.lifetime))...)
	p.waiting[c.xid] = c
}

func (p *population) send(c *client, typ dhcpv4.MessageType, mods ...dhcpv4.Modifier) {
	binary.BigEndian.PutUint32(c.xid[:], rand.Uint32())
	base := []dhcpv4.Modifier{
		dhcpv4.WithMessageType(typ), dhcpv4.WithHwAddr(c.mac), dhcpv4.WithTransactionID(c.xid),
		dhcpv4.WithRelay(net.ParseIP(relayAddress)),
	}
	if c.id != nil {
		base = append(base, dhcpv4.WithOption(dhcpv4.OptClientIdentifier(c.id)))
	}
	m, err := dhcpv4.New(append(base, mods...)...)
	if err != nil {
		panic(err)
	}
	// A message that does not arrive is part of the test.
	_, _ = p.conn.WriteToUDP(m.ToBytes(), p.server)
}

func requested(addr uint32) dhcpv4.Modifier {
	return dhcpv4.WithOption(dhcpv4.OptRequestedIPAddress(ipv4(addr)))
}

func serverID(m *dhcpv4.DHCPv4) {
	m.UpdateOption(dhcpv4.OptServerIdentifier(net.ParseIP(serverAddress)))
}

// receive takes in what has come, waiting for the first answer at most so long.
func (p *population) receive(wait time.Duration) {
	for {
		p.conn.SetReadDeadline(time.Now().Add(wait))
		n, err := p.conn.Read(p.buffer[:])
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return
		}
		if err != nil {
			p.ledger.complain("receiving: %v", err)
			return
		}
		m, err := dhcpv4.FromBytes(p.buffer[:n])
		if err != nil {
			p.ledger.complain("an answer is malformed: %v: %x", err, p.buffer[:n])
			continue
		}
		if c := p.waiting[m.TransactionID]; c != nil {
			p.answered(c, m)
		}
		wait = 0
	}
}

func (p *population) answered(c *client, m *dhcpv4.DHCPv4) {
	now := time.Now()
	delete(p.waiting, c.xid)
	c.waiting, c.ready = false, now.Add(rand.N(thinking))
	addr := binary.BigEndian.Uint32(m.YourIPAddr.To4())
	switch m.MessageType() {
	case dhcpv4.MessageTypeOffer:
		p.selectOffer(c, addr)
	case dhcpv4.MessageTypeAck:
		p.acknowledged++
		lifetime := binary.BigEndian.Uint32(m.Options.Get(dhcpv4.OptionIPAddressLeaseTime))
		if lifetime != c.lifetime {
			p.ledger.complain("%v asks for %d s and gets %d s", c.mac, c.lifetime, lifetime)
		}
		p.ledger.acknowledge(c, addr, grant{lifetime, c.sent, now})
	case dhcpv4.MessageTypeNak:
		// Two clients may have been offered one address.
		if c.wants == c.held {
			p.ledger.refused(c, now)
		}
	}
}

// unanswered gives up the message in flight. The server may have granted what it
// asked for.
func (p *population) unanswered(c *client) {
	delete(p.waiting, c.xid)
	c.waiting = false
	if held := p.ledger.of(c); held != nil && c.wants == held.addr {
		held.later = append(held.later, grant{c.lifetime, c.sent, time.Now().Add(time.Minute)})
	}
}

// giveUp ends all waiting, after the server is gone.
func (p *population) giveUp() {
	p.receive(time.Millisecond)
	for _, c := range p.clients {
		if c.waiting {
			p.unanswered(c)
		}
	}
}
