package netio

import "golang.org/x/net/bpf"

// How far duidHash looks: classic BPF has no loops, so each step is written out.
// Real messages stay far below: a client puts its identifier first or nearly so, and
// a relay the message first or behind a few options of its own.
const (
	hashedRelays  = 4
	relayOptions  = 8
	clientOptions = 16
)

// Numbers of RFC 8415 that the spreading looks at.
const (
	relayForward    = 12
	relayHeaderLen  = 34
	clientHeaderLen = 4
	optionHeaderLen = 4
	optClientID     = 1
	optRelayMessage = 9
)

// hashedTail is how much of a client's identifier is hashed: its end, which is the
// end of a hardware address in those that are made of one.
const hashedTail = 4

// duidHash is a program that spreads DHCPv6 messages by the client's identifier,
// directly or inside of relays' messages. Addresses and ports, which the kernel would
// hash, are one and the same for all clients of a relay. The message begins at offset.
// With the number of a socket in the accumulator the program goes on in chosen. It ends
// in lost for messages without a client identifier, for those in which it lies deeper
// than the program looks, and for those that cannot be read.
func duidHash(offset, sockets uint32, chosen []bpf.Instruction, lost bpf.Instruction) []bpf.Instruction {
	p := duidProgram{lost: lost}
	p.add(bpf.LoadConstant{Dst: bpf.RegX, Val: offset})
	var clients []int
	for range hashedRelays {
		clients = append(clients, p.unlessRelay())
		p.advance(relayHeaderLen)
		p.findOption(optRelayMessage, relayOptions)
		p.advance(optionHeaderLen)
	}
	p.landHere(clients...)
	p.advance(clientHeaderLen)
	p.findOption(optClientID, clientOptions)
	p.loadTail()
	p.add(hashInstructions(sockets)...)
	return append(p.code, chosen...)
}

// duidProgram is the program as far as it is written. X is the place in the message
// that it has come to.
type duidProgram struct {
	code []bpf.Instruction
	lost bpf.Instruction
}

func (p *duidProgram) add(code ...bpf.Instruction) { p.code = append(p.code, code...) }

// advance moves the place.
func (p *duidProgram) advance(by uint32) {
	p.add(bpf.TXA{}, bpf.ALUOpConstant{Op: bpf.ALUOpAdd, Val: by}, bpf.TAX{})
}

// need ends the program where less than n bytes are left at the place.
func (p *duidProgram) need(n uint32) {
	p.add(
		bpf.LoadExtension{Num: bpf.ExtLen},
		bpf.JumpIf{Cond: bpf.JumpGreaterOrEqual, Val: n, SkipTrue: 1},
		p.lost,
		bpf.ALUOpConstant{Op: bpf.ALUOpSub, Val: n},
		bpf.JumpIfX{Cond: bpf.JumpGreaterOrEqual, SkipTrue: 1},
		p.lost)
}

// unlessRelay jumps where the message at the place is not a relay's; landHere says
// where to.
func (p *duidProgram) unlessRelay() (jump int) {
	p.need(1)
	p.add(
		bpf.LoadIndirect{Off: 0, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: relayForward, SkipTrue: 1},
		bpf.Jump{})
	return len(p.code) - 1
}

func (p *duidProgram) landHere(jumps ...int) {
	for _, j := range jumps {
		p.code[j] = bpf.Jump{Skip: uint32(len(p.code) - j - 1)}
	}
}

// findOption goes on to an option, the place being at the first of several.
func (p *duidProgram) findOption(code uint32, most int) {
	var found []int
	for range most {
		p.need(optionHeaderLen)
		p.add(
			bpf.LoadIndirect{Off: 0, Size: 2},
			bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: code, SkipTrue: 1},
			bpf.Jump{})
		found = append(found, len(p.code)-1)
		p.add(
			bpf.LoadIndirect{Off: 2, Size: 2},
			bpf.ALUOpX{Op: bpf.ALUOpAdd},
			bpf.ALUOpConstant{Op: bpf.ALUOpAdd, Val: optionHeaderLen},
			bpf.TAX{})
	}
	p.add(p.lost)
	p.landHere(found...)
}

// loadTail loads the end of the content of the option at the place.
func (p *duidProgram) loadTail() {
	p.add(
		bpf.LoadIndirect{Off: 2, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpGreaterOrEqual, Val: hashedTail, SkipTrue: 1},
		p.lost,
		bpf.ALUOpX{Op: bpf.ALUOpAdd},
		bpf.TAX{}) // header and tail are of one length
	p.need(hashedTail)
	p.add(bpf.LoadIndirect{Off: 0, Size: hashedTail})
}
