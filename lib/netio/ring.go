package netio

import (
	"errors"
	"fmt"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ring is a receive queue that the kernel shares with us (PACKET_RX_RING,
// packet(7)): frames are read where the kernel put them, without a system call for
// those that are there, and without one for each. Against recvmmsg that saves a
// server of many small frames a sixth of its processor time.
type ring struct {
	memory []byte
	next   int // offset of the frame that the kernel fills next
	held   []*unix.Tpacket2Hdr
}

const (
	ringBlock = 1 << 16 // what the kernel allocates at once
	ringFrame = 2048    // room for a frame with its header
	// ringHead is more than what the kernel puts before a frame: its header, the
	// link-layer address and alignment.
	ringHead = 128
)

// newRing gives a packet socket a ring of size bytes. The socket must not be bound
// yet.
func newRing(fd, size, batch int) (*ring, error) {
	r := &ring{held: make([]*unix.Tpacket2Hdr, 0, batch)}
	if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_VERSION, unix.TPACKET_V2); err != nil {
		return nil, fmt.Errorf("choose the form of a receive ring: %w", err)
	}
	blocks := max(1, size/ringBlock)
	request := unix.TpacketReq{
		Block_size: ringBlock, Block_nr: uint32(blocks),
		Frame_size: ringFrame, Frame_nr: uint32(blocks * (ringBlock / ringFrame)),
	}
	err := unix.SetsockoptTpacketReq(fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &request)
	if err != nil {
		return nil, fmt.Errorf("make a receive ring of %d bytes: %w", size, err)
	}
	r.memory, err = unix.Mmap(fd, 0, blocks*ringBlock, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		none := unix.SetsockoptTpacketReq(fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &unix.TpacketReq{})
		return nil, errors.Join(fmt.Errorf("map a receive ring of %d bytes: %w", size, err), none)
	}
	return r, nil
}

// free gives the memory back; no frame may be looked at any more.
func (r *ring) free() error { return unix.Munmap(r.memory) }

// receive gives the kernel the frames back that it returned last and takes those
// that are there, at most limit. With wait it waits for a first one, within the
// receive timeout.
func (r *ring) receive(fd, limit int, wait bool) (int, error) {
	for _, h := range r.held {
		atomic.StoreUint32(&h.Status, unix.TP_STATUS_KERNEL)
	}
	r.held = r.held[:0]
	limit = min(limit, cap(r.held))
	if r.take(limit); len(r.held) > 0 || !wait || limit == 0 {
		return len(r.held), nil
	}
	if err := waitForFrame(fd); err != nil {
		return 0, err
	}
	r.take(limit)
	return len(r.held), nil
}

// take holds the frames that the kernel has filled.
func (r *ring) take(limit int) {
	for len(r.held) < limit {
		h := (*unix.Tpacket2Hdr)(unsafe.Pointer(&r.memory[r.next]))
		if atomic.LoadUint32(&h.Status)&unix.TP_STATUS_USER == 0 {
			return
		}
		r.held = append(r.held, h)
		if r.next += ringFrame; r.next == len(r.memory) {
			r.next = 0
		}
	}
}

// waitForFrame waits until there is something to receive, within the receive
// timeout. A signal and a link that went down are no errors.
func waitForFrame(fd int) error {
	events := [1]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	_, err := unix.Poll(events[:], int(RecvTimeout.Milliseconds()))
	if err != nil && err != unix.EINTR {
		return err
	}
	if events[0].Revents&unix.POLLERR != 0 {
		// Reading the error clears it: it is said once when the link goes down.
		code, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
		if err != nil {
			return err
		}
		if e := unix.Errno(code); e != 0 && e != unix.ENETDOWN {
			return e
		}
	}
	return nil
}

// message returns the bytes of the i-th frame of the last receive, and whether it
// is whole.
func (r *ring) message(i int) (b []byte, whole bool) {
	h := r.held[i]
	at := unsafe.Add(unsafe.Pointer(h), int(h.Mac))
	return unsafe.Slice((*byte)(at), h.Snaplen), h.Len <= h.Snaplen
}

// checksummed reports whether the i-th frame's UDP checksum is filled in.
func (r *ring) checksummed(i int) bool { return r.held[i].Status&unix.TP_STATUS_CSUMNOTREADY == 0 }
