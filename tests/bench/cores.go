package main

import (
	"context"
	"fmt"
)

// cores measures Nestor pinned to one core with one packet loop, against two
// loops on all cores. The load generator needs a core as well, so on a machine
// with two there is not much to win.
func cores(ctx context.Context, b *bench) error {
	s := b.subject(nestor)
	if s == nil {
		fmt.Println("nestor is not there")
		return nil
	}
	printHeading("cores")
	for _, w := range []way{relayed, direct} {
		var rates [2]float64
		for i, c := range []struct {
			name string
			plan plan
		}{
			{"one", plan{way: w, threads: 0, pin: "0"}},
			{"two", plan{way: w, threads: 2}},
		} {
			r, err := b.measure(ctx, s, c.plan, 256)
			if err != nil {
				return err
			}
			printReading(w, 256, c.name, r)
			rates[i] = r.Rate
		}
		fmt.Printf("two cores : one, %v: %.2f\n", w, rates[1]/rates[0])
	}
	return nil
}
