package packetinput

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"nestor/lib/option"
)

var (
	standard4 = option.Standard4()
	standard6 = option.Standard6()
)

// udp4 is an IPv4 packet from 192.0.2.1 port 67 to 192.0.2.2 port 67.
func udp4(payload []byte) []byte {
	ip := []byte{0x45, 0, 0, 0, 0, 0, 0, 0, 64, protocolIP, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2, 0, 67, 0, 67, 0, 0, 0, 0}
	binary.BigEndian.PutUint16(ip[2:], uint16(len(ip)+len(payload)))
	binary.BigEndian.PutUint16(ip[24:], uint16(8+len(payload)))
	return append(ip, payload...)
}

// udp6 is an IPv6 packet to port 547 with an extension header.
func udp6(payload []byte) []byte {
	ip := make([]byte, 40)
	ip[0], ip[6] = 0x60, 0
	copy(ip[8:], netip.MustParseAddr("fe80::1").AsSlice())
	copy(ip[24:], netip.MustParseAddr("ff02::1:2").AsSlice())
	binary.BigEndian.PutUint16(ip[4:], uint16(16+len(payload)))
	ip = append(ip, protocolIP, 0, 1, 4, 0, 0, 0, 0)
	ip = append(ip, 2, 34, 2, 35, 0, 0, 0, 0)
	binary.BigEndian.PutUint16(ip[52:], uint16(8+len(payload)))
	return append(ip, payload...)
}

func ethernetFrame(payload []byte) []byte {
	return slices.Concat([]byte{2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 1}, []byte{0x81, 0, 0, 5, 8, 0}, udp4(payload), []byte{0, 0, 0}) // tagged, with a trailer
}

func pcap(order binary.AppendByteOrder, link uint32, frames ...[]byte) []byte {
	b := order.AppendUint32(nil, magicPcap)
	b = append(b, make([]byte, 16)...)
	b = order.AppendUint32(b, link)
	for _, f := range frames {
		b = append(b, make([]byte, 8)...)
		b = order.AppendUint32(order.AppendUint32(b, uint32(len(f))), uint32(len(f)))
		b = append(b, f...)
	}
	return b
}

func block(order binary.AppendByteOrder, kind uint32, body []byte) []byte {
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	n := uint32(len(body) + 12)
	return order.AppendUint32(append(order.AppendUint32(order.AppendUint32(nil, kind), n), body...), n)
}

// pcapngOf has an interface vlan7 of Ethernet, and each frame as an enhanced block and
// as a simple one.
func pcapngOf(order binary.AppendByteOrder, frames ...[]byte) []byte {
	b := block(order, magicPcapng, append(order.AppendUint32(nil, byteOrderMark), 0, 1, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255))
	i := order.AppendUint32(order.AppendUint16(order.AppendUint16(nil, linkEthernet), 0), 0)
	i = append(order.AppendUint16(order.AppendUint16(i, optionInterfaceName), 5), "vlan7\x00\x00\x00\x00\x00\x00\x00"...)
	b = append(b, block(order, blockInterface, i)...)
	b = append(b, block(order, 0xbad, []byte("unknown "))...)
	for _, f := range frames {
		n := uint32(len(f))
		e := order.AppendUint32(order.AppendUint32(make([]byte, 12), n), n)
		b = append(b, block(order, blockEnhanced, append(e, f...))...)
		b = append(b, block(order, blockSimple, append(order.AppendUint32(nil, n), f...))...)
	}
	return b
}

func write(t *testing.T, content []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "capture")
	if err := os.WriteFile(name, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestCaptures(t *testing.T) {
	payload := one4(t, discover).Payload
	ip := udp4(payload)
	other := udp4([]byte("no DHCP"))
	fragment := udp4(payload)
	fragment[6] = 0x20
	for name, capture := range map[string][]byte{
		"Ethernet":             pcap(binary.LittleEndian, linkEthernet, []byte{1}, ethernetFrame([]byte("no DHCP")), ethernetFrame(payload)),
		"big-endian":           pcap(binary.BigEndian, linkEthernet, ethernetFrame(payload)),
		"cooked":               pcap(binary.LittleEndian, linkCooked, append(append(make([]byte, 14), 8, 0), ip...)),
		"cooked, second form":  pcap(binary.LittleEndian, linkCookedTwo, append(append([]byte{8, 0}, make([]byte, 18)...), ip...)),
		"loopback":             pcap(binary.LittleEndian, linkNull, append([]byte{2, 0, 0, 0}, ip...)),
		"IP alone":             pcap(binary.LittleEndian, linkRaw, other, fragment, nil, ip[:19], ip[:27], ip),
		"pcapng":               pcapngOf(binary.LittleEndian, ethernetFrame(payload)),
		"pcapng, big-endian":   pcapngOf(binary.BigEndian, ethernetFrame(payload)),
		"good before an error": append(pcap(binary.LittleEndian, linkRaw, ip), 1, 2, 3),
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, capture)
			ps, err := Read4(file, nil)
			want := 1
			if strings.HasPrefix(name, "pcapng") {
				want = 2
			}
			if err != nil || len(ps) != want {
				t.Fatalf("%d messages, %v", len(ps), err)
			}
			for _, p := range ps {
				if !bytes.Equal(p.Payload, payload) || p.Src.String() != "192.0.2.1:67" || p.Dst.String() != "192.0.2.2:67" {
					t.Errorf("%+v", p)
				}
				if want == 2 && (p.Interface != "vlan7" || p.SrcMAC.String() != "02:00:00:00:00:01") {
					t.Errorf("%+v", p)
				}
			}
			if name == "Ethernet" && ps[0].Origin != file+", frame 3" {
				t.Errorf("origin %q", ps[0].Origin)
			}
		})
	}
}

func TestCapture6(t *testing.T) {
	ps, err := Read6(write(t, pcap(binary.LittleEndian, linkIPv6, udp6([]byte{1, 2, 3, 4}), udp4([]byte("others")))), nil)
	if err != nil || len(ps) != 1 || string(ps[0].Payload) != "\x01\x02\x03\x04" || ps[0].Dst.String() != "[ff02::1:2]:547" {
		t.Errorf("%+v %v", ps, err)
	}
}

func TestBadCaptures(t *testing.T) {
	payload := one4(t, discover).Payload
	whole := pcap(binary.LittleEndian, linkEthernet, ethernetFrame(payload))
	short := slices.Clone(whole)
	binary.LittleEndian.PutUint32(short[24+12:], 5000)
	ng := pcapngOf(binary.LittleEndian, ethernetFrame(payload))
	wrong := slices.Clone(ng)
	binary.LittleEndian.PutUint32(wrong[4:], 13)
	for want, capture := range map[string][]byte{
		"none of its 1 frames carries a DHCPv4 message":   pcap(binary.LittleEndian, linkEthernet, ethernetFrame(nil)),
		"none of its 0 frames":                            whole[:24],
		"the capture ends in the middle of a record":      whole[:100],
		"all DHCPv4 messages are cut short":               short,
		"a block of the capture claims to be 13 bytes":    wrong,
		"the file is no capture":                          append(slices.Clone(ng[:8]), 1, 2, 3, 4),
		"capture: the capture ends in the middle of a re": ng[:40],
	} {
		if _, err := Read4(write(t, capture), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
