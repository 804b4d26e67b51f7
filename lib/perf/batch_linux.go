package perf

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// receiveBuffer is what one received frame may take, in octets.
const receiveBuffer = 2048

// socketBuffer is asked for in both directions, so that a burst of answers
// waits for us in place of being dropped.
const socketBuffer = 16 << 20

// A socket sends and receives in batches on one file descriptor.
type socket struct {
	fd      int
	out, in [batchSize]unix.Mmsghdr
	outVec  [batchSize]unix.Iovec
	inVec   [batchSize]unix.Iovec
	buffers [batchSize][receiveBuffer]byte
	poll    [1]unix.PollFd
}

// newSocket wraps fd. Frames go to name, a socket address of nameSize octets, or
// where fd is bound to when it is nil.
func newSocket(fd int, name unsafe.Pointer, nameSize uint32) *socket {
	s := &socket{fd: fd}
	for i := range batchSize {
		s.out[i].Hdr.Iov = &s.outVec[i]
		s.out[i].Hdr.SetIovlen(1)
		if name != nil {
			s.out[i].Hdr.Name = (*byte)(name)
			s.out[i].Hdr.Namelen = nameSize
		}
		s.inVec[i].Base = &s.buffers[i][0]
		s.inVec[i].SetLen(receiveBuffer)
		s.in[i].Hdr.Iov = &s.inVec[i]
		s.in[i].Hdr.SetIovlen(1)
	}
	s.poll[0] = unix.PollFd{Fd: int32(fd), Events: unix.POLLIN}
	// The unprivileged limit is small; where we may, we go beyond it.
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, socketBuffer) != nil {
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, socketBuffer)
	}
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUFFORCE, socketBuffer) != nil {
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, socketBuffer)
	}
	return s
}

// send blocks while the socket is full. It returns how many frames were sent;
// fewer than all only together with the error that stopped it.
func (s *socket) send(frames [][]byte) (int, error) {
	for i, f := range frames {
		s.outVec[i].Base = &f[0]
		s.outVec[i].SetLen(len(f))
	}
	sent := 0
	for sent < len(frames) {
		n, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, uintptr(s.fd),
			uintptr(unsafe.Pointer(&s.out[sent])), uintptr(len(frames)-sent), 0, 0, 0)
		switch errno {
		case 0:
			sent += int(n)
		case unix.EINTR:
		default:
			return sent, errno
		}
	}
	return sent, nil
}

// receive returns how many frames were there; their lengths are in s.in.
func (s *socket) receive() (int, error) {
	for {
		n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, uintptr(s.fd),
			uintptr(unsafe.Pointer(&s.in[0])), batchSize, unix.MSG_DONTWAIT, 0, 0)
		switch errno {
		case 0:
			return int(n), nil
		case unix.EAGAIN:
			return 0, nil
		case unix.EINTR:
		default:
			return 0, errno
		}
	}
}

// received returns frame i of the last receive.
func (s *socket) received(i int) []byte { return s.buffers[i][:s.in[i].Len] }

func (s *socket) wait(d time.Duration) error {
	ts := unix.NsecToTimespec(int64(max(d, 0)))
	if _, err := unix.Ppoll(s.poll[:], &ts, nil); err != nil && err != unix.EINTR {
		return err
	}
	return nil
}

func (s *socket) close() error { return unix.Close(s.fd) }
