package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// throughput measures whole exchanges of clients that are new each time, with
// a fixed number of them in flight.
func throughput(ctx context.Context, b *bench) error {
	b.printDisk()
	fmt.Println("\nforeign: the part of the machine that other programs had meanwhile; above a few percent, measure again")
	printHeading("server")
	for _, level := range b.levels {
		for _, w := range ways(level) {
			for _, s := range b.subjects {
				r, err := b.measure(ctx, s, plan{way: w, threads: -1}, level)
				if err != nil {
					return err
				}
				b.found[cell{s.name, w, level}] = r
				printReading(w, level, s.name, r)
			}
		}
	}
	b.throughputGoals()
	return nil
}

// measure starts a server afresh for each measurement, so that none has more
// leases than another, and returns the one with the median rate.
func (b *bench) measure(ctx context.Context, s *subject, p plan, level int) (*reading, error) {
	var all []*reading
	for range b.repeat {
		err := b.with(ctx, s, p, func(srv *server) error {
			r, err := b.closedLoop(ctx, srv, p.way, level, p.flags()...)
			all = append(all, r)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(x, y *reading) int { return cmp.Compare(x.Rate, y.Rate) })
	return all[len(all)/2], nil
}

// printHeading prints the names of printReading's columns.
func printHeading(what string) {
	fmt.Printf("%-11s %9s  %-13s %11s %9s %9s %9s %9s %9s %6s %7s\n", "path", "in flight", what,
		"exchanges/s", "CPU µs", "p50 µs", "p90 µs", "p99 µs", "p99.9 µs", "lost", "foreign")
}

func printReading(w way, level int, name string, r *reading) {
	fmt.Printf("%-11s %9d  %-13s %11.0f %9.1f %9.0f %9.0f %9.0f %9.0f %6d %6.0f%%\n", w, level, name,
		r.Rate, micros(r.perExchange()), r.Whole.P50, r.Whole.P90, r.Whole.P99, r.Whole.P999, lost(r), 100*r.foreign)
}

func micros(d time.Duration) float64 { return float64(d) / 1e3 }

func lost(r *reading) (n uint64) {
	for _, s := range r.Stages {
		n += s.Drops
	}
	return n
}

// ambition is what throughput is to be beside Kea's.
type ambition struct {
	rate, fsync float64 // at least, as a multiple
	cost        float64 // of CPU time, at most, as a part
}

// throughputGoals compares what was measured of DHCPv4.
func (b *bench) throughputGoals() {
	for _, level := range b.levels {
		for _, w := range ways(level) {
			b.compare("", w, level, ambition{rate: 8, fsync: 4, cost: 1.0 / 8})
		}
	}
}

// compare notes the goals of one way and level for the subjects of a family, whose
// names end with suffix.
func (b *bench) compare(suffix string, w way, level int, a ambition) {
	rate := func(r *reading) float64 { return r.Rate }
	cost := func(r *reading) float64 { return float64(r.perExchange()) }
	p99 := func(r *reading) float64 { return r.Whole.P99 }
	where := fmt.Sprintf("%v, %d in flight", w, level)
	get := func(name string, value func(*reading) float64) float64 {
		if r := b.found[cell{name, w, level}]; r != nil {
			return value(r)
		}
		return 0
	}
	ours, synced, theirs, bare := nestor+suffix, nestor+suffix+" fsync", kea+suffix, responder+suffix
	b.aim("p99, nestor : kea, "+where, get(ours, p99), get(theirs, p99), false, 1)
	if level != 64 {
		return
	}
	b.aim("exchanges/s, nestor : kea, "+where, get(ours, rate), get(theirs, rate), true, a.rate)
	b.aim("CPU an exchange, nestor : kea, "+where, get(ours, cost), get(theirs, cost), false, a.cost)
	b.aim("exchanges/s, nestor fsync : kea, "+where, get(synced, rate), get(theirs, rate), true, a.fsync)
	b.aim("CPU an exchange, nestor : bare responder, "+where, get(ours, cost), get(bare, cost), false, 2)
}
