package netio

import (
	"fmt"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// chaddrTail is the offset in a DHCPv4 message of the last four bytes of an
// Ethernet client's hardware address (RFC 2131 section 2).
const chaddrTail = 28 + 2

// clientHash is a program that spreads DHCPv4 messages by the client's hardware
// address. Hashing addresses and ports, as the kernel would, puts all direct
// clients, and all clients of one relay, in one place. The message begins at
// offset; with ip there is an IPv4 header of any length before it. The number of
// sockets is the divisor.
func clientHash(offset uint32, ip bool, sockets int) []bpf.Instruction {
	var program []bpf.Instruction
	if ip {
		program = append(program,
			bpf.LoadMemShift{Off: 0},
			bpf.LoadIndirect{Off: offset + chaddrTail, Size: 4})
	} else {
		program = append(program, bpf.LoadAbsolute{Off: offset + chaddrTail, Size: 4})
	}
	return append(append(program, hashInstructions(uint32(sockets))...), bpf.RetA{})
}

// hashInstructions make the number of a socket of what is in the accumulator.
func hashInstructions(sockets uint32) []bpf.Instruction {
	return []bpf.Instruction{
		// Fibonacci hashing: the upper half of the product depends on all bits.
		bpf.ALUOpConstant{Op: bpf.ALUOpMul, Val: 2654435769},
		bpf.ALUOpConstant{Op: bpf.ALUOpShiftRight, Val: 16},
		bpf.ALUOpConstant{Op: bpf.ALUOpMod, Val: sockets},
	}
}

// spreadRaw makes bound packet sockets share what arrives (PACKET_FANOUT,
// packet(7)). Programs of the group see packets from the IP header on.
func spreadRaw(fds []int) error {
	program := clientHash(udpLen, true, len(fds))
	group := uint32(0)
	for i, fd := range fds {
		// The first takes any group id that is free, the others follow it.
		arg := group | unix.PACKET_FANOUT_CBPF<<16
		if i == 0 {
			arg |= unix.PACKET_FANOUT_FLAG_UNIQUEID << 16
		}
		if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_FANOUT, int(int32(arg))); err != nil {
			return fmt.Errorf("join packet fanout: %w", err)
		}
		if i == 0 {
			joined, err := unix.GetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_FANOUT)
			if err != nil {
				return fmt.Errorf("read packet fanout group: %w", err)
			}
			group = uint32(joined) & 0xffff
		}
	}
	if err := attachFilter(fds[0], unix.SOL_PACKET, unix.PACKET_FANOUT_DATA, program); err != nil {
		return fmt.Errorf("attach packet fanout program: %w", err)
	}
	return nil
}

// spreadUDP makes UDP sockets that share an address and port share what arrives. The
// program sees datagrams from the payload on and returns the number of a socket.
func spreadUDP(fds []int, program []bpf.Instruction) error {
	// One of them names the group.
	if err := attachFilter(fds[0], unix.SOL_SOCKET, unix.SO_ATTACH_REUSEPORT_CBPF, program); err != nil {
		return fmt.Errorf("attach port sharing program: %w", err)
	}
	return nil
}

// spreadUnicast4 and spreadUnicast6 spread what is sent to an address over sockets.
func spreadUnicast4(fds []int) error {
	if err := spreadUDP(fds, clientHash(0, false, len(fds))); err != nil {
		return err
	}
	return admitAll(fds)
}

func spreadUnicast6(fds []int) error {
	program := duidHash(0, uint32(len(fds)), []bpf.Instruction{bpf.RetA{}}, bpf.RetConstant{Val: 0})
	if err := spreadUDP(fds, program); err != nil {
		return err
	}
	return admitAll(fds)
}

// spreadMulticast6 spreads what is sent to a group over sockets. Each gets a copy from
// the kernel, whatever port they share, and keeps what is its own: a filter sees
// datagrams from the UDP header on.
func spreadMulticast6(fds []int) error {
	for i, fd := range fds {
		mine := []bpf.Instruction{
			bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(i), SkipTrue: 1},
			bpf.RetConstant{Val: 0},
			bpf.RetConstant{Val: wholePacket},
		}
		lost := bpf.RetConstant{Val: 0}
		if i == 0 {
			lost.Val = wholePacket
		}
		if err := attachFilter(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, duidHash(udpLen, uint32(len(fds)), mine, lost)); err != nil {
			return fmt.Errorf("attach filter of the multicast group: %w", err)
		}
	}
	return nil
}

// A group is sockets that are opened for one address together, for a packet loop each.
type group[S any] struct {
	// open opens one that is bound and receives nothing yet; shared is for all but the
	// first. spread makes them receive, each its own part.
	open   func(shared bool) (s S, fd int, err error)
	spread func(fds []int) error
}

// of opens n sockets, and closes them again when one of them fails.
func (g group[S]) of(n int) (sockets []S, err error) {
	var fds []int
	defer func() {
		if err != nil {
			closeAll(fds)
		}
	}()
	for i := range n {
		s, fd, err := g.open(i > 0)
		if err != nil {
			return nil, err
		}
		fds, sockets = append(fds, fd), append(sockets, s)
		if i == 0 && n > 1 {
			// Only now, so that another program's socket was noticed.
			if err := sharePort(fd); err != nil {
				return nil, err
			}
		}
	}
	if n == 1 {
		return sockets, admitAll(fds)
	}
	return sockets, g.spread(fds)
}

func sharePort(fd int) error {
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
		return fmt.Errorf("share the port: %w", err)
	}
	return nil
}

// admitNone makes a new socket receive nothing, admitAll undoes it.
func admitNone(fd int) error {
	if err := attachFilter(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, dropAll()); err != nil {
		return fmt.Errorf("close socket to datagrams: %w", err)
	}
	return nil
}

func admitAll(fds []int) error {
	for _, fd := range fds {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DETACH_FILTER, 0); err != nil {
			return fmt.Errorf("open socket to datagrams: %w", err)
		}
	}
	return nil
}
