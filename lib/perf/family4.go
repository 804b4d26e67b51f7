package perf

import (
	"encoding/binary"
	"fmt"
	"io"
	"net/netip"
)

// A binding4 is the address that a server gives to a client of DHCPv4.
type binding4 uint32

// family4 is DHCPv4.
type family4 struct {
	blue   [kinds]blueprint4
	relays []uint32
}

// newFamily4 makes the messages of a run. Relays are at the addresses of -J, else
// at local, which is 0 for direct clients.
func newFamily4(o *Options, local uint32) *family4 {
	f := &family4{blue: blueprints4(o), relays: []uint32{local}}
	for i, a := range o.Relays {
		if i == 0 {
			f.relays = f.relays[:0]
		}
		f.relays = append(f.relays, binary.BigEndian.Uint32(a.AsSlice()))
	}
	return f
}

func (f *family4) blank(k kind) []byte { return f.blue[k].octets }

func (f *family4) fill(k kind, b []byte, v *values[binding4]) int {
	f.blue[k].fill(b, v, f.relays[v.relay])
	return len(f.blue[k].octets)
}

func (f *family4) relayCount() int { return len(f.relays) }

func (f *family4) answersRelease() bool { return false }

func (f *family4) newLeaseSet() leaseSet[binding4] { return new(addressSet) }

func (f *family4) writeLease(w io.Writer, mac uint64, b *binding4) {
	var a [4]byte
	binary.BigEndian.PutUint32(a[:], uint32(*b))
	fmt.Fprintf(w, "01%012x,%s,\n", mac, netip.AddrFrom4(a))
}

func (f *family4) serverText(server uint32) string { return fmt.Sprintf("%08x", server) }
