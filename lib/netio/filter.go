package netio

import (
	"fmt"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

const limitedBroadcast = 0xffffffff

// wholePacket is what a filter returns to let a packet pass: the length that is kept
// of it, which none exceeds.
const wholePacket = 0x40000

// Offsets in an Ethernet frame. What follows the IP header is found relative to
// its length, because it may carry options.
const (
	offEtherType  = 12
	offIP         = ethernetLen
	offFragment   = offIP + 6
	offProtocol   = offIP + 9
	offIPDst      = offIP + 16
	fragmentMask  = 0x3fff // more-fragments bit and fragment offset
	offUDPDstPort = 2      // in the UDP header
)

// frameFilter is the kernel side of a raw socket: unfragmented IPv4 UDP to port,
// sent to addr or, with broadcast, to 255.255.255.255, that arrived on the
// interface itself and was meant for this host. Three kinds of foreign frames
// reach a packet socket on an Ethernet interface: those of a VLAN or macvlan
// child (told by their interface index), those of a VLAN that has no interface
// here or that are for another host (marked OTHERHOST), and our own (OUTGOING).
func frameFilter(ifIndex int, addr uint32, port uint16, broadcast bool) []bpf.Instruction {
	otherDst := addr
	if broadcast {
		otherDst = limitedBroadcast
	}
	// Every conditional jumps to the drop at the end; the distances are filled
	// in below.
	const drop = 0xff
	program := []bpf.Instruction{
		bpf.LoadAbsolute{Off: offEtherType, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.ETH_P_IP, SkipFalse: drop},
		bpf.LoadAbsolute{Off: offProtocol, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.IPPROTO_UDP, SkipFalse: drop},
		bpf.LoadAbsolute{Off: offFragment, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpBitsNotSet, Val: fragmentMask, SkipFalse: drop},
		bpf.LoadMemShift{Off: offIP},
		bpf.LoadIndirect{Off: offIP + offUDPDstPort, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(port), SkipFalse: drop},
		bpf.LoadAbsolute{Off: offIPDst, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: addr, SkipTrue: 1},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: otherDst, SkipFalse: drop},
		bpf.LoadExtension{Num: bpf.ExtType},
		bpf.JumpIf{Cond: bpf.JumpLessThan, Val: unix.PACKET_OTHERHOST, SkipFalse: drop},
		bpf.LoadExtension{Num: bpf.ExtInterfaceIndex},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(ifIndex), SkipFalse: drop},
		bpf.RetConstant{Val: wholePacket},
		bpf.RetConstant{Val: 0},
	}
	end := len(program) - 1
	for i, instruction := range program {
		if jump, ok := instruction.(bpf.JumpIf); ok && jump.SkipFalse == drop {
			jump.SkipFalse = uint8(end - i - 1)
			program[i] = jump
		}
	}
	return program
}

// dropAll lets nothing into a socket.
func dropAll() []bpf.Instruction {
	return []bpf.Instruction{bpf.RetConstant{Val: 0}}
}

// attachFilter sets a socket option (SO_ATTACH_FILTER and its kin) to a program.
func attachFilter(fd, level, option int, program []bpf.Instruction) error {
	raw, err := bpf.Assemble(program)
	if err != nil {
		return fmt.Errorf("assemble packet filter: %w", err)
	}
	code := make([]unix.SockFilter, len(raw))
	for i, ins := range raw {
		code[i] = unix.SockFilter{Code: ins.Op, Jt: ins.Jt, Jf: ins.Jf, K: ins.K}
	}
	fprog := unix.SockFprog{Len: uint16(len(code)), Filter: unsafe.SliceData(code)}
	return unix.SetsockoptSockFprog(fd, level, option, &fprog)
}
