package netio

import (
	"bytes"
	"encoding/binary"
	"testing"

	"pgregory.net/rapid"
)

var testRules = frameRules{addr: serverAddr, port: 67, broadcast: true}

// FuzzFrame feeds frames as a wire could carry them, filter or no filter, and
// judges what is accepted by reading it the slow way.
func FuzzFrame(f *testing.F) {
	f.Add(query{payload: "hello"}.frame(), true)
	f.Add(query{payload: "options", options: make([]byte, 40), trailer: 3}.frame(), true)
	f.Add(query{payload: "partial", edit: func(ip []byte) { ip[26] ^= 1 }}.frame(), false)
	f.Fuzz(func(t *testing.T, frame []byte, checksummed bool) {
		frame = frame[:len(frame):len(frame)]
		var d Datagram4
		v := testRules.parse(frame, checksummed, &d)
		if v != accepted {
			if v >= verdicts || d.Payload != nil {
				t.Fatalf("verdict %d leaves %+v", v, d)
			}
			return
		}
		ip := frame[14:]
		header := int(ip[0]&15) * 4
		udp := ip[header:]
		length := int(binary.BigEndian.Uint16(udp[4:]))
		if ip[0]>>4 != 4 || header < 20 || ip[9] != 17 || header+length > int(binary.BigEndian.Uint16(ip[2:])) ||
			binary.BigEndian.Uint16(udp[2:]) != 67 {
			t.Fatalf("accepted %x", frame)
		}
		if !bytes.Equal(d.Payload, udp[8:length]) || d.Src != binary.BigEndian.Uint32(ip[12:]) ||
			d.SrcPort != binary.BigEndian.Uint16(udp) || d.Dst != serverAddr && d.Dst != broadcast {
			t.Fatalf("%x read as %+v", frame, d)
		}
		sum := slowSum(pseudo(ip, length), udp[:length])
		if checksummed && binary.BigEndian.Uint16(udp[6:]) != 0 && sum != 0xffff {
			t.Fatalf("accepted with checksum %x: %x", sum, frame)
		}
	})
}

// TestFrameRoundTrip reads replies with the parser for queries, which knows
// checksums and lengths.
func TestFrameRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		reply := Reply4{
			Payload: rapid.SliceOfN(rapid.Byte(), 0, 1472).Draw(t, "payload"),
			Dst:     serverAddr,
			DstPort: 67,
			DstMAC:  [6]byte(rapid.SliceOfN(rapid.Byte(), 6, 6).Draw(t, "MAC")),
		}
		src := rapid.Uint32().Draw(t, "source")
		h := newHeaders(aClient, src, 4011)
		h.address(&reply)
		frame := append(h[:], reply.Payload...)
		var d Datagram4
		if v := testRules.parse(frame, true, &d); v != accepted {
			t.Fatalf("verdict %d on %x", v, frame)
		}
		if !bytes.Equal(d.Payload, reply.Payload) || d.Src != src || d.SrcPort != 4011 || d.SrcMAC != aClient {
			t.Fatalf("read as %+v", d)
		}
		ip := frame[14:]
		if slowSum(ip[:20]) != 0xffff || slowSum(pseudo(ip, len(ip)-20), ip[20:]) != 0xffff || ip[26] == 0 && ip[27] == 0 {
			t.Fatalf("checksums of %x", frame)
		}
	})
}

func TestChecksumAgainstRFC1071(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 0x80, 0xff}), 0, 200).Draw(t, "bytes")
		if got, want := fold16(sum16(0, b)), slowSum(b); got != want {
			t.Fatalf("sum of %x is %x, want %x", b, got, want)
		}
	})
}

// TestChecksumNeverZero looks for a payload whose checksum comes out as 0, which
// in a datagram would mean that there is none (RFC 768).
func TestChecksumNeverZero(t *testing.T) {
	h := newHeaders(aClient, serverAddr, 67)
	for word := range 0x10000 {
		reply := Reply4{Payload: []byte{byte(word >> 8), byte(word)}, Dst: clientAddr, DstPort: 68}
		h.address(&reply)
		if checksum := binary.BigEndian.Uint16(h[40:]); checksum == 0 {
			t.Fatalf("payload %04x has checksum 0", word)
		}
	}
}

func BenchmarkChecksum(b *testing.B) {
	payload := make([]byte, 308)
	b.SetBytes(int64(len(payload)))
	for b.Loop() {
		fold16(sum16(0, payload))
	}
}
