package ddns

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/sys/unix"

	"nestor/lib/config"
)

// A dnsServer is one server of a zone and the key for it. It may be used
// concurrently.
type dnsServer struct {
	addr    netip.AddrPort
	text    string // for the log
	key     *signer
	timeout time.Duration
	// down is until when the server is tried last because it did not answer, in
	// nanoseconds since 1970.
	down atomic.Int64

	mu     sync.Mutex
	idle   []*udpConn
	closed bool
}

func newDNSServer(s *config.DNSServer, key *signer, timeout time.Duration) *dnsServer {
	return &dnsServer{
		addr: netip.AddrPortFrom(s.Address, uint16(s.Port)),
		text: fmt.Sprintf("%s port:%d", s.Address, s.Port), key: key, timeout: timeout,
	}
}

// maxIdle is how many sockets a server's pool keeps open.
const maxIdle = maxPerZone

// udpConn is a socket that speaks to one server, with the room for an answer.
type udpConn struct {
	*net.UDPConn
	buf [4096]byte
}

func (s *dnsServer) conn() (*udpConn, error) {
	s.mu.Lock()
	if n := len(s.idle); n > 0 {
		c := s.idle[n-1]
		s.idle = s.idle[:n-1]
		s.mu.Unlock()
		return c, nil
	}
	s.mu.Unlock()
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(s.addr))
	if err != nil {
		return nil, err
	}
	return &udpConn{UDPConn: c}, nil
}

// release keeps a socket for the next message. One on which an answer may still
// arrive must not come here.
func (s *dnsServer) release(c *udpConn) {
	s.mu.Lock()
	keep := !s.closed && len(s.idle) < maxIdle
	if keep {
		s.idle = append(s.idle, c)
	}
	s.mu.Unlock()
	if !keep {
		c.Close()
	}
}

// close lets go of the sockets; those in use are closed after it.
func (s *dnsServer) close() {
	s.mu.Lock()
	idle := s.idle
	s.idle, s.closed = nil, true
	s.mu.Unlock()
	for _, c := range idle {
		c.Close()
	}
}

// What can go wrong with one message beside an rcode: no answer in time, an error
// of the socket, an answer that is of no use.
type (
	timeoutError struct{ cause string }
	ioError      struct{ cause error }
	corruptError struct{ cause error }
)

func (e timeoutError) Error() string { return e.cause }
func (e ioError) Error() string      { return e.cause.Error() }
func (e corruptError) Error() string { return e.cause.Error() }

// exchange sends an update message and waits for the answer's rcode. An error is a
// timeoutError, an ioError, a corruptError, or says why the message could not be
// built.
func (s *dnsServer) exchange(m *dns.Msg, now time.Time) (rcode int, err error) {
	m.Id = uint16(rand.Uint32())
	wire, mac, err := s.pack(m, now)
	if err != nil {
		return 0, err
	}
	answer, truncated, err := s.overUDP(wire, mac, now)
	if truncated {
		answer, err = s.overTCP(wire)
		if err == nil {
			err = s.check(answer, mac, now)
		}
	}
	if err != nil {
		return 0, err
	}
	return int(answer[3] & 0x0f), nil
}

// maxUDP is the size up to which messages go over UDP: what every path carries.
const maxUDP = 1232

func (s *dnsServer) pack(m *dns.Msg, now time.Time) (wire, mac []byte, err error) {
	m.Extra = nil
	// Compression takes longer than what it saves, except of long names.
	m.Compress = len(m.Question[0].Name)+len(m.Answer)*dnsNameLen(m) > 512
	if s.key != nil {
		return s.key.sign(m, nil, now)
	}
	wire, err = m.Pack()
	return wire, nil, err
}

// dnsNameLen is the length of the name that the records of an update are at.
func dnsNameLen(m *dns.Msg) int { return len(m.Ns[0].Header().Name) }

// overUDP sends the message in a datagram. A truncated answer is to be asked for
// again over TCP.
func (s *dnsServer) overUDP(wire, mac []byte, now time.Time) (answer []byte, truncated bool, err error) {
	if len(wire) > maxUDP {
		return nil, true, nil
	}
	c, err := s.conn()
	if err != nil {
		return nil, false, ioError{err}
	}
	end := time.Now().Add(s.timeout)
	answer, err = c.ask(wire, end)
	if err != nil {
		c.Close()
		if errors.Is(err, unix.ECONNREFUSED) {
			// The server may be about to come back: give it the time that one has
			// which says nothing.
			time.Sleep(time.Until(end))
			return nil, false, timeoutError{"nobody listens there"}
		}
		return nil, false, err
	}
	if answer[2]&0x02 != 0 {
		s.release(c)
		return nil, true, nil
	}
	err = s.check(answer, mac, now)
	if err == nil {
		answer = append([]byte(nil), answer[:dnsHeader]...)
	}
	s.release(c)
	return answer, false, err
}

const dnsHeader = 12

// ask sends a message and waits for the answer with its id until end. What else
// comes is passed over.
func (c *udpConn) ask(wire []byte, end time.Time) ([]byte, error) {
	if err := c.SetDeadline(end); err != nil {
		return nil, ioError{err}
	}
	if _, err := c.Write(wire); err != nil {
		return nil, ioError{err}
	}
	for {
		n, err := c.Read(c.buf[:])
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return nil, timeoutError{"no answer"}
		case errors.Is(err, unix.ECONNREFUSED):
			return nil, err
		case err != nil:
			return nil, ioError{err}
		}
		if n >= dnsHeader && c.buf[0] == wire[0] && c.buf[1] == wire[1] {
			return c.buf[:n], nil
		}
	}
}

// overTCP sends the message over a connection of its own.
func (s *dnsServer) overTCP(wire []byte) ([]byte, error) {
	c, err := net.DialTimeout("tcp", s.addr.String(), s.timeout)
	if err != nil {
		return nil, tcpError(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(s.timeout)); err != nil {
		return nil, ioError{err}
	}
	framed := append(binary.BigEndian.AppendUint16(nil, uint16(len(wire))), wire...)
	if _, err := c.Write(framed); err != nil {
		return nil, tcpError(err)
	}
	var length [2]byte
	if _, err := io.ReadFull(c, length[:]); err != nil {
		return nil, tcpError(err)
	}
	answer := make([]byte, binary.BigEndian.Uint16(length[:]))
	if _, err := io.ReadFull(c, answer); err != nil {
		return nil, tcpError(err)
	}
	if len(answer) < dnsHeader || answer[0] != wire[0] || answer[1] != wire[1] {
		return nil, corruptError{errors.New("the answer over TCP is to something else")}
	}
	return answer, nil
}

func tcpError(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return timeoutError{"no answer over TCP"}
	}
	return ioError{fmt.Errorf("over TCP: %w", err)}
}

// check tells whether an answer can be used: it is one to an update, has no more
// than the zone, and is signed if the message was.
func (s *dnsServer) check(answer, mac []byte, now time.Time) error {
	flags := binary.BigEndian.Uint16(answer[2:])
	switch opcode, zones := int(flags>>11&15), binary.BigEndian.Uint16(answer[4:]); {
	case flags&0x8000 == 0:
		return corruptError{errors.New("the answer is marked as a query")}
	case opcode != dns.OpcodeUpdate:
		return corruptError{fmt.Errorf("the answer has opcode %d, not that of updates", opcode)}
	case zones > 1:
		return corruptError{fmt.Errorf("the answer has %d zones", zones)}
	case s.key != nil:
		if err := s.key.verify(answer, mac, now); err != nil {
			return corruptError{err}
		}
	}
	return nil
}

func rcodeText(rcode int) string {
	if text, ok := dns.RcodeToString[rcode]; ok {
		return text
	}
	return fmt.Sprintf("rcode %d", rcode)
}
