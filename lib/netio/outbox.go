package netio

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// outbox is the send side of a batch, allocated once. A message goes out as two
// pieces, head and payload, so that payloads are not copied; H is the head that
// the socket writes itself (struct{} for none), N the kernel's socket address and
// C the control message (struct{} for none).
type outbox[H, N, C any] struct {
	messages []mmsghdr
	vectors  [][2]unix.Iovec
	heads    []H
	names    []N
	controls []C
}

func newOutbox[H, N, C any](batch int) *outbox[H, N, C] {
	out := &outbox[H, N, C]{
		messages: make([]mmsghdr, batch),
		vectors:  make([][2]unix.Iovec, batch),
		heads:    make([]H, batch),
		names:    make([]N, batch),
		controls: make([]C, batch),
	}
	for i := range out.messages {
		header := &out.messages[i].header
		header.Iov = &out.vectors[i][0]
		header.SetIovlen(2)
		if size := unsafe.Sizeof(out.heads[i]); size > 0 {
			out.vectors[i][0].Base = (*byte)(unsafe.Pointer(&out.heads[i]))
			out.vectors[i][0].SetLen(int(size))
		}
		if size := unsafe.Sizeof(out.names[i]); size > 0 {
			header.Name = (*byte)(unsafe.Pointer(&out.names[i]))
			header.Namelen = uint32(size)
		}
		if size := unsafe.Sizeof(out.controls[i]); size > 0 {
			header.Control = (*byte)(unsafe.Pointer(&out.controls[i]))
			header.SetControllen(int(size))
		}
	}
	return out
}

// setPayload points the i-th message at a reply's bytes.
func (out *outbox[H, N, C]) setPayload(i int, payload []byte) {
	vector := &out.vectors[i][1]
	vector.Base = unsafe.SliceData(payload)
	vector.SetLen(len(payload))
}

// sendReplies sends the first len(replies) messages of the outbox, whose payloads
// are set, and lets go of the payloads. See sendAll for the result.
func sendReplies[A, H, N, C any](fd int, out *outbox[H, N, C], replies []Reply[A]) int {
	sent := sendAll(fd, out.messages[:len(replies)], replies)
	for i := range replies {
		out.setPayload(i, nil)
	}
	return sent
}
