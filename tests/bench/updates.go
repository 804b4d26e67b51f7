package main

import (
	"context"
	"fmt"
	"net"
)

// updates measures exchanges that make requests for updates of the DNS, beside those
// of clients that only say their names, and plain ones. Nobody reads the requests: the
// DDNS daemon's work is not the server's.
func updates(ctx context.Context, b *bench) error {
	var sink net.PacketConn
	if err := b.wire.server.Do(func() (err error) {
		sink, err = net.ListenPacket("udp", "127.0.0.1:53001")
		return err
	}); err != nil {
		return err
	}
	defer sink.Close()
	printHeading("server")
	for _, s := range b.subjects {
		if s.bare || s.name == nestorFsync {
			continue
		}
		var readings [3]int64
		for i, p := range []plan{{threads: -1}, {threads: -1, named: true}, {threads: -1, named: true, updates: true}} {
			r, err := b.measure(ctx, s, p, 64)
			if err != nil {
				return err
			}
			printReading(relayed, 64, s.name+[]string{"", " named", " updates"}[i], r)
			readings[i] = int64(r.perExchange())
		}
		plain := float64(readings[0])
		fmt.Printf("CPU, %s: named : plain %.2f, updates : plain %.2f\n", s.name, float64(readings[1])/plain, float64(readings[2])/plain)
		if s.name == nestor {
			b.aim("CPU, exchange with updates of the DNS : plain", float64(readings[2])/plain, 1, false, 1.3)
		}
	}
	return nil
}
