package ddns

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"

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
	socket *socket // nil: none is needed now
}

func newDNSServer(s *config.DNSServer, key *signer, timeout time.Duration) *dnsServer {
	return &dnsServer{
		addr: netip.AddrPortFrom(s.Address, uint16(s.Port)),
		text: fmt.Sprintf("%s port:%d", s.Address, s.Port), key: key, timeout: timeout,
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

// maxUDP is the size up to which messages go over UDP: what every path carries.
const maxUDP = 1232

// An exchange is a message to a server and what its end is told to.
type exchange struct {
	id       uint16
	wire     []byte
	mac      []byte // its signature, which that of the answer covers
	sent     bool
	over     bool
	deadline time.Time
	// ended takes the answer's rcode, or an error: a timeoutError, an ioError or a
	// corruptError. It is called once, by another goroutine than that which calls
	// send.
	ended func(rcode int, err error)
}

// send sends the update message of a step.
func (s *dnsServer) send(st *step, r *records, now time.Time, ended func(rcode int, err error)) {
	x := &exchange{ended: ended}
	k, err := s.begin(x)
	if err != nil {
		go ended(0, ioError{err})
		return
	}
	x.wire = st.message(make([]byte, 0, 512), x.id, r)
	if s.key != nil {
		x.wire, x.mac = s.key.sign(x.wire, nil, now)
	}
	if len(x.wire) > maxUDP {
		k.forget(x)
		go s.overTCP(x)
		return
	}
	if err := k.write(x); err != nil && k.forget(x) {
		go ended(0, ioError{err})
	}
}

// begin gives an exchange an id on a socket.
func (s *dnsServer) begin(x *exchange) (*socket, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.socket == nil {
		k, err := newSocket(s)
		if err != nil {
			return nil, err
		}
		s.socket = k
		go k.read()
	}
	s.socket.add(x)
	return s.socket, nil
}

// answered takes the answer to an exchange.
func (s *dnsServer) answered(x *exchange, answer []byte) {
	if answer[2]&0x02 != 0 { // truncated
		go s.overTCP(x)
		return
	}
	if err := s.check(answer, x.mac, time.Now()); err != nil {
		x.ended(0, err)
		return
	}
	x.ended(int(answer[3]&0x0f), nil)
}

// overTCP sends the message over a connection of its own.
func (s *dnsServer) overTCP(x *exchange) {
	answer, err := s.askTCP(x.wire)
	if err == nil {
		err = s.check(answer, x.mac, time.Now())
	}
	if err != nil {
		x.ended(0, err)
		return
	}
	x.ended(int(answer[3]&0x0f), nil)
}

func (s *dnsServer) askTCP(wire []byte) ([]byte, error) {
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
