package packetinput

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// frame is one record of a capture.
type frame struct {
	number int // from 1, as Wireshark counts
	link   uint32
	iface  string
	data   []byte
	cut    bool // the capture has only its beginning
}

var (
	errNotCapture = errors.New("the file is no capture of pcap or pcapng")
	errCut        = errors.New("the capture ends in the middle of a record")
)

// The numbers that captures begin with; each may be of either byte order.
const (
	magicPcap      = 0xa1b2c3d4
	magicPcapNanos = 0xa1b23c4d
	magicPcapng    = 0x0a0d0d0a
	byteOrderMark  = 0x1a2b3c4d
)

func isCapture(b []byte) bool {
	_, pcap := pcapOrder(b)
	return pcap || len(b) >= 4 && binary.BigEndian.Uint32(b) == magicPcapng
}

func pcapOrder(b []byte) (binary.ByteOrder, bool) {
	if len(b) < 4 {
		return nil, false
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		if m := order.Uint32(b); m == magicPcap || m == magicPcapNanos {
			return order, true
		}
	}
	return nil, false
}

// readCapture takes the DHCP messages out of a capture.
func readCapture(content []byte, name string, f family) ([]Packet, error) {
	var ps []Packet
	frames, cut := 0, 0
	err := eachFrame(content, func(fr frame) {
		frames++
		p, ok := datagram(fr.link, fr.data)
		if !ok || !f.carries(&p) {
			return
		}
		if fr.cut {
			cut++
			return
		}
		p.Payload = bytes.Clone(p.Payload)
		p.Interface = fr.iface
		p.Origin = fmt.Sprintf("%s, frame %d", name, fr.number)
		ps = append(ps, p)
	})
	switch {
	case err != nil && len(ps) == 0:
		return nil, err
	case len(ps) == 0 && cut > 0:
		return nil, fmt.Errorf("all %s messages are cut short: capture whole frames (tcpdump -s 0)", f)
	case len(ps) == 0:
		return nil, fmt.Errorf("none of its %d frames carries a %s message", frames, f)
	}
	return ps, nil
}

func eachFrame(b []byte, fn func(frame)) error {
	if order, ok := pcapOrder(b); ok {
		return eachPcap(b, order, fn)
	}
	return eachPcapng(b, fn)
}

// eachPcap reads the classic form: a header of 24 bytes, then records.
func eachPcap(b []byte, order binary.ByteOrder, fn func(frame)) error {
	const header, record = 24, 16
	if len(b) < header {
		return errCut
	}
	// The upper bits of the link type tell about checksums at the frames' ends.
	link := order.Uint32(b[20:]) & 0xffff
	b = b[header:]
	for n := 1; len(b) > 0; n++ {
		if len(b) < record {
			return errCut
		}
		have, whole := order.Uint32(b[8:]), order.Uint32(b[12:])
		b = b[record:]
		if uint64(have) > uint64(len(b)) {
			return errCut
		}
		fn(frame{number: n, link: link, data: b[:have], cut: have < whole})
		b = b[have:]
	}
	return nil
}

// Blocks of pcapng (draft-ietf-opsawg-pcapng).
const (
	blockInterface = 1
	blockSimple    = 3
	blockEnhanced  = 6

	optionEnd           = 0
	optionInterfaceName = 2
)

// captureInterface is what a section says of one of its interfaces.
type captureInterface struct {
	link, snapLen uint32
	name          string
}

// pcapng reads the blocks of a capture.
type pcapng struct {
	order      binary.ByteOrder
	interfaces []captureInterface
	frames     int
	fn         func(frame)
}

func eachPcapng(b []byte, fn func(frame)) error {
	p := pcapng{fn: fn}
	for len(b) > 0 {
		const least = 12 // type, length, and the length again
		if len(b) < least {
			return errCut
		}
		if binary.BigEndian.Uint32(b) == magicPcapng && !p.section(b) {
			return errNotCapture
		}
		n := p.order.Uint32(b[4:])
		switch {
		case n < least || n%4 != 0:
			return fmt.Errorf("a block of the capture claims to be %d bytes long", n)
		case uint64(n) > uint64(len(b)):
			return errCut
		}
		p.block(p.order.Uint32(b), b[8:n-4])
		b = b[n:]
	}
	return nil
}

// section begins a section, which has a byte order and interfaces of its own.
func (p *pcapng) section(b []byte) bool {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		if order.Uint32(b[8:]) == byteOrderMark {
			p.order, p.interfaces = order, nil
			return true
		}
	}
	return false
}

func (p *pcapng) block(kind uint32, body []byte) {
	switch kind {
	case blockInterface:
		if len(body) >= 8 {
			p.interfaces = append(p.interfaces, captureInterface{
				link: uint32(p.order.Uint16(body)), snapLen: p.order.Uint32(body[4:]), name: p.interfaceName(body[8:]),
			})
		}
	case blockSimple:
		p.frames++
		if len(body) >= 4 && len(p.interfaces) > 0 {
			whole := p.order.Uint32(body)
			have := min(whole, uint32(len(body)-4))
			if limit := p.interfaces[0].snapLen; limit > 0 {
				have = min(have, limit)
			}
			p.frame(0, body[4:4+have], have < whole)
		}
	case blockEnhanced:
		p.frames++
		const header = 20
		if len(body) < header {
			return
		}
		have, whole := p.order.Uint32(body[12:]), p.order.Uint32(body[16:])
		if uint64(have) <= uint64(len(body)-header) {
			p.frame(p.order.Uint32(body), body[header:header+have], have < whole)
		}
	}
}

func (p *pcapng) frame(number uint32, data []byte, cut bool) {
	if uint64(number) < uint64(len(p.interfaces)) {
		i := p.interfaces[number]
		p.fn(frame{number: p.frames, link: i.link, iface: i.name, data: data, cut: cut})
	}
}

// interfaceName finds the name among the options of an interface's block.
func (p *pcapng) interfaceName(options []byte) string {
	for len(options) >= 4 {
		code, n := p.order.Uint16(options), int(p.order.Uint16(options[2:]))
		options = options[4:]
		if code == optionEnd || n > len(options) {
			break
		}
		if code == optionInterfaceName {
			return string(bytes.TrimRight(options[:n], "\x00"))
		}
		options = options[min(len(options), (n+3)&^3):]
	}
	return ""
}
