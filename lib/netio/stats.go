package netio

import (
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// Stats are the counts of one socket since it was opened.
type Stats struct {
	Received uint64 // datagrams returned by Recv
	Sent     uint64 // replies that the kernel took
	Unsent   uint64 // replies that got an Err

	// Frames and datagrams dropped inside Recv, by reason.
	Truncated   uint64 // longer than a receive buffer
	Malformed   uint64 // lengths in the IP and UDP headers do not fit the frame or each other
	BadChecksum uint64 // UDP checksum neither zero nor right
	NotForUs    uint64 // other protocol, port or destination that the filter let through

	// Overflow counts what the kernel dropped because its receive queue was
	// full: the server is too slow, or Options.ReceiveBuffer or Options.Ring
	// too small.
	Overflow uint64
}

// A StatsSource is a Socket4 that counts; all sockets of this package are. Stats
// may be called by any goroutine at any time.
type StatsSource interface {
	Stats() Stats
}

// verdict says what becomes of a received frame.
type verdict uint8

const (
	accepted verdict = iota
	truncated
	malformed
	badChecksum
	notForUs
	verdicts
)

// counters are the live counts of a socket.
type counters struct {
	dropped  [verdicts]atomic.Uint64
	received atomic.Uint64
	sent     atomic.Uint64
	unsent   atomic.Uint64
}

// snapshot reads the counters. The kernel's own drop count comes from fd, which
// is left out when negative.
func (c *counters) snapshot(fd int) Stats {
	stats := Stats{
		Received:    c.received.Load(),
		Sent:        c.sent.Load(),
		Unsent:      c.unsent.Load(),
		Truncated:   c.dropped[truncated].Load(),
		Malformed:   c.dropped[malformed].Load(),
		BadChecksum: c.dropped[badChecksum].Load(),
		NotForUs:    c.dropped[notForUs].Load(),
	}
	if fd >= 0 {
		stats.Overflow = kernelDrops(fd)
	}
	return stats
}

// kernelDrops reads SK_MEMINFO_DROPS of a socket. The count is 32 bits wide in
// the kernel and may wrap.
func kernelDrops(fd int) uint64 {
	var info [unix.SK_MEMINFO_VARS]uint32
	if getMemInfo(fd, &info) != nil {
		return 0
	}
	return uint64(info[unix.SK_MEMINFO_DROPS])
}
