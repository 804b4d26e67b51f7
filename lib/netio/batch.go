package netio

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// mmsghdr is the kernel's struct mmsghdr (recvmmsg(2)).
type mmsghdr struct {
	header unix.Msghdr
	length uint32 // bytes received or sent
}

// recvmmsg takes the messages that are there; with wait it waits for a first one,
// within the socket's receive timeout. No message, a signal and a link that
// went down are no errors.
func recvmmsg(fd int, messages []mmsghdr, wait bool) (int, error) {
	flags := uintptr(unix.MSG_WAITFORONE)
	if !wait {
		flags = unix.MSG_DONTWAIT
	}
	n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(messages))),
		uintptr(len(messages)), flags, 0, 0)
	switch errno {
	case 0:
		return int(n), nil
	case unix.EAGAIN, unix.EINTR:
		return 0, nil
	case unix.ENETDOWN:
		// Said once when the link goes down; the socket works again when it
		// is back up.
		return 0, nil
	}
	return 0, errno
}

// sendAll sends messages, of which the i-th stands for replies[i], and sets each
// one's Err. It returns how many the kernel took. sendmmsg stops at the first
// that fails, so it is called again for the rest.
func sendAll[A any](fd int, messages []mmsghdr, replies []Reply[A]) (sent int) {
	for done := 0; done < len(messages); {
		rest := messages[done:]
		n, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(rest))),
			uintptr(len(rest)), 0, 0, 0)
		switch errno {
		case 0:
			for i := done; i < done+int(n); i++ {
				replies[i].Err = nil
			}
			done += int(n)
			sent += int(n)
		case unix.EINTR:
		case unix.EAGAIN:
			// The send timeout ran out: the device does not drain. Waiting
			// as long for each of the others would hold up the loop.
			for i := done; i < len(messages); i++ {
				replies[i].Err = errno
			}
			return sent
		default:
			replies[done].Err = errno
			done++
		}
	}
	return sent
}

// slotSize is the size of one receive buffer: room for the largest frame of an
// interface with this MTU, up to jumbo frames.
func slotSize(mtu int) int {
	const (
		least = 2048
		most  = 9216 + 64
		unit  = 64 // cache line
	)
	size := mtu + ethernetLen
	return (max(least, min(size, most)) + unit - 1) / unit * unit
}

// inbox is the receive side of a batch: one buffer, control area and source
// address a message, all allocated once. N is the kernel's socket address, C the
// control message that the socket asks for.
type inbox[N, C any] struct {
	messages []mmsghdr
	vectors  []unix.Iovec
	names    []N
	controls []C
	buffers  []byte
	slot     int // bytes of buffers for each message
	used     int // messages filled by the last receive
}

func newInbox[N, C any](batch, slot int) *inbox[N, C] {
	in := &inbox[N, C]{
		messages: make([]mmsghdr, batch),
		vectors:  make([]unix.Iovec, batch),
		names:    make([]N, batch),
		controls: make([]C, batch),
		buffers:  make([]byte, batch*slot),
		slot:     slot,
	}
	for i := range in.messages {
		in.vectors[i].Base = &in.buffers[i*slot]
		in.vectors[i].SetLen(slot)
		header := &in.messages[i].header
		header.Iov = &in.vectors[i]
		header.SetIovlen(1)
		if unsafe.Sizeof(in.names[i]) > 0 {
			header.Name = (*byte)(unsafe.Pointer(&in.names[i]))
		}
		header.Control = (*byte)(unsafe.Pointer(&in.controls[i]))
	}
	in.resetLengths(batch)
	return in
}

// receive fills at most limit messages; with wait it waits for the first.
func (in *inbox[N, C]) receive(fd, limit int, wait bool) (int, error) {
	messages := in.messages[:min(limit, len(in.messages))]
	if len(messages) == 0 {
		return 0, nil
	}
	in.resetLengths(in.used)
	n, err := recvmmsg(fd, messages, wait)
	in.used = n
	return n, err
}

// resetLengths says again how large names and controls are in the first n
// messages, where the kernel overwrote it with what it filled in.
func (in *inbox[N, C]) resetLengths(n int) {
	for i := range n {
		in.messages[i].header.Namelen = uint32(unsafe.Sizeof(in.names[i]))
		in.messages[i].header.SetControllen(int(unsafe.Sizeof(in.controls[i])))
	}
}

// message returns the bytes of the i-th message of the last receive, and whether
// it is whole.
func (in *inbox[N, C]) message(i int) (b []byte, whole bool) {
	start := i * in.slot
	return in.buffers[start : start+int(in.messages[i].length)], in.messages[i].header.Flags&unix.MSG_TRUNC == 0
}

// control returns the i-th message's control message, or nil when the kernel
// sent none of that size.
func (in *inbox[N, C]) control(i int) *C {
	if in.messages[i].header.Flags&unix.MSG_CTRUNC != 0 || in.messages[i].header.Controllen == 0 {
		return nil
	}
	return &in.controls[i]
}
