package main

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// fullPool is 1,048,576 addresses.
const (
	fullPool  = "10.0.0.0/12"
	fullCount = 1 << 20
)

// exhausted measures what a DISCOVER of a client without a lease costs when the
// pool has no address left, against a whole exchange while there are some.
func exhausted(ctx context.Context, b *bench) error {
	for _, s := range b.subjects {
		if s.bare || s.name == nestorFsync {
			continue
		}
		plain, err := b.measure(ctx, s, plan{threads: -1}, 64)
		if err != nil {
			return err
		}
		var cost time.Duration
		var busy bool
		full := plan{threads: -1, pool: fullPool, leases: &store{n: fullCount}}
		err = b.with(ctx, s, full, func(srv *server) error {
			cost, busy, err = b.strangers(ctx, srv)
			return err
		})
		if err != nil {
			return err
		}
		about := ""
		if busy {
			about = " or more (it could not keep up)"
		}
		fmt.Printf("%-13s plain exchange %8.1f CPU µs, stranger's DISCOVER on a full pool of %d addresses %10.1f CPU µs%s\n",
			s.name, micros(plain.perExchange()), fullCount, micros(cost), about)
		if s.name == nestor {
			b.aim("CPU, stranger's DISCOVER : plain exchange", float64(cost), float64(plain.perExchange()), false, 2)
		}
	}
	return nil
}

// strangers sends DISCOVERs that cannot be answered and returns the CPU time of
// each. The rate is lowered until the server keeps up; busy tells that it never
// did.
func (b *bench) strangers(ctx context.Context, srv *server) (cost time.Duration, busy bool, err error) {
	for _, rate := range []int{30_000, 3000, 300, 30, 2} {
		r, err := b.load(ctx, srv, relayed, "-i", "-r", strconv.Itoa(rate), "-R", "16000000", "-p", fmt.Sprintf("%.3f", max(b.window, time.Second).Seconds()), "-W", "100000")
		if err != nil {
			return 0, false, err
		}
		sent := r.Stages[0].Sent
		if r.Completed > sent/10 {
			return 0, false, fmt.Errorf("the pool is not full: %d of %d strangers got an offer", r.Completed, sent)
		}
		cost = r.cpu / time.Duration(max(sent, 1))
		if busy = r.cpu > r.wall*7/10; !busy {
			break
		}
	}
	return cost, busy, nil
}
