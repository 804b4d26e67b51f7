package sqlstore

import (
	"context"
	"sync"
	"time"

	"nestor/lib/lease"
)

// countsAge is for how long numbers of leases are taken for true.
const countsAge = time.Second

// counted are the numbers of leases in the tables that the database's triggers keep,
// by subnet and pool. They are read all at once: a server asks for those of all its
// subnets in a row.
type counted struct {
	mu      sync.Mutex
	read    time.Time
	subnets map[place]lease.Counts
	pools   map[place]lease.Counts
}

// place is a subnet or a pool, and what is leased there.
type place struct {
	subnet, pool uint32
	kind         lease.Type6
}

func (c *counted) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read = time.Time{}
}

// countsOf are the numbers of leases in a subnet, or in a pool. Where the database
// does not answer they are 0. Leases that were reclaimed or released are not counted
// by the database.
func (s *store[A, L]) countsOf(at place, pool bool) lease.Counts {
	c := &s.counted
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := s.o.Clock(); c.read.IsZero() || now.Sub(c.read) > countsAge || now.Before(c.read) {
		if s.Down() != nil || s.count(c) != nil {
			return lease.Counts{}
		}
		c.read = s.o.Clock()
	}
	if pool {
		return c.pools[at]
	}
	return c.subnets[at]
}

// count reads the tables.
func (s *store[A, L]) count(c *counted) error {
	kind := "0"
	if s.t.lengthColumn != "" {
		kind = "lease_type"
	}
	c.subnets, c.pools = map[place]lease.Counts{}, map[place]lease.Counts{}
	for _, from := range []struct {
		table, pool string
		into        map[place]lease.Counts
	}{
		{s.t.name + "_stat", "0", c.subnets},
		{s.t.name + "_pool_stat", "pool_id", c.pools},
	} {
		if err := s.countIn(from.table, from.pool, kind, from.into); err != nil {
			return s.failed(err)
		}
	}
	return nil
}

func (s *store[A, L]) countIn(table, pool, kind string, into map[place]lease.Counts) error {
	ctx, cancel := context.WithTimeout(context.Background(), s.o.Patience)
	defer cancel()
	rows, err := s.db.QueryContext(ctx, "SELECT subnet_id, "+pool+", "+kind+", state, COALESCE(leases, 0) FROM "+table)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var at place
		var state, n int64
		if err := rows.Scan(&at.subnet, &at.pool, &at.kind, &state, &n); err != nil {
			return err
		}
		counts := into[at]
		counts.Add(lease.State(state), n)
		into[at] = counts
	}
	return rows.Err()
}
