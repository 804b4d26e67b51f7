package perf

import (
	"encoding/hex"
	"fmt"
	"os"
	"strings"
)

// A Template is a DHCP message that the user made, from the op field or message
// type on, without IP and UDP headers, and where in it the generator writes. An
// offset of -1 leaves that part alone.
type Template struct {
	Bytes    []byte
	XID      int // transaction id, four octets, three in DHCPv6
	Random   int // last octet of what differs between clients
	Secs     int // secs field, two octets; elapsed time option
	ServerID int // server identifier option, in DHCPv4 six octets with code and length
	Address  int // requested address option, six octets with code and length; an identity association
}

// templateOffsets are -X, -O, -E, -S and -I as they were given.
type templateOffsets struct {
	xid, random             []int
	secs, serverID, address *int
}

// Where a template's fields lie unless flags say otherwise: those of the DHCP
// header (RFC 2131 section 2).
const (
	offsetXID        = 4
	offsetSecs       = 8
	offsetFlags      = 10
	offsetCiaddr     = 12
	offsetYiaddr     = 16
	offsetGiaddr     = 24
	offsetChaddr     = 28
	offsetCookie     = 236
	offsetOptions    = 240
	offsetLastChaddr = offsetChaddr + 5
)

// maxMessage is what fits an Ethernet frame behind IP and UDP headers.
const maxMessage = 1472

// loadTemplates reads the files of -T: the first is for DISCOVER, the second for
// REQUEST.
func (o *Options) loadTemplates() error {
	for i, file := range o.files {
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("-T: %w", err)
		}
		bytes, err := parseTemplate(string(text))
		if err != nil {
			return fmt.Errorf("-T %s: %w", file, err)
		}
		t := Template{Bytes: bytes, XID: offsetXID, Random: offsetLastChaddr, Secs: -1, ServerID: -1, Address: -1}
		check := t.check
		if o.V6 {
			t.place6()
			check = t.check6
		}
		if i < len(o.offsets.xid) {
			t.XID = o.offsets.xid[i]
		}
		if i < len(o.offsets.random) {
			t.Random = o.offsets.random[i]
		}
		if i == 1 {
			o.offsets.place(&t, o.V6)
		}
		if err := check(); err != nil {
			return fmt.Errorf("-T %s: %w", file, err)
		}
		o.Templates = append(o.Templates, t)
	}
	return nil
}

// place sets what only a REQUEST has. Without flags the options are looked for,
// so that a captured message can be used as it is; those of DHCPv6 are found when
// the message is made.
func (f *templateOffsets) place(t *Template, v6 bool) {
	if !v6 {
		t.ServerID, t.Address = findOption(t.Bytes, optServerID), findOption(t.Bytes, optRequestedAddress)
	}
	if f.serverID != nil {
		t.ServerID = *f.serverID
	}
	if f.address != nil {
		t.Address = *f.address
	}
	if f.secs != nil && *f.secs > 0 {
		t.Secs = *f.secs
	}
}

// findOption returns where a four-octet option begins in a DHCP message, or -1.
func findOption(message []byte, code byte) int {
	for i := offsetOptions; i+1 < len(message) && message[i] != optEnd; {
		if message[i] == optPad {
			i++
			continue
		}
		if message[i] == code && message[i+1] == 4 && i+6 <= len(message) {
			return i
		}
		i += 2 + int(message[i+1])
	}
	return -1
}

// parseTemplate reads hexadecimal digits; blanks between them mean nothing.
func parseTemplate(text string) ([]byte, error) {
	digits := strings.NewReplacer(" ", "", "\n", "", "\r", "", "\t", "").Replace(text)
	if bad := strings.Trim(digits, "0123456789abcdefABCDEF"); bad != "" {
		return nil, fmt.Errorf("%q is neither a hexadecimal digit nor a space", bad[:1])
	}
	if digits == "" || len(digits)%2 != 0 {
		return nil, fmt.Errorf("%d hexadecimal digits do not make whole octets", len(digits))
	}
	if len(digits) > 2*maxMessage {
		return nil, fmt.Errorf("%d octets do not fit one frame, %d do", len(digits)/2, maxMessage)
	}
	return hex.DecodeString(digits)
}

// check refuses offsets that point outside of the template.
func (t *Template) check() error {
	for _, field := range []struct {
		flag        string
		begin, size int
	}{
		{"-X", t.XID, 4},
		{"-O", t.Random, 1},
		{"-E", t.Secs, 2},
		{"-S", t.ServerID, 6},
		{"-I", t.Address, 6},
	} {
		if field.begin+field.size > len(t.Bytes) {
			return fmt.Errorf("offset %d (%s) lies beyond its end, it has %d octets", field.begin, field.flag, len(t.Bytes))
		}
	}
	return nil
}

// randomOctets returns how many octets of a template differ between so many
// clients: one up to 255 clients, two up to 65535, and so on (ARM 25.10.3).
func randomOctets(clients int) int {
	n := 1
	for clients >= 256 && n < 6 {
		clients >>= 8
		n++
	}
	return n
}
