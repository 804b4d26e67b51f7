// Package packetinput reads DHCP messages that people hand to a tool: as
// hexadecimal text, as a capture file of tcpdump or Wireshark, or as a short
// description such as
//
//	discover hw=02:00:00:00:00:01 giaddr=192.0.2.1 option[55]=1,3,6
//
// It says what is known of a message's way, and leaves its meaning to others.
package packetinput

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"

	"nestor/lib/option"
)

// Packet is a DHCP message and what is known of its way. The zero value of
// everything but Payload stands for "not known".
type Packet struct {
	Payload   []byte         // what UDP carried
	Src, Dst  netip.AddrPort // of IP and UDP
	SrcMAC    net.HardwareAddr
	Interface string // that it arrived by
	Origin    string // where it was read: "lab.pcap, frame 3", "the description"
}

// Read4 reads DHCPv4 messages: those of a file if arg is @FILE or the name of one,
// else the one that arg holds or describes. A file is a capture (pcap or pcapng,
// of which everything but DHCPv4 is passed over) or text of one of the other two
// forms, where the lines that begin with # do not count. defs knows the names and
// formats of the options in descriptions; nil: the standard ones. There is at
// least one message unless there is an error.
func Read4(arg string, defs *option.Definitions) ([]Packet, error) {
	if defs == nil {
		defs = option.Standard4()
	}
	return read(arg, family4(defs))
}

// Parse4 reads one DHCPv4 message from hexadecimal text or a description, and
// touches no file: for what comes over the network.
func Parse4(text string, defs *option.Definitions) (Packet, error) {
	if defs == nil {
		defs = option.Standard4()
	}
	return parse(text, family4(defs))
}

func parse(text string, f family) (Packet, error) {
	ps, err := readText(text, "the argument", f)
	if err != nil {
		return Packet{}, err
	}
	return ps[0], nil
}

// Read6 is Read4 for DHCPv6.
func Read6(arg string, defs *option.Definitions) ([]Packet, error) {
	if defs == nil {
		defs = option.Standard6()
	}
	return read(arg, family6(defs))
}

// Parse6 is Parse4 for DHCPv6.
func Parse6(text string, defs *option.Definitions) (Packet, error) {
	if defs == nil {
		defs = option.Standard6()
	}
	return parse(text, family6(defs))
}

// IsWord reports whether a text may be one of the words of a description that stand
// without a value.
func IsWord(text string) bool { return text == "broadcast" || text == "rapid-commit" }

// family is what tells the two DHCP versions apart.
type family struct {
	v6       bool
	carries  func(*Packet) bool // whether a datagram is a DHCP message
	types    map[string]byte    // by the words that begin descriptions
	example  string             // one of these words
	files    bool               // whether a text may also be the name of a file
	describe func(text string) (Packet, error)
}

func family4(defs *option.Definitions) family {
	return family{
		carries: carries4, types: messageTypes4, example: "discover",
		describe: func(text string) (Packet, error) { return describe4(text, defs) },
	}
}

func family6(defs *option.Definitions) family {
	return family{
		v6: true, carries: carries6, types: messageTypes6, example: "solicit",
		describe: func(text string) (Packet, error) { return describe6(text, defs) },
	}
}

func (f family) String() string {
	if f.v6 {
		return "DHCPv6"
	}
	return "DHCPv4"
}

func read(arg string, f family) ([]Packet, error) {
	if name, ok := strings.CutPrefix(arg, "@"); ok {
		return readFile(name, f)
	}
	if info, err := os.Stat(arg); err == nil && info.Mode().IsRegular() {
		return readFile(arg, f)
	}
	f.files = true
	return readText(arg, "the argument", f)
}

func readFile(name string, f family) ([]Packet, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var ps []Packet
	if isCapture(content) {
		ps, err = readCapture(content, name, f)
	} else {
		ps, err = readText(withoutRemarks(content), name, f)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return ps, nil
}

func withoutRemarks(text []byte) string {
	var kept [][]byte
	for line := range bytes.Lines(text) {
		if !bytes.HasPrefix(bytes.TrimSpace(line), []byte("#")) {
			kept = append(kept, line)
		}
	}
	return string(bytes.Join(kept, nil))
}

// readText reads a description or hexadecimal text.
func readText(text, origin string, f family) ([]Packet, error) {
	word, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	if _, ok := f.types[strings.ToLower(word)]; ok || strings.Contains(text, "=") {
		p, err := f.describe(text)
		if err != nil {
			return nil, err
		}
		p.Origin = origin
		return []Packet{p}, nil
	}
	b, ok := hexText(text)
	if !ok {
		forms := "neither hexadecimal digits"
		if f.files {
			forms = "neither the name of a file, nor hexadecimal digits"
		}
		return nil, fmt.Errorf("%q is %s, nor a description that begins with a message type such as %s", shortened(text), forms, f.example)
	}
	if err := f.checkPayload(b); err != nil {
		return nil, err
	}
	return []Packet{{Payload: b, Origin: origin}}, nil
}

// checkPayload refuses what is too short for a message.
func (f family) checkPayload(b []byte) error {
	p := Packet{Payload: b}
	if f.v6 && len(b) < header6 {
		return fmt.Errorf("%d bytes are no DHCPv6 message, which has %d at least", len(b), header6)
	}
	if !f.v6 && !carries4(&p) {
		return fmt.Errorf("%d bytes are no DHCPv4 message, which has the cookie 63825363 behind 236 bytes of header: give the payload of UDP, without Ethernet and IP", len(b))
	}
	return nil
}
