package admin

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"strings"
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
		c.logError("lease-upload: %s was not taken", c.input)
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
func newest[A comparable, L any](family leasefile.Family, r io.Reader, compare func(a, b A) int, row func(schema leasefile.Schema, line []byte) (L, A, uint32, error)) (lines int, order []A, leases map[A]L, err error) {
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
		if valid == 0 {
			delete(leases, addr)
			continue
		}
		if _, known := leases[addr]; !known {
			order = append(order, addr)
		}
		leases[addr] = l
	}
	if rows.Number == 0 {
		return 0, nil, nil, errNoLeases
	}
	slices.SortFunc(order, compare)
	return rows.Number + 1, slices.Compact(order), leases, nil // one that was deleted in between is there twice
}

// begunAt corrects the time of an infinite lease in a file that kea-admin has
// dumped: its expire is when it began.
func begunAt(cltt int64, valid uint32) int64 {
	if valid == lease.InfiniteLifetime && cltt < 0 {
		return cltt + int64(valid)
	}
	return cltt
}

// atOnce is how many leases one transaction looks up or adds. Within one, the
// triggers of PostgreSQL take the longer for a lease the more came before it.
const atOnce = 500

// transaction is one over the leases of either family.
type transaction[A comparable, L any] struct {
	fetch    func(addrs []A)
	get      func(addr A, l *L) bool
	put      func(l *L)
	commit   func() error
	rollback func()
}

// add adds leases to a database. One that is there in the same form counts as added,
// so that an upload that was broken off can be done again; when an address has
// another lease nothing is added.
func add[A comparable, L any](order []A, leases map[A]L, begin func() transaction[A, L], row func(l *L) string, name func(A) netip.Addr) error {
	order = slices.DeleteFunc(order, func(addr A) bool { _, ok := leases[addr]; return !ok }) // the others were deleted
	var missing []A
	for part := range slices.Chunk(order, atOnce) {
		tx := begin()
		tx.fetch(part)
		for _, addr := range part {
			var old L
			l := leases[addr]
			switch {
			case !tx.get(addr, &old):
				missing = append(missing, addr)
			case row(&old) != row(&l):
				tx.rollback()
				return fmt.Errorf("%s has another lease in the database already: %s", name(addr), strings.TrimSpace(row(&old)))
			}
		}
		if err := tx.commit(); err != nil { // of nothing: did the look-ups go well?
			return err
		}
	}
	done := 0
	for part := range slices.Chunk(missing, atOnce) {
		tx := begin()
		tx.fetch(part)
		for _, addr := range part {
			var old L
			if tx.get(addr, &old) {
				tx.rollback()
				return fmt.Errorf("%s was given a lease meanwhile: stop the servers of this database; %d leases were added before", name(addr), done)
			}
			l := leases[addr]
			tx.put(&l)
		}
		if err := tx.commit(); err != nil {
			return fmt.Errorf("%d leases were added, what is missing comes when this is done again: %w", done, err)
		}
		done += len(part)
	}
	return nil
}

// upload4 adds the leases of a file.
func upload4(db *sqldb.DB, r io.Reader) (lines, n int, err error) {
	lines, order, leases, err := newest(leasefile.V4, r, cmp.Compare[uint32], func(s leasefile.Schema, line []byte) (lease.Lease4, uint32, uint32, error) {
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
	err = add(order, leases, func() transaction[uint32, lease.Lease4] {
		tx := store.Begin4()
		fetch := func([]uint32) {}
		if ahead, ok := tx.(lease.Prefetcher4); ok {
			fetch = func(addrs []uint32) { ahead.Prefetch4(nil, nil, addrs) }
		}
		return transaction[uint32, lease.Lease4]{fetch, tx.Get4, tx.Put4, tx.Commit, tx.Rollback}
	}, func(l *lease.Lease4) string { return string(leasefile.AppendRow4(nil, l)) }, addr4)
	return lines, len(leases), err
}

func addr4(a uint32) netip.Addr {
	return netip.AddrFrom4([4]byte{byte(a >> 24), byte(a >> 16), byte(a >> 8), byte(a)})
}

// upload6 does it for DHCPv6.
func upload6(db *sqldb.DB, r io.Reader) (lines, n int, err error) {
	lines, order, leases, err := newest(leasefile.V6, r, func(a, b [16]byte) int { return bytes.Compare(a[:], b[:]) }, func(s leasefile.Schema, line []byte) (lease.Lease6, [16]byte, uint32, error) {
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
	err = add(order, leases, func() transaction[[16]byte, lease.Lease6] {
		tx := store.Begin6()
		fetch := func([][16]byte) {}
		if ahead, ok := tx.(lease.Prefetcher6); ok {
			fetch = func(addrs [][16]byte) { ahead.Prefetch6(nil, addrs) }
		}
		return transaction[[16]byte, lease.Lease6]{fetch, tx.Get6, tx.Put6, tx.Commit, tx.Rollback}
	}, func(l *lease.Lease6) string { return string(leasefile.AppendRow6(nil, l)) }, netip.AddrFrom16)
	return lines, len(leases), err
}
