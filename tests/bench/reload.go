package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// reloads measures config-reload of a file that did not change: parsing,
// compiling and swapping, without new sockets or leases.
func reloads(ctx context.Context, b *bench) error {
	for _, c := range []struct {
		what string
		plan plan
	}{
		{fmt.Sprintf("%d subnets", b.subnets), plan{threads: -1, subnets: b.subnets}},
		{fmt.Sprintf("%d reservations", b.reservations), plan{threads: -1, reservations: b.reservations}},
	} {
		times := map[string]time.Duration{}
		for _, s := range b.subjects {
			if s.bare || s.name == nestorFsync {
				continue
			}
			err := b.with(ctx, s, c.plan, func(srv *server) (err error) {
				times[s.name], err = medianReload(srv)
				fmt.Printf("%-13s %-20s start %8.3f s, config-reload %8.3f s\n", s.name, c.what, srv.ready.Seconds(), times[s.name].Seconds())
				return err
			})
			if err != nil {
				return err
			}
		}
		b.aim("config-reload with "+c.what+", nestor : kea", float64(times[nestor]), float64(times[kea]), false, 1.0/5)
	}
	return nil
}

// medianReload reloads three times, or once when that takes long.
func medianReload(srv *server) (time.Duration, error) {
	var all []time.Duration
	for range 3 {
		took, err := srv.command("config-reload")
		if err != nil {
			return 0, err
		}
		all = append(all, took)
		if took > 10*time.Second {
			break
		}
	}
	slices.Sort(all)
	return all[len(all)/2], nil
}
