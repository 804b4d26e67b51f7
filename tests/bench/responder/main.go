// Responder is the yardstick of the benchmarks: lib/netio with a fixed answer
// and no state. It reads nothing of a DHCPv4 query but its message type and
// client, answers DISCOVER with OFFER and REQUEST with ACK, and gives each
// client the address that its hardware address spells. What a server takes
// longer than this is the cost of being a server.
//
//	responder -i eth0 [-a 192.0.2.1] [-type raw|udp] [-loops 2] [-batch 64]
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
	flag.Parse()

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

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if *limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, *limit)
		defer cancel()
	}
	return serve(ctx, sockets)
}

// choose finds the interface and the address on it.
func choose(name, address string) (netio.Interface, uint32, error) {
	found, err := netio.Detect()
	if err != nil {
		return netio.Interface{}, 0, err
	}
	for _, iface := range found {
		if iface.Name != name {
			continue
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
	return netio.Interface{}, 0, fmt.Errorf("there is no interface %q", name)
}

// serve runs one loop a socket until ctx ends, then prints the counts.
func serve(ctx context.Context, sockets []netio.Socket4) error {
	var group sync.WaitGroup
	failures := make([]error, len(sockets))
	for i, socket := range sockets {
		group.Go(func() { failures[i] = loop(socket) })
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

// loop is the whole server: receive a batch, answer, send the batch.
func loop(socket netio.Socket4) error {
	const most = 256
	runtime.LockOSThread()
	queries := make([]netio.Datagram4, most)
	replies := make([]netio.Reply4, most)
	answers := make([]answer, most)
	for i := range answers {
		answers[i] = newAnswer(socket.Addr())
	}
	for {
		n, err := socket.Recv4(queries)
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		ready := 0
		for i := range queries[:n] {
			if answers[ready].to(&queries[i], &replies[ready]) {
				ready++
			}
		}
		if err := socket.Send4(replies[:ready]); err != nil {
			return err
		}
	}
}

// report prints one line a socket and the CPU time of the process.
func report(sockets []netio.Socket4) {
	var exchanges uint64
	for i, socket := range sockets {
		stats := socket.(netio.StatsSource).Stats()
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
