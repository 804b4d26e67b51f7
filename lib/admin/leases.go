package admin

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"time"

	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
	"nestor/lib/lease/sqlstore"
	"nestor/lib/sqldb"
	"nestor/schema"
)

// patience is how long a statement over all leases may take.
const patience = time.Hour

// leaseDump is lease-dump.
func leaseDump(c *databaseCall) int {
	switch {
	case c.family == 0:
		c.logError("lease-dump: lease type ( -4 or -6 ) needs to be specified")
		c.usage()
		return failure
	case c.output == "":
		c.logError("you must specify an output file for lease-dump")
		c.usage()
		return failure
	}
	db, ok := c.openCurrent("lease-dump: " + c.backend + "_version failed, exit code 1")
	if !ok {
		return failure
	}
	defer db.Close()
	if !c.mayOverwrite(c.output) {
		return failure
	}
	dump := dump4
	if c.family == 6 {
		dump = dump6
	}
	if err := writeFile(c.output, func(w *bufio.Writer) error { return dump(db, w) }); err != nil {
		c.logError("lease-dump: writing %s failed", c.output)
		c.because(err)
		return failure
	}
	if c.dialect == sqldb.PostgreSQL {
		c.say("lease%d successfully dumped to %s", c.family, c.output)
	} else {
		c.logInfo("Successfully dumped lease%d to %s.", c.family, c.output)
	}
	return success
}

// openCurrent connects to a database that has our version of the schema.
func (c *databaseCall) openCurrent(what string) (*sqldb.DB, bool) {
	db, ok := c.open(what)
	if !ok {
		return nil, false
	}
	if err := schema.Check(context.Background(), db); err != nil {
		db.Close()
		c.logError("%s", what)
		c.because(err)
		return nil, false
	}
	return db, true
}

// dump4 writes all DHCPv4 leases as a lease file, by address.
func dump4(db *sqldb.DB, w *bufio.Writer) error {
	store := sqlstore.New4(db, sqlstore.Options{Patience: patience})
	fmt.Fprintln(w, leasefile.Header(leasefile.V4))
	var row []byte
	var failed error
	err := store.Leases4(lease.Query4{}, func(l *lease.Lease4) bool {
		row = leasefile.AppendRow4(row[:0], l)
		_, failed = w.Write(row)
		return failed == nil
	})
	return errors.Join(err, failed)
}

// dump6 does it for DHCPv6.
func dump6(db *sqldb.DB, w *bufio.Writer) error {
	store := sqlstore.New6(db, sqlstore.Options{Patience: patience})
	fmt.Fprintln(w, leasefile.Header(leasefile.V6))
	var row []byte
	var failed error
	err := store.Leases6(lease.Query6{}, func(l *lease.Lease6) bool {
		row = leasefile.AppendRow6(row[:0], l)
		_, failed = w.Write(row)
		return failed == nil
	})
	return errors.Join(err, failed)
}

// leaseUpload is lease-upload.
func leaseUpload(c *databaseCall) int {
	switch {
	case c.input == "":
		c.logError("you must specify an input file with -i or --input for lease-upload")
		c.usage()
		return failure
	case c.family == 0:
		c.logError("lease-upload: lease type -4 or -6 needs to be specified")
		c.usage()
		return failure
	}
	f, err := os.Open(c.input)
	if err != nil {
		c.logError("lease-upload: %s cannot be read", c.input)
		c.because(err)
		return failure
	}
	defer f.Close()
	db, ok := c.openCurrent("lease-upload: " + c.backend + "_version failed, exit code 1")
	if !ok {
		return failure
	}
	defer db.Close()
	upload := upload4
	if c.family == 6 {
		upload = upload6
	}
	lines, leases, err := upload(db, f)
	switch {
	case errors.Is(err, errNoLeases):
		c.logError("CSV file has no leases")
		return failure
	case err != nil:
		c.logError("lease-upload: nothing of %s was taken", c.input)
		c.because(err)
		return failure
	}
	c.logInfo("Looking at %d lines of CSV in %s...", lines, c.input)
	c.logInfo("Reduced to %d leases.", leases)
	c.logInfo("Successfully updated table lease%d.", c.family)
	return success
}

var errNoLeases = errors.New("no leases")

// newest reads a lease file and keeps the last row of each address, as a clean-up
// of the file does. row reads one.
func newest[A comparable, L any](family leasefile.Family, r io.Reader, row func(schema leasefile.Schema, line []byte) (L, A, uint32, error)) (lines int, order []A, leases map[A]L, err error) {
	rows, err := leasefile.NewScanner(family, r)
	if errors.Is(err, leasefile.ErrEmpty) {
		return 0, nil, nil, errNoLeases
	}
	if err != nil {
		return 0, nil, nil, err
	}
	leases = make(map[A]L)
	for {
		line, err := rows.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return 0, nil, nil, err
		}
		l, addr, valid, err := row(rows.Schema, line)
		if err != nil {
			return 0, nil, nil, fmt.Errorf("row %d: %w", rows.Number, err)
		}
		if _, known := leases[addr]; valid == 0 {
			delete(leases, addr)
		} else {
			leases[addr] = l
			if !known {
				order = append(order, addr)
			}
		}
	}
	if rows.Number == 0 {
		return 0, nil, nil, errNoLeases
	}
	return rows.Number + 1, order, leases, nil
}

// begunAt corrects the time of an infinite lease in a file that kea-admin has
// dumped: its expire is when it began.
func begunAt(cltt int64, valid uint32) int64 {
	if valid == lease.InfiniteLifetime && cltt < 0 {
		return cltt + int64(valid)
	}
	return cltt
}

// atOnce is how many addresses are looked up in one statement.
const atOnce = 500

// upload4 adds the leases of a file, in one transaction: all or none. A lease whose
// address has one already is an error.
func upload4(db *sqldb.DB, r io.Reader) (lines, n int, err error) {
	lines, order, leases, err := newest(leasefile.V4, r, func(s leasefile.Schema, line []byte) (lease.Lease4, uint32, uint32, error) {
		var p leasefile.Parser // its memory is the lease's
		var l lease.Lease4
		err := p.Row4(s, line, &l)
		l.CLTT = begunAt(l.CLTT, l.ValidLft)
		return l, l.Addr, l.ValidLft, err
	})
	if err != nil {
		return 0, 0, err
	}
	store := sqlstore.New4(db, sqlstore.Options{Patience: patience})
	defer store.Close4()
	tx := store.Begin4()
	defer tx.Rollback()
	ahead, _ := tx.(lease.Prefetcher4)
	for i, addr := range order {
		if ahead != nil && i%atOnce == 0 {
			ahead.Prefetch4(nil, nil, order[i:min(len(order), i+atOnce)])
		}
		l, ok := leases[addr]
		if !ok {
			continue // it was deleted
		}
		var old lease.Lease4
		if tx.Get4(addr, &old) {
			return 0, 0, fmt.Errorf("%s has a lease in the database already", addr4(addr))
		}
		tx.Put4(&l)
		n++
		delete(leases, addr) // it may be in the order twice
	}
	return lines, n, tx.Commit()
}

func addr4(a uint32) netip.Addr {
	return netip.AddrFrom4([4]byte{byte(a >> 24), byte(a >> 16), byte(a >> 8), byte(a)})
}

// upload6 does it for DHCPv6.
func upload6(db *sqldb.DB, r io.Reader) (lines, n int, err error) {
	lines, order, leases, err := newest(leasefile.V6, r, func(s leasefile.Schema, line []byte) (lease.Lease6, [16]byte, uint32, error) {
		var p leasefile.Parser
		var l lease.Lease6
		_, err := p.Row6(s, line, &l) // of a bad hardware address the lease lacks it
		l.CLTT = begunAt(l.CLTT, l.ValidLft)
		return l, l.Addr, l.ValidLft, err
	})
	if err != nil {
		return 0, 0, err
	}
	store := sqlstore.New6(db, sqlstore.Options{Patience: patience})
	defer store.Close6()
	tx := store.Begin6()
	defer tx.Rollback()
	ahead, _ := tx.(lease.Prefetcher6)
	for i, addr := range order {
		if ahead != nil && i%atOnce == 0 {
			ahead.Prefetch6(nil, order[i:min(len(order), i+atOnce)])
		}
		l, ok := leases[addr]
		if !ok {
			continue
		}
		var old lease.Lease6
		if tx.Get6(addr, &old) {
			return 0, 0, fmt.Errorf("%s has a lease in the database already", netip.AddrFrom16(addr))
		}
		tx.Put6(&l)
		n++
		delete(leases, addr)
	}
	return lines, n, tx.Commit()
}
