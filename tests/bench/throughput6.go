package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// trialLimit is how long a server of DHCPv6 may take to its first answer with no
// leases, before it is left out.
const trialLimit = 15 * time.Second

// throughput6 is throughput for DHCPv6: relayed SOLICIT, ADVERTISE, REQUEST, REPLY.
func throughput6(ctx context.Context, b *bench) error {
	if err := b.begin6(ctx); err != nil {
		return err
	}
	b.printDisk()
	printHeading("server")
	for _, level := range b.levels {
		for _, s := range b.subjects6 {
			r, err := b.measure(ctx, s, plan{way: relayed6, threads: -1}, level)
			if err != nil {
				return err
			}
			b.found[cell{s.name, relayed6, level}] = r
			printReading(relayed6, level, s.name, r)
		}
		b.compare("6", relayed6, level, ambition{rate: 7, fsync: 4, cost: 1.0 / 7})
	}
	return nil
}

// begin6 prepares the servers of DHCPv6 once.
func (b *bench) begin6(ctx context.Context) error {
	if b.begun6 {
		return nil
	}
	b.begun6 = true
	if err := b.dropSilent6(ctx); err != nil {
		return err
	}
	return b.chooseThreads(ctx, kea6)
}

// dropSilent6 leaves out servers of DHCPv6 that do not answer, and says so.
func (b *bench) dropSilent6(ctx context.Context) error {
	for _, s := range slices.Clone(b.subjects6) {
		err := b.with(ctx, s, plan{way: relayed6, threads: -1, patience: trialLimit}, func(*server) error { return nil })
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			why, _, _ := strings.Cut(err.Error(), "\n")
			fmt.Println("not measured:", why)
			b.subjects6 = slices.DeleteFunc(b.subjects6, func(x *subject) bool { return x == s })
		}
	}
	return nil
}
