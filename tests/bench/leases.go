package main

import (
	"context"
	"fmt"
	"time"
)

// smallStore is what the exchanges of a large store are compared with.
const smallStore = 1000

// largeStore is measureStores of DHCPv4.
func largeStore(ctx context.Context, b *bench) error {
	return b.measureStores(ctx, b.subjects, "", 160)
}

// largeStore6 is measureStores of DHCPv6.
func largeStore6(ctx context.Context, b *bench) error {
	if err := b.begin6(ctx); err != nil {
		return err
	}
	return b.measureStores(ctx, b.subjects6, "6", 220)
}

// measureStores measures a server that begins with many leases, with host names:
// how long until it answers, what memory a lease takes, and what an exchange
// costs beside the same with few leases. Names of subjects end with suffix; Nestor
// is to need so many bytes a lease at most.
func (b *bench) measureStores(ctx context.Context, subjects []*subject, suffix string, bytes float64) error {
	ready := map[string]time.Duration{}
	for _, s := range subjects {
		if s.bare || s.name == nestorFsync || s.name == nestor6Fsync {
			continue
		}
		m, err := b.measureStore(ctx, s)
		if err != nil {
			return err
		}
		ready[s.name] = m.ready
		n := float64(b.leases)
		loaded, reloaded := float64(m.loaded-m.empty)/n, float64(m.reloaded-m.empty)/n
		fmt.Printf("%-13s first answer after %.3f s with %d leases (%.3f s with none)\n", s.name, m.ready.Seconds(), b.leases, m.readyEmpty.Seconds())
		fmt.Printf("%-13s memory %.1f MB empty, %.1f bytes a lease %v after the load, %.1f again %[4]v after config-reload\n",
			s.name, float64(m.empty)/1e6, loaded, b.settle, reloaded)
		fmt.Printf("%-13s exchange at 64 in flight: %.1f CPU µs with %d leases, %.1f with %d\n", s.name,
			micros(m.large.perExchange()), b.leases, micros(m.small.perExchange()), smallStore)
		if s.name == nestor+suffix {
			b.aim("bytes a lease after the load, "+s.name, loaded, 1, false, bytes)
			b.aim("bytes a lease after config-reload, "+s.name, reloaded, 1, false, bytes)
			b.aim(fmt.Sprintf("CPU an exchange, %d leases : %d, %s", b.leases, smallStore, s.name),
				float64(m.large.perExchange()), float64(m.small.perExchange()), false, 1.3)
		}
	}
	b.aim(fmt.Sprintf("start-up with %d leases, %s : %s", b.leases, nestor+suffix, kea+suffix),
		float64(ready[nestor+suffix]), float64(ready[kea+suffix]), false, 1.0/5)
	return nil
}

// storeFigures are of one server; memory is VmRSS in bytes.
type storeFigures struct {
	readyEmpty, ready       time.Duration
	empty, loaded, reloaded int
	small, large            *reading
}

func (b *bench) measureStore(ctx context.Context, s *subject) (m storeFigures, err error) {
	err = b.with(ctx, s, plan{way: s.way(), threads: -1}, func(srv *server) (err error) {
		m.readyEmpty = srv.ready
		if err = sleep(ctx, b.settle); err != nil {
			return err
		}
		m.empty, err = srv.rss()
		return err
	})
	if err != nil {
		return m, err
	}
	if m.small, err = b.measure(ctx, s, plan{way: s.way(), threads: -1, leases: &store{n: smallStore, names: true}}, 64); err != nil {
		return m, err
	}
	full := plan{way: s.way(), threads: -1, leases: &store{n: b.leases, names: true}}
	return m, b.with(ctx, s, full, func(srv *server) error { return b.readStore(ctx, srv, &m) })
}

// readStore reads memory before any load, which would add leases.
func (b *bench) readStore(ctx context.Context, srv *server, m *storeFigures) (err error) {
	m.ready = srv.ready
	if err = sleep(ctx, b.settle); err != nil {
		return err
	}
	if m.loaded, err = srv.rss(); err != nil {
		return err
	}
	if _, err = srv.command("config-reload"); err != nil {
		return err
	}
	if err = sleep(ctx, b.settle); err != nil {
		return err
	}
	if m.reloaded, err = srv.rss(); err != nil {
		return err
	}
	m.large, err = b.closedLoop(ctx, srv, srv.way(), 64)
	return err
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
