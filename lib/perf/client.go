package perf

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"strings"
)

// clients hands out the simulated clients: numbers, and the hardware address
// that goes with each.
type clients struct {
	base  uint64
	macs  []uint64 // -M: picked at random
	count uint32   // 0: never the same one twice
	next  uint32
	rng   *rand.Rand
}

// macSize is the length of a hardware address.
const macSize = 6

func newClients(o *Options, rng *rand.Rand) *clients {
	base := o.BaseMAC
	if n := len(o.BaseDUID); n > 0 {
		base = getLow(o.BaseDUID[n-macSize:])
	}
	return &clients{base: base, macs: o.MACs, count: uint32(o.Clients), rng: rng}
}

// pick returns the number of the client for the next exchange.
func (c *clients) pick() uint32 {
	if len(c.macs) > 0 {
		return c.rng.Uint32N(uint32(len(c.macs)))
	}
	i := c.next
	c.next++
	if c.count > 0 && c.next >= c.count {
		c.next = 0
	}
	return i
}

// mac returns the hardware address of a client, or what else tells it from the
// others: the end of its DUID.
func (c *clients) mac(i uint32) uint64 {
	if len(c.macs) > 0 {
		return c.macs[i]
	}
	return (c.base + uint64(i)) & (1<<48 - 1)
}

// A clientField is a place that holds the low octets of the client's hardware
// address.
type clientField struct{ offset, size int }

// putLow writes the low octets of v.
func putLow(b []byte, v uint64) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = byte(v)
		v >>= 8
	}
}

// getLow is the inverse of putLow.
func getLow(b []byte) (v uint64) {
	for _, octet := range b {
		v = v<<8 | uint64(octet)
	}
	return v
}

// clientCount returns how many clients there can be at most.
func (o *Options) clientCount() int {
	switch {
	case len(o.MACs) > 0:
		return len(o.MACs)
	case o.Clients > 0:
		return o.Clients
	}
	return 1 << 32
}

// loadMACs reads the file of -M.
func (o *Options) loadMACs() error {
	return eachLine("-M", o.macsFile, func(line string) error {
		mac, err := parseMAC(line)
		o.MACs = append(o.MACs, mac)
		return err
	})
}

// loadRelays reads the file of -J.
func (o *Options) loadRelays() error {
	return eachLine("-J", o.relaysFile, func(line string) error {
		addr, err := netip.ParseAddr(line)
		if err == nil && addr.Is4() == o.V6 {
			err = fmt.Errorf("%q is not an IPv%d address", line, o.family())
		}
		o.Relays = append(o.Relays, addr)
		return err
	})
}

// eachLine calls f with every line of a file that is not blank; a file without
// any is an error.
func eachLine(flag, file string, f func(line string) error) error {
	in, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("%s: %w", flag, err)
	}
	defer in.Close()
	lines, number := 0, 0
	scan := bufio.NewScanner(in)
	for scan.Scan() {
		number++
		line := strings.TrimSpace(scan.Text())
		if line == "" {
			continue
		}
		lines++
		if err := f(line); err != nil {
			return fmt.Errorf("%s %s:%d: %w", flag, file, number, err)
		}
	}
	if err := scan.Err(); err != nil {
		return fmt.Errorf("%s %s: %w", flag, file, err)
	}
	if lines == 0 {
		return fmt.Errorf("%s %s: the file has no addresses", flag, file)
	}
	return nil
}

// load reads the files that the flags name.
func (o *Options) load() error {
	if o.macsFile != "" {
		if err := o.loadMACs(); err != nil {
			return err
		}
	}
	if o.relaysFile != "" {
		if err := o.loadRelays(); err != nil {
			return err
		}
	}
	return o.loadTemplates()
}
