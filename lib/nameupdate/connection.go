package nameupdate

import (
	"errors"
	"fmt"
	"net/netip"
	"sync/atomic"
	"time"

	"nestor/lib/config"
	"nestor/lib/logging"
	"nestor/lib/ncr"
)

// Connection is the way to the DDNS daemon under the configuration in force. Its
// methods may be called concurrently, but Prepare, Commit, Abandon and Close, which
// belong to who configures the server.
type Connection struct {
	log        *logging.Logger // dhcpsrv
	ddns       *logging.Logger
	sendFailed *logging.Message
	rejected   *logging.Limited

	assumed bool                       // see Assumed
	sender  atomic.Pointer[ncr.Sender] // nil: no updates are sent
	inUse   settings
	next    *ncr.Sender // of Prepare
	wanted  settings
	fresh   bool // next takes the place of sender
}

// settings are those of dhcp-ddns that a new connection comes with.
type settings struct {
	enabled       bool
	server, local netip.AddrPort
	queue         uint32
}

// New makes the connection of a server, which sends nothing before it is configured.
// sendFailed is the server's message of requests that cannot be sent.
func New(sys *logging.System, sendFailed *logging.Message) *Connection {
	log := sys.Logger("dhcpsrv")
	return &Connection{log: log, ddns: sys.Logger("ddns"), sendFailed: sendFailed, rejected: log.Limited(msgRejected, time.Minute)}
}

// Assumed is the connection of a server that only tells what it would do: it is
// Enabled as configured, and must not be sent anything.
func Assumed(d *config.DhcpDDNS) *Connection { return &Connection{assumed: settingsOf(d).enabled} }

// Enabled reports whether requests are sent at all: they are configured, and the
// socket has not failed for good. A nil Connection sends none.
func (c *Connection) Enabled() bool {
	if c == nil || c.assumed {
		return c != nil
	}
	s := c.sender.Load()
	return s != nil && !s.Suspended()
}

// Prepare opens what a configuration wants and the present one does not have.
func (c *Connection) Prepare(d *config.DhcpDDNS) error {
	c.wanted, c.next = settingsOf(d), nil
	old := c.sender.Load()
	c.fresh = c.wanted != c.inUse || old != nil && old.Suspended()
	if !c.fresh || !c.wanted.enabled {
		return nil
	}
	s, err := ncr.NewSender(ncr.SenderOptions{
		Server: c.wanted.server, Local: c.wanted.local, MaxQueue: int(c.wanted.queue), Events: c.events(),
	})
	if err != nil {
		return fmt.Errorf("dhcp-ddns: %w: sender-ip and sender-port must be of this host and free", err)
	}
	c.next = s
	return nil
}

func settingsOf(d *config.DhcpDDNS) settings {
	if d == nil || !d.EnableUpdates {
		return settings{}
	}
	return settings{
		enabled: true, queue: d.MaxQueueSize,
		server: netip.AddrPortFrom(d.ServerIP, uint16(d.ServerPort)),
		local:  netip.AddrPortFrom(d.SenderIP, uint16(d.SenderPort)),
	}
}

// Commit puts in force what Prepare has opened. Requests that wait go the new way.
func (c *Connection) Commit() {
	if !c.fresh {
		return
	}
	old := c.sender.Swap(c.next)
	var left [][]byte
	if old != nil {
		left = old.Close()
		c.log.Log(msgStopped)
	}
	if c.next != nil {
		c.next.Take(left)
		c.log.Log(msgStarted, fmt.Sprintf("server: %s, sender: %s, max-queue-size: %d", c.wanted.server, c.next.LocalAddr(), c.wanted.queue))
	}
	c.inUse, c.next, c.fresh = c.wanted, nil, false
}

// Abandon closes what Prepare has opened.
func (c *Connection) Abandon() {
	if c.next != nil {
		c.next.Close()
	}
	c.next, c.fresh = nil, false
}

// Close ends the connection. What cannot be sent at once is lost.
func (c *Connection) Close() {
	if old := c.sender.Swap(nil); old != nil {
		old.Close()
		c.log.Log(msgStopped)
	}
	c.inUse = settings{}
}

// Send sends the requests of a list, whose leases are stored now, and empties it.
func (c *Connection) Send(l *List) {
	if len(l.requests) > 0 {
		c.sendAll(l)
		l.Reset()
	}
}

func (c *Connection) sendAll(l *List) {
	s := c.sender.Load()
	for i := range l.requests {
		if s == nil || s.Suspended() {
			if c.log.Enabled(msgSkip) {
				c.log.Log(msgSkip, l.client(&l.requests[i]), l.requests[i].addr)
			}
			continue
		}
		c.sendOne(s, l, i)
	}
}

func (c *Connection) sendOne(s *ncr.Sender, l *List, i int) {
	of := &l.requests[i]
	r, err := l.request(i)
	if err != nil {
		c.log.Log(msgQueueFailed, l.client(of), addOrRemove(of.remove), of.addr, err)
		return
	}
	if c.log.Enabled(msgQueued) {
		c.log.Log(msgQueued, l.client(of), addOrRemove(of.remove), r.String())
	}
	if err := s.Send(&r); errors.Is(err, ncr.ErrQueueFull) {
		c.rejected.Log(err, r.String())
	}
}

func addOrRemove(remove bool) string {
	if remove {
		return "remove"
	}
	return "add"
}

// events tells of a sender in the log.
func (c *Connection) events() ncr.SenderEvents {
	return ncr.SenderEvents{
		Sent: func(datagram []byte) {
			if c.log.Enabled(msgSent) {
				c.log.Log(msgSent, shown(datagram))
			}
		},
		Away: func(waiting int) { c.log.Log(msgAway, waiting) },
		Back: func(waiting int) { c.log.Log(msgBack, waiting) },
		Failed: func(err error, datagram []byte) {
			c.ddns.Log(c.sendFailed, err, shown(datagram))
			c.log.Log(msgSuspend)
		},
	}
}

func shown(datagram []byte) string {
	r, err := ncr.Parse(datagram)
	if err != nil {
		return err.Error()
	}
	return r.String()
}
