// Responder is the yardstick of the benchmarks: lib/netio with a fixed answer
// and no state. It reads nothing of a query but its message type and client,
// answers DISCOVER with OFFER and REQUEST with ACK, SOLICIT with ADVERTISE and
// REQUEST with REPLY, and gives each client the address that its hardware address
// or DUID spells. What a server takes longer than this is the cost of being a
// server.
//
//	responder -i eth0 [-a 192.0.2.1] [-type raw|udp] [-loops 2] [-batch 64]
//	responder -6 -i eth0 [-batch 64]
//
// It ends on SIGTERM or SIGINT, or after -for, and prints what it did.
package main

import (
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"

	"nestor/lib/netio"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "responder:", err)
		os.Exit(1)
	}
}

func run() error {
	name := flag.String("i", "", "`interface` to serve")
	address := flag.String("a", "", "`address` to serve (default: the interface's first)")
	kind := flag.String("type", "raw", "socket type: raw or udp")
	port := flag.Uint("port", 67, "server `port`")
	loops := flag.Int("loops", 1, "packet `loops`, each on a thread and a socket of its own")
	batch := flag.Int("batch", 0, "datagrams per system call (default: netio's)")
	limit := flag.Duration("for", 0, "stop after this `time`")
	v6 := flag.Bool("6", false, "DHCPv6: answer what is sent to the servers' group on the link")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if *limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, *limit)
		defer cancel()
	}
	if *v6 {
		socket, err := open6(*name, netio.Options{Batch: *batch})
		if err != nil {
			return err
		}
		return serve(ctx, []netio.Socket6{socket}, loop6)
	}
	iface, addr, err := choose(*name, *address)
	if err != nil {
		return err
	}
	open := netio.OpenRaw4Fanout
	if *kind == "udp" {
		open = netio.OpenUDP4Fanout
	} else if *kind != "raw" {
		return fmt.Errorf("socket type %q is neither raw nor udp", *kind)
	}
	sockets, err := open(*loops, iface, addr, uint16(*port), netio.Options{Batch: *batch, Ring: 8 << 20})
	if err != nil {
		return err
	}
	return serve(ctx, sockets, loop4)
}

// find looks for the interface.
func find(name string) (netio.Interface, error) {
	found, err := netio.Detect()
	if err != nil {
		return netio.Interface{}, err
	}
	for _, iface := range found {
		if iface.Name == name {
			return iface, nil
		}
	}
	return netio.Interface{}, fmt.Errorf("there is no interface %q", name)
}

// choose finds the interface and the address on it.
func choose(name, address string) (netio.Interface, uint32, error) {
	iface, err := find(name)
	if err != nil {
		return iface, 0, err
	}
	if address != "" {
		addr, err := netip.ParseAddr(address)
		if err != nil || !addr.Is4() {
			return iface, 0, fmt.Errorf("%s is not an IPv4 address", address)
		}
		return iface, binary.BigEndian.Uint32(addr.AsSlice()), nil
	}
	if len(iface.Addrs4) == 0 {
		return iface, 0, fmt.Errorf("interface %s has no IPv4 address", name)
	}
	return iface, iface.Addrs4[0], nil
}

// open6 opens a socket for what clients and relays of the link send to all servers.
func open6(name string, options netio.Options) (netio.Socket6, error) {
	iface, err := find(name)
	if err != nil {
		return nil, err
	}
	for _, addr := range iface.Addrs6 {
		if addr.Addr.IsLinkLocalUnicast() {
			return netio.OpenMulticast6(iface, netip.MustParseAddr("ff02::1:2"), addr.Addr, 547, options)
		}
	}
	return nil, fmt.Errorf("interface %s has no link-local IPv6 address", name)
}

// A socket is a netio.Socket4 or a netio.Socket6.
type socket interface {
	netio.StatsSource
	Stop()
	Close() error
}

// serve runs one loop a socket until ctx ends, then prints the counts.
func serve[S any](ctx context.Context, opened []S, loop func(S) error) error {
	sockets := make([]socket, len(opened))
	for i, s := range opened {
		sockets[i] = any(s).(socket)
	}
	var group sync.WaitGroup
	failures := make([]error, len(sockets))
	for i, s := range opened {
		group.Go(func() { failures[i] = loop(s) })
	}
	<-ctx.Done()
	for _, socket := range sockets {
		socket.Stop()
	}
	group.Wait()
	report(sockets)
	for _, socket := range sockets {
		failures = append(failures, socket.Close())
	}
	return errors.Join(failures...)
}

// most is how many queries are answered in one go.
const most = 256

func loop4(socket netio.Socket4) error {
	var answers [most]answer
	for i := range answers {
		answers[i] = newAnswer(socket.Addr())
	}
	return loop(socket.Recv, socket.Send, func(i int, q *netio.Datagram4, r *netio.Reply4) bool {
		return answers[i].to(q, r)
	})
}

func loop6(socket netio.Socket6) error {
	var answers [most]answer6
	for i := range answers {
		answers[i] = newAnswer6()
	}
	return loop(socket.Recv, socket.Send, func(i int, q *netio.Datagram6, r *netio.Reply6) bool {
		return answers[i].to(q, r)
	})
}

// loop is the whole server: receive a batch, answer, send the batch. answer makes
// the i-th reply of a batch.
func loop[A any](receive func([]netio.Datagram[A]) (int, error), send func([]netio.Reply[A]) error,
	answer func(i int, q *netio.Datagram[A], r *netio.Reply[A]) bool) error {
	runtime.LockOSThread()
	queries := make([]netio.Datagram[A], most)
	replies := make([]netio.Reply[A], most)
	for {
		n, err := receive(queries)
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		ready := 0
		for i := range queries[:n] {
			if answer(ready, &queries[i], &replies[ready]) {
				ready++
			}
		}
		if err := send(replies[:ready]); err != nil {
			return err
		}
	}
}

// report prints one line a socket and the CPU time of the process.
func report(sockets []socket) {
	var exchanges uint64
	for i, socket := range sockets {
		stats := socket.Stats()
		exchanges += stats.Sent / 2
		fmt.Printf("socket %d: %+v\n", i, stats)
	}
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil || exchanges == 0 {
		return
	}
	cpu := time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	fmt.Printf("%d exchanges, CPU %v, %.2f us per exchange\n", exchanges, cpu.Round(time.Millisecond),
		float64(cpu.Microseconds())/float64(exchanges))
}
