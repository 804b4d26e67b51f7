package main

import (
	"context"
	"fmt"
)

// chooseThreads gives a Kea the multi-threading with which it is fastest here.
func (b *bench) chooseThreads(ctx context.Context, name string) error {
	k := b.subject(name)
	if k == nil {
		return nil
	}
	k.adapt = func(*plan) {}
	best, bestRate := 0, 0.0
	for _, threads := range []int{0, 1, 2, 4} {
		r, err := b.measure(ctx, k, plan{way: k.way(), threads: threads}, 64)
		if err != nil {
			return err
		}
		fmt.Printf("%s with %s: %.0f exchanges/s, %.1f CPU µs each\n", name, threading(threads), r.Rate, micros(r.perExchange()))
		if r.Rate > bestRate {
			best, bestRate = threads, r.Rate
		}
	}
	fmt.Printf("%s is measured with %s\n", name, threading(best))
	k.adapt = func(p *plan) { p.threads = best }
	return nil
}

func threading(threads int) string {
	if threads == 0 {
		return "multi-threading off"
	}
	return fmt.Sprintf("thread-pool-size %d", threads)
}
