package lfc

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
)

// maxRowErrors is how many bad rows of one file a clean-up passes over: a file
// with more is left as it is.
const maxRowErrors = 100

// family is what differs between DHCPv4 and DHCPv6 files. K is the address.
type family[K comparable] interface {
	// row reads a row: its address, and whether it deletes what the address has.
	row(p *leasefile.Parser, s leasefile.Schema, row []byte) (key K, deleted bool, warning, err error)
	// rewrite appends the row as we write it. The row was read before.
	rewrite(dst []byte, p *leasefile.Parser, s leasefile.Schema, row []byte) ([]byte, error)
	compare(a, b K) int
}

type v4 struct{}

func (v4) row(p *leasefile.Parser, s leasefile.Schema, row []byte) (uint32, bool, error, error) {
	var l lease.Lease4
	err := p.Row4(s, row, &l)
	return l.Addr, l.ValidLft == 0, nil, err
}

func (v4) rewrite(dst []byte, p *leasefile.Parser, s leasefile.Schema, row []byte) ([]byte, error) {
	var l lease.Lease4
	err := p.Row4(s, row, &l)
	return leasefile.AppendRow4(dst, &l), err
}

func (v4) compare(a, b uint32) int { return cmp.Compare(a, b) }

type v6 struct{}

func (v6) row(p *leasefile.Parser, s leasefile.Schema, row []byte) ([16]byte, bool, error, error) {
	var l lease.Lease6
	warning, err := p.Row6(s, row, &l)
	return l.Addr, l.ValidLft == 0, warning, err
}

func (v6) rewrite(dst []byte, p *leasefile.Parser, s leasefile.Schema, row []byte) ([]byte, error) {
	var l lease.Lease6
	_, err := p.Row6(s, row, &l)
	return leasefile.AppendRow6(dst, &l), err
}

func (v6) compare(a, b [16]byte) int { return bytes.Compare(a[:], b[:]) }

// condenser remembers where the newest row of each lease is, not the rows: a
// million leases cost some 30 megabytes.
type condenser[K comparable] struct {
	*Job
	family[K]
	inputs []input
	newest map[K]place
	parser leasefile.Parser

	leases, attempts, errors int
}

// place says where a row is.
type place struct {
	offset int64
	length int32
	input  int32
}

// condense writes the newest row of each lease of the previous file and the
// copy to the output file, in order of address and on the disk when it returns.
func condense[K comparable](j *Job, f family[K]) error {
	c := &condenser[K]{Job: j, family: f, newest: map[K]place{}}
	defer c.close()
	for _, path := range []string{j.Files.Previous, j.Files.Copy} {
		if err := c.read(path); err != nil {
			return err
		}
	}
	j.Log.Log(msgStats, c.leases, c.attempts, c.errors)
	return c.write()
}

func (c *condenser[K]) close() {
	for _, in := range c.inputs {
		_ = in.Close() // was only read
	}
}

// read takes one file in, if it is there.
func (c *condenser[K]) read(path string) error {
	f, err := c.FS.OpenFile(path, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	c.inputs = append(c.inputs, input{File: f, path: path})
	c.Log.Log(msgLoad, path)
	rows, err := leasefile.NewScanner(c.Family, f)
	if errors.Is(err, leasefile.ErrEmpty) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("lease file %s: %w", path, err)
	}
	c.inputs[len(c.inputs)-1].schema = rows.Schema
	return c.rows(rows, path)
}

func (c *condenser[K]) rows(rows *leasefile.Scanner, path string) error {
	bad := 0
	for {
		row, err := rows.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("lease file %s: %w", path, err)
		}
		c.attempts++
		key, deleted, warning, err := c.row(&c.parser, rows.Schema, row)
		if err != nil {
			c.Log.Log(msgBadRow, rows.Number, fmt.Sprintf("%v (%s)", err, path))
			c.errors++
			if bad++; bad > maxRowErrors {
				return fmt.Errorf("lease file %s has more than %d bad rows", path, maxRowErrors)
			}
			continue
		}
		if warning != nil {
			c.Log.Log(msgBadHW, warning)
		}
		c.leases++
		if deleted {
			delete(c.newest, key)
			continue
		}
		c.newest[key] = place{offset: rows.Start, length: int32(len(row)), input: int32(len(c.inputs) - 1)}
	}
}

// writePiece is how many bytes are written at once.
const writePiece = 256 << 10

func (c *condenser[K]) write() error {
	out, err := c.FS.OpenFile(c.Files.Output, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	err = c.writeRows(out)
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", c.Files.Output, err)
	}
	return nil
}

func (c *condenser[K]) writeRows(out leasefile.File) error {
	keys := make([]K, 0, len(c.newest))
	for k := range c.newest {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, c.compare)
	pending := append([]byte(leasefile.Header(c.Family)), '\n')
	for _, k := range keys {
		at := c.newest[k]
		in := &c.inputs[at.input]
		row, err := in.row(at.offset, int(at.length))
		if err != nil {
			return err
		}
		if pending, err = c.rewrite(pending, &c.parser, in.schema, row); err != nil {
			return fmt.Errorf("%s has changed under the clean-up at offset %d: %w", in.path, at.offset, err)
		}
		if len(pending) >= writePiece {
			if err := writeAll(out, pending); err != nil {
				return err
			}
			pending = pending[:0]
		}
	}
	return writeAll(out, pending)
}

func writeAll(f leasefile.File, b []byte) error {
	n, err := f.Write(b)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	return err
}
