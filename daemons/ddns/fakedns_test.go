package ddns

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/miekg/dns"
)

// fakeDNS is a DNS server that records updates and answers as it is told.
type fakeDNS struct {
	addr netip.AddrPort
	udp  *net.UDPConn
	tcp  net.Listener

	mu       sync.Mutex
	messages []string
	answers  []answer // one for each message; the last one goes on
}

// answer is what the server does with a message.
type answer func(query *dns.Msg, wire []byte) (reply []byte)

func silence(*dns.Msg, []byte) []byte { return nil }

func rcode(code int) answer {
	return func(q *dns.Msg, _ []byte) []byte {
		m := new(dns.Msg)
		m.SetRcode(q, code)
		m.Question = nil // BIND has none either
		b, _ := m.Pack()
		return b
	}
}

// changed is the answer NOERROR after something is done to it.
func changed(change func([]byte) []byte) answer {
	return func(q *dns.Msg, w []byte) []byte { return change(rcode(dns.RcodeSuccess)(q, w)) }
}

var (
	good      = rcode(dns.RcodeSuccess)
	truncated = changed(func(b []byte) []byte { b[2] |= 2; return b })
)

func newFakeDNS(t *testing.T, answers ...answer) *fakeDNS {
	t.Helper()
	for range 20 {
		tcp, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		addr := tcp.Addr().(*net.TCPAddr).AddrPort()
		udp, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(addr))
		if err != nil {
			tcp.Close()
			continue
		}
		f := &fakeDNS{addr: addr, udp: udp, tcp: tcp, answers: answers}
		t.Cleanup(func() { udp.Close(); tcp.Close() })
		go f.serveUDP()
		go f.serveTCP()
		return f
	}
	t.Fatal("no port")
	return nil
}

func (f *fakeDNS) serveUDP() {
	buf := make([]byte, 65536)
	for {
		n, from, err := f.udp.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		if reply := f.reply(buf[:n], ""); reply != nil {
			f.udp.WriteToUDPAddrPort(reply, from)
		}
	}
}

func (f *fakeDNS) serveTCP() {
	for {
		c, err := f.tcp.Accept()
		if err != nil {
			return
		}
		var length [2]byte
		if _, err := io.ReadFull(c, length[:]); err == nil {
			b := make([]byte, binary.BigEndian.Uint16(length[:]))
			if _, err := io.ReadFull(c, b); err == nil {
				if reply := f.reply(b, "TCP "); reply != nil {
					c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...))
				}
			}
		}
		c.Close()
	}
}

func (f *fakeDNS) reply(wire []byte, way string) []byte {
	var m dns.Msg
	text := "malformed"
	if m.Unpack(wire) == nil {
		text = way + describe(&m)
	}
	f.mu.Lock()
	f.messages = append(f.messages, text)
	act := silence
	if len(f.answers) > 0 {
		act = f.answers[0]
		if len(f.answers) > 1 {
			f.answers = f.answers[1:]
		}
	}
	f.mu.Unlock()
	return act(&m, wire)
}

// script sets what is answered from now on and forgets what came before.
func (f *fakeDNS) script(answers ...answer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers, f.messages = answers, nil
}

func (f *fakeDNS) got() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.messages...)
}

// describe writes an update message in the notation of the facts: the zone,
// prerequisites and updates in wire order.
func describe(m *dns.Msg) string {
	var b strings.Builder
	q := m.Question[0]
	fmt.Fprintf(&b, "%s %s %s", q.Name, dns.ClassToString[q.Qclass], dns.TypeToString[q.Qtype])
	if m.Opcode != dns.OpcodeUpdate || m.Response || m.RecursionDesired {
		fmt.Fprintf(&b, " flags %v", m.MsgHdr)
	}
	for _, s := range []struct {
		name    string
		records []dns.RR
	}{{"P", m.Answer}, {"U", m.Ns}} {
		for _, rr := range s.records {
			h := rr.Header()
			data := ""
			if h.Rdlength > 0 {
				data = " " + strings.TrimPrefix(rr.String(), h.String())
			}
			fmt.Fprintf(&b, "; %s: %s %s %s", s.name, h.Name, dns.ClassToString[h.Class], dns.TypeToString[h.Rrtype])
			if h.Ttl > 0 {
				fmt.Fprintf(&b, " ttl %d", h.Ttl)
			}
			b.WriteString(data)
		}
	}
	return b.String()
}
