package server

import (
	"fmt"

	"nestor/lib/netio"
)

// A Link4o6 is the socket by which the DHCPv4 and the DHCPv6 server of one host speak
// to each other about clients of DHCPv4-over-DHCPv6, with the loop that serves it
// (ARM 8.2.25 and 9.2.25). Its methods are for the configuring goroutine only.
type Link4o6[A any] struct {
	// Open opens the server's end for a dhcp4o6-port.
	Open func(port uint16) (netio.Socket[A], error)
	// Loop serves the socket until it is stopped.
	Loop func(netio.Socket[A])

	port uint32 // dhcp4o6-port, 0: closed
	sock *OpenSocket[A]

	// What Prepare did for Commit.
	nextPort uint32
	next     *OpenSocket[A]
}

// Prepare opens the socket for a port that it is not open for yet.
func (l *Link4o6[A]) Prepare(port uint32) error {
	l.nextPort = port
	if port == 0 || port == l.port {
		return nil
	}
	s, err := l.Open(uint16(port))
	if err != nil {
		return fmt.Errorf("dhcp4o6-port: error starting DHCPv4-over-DHCPv6 IPC: %w", err)
	}
	l.next = &OpenSocket[A]{Loops: []netio.Socket[A]{s}}
	return nil
}

// Abandon takes Prepare back.
func (l *Link4o6[A]) Abandon() {
	if l.next != nil {
		l.next.Close()
		l.next = nil
	}
}

// Commit puts in force what Prepare got ready.
func (l *Link4o6[A]) Commit() {
	if l.port != l.nextPort {
		l.Close()
	}
	l.port = l.nextPort
	if l.next == nil {
		return
	}
	l.sock, l.next = l.next, nil
	l.sock.Serve(l.Loop)
}

// Close ends the loop and closes the socket.
func (l *Link4o6[A]) Close() {
	if l.sock != nil {
		l.sock.End()
		l.sock, l.port = nil, 0
	}
}

// Socket is the open socket, nil if there is none.
func (l *Link4o6[A]) Socket() netio.Socket[A] {
	if l.sock == nil {
		return nil
	}
	return l.sock.Loops[0]
}
