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
	return append(program,
		// Fibonacci hashing: the upper half of the product depends on all bits.
		bpf.ALUOpConstant{Op: bpf.ALUOpMul, Val: 2654435769},
		bpf.ALUOpConstant{Op: bpf.ALUOpShiftRight, Val: 16},
		bpf.ALUOpConstant{Op: bpf.ALUOpMod, Val: uint32(sockets)},
		bpf.RetA{})
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

// spreadUDP does the same for UDP sockets that share a port; one of them names
// the group. Programs of the group see datagrams from the payload on.
func spreadUDP(fd, sockets int) error {
	program := clientHash(0, false, sockets)
	if err := attachFilter(fd, unix.SOL_SOCKET, unix.SO_ATTACH_REUSEPORT_CBPF, program); err != nil {
		return fmt.Errorf("attach port sharing program: %w", err)
	}
	return nil
}
