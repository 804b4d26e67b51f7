package perf

import (
	"encoding/binary"
	"fmt"
	"net"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// A packetRelay is a relay agent on a packet socket. Its messages are the same
// as a relayWire's, but for the link-layer broadcast that they travel in; they
// cost this machine, and with it the server that is measured, less.
type packetRelay struct {
	*socket
	local, server uint32
	mac           [6]byte
	hold          int // keeps the relay's port, so that answers draw no ICMP error
}

func openPacketRelay(o *Options) (wire4, error) {
	ifi, err := net.InterfaceByName(o.Packet)
	if err != nil {
		return nil, fmt.Errorf("--packet %s: %w", o.Packet, err)
	}
	server, err := resolveServer(o.Server)
	if err != nil {
		return nil, err
	}
	local, _, err := resolveLocal(o.Local, server)
	if err != nil {
		return nil, err
	}
	w := &packetRelay{local: binary.BigEndian.Uint32(local.AsSlice()), server: binary.BigEndian.Uint32(server.AsSlice())}
	copy(w.mac[:], ifi.HardwareAddr)
	if w.hold, err = unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0); err != nil {
		return nil, fmt.Errorf("open a UDP socket: %w", err)
	}
	fd := -1
	if err = refuseAll(w.hold); err == nil {
		err = bindRelay(w.hold, local, serverPort, "", false)
	}
	if err == nil {
		fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	}
	if err == nil {
		err = bindRaw(fd, ifi.Index, serverPort)
	}
	if err != nil {
		unix.Close(w.hold)
		if fd >= 0 {
			unix.Close(fd)
		}
		return nil, fmt.Errorf("packet socket on %s: %w", o.Packet, err)
	}
	w.socket = newSocket(fd, nil, 0)
	return w, nil
}

// refuseAll keeps a socket from queueing anything.
func refuseAll(fd int) error {
	program, err := bpf.Assemble([]bpf.Instruction{bpf.RetConstant{Val: 0}})
	if err != nil {
		return err
	}
	filter := unix.SockFilter{Code: program[0].Op, K: program[0].K}
	return unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: 1, Filter: &filter})
}

func (w *packetRelay) headroom() int { return headersSize }

func (w *packetRelay) frame(b []byte) {
	broadcastFrame(b, serverPort)
	copy(b[6:12], w.mac[:])
}

func (w *packetRelay) seal(b []byte, v *values[binding4], toServer bool) {
	dst := w.server
	if toServer {
		dst = v.server
	}
	address(b, w.local, dst)
}

func (w *packetRelay) receive(messages [][]byte) (int, error) {
	raw := rawWire{w.socket}
	return raw.receive(messages)
}

func (w *packetRelay) relay() uint32 { return w.local }

func (w *packetRelay) close() error {
	unix.Close(w.hold)
	return w.socket.close()
}
